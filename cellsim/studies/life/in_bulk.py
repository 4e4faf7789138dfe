"""Cycles of a life that are simulated many in one kernel call, handed out one by one."""

from collections import deque
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import CellsimError
from ...models.health.amounts import Amounts, rows_of
from ...protocols import Protocol
from ...simulation.history.cycles import hottest_of, time_held
from ...simulation.start import FinalState
from ...simulation.stepping.cycles import Block, Cycles
from ...simulation.stepping.segments import Segments, cycle_of, lasting
from ...simulation.variables import Variables

Array = NDArray[Any]
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
                self._queue.extend(self._found(state, end, block, not together))
        return self._queue.popleft() if self._queue else None

    def rest(self, state: Any, end: FinalState, seconds: float) -> "OneCycle | None":
        """A cycle that is one rest, of another duration, from a state on, an object that ends at `end`."""
        if self._cycles is None:
            return None
        block = lasting(self._cycles, seconds).run(end, 1, False)
        return self._found(state, end, block, True)[0] if block.cycles else None

    def _found(self, state: Any, start: FinalState, block: Block, keep: bool) -> "list[OneCycle]":
        """The cycles of a block, of which the first begins with a state that ends at `start`; keep: see `Together`."""
        if self._cycles is None:
            return []
        seen = self._cycles.seen_from(start)
        if self._looked is None or not self._looked[0].sees(*seen):
            self._looked = _Looked(self._cycles.plan, *seen), _Looked(self._cycles.plan, *seen)
        found = Together(block, [state], keep, self._amounts, *self._looked)
        return [OneCycle(found, n) for n in range(len(block.cycles))]


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

    def at(self, states: Array) -> Variables:
        """Those of these states, until others are looked at."""
        if states is not self._states:
            self.variables.renewed(np.zeros(len(states)), states)
            self._states = states
        return self.variables


class Together:
    """Cycles of a block and what is asked of them, in place of a `Result`: arrays over the cycles."""

    def __init__(
        self, block: Block, begun: Sequence[Any], keep: bool, amounts: Amounts, ends: _Looked, rows: _Looked
    ) -> None:
        """begun: the `Aged` that each cycle begins with, or that of the first where they follow each other.  keep: all
        rows stay where they are, else they are looked at now, as others will lie there when a summary is made.
        """
        self.cycles, self.begun, self.model = block.cycles, begun, ends.model
        exchanged = np.array([one[-4:] for one in block.cycles]).T
        self.discharge_capacity, self.charge_capacity, self.discharge_energy, self.charge_energy = exchanged
        self._ends, self._looked, self._amounts = ends, rows, amounts
        self._states, self._begins = block.states, [one.rows.start for one in block.cycles]
        self._at_ends = block.states[[*(one.rows.stop - 1 for one in block.cycles), *self._begins]]
        self._extremes: dict[str, Any] = {}
        self._columns: dict[tuple[str, ...], tuple[list[Array], list[Array]]] = {}
        self.rows: Sequence[Any] = ()  # of the table of a life, once they are made
        self.contents: Array | None = None  # slow ones after each cycle; too
        if not keep:
            self.look()

    def look(self) -> None:
        """Look at all rows now, and let go of them."""
        for name in self._extreme_names():
            self[name]
        self._states = NOTHING

    def _extreme_names(self) -> tuple[str, ...]:
        """Variables of which rows have the extreme."""
        there = self._looked.variables
        of_margin = (MARGIN, PLACE) if self.model == "DFN" and MARGIN in there else ()
        return hottest_of(there), *of_margin

    @classmethod
    def several(cls, blocks: "Sequence[Together]") -> "Together | None":
        """Blocks of one cycle each, wherever in a life, as one; None if that would not do."""
        first = blocks[0]
        if any(len(one.cycles) > 1 or one._looked is not first._looked for one in blocks):
            return None
        cycles = [one.cycles[0]._replace(rows=slice(2 * k, 2 * k + 2)) for k, one in enumerate(blocks)]
        block = Block(cycles, np.concatenate([one._at_ends[::-1] for one in blocks]))
        found = cls(block, [one.begun[0] for one in blocks], True, first._amounts, first._ends, first._looked)
        for name in found._extreme_names():
            found._extremes[name] = np.concatenate([one[name] for one in blocks])
        return found

    @property
    def variables(self) -> Variables:
        """Of whichever states: for their names."""
        return self._ends.variables

    @property
    def ends(self) -> Array:
        """States at the end of each cycle (cycles, N)."""
        return self._at_ends[: len(self.cycles)]

    @cached_property
    def amounts(self) -> dict[str, Any]:
        """At the end of each cycle, see `Amounts.columns`."""
        return self._amounts.columns(self.ends)

    def amounts_before(self) -> dict[str, Any]:
        """The same when each cycle begins."""
        first = self._amounts.columns(np.stack([at.end.state for at in self.begun]))
        if len(self.begun) > 1:
            return first
        return {name: np.append(x, self.amounts[name][:-1]) if np.ndim(x) else x for name, x in first.items()}

    @cached_property
    def each(self) -> list[dict[str, float]]:
        """The same cycle by cycle."""
        return rows_of(self.amounts, len(self.cycles))

    @property
    def held(self) -> Array:
        """Time at constant voltage [s]."""
        return np.array([time_held(one.steps) for one in self.cycles])

    @cached_property
    def passed(self) -> tuple[Array, Array]:
        """Time [s], charge [A.h] and energy [W.h] that have passed when each cycle begins, and when it is over.

        (3, cycles) each; as `Aged.counted` adds them up, one after the other.
        """
        charge, energy = self.discharge_capacity + self.charge_capacity, self.discharge_energy + self.charge_energy
        each = np.array([[one.duration for one in self.cycles], charge, energy])
        before = np.array([at[1:] for at in self.begun]).T
        if len(self.begun) > 1:
            return before, before + each
        sums = np.add.accumulate(np.concatenate([before, each], axis=1), axis=1)
        return sums[:, :-1], sums[:, 1:]

    def values(self, names: tuple[str, ...]) -> tuple[list[Array], list[Array]]:
        """Variables at the end of each cycle, and at its begin."""
        if names not in self._columns:
            there, many = self._ends.at(self._at_ends), len(self.cycles)
            columns = [there[name] for name in names]
            self._columns[names] = [x[:many] for x in columns], [x[many:] for x in columns]
        return self._columns[names]

    def __getitem__(self, name: str) -> Array:
        """The largest value of a variable in each cycle; of MARGIN the least, and of PLACE that at the least margin."""
        if name not in self._extremes:
            rows = self._looked.at(self._states)
            if name == PLACE:
                parts = zip(self._begins, np.split(rows[MARGIN], self._begins[1:]), strict=True)
                self._extremes[name] = rows[PLACE][[a + np.argmin(part) for a, part in parts]]
            else:
                of = np.minimum if name == MARGIN else np.maximum
                self._extremes[name] = of.reduceat(rows[name], self._begins)
        found: Array = self._extremes[name]
        return found


class OneCycle:
    """A cycle of a block, as far as a summary looks at a `Result`: of a variable the one value that matters."""

    def __init__(self, block: Together, n: int) -> None:
        self.block, self.n, cycle = block, n, block.cycles[n]
        self.model, self.final_state, self.steps = block.model, cycle.final_state, cycle.steps
        self.discharge_capacity, self.charge_capacity = cycle.discharge_capacity, cycle.charge_capacity
        self.discharge_energy, self.charge_energy = cycle.discharge_energy, cycle.charge_energy
        self.t, self.variables = (cycle.steps[-1].t_end,), block.variables

    @property
    def amounts(self) -> dict[str, float]:
        """At its end, see `Amounts`."""
        return self.block.each[self.n]

    @property
    def held(self) -> float:
        """Time at constant voltage [s]."""
        return time_held(self.steps)

    def values(self, names: tuple[str, ...]) -> tuple[list[float], list[float]]:
        """Variables at the end and at the begin of this cycle."""
        end, begin = ([float(x[self.n]) for x in columns] for columns in self.block.values(names))
        return end, begin

    def __getitem__(self, name: str) -> float:
        return float(self.block[name][self.n])
