"""Ensembles that are resumed where they stopped: the series of finished cases, and what came of them.

Beside the file lie a journal of outcomes and a folder of parts, tables of the rows of some finished cases each; a
part counts once the journal has an entry with its digest.  At the end the parts become the file.
"""

import dataclasses
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from numbers import Number
from pathlib import Path
from typing import Any, cast

import numpy as np

from ..errors import CellsimError, ReportError
from ..parameters import Cell, load
from ..protocols import Protocol, Step
from ..support.files import optional, replacing
from . import parquet
from .case import Case, Kept, Outcome, Series, outcome_of
from .jobs import Finished
from .journal import Journal, digest, journal_of
from .parquet import writing

PART = re.compile(r"\d{6}\.parquet")
OFTEN = 10.0  # s after which finished cases are written, however few rows they have


class Parts:
    """The finished cases of an ensemble, an `engine.Store`; use `Parts.at`."""

    def __init__(self, path: Path, journal: Journal, names: tuple[str, ...]):
        self.path, self.journal, self.names = path, journal, names
        self.folder = path.with_name(path.name + ".parts")
        self.done: dict[str, tuple] = {}  # key: (part, first row, rows, fields of the outcome)
        self.texts: dict[tuple, tuple] = {}  # name and id of an object: (it, its text)
        self.many: dict[str, int] = {}  # how often a case of the same input came
        self.order: list[str | None] = []  # keys of the cases by number
        self.waiting: list = []
        self.rows, self.since = 0, time.monotonic()
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as fault:
            raise ReportError(f"{self.folder}: cannot be made ({fault.strerror}); it keeps what is done") from None
        good = {
            entry["part"]: entry["cases"]
            for entry in journal.entries
            if PART.fullmatch(str(entry.get("part")))
            and _digest_of(self.folder / entry["part"]) == entry.get("digest", "")
        }
        for part, cases in good.items():
            self.done |= {key: (part, first, rows, said) for key, first, rows, said in cases}
        for other in self.folder.iterdir():
            if PART.fullmatch(other.name) and other.name not in good:
                other.unlink()  # killed before its entry was written
        self.next = 1 + max([int(part.split(".")[0]) for part in good], default=0)

    @classmethod
    @contextmanager
    def at(cls, path: Any, names: tuple[str, ...] | None) -> Iterator["Parts"]:
        """What is done of the ensemble that is to be written to a path.  Raises ReportError."""
        path = Path(path)
        with Journal.at(journal_of(path)) as journal:
            parts = cls(path, journal, names or ())
            try:
                yield parts
            finally:
                parts.flush()

    def key(self, case: Case) -> str | None:
        """Identifies a case by all of its input; None where that has no form in text."""
        try:
            said = {f.name: self._text(f.name, getattr(case, f.name)) for f in dataclasses.fields(case)}
        except (CellsimError, TypeError, ValueError, AttributeError):
            return None
        key = digest([said, self.names])
        self.many[key] = self.many.get(key, -1) + 1
        return f"{key}-{self.many[key]}"

    def find(self, number: int, case: Case) -> tuple[Outcome, Kept] | None:
        """What came of a case that is done; its rows are in a part."""
        self.order.append(key := self.key(case))
        if key not in self.done:
            return None
        return dataclasses.replace(Outcome(**self.done[key][3]), number=number), None

    def keep(self, number: int, case: Case, done: Finished) -> tuple[Outcome, Kept]:
        """Keep a finished case, with its rows if there are any; one whose process ended, in this file only."""
        outcome, series = outcome_of(done)
        key = None if done.fault is not None else self.order[number]
        arrays = cast(Series | None, series)
        self.waiting.append((key, outcome, arrays))
        self.rows += 0 if arrays is None else arrays[0].size
        if self.rows >= parquet.GROUP or time.monotonic() - self.since > OFTEN:
            self.flush()
        return outcome, None

    def _text(self, name: str, value: Any) -> Any:
        if not isinstance(value, Cell | Step | Protocol):  # what cannot be changed and takes long to write out
            return _text(name, value)
        known = self.texts.get((name, id(value)))
        if known is None:
            if len(self.texts) > 256:
                self.texts.clear()
            known = self.texts[name, id(value)] = value, _text(name, value)
        return known[1]

    def flush(self) -> None:
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
        self.journal.add({"part": part, "digest": _digest_of(self.folder / part), "cases": [c for c in cases if c[0]]})
        for key, start, rows, said in cases:
            self.done[key or f"number {said['number']}"] = (part, start, rows, said)
        self.waiting, self.rows, self.next, self.since = [], 0, self.next + 1, time.monotonic()

    def finish(self, labels: Mapping[str, Any]) -> None:
        """Write the file of all cases, in their order, and remove what lies beside it."""
        self.flush()
        at, table = None, cast(Any, None)
        with writing(self.path, labels, self.names) as writer:
            for number, key in enumerate(self.order):
                part, first, rows, said = self.done.get(f"number {number}") or self.done[str(key)]
                if rows:
                    if part != at:
                        pq = optional("pyarrow.parquet")
                        at, table = part, pq.read_table(self.folder / part, page_checksum_verification=True)
                    some = table.slice(first, rows)
                    writer.add(number, said["labels"], [some[name].to_numpy() for name in self.names])
        self.journal.remove()
        with suppress(OSError):
            for path in self.folder.iterdir():
                if PART.fullmatch(path.name):
                    path.unlink()
            self.folder.rmdir()


def _text(name: str, value: Any) -> Any:
    """A field of a case as text.  Raises TypeError where it has no form in text."""
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
    raise TypeError(f"{type(value).__name__} has no form in text")


def _digest_of(path: Path) -> str | None:
    """Of a file, None if there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise ReportError(f"{path}: cannot be read ({fault.strerror}); move it away") from None
