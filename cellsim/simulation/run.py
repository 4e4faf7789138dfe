"""Run a protocol on a model of a cell."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from ..errors import Ending, ProtocolError, SolveError
from ..kernels.call.calls import Call, Coroutine, Rows, finish
from ..kernels.call.record import NO_KNOTS, STARTING, Arguments, packed_system, recycle
from ..kernels.integrators import ndf as march
from ..kernels.integrators import tr_bdf2 as following
from ..kernels.integrators.ndf_history import MAX_ORDER
from ..kernels.integrators.stage import terminal_voltage
from ..kernels.layout import CURRENT, System, unknowns
from ..models import ACCURACY, capacity_between_cutoffs, model_of
from ..models.materials.ranges import outside_data
from ..parameters import Cell, load
from ..parameters.formats.overlay import overlay_remarks
from ..protocols import Profile, Protocol, Step
from ..protocols.program import MAX_STEPS
from ..protocols.step import kelvin
from ..support.compile import FOLLOW, SOLVER, announce
from .citations import basis_of
from .control import Now, check, check_known, control, scale
from .outcome import finite, named, outcome_of
from .result import Result
from .settings import how, where
from .start import FinalState, at_start, final_state_of, going_on
from .stopping import Cycle, parted
from .variables import Variables

ROWS, LEAST_ROWS = 512, 16  # states kept per call of the kernel, fewer of large ones:
NUMBERS = 500_000  # so many numbers, so that a call takes no longer than a fraction of a second
MOST = 2**31  # bytes of states that a result keeps


@dataclass
class _Run:
    """What one simulation carries from step to step."""

    cell: Cell
    model: object
    arguments: Arguments
    state: np.ndarray
    soc0: float
    area: float
    rtol: float
    every: float
    time_budget: float
    ambient: float
    warms: bool  # whether heat is simulated
    max_order: int = MAX_ORDER
    stored: int = 0  # rows so far

    @property
    def sys(self) -> System:
        """The cell on its mesh."""
        return self.arguments.sys

    def soc(self) -> float:
        """State of charge by the charge passed so far."""
        passed = unknowns(self.sys, self.state).cell["Q"] * self.area / 3600.0
        return self.soc0 - passed / capacity_between_cutoffs(self.cell)

    def around(self, step) -> float:
        """Temperature of the surroundings during a step [K]."""
        return float(self.ambient if step.temperature is None else step.temperature)

    def system_at(self, T):
        """The cell at another temperature [K], of a run without heat."""
        return self.model.discretise(self.cell, T)

    def take_on(self, T):
        """Bring a run without heat to the temperature T [K] of a step: laws are those of exactly that temperature."""
        if self.sys.T != T:
            sys = self.system_at(T)
            self.arguments.take(sys, packed_system(sys))


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
    heat: True, or `Lumped(...)`, to simulate the temperature of the cell; else it is that of the step's
    surroundings.
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
    mesh; charge, energy and time are counted anew.  Instead of model, temperature, soc and voltage.
    termination: ends of the whole run as in PyBaMM: "80% capacity", "4 Ah capacity", "2.5 V", "12 h" (`Protocol`); or a
    function of the summary of a cycle (a mapping with the columns of `Result.summary_variables`), asked after each
    cycle, that returns True to end the run; or a list of both.
    ageing: options of ageing named as in PyBaMM, or False, see `Cell.with_ageing`; those of the parameter set unless
    given.

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
    termination=None,
) -> Coroutine[Result]:
    """Coroutine form of `simulate`: yields each kernel call, receives its reply, returns the Result.

    With it the kernels of many runs are called together, see `calls.perform`.
    """
    cell, model = load(cell), model_of(model)
    cell = cell if ageing is None else cell.with_ageing(ageing)
    temperature, ambient = kelvin("temperature", temperature), kelvin("ambient", ambient)
    soc, voltage = where(soc, voltage)
    period, accuracy, rtol, time_budget, max_steps = how(period, accuracy, rtol, time_budget, max_steps)
    ends, asks = parted(termination)
    given = isinstance(steps, Protocol) and force is False and not ends
    protocol = steps if given else Protocol(steps, force=force, termination=ends)
    steps = protocol.steps
    announce(FOLLOW if any(isinstance(s.target, Profile) for s in steps) else SOLVER)
    chosen = model, temperature, soc, voltage
    begun = (
        at_start(cell, *chosen, heat, steps, accuracy, ambient)
        if start is None
        else going_on(final_state_of(start, cell, *chosen), heat, steps, accuracy, ambient)
    )
    T = begun.sys.T
    around = begun.ambient if ambient is None else float(ambient)
    run = _Run(
        cell,
        begun.model,
        Arguments(begun.sys, begun.record),
        begun.state,
        begun.soc,
        cell.value("cell/electrode area"),
        rtol,
        period or 0.0,
        time_budget,
        around,
        begun.warms,
    )
    check_known(cell, run.sys, protocol.asks, "a condition")
    for each in steps:
        check(cell, run.sys, each, run.warms)
        _check_rows(run, each)
    protocol.check(cell, {"soc": run.soc0, "voltage": begun.voltage, "temperature": begun.temperature})
    if protocol.needs_heat and not run.warms:
        raise ProtocolError("the protocol asks for a temperature of the cell; ask simulate for heat=True")
    times, states = Rows(), Rows()
    rows, done = [], []
    t0, walk, cycle, stopped = 0.0, protocol.walk(max_steps), Cycle(asks), ""
    step: Step | None = next(walk)
    while step is not None:
        number = walk.cycle
        t, s, outcome = yield from _one_step(run, step, t0, walk.label, walk.index, number, protocol.clock(t0))
        t0, began = t[-1], outcome.t_end > outcome.t_start
        if began:  # else go on from where the cell was
            run.state = s[-1].copy()
        over = outcome.ending.stops_run
        step = None if over else _after(walk, outcome, run)
        # a step that ended at once leaves no rows, unless it is the end of the run or there are no others
        kept = len(t) if began or over or (step is None and not times) else 0
        if kept:
            times.append(t)
            states.append(s)
        rows.append(kept)
        done.append(outcome)
        if asks:
            cycle.take(outcome, t[:kept], s[:kept])
            stopped = cycle.reason(run) if not over and (step is None or walk.cycle != number) else ""
            step = None if stopped else step
    termination = stopped or walk.reason or f"stopped in step {len(done)} ({done[-1].step}): {done[-1].message}"
    everything = states.joined()
    changes = not run.warms and any(run.around(step) != T for step in steps)
    variables = Variables.of(
        cell, begun.sys, run.model, times.joined(), everything, run.soc0, run.system_at if changes else None
    )
    result = Result(
        cell.name,
        type(run.model).__name__,
        begun.temperature,
        np.repeat(np.arange(len(rows)), rows),
        tuple(done),
        variables,
        termination,
        (*overlay_remarks(cell), *begun.remarks, *outside_data(cell, begun.sys, everything)),
        FinalState(cell, run.model, run.state, run.soc(), T, around, _temperature(run)),
        partial(basis_of, cell, begun.sys, type(run.model).__name__, done, heat=run.warms),
    )
    if done[-1].ending.is_failure:
        raise SolveError(
            f"{cell.name}: step {len(done)} ({done[-1].step}): {done[-1].message}; "
            "the result up to there is in `.result`",
            result,
        )
    return result


def _temperature(run) -> float:
    """Temperature of the cell [K]."""
    return float(unknowns(run.sys, run.state).T[0]) if run.warms else run.sys.T


def _after(walk, outcome, run) -> Step | None:
    """The step that follows, if any does."""
    try:
        return walk.send(outcome, Now(run))
    except StopIteration:
        return None


def _one_step(run, step, t0, *place):
    """Times [s], states and outcome of one step from run.state, a coroutine; place: label, index, cycle, clock."""
    if not run.warms:
        run.take_on(run.around(step))
    size, limit = run.state.size, run.time_budget
    room, arguments, state = max(LEAST_ROWS, min(ROWS, NUMBERS // size)), run.arguments, run.state.copy()
    y = unknowns(run.sys, state)
    if not run.warms:
        y.T[0] = run.sys.T
    ctl = control(run, step)
    kernel, knots = march.march, NO_KNOTS
    if isinstance(step.target, Profile):
        kernel, knots = following.follow, step.target.knots(scale(run.cell, step))
    every = float(step.period or run.every)
    times, states, status, spent = Rows(), Rows(), STARTING, None
    arguments.begin(state, ctl, room, run.rtol, float(y.cell["Q"]), every, _first_step(run, ctl), run.max_order, knots)
    while status < 0:
        reply, buffer = (yield Call(kernel, arguments)), arguments.buffer
        status, rows = reply.status, reply.rows
        kept = np.array if 2 * rows < room else np.asarray  # copies, where a buffer would be kept for few rows
        times.append(kept(buffer.times[:rows]))
        states.append(kept(buffer.states[:rows]))
        run.stored += rows
        if run.stored > most_rows(size):
            status = int(Ending.SOLVER_MEMORY)
        if status == march.RUNNING:
            spent = 0.0 if spent is None else spent + reply.spent  # not of the first call, which may have to compile
            if spent > limit:
                status = int(Ending.SOLVER_TIME_BUDGET)
            arguments.renew(status)
    if 2 * rows < room:
        recycle([buffer])
    t, s, ending = finite(times.joined(), states.joined(), run.state, Ending(status))
    t = t0 + t
    V = reply.V if rows and ending != Ending.SOLVER_NOT_FINITE else terminal_voltage(run.sys, s[-1])
    return t, s, outcome_of(run, step, named(run, step, ctl, ending, s[-1]), t, s, V, *place)


def most_rows(size) -> int:
    """How many states of so many numbers a result may keep."""
    return int(MOST / (8 * (1 + size)))


def _check_rows(run, step):
    """Raise ProtocolError for a step whose rows would not fit into a result."""
    every, most, lasts = float(step.period or run.every), most_rows(run.state.size), step.duration or 0.0
    if every > 0.0 and lasts / every > most:
        raise ProtocolError(
            f"{step.summary}: a period of {every:g} s stores {lasts / every:.3g} rows, and a result on "
            f"this mesh keeps {most}; give a period of at least {1.1 * lasts / most:.2g} s"
        )


def _first_step(run, ctl) -> float:
    """A first time step [s] over which nothing much can happen yet."""
    one_hour = run.cell.nominal_capacity / run.area
    rate = abs(ctl.target) / one_hour if ctl.mode == CURRENT else 1.0
    return min(1e-3 * ctl.duration, 0.02 / max(rate, 0.2))
