"""Calendar ageing: a cell at rest for years."""

from typing import Any

import numpy as np

from ...models import ACCURACY
from ...models.health.amounts import Amounts
from ...parameters import Cell
from ...protocols import Protocol
from ...protocols.step import LONGEST
from ...simulation.run import simulate
from ...support.arguments import flag, number, whole
from ...support.renamed import by_name
from .checkup import Checkups
from .cycle_map import Aged, Stopped, amounts_of
from .health.row import Summary, names_of, row_of
from .life_table import Life, table_of
from .prepare import aged_cell, assumed_rates, checked, fresh_start
from .saved.rows import Rows

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
) -> Life:
    """Calendar ageing: the cell at rest from a state of charge on, which falls as side reactions take lithium.

    years: of storage; points: rows of the table, evenly spaced in the root of time.  checkups: measure a copy at each.
    The others as in `age`.
    """
    cell = aged_cell(cell, ageing)
    years = number("years", years, "give years as a number above 0 and at most 100, such as 20", above=0.0, high=100.0)
    points = whole("points", points, "give a number of rows, 2 to 1000", low=2, high=1000)
    flag("checkups", checkups)
    accuracy, rtol, _ = checked(accuracy, rtol)
    rest = Protocol(f"Rest for {min(years * YEAR, LONGEST):.10g} s")
    soc = number("soc", soc, "give a state of charge from 0 to 1, such as 0.5", low=0.0, high=1.0)
    start = fresh_start(cell, rest, model, temperature, soc, None, None, accuracy)
    amounts: Amounts = amounts_of(cell, start.model.discretise(cell, start.temperature))
    at = Aged(start)
    fresh = now = amounts(start.state)
    rows = Rows()
    checks = Checkups(cell)
    if checkups:
        checks.begin(start)
    times = years * YEAR * (np.arange(1, points + 1) / points) ** 2
    end, names = "", None
    for n, until in enumerate(times, 1):
        before, was = at, now
        try:
            at, result = _rested(cell, at, until, accuracy, rtol)
        except Stopped as stopped:
            at, result, end = at.counted(stopped.result), stopped.result, str(stopped)
        names, now = names_of(result) if names is None else names, amounts(at.end.state)
        row: Summary = {
            **row_of(result, result, (before, at), (was, now, fresh), names),
            "Voltage [V]": float(result["Voltage [V]"][-1]),
        }
        rows.append({key: value for key, value in row.items() if key not in CYCLED})
        if end:
            break
        if checkups:
            checks.at(n, at)
    numbers = np.arange(1, len(rows) + 1)
    table = table_of(cell, numbers, rows, checks.measured, name="Point")
    remarks = (*cell.remarks, *assumed_rates(cell), *checks.remarks())
    return Life(cell, rest, table, end, {len(rows): at.end}, None, remarks, start)


def _rested(cell: Cell, at: Aged, until: float, accuracy: float, rtol: float | None) -> tuple[Aged, Any]:
    """The cell after a rest until a time [s], and the last run.  Raises Stopped where the cell cannot rest so long."""
    result = None
    while result is None or until - at.seconds > 1e-6 * until:
        step = f"Rest for {min(until - at.seconds, LONGEST):.12g} s"
        result = simulate(cell, step, start=at.end, accuracy=accuracy, rtol=rtol)
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
