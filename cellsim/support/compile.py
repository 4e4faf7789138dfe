"""Compile decorators for kernels, with an on-disk cache that cannot be stale.

Numba invalidates a cached kernel when its own file changes, but not when a kernel that it calls changes (numba issue
1833, open since 2016): after an edit of a physics term, cached solvers would silently use the old one.  Therefore the
cache directory is named after a digest of all sources.  It is located in the first of these folders that this user,
and nobody else, can write:

    $NUMBA_CACHE_DIR, $XDG_CACHE_HOME, ~/.cache

Without any of them, kernels are compiled in each process, with a message.  `_cache` contains the requirements for the
directory and its files.  Machine code that came with the package is used before, where it fits: see `shipped`.

Until its machine code is there, a kernel runs in Python, see `first_calls`.
"""

import functools
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config

from . import cache as _cache
from .first_calls import beginning, in_python
from .interpreted import twin as _twin
from .linking import Called, Linked, Outermost, compiling
from .lowering import Compiler
from .shipped import choice as shipped
from .shipped.code import Code

UNCOMPILED = bool(getattr(config, "DISABLE_JIT", False))  # kernels run as Python functions
SOLVER, FOLLOW = "ndf.march", "tr_bdf2.follow"  # kernels (file and name) with the longest compile time
KEPT = 3  # cache directories of other versions that are not removed
HERE = Path(__file__).parents[1]
# fused multiply-add and reordered sums are allowed; NaN and infinity keep their meaning
RELAXED = {"contract", "reassoc", "nsz"}
COMPILED, EVERYTHING = ("physics", "numerics", "kernels", "errors.py"), (".",)


@functools.cache
def sources(parts: tuple[str, ...] = COMPILED) -> str:
    """Digest of the sources of the kernels, or of other parts of the package."""
    h = hashlib.sha256()
    for path in sorted(p for part in parts for p in HERE.glob(part if part.endswith(".py") else f"{part}/**/*.py")):
        h.update(str(path.relative_to(HERE)).encode())
        h.update(path.read_bytes())
    for how in ("compile.py", "linking.py", "lowering.py"):
        h.update(Path(__file__).with_name(how).read_bytes())
    return h.hexdigest()


def digest(parts: tuple[str, ...] = COMPILED) -> str:
    """The same with the compiler's versions, short."""
    versions = f"{numba.__version__} {platform.python_version()} {platform.machine()}"
    return hashlib.sha256(f"{versions} {sources(parts)}".encode()).hexdigest()[:16]


def candidates() -> Iterator[Path]:
    """Possible folders of the cache, in order of preference; empty variables are ignored."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    if os.path.isabs(os.environ.get("XDG_CACHE_HOME", "")):
        yield Path(os.environ["XDG_CACHE_HOME"])
    home = os.path.expanduser("~") if os.environ.get("HOME") or not _cache.OWNERS else ""
    if os.path.isabs(home):
        yield Path(home) / ".cache"


refused: list[str] = []  # reasons why folders were refused


@functools.cache
def cache_directory() -> Path | None:
    """The cache directory of this version, or None if no folder is suitable, for the reasons in `refused`."""
    for base in candidates():
        try:
            parent = _cache.trusted(base / "cellsim")
            new = not (parent / digest()).exists()
            path = _cache.trusted(parent / digest())
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as fault:
            refused.append(f"{base}: {fault.strerror}" if fault.strerror else str(fault))
            continue
        if new:
            _prune(path)
        return path
    return None


def _age(path: Path) -> float:
    """Modification time of a folder [s]; 0 if it no longer exists."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _prune(current: Path) -> None:
    """Remove the compiled kernels of other versions, except for the KEPT most recent ones."""
    for path in sorted((p for p in current.parent.iterdir() if p != current), key=_age)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def clear_cache() -> tuple[int, int]:
    """Delete the compiled kernels of all versions; returns the number of files and bytes."""
    path = cache_directory()
    if path is None:
        return 0, 0
    files = [p for p in path.parent.rglob("*") if p.is_file() and not p.is_symlink()]
    size = sum(p.stat().st_size for p in files)
    for child in path.parent.iterdir():
        shutil.rmtree(child, ignore_errors=True)
    return len(files), size


def is_warm(kernel: str = SOLVER) -> bool:
    """Whether a kernel of this version came with the package or is in the cache."""
    came, path = shipped.of_package(sources)[0], cache_directory()
    if came is not None and came.has(kernel):
        return True
    return path is not None and any(path.rglob(f"{kernel}-*.nbi"))


@functools.cache
def announce(kernel: str) -> None:
    """Print a message, once per process, if a kernel must be compiled."""
    where = cache_directory()
    why = "; ".join(refused)
    if where and why:
        _cache.message("place", f"compiled kernels are cached in {where} ({why})")
    if UNCOMPILED or is_warm(kernel):
        return
    advice = f"not cached: {why or 'no home'}; set NUMBA_CACHE_DIR to a folder that only you can write"
    kept = f"cached in {where}" if where else advice
    meanwhile = "; until then runs take seconds" if in_python() else ""
    print(
        f"cellsim: compiling kernels, a minute or two the first time ({kept}){meanwhile}", file=sys.stderr, flush=True
    )


def _compile(function: Callable[..., Any], kind: type = Called, **options: Any) -> Any:
    compiled = numba.njit(error_model="numpy", fastmath=RELAXED, pipeline_class=Compiler, **options)(function)
    if UNCOMPILED:
        return compiled
    came, path = shipped.of_package(sources)[0], cache_directory()
    code = None if kind is Linked or came is None else Code(function, came)
    if path is not None:
        compiled._cache = _cache.Kept(function, path, code)  # instead of Numba's, which trusts any file
        if kind is not Linked:
            beginning(compiled, path)
    elif code is not None:
        compiled._cache = code
    return compiling(compiled, kind, path)


def has_machine_code(kernel: Any) -> bool:
    """Whether a kernel gives the same bit for bit from now on: it is compiled, or will not be."""
    return UNCOMPILED or bool(kernel.overloads)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that is called from Python.

    Holds the GIL; releasing and reacquiring it costs more than most of these kernels.
    """
    return _compile(function)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a long-running function that is called from Python; releases the GIL.

    As in `inner`, reference counting is disabled: it may neither allocate nor return arrays.
    """
    return _compile(function, Outermost, nogil=True, _nrt=False)


def with_parts(parts: Callable[[], Iterable[tuple[Any, tuple[Any, ...]]]]) -> Callable[[Any], Any]:
    """Decorate an entry, of which another process compiles parts meanwhile.

    parts: gives functions that only kernels call, and Numba's types of their arguments.
    """

    def decorated(compiled: Any) -> Any:
        compiled.parts = parts
        return compiled

    return decorated


def inner(function: Callable[..., Any]) -> Any:
    """Compile a function that is called from kernels only: without a wrapper, which saves 40 % of the compile time.

    Reference counting is disabled (it costs a third of the run time on small meshes), so the function must not
    allocate (Numba reports it) or return arrays (they would be freed too early; use `inlined`).  From Python, call
    `.py_func`.

    Loops should start from 0, over a slice if necessary: Numba checks indices that may be negative in every iteration,
    which prevents vectorisation.
    """
    return _compile(function, Linked, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)


def part(function: Callable[..., Any]) -> Any:
    """As `inner`, inlined into its callers; for functions that are small or called in one place only.

    A group that is handed over by value, as the fields of a state are, is copied by every call that is not inlined; see
    `kernels.reference` for the larger ones.  Inlining functions with many callers would cost minutes.
    """
    return _compile(function, Linked, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, forceinline=True)


def twin(plain: Callable[..., Any]) -> Callable[[Any], Any]:
    """Decorate a function that writes machine code: `plain` is what it does, for kernels that run in Python."""
    return lambda function: plain if UNCOMPILED else _twin(function, plain)


def records(array: Any) -> Any:
    """A structured array whose elements have their fields as attributes, also in uncompiled kernels."""
    return array.view(np.recarray) if UNCOMPILED else array


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function inlined into its callers, so that it may return views of arrays without reference counts."""
    return numba.njit(inline="always")(function)
