"""The folder of compiled kernels: only one that nobody else can write to, and only files that are whole.

Numba keeps compiled functions as pickles, which can do anything when they are read.  So a folder serves only if each
folder on the way to it, links resolved one by one, belongs to this user or root and can be changed by no one else;
the only exception is a folder such as /tmp, which belongs to root and where nobody can move what is another's.
Each file ends with a checksum, which is verified before Numba sees it: one that is cut or changed is as one that is
not there.  What cannot be read or kept is compiled in memory, with one line that says so.
"""
import hashlib
import os
import stat
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from numba.core import caching

CHECKSUM = 32  # bytes at the end of a file
ABANDONED = 3600.0  # s, after which a file that is not finished never will be
LINKS = 40  # that are followed on the way to a folder
OWNERS = os.name == "posix"  # elsewhere there is neither an owner nor a mode to look at


class Damaged(OSError):
    """A file whose checksum is another."""


class Untrusted(OSError):
    """A folder or file that someone else may have written; the text says why."""


_told: set = set()


def tell(kind, words):
    """One line for the user, the first of its kind in a process."""
    if kind not in _told:
        _told.add(kind)
        print(f"cellsim: {words}", file=sys.stderr, flush=True)


def why_not(said: os.stat_result) -> str:
    """Why others might change what has this owner and mode, or ""."""
    if not OWNERS:
        return ""
    if said.st_uid not in (0, os.getuid()):
        return f"belongs to another user ({said.st_uid})"
    if stat.S_ISLNK(said.st_mode) or not said.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return ""
    if stat.S_ISDIR(said.st_mode) and said.st_mode & stat.S_ISVTX and said.st_uid == 0:
        return ""
    return "can be written by other users: chmod go-w it"


def trusted(path) -> Path:
    """A folder, made with mode 700 where it is missing, as a path without links.

    Raises Untrusted if anyone but this user and root could put a file there or could have done so, OSError if it
    cannot be made.
    """
    rest, here, followed = list(reversed(Path(os.path.abspath(path)).parts)), Path(), 0
    while rest:
        step = here / rest.pop()
        if not os.path.lexists(step):
            with suppress(FileExistsError):  # another process was faster
                step.mkdir(mode=0o700)
        said = step.lstat()
        if why := why_not(said):
            raise Untrusted(f"{step} {why}")
        if stat.S_ISLNK(said.st_mode):
            followed += 1
            if followed > LINKS:
                raise Untrusted(f"{step} is one of too many links")
            target = Path(here / os.readlink(step))
            rest, here = [*rest, *reversed(target.parts)], Path()
        elif stat.S_ISDIR(said.st_mode):
            here = here.parent if step.name == ".." else step
        else:
            raise Untrusted(f"{step} is not a folder")
    return here


def read(path) -> bytes | None:
    """What is in a file before its checksum; None if there is no such file.

    Raises Untrusted if others can write it, Damaged if its checksum is another, OSError if it cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
                         | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    with open(handle, "rb") as file:
        said = os.fstat(handle)
        if not stat.S_ISREG(said.st_mode):
            raise Untrusted(f"{path} is not a file")
        if why := why_not(said):
            raise Untrusted(f"{path} {why}")
        whole = file.read()
    if len(whole) < CHECKSUM or checksum(whole[:-CHECKSUM]) != whole[-CHECKSUM:]:
        raise Damaged(f"{path} is damaged")
    return whole[:-CHECKSUM]


def checksum(content) -> bytes:
    """Of accidents, not of attackers: those are kept out of the folder."""
    return hashlib.blake2b(content, digest_size=CHECKSUM).digest()


class _Files(caching.IndexDataCacheFile):
    """The files of one kernel: an index, and a file for each signature."""

    def _load_index(self):
        return {} if read(self._index_path) is None else super()._load_index()

    def _load_data(self, name):
        try:
            return None if read(self._data_path(name)) is None else super()._load_data(name)
        except OSError as fault:  # which Numba would pass over in silence
            tell("load", f"a compiled kernel cannot be used and is compiled again ({_words(fault)})")
            return None

    def _data_name(self, number):
        """Never that of another process, whose index may not know ours."""
        return f"{self._index_name.removesuffix('.nbi')}.{uuid.uuid4().hex[:16]}.nbc"

    @contextmanager
    def _open_for_write(self, filepath):
        partial = Path(f"{filepath}.tmp.{uuid.uuid4().hex[:16]}")
        try:
            with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600),
                      "w+b") as file:
                yield file
                file.seek(0)
                file.write(checksum(file.read()))
            os.replace(partial, filepath)
        finally:
            partial.unlink(missing_ok=True)


class _Locator(caching.UserProvidedCacheLocator):
    """Files in a folder that is known to be trusted."""

    def __init__(self, function, folder):
        self._py_file, self._lineno = function.__code__.co_filename, function.__code__.co_firstlineno
        self._cache_path = str(folder / self.get_suitable_cache_subpath(self._py_file))

    def ensure_cache_path(self):
        """Nothing in it is used that could be of others."""
        trusted(self._cache_path)


class _Content(caching.CompileResultCacheImpl):
    """What is kept of a kernel, and under which name."""

    def __init__(self, function, folder):
        self._lineno, self._locator = function.__code__.co_firstlineno, _Locator(function, folder)
        name = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}"
        self._filename_base = self.get_filename_base(name, getattr(sys, "abiflags", ""))


class Kept(caching.FunctionCache):
    """Compiled code of one function in a trusted folder, with which nothing can go wrong but that it is not there."""

    def __init__(self, function, folder):
        self._name, self._py_func, self._impl = repr(function), function, _Content(function, folder)
        locator = self._impl.locator
        self._cache_path = locator.get_cache_path()
        self._cache_file = _Files(self._cache_path, self._impl.filename_base, locator.get_source_stamp())
        self.enable()

    def load_overload(self, sig, target_context):
        """The compiled function, or None if it is not there or cannot be used."""
        try:
            if os.path.isdir(self._cache_path):
                self._impl.locator.ensure_cache_path()
                return super().load_overload(sig, target_context)
        except Exception as fault:  # whatever a file that someone has changed may bring about
            tell("load", f"a compiled kernel cannot be used and is compiled again ({_words(fault)})")
        return None

    def save_overload(self, sig, data):
        """Keep a compiled function, if that can be done."""
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
            tell("save", f"compiled kernels are not kept, and the next run compiles again ({_words(fault)})")


def _words(fault):
    """What went wrong, and with which file."""
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror
    return str(fault) or type(fault).__name__


@cache
def sweep(folder):
    """Remove files that were begun long ago and never finished."""
    for path in Path(folder).glob("*.tmp.*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()
