"""One jump over cycles: predict, heal, measure, correct, measure again; and what its errors are estimated to be."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple

import numpy as np

from ....errors import CellsimError
from .adams import MOST, Array, Corrected, Slopes, remaining
from .jump_records import CycleMap, Progress, Row, State


class Beyond(Exception):
    """A jump that reaches beyond the end of life: the cycle, and the margin there."""

    def __init__(self, cycle: int, margin: float) -> None:
        super().__init__()
        self.cycle, self.margin = cycle, margin


class Trial(NamedTuple):
    """A jump that was tried: the cycle it reaches, state and summary there (None if it was given up), its errors."""

    end: int
    order: int
    error: float
    state: Any = None
    row: Any = None
    slope: Any = None
    uncertain: float = 0.0
    noise: float = 0.0


class Trials(Generic[State, Row]):
    """Tries jumps, and counts the cycles simulated."""

    def __init__(self, cycle: CycleMap[State, Row], margin: Callable[[Row], float] | None, heal: int) -> None:
        self.map, self.margin, self.heal = cycle, margin, heal
        self.simulated = 0

    def norm(self, error: Array) -> float:
        """An error of the contents as a share of the capacity."""
        return float(np.sum(self.map.weights * np.abs(error)))

    def advance(self, state: State) -> tuple[State, Row]:
        """One cycle.  Raises a CellsimError if the cell cannot do it, or holds what is not a number afterwards."""
        self.simulated += 1
        state, row = self.map.advance(state)
        if not np.isfinite(self.map.contents(state)).all() or not self.map.capacity(row) >= 0.0:
            raise CellsimError("solver failure: a content or the capacity of the cell is not a number after a cycle")
        return state, row

    def jump(self, at: Progress[State], H: int, allowed: float) -> Trial:
        """A jump over H cycles, given up early if its error is above `allowed`.

        The changes by the cycles before the one whose slope is used are taken from the formula, too: fast states lag
        behind the contents then.
        Raises Beyond at the end of life, or where a cycle fails.
        """
        y, n = self.map.contents(at.state), at.cycle
        known = Slopes.behind(np.array(at.positions) - n, np.array(at.slopes), np.array(at.uncertain), H)
        predicted = y + known.predicted(at.order, H)
        state = self._renewed(at.state, predicted, n + H + 1)
        for m in range(1, self.heal + 1):
            state, _row = self._within(state, n + H + m)
        y_a, ahead = self.map.contents(state), H + self.heal
        state, row_b = self._within(state, n + ahead + 1)
        y_b = self.map.contents(state)
        first = self._best(known, y_b - y_a, ahead)
        error = remaining(self.norm(first.last), self.norm(first.before))
        if error > allowed:
            return Trial(n + ahead + 1, first.order, error)
        corrected = y + first.change + (y_b - y_a)
        delta = corrected - y_b
        state = self._renewed(state, corrected, n + ahead + 2)
        corrected = self.map.contents(state)  # sums among the contents are those of the state, or rounding would grow
        state, row_c = self._within(state, n + ahead + 2)
        y_c = self.map.contents(state)
        slope, end = y_c - corrected, n + ahead + 2
        trend = (slope - known.g[-1]) / (ahead + 1.5 - known.x[-1])
        uncertain = self.norm(slope - (y_b - y_a) - trend) / np.sqrt(2.0)
        again = Corrected(known.ahead(first.order, ahead + 1.5, slope, uncertain), ahead + 1)
        state = self._renewed(state, y + again.change + slope, end)
        share = error / self.norm(delta) if self.norm(delta) > 0.0 else 0.0
        error = max(error, min(share, 1.0) * self._by_correction(at, row_b, row_c, end))
        noise = again.noise * max(1.0, self._sensitivity(at, first.change, row_c))
        return Trial(end, first.order, error, state, row_c, slope, uncertain, noise)

    def _best(self, known: Slopes, slope: Array, ahead: int) -> Corrected:
        """The corrector whose last order changed least."""
        orders = range(1, min(MOST, len(known.x)) + 1)
        found = [Corrected(known.ahead(k, ahead + 0.5, slope, 0.0), ahead) for k in orders]
        return min(found, key=lambda one: self.norm(one.last))

    def _by_correction(self, at: Progress[State], row_b: Row, row_c: Row, cycle: int) -> float:
        """What the correction did to the capacity, over the first one.

        From the cycle before it to the one after it, less what a cycle does to it: the slope of the parabola through
        the last capacities.
        """
        Q_b, Q_c = self.map.capacity(row_b), self.map.capacity(row_c)
        places, values = zip(*at.capacities[-2:], (cycle, Q_c), strict=True)
        fit = np.polyfit(np.array(places) - cycle, values, len(places) - 1)
        return float(abs(Q_c - Q_b - fit[-2])) / at.first

    def _sensitivity(self, at: Progress[State], change: Array, row: Row) -> float:
        """Capacity lost over the jump, over the weighted change of the contents."""
        moved = self.norm(change)
        return abs(self.map.capacity(row) - at.capacities[-1][1]) / at.first / moved if moved > 0.0 else 0.0

    def _within(self, state: State, cycle: int) -> tuple[State, Row]:
        """Simulate a cycle of a jump.  Raises Beyond at the end of life."""
        try:
            state, row = self.advance(state)
        except CellsimError:
            raise Beyond(cycle, -np.inf) from None
        margin = self.margin(row) if self.margin else np.inf
        if margin <= 0.0:
            raise Beyond(cycle, margin)
        return state, row

    def _renewed(self, state: State, contents: Array, cycle: int) -> State:
        """A state with other contents.  Raises Beyond if there is none."""
        try:
            return self.map.renewed(state, contents)
        except CellsimError:
            raise Beyond(cycle, -np.inf) from None
