"""Cycles of fixed steps that need more than one kernel call: temperatures, profiles, limits by the state of charge.

A step at another temperature has other tables, one along a profile a kernel of its own, and a limit that depends on the
state of the cell is known when its step begins.  Each of these begins a part of the cycle, and each part is one call;
else all is as in `cycles`: a cycle is what `simulate` of it would be, bit for bit, and whatever is not as usual is left
to `simulate`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...errors import Ending
from ...kernels.call import calls
from ...kernels.call.record import GOES_ON, Arguments, Begun
from ...kernels.integrators import ndf as march
from ...kernels.integrators import tr_bdf2 as following
from ...kernels.integrators.ndf_history import MAX_ORDER
from ...kernels.layout import System
from ...models import capacity_between_cutoffs
from ...protocols import Profile, Protocol, Step
from ..control import Now, depends_on_state
from ..kept_states import keeps
from ..outcome import named, passed
from ..plan import Plan, continued
from ..settings import checked
from ..start import FinalState, ground, voltage_of
from .cycles import ROWS, STEPS, Array, Block, Cycle, Cycles, Span, alike, begins, plain_steps
from .guess import ahead, is_fixed

BUDGET = 10.0  # s of processor time of a step, as `simulate` has it
NONE = Block([], np.zeros((0, 0)))


def cycle_of(start: FinalState, protocol: Protocol, how: Mapping[str, Any]) -> "Cycles | Segments | None":
    """The cycle of a protocol, to be run without one; None if its steps are not fixed, or if `how` asks for more.

    start: the state that the first one begins with.  how: arguments of `simulate`.  Raises what `simulate` does of
    them.
    """
    known = {"heat", "ambient", "accuracy", "rtol", "force"}
    if not {*how} <= known or "accuracy" not in how:
        return None
    given = checked(None, None, how.get("ambient"), None, None, None, how["accuracy"], how.get("rtol"), BUDGET, 1)
    plan, _ = continued(start, protocol, how.get("heat"), given.accuracy, given.ambient)
    steps = _fixed_steps(protocol)
    if plain_steps(plan, steps):
        return Cycles(start, plan, given.tolerance(), steps)
    return Segments(start, plan, given.tolerance(), steps) if steps else None


def _fixed_steps(protocol: Protocol) -> list[Step]:
    """The steps of a protocol whose order is known beforehand; none if it is not, or if they are too many."""
    walk = protocol.walk()
    steps = [next(walk), *ahead(walk, STEPS)]
    return steps if is_fixed(walk) and len(steps) <= STEPS and not any(step.period for step in steps) else []


def lasting(cycle: "Cycles | Segments", seconds: float) -> "Segments":
    """The same of a cycle of one step, with another duration."""
    step = replace(cycle.steps[0], duration=seconds)
    return Segments(cycle.start, cycle.plan, cycle.rtol, [step])


class Segments:
    """The cycle of a cell in parts."""

    def __init__(self, start: FinalState, plan: Plan, rtol: float, steps: Sequence[Step]) -> None:
        """start: the state that the plan was made for."""
        self.start, self.plan, self.rtol, self.steps = start, plan, rtol, steps
        self.parts = [_Part(plan, rtol, part) for part in _parted(plan, steps)]
        self.too_long = False  # a cycle had more rows than are kept as they are

    def seen_from(self, start: FinalState) -> tuple[System, Any]:
        """What `Variables.of` a cycle from a state on is made of: the System there, and `at`."""
        T = start.cell_temperature
        elsewhere = not self.plan.warms and any(part.of.sys.T != T for part in self.parts)
        return self._seen(T), self._at if elsewhere else None

    def _seen(self, T: float) -> System:
        """The System by which a state of a cell at T [K] is looked at."""
        return self.plan.sys if self.plan.warms else self._at(T)

    def _at(self, T: float) -> System:
        """The System at a temperature [K], without heat."""
        return ground(self.plan.cell, self.plan.model, T, None).sys

    def most(self) -> int:
        """How many cycles are run together."""
        return 1

    def run(self, start: FinalState, cycles: int, reuse: bool) -> Block:
        """One cycle from a state on; none if it is not as usual.  cycles, reuse: as those of `Cycles`."""
        plan, at, ends = self.plan, 0.0, [0.0] * 4
        state = start.first(plan.sys)
        fits = alike(self.start, start) and (not plan.warms or start.temperature == plan.sys.T)
        T = start.cell_temperature
        if self.too_long or not fits or not begins(plan, voltage_of(self._seen(T), state), start.soc, T):
            return NONE
        spans: list[Span] = []
        kept: list[Array] = []
        for part in self.parts:
            done = part.run(state, start.soc)
            if done is None:
                return NONE
            for step, times, states in done:
                t = at + times
                spans.append(Span(step.summary, at, float(t[-1])))
                if not t[-1] > at:
                    return NONE
                ends, at = [a + b for a, b in zip(ends, passed(part.of, step, t, states), strict=True)], float(t[-1])
                kept.append(states)
            state = kept[-1][-1].copy()
        rows = np.concatenate(kept)
        self.too_long = not keeps(rows)
        if self.too_long:
            return NONE
        soc = float(start.soc - state[plan.at_Q] * plan.per_hour / capacity_between_cutoffs(plan.cell))
        began, T = (plan.sys.T, float(state[plan.at_T])) if plan.warms else (start.cell_temperature, part.of.sys.T)
        end = FinalState(start.cell, start.model, state, soc, began, plan.ambient, float(T))
        out, into, given, taken = ends
        return Block([Cycle(end, slice(0, len(rows)), tuple(spans), out, into, given, taken)], rows)


class _Part:
    """Steps that are one call: at one temperature, with one kernel, and only the first may depend on the state."""

    def __init__(self, plan: Plan, rtol: float, steps: Sequence[Step]) -> None:
        self.plan, self.rtol, self.steps = plan, rtol, steps
        T = plan.around(steps[0])
        of = plan if plan.warms else ground(plan.cell, plan.model, T, None)
        self.of = SimpleNamespace(cell=plan.cell, plan=plan, model=plan.model, sys=of.sys)
        self.follows, self.depends = isinstance(steps[0].target, Profile), depends_on_state(steps[0])
        self.kernel = following.follow if self.follows else march.march
        self.then = [plan.ready(self.of, step).begins(0.0) for step in steps[1:]]
        self.most = plan.room if self.follows else ROWS  # rows of a step in a call; between knots they depend on it
        self.arguments = Arguments(of.sys, of.record)
        self.set_out = False

    def run(self, state: Array, soc0: float) -> list[tuple[Step, Array, Array]] | None:
        """Each step with its times since it began [s] and its states; None if anything is not as usual.

        state: the one before, which is written to; soc0: state of charge at the begin of the cycle.
        """
        plan, sys, arguments = self.plan, self.of.sys, self.arguments
        if not plan.warms:
            state[plan.at_T] = sys.T
        q_start = float(state[plan.at_Q])
        if self.depends or not self.set_out:
            first, room = self._first(state, soc0), self.most * len(self.steps)
            arguments.begin(state, first, self.most, self.rtol, q_start, MAX_ORDER, self.then, room)
            self.set_out = True
        else:
            arguments.again(state)
            arguments.record["run"]["q_start"][0] = q_start
        found = self._followed() if self.follows else self._marched()
        if found is None or not all(np.isfinite(np.add.reduce(states, axis=None)) for _, _, states in found):
            return None
        return found

    def _first(self, state: Array, soc0: float) -> Begun:
        """The first step as kernels begin it, from the state of the cell."""
        plan, of = self.plan, self.of
        of.state, of.soc0 = state, soc0
        of.now = lambda: Now(of)
        of.soc = lambda: float(soc0 - state[plan.at_Q] * plan.per_hour / capacity_between_cutoffs(plan.cell))
        return plan.ready(of, self.steps[0]).begins(0.0)

    def _marched(self) -> list[tuple[Step, Array, Array]] | None:
        """One call for all steps."""
        reply, buffer, at = calls.performed(calls.Call(self.kernel, self.arguments)), self.arguments.buffer, 0
        found = []
        for step, (status, rows, _) in zip(self.steps, reply.steps, strict=False):
            here = slice(at, at + rows)
            if not rows or not self._usual(step, status, buffer.states[at + rows - 1]):
                return None
            found.append((step, buffer.times[here].copy(), buffer.states[here].copy()))
            at += rows
        return found if len(found) == len(self.steps) else None

    def _followed(self) -> list[tuple[Step, Array, Array]] | None:
        """As many calls as the rows along a profile take."""
        step, arguments, times, states, spent = self.steps[0], self.arguments, [], [], 0.0
        while True:
            reply, buffer = calls.performed(calls.Call(self.kernel, arguments)), arguments.buffer
            status, rows, _ = reply.steps[0]
            times.append(buffer.times[:rows].copy())
            states.append(buffer.states[:rows].copy())
            if status != march.RUNNING:
                break
            spent += reply.spent
            if spent > BUDGET:
                return None
            arguments.renew(status)
        if not self._usual(step, status, states[-1][-1]):
            return None
        return [(step, np.concatenate(times), np.concatenate(states))]

    def _usual(self, step: Step, status: int, end: Array) -> bool:
        """Whether a step ended such that the next one begins, and not by what no one asked for."""
        if status < 0 or not GOES_ON >> status & 1:
            return False
        if status == Ending.TEMPERATURE and self.plan.warms:
            ctl = self.plan.ready(self.of, step).control
            return named(self.of, step, ctl, Ending.TEMPERATURE, end) == Ending.TEMPERATURE
        return status != Ending.DURATION or step.duration is not None


def _parted(plan: Plan, steps: Sequence[Step]) -> Iterator[list[Step]]:
    """The steps in groups, each for one call."""
    group: list[Step] = []
    for step in steps:
        apart = depends_on_state(step) or isinstance(step.target, Profile)
        last = group[-1] if group else None
        if last is not None and (
            apart or isinstance(last.target, Profile) or not plan.warms and plan.around(step) != plan.around(last)
        ):
            yield group
            group = []
        group.append(step)
    yield group
