"""Files on their way: written beside the place they will take, and gone if their writer is killed."""
import os
import tempfile
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # where there are no such locks, what a killed process leaves behind stays
    fcntl = None  # type: ignore[assignment]


def begin(path) -> tuple[int | None, Path]:
    """A new file beside `path`, and its handle, which keeps it locked; None where a lock would be in the way.

    Those that killed processes left there are removed.  Raises OSError, ValueError.
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
        os.close(handle)  # another process took it for one that was left behind, as it was not locked yet


def settle(handle, partial, path):
    """Put a finished file into its place, where it is whole even if the machine stops.  Raises OSError."""
    if handle is None:
        partial.replace(path)
        return
    os.fsync(handle)
    partial.replace(path)
    with suppress(OSError):  # of a folder not all systems can
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _sweep(folder, prefix, suffix):
    """Remove files of this name whose writer is no more."""
    for entry in os.scandir(folder):
        if not (entry.name.startswith(prefix) and entry.name.endswith(suffix)):
            continue
        with suppress(OSError):  # one that is at work keeps its lock
            handle = os.open(entry.path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(entry.path)
            finally:
                os.close(handle)
