"""A run taken again by a cell that is a little different, with the same time steps and orders of the integrator.

The equations of a run's time steps are then differentiated as they are: what is left of the scatter with which an
integrator chooses its steps is rounding.  The end of a step at a limit moves with the cell: there the step is as long
as takes the same margin to 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ....errors import SolveError
from ....kernels.call.calls import Call, Coroutine, Rows
from ....kernels.call.record import COURSE, FINDING, Arguments, Begun
from ....kernels.integrators.ndf import RUNNING
from ....models import ACCURACY
from ....models.kinds import sized_as, with_classes
from ....parameters import Cell, load
from ....protocols import Protocol, Step
from ....protocols.program import MAX_STEPS
from ....simulation.control import Now
from ....simulation.kept_states import Late
from ....simulation.plan import planned
from ....simulation.result import Result
from ....simulation.run import simulate_coroutine
from ....simulation.settings import checked
from ....simulation.stepping.ahead import Ahead
from ....simulation.stepping.running import Running
from ....simulation.variables import Variables
from ..measured import Array

MOST = 4096  # time steps of a step for which there is room at first


class Track(NamedTuple):
    """A step of a run, to be taken again."""

    step: Step
    around: float  # temperature of the surroundings [K]
    course: Array  # (time steps, COURSE)
    ending: int  # RUNNING: it ended with its time, else by this errors.Ending


class Repeatable:
    """A run, and how to take it again with another cell; made by `repeatable`.

    cell: the one it ran with.  result: of it.
    """

    def __init__(self, cell: Cell, protocol: Protocol, options: dict[str, Any], result: Result) -> None:
        self.cell, self.protocol, self.options, self.result = cell, protocol, options, result
        self.model, self.sized = result.final_state.model, with_classes(cell, options["accuracy"])
        self.rows = [int(n) for n in np.bincount(result.step_index, minlength=len(result.steps))]
        self.tracks: list[Track | None] = []  # None: a step that ended at once

    def _running(self, cell: Cell, options: dict[str, Any]) -> Running:
        """The beginning of a run of a cell on the mesh of this one."""
        o = options
        ages, surface = o.get("ageing"), o.get("surface_form")
        cell = cell if ages is None else cell.with_ageing(ages)
        cell = cell if surface is None else cell.with_surface_form(surface)
        given = checked(
            self.model,
            o.get("temperature"),
            o.get("ambient"),
            o["soc"],
            o.get("voltage"),
            None,
            o["accuracy"],
            o.get("rtol"),
            o["time_budget"],
            o["max_steps"],
        )
        where = given.model, given.temperature, given.soc, given.voltage
        cell = sized_as(cell, self.sized)  # or as many classes of size as the varied cell needs
        plan, begun = planned(cell, self.protocol, *where, o.get("heat"), given.accuracy, given.ambient)
        calls, rtol = Ahead(Arguments(plan.sys, plan.record)), given.tolerance(begun.share)
        return Running(plan, calls, begun.state, begun.soc, rtol, 0.0, given.time_budget)

    def note(self) -> Coroutine[None]:
        """Note the time steps of the run, a coroutine."""
        run = self._running(self.cell, self.options)
        for step, outcome in self._steps(run):
            at_once = outcome.t_end == outcome.t_start
            self.tracks.append(None if at_once else (yield from self._noted(run, step, outcome)))

    def _steps(self, run: Running) -> Iterator[tuple[Step, Any]]:
        """The steps of the run and what they did."""
        walk = self.protocol.walk(self.options["max_steps"])
        step = next(walk)
        for k, outcome in enumerate(self.result.steps):
            yield step, outcome
            if k + 1 < len(self.result.steps):
                step = walk.send(outcome, Now(run))

    def _noted(self, run: Running, step: Step, outcome: Any) -> Coroutine[Track]:
        """A step of the run itself, its time steps noted."""
        room, around, begun = MOST, run.plan.around(step), run.state
        while True:
            course = np.zeros((room, COURSE))
            t, states, status = yield from taken(run, step, around, course, FINDING)
            used = int(np.count_nonzero(course[:, 0]))
            if used < room:
                break
            room, run.state = 4 * room, begun
        if status < 0 or abs(t[-1] - (outcome.t_end - outcome.t_start)) > 1e-9 * t[-1]:
            raise SolveError(f"{run.cell.name}: {step.summary} does not come out the same again", self.result)
        run.state = states[-1].copy()
        return Track(step, around, course[:used].copy(), status if status > 0 else RUNNING)

    def again(self, cell: Cell, **options: Any) -> Coroutine[Result]:
        """The same of another cell, a coroutine; options: that differ from those of this run.

        Raises SolveError where it cannot take the steps of this run.
        """
        run, times, states, t0 = self._running(cell, self.options | options), Rows(), Rows(), 0.0
        surroundings = []
        for track, outcome, rows in zip(self.tracks, self.result.steps, self.rows, strict=True):
            surroundings.append(run.plan.around(track.step) if track is not None else np.nan)
            if track is None:
                continue
            t, s, status = yield from taken(run, track.step, track.around, track.course, track.ending)
            if status != max(track.ending, 0) or len(t) != rows:
                raise SolveError(f"{cell.name}: {outcome.step}: the varied cell cannot take its time steps", None)
            times.append(t0 + t)
            states.append(s)
            t0, run.state = t0 + t[-1], s[-1].copy()
        plan, late = run.plan, Late(times)
        variables = Variables.of(
            run.cell,
            plan.sys,
            plan.model,
            late,
            Late(states),
            run.soc0,
            run.system_at if plan.elsewhere else None,
            partial(np.repeat, surroundings, self.rows),
        )
        return replace(self.result, variables=variables, final_state=None)

    def slope(
        self, moved: Callable[[float], tuple[Cell, dict[str, Any]]], of: Callable[[Result], Array], move: float
    ) -> Coroutine[Array]:
        """Derivative of what `of` makes of this run, by the central difference over a move to either side, a coroutine.

        moved: cell and options, those that differ, at a distance.  Raises what `again` does.
        """
        sides = []
        for to in (move, -move):
            cell, options = moved(to)
            sides.append(of((yield from self.again(cell, **options))))
        return (sides[0] - sides[1]) / (2.0 * move)

    def at(self, done: Result, name: str, times: Array) -> Array:
        """A variable (n,) of a run taken `again` at times (n,) [s] of this one, on the curve through the rows of the
        step that contains the time here: it changes evenly with the cell, wherever the other one's step ends.
        """
        from scipy.interpolate import make_interp_spline

        out, index = np.empty(times.size), self.result.step_index
        t, y, own = done.t, done[name], self.result.t
        for k in np.unique(index):
            rows = np.flatnonzero(index == k)
            first = rows[np.unique(own[rows], return_index=True)[1]]
            here = times >= own[first[0]]  # at the common time of two steps that of the later one
            if not here.any():
                continue
            degree = min(first.size - 1, 1 if self.result.steps[k].kinked else 3)
            out[here] = make_interp_spline(t[first], y[first], k=degree)(times[here])
        return out


def repeatable(cell: Any, steps: Any, model: Any = None, **options: Any) -> Coroutine[Repeatable]:
    """A run that can be taken again, a coroutine.

    It begins at rest, as `simulate` says: options are those of `simulate` but for `start`; states at multiples of a
    `period` are left out.  Raises what `simulate` does, and SolveError if the run does not come out the same again.
    """
    asked = {"soc": 1.0, "accuracy": ACCURACY, "time_budget": 10.0, "max_steps": MAX_STEPS} | options
    asked.pop("period", None)
    loaded = load(cell)
    result = yield from simulate_coroutine(loaded, steps, model, **asked)
    ends = {key: asked.pop(key) for key in ("force", "termination") if key in asked}
    run = Repeatable(loaded, Protocol(steps, **ends), asked, result)
    yield from run.note()
    return run


def taken(run: Running, step: Step, around: float, course: Array, ending: int) -> Coroutine[Any]:
    """Times [s], states and status of one step from run.state; course, ending: as in `call.record.Run`."""
    plan, arguments, state = run.plan, run.calls.arguments, run.state
    if not plan.warms:
        run.take_on(around)
        if state[plan.at_T] != run.sys.T:
            state = state.copy()
            state[plan.at_T] = run.sys.T
    ready, times, states = plan.ready(run, step), Rows(), Rows()
    begun = Begun(ready.control, 0.0, ready.first, ready.knots, course, ending)
    arguments.begin(state, begun, plan.room, run.rtol, float(state[plan.at_Q]), run.max_order)
    while True:
        reply, buffer = (yield Call(ready.kernel, arguments)), arguments.buffer
        status, rows, _ = reply.steps[0]
        times.append(buffer.times[:rows].copy())
        states.append(buffer.states[:rows].copy())
        if status >= 0:
            return times.joined(), states.joined(), status
        arguments.renew(status)
