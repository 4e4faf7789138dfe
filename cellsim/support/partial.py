"""Temporary files beside their destination, removed if the process that writes them is killed."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # without these locks, files of killed processes remain
    fcntl = None  # type: ignore[assignment]


def begin(path: Path) -> tuple[int | None, Path]:
    """Handle and path of a new temporary file beside `path`; the handle keeps it locked, None without locks.

    Temporary files of killed processes are removed.  Raises OSError, ValueError.
    """
    prefix = f".{path.stem[:100]}-cellsim-"
    if fcntl is not None:
        _sweep(path.parent, prefix, path.suffix)
    while True:
        handle, name = tempfile.mkstemp(suffix=path.suffix, prefix=prefix, dir=path.parent)
        if fcntl is None:
            os.close(handle)
            return None, Path(name)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.exists(name):
            return handle, Path(name)
        os.close(handle)  # another process removed it before it was locked


def settle(handle: int | None, partial: Path, path: Path) -> None:
    """Move a finished file to its destination, durably (fsync).  Raises OSError."""
    if handle is None:
        partial.replace(path)
        return
    os.fsync(handle)
    partial.replace(path)
    with suppress(OSError):  # not all systems can sync a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _sweep(folder: Path, prefix: str, suffix: str) -> None:
    """Remove temporary files of this name whose process has ended."""
    for entry in os.scandir(folder):
        if not (entry.name.startswith(prefix) and entry.name.endswith(suffix)):
            continue
        with suppress(OSError):  # a running process holds the lock
            handle = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(entry.path)
            finally:
                os.close(handle)
