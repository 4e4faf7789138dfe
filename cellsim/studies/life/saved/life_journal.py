"""Journals of lives: rows are on disk as they come, and a life that was killed goes on to the same end.

An entry for each reported cycle holds its summary and slope, and now and then all else that it takes to go on.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ....ensemble.journal import Journal, journal_of
from ....errors import ParameterError, ProtocolError
from ..cycle_map import Aged
from ..health.row import Summary
from ..jumping.jump_records import Jump, Progress, Snapshot
from ..windows import Windows
from .rows import Rows
from .states import array_of, packed, text_of, unpacked

OFTEN = 1.0  # s between two entries with a state, of long lives
SLOPES = 40  # that a life remembers
OF_LIFE = ("turn", "before", "longest", "rejected", "failed", "beyond", "upper", "end", "simulated", "jumps")
OF_PROGRESS = tuple(f.name for f in fields(Progress) if f.name not in ("state", "positions", "slopes", "uncertain"))
Checkups = dict[int, Mapping[str, float]]


@contextmanager
def opened(path: Any, resume: bool) -> Iterator[Journal]:
    """The journal beside the file `path`; it begins empty unless `resume`.  Raises ReportError.

    Of a life that its arguments do not allow none is left.
    """
    with Journal.at(journal_of(path)) as journal:
        if not resume:
            journal.file.truncate(0)
            journal.entries = []
        nothing = not journal.entries
        try:
            yield journal
        except (ParameterError, ProtocolError):
            if nothing:
                journal.remove()
            raise


@dataclass
class LifeJournal:
    """The journal of one life; use `LifeJournal.at`."""

    journal: Journal
    key: str
    checkups: Checkups  # by cycle; those that come are written with the row of their cycle
    windows: Windows | None = None  # by which the life is judged; their search goes on from where it was
    entries: list[dict[str, Any]] = field(default_factory=list)
    turn: int = 0
    said: float = 0.0  # when a state was written last [s]

    @classmethod
    @contextmanager
    def at(
        cls, path: Any, key: str, checkups: Checkups, resume: bool, windows: Windows | None = None
    ) -> Iterator["LifeJournal"]:
        """The journal beside the file `path`; entries of other lives are left out, all of them unless `resume`.

        Raises ReportError.
        """
        with opened(path, resume) as journal:
            one = cls(journal, key, checkups, windows)
            for entry in journal.entries:
                if entry.get("life") == key:
                    one._read(entry)
            journal.entries = []
            one._cut()
            yield one

    def _read(self, entry: dict[str, Any]) -> None:
        """An entry: a row, or the number of rows from which the life was gone on with."""
        if "from" in entry:
            del self.entries[int(entry["from"]) :]
            return
        if self.entries and entry["turn"] != self.entries[-1]["turn"]:
            self.entries = []
        self.entries.append(entry)

    def _cut(self) -> None:
        """Leave out the rows after the last whole state, which will come again."""
        while self.entries and "at" not in self.entries[-1]:
            self.entries.pop()
        self.journal.add({"life": self.key, "from": len(self.entries)})

    def snapshot(self, fresh: Aged) -> Snapshot[Aged, Summary] | None:
        """Where the life stands; None if nothing is known.  fresh: the state before it."""
        if not self.entries:
            return None
        cell, model, size = fresh.end.cell, fresh.end.model, fresh.end.state.size
        last, rows = self.entries[-1], Rows()
        recent = [entry for entry in self.entries if "slope" in entry][-SLOPES:]  # one of each position
        states = {}
        for entry in self.entries:
            rows.append(entry["row"])
            if "kept" in entry:
                states[entry["n"]] = unpacked(entry["kept"], cell, model, size)
            if "checkup" in entry:
                self.checkups[entry["n"]] = entry["checkup"]
        at = Progress(
            state=unpacked(last["state"], cell, model, size),
            positions=tuple(last["positions"]),
            slopes=tuple(array_of(entry["slope"]) for entry in recent),
            uncertain=tuple(entry["uncertain"] for entry in recent),
            **last["at"],
        )
        at = replace(at, capacities=tuple((n, Q) for n, Q in at.capacities))
        life = dict(last["at life"])
        life["jumps"] = [Jump(*jump) for jump in life["jumps"]]
        life["upper"] = None if life["upper"] is None else tuple(life["upper"])
        if self.windows is not None:
            self.windows.near = near_of(last)
        numbers = [entry["n"] for entry in self.entries]
        self.entries = []
        return Snapshot(at=at, numbers=numbers, rows=rows, states=states, **life)

    def keep(self, life: Snapshot[Aged, Summary]) -> None:
        """Write a reported cycle.  Raises ReportError."""
        at, n = life.at, life.numbers[-1]
        entry: dict[str, Any] = {"life": self.key, "turn": life.turn, "n": n, "row": dict(life.rows[-1])}
        if at.positions and at.positions[-1] == n - 0.5:  # not of a cycle that heals
            entry |= {"slope": text_of(at.slopes[-1]), "uncertain": at.uncertain[-1]}
        if n in life.states:
            entry["kept"] = packed(life.states[n])
        if n in self.checkups:
            entry["checkup"] = dict(self.checkups[n])
        if time.monotonic() - self.said > OFTEN or life.turn != self.turn:
            entry["state"] = packed(at.state)
            entry["at"] = {name: getattr(at, name) for name in OF_PROGRESS}
            entry["at life"] = {name: getattr(life, name) for name in OF_LIFE}
            entry["positions"] = at.positions
            entry["near"] = self.windows and self.windows.near
            self.said, self.turn = time.monotonic(), life.turn
        self.journal.add(entry)

    def done(self) -> None:
        """The life is over and saved."""
        self.journal.remove()


def near_of(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    """`Windows.near` as an entry says it."""
    return None if entry["near"] is None else tuple(entry["near"])
