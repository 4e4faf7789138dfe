"""Run a protocol on a model of a cell."""
from dataclasses import dataclass

import numpy as np

from ._jit import FOLLOW, SOLVER, announce
from .calls import Call, finish
from .controls import Now, check, control, scale
from .errors import Ending, ProtocolError, SolveError
from .kernels import march
from .kernels import profile as following
from .kernels.history import MAX_ORDER
from .kernels.stage import terminal_voltage
from .kernels.system import CURRENT, TAIL, Q
from .kernels.system import T as WARMTH
from .kernels.task import STARTING, Buffer, address, words
from .models import ACCURACY, capacity_between_cutoffs
from .outcome import finite, named, outcome_of
from .parameters import Cell, load
from .protocols import Profile, Protocol, Step
from .protocols.steps import COLDEST, HOTTEST
from .protocols.walk import MAX_STEPS
from .result import Result
from .start import FinalState, at_start, final_state_of, going_on
from .variables import Variables

ROWS = 512  # states kept per call of the kernel
NO_KNOTS = np.zeros((0, 2))


@dataclass
class _Run:
    """What one simulation carries from step to step."""

    cell: Cell
    model: object
    sys: object
    words: tuple  # `task.words` of it
    state: np.ndarray
    soc0: float
    area: float
    rtol: float
    every: float
    time_budget: float
    ambient: float
    warms: bool  # whether heat is simulated
    max_order: int = MAX_ORDER

    def soc(self) -> float:
        """State of charge by the charge passed so far."""
        passed = self.state[self.state.size - TAIL + Q] * self.area / 3600.0
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
            self.sys = self.system_at(T)
            self.words = words(self.sys)


def simulate(cell, steps, model=None, *, temperature=None, soc=1.0, voltage=None, heat=None, ambient=None, period=None,
             accuracy=ACCURACY, rtol=None, time_budget=10.0, max_steps=MAX_STEPS, force=False, start=None) -> Result:
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
    of its own gets the mesh for it, at the highest C-rate of the steps.
    rtol: tolerance of the local error, relative to a stoichiometry of 1, the initial salt
    concentration and 1 V; half the accuracy over 1 V unless given.
    force: go beyond the cell's cut-off voltages where a step says so.
    time_budget [s]: processor time after which a step gives up, keeping its partial result.
    max_steps: after so many the protocol is stopped, with the result up to there.
    start: a `Result` of the same cell (or its `final_state`): the run goes on exactly where that one ended, on its
    mesh; charge, energy and time are counted anew.  Instead of model, temperature, soc and voltage.

    A step ends at its limits and at the cut-off voltages.  Where the cell is at its end (a particle full or empty,
    no salt, no lithium, a power beyond the largest one), where it leaves the temperatures that its laws reach to, and
    where a step without a duration meets no limit, the run stops, and the first line of what a Result prints says so:
    see `Result.termination`.
    Raises ParameterError, ProtocolError, and SolveError (with the partial `.result`) if the
    solver itself fails.
    """
    return finish(course(cell, steps, model, temperature=temperature, soc=soc, voltage=voltage, heat=heat,
                         ambient=ambient, period=period, accuracy=accuracy, rtol=rtol, time_budget=time_budget,
                         max_steps=max_steps, force=force, start=start))


def course(cell, steps, model=None, *, temperature=None, soc=1.0, voltage=None, heat=None, ambient=None, period=None,
           accuracy=ACCURACY, rtol=None, time_budget=10.0, max_steps=MAX_STEPS, force=False, start=None):
    """As `simulate`, in turns: a generator of `Call`s that is sent their `Reply`s and returns the Result.

    So that the kernels of many runs can be called together, see `perform`.
    """
    cell = load(cell)
    rtol = 0.5 * accuracy if rtol is None else rtol
    _check(soc, rtol, period, accuracy)
    protocol = Protocol(steps, force=force)
    steps = protocol.steps
    announce(FOLLOW if any(isinstance(s.target, Profile) for s in steps) else SOLVER)
    chosen = model, temperature, soc, voltage
    begun = at_start(cell, *chosen, heat, steps, accuracy) if start is None else going_on(
        final_state_of(start, cell, *chosen), heat, steps, accuracy)
    at_rest, T = terminal_voltage(begun.sys, begun.state), begun.sys.T
    around = begun.ambient if ambient is None else float(ambient)
    for kelvin in (T, around, *(step.temperature for step in steps if step.temperature is not None)):
        if not COLDEST < kelvin < HOTTEST:
            raise ProtocolError(f"temperature {kelvin:g} K: give kelvin, between {COLDEST:g} and {HOTTEST:g}")
    run = _Run(cell, begun.model, begun.sys, begun.words, begun.state, begun.soc, cell.value("cell/electrode area"),
               rtol, period or 0.0, time_budget, around, begun.warms)
    for each in steps:
        check(cell, run.sys, each, run.warms)
    protocol.check(cell, {"soc": run.soc0, "voltage": at_rest, "temperature": begun.temperature})
    if protocol.needs_heat and not run.warms:
        raise ProtocolError("the protocol asks for a temperature of the cell; ask simulate for heat=True")
    times: list[np.ndarray] = []
    states, rows, done = [], [], []
    t0, walk = 0.0, protocol.walk(max_steps)
    step: Step | None = next(walk)
    while step is not None:
        t, s, outcome = yield from _one_step(run, step, t0)
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
    termination = walk.reason or f"stopped in step {len(done)} ({done[-1].step}): {done[-1].message}"
    everything = _joined(states)
    changes = not run.warms and any(run.around(step) != T for step in steps)
    variables = Variables.of(cell, begun.sys, run.model, _joined(times), everything, run.soc0,
                             run.system_at if changes else None)
    result = Result(cell.name, type(run.model).__name__, begun.temperature, np.repeat(np.arange(len(rows)), rows),
                    tuple(done), variables, termination, begun.remarks,
                    FinalState(cell, run.model, run.state, run.soc(), T, around))
    if done[-1].ending.is_failure:
        raise SolveError(f"{cell.name}: step {len(done)} ({done[-1].step}): {done[-1].message}; "
                         "the result up to there is in `.result`", result)
    return result


def _after(walk, outcome, run) -> Step | None:
    """The step that follows, if any does."""
    try:
        return walk.send(outcome, Now(run))
    except StopIteration:
        return None


def _check(soc, rtol, period, accuracy):
    if soc is not None and not 0.0 <= soc <= 1.0:
        raise ProtocolError(f"soc {soc!r}: a state of charge lies between 0 and 1")
    if not 1e-6 <= accuracy <= 1e-1:
        raise ProtocolError(f"accuracy {accuracy!r} V: choose between 1e-6 and 0.1")
    if not 1e-10 <= rtol <= 1e-1:
        raise ProtocolError(f"rtol {rtol!r}: choose between 1e-10 and 0.1")
    if period is not None and not period > 0.0:
        raise ProtocolError(f"period {period!r} s: must be above 0")


def _one_step(run, step, t0):
    """Times [s], states and outcome of one step from run.state, in turns as `course`."""
    if not run.warms:
        run.take_on(run.around(step))
    size, limit = run.state.size, run.time_budget
    buffer, k = Buffer(ROWS, run.words[1:4]), size - TAIL
    s = buffer.states[0]
    s[:] = run.state
    if not run.warms:
        s[k + WARMTH] = run.sys.T
    ctl, q0 = control(run, step), float(s[k + Q])
    kernel, knots = march.march, NO_KNOTS
    if isinstance(step.target, Profile):
        kernel, knots = following.follow, step.target.knots(scale(run.cell, step))
    every = float(step.period or run.every)
    times, states, status, spent = [], [], STARTING, None
    while status < 0:
        reply = yield Call(kernel, (status, 0, 0.0, *run.words, *ctl, run.rtol, q0, every, _first_step(run, ctl),
                                    run.max_order, buffer.address, ROWS, address(knots), len(knots)), buffer, knots)
        status, rows = reply.status, reply.rows
        times.append(buffer.times[:rows])
        states.append(buffer.states[:rows])
        if status == march.RUNNING:
            spent = 0.0 if spent is None else spent + reply.spent  # not of the first call, which may have to compile
            if spent > limit:
                status = int(Ending.SOLVER_TIME_BUDGET)
            buffer = Buffer(ROWS, run.words[1:4], buffer.memory)
    t, s, ending = finite(_joined(times), _joined(states), run.state, Ending(status))
    return t0 + t, s, outcome_of(run, step, named(run, step, ctl, ending, s[-1]), t0 + t, s)


def _joined(pieces):
    """One array; no copy where there is one piece."""
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def _first_step(run, ctl) -> float:
    """A first time step [s] over which nothing much can happen yet."""
    one_hour = run.cell.nominal_capacity / run.area
    rate = abs(ctl.target) / one_hour if ctl.mode == CURRENT else 1.0
    return min(1e-3 * ctl.duration, 0.02 / max(rate, 0.2))
