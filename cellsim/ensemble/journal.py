"""Journals of studies: what is done is on disk, survives a kill, and no two processes work on one study.

A line for each entry: a mark, a checksum and JSON.  Lines that are cut short or changed are ignored, so that what
they held is computed again; a file of any other kind is left alone.
"""

import functools
import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import ReportError
from ..support import compile as _jit

try:
    import fcntl
except ImportError:  # without such locks two processes are not kept apart
    fcntl = None  # type: ignore[assignment]

MARK = b"cellsim1 "
SYNCED = 1.0  # s between two requests to the system to write to disk what was added


@functools.cache
def version() -> str:
    """Digest of all sources of cellsim, any of which may change a result."""
    return _jit.digest(_jit.EVERYTHING)


def digest(case: Any) -> str:
    """Key of a case in a journal: of its whole input, of JSON's kinds of values, and of the version of cellsim."""
    said = json.dumps(case, sort_keys=True, default=str) + version()
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def journal_of(path: Any) -> Path:
    """Where the finished cases of an interrupted study are kept."""
    return Path(path).with_name(Path(path).name + ".journal")


def checksum(said: bytes) -> bytes:
    """Sixteen letters."""
    return hashlib.blake2b(said, digest_size=8).hexdigest().encode()


def _entry(line: bytes) -> dict | None:
    """What a line says, None if it is not whole."""
    said = line[len(MARK) + 17 :]
    if not line.startswith(MARK) or line[len(MARK) : len(MARK) + 17] != checksum(said) + b" ":
        return None
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(value: Any) -> Any:
    """A NumPy number as one of JSON's kinds."""
    try:
        return value.item()
    except AttributeError:
        raise TypeError(f"{type(value).__name__} cannot be kept in a journal") from None


class Journal:
    """Entries, dictionaries of JSON's kinds of values, that are there, and room for more; use `Journal.at`."""

    def __init__(self, path: Path, file: BinaryIO):
        self.path, self.file, self.synced = path, file, 0.0
        file.seek(0)
        whole = file.read()
        if not MARK.startswith(whole[: len(MARK)]):
            raise ReportError(f"{path}: is not a journal of this version of cellsim; move it away, or delete it")
        self.entries = [entry for line in whole.splitlines() if (entry := _entry(line)) is not None]
        if whole and not whole.endswith(b"\n"):
            file.write(b"\n")  # a line that was cut short stays alone

    @classmethod
    @contextmanager
    def at(cls, path: Any) -> Iterator["Journal"]:
        """The journal at a path, locked.  Raises ReportError if another process has it or it cannot be written."""
        path = Path(path)
        with _in_words(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = _locked(path)
        try:
            with _in_words(path):
                journal = cls(path, file)
            yield journal
        finally:
            with _in_words(path):
                file.close()

    def add(self, entry: dict) -> None:
        """Write an entry.  Raises ReportError."""
        said = json.dumps(entry, default=_plain).encode()
        with _in_words(self.path):
            self.file.write(MARK + checksum(said) + b" " + said + b"\n")
            self.file.flush()
            if time.monotonic() - self.synced > SYNCED:
                os.fsync(self.file.fileno())
                self.synced = time.monotonic()

    def remove(self) -> None:
        """Delete the file, still locked."""
        with _in_words(self.path):
            self.path.unlink(missing_ok=True)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Failures of the system as sentences."""
    try:
        yield
    except OSError as fault:
        raise ReportError(
            f"{path}: cannot be written ({fault.strerror or fault}); what is in it is kept, and the "
            "same call resumes the study from there"
        ) from None


def _locked(path: Path) -> BinaryIO:
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
            raise ReportError(
                f"{path}: another process is at work on this study; wait for it, or give another path"
            ) from None
        except OSError:
            return file  # a file system without locks
        try:
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass
        file.close()  # one that another process has removed meanwhile, as its study was done
