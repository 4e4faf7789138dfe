"""Cycles of a life that are simulated many in one kernel call, handed out one by one."""

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import CellsimError
from ...models.health.amounts import Amounts
from ...protocols import Protocol
from ...simulation.history.cycles import hottest_of
from ...simulation.start import FinalState
from ...simulation.stepping.cycles import Block, Cycle, Cycles, Span
from ...simulation.stepping.segments import Segments, cycle_of, lasting
from ...simulation.variables import Variables

NOTHING = np.zeros((0, 0))
MARGIN, PLACE = "Plating margin [V]", "Position of plating margin [m]"
MOST = 32  # cycles of a block, as the life may end within it


class InBulk:
    """The next cycles of a cell, simulated together as far as they are wanted one after the other.

    Blocks of cycles double as long as all of them are taken, up to what fits into memory.
    """

    def __init__(self, start: FinalState, protocol: Protocol, how: Mapping[str, Any], amounts: Amounts) -> None:
        """how: further arguments of `simulate`; amounts: those of the cell."""
        self._given, self._amounts = (start, protocol, how), amounts
        self._queue: deque[OneCycle] = deque()
        self._size = 1
        self._looked: tuple[_Looked, _Looked] | None = None  # at ends of cycles, and at all of their rows
        self.expected: Any = None  # the state that the next of the queue begins with

    @cached_property
    def _cycles(self) -> Cycles | Segments | None:
        """The cycle, if it is one of fixed steps."""
        try:
            return cycle_of(*self._given)
        except CellsimError:  # which `simulate` raises, too
            return None

    def take(self, state: Any, end: FinalState, most: int) -> "OneCycle | None":
        """The cycle that begins with a state, an object that ends at `end`; None if it is to be simulated alone.

        most: how many may be wanted from here on, this one included.
        """
        if self._cycles is None:
            return None
        if not self._queue or state is not self.expected:
            self._size = 1 if self._queue else min(2 * self._size, self._cycles.most(), MOST)
            self._queue.clear()
            together = most > 1
            block = self._cycles.run(end, min(self._size, most), together)
            if block.cycles:
                self._queue.extend(self._found(end, block, together))
        return self._queue.popleft() if self._queue else None

    def rest(self, end: FinalState, seconds: float) -> "OneCycle | None":
        """A cycle that is one rest, of another duration, from a state on."""
        if self._cycles is None:
            return None
        block = lasting(self._cycles, seconds).run(end, 1, False)
        return self._found(end, block, False)[0] if block.cycles else None

    def _found(self, start: FinalState, block: Block, together: bool) -> "list[OneCycle]":
        """The cycles of a block, of which the first begins with a state."""
        if self._cycles is None:
            return []
        seen = self._cycles.seen_from(start)
        if self._looked is None or not self._looked[0].sees(*seen):
            self._looked = _Looked(self._cycles.plan, *seen), _Looked(self._cycles.plan, *seen)
        found = _Found(block, together, self._amounts, *self._looked)
        return [OneCycle(found, n, one) for n, one in enumerate(block.cycles)]


class _Looked:
    """Variables of the states that were looked at last, made once for a life."""

    def __init__(self, plan: Any, sys: Any, at: Any) -> None:
        self._plan, self._sys, self._at, self._states = plan, sys, at, np.zeros(0)
        self.model = type(plan.model).__name__

    def sees(self, sys: Any, at: Any) -> bool:
        """Whether these are of that System, with or without others at other temperatures."""
        return self._sys is sys and (self._at is None) == (at is None)

    @cached_property
    def variables(self) -> Variables:
        """Of whichever states: for their names."""
        plan = self._plan
        nothing = np.zeros(0), self._states
        found: Variables = Variables.of(plan.cell, self._sys, plan.model, *nothing, 0.0, self._at)
        return found

    def at(self, states: np.ndarray) -> Variables:
        """Those of these states, until others are looked at."""
        if states is not self._states:
            self.variables.renewed(np.zeros(len(states)), states)
            self._states = states
        return self.variables


class _Found:
    """A block of cycles and what is asked of it."""

    def __init__(self, block: Block, together: bool, amounts: Amounts, ends: _Looked, rows: _Looked) -> None:
        """together: the rows are looked at now, as others will lie there when a summary is made."""
        self._ends, self._rows, self._amounts = ends, rows, amounts
        self._states, self._begins = block.states, [one.rows.start for one in block.cycles]
        self.ends = block.states[[*(one.rows.stop - 1 for one in block.cycles), *self._begins]]
        self.extremes: dict[str, Any] = {}
        self.tables: dict[tuple[str, ...], list[tuple[float, ...]]] = {}
        if together:
            self.extreme(hottest_of(rows.variables), np.maximum)
            if MARGIN in rows.variables:
                self.extreme(MARGIN, np.minimum)
                self.extreme(PLACE, np.minimum)
            self._states = NOTHING

    @property
    def variables(self) -> Variables:
        """Of whichever states: for their names."""
        return self._ends.variables

    @property
    def model(self) -> str:
        """Its name."""
        return self._ends.model

    @cached_property
    def amounts(self) -> list[dict[str, float]]:
        """At the end of each cycle, see `Amounts`."""
        return self._amounts.of_all(self.ends[: len(self._begins)])

    def values(self, names: tuple[str, ...]) -> list[tuple[float, ...]]:
        """Variables at the end of each cycle, and then at the begin of each."""
        if names not in self.tables:
            there = self._ends.at(self.ends)
            columns = [there[name].tolist() for name in names]
            self.tables[names] = list(zip(*columns, strict=True)) if names else [()] * len(self.ends)
        return self.tables[names]

    def extreme(self, name: str, of: Any) -> Any:
        """The least or the largest value of a variable in each cycle; of PLACE that at the least margin."""
        if name not in self.extremes:
            rows = self._rows.at(self._states)
            if name == PLACE:
                least = [a + np.argmin(part) for a, part in self._parts(rows[MARGIN])]
                self.extremes[name] = rows[PLACE][least]
            else:
                self.extremes[name] = of.reduceat(rows[name], self._begins)
        return self.extremes[name]

    def _parts(self, values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Row that each cycle begins with, and its part of a variable."""
        return zip(self._begins, np.split(values, self._begins[1:]), strict=True)


class OneCycle:
    """A cycle of a block, as far as a summary looks at a `Result`: of a variable the one value that matters."""

    def __init__(self, found: _Found, n: int, cycle: Cycle) -> None:
        self._found, self._n, self._cycle = found, n, cycle
        self.model, self.final_state, self.steps = found.model, cycle.final_state, cycle.steps
        self.discharge_capacity, self.charge_capacity = cycle.discharge_capacity, cycle.charge_capacity
        self.discharge_energy, self.charge_energy = cycle.discharge_energy, cycle.charge_energy
        self.t, self.step_index = (cycle.steps[-1].t_end,), np.zeros(1, int)

    steps: tuple[Span, ...]

    @property
    def amounts(self) -> dict[str, float]:
        """At its end, see `Amounts`."""
        return self._found.amounts[self._n]

    @property
    def variables(self) -> Variables:
        """Those of the ends of all cycles of the block: for their names."""
        return self._found.variables

    def values(self, names: tuple[str, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Variables at the end and at the begin of this cycle."""
        every = self._found.values(names)
        return every[self._n], every[len(every) // 2 + self._n]

    def __getitem__(self, name: str) -> Any:
        return self._found.extreme(name, np.minimum if name in (MARGIN, PLACE) else np.maximum)[self._n]
