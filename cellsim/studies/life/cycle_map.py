"""One cycle of a cell, simulated: the map that `jumps` repeats, and the summary of a cycle under PyBaMM's names."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ...errors import CellsimError
from ...kernels.layout import System
from ...models.ageing import ages
from ...models.electrodes import has_foil
from ...models.health.amounts import Amounts, filled, phases_of_kinds, rows_of
from ...models.lithium_metal import evolves
from ...parameters import Cell
from ...parameters.formats.lent import OVERLAYS
from ...protocols import Protocol
from ...simulation.result import Result
from ...simulation.run import simulate
from ...simulation.start import FinalState
from .contents import Array, Contents
from .health.row import CAPACITY, LOSSES, LateSummary, Names, Summary, held_in, names_of, row_of
from .in_bulk import InBulk, OneCycle, Together
from .windows import EQUILIBRIUM, Windows

Asked = tuple[Any, Any, "Aged", "Aged"]  # of a row: `result`, `parked` and both `passed_by`, see `row_of`
FEW: Mapping[str, float] = {}
NO_WINDOW = "the capacity at equilibrium, by which the life is judged, cannot be found"
PORES_WEIGHT = 0.3  # share of the capacity that all pores stand for, in the error of a jump
CONTACT_WEIGHT = 0.3  # and the contact of particles, which is a resistance
LAM_WEIGHT = 0.5  # and active material: about what a lost share of it takes from the capacity


class Aged(NamedTuple):
    """A cell after some cycles: where its last run ended, and what has passed since it was fresh."""

    end: FinalState
    seconds: float = 0.0
    amp_hours: float = 0.0  # charged and discharged
    watt_hours: float = 0.0

    def counted(self, result: Result | OneCycle) -> "Aged":
        """After one more run."""
        charge = result.discharge_capacity + result.charge_capacity
        energy = result.discharge_energy + result.charge_energy
        return Aged(
            result.final_state, self.seconds + float(result.t[-1]), self.amp_hours + charge, self.watt_hours + energy
        )


class Stopped(CellsimError):
    """A cycle that the cell could not complete; `result`: as far as it came; `row`: its summary, if one was made."""

    def __init__(self, message: str, result: Result, row: Summary | None = None) -> None:
        super().__init__(message)
        self.result, self.row = result, row


@dataclass
class CellCycle:
    """The map of one cycle of a cell.

    start: the fresh cell.  keywords: further arguments of `simulate` that hold in every cycle.  windows: function of a
    summary, to judge cycles by the capacity at equilibrium instead of the discharge capacity.  A `CycleMap` of `Aged`
    and `Summary`.
    """

    start: FinalState
    protocol: Protocol
    keywords: dict[str, Any]
    windows: Windows | None = None
    ahead: int = 1  # cycles that are wanted one after the other, at most

    def __post_init__(self) -> None:
        self.cell, state = self.start.cell, self.start.state
        sys: System = self.start.model.discretise(self.cell, self.start.temperature)
        self._contents, self._amounts = Contents(sys, filled(self.cell)), amounts_of(self.cell, sys)
        self.fresh = first = self._amounts(state)
        self._known: deque[tuple[Array, Mapping[str, float]]] = deque([(state, first)], 2)
        self._slow: tuple[Aged | None, Array] = (None, np.zeros(0))
        self._names: Names | None = None  # of the variables of a summary
        self.stopped: Stopped | None = None  # the last cycle that the cell could not complete
        self._bulk = InBulk(self.start, self.protocol, self.keywords, self._amounts)
        self._size = size = self._contents.of(state).size
        usable = min(q for q in (first["Q_n"], first["Q_p"], first["Q_Li"]) if np.isfinite(q))
        scale = 1.0 / max(0.5 * usable, 1e-12)
        # slow contents, then counters, all without weight; then the sums that the error is of
        self.weights = np.concatenate(
            [np.zeros(size + 3), [scale, LAM_WEIGHT * scale, LAM_WEIGHT * scale, PORES_WEIGHT, CONTACT_WEIGHT]]
        )

    def advance(self, state: Aged) -> tuple[Aged, Summary]:
        """One cycle; raises Stopped where the cell cannot complete it, and SolveError."""
        one = self._bulk.take(state, state.end, self.ahead)
        if one is not None:
            after = state.counted(one)
            self._known.append((after.end.state, one.amounts))
            self._bulk.expected, self.ahead = after, max(self.ahead - 1, 1)
            if len(one.block.cycles) > 1:
                self._slow = after, self._of_block(one.block)[one.n]
            return after, self.summary(one, state, after)
        result = simulate(self.cell, self.protocol, start=state.end, **self.keywords)
        after = state.counted(result)
        if result.steps[-1].ending.stops_run or result.stopped_early:
            raise self.stop(result, result, state, after)
        return after, self.summary(result, state, after)

    def stop(self, result: Result, last: Result, before: Aged, after: Aged) -> Stopped:
        """The fault of a cycle that ended too early, in its last run; see `summary`."""
        self.stopped = Stopped(last.termination, last, self._late(result, before, after, last))
        return self.stopped

    def summary(
        self, result: Result | OneCycle, before: Aged, after: Aged, parked: Result | OneCycle | None = None
    ) -> Summary:
        """What a cycle did, and the cell at its end; parked: the run after it that counts as a part of it."""
        found = {} if self.windows is None else self.windows(held_in(self._found(after)))
        return self._late(result, before, after, parked or result, found)

    def _late(
        self, result: Any, before: Aged, after: Aged, parked: Any, windows: Mapping[str, float] = FEW
    ) -> LateSummary:
        return LateSummary(result.discharge_capacity, self._rows, (result, parked, before, after), windows)

    def _rows(self, asked: Sequence[Asked]) -> Sequence[Summary]:
        """The rows of cycles, those in calls of their own together where they are several."""
        alone = [one for one, parked, *_ in asked if isinstance(one, OneCycle) and one is parked]
        if 1 < len(alone) == len(asked):
            together = Together.several([one.block for one in alone])
            if together is not None:
                return self._of_all(together)
        return [self._row(*each) for each in asked]

    def _row(self, result: Any, parked: Any, before: Aged, after: Aged) -> Summary:
        if result is parked and isinstance(result, OneCycle) and len(result.block.cycles) > 1:
            block = result.block
            block.rows = block.rows or self._of_all(block)
            return block.rows[result.n]
        self._names = self._names or names_of(result)
        amounts = self._found(before), self._found(after), self.fresh
        return row_of(result, parked, (before, after), amounts, self._names)

    def _of_all(self, block: Together) -> Sequence[Summary]:
        """The rows of all cycles of a block."""
        self._names = self._names or names_of(block)
        passed = [Aged(block.begun[0].end, *sums) for sums in block.passed]
        amounts = block.amounts_before(), block.amounts, self.fresh
        return rows_of(row_of(block, block, passed, amounts, self._names), len(block.cycles))

    def _found(self, at: Aged) -> Mapping[str, float]:
        """Amounts of a cell, which are asked for several times in a row."""
        for state, found in self._known:
            if state is at.end.state:
                return found
        self._known.append((at.end.state, self._amounts(at.end.state)))
        return self._known[-1][1]

    def contents(self, state: Aged) -> Array:
        """Slow contents, time and charge passed, and what the error of a jump is taken of; no one writes to it."""
        if self._slow[0] is not state:
            slow = np.concatenate([self._contents.of(state.end.state), [*state[1:], *errors_of(self._found(state))]])
            slow.flags.writeable = False
            self._slow = state, slow
        return self._slow[1]

    def _of_block(self, block: Together) -> Array:
        """The contents after each cycle of a block (cycles, n)."""
        if block.contents is None:
            others = np.broadcast_arrays(*block.passed[1], *errors_of(block.amounts))
            block.contents = np.concatenate([self._contents.of(block.ends), np.stack(others, axis=1)], axis=1)
            block.contents.flags.writeable = False
        return block.contents

    def renewed(self, state: Aged, contents: Array) -> Aged:
        """A state with other contents.  Raises Impossible."""
        size = self._size
        new = self._contents.into(state.end.state, contents[:size])
        seconds, amp_hours, watt_hours = (float(x) for x in contents[size : size + 3])
        return Aged(replace(state.end, state=new), seconds, amp_hours, watt_hours)

    def capacity(self, row: Summary) -> float:
        """Discharge capacity [Ah], or that at equilibrium.  Raises CellsimError where there is none."""
        try:
            return float(row[CAPACITY if self.windows is None else EQUILIBRIUM])
        except KeyError:
            why = self.windows.why if self.windows else "no cycle passed"
            raise CellsimError(f"{NO_WINDOW}: {why}; give another until") from None


def amounts_of(cell: Cell, sys: System) -> Amounts:
    """The function of a state that gives its amounts in Ah."""
    return Amounts(sys, cell.value("cell/electrode area"), filled(cell), phases_of_kinds(cell))


def lost(found: Mapping[str, Any]) -> Any:
    """Lithium that does not come back [Ah], of the amounts of one state or, as arrays, of several."""
    return sum(found[key] for keys in LOSSES.values() for key in keys)


def errors_of(found: Mapping[str, Any]) -> list[Any]:
    """What the error of a jump is taken of, of amounts: lithium that does not come back and capacities of the
    electrodes [Ah], 0 for the unlimited one of lithium metal; filled pores, and contact of particles.
    """
    finite = [found[key] if np.all(np.isfinite(found[key])) else 0.0 for key in ("Q_n", "Q_p")]
    return [lost(found), *finite, found.get("filled pores", 0.0), found.get("contact", 1.0)]


def ages_within_runs(cell: Cell) -> bool:
    """Whether anything changes from cycle to cycle."""
    return ages(cell) or (has_foil(cell) and evolves(cell))


def overlays_of(cell: Cell) -> tuple[str, ...]:
    """Whose constants a cell ages by: "" for its own, or none that are known."""
    return ("",) if cell.kind != "liquid" or ages_within_runs(cell) else tuple(OVERLAYS)
