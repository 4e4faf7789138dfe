"""The steps of a run, one after the other, or all in one kernel call where nothing has to be decided between two."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...errors import Ending
from ...kernels.call.calls import Coroutine, Rows
from ...kernels.call.record import Begun
from ...kernels.integrators import ndf as march
from ...kernels.integrators.ndf import RUNNING
from ...kernels.integrators.stage import terminal_voltage
from ...protocols import Profile, Protocol, Step
from ...support.compile import has_machine_code
from ..control import depends_on_state
from ..history.step import StepResult
from ..kept_states import KeptStates, Late, March, keeps
from ..outcome import STOPS, finite, named, outcome_of
from ..plan import most_rows
from ..stopping import Ask, Cycle
from .ahead import MOST
from .guess import Course, ahead
from .running import Prepared, Running


class History(NamedTuple):
    """What the steps of a run came to."""

    done: Sequence[StepResult]
    rows: Sequence[int]  # of each step that are kept
    around: Sequence[float]  # temperature of the surroundings during each step [K]
    times: Late  # (times,) [s]
    states: Any  # see `KeptStates.settle`
    termination: str


def history_of(run: Running, prepared: Prepared) -> Coroutine[History]:
    """All steps of a run, a coroutine."""
    course = prepared.course
    if course is not None:
        history = yield from _at_once(run, prepared.protocol, course)
        if history is not None:
            return history
    return (yield from _one_by_one(run, prepared.protocol, prepared.given.max_steps, prepared.asks))


def _at_once(run: Running, protocol: Protocol, course: Course) -> Coroutine[History | None]:
    """The steps of a fixed course from one kernel call; None if it has not done all, or something is not as usual.

    What it has done is then there to be taken by `_one_by_one`.
    """
    plan, calls = run.plan, run.calls
    known = plan.tasks(run.rtol, run.every)
    whole = yield from calls.all_of(march.march, known, run.state, plan.room)
    if whole is None or not keeps(whole.states) or not math.isfinite(np.add.reduce(whole.states, axis=None)):
        return None
    t0, times, done = 0.0, [], []
    for place, begun, piece in zip(course.places, known.begun, whole.pieces, strict=True):
        if not len(piece.times):
            return None
        ending = named(run, place.step, begun.control, Ending(piece.status), piece.states[-1])
        t = t0 + piece.times
        if STOPS[ending] or not t[-1] > t0:
            return None
        at = place.label, place.position, place.cycle, protocol.clock(t0)
        done.append(outcome_of(run, place.step, ending, t, piece.states, piece.V, *at))
        t0 = done[-1].t_end
        times.append(t)
    calls.taken()
    run.state = whole.states[-1].copy()
    late = Late.of(times[0] if len(times) == 1 else np.concatenate(times)), Late.of(whole.states)
    around = [plan.around(step) for step in known.steps]
    return History(done, [len(t) for t in times], around, *late, course.reason)


def _one_by_one(run: Running, protocol: Protocol, max_steps: int, asks: Sequence[Ask]) -> Coroutine[History]:
    """All steps of a run, each asked for when the one before has ended."""
    plan = run.plan
    times, states = Rows(), KeptStates(plan.sys)
    rows, done, around = [], [], []
    t0, walk, cycle, stopped = 0.0, protocol.walk(max_steps), Cycle(asks) if asks else None, ""
    step: Step | None = next(walk)
    while step is not None:
        number = walk.cycle
        around.append(plan.around(step))
        place = walk.label, walk.index, number, protocol.clock(t0)
        t, s, outcome, again = yield from _one_step(run, step, around[-1], t0, place, walk)
        t0, began = outcome.t_end, outcome.t_end > outcome.t_start
        if began:
            run.state = s[-1].copy()
        else:  # go on from where the cell was
            run.calls.drop()
        over = STOPS[outcome.ending]
        step = None if over else _after(walk, outcome, run)
        # a step that ended at once leaves no rows, unless it is the end of the run or there are no others
        kept = len(t) if began or over or (step is None and not times) else 0
        if kept:
            times.append(t)
            states.append(s, again)
        rows.append(kept)
        done.append(outcome)
        if cycle is not None:
            cycle.take(outcome, t[:kept], s[:kept])
            stopped = cycle.reason(run) if not over and (step is None or walk.cycle != number) else ""
            step = None if stopped else step
    termination = stopped or walk.reason or f"stopped in step {len(done)} ({done[-1].step}): {done[-1].message}"
    return History(done, rows, around, Late(times), states.settle(), termination)


def _after(walk, outcome, run) -> Step | None:
    """The step that follows, if any does."""
    try:
        return walk.send(outcome, run.now())
    except StopIteration:
        return None


def _one_step(run, step, around, t0, place, walk):
    """Times [s], states, outcome and `March` of one step from run.state, a coroutine.

    around: temperature of the surroundings [K].  place: label, index, cycle, clock.  walk: guesses what follows.  The
    March is None if the states cannot be made again.
    """
    plan, calls, state = run.plan, run.calls, run.state
    if not plan.warms:
        run.take_on(around)
        if state[plan.at_T] != run.sys.T:
            calls.drop()
            state = state.copy()
            state[plan.at_T] = run.sys.T
    ready, q_start = plan.ready(run, step), float(state[plan.at_Q])
    task = _begun(run, step, ready)
    begun = state, task, plan.room, run.rtol, q_start, run.max_order
    times, states, spent = Rows(), Rows(), None
    repeatable = has_machine_code(ready.kernel)
    piece = calls.take(step)
    if piece is None:
        piece = yield from calls.begin(ready.kernel, step, _following(run, ready, walk), *begun)
    while True:
        status = piece.status
        times.append(piece.times)
        states.append(piece.states)
        run.stored += len(piece.times)
        if run.stored > most_rows(plan.size):
            status = int(Ending.SOLVER_MEMORY)
        if status == RUNNING:
            spent = 0.0 if spent is None else spent + piece.spent  # not of the first call, which may have to compile
            if spent > run.time_budget:
                status = int(Ending.SOLVER_TIME_BUDGET)
        if status >= 0:
            break
        piece = yield from calls.go_on(ready.kernel, piece, status, q_start)
    t, s, ending = finite(times.joined(), states.joined(), run.state, Ending(status))
    repeatable &= ending != Ending.SOLVER_NOT_FINITE
    again = March(ready.kernel, run.sys, begun) if repeatable else None
    t = t0 + t
    known = len(piece.times) and ending != Ending.SOLVER_NOT_FINITE
    V = piece.V if known else terminal_voltage(run.sys, s[-1])
    return t, s, outcome_of(run, step, named(run, step, ready.control, ending, s[-1]), t, s, V, *place), again


def _begun(run, step, ready) -> Begun:
    """A step as kernels begin it."""
    return ready.begins(float(step.period or run.every))


def _following(run, ready, walk) -> list[tuple[Step, Begun]]:
    """The steps that are likely to follow the present one, as far as kernels can begin them without asking."""
    plan, found = run.plan, []
    for step in ahead(walk, MOST) if ready.kernel is march.march and run.calls.guesses else ():
        if depends_on_state(step) or isinstance(step.target, Profile):
            break
        if not plan.warms and plan.around(step) != run.sys.T:
            break
        found.append((step, _begun(run, step, plan.ready(run, step))))
    return found
