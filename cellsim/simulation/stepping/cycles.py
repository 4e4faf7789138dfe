"""Repetitions of a cycle of plain steps: many cycles in one kernel call, and what they came to in bulk.

Where a cycle is a fixed list of steps, as in most lives, nothing has to be decided between two of them, nor between
two cycles.  The steps of many cycles are handed to one call of the kernel that runs every step, each cycle counting
anew; a cycle is then what `simulate` of it would be, bit for bit.  Whatever is not as usual (a step that ends at once
or with the cell, a failure, a number that is not finite) is left to `simulate`: the cycles before it count.
"""

import itertools
from collections.abc import Sequence
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending
from ...kernels.call import calls
from ...kernels.call.record import GOES_ON, STARTING, TASK, Arguments, Begun
from ...kernels.integrators import ndf as march
from ...kernels.integrators.ndf_history import MAX_ORDER
from ...kernels.integrators.stage import terminal_voltage
from ...models import capacity_between_cutoffs
from ...protocols import Profile, Step
from ...protocols.check import violated
from ..control import depends_on_state
from ..outcome import gains, may_turn, moved, named
from ..plan import Plan
from ..start import FinalState, voltage_of, voltages_of

Array = NDArray[Any]
STEPS = 64  # of a cycle, at most
ROWS = 1024  # of a step in a call, at most
NUMBERS = 4_000_000  # of the states of a call, about
SPARE = 1.25  # room over what the cycles before took


class Span(NamedTuple):
    """One step of a cycle, as far as tables ask: its words, and when it began and ended [s]."""

    step: str
    t_start: float
    t_end: float


class Cycle(NamedTuple):
    """One cycle of a call; amounts as in `Result`."""

    final_state: FinalState
    rows: slice  # of `Block.states`
    steps: tuple[Span, ...]
    discharge_capacity: float  # A.h
    charge_capacity: float
    discharge_energy: float  # W.h
    charge_energy: float

    @property
    def duration(self) -> float:
        """How long it took [s]."""
        return self.steps[-1].t_end


class Block(NamedTuple):
    """Some cycles in a row, with all their rows: the states lie in the buffer of the call."""

    cycles: Sequence[Cycle]
    states: Array  # (rows, N)


class Cycles:
    """The cycle of a cell whose steps need nothing of Python."""

    def __init__(self, start: FinalState, plan: Plan, rtol: float, steps: Sequence[Step]) -> None:
        """start: the state that the plan was made for; steps: those of its protocol, `plain_steps`."""
        self.start, self.plan, self.rtol, self.steps = start, plan, rtol, steps
        self._known = 0  # the most rows of a cycle so far
        self._arguments: Arguments | None = None
        self._room = 0  # cycles that the arguments have room for
        self._whole = np.zeros((0, 0), np.int64)  # the words of all of them

    def seen_from(self, start: FinalState) -> tuple[Any, Any]:
        """What `Variables.of` the cycles are made of: System and `at`."""
        return self.plan.sys, None

    def fits(self, start: FinalState) -> bool:
        """Whether a cycle that begins with a state is one of the same system in the same surroundings."""
        at = start.temperature if self.plan.warms else start.cell_temperature
        return alike(self.start, start) and at == self.plan.sys.T

    @cached_property
    def _run(self) -> SimpleNamespace:
        """What the steps of a plan are asked of."""
        return SimpleNamespace(cell=self.plan.cell, plan=self.plan, sys=self.plan.sys)

    @cached_property
    def _ready(self) -> list[Any]:
        """The steps, made ready."""
        return [self.plan.ready(self._run, step) for step in self.steps]

    @cached_property
    def _lasting(self) -> Array:
        """Whether each step has a duration."""
        return np.array([step.duration is not None for step in self.steps])

    @property
    def rows(self) -> int:
        """Of a cycle: the most so far, or a guess."""
        return self._known or ROWS

    def most(self) -> int:
        """How many cycles fit into a call."""
        return max(1, int(NUMBERS / (SPARE * self.rows * self.plan.size)))

    def run(self, start: FinalState, cycles: int, reuse: bool) -> Block:
        """The first of so many cycles from a state on; none if already the first one is not as usual.

        reuse: the rows lie where those of the next call will.
        """
        plan, many = self.plan, len(self.steps)
        state = start.first(plan.sys)
        if not plan.warms:
            state[plan.at_T] = plan.sys.T
        if not self.fits(start) or not self._begins(state, voltage_of(plan.sys, state), start.soc):
            return Block([], state[None, :0])
        arguments = self._set_out(state, min(cycles, self.most()), reuse)
        calls.performed(calls.Call(march.march, arguments))
        words, buffer = arguments.words, arguments.buffer
        rows = words[:, 1]
        ends = np.cumsum(rows)
        last = buffer.times[np.maximum(ends - 1, 0)]
        done = self._done(words[:, 0], rows, last)
        done = min(done, self._within_laws(words[: done * many, 0], ends, buffer))
        used = int(ends[done * many - 1]) if done else 0
        if not np.isfinite(np.add.reduce(buffer.states[:used], axis=None)):
            done = used = 0
        shape = done, many
        first, end, lasted = ((x[: done * many]).reshape(shape) for x in (ends - rows, ends, last))
        found = self._cut(start, first, end, lasted, buffer) if done else []
        if found:
            self._known = max(self._known, *(cycle.rows.stop - cycle.rows.start for cycle in found))
        return Block(found, buffer.states[: found[-1].rows.stop if found else 0])

    def _set_out(self, state: Array, cycles: int, reuse: bool) -> Arguments:
        """The arguments of a call for so many cycles, in the memory of the last call if it is to be reused."""
        plan, arguments = self.plan, self._arguments
        room = ROWS + int(SPARE * self.rows * cycles)
        if arguments is None or self._room < cycles or arguments.buffer.times.size < room:
            each = [Begun(one.control, 0.0, one.first) for one in self._ready]
            again = [each[0]._replace(anew=True), *each[1:]]
            arguments = self._arguments = Arguments(plan.sys, plan.record)
            then = [*each[1:], *(again * (cycles - 1))]
            arguments.begin(state, each[0], ROWS, self.rtol, 0.0, MAX_ORDER, then, room)
            self._room, self._whole = cycles, arguments.words
            reuse = True
        words = arguments.words = self._whole[: cycles * len(self.steps)]
        arguments.record = np.ndarray(len(words), TASK, words)
        if not reuse:
            arguments.renew(STARTING)
        arguments.again(state)
        return arguments

    def _begins(self, state: Array, V: float, soc: float) -> bool:
        """Whether `simulate` would begin a cycle with this state, of this voltage [V]."""
        return begins(self.plan, V, soc, self._temperature(state))

    def _temperature(self, state: Array) -> float:
        """Of the cell [K]."""
        return float(state[self.plan.at_T]) if self.plan.warms else float(self.plan.sys.T)

    def _done(self, status: Array, rows: Array, last: Array) -> int:
        """How many cycles ended as usual, of the statuses and rows of all steps and their last times [s]."""
        good = (status >= 0) & (rows > 0) & (last > 0.0)
        good &= (GOES_ON >> np.maximum(status, 0)) & 1 == 1
        good &= (status != 0) | np.resize(self._lasting, len(status))  # DURATION, of a step that has none
        return (len(good) if good.all() else int(np.argmin(good))) // len(self.steps)

    def _within_laws(self, status: Array, ends: Array, buffer: Any) -> int:
        """How many cycles ended no step where the cell left the temperatures that its laws reach to."""
        for k in np.flatnonzero(status == Ending.TEMPERATURE) if self.plan.warms else ():
            which = int(k) % len(self.steps)
            step, control, end = self.steps[which], self._ready[which].control, buffer.states[ends[k] - 1]
            if named(self._run, step, control, Ending.TEMPERATURE, end) != Ending.TEMPERATURE:
                return int(k // len(self.steps))
        return len(status) // len(self.steps)

    def _cut(self, start: FinalState, first: Array, end: Array, lasted: Array, buffer: Any) -> list[Cycle]:
        """The cycles of a call, up to one that `simulate` would refuse to begin.

        first, end (cycles, steps): rows where steps begin, and behind their last; lasted: their last times [s].
        """
        done, plan, soc = len(first), self.plan, start.soc
        over = np.add.accumulate(lasted, axis=1)
        began = np.concatenate([np.zeros((done, 1)), over[:, :-1]], axis=1)
        if not (over > began).all():
            return []
        found: list[Cycle] = []
        amounts, full = self._passed(first, end, began, buffer).T.tolist(), capacity_between_cutoffs(plan.cell)
        voltages = voltages_of(plan.sys, buffer.states[end[:-1, -1] - 1]).tolist() if done > 1 else []
        words = [step.summary for step in self.steps]
        for n, times in enumerate(zip(began.tolist(), over.tolist(), strict=True)):
            state = buffer.states[end[n, -1] - 1].copy()
            soc = float(soc - state[plan.at_Q] * plan.per_hour / full)
            at = FinalState(start.cell, start.model, state, soc, plan.sys.T, plan.ambient, self._temperature(state))
            steps = tuple(map(Span, words, *times))
            found.append(Cycle(at, slice(int(first[n, 0]), int(end[n, -1])), steps, *amounts[n]))
            if n + 1 < done and not self._begins(state, voltages[n], soc):
                break
        return found

    def _passed(self, first: Array, end: Array, began: Array, buffer: Any) -> Array:
        """Charge delivered and taken in [A.h], and energy [W.h], of each cycle (4, cycles).

        first, end (cycles, steps): as of `_cut`; began: when steps begin [s].
        """
        plan, states = self.plan, buffer.states
        more = [(states[end - 1, at] - states[first, at]) * plan.per_hour for at in (plan.at_Q, plan.at_E)]
        each = np.maximum(np.stack([sign * x for x in more for sign in (1.0, -1.0)]), 0.0)  # (4, cycles, steps)
        for k in (k for k, step in enumerate(self.steps) if may_turn(step)):
            each[:, :, k] = self._turned(first[:, k], end[:, k], began[:, k], buffer)
        sums: Array = np.add.accumulate(each, axis=2)[:, :, -1] + 0.0
        return sums

    def _turned(self, first: Array, end: Array, began: Array, buffer: Any) -> Array:
        """The same of one step in which the current may change its sign, and which began at times [s] in each cycle."""
        plan, at = self.plan, np.append(0, np.cumsum(end - first))  # of the rows of the step among those of all cycles
        rows = np.arange(at[-1]) + np.repeat(first - at[:-1], end - first)
        few = buffer.states[rows[:, None], (plan.at_I, plan.at_Q, plan.at_E)]
        gained, turns = gains(few, plan.per_hour)
        found = []
        for n, (a, b) in enumerate(itertools.pairwise(at.tolist())):
            here, between, t = slice(a, b), slice(a, b - 1), began[n] + buffer.times[first[n] : end[n]]
            voltage = partial(self._voltage, buffer.states[first[n] : end[n]])
            found.append(moved(few[here], gained[:, between], turns[between], plan.per_hour, t, voltage))
        return np.array(found).T

    def _voltage(self, states: Array, row: int) -> float:
        """At the terminals, in one of several states [V]."""
        return float(terminal_voltage(self.plan.sys, states[row]))


def alike(known: FinalState, start: FinalState) -> bool:
    """Whether two states are of the same cell and model in the same surroundings."""
    return start.cell is known.cell and start.model == known.model and start.ambient == known.ambient


def begins(plan: Plan, V: float, soc: float, T: float) -> bool:
    """Whether `simulate` would begin a plan with a cell of this voltage [V], state of charge and temperature [K]."""
    first = plan.first_step
    if first is None or not first.until:
        return True
    return violated(first, {"soc": soc, "voltage": V, "temperature": T}) is None


def plain_steps(plan: Plan, steps: Sequence[Step]) -> bool:
    """Whether the controls of steps are known beforehand and all of them are steps of one kernel at one temperature."""
    return bool(steps) and all(
        not depends_on_state(step)
        and not isinstance(step.target, Profile)
        and (plan.warms or plan.around(step) == plan.sys.T)
        for step in steps
    )
