"""Run a protocol on a model of a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..errors import Ending, SolveError
from ..kernels.call.calls import Coroutine, Rows, finish
from ..kernels.call.record import Arguments, Begun
from ..kernels.integrators import ndf as march
from ..kernels.integrators.ndf import RUNNING
from ..kernels.integrators.ndf_history import MAX_ORDER
from ..kernels.integrators.stage import terminal_voltage
from ..kernels.layout import System
from ..models import ACCURACY, capacity_between_cutoffs
from ..models.materials.ranges import outside_data
from ..parameters import Cell, load
from ..parameters.formats.overlay import overlay_remarks
from ..protocols import Profile, Protocol, Step
from ..protocols.program import MAX_STEPS
from ..protocols.protocol import protocol_of
from ..support.compile import has_machine_code
from ..support.renamed import by_name
from .citations import basis_of
from .control import Now, depends_on_state
from .history.unresolved import unresolved
from .kept_states import KeptStates, Late, March, ends_of, kept_of
from .outcome import FAILS, STOPS, finite, named, outcome_of
from .plan import Plan, continued, most_rows, planned
from .result import Result
from .settings import checked
from .start import FinalState, final_state_of, ground
from .stepping.ahead import MOST, Ahead
from .stepping.guess import ahead
from .stopping import Cycle, parted
from .variables import Variables


@dataclass
class Running:
    """What one simulation carries from step to step."""

    plan: Plan
    calls: Ahead
    state: np.ndarray
    soc0: float
    rtol: float
    every: float
    time_budget: float
    max_order: int = MAX_ORDER
    stored: int = 0  # rows so far

    @property
    def cell(self) -> Cell:
        """The cell."""
        return self.plan.cell

    @property
    def model(self) -> Any:
        """Its model, on a mesh."""
        return self.plan.model

    @property
    def sys(self) -> System:
        """The cell on its mesh."""
        return self.calls.arguments.sys

    def soc(self) -> float:
        """State of charge by the charge passed so far."""
        plan = self.plan
        return float(self.soc0 - self.state[plan.at_Q] * plan.per_hour / capacity_between_cutoffs(plan.cell))

    def system_at(self, T: float) -> System:
        """The cell at another temperature [K], of a run without heat."""
        return ground(self.plan.cell, self.plan.model, T, None).sys

    def take_on(self, T: float) -> None:
        """Bring a run without heat to the temperature T [K] of a step: laws are those of exactly that temperature."""
        if self.sys.T != T:
            _, sys, record, _ = ground(self.plan.cell, self.plan.model, T, None)
            self.calls.arguments.take(sys, record)


@by_name
def simulate(
    cell,
    steps,
    model=None,
    *,
    temperature=None,
    soc=1.0,
    voltage=None,
    heat=None,
    ambient=None,
    period=None,
    accuracy=ACCURACY,
    rtol=None,
    time_budget=10.0,
    max_steps=MAX_STEPS,
    force=False,
    start=None,
    ageing=None,
    surface_form=None,
    termination=None,
) -> Result:
    """Simulate a protocol and return a `Result`.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.
    steps: a `Protocol`, its text (docs/protocols.md), a `Step`, or a list of these; discharge current is positive.
    model: `DFN()` (default), `SPMe()` or `SPM()`, with or without a mesh of its own;
    for cells that are a thin film `ThinFilm()`.
    temperature [K]: of the run, or its first one; the cell's ambient temperature unless given.
    soc (0..1) or voltage [V, open circuit]: where the cell starts, at rest; `soc=None` starts at
    the initial stoichiometries printed in the parameter set.
    heat: True, or `Lumped(...)`, to simulate the temperature of the cell, or `ThermalNetwork(...)` those from its core
    to its surface; else it is that of the step's surroundings.
    ambient [K]: temperature of the surroundings where a step does not say it; `temperature` unless given.
    period [s]: also store the states at its multiples; otherwise every time step and its middle.
    accuracy [V]: rms error of the voltage that is aimed at, 1 mV unless said; a model without a mesh
    of its own gets the mesh for it, at the highest C-rate, the shortest durations and all temperatures of the steps.
    rtol: tolerance of the local error, relative to a stoichiometry of 1, the initial salt
    concentration and 1 V; half the accuracy over 1 V unless given.
    force: go beyond the cell's cut-off voltages where a step says so.
    time_budget [s]: processor time after which a step gives up, keeping its partial result.
    max_steps: after so many the protocol is stopped, with the result up to there.
    start: a `Result` of the same cell (or its `final_state`): the run goes on exactly where that one ended, on its
    mesh; charge, energy and time are counted anew.  Instead of another model, temperature, soc and voltage.
    termination: ends of the whole run as in PyBaMM: "80% capacity", "4 Ah capacity", "2.5 V", "12 h" (`Protocol`); or a
    function of the summary of a cycle (a mapping with the columns of `Result.summary_variables`), asked after each
    cycle, that returns True to end the run; or a list of both.
    ageing: options of ageing named as in PyBaMM, or False, see `Cell.with_ageing`; those of the parameter set unless
    given.
    surface_form: "differential" charges double layers within the run, see `Cell.with_surface_form`; as the parameter
    set says unless given.

    A step ends at its limits and at the cut-off voltages.  Where the cell is at its end (a particle full or empty,
    no salt, no lithium, a power beyond the largest one), where it leaves the temperatures that its laws reach to, and
    where a step without a duration meets no limit, the run stops, and the first line of what a Result prints says so:
    see `Result.termination`.
    Raises ParameterError, ProtocolError, and SolveError (with the partial `.result`) if the
    solver itself fails.
    """
    return finish(
        simulate_coroutine(
            cell,
            steps,
            model,
            temperature=temperature,
            soc=soc,
            voltage=voltage,
            heat=heat,
            ambient=ambient,
            period=period,
            accuracy=accuracy,
            rtol=rtol,
            time_budget=time_budget,
            max_steps=max_steps,
            force=force,
            start=start,
            ageing=ageing,
            surface_form=surface_form,
            termination=termination,
        )
    )


def simulate_coroutine(
    cell,
    steps,
    model=None,
    *,
    temperature=None,
    soc=1.0,
    voltage=None,
    heat=None,
    ambient=None,
    period=None,
    accuracy=ACCURACY,
    rtol=None,
    time_budget=10.0,
    max_steps=MAX_STEPS,
    force=False,
    start=None,
    ageing=None,
    surface_form=None,
    termination=None,
) -> Coroutine[Result]:
    """Coroutine form of `simulate`: yields each kernel call, receives its reply, returns the Result.

    With it the kernels of many runs are called together, see `calls.perform`.
    """
    cell = load(cell)
    cell = cell if ageing is None else cell.with_ageing(ageing)
    cell = cell if surface_form is None else cell.with_surface_form(surface_form)
    given = checked(model, temperature, ambient, soc, voltage, period, accuracy, rtol, time_budget, max_steps)
    ends, asks = ([], []) if termination is None else parted(termination)
    plain = force is False and not ends
    protocol = protocol_of(steps) if plain else Protocol(steps, force=force, termination=ends)
    where = given.model, given.temperature, given.soc, given.voltage
    plan, begun = (
        planned(cell, protocol, *where, heat, given.accuracy, given.ambient)
        if start is None
        else continued(final_state_of(start, cell, *where), protocol, heat, given.accuracy, given.ambient)
    )
    run = Running(
        plan,
        Ahead(Arguments(plan.sys, plan.record)),
        begun.state,
        begun.soc,
        given.rtol,
        given.period or 0.0,
        given.time_budget,
    )
    plan.check(begun, run.every)
    times, states = Rows(), KeptStates(plan.sys)
    rows, done, around = [], [], []
    t0, walk, cycle, stopped = 0.0, protocol.walk(given.max_steps), Cycle(asks) if asks else None, ""
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
    late, everything, kind = Late(times), states.settle(), type(plan.model).__name__
    result = Result(
        cell.name,
        kind,
        begun.temperature,
        np.repeat(np.arange(len(rows)), rows),
        tuple(done),
        Variables.of(
            cell,
            plan.sys,
            plan.model,
            late,
            everything,
            run.soc0,
            run.system_at if plan.elsewhere else None,
            partial(np.repeat, around, rows),
        ),
        termination,
        FinalState(cell, plan.model, run.state, run.soc(), plan.sys.T, plan.ambient, _temperature(run)),
        partial(_remarks, cell, plan, begun.remark, given.accuracy, late, everything),
        partial(basis_of, cell, plan.sys, kind, {step.kinked for step in done}, heat=plan.warms),
    )
    if FAILS[done[-1].ending]:
        raise SolveError(
            f"{cell.name}: step {len(done)} ({done[-1].step}): {done[-1].message}; "
            "the result up to there is in `.result`",
            result,
        )
    return result


def _remarks(
    cell: Cell, plan: Plan, on_mesh: Callable[[], str], accuracy: float, times: Late, states: Any
) -> tuple[str, ...]:
    """Notes on a run, one sentence each."""
    return (
        *overlay_remarks(cell),
        *filter(None, (on_mesh(),)),
        *outside_data(cell, plan.sys, ends_of(states)),
        *unresolved(cell, plan.sys, plan.model, *kept_of(times, states), accuracy),
    )


def _temperature(run) -> float:
    """Temperature of the cell [K]."""
    return float(run.state[run.plan.at_T]) if run.plan.warms else run.sys.T


def _after(walk, outcome, run) -> Step | None:
    """The step that follows, if any does."""
    try:
        return walk.send(outcome, Now(run))
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
    return Begun(ready.control, float(step.period or run.every), ready.first, ready.knots)


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
