"""The cache of compiled kernels: trusted folders and files with checksums only.

Numba stores compiled functions as pickles, which can execute any code when they are read.  A folder is trusted only if
each folder of its path, with all links resolved, belongs to this user or root and cannot be modified by others.  The
only exception are folders such as /tmp, which belong to root and where users cannot rename the files of others.
Each file ends with a checksum, which is verified before Numba reads it; truncated or modified files are treated as
missing.  Kernels that cannot be read or stored are compiled in memory, with a message.
"""

import hashlib
import io
import os
import pickle
import stat
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path

from numba.core import caching, environment
from numba.core.runtime import rtsys

CHECKSUM = 32  # bytes at the end of a file
ABANDONED = 3600.0  # age of an unfinished file [s] after which it is removed
LINKS = 40  # symbolic links followed in a path
PACKAGE = __name__.split(".")[0] + "."  # with which names of its modules begin
OWNERS = os.name == "posix"  # other systems have neither owner nor mode


class Damaged(OSError):
    """A file with a wrong checksum."""


class Untrusted(OSError):
    """A folder or file that other users may have written."""


_printed: set[str] = set()


def message(kind: str, text: str) -> None:
    """Print one line to stderr, once per process for each kind."""
    if kind not in _printed:
        _printed.add(kind)
        print(f"cellsim: {text}", file=sys.stderr, flush=True)


def why_not(status: os.stat_result) -> str:
    """Reason why others might modify a file with this owner and mode, or ""."""
    if not OWNERS:
        return ""
    if status.st_uid not in (0, os.getuid()):
        return f"belongs to another user ({status.st_uid})"
    if stat.S_ISLNK(status.st_mode) or not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return ""
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX and status.st_uid == 0:
        return ""
    return "can be written by other users: chmod go-w it"


def trusted(path: str | os.PathLike[str]) -> Path:
    """A folder as a path without links, created with mode 700 if it is missing.

    Raises Untrusted if anyone but this user and root could have placed a file there, OSError if it cannot be created.
    """
    rest, here, followed = list(reversed(Path(os.path.abspath(path)).parts)), Path(), 0
    while rest:
        step = here / rest.pop()
        if not os.path.lexists(step):
            with suppress(FileExistsError):  # created by another process
                step.mkdir(mode=0o700)
        status = step.lstat()
        if why := why_not(status):
            raise Untrusted(f"{step} {why}")
        if stat.S_ISLNK(status.st_mode):
            followed += 1
            if followed > LINKS:
                raise Untrusted(f"{step} is one of too many links")
            target = Path(here / os.readlink(step))
            rest, here = [*rest, *reversed(target.parts)], Path()
        elif stat.S_ISDIR(status.st_mode):
            here = here.parent if step.name == ".." else step
        else:
            raise Untrusted(f"{step} is not a folder")
    return here


def read(path: str | os.PathLike[str]) -> bytes | None:
    """The content of a file without its checksum; None if there is no such file.

    Raises Untrusted if others can write it, Damaged if its checksum is wrong, OSError if it cannot be read.
    """
    try:
        handle = os.open(
            path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
    except FileNotFoundError:
        return None
    with open(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Untrusted(f"{path} is not a file")
        if why := why_not(status):
            raise Untrusted(f"{path} {why}")
        whole = file.read()
    if len(whole) < CHECKSUM or checksum(whole[:-CHECKSUM]) != whole[-CHECKSUM:]:
        raise Damaged(f"{path} is damaged")
    return whole[:-CHECKSUM]


def checksum(content: bytes) -> bytes:
    """Checksum against accidental damage; attackers are excluded by the permissions of the folder."""
    return hashlib.blake2b(content, digest_size=CHECKSUM).digest()


class _Reader(pickle.Unpickler):
    """As `pickle.loads`, but that modules of Numba which only compiling needs are not imported."""

    def find_class(self, module, name):
        """What stands for a name in a pickle."""
        if (module, name) == (environment.__name__, environment._rebuild_env.__name__):
            return _environment
        return super().find_class(module, name)


def unpickled(content):
    """What is kept of a compiled function, of the content of its file."""
    return _Reader(io.BytesIO(content)).load()


def _environment(module, constants, name):
    """What machine code has of its function's module: the name of that, if it is not imported.

    Only code in object mode reads globals from there, which kernels are not.
    """
    found = environment.lookup_environment(name)
    if found is None:
        of_module = sys.modules.get(module)
        found = environment.Environment({"__name__": module} if of_module is None else of_module.__dict__)
        found.consts[:], found.env_name = constants, name
        environment.Environment._memo[name] = found
    return found


class _Files(caching.IndexDataCacheFile):
    """The files of one kernel: an index, and a file for each signature."""

    content = staticmethod(read)  # verifies a file, which Numba reads then

    def _load_index(self):
        return {} if self.content(self._index_path) is None else super()._load_index()

    def _load_data(self, name):
        try:
            content = self.content(self._data_path(name))
            return None if content is None else unpickled(content)
        except OSError as fault:  # which Numba ignores silently
            message("load", f"a compiled kernel cannot be used and is compiled again ({_words(fault)})")
            return None

    def _data_name(self, number):
        """Unique among processes, whose indices may differ."""
        return f"{self._index_name.removesuffix('.nbi')}.{uuid.uuid4().hex[:16]}.nbc"

    @contextmanager
    def _open_for_write(self, filepath):
        partial = Path(f"{filepath}.tmp.{uuid.uuid4().hex[:16]}")
        try:
            with open(
                os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "w+b"
            ) as file:
                yield file
                file.seek(0)
                file.write(checksum(file.read()))
            os.replace(partial, filepath)
        finally:
            partial.unlink(missing_ok=True)


class _Locator(caching.UserProvidedCacheLocator):
    """Files in a trusted folder, which is named after a digest of the sources.

    Functions of the package are therefore found by their module alone, wherever the package is installed and whenever
    its files were written: copies of one version share their compiled kernels.  Others are found by path and time.
    """

    def __init__(self, function, folder):
        self._py_file, self._lineno = function.__code__.co_filename, function.__code__.co_firstlineno
        self._ours = function.__module__.startswith(PACKAGE)
        where = function.__module__ if self._ours else self.get_suitable_cache_subpath(self._py_file)
        self._cache_path = str(folder / where)

    def ensure_cache_path(self):
        """Raises Untrusted unless the folder is trusted."""
        trusted(self._cache_path)

    def get_source_stamp(self):
        """What must be as it was when a function was compiled."""
        return PACKAGE if self._ours else super().get_source_stamp()


class _Content(caching.CompileResultCacheImpl):
    """Content and name of the files of a kernel."""

    def __init__(self, function, folder):
        self._lineno, self._locator = function.__code__.co_firstlineno, _Locator(function, folder)
        name = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}"
        self._filename_base = self.get_filename_base(name, getattr(sys, "abiflags", ""))

    def reduce(self, cres):
        """What Numba keeps, but for the listing of all types: a text with the folders of whoever compiled it."""
        return tuple("" if isinstance(each, str) else each for each in super().reduce(cres))


class Kept(caching.FunctionCache):
    """Cache of the compiled code of one function in a trusted folder; any failure is treated as a cache miss.

    shipped: of the same kind, which is asked before; None if there is none.
    """

    def __init__(self, function, folder, shipped=None):
        self._name, self._py_func, self._folder, self._shipped = repr(function), function, folder, shipped
        self.enable()

    @cached_property  # most kernels are only called by others, and never looked for
    def _impl(self):
        return _Content(self._py_func, self._folder)

    @cached_property
    def _cache_path(self):
        return self._impl.locator.get_cache_path()

    @cached_property
    def _cache_file(self):
        return _Files(self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp())

    def has(self, sig, target_context) -> bool:
        """Whether there is a compiled function; it may turn out to be unusable."""
        if self._shipped is not None and self._shipped.has(sig, target_context):
            return True
        try:
            self._impl.locator.ensure_cache_path()
            return self._index_key(sig, target_context.codegen()) in self._cache_file._load_index()
        except Exception:  # as in `load_overload`, which says so
            return False

    def load_overload(self, sig, target_context):
        """The compiled function, or None if it is missing or unusable."""
        found = None if self._shipped is None else self._shipped.load_overload(sig, target_context)
        if found is not None:
            return found
        try:
            if os.path.isdir(self._cache_path):
                self._impl.locator.ensure_cache_path()
                rtsys.initialize(target_context)  # what machine code needs, and nothing of what compiling would
                return self._load_overload(sig, target_context)
        except Exception as fault:  # reading a modified file may raise any exception
            message("load", f"a compiled kernel cannot be used and is compiled again ({_words(fault)})")
        return None

    def save_overload(self, sig, data):
        """Store a compiled function, if possible."""
        try:
            self._impl.locator.ensure_cache_path()
            sweep(self._cache_path)
            try:
                super().save_overload(sig, data)
            except Damaged:
                self._cache_file.flush()
                super().save_overload(sig, data)
        except OSError as fault:
            self.disable()
            message("save", f"compiled kernels cannot be cached, and the next run compiles again ({_words(fault)})")


def _words(fault):
    """Reason of a failure, and the file."""
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror
    return str(fault) or type(fault).__name__


@cache
def sweep(folder):
    """Remove unfinished files older than ABANDONED."""
    for path in Path(folder).glob("*.tmp.*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
