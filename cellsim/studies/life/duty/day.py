"""One day of use, simulated: the map that lives of years jump over."""

from dataclasses import dataclass, replace
from typing import Any

from ....errors import ProtocolError
from ....protocols import Protocol
from ....simulation.result import Result
from ....simulation.run import simulate
from ....simulation.start import FinalState
from ..cycle_map import Aged, CellCycle
from ..health.row import Summary
from ..in_bulk import InBulk

DAY = 86400.0  # s
LATE = 1.0  # s that a day may take longer


@dataclass
class Day(CellCycle):
    """The map of one day: what its protocol says, and then the cell is parked for the rest of the day.

    keywords["ambient"] is the temperature of the surroundings [K] and may be changed between days.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._months: dict[float, tuple[InBulk, InBulk]] = {}  # use and rest, by the temperature of the surroundings

    def advance(self, state: Aged) -> tuple[Aged, Summary]:
        """One day; raises Stopped where the cell cannot complete it, ProtocolError for one that takes longer."""
        end = self._around(state.end)
        use, rest = self._in_bulk(end)
        used: Any = use.take(state, end, 1)
        if used is None:
            used = simulate(self.cell, self.protocol, start=state.end, **self.keywords)
            if _ended(used):
                raise self.stop(used, used, state, state.counted(used))
        last, after, parked = used, state.counted(used), DAY - float(used.t[-1])
        if parked < -LATE:
            raise ProtocolError(f"the protocol of a day takes {used.t[-1] / 3600.0:.3g} hours; give at most 24")
        if parked > LATE:
            last, after = self._parked(rest, used, state, after, f"{parked:.10g}")
        return after, self.summary(used, state, after, last)

    def _parked(self, rest: InBulk, used: Any, before: Aged, after: Aged, seconds: str) -> tuple[Any, Aged]:
        """The rest of the day, and the cell after it."""
        last: Any = rest.rest(after, self._around(after.end), float(seconds))
        if last is None:
            last = simulate(self.cell, f"Rest for {seconds} s", start=after.end, **self.keywords)
            if _ended(last):
                raise self.stop(used, last, before, after.counted(last))
        return last, after.counted(last)

    def _around(self, end: FinalState) -> FinalState:
        """A state in the surroundings of the day; without heat the cell is as warm as these."""
        around = self.keywords["ambient"]
        if self.keywords["heat"] is not None or end.ambient == around:
            return end
        return replace(end, temperature=around, ambient=around, cell_temperature=around)

    def _in_bulk(self, end: FinalState) -> tuple[InBulk, InBulk]:
        """The use of a day and the rest after it, as far as they need no step by step."""
        around = self.keywords["ambient"]
        if around not in self._months:
            how = dict(self.keywords)
            self._months[around] = (
                InBulk(end, self.protocol, how, self._amounts),
                InBulk(end, Protocol("Rest for 1 hour"), how, self._amounts),
            )
        return self._months[around]


def _ended(result: Result) -> bool:
    """Whether a run was over before its protocol."""
    return result.steps[-1].ending.stops_run or result.stopped_early
