"""The one compile decorator, with an on-disk cache that cannot go stale.

Numba invalidates a cached kernel when its own file changes, not when a kernel it calls does
(numba issue 1833, open since 2016): after editing one physics term, every cached solver would
silently keep the old one.  A cache directory named after a digest of all sources makes that
impossible.  The directory is the first of these that this user can write and nobody else:

    $NUMBA_CACHE_DIR, $XDG_CACHE_HOME, ~/.cache

and without any of them kernels are compiled anew in each process, with one line saying so.  What is asked of the
directory and of the files in it is in `_cache`.
"""
import functools
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config

from . import cache as _cache

UNCOMPILED = bool(getattr(config, "DISABLE_JIT", False))  # kernels run as the Python they are written in
SOLVER, FOLLOW = "ndf.march", "tr_bdf2.follow"  # kernels, by file and name, that take most of the time to compile
KEPT = 3  # cache directories of other versions that are left alone
HERE = Path(__file__).parents[1]
# a product and a sum may become one operation, sums may be taken in any order; NaN and infinity keep their meaning
RELAXED = {"contract", "reassoc", "nsz"}
COMPILED, EVERYTHING = ("physics", "numerics", "kernels", "errors.py"), (".",)


def digest(parts=COMPILED) -> str:
    """Name of this version of the kernels, or of other parts of the package: their sources, and what compiles them."""
    h = hashlib.sha256(f"{numba.__version__} {platform.python_version()} {platform.machine()}".encode())
    for path in sorted(p for part in parts for p in HERE.glob(part if part.endswith(".py") else f"{part}/**/*.py")):
        h.update(str(path.relative_to(HERE)).encode())
        h.update(path.read_bytes())
    h.update(Path(__file__).read_bytes())
    return h.hexdigest()[:16]


def candidates():
    """Folders that may serve, the first one first; an empty name stands for none."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(os.environ["NUMBA_CACHE_DIR"])
    if os.path.isabs(os.environ.get("XDG_CACHE_HOME", "")):
        yield Path(os.environ["XDG_CACHE_HOME"])
    home = os.path.expanduser("~") if os.environ.get("HOME") or not _cache.OWNERS else ""
    if os.path.isabs(home):
        yield Path(home) / ".cache"


refused: list[str] = []  # why folders do not serve, in words


@functools.cache
def cache_directory() -> Path | None:
    """Where this version's compiled kernels are kept, or None if no folder serves; `refused` says why."""
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


def _age(path) -> float:
    """When a folder was last changed [s]; one that is gone is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _prune(current):
    """Drop compiled kernels of all but the latest few other versions."""
    for path in sorted((p for p in current.parent.iterdir() if p != current), key=_age)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def clear_cache() -> tuple[int, int]:
    """Delete the compiled kernels of all versions; returns how many files and bytes."""
    path = cache_directory()
    if path is None:
        return 0, 0
    files = [p for p in path.parent.rglob("*") if p.is_file() and not p.is_symlink()]
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
    where = cache_directory()
    why = "; ".join(refused)
    if where and why:
        _cache.tell("place", f"compiled kernels are kept in {where} ({why})")
    if UNCOMPILED or is_warm(kernel):
        return
    nowhere = f"nowhere to keep them: {why or 'no home'}; set NUMBA_CACHE_DIR to a folder that you alone can write"
    kept = f"kept in {where}" if where else nowhere
    print(f"cellsim: compiling kernels, about half a minute the first time ({kept})", file=sys.stderr, flush=True)


def _compile(function, **options):
    path = cache_directory()
    found = numba.njit(error_model="numpy", fastmath=RELAXED, **options)(function)
    if path is not None and not UNCOMPILED:
        found._cache = _cache.Kept(function, path)  # in place of Numba's own, which believes any file
    return found


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


def records(array: Any) -> Any:
    """A structured array whose elements have their fields as attributes, in kernels and, uncompiled, in Python too."""
    return array.view(np.recarray) if UNCOMPILED else array


def inlined(function):
    """Compile a function into its callers, so that it may return parts of arrays without counting them."""
    return numba.njit(inline="always")(function)
