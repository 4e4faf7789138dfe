"""Ensembles that go on where they stopped.

Beside the file lie a journal of outcomes and a folder of parts, tables of the rows of some finished cases each; an
entry of the journal makes a part count, with the digest of what is in it.  At the end the parts become the file.
"""
import dataclasses
import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from numbers import Number
from pathlib import Path

import numpy as np

from ..errors import CellsimError, ReportError
from ..parameters import Cell, load
from ..protocols import Protocol, Step
from ..support.files import optional, replacing
from . import parquet
from .journal import Journal
from .parquet import Writer
from .processes import NOT_KEPT
from .resumable import journal_of, version
from .threads import Outcome

PART = re.compile(r"\d{6}\.parquet")
OFTEN = 10.0  # s after which finished cases are written, however few rows they have


class _Rows:
    """Some rows of a part, as `Writer` takes them."""

    def __init__(self, table, first, rows):
        self.table, self.first, self.rows = table, first, rows

    def __getitem__(self, name):
        return self.table[name].slice(self.first, self.rows).to_numpy()

    @property
    def t(self):
        return self["Time [s]"]


class Parts:
    """The finished cases of an ensemble; use `Parts.at`."""

    def __init__(self, path, journal, names):
        self.path, self.journal, self.names = path, journal, names
        self.folder = path.with_name(path.name + ".parts")
        self.done: dict[str, tuple] = {}  # key: (part, first row, rows, fields of the outcome)
        self.texts: dict[tuple, tuple] = {}  # name and id of an object: (it, its text)
        self.many: dict[str, int] = {}  # how often a case of the same input came
        self.waiting: list = []
        self.rows, self.since = 0, time.monotonic()
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as fault:
            raise ReportError(f"{self.folder}: cannot be made ({fault.strerror}); it keeps what is done") from None
        good = {entry["part"]: entry["cases"] for entry in journal.entries if PART.fullmatch(str(entry.get("part")))
                and _digest(self.folder / entry["part"]) == entry.get("digest", "")}
        for part, cases in good.items():
            self.done |= {key: (part, first, rows, said) for key, first, rows, said in cases}
        for other in self.folder.iterdir():
            if PART.fullmatch(other.name) and other.name not in good:
                other.unlink()  # its entry was not written any more
        self.next = 1 + max([int(part.split(".")[0]) for part in good], default=0)

    @classmethod
    @contextmanager
    def at(cls, path, names) -> Iterator["Parts"]:
        """What is done of the ensemble that is to be written to a path.  Raises ReportError."""
        path = Path(path)
        with Journal.at(journal_of(path)) as journal:
            parts = cls(path, journal, names)
            try:
                yield parts
            finally:
                parts.flush()

    def key(self, case) -> str | None:
        """What a case is told apart by: all of its input; None where that cannot be put into words."""
        try:
            said = {f.name: self._text(f.name, getattr(case, f.name)) for f in dataclasses.fields(case)}
        except (CellsimError, TypeError, ValueError, AttributeError):
            return None
        whole = json.dumps([said, self.names, version()], sort_keys=True)
        digest = hashlib.sha256(whole.encode()).hexdigest()[:24]
        self.many[digest] = self.many.get(digest, -1) + 1
        return f"{digest}-{self.many[digest]}"

    def _text(self, name, value):
        if not isinstance(value, Cell | Step | Protocol):  # what cannot be changed and takes long to put into words
            return _text(name, value)
        known = self.texts.get((name, id(value)))
        if known is None:
            if len(self.texts) > 256:
                self.texts.clear()
            known = self.texts[name, id(value)] = value, _text(name, value)
        return known[1]

    def add(self, key, outcome, result):
        """Keep a finished case, with its rows if there are any."""
        if key is not None and outcome.failure.startswith(NOT_KEPT):
            key = None  # to be run again another time, but in this file as it is
        self.waiting.append((key, outcome, None if result is None else [result[name] for name in self.names]))
        self.rows += 0 if result is None else result.t.size
        if self.rows >= parquet.GROUP or time.monotonic() - self.since > OFTEN:
            self.flush()

    def flush(self):
        """Write what waits as one part.  Raises ReportError."""
        if not self.waiting:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        part, first, cases = f"{self.next:06d}.parquet", 0, []
        series = [arrays for _, _, arrays in self.waiting if arrays is not None]
        columns = [np.concatenate([arrays[k] for arrays in series] or [np.empty(0)]) for k in range(len(self.names))]
        with replacing(self.folder / part) as partial:
            pq.write_table(pa.table(dict(zip(self.names, columns, strict=True))), partial, write_page_checksum=True)
        for key, outcome, arrays in self.waiting:
            rows = 0 if arrays is None else arrays[0].size
            cases.append((key, first, rows, dataclasses.asdict(outcome)))
            first += rows
        self.journal.add({"part": part, "digest": _digest(self.folder / part), "cases": [c for c in cases if c[0]]})
        for key, start, rows, said in cases:
            self.done[key or f"number {said['number']}"] = (part, start, rows, said)
        self.waiting, self.rows, self.next, self.since = [], 0, self.next + 1, time.monotonic()

    def finish(self, labels, order):
        """Write the file of all cases, whose keys come in their order, and remove what lies beside it."""
        self.flush()
        at, table = None, None
        with Writer.replacing(self.path, labels, self.names) as writer:
            for number, key in enumerate(order):
                part, first, rows, said = self.done.get(f"number {number}") or self.done[key]
                if rows:
                    if part != at:
                        pq = optional("pyarrow.parquet")
                        at, table = part, pq.read_table(self.folder / part, page_checksum_verification=True)
                    writer.add(number, said["labels"], _Rows(table, first, rows))
        self.journal.remove()
        with suppress(OSError):
            for path in self.folder.iterdir():
                if PART.fullmatch(path.name):
                    path.unlink()
            self.folder.rmdir()


def go_on(cases, parts, run) -> Iterator[tuple[int, str | None, Outcome]]:
    """(number, key, outcome) of every case, in order; `run` makes (Outcome, Result) of those that are not done yet."""
    known: dict = {}  # number: (key, outcome)
    given: list = []

    def left():
        for number, case in enumerate(cases):
            key = parts.key(case)
            if key in parts.done:
                known[number] = key, dataclasses.replace(Outcome(**parts.done[key][3]), number=number)
            else:
                given.append((number, key))
                yield case

    due = 0
    for outcome, result in run(left()):
        number, key = given.pop(0)
        outcome = dataclasses.replace(outcome, number=number)
        parts.add(key, outcome, result)
        known[number] = key, outcome
        while due in known:
            yield due, *known.pop(due)
            due += 1
    while due in known:
        yield due, *known.pop(due)
        due += 1


def _text(name, value):
    """A field of a case in words.  Raises TypeError where there are none."""
    if name == "cell":
        return (value if isinstance(value, Cell) else load(value)).to_json()
    if name == "steps":
        return Protocol(value).to_json()
    if isinstance(value, Mapping):
        return {str(key): _text("", other) for key, other in value.items()}
    if dataclasses.is_dataclass(value):  # models, Lumped
        return [type(value).__name__, *(_text("", getattr(value, f.name)) for f in dataclasses.fields(value))]
    if isinstance(value, tuple):
        return [_text("", each) for each in value]
    if value is None or isinstance(value, bool | Number | str | np.generic):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no words")


def _digest(path) -> str | None:
    """Of a file, None if there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise ReportError(f"{path}: cannot be read ({fault.strerror}); move it away") from None
