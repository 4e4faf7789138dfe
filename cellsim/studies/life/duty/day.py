"""One day of use, simulated: the map that lives of years jump over."""

from dataclasses import dataclass, replace
from typing import Any

from ....errors import ProtocolError
from ....simulation.result import Result
from ....simulation.run import simulate
from ..cycle_map import Aged, CellCycle
from ..health.row import Summary
from ..in_bulk import InBulk, OneCycle

DAY = 86400.0  # s
LATE = 1.0  # s that a day may take longer


@dataclass
class Day(CellCycle):
    """The map of one day: what its protocol says, and then the cell is parked for the rest of the day.

    keywords["ambient"] is the temperature of the surroundings [K] and may be changed between days.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._months: dict[float, InBulk] = {}  # days of plain steps, by the temperature of the surroundings

    def advance(self, state: Aged) -> tuple[Aged, Summary]:
        """One day; raises Stopped where the cell cannot complete it, ProtocolError for one that takes longer."""
        used: Any = self._in_one_call(state)
        if used is None:
            used = simulate(self.cell, self.protocol, start=state.end, **self.keywords)
            if _ended(used):
                raise self.stop(used, used, state, state.counted(used))
        last, after, parked = used, state.counted(used), DAY - float(used.t[-1])
        if parked < -LATE:
            raise ProtocolError(f"the protocol of a day takes {used.t[-1] / 3600.0:.3g} hours; give at most 24")
        if parked > LATE:
            last = simulate(self.cell, f"Rest for {parked:.10g} s", start=after.end, **self.keywords)
            after = after.counted(last)
            if _ended(last):
                raise self.stop(used, last, state, after)
        return after, self.summary(used, state, after, last)

    def _in_one_call(self, state: Aged) -> OneCycle | None:
        """The use of a day of plain steps; None where it is to be simulated step by step."""
        around, end = self.keywords["ambient"], state.end
        if self.keywords["heat"] is None and end.ambient != around:  # the cell is as warm as its surroundings
            end = replace(end, temperature=around, ambient=around, cell_temperature=around)
        if around not in self._months:
            self._months[around] = InBulk(end, self.protocol, dict(self.keywords), self._amounts)
        return self._months[around].take(state, end, 1)


def _ended(result: Result) -> bool:
    """Whether a run was over before its protocol."""
    return result.steps[-1].ending.stops_run or result.stopped_early
