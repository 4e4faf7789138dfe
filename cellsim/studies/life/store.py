"""Calendar ageing: a cell at rest for years."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...ensemble.journal import digest
from ...models import ACCURACY
from ...models.health.amounts import Amounts
from ...protocols import Protocol
from ...protocols.step import LONGEST
from ...simulation.run import simulate
from ...support.arguments import flag, number, whole
from ...support.renamed import by_name
from .checkup import Checkups
from .cycle_map import Aged, Stopped, amounts_of
from .health.row import Names, Summary, names_of, row_of
from .life_table import Life, table_of
from .prepare import aged_cell, assumed_rates, checked, fresh_start
from .saved.life_file import table_path
from .saved.parts import Parts
from .saved.rows import Rows
from .saved.states import model_said, packed, unpacked

YEAR = 365.25 * 24.0 * 3600.0


@by_name
def store(
    cell: Any,
    years: float = 1.0,
    *,
    soc: float = 0.5,
    temperature: Any = None,
    ageing: Any = None,
    model: Any = None,
    points: int = 24,
    checkups: bool = False,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    progress: Callable[[int, int], Any] | None = None,
    path: Any = None,
    resume: bool = True,
) -> Life:
    """Calendar ageing: the cell at rest from a state of charge on, which falls as side reactions take lithium.

    years: of storage; points: rows of the table, evenly spaced in the root of time.  checkups: measure a copy at each.
    progress: function (rows done, rows asked for).
    The others as in `age`: with a `path` the same call goes on where a killed one was, to the same life bit for bit.
    """
    cell = aged_cell(cell, ageing)
    years = number("years", years, "give years as a number above 0 and at most 100, such as 20", above=0.0, high=100.0)
    points = whole("points", points, "give a number of rows, 2 to 1000", low=2, high=1000)
    flag("checkups", checkups)
    flag("resume", resume)
    accuracy, rtol, _ = checked(accuracy, rtol, (), progress)
    rest = Protocol(f"Rest for {min(years * YEAR, LONGEST):.10g} s")
    soc = number("soc", soc, "give a state of charge from 0 to 1, such as 0.5", low=0.0, high=1.0)
    start = fresh_start(cell, rest, model, temperature, soc, None, None, accuracy)
    times = years * YEAR * (np.arange(1, points + 1) / points) ** 2
    path = None if path is None else table_path(path)
    stored = _Stored(Aged(start), amounts_of(cell, start.model.discretise(cell, start.temperature)))
    checks, journal = Checkups(cell), None
    if checkups:
        checks.begin(start)
    with ExitStack() as stack:
        if path is not None:
            said = [cell.to_json(), model_said(start.model), packed(Aged(start)), years, points, checkups]
            key = digest([*said, accuracy, rtol])
            journal = stack.enter_context(Parts.at(path, key, resume))
            stored.take_up(journal.done, checks)
        for n in range(len(stored.rows) + 1, points + 1):
            stored.rest(times[n - 1], accuracy, rtol)
            if stored.end:
                break
            if checkups:
                checks.at(n, stored.at)
            if journal:
                journal.add({"row": stored.rows[-1], "at": packed(stored.at), "checkup": checks.measured.get(n)})
            if progress:
                progress(n, points)
        numbers = np.arange(1, len(stored.rows) + 1)
        table = table_of(cell, numbers, stored.rows, checks.measured, name="Point")
        remarks = (*cell.remarks, *assumed_rates(cell), *checks.remarks())
        life = Life(cell, rest, table, stored.end, {len(numbers): stored.at.end}, None, remarks, start)
        if journal:
            life.save(path)
            journal.over()
    return life


@dataclass
class _Stored:
    """A cell in storage: where it stands, and the rows of its table so far."""

    at: Aged
    amounts: Amounts
    rows: Rows = field(default_factory=Rows)
    end: str = ""  # why it cannot rest any longer

    def __post_init__(self) -> None:
        self.fresh = self.now = self.amounts(self.at.end.state)
        self.names: Names | None = None

    def take_up(self, done: list[dict[str, Any]], checks: Checkups) -> None:
        """Stand behind the rows that a journal has."""
        for n, part in enumerate(done, 1):
            self.rows.append(part["row"])
            if part["checkup"] is not None:
                checks.measured[n] = part["checkup"]
        if done:
            end = self.at.end
            self.at = unpacked(done[-1]["at"], end.cell, end.model, end.state.size)
            self.now = self.amounts(self.at.end.state)

    def rest(self, until: float, accuracy: float, rtol: float | None) -> None:
        """A row more, of a rest until a time [s]."""
        before, was = self.at, self.now
        try:
            self.at, result = _rested(before, until, accuracy, rtol)
        except Stopped as stopped:
            self.at, result, self.end = before.counted(stopped.result), stopped.result, str(stopped)
        self.names, self.now = self.names or names_of(result), self.amounts(self.at.end.state)
        row: Summary = {
            **row_of(result, result, (before, self.at), (was, self.now, self.fresh), self.names),
            "Voltage [V]": float(result["Voltage [V]"][-1]),
        }
        self.rows.append({key: value for key, value in row.items() if key not in CYCLED})


def _rested(at: Aged, until: float, accuracy: float, rtol: float | None) -> tuple[Aged, Any]:
    """The cell after a rest until a time [s], and the last run.  Raises Stopped where the cell cannot rest so long."""
    result = None
    while result is None or until - at.seconds > 1e-6 * until:
        step = f"Rest for {min(until - at.seconds, LONGEST):.12g} s"
        result = simulate(at.end.cell, step, start=at.end, accuracy=accuracy, rtol=rtol)
        if result.stopped_early:
            raise Stopped(result.termination, result)
        at = at.counted(result)
    return at, result


CYCLED = (
    "Discharge capacity [A.h]",
    "Charge capacity [A.h]",
    "Discharge energy [W.h]",
    "Charge energy [W.h]",
    "Coulombic efficiency",
    "Energy efficiency",
    "Time at constant voltage [h]",
)
