"""Journals of studies: what is done is on disk, survives kills and is never done by two processes at once.

A line for each entry: a mark, a checksum and JSON.  Lines that are cut short or changed are left out, so that what
they held is done again; a file that is something else is left alone.
"""
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ReportError

try:
    import fcntl
except ImportError:  # where there are no such locks two processes are not kept apart
    fcntl = None  # type: ignore[assignment]

MARK = b"cellsim1 "
SYNCED = 1.0  # s between two times that the system is asked to bring what was written to the disk


def checksum(said: bytes) -> bytes:
    """Sixteen letters."""
    return hashlib.blake2b(said, digest_size=8).hexdigest().encode()


def _entry(line: bytes) -> dict | None:
    """What a line says, None if it is not whole."""
    said = line[len(MARK) + 17:]
    if not line.startswith(MARK) or line[len(MARK):len(MARK) + 17] != checksum(said) + b" ":
        return None
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(value):
    """A NumPy number as one of JSON's."""
    try:
        return value.item()
    except AttributeError:
        raise TypeError(f"{type(value).__name__} cannot be kept in a journal") from None


class Journal:
    """Entries, dictionaries of JSON's kinds of values, that are there, and room for more; use `Journal.at`."""

    def __init__(self, path, file):
        self.path, self.file, self.synced, self.removed = path, file, 0.0, False
        file.seek(0)
        whole = file.read()
        if not MARK.startswith(whole[:len(MARK)]):
            raise ReportError(f"{path}: is not a journal of this version of cellsim; move it away, or delete it")
        self.entries = [entry for line in whole.splitlines() if (entry := _entry(line)) is not None]
        if whole and not whole.endswith(b"\n"):
            file.write(b"\n")  # a line that was cut short stays alone

    @classmethod
    @contextmanager
    def at(cls, path) -> Iterator["Journal"]:
        """The journal at a path, locked.  Raises ReportError if another process has it or it cannot be written."""
        path = Path(path)
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _locked(path)
        try:
            with _told(path):
                journal = cls(path, file)
            yield journal
        finally:
            with _told(path):
                file.close()

    def add(self, entry: dict):
        """Write an entry.  Raises ReportError."""
        said = json.dumps(entry, default=_plain).encode()
        with _told(self.path):
            self.file.write(MARK + checksum(said) + b" " + said + b"\n")
            self.file.flush()
            if time.monotonic() - self.synced > SYNCED:
                os.fsync(self.file.fileno())
                self.synced = time.monotonic()

    def remove(self):
        """Delete the file, still locked."""
        with _told(self.path):
            self.path.unlink(missing_ok=True)


@contextmanager
def _told(path):
    """Failures of the system as sentences."""
    try:
        yield
    except OSError as fault:
        raise ReportError(f"{path}: cannot be written ({fault.strerror or fault}); what is in it stays, and the study "
                          "goes on from there when it is asked for again") from None


def _locked(path):
    """The file, open for reading and appending and locked.  Raises ReportError, OSError."""
    while True:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise ReportError(f"{path}: is not a file; move it away, a journal is written there")
        file = open(path, "a+b")  # noqa: SIM115 - closed by who asked for it
        if fcntl is None:
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise ReportError(f"{path}: another process is at work on this study; wait for it, or give another "
                              "path") from None
        except OSError:
            return file  # a file system without locks
        try:
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass
        file.close()  # one that another process has removed meanwhile, as its study was done
