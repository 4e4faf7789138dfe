"""The one compile decorator, with an on-disk cache that cannot go stale.

Numba invalidates a cached kernel when its own file changes, not when a kernel it calls does
(numba issue 1833, open since 2016): after editing one physics term, every cached solver would
silently keep the old one.  A cache directory named after a digest of all sources makes that
impossible.  The directory is the first of these that can be written:

    $NUMBA_CACHE_DIR, $XDG_CACHE_HOME, ~/.cache, the system's temporary directory

and without any of them kernels are compiled anew in each process, with one line saying so.
"""
import functools
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import numba
import numpy as np
from numba.core import config

UNCOMPILED = bool(getattr(config, "DISABLE_JIT", False))  # kernels run as the Python they are written in
SOLVER, FOLLOW = "march.march", "profile.follow"  # kernels, by file and name, that take most of the time to compile
KEPT = 3  # cache directories of other versions that are left alone
HERE = Path(__file__).parent
# a product and a sum may become one operation, sums may be taken in any order; NaN and infinity keep their meaning
RELAXED = {"contract", "reassoc", "nsz"}
COMPILED, EVERYTHING = ("physics", "numerics", "kernels"), (".",)


def digest(parts=COMPILED) -> str:
    """Name of this version of the kernels, or of other parts of the package: their sources, and what compiles them."""
    h = hashlib.sha256(f"{numba.__version__} {platform.python_version()} {platform.machine()}".encode())
    for path in sorted(p for part in parts for p in (HERE / part).rglob("*.py")):
        h.update(str(path.relative_to(HERE)).encode())
        h.update(path.read_bytes())
    h.update(Path(__file__).read_bytes())
    return h.hexdigest()[:16]


def _candidates():
    if "NUMBA_CACHE_DIR" in os.environ:
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    if "XDG_CACHE_HOME" in os.environ:
        yield Path(os.environ["XDG_CACHE_HOME"])
    if os.environ.get("HOME"):
        yield Path(os.environ["HOME"]) / ".cache"
    yield Path(tempfile.gettempdir()) / f"cellsim-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _usable(path) -> bool:
    """Whether path can be made, is ours alone to write, and takes a file."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return False
        with tempfile.TemporaryFile(dir=path):
            return True
    except OSError:
        return False


@functools.cache
def cache_directory() -> Path | None:
    """Where this version's compiled kernels are kept, or None if nowhere can be written."""
    for base in _candidates():
        path = base / "cellsim" / digest()
        if _usable(path):
            _prune(path)
            return path
    return None


def _prune(current):
    """Drop compiled kernels of all but the latest few other versions."""
    others = sorted((p for p in current.parent.iterdir() if p != current), key=lambda p: p.stat().st_mtime)
    for path in others[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def clear_cache() -> tuple[int, int]:
    """Delete the compiled kernels of all versions; returns how many files and bytes."""
    path = cache_directory()
    if path is None:
        return 0, 0
    files = [p for p in path.parent.rglob("*") if p.is_file()]
    size = sum(p.stat().st_size for p in files)
    for child in path.parent.iterdir():
        shutil.rmtree(child, ignore_errors=True)
    return len(files), size


def is_warm(kernel=SOLVER) -> bool:
    """Whether a kernel of this version is on disk already."""
    path = cache_directory()
    return path is not None and any(path.rglob(f"{kernel}-*.nbi"))


@functools.cache
def announce(kernel):
    """Tell the user, in one line and once in a process, if it is about to compile."""
    if UNCOMPILED or is_warm(kernel):
        return
    where = cache_directory()
    kept = f"kept in {where}" if where else "nowhere to keep them: set NUMBA_CACHE_DIR to a writable directory"
    print(f"cellsim: compiling kernels, about half a minute the first time ({kept})", file=sys.stderr, flush=True)


def _compile(function, **options):
    path = cache_directory()
    options |= {"error_model": "numpy", "fastmath": RELAXED, "cache": path is not None}
    before = config.CACHE_DIR
    config.CACHE_DIR = str(path or "")  # read while the cache is set up, here; not left changed
    try:
        return numba.njit(**options)(function)
    finally:
        config.CACHE_DIR = before


def kernel(function):
    """Compile a function that Python calls.

    It keeps Python's lock: to give it back and wait for it takes longer than most kernels do.
    """
    return _compile(function)


def entry(function):
    """Compile a function that Python calls, and that takes long enough for other threads to run meanwhile.

    It works with what it is given and, as `inner`, counts no references.
    """
    return _compile(function, nogil=True, _nrt=False)


def inner(function):
    """Compile a function that only kernels call: no wrapper, which saves 40 % of the compile time.

    It may neither allocate (Numba says so) nor return an array (that would be freed too early: use
    `inlined`), because it does not count references: counting is atomic, and would take a third of
    the time on small meshes.  From Python use `.py_func`; calling it directly is not possible.

    Loops count from 0, over a slice if need be: of an index that may be negative Numba asks every time whether it is,
    and nothing is done in vectors.
    """
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)


def part(function):
    """As `inner`, of what is small or called in one place only, and compiled into where it is called.

    A system and its scratch memory are some 200 numbers and pointers, which every call that is not compiled in
    copies: half of the time on small meshes.  Compiling in all that is called in many places would take minutes.
    """
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False, forceinline=True)


def records(array):
    """A structured array whose elements have their fields as attributes, in kernels and, uncompiled, in Python too."""
    return array.view(np.recarray) if UNCOMPILED else array


def inlined(function):
    """Compile a function into its callers, so that it may return parts of arrays without counting them."""
    return numba.njit(inline="always")(function)
