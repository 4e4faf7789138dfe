"""Years of use day by day, with jumps over days and the temperatures of the seasons."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

from ....ensemble.journal import digest
from ....errors import ProtocolError
from ....models import ACCURACY
from ....protocols import Protocol
from ....protocols.step import kelvin
from ....support.arguments import flag, number, numbers
from ....support.renamed import by_name
from ..age import SETTLED, check_returns, end_of, from_first, not_completed, remarks_of, unfinished
from ..cycle_map import Aged
from ..health.row import Summary
from ..life_table import DAYS, Life, table_of
from ..prepare import aged_cell, by_equilibrium, checked, fresh_start, margin_of
from ..saved.life_file import table_path
from ..saved.rows import Rows
from ..saved.states import heat_said, model_said, packed
from ..windows import Windows
from .day import Day
from .seasons import MONTHS, OF_YEAR, Seasons

UNTIL = '"80% equilibrium capacity"'


@by_name
def age_in_use(
    cell: Any,
    day: Any,
    years: float = 10.0,
    *,
    temperatures: Any = None,
    until: Any = "80% equilibrium capacity",
    ageing: Any = None,
    model: Any = None,
    soc: Any = 1.0,
    heat: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = None,
    force: bool = False,
    jump: bool = True,
    tolerance: float = 1e-3,
    progress: Callable[[int, int], Any] | None = None,
    path: Any = None,
    resume: bool = True,
) -> Life:
    """Years of use: a day repeated, with jumps over days, and the temperatures of the seasons.

    day: protocol of a day, as in `simulate`, which ends where it began; what is left of 24 hours the cell is parked.
    It may drive ("Run WLTC"), charge, rest, and give power back ("Discharge at 1 kW for 2 hours").
    temperatures [K]: of the surroundings, one, or twelve for January to December; days begin with January.
    until: "80% equilibrium capacity" (between the cut-off voltages at rest, of the first day), "4 Ah equilibrium
    capacity", or None.  A day that the cell cannot complete ends the life, too.
    tolerance: of the error of that capacity from jumps over the whole life, as a share of the first.  With seasons the
    first year has jumps over days, and later months two simulated days each, at their middle, where the error allows.
    jump=False simulates every day.
    progress: function (days done, days asked for).
    The others as in `age`: with a `path` the same call goes on where a killed one was, to the same life bit for bit.
    The table is indexed by "Day".  Raises ParameterError, ProtocolError, ReportError.
    """
    cell = aged_cell(cell, ageing)
    years = number("years", years, "give years as a number above 0 and at most 100, such as 10", above=0.0, high=100.0)
    flag("jump", jump)
    flag("resume", resume)
    months = _temperatures(cell, temperatures)
    threshold, (accuracy, rtol, _) = margin_of(until), checked(accuracy, rtol, (), progress)
    if threshold and not by_equilibrium(until):
        raise ProtocolError(f"until {until!r}: a day does not use all of the capacity; give {UNTIL}, or None")
    number("tolerance", tolerance, "give a share of the capacity, such as 1e-3", low=1e-9, high=0.5)
    steps = Protocol(day, force=force)
    start = fresh_start(cell, steps, model, months[0], soc, heat, months[0], accuracy)
    how = {"heat": heat, "ambient": months[0], "accuracy": accuracy, "rtol": rtol, "force": force}
    days = max(round(OF_YEAR * years), 1)
    the_map = Day(start, steps, how, Windows(cell))
    seasons = Seasons(the_map, Aged(start), months, days, tolerance)
    with ExitStack() as stack:
        if path is not None:
            path = table_path(path)
            said = [cell.to_json(), json.loads(steps.to_json()), model_said(start.model), heat_said(heat), months]
            key = digest([*said, packed(Aged(start)), days, until, jump, tolerance, accuracy, rtol, force])
            stack.enter_context(seasons.kept_at(path, key, resume))
        done, first = seasons.known()
        settled = [done] if done >= SETTLED else []

        def report(at: Any, row: Summary) -> None:
            if not settled and at.cycle >= SETTLED:
                settled.append(at.cycle)
                check_returns(cell, row, f"day {at.cycle}")
            if progress:
                progress(at.cycle, days)

        margin = from_first(threshold, the_map, first) if threshold else None
        found = seasons.run({"jump": jump, "margin": margin, "report": report, "rows": Rows})
        if not len(found.cycles):
            raise ProtocolError(f"{cell.name}: {not_completed('day', found.end)}")
        table = table_of(cell, found.cycles, cast(Rows, found.rows), {}, name=DAYS)
        last = {int(found.cycles[-1]): found.last.state.end}
        end, cut = end_of(found.end, until), unfinished(the_map, found.end)
        life = Life(cell, steps, table, end, last, found, remarks_of(cell, found), start, None, cut, until)
        if path is not None:
            life.save(path)
    return life


def _temperatures(cell: Any, given: Any) -> list[float]:
    """Twelve temperatures [K], or one."""
    if given is None:
        return [float(cell.temperature(None))]
    wanted = "give kelvin, one or twelve for January to December"
    found = [float(cell.temperature(kelvin("temperatures", T))) for T in numbers("temperatures", given, wanted)]
    if len(found) not in (1, MONTHS):
        raise ProtocolError(f"temperatures: {len(found)} given; {wanted}")
    return found
