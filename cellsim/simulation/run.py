"""Run a protocol on a model of a cell."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..errors import SolveError
from ..kernels.call.calls import Coroutine, finish
from ..models import ACCURACY
from ..models.kinds import sized
from ..models.materials.ranges import outside_data
from ..parameters import Cell, load
from ..parameters.formats.overlay import overlay_remarks
from ..protocols import Protocol
from ..protocols.program import MAX_STEPS
from ..protocols.protocol import protocol_of
from ..support.arguments import by_value
from ..support.renamed import by_name
from .citations import basis_of
from .history.unresolved import unresolved
from .kept_states import Late, ends_of, kept_of
from .outcome import FAILS
from .plan import Plan, continued, planned
from .result import Result
from .settings import checked
from .start import FinalState, final_state_of
from .stepping.running import Prepared
from .stepping.steps import history_of
from .stopping import parted
from .variables import Variables


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
    for cells that are a thin film `ThinFilm()`; the one that a set has the numbers of, where it has those of one alone.
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
    concentration and 1 V; half the accuracy over 1 V unless given, less where a limit of a steep potential is near.
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


def prepared(
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
) -> Prepared:
    """What `simulate` is given, checked, and how the run begins."""
    cell = load(cell)
    cell = cell if ageing is None else cell.with_ageing(ageing)
    cell = cell if surface_form is None else cell.with_surface_form(surface_form)
    how = period, accuracy, rtol, time_budget, max_steps
    if start is None and termination is None and force is False:
        return _prepared(cell, protocol_of(steps), model, temperature, soc, voltage, heat, ambient, *how)
    given = checked(model, temperature, ambient, soc, voltage, *how)
    ends, asks = ([], []) if termination is None else parted(termination)
    plain = force is False and not ends
    protocol = protocol_of(steps) if plain else Protocol(steps, force=force, termination=ends)
    where = given.model, given.temperature, given.soc, given.voltage
    cell = sized(cell, given.accuracy) if start is None else cell
    plan, begun = (
        planned(cell, protocol, *where, heat, given.accuracy, given.ambient)
        if start is None
        else continued(final_state_of(start, cell, *where), protocol, heat, given.accuracy, given.ambient)
    )
    plan.check(begun, given.period or 0.0)
    return Prepared(plan, begun, given, protocol, asks)


@by_value
def _prepared(cell, protocol, model, temperature, soc, voltage, heat, ambient, *how) -> Prepared:
    """The same, of a run that begins at rest and ends with its protocol; runs share it."""
    given = checked(model, temperature, ambient, soc, voltage, *how)
    where = given.model, given.temperature, given.soc, given.voltage
    cell = sized(cell, given.accuracy)
    plan, begun = planned(cell, protocol, *where, heat, given.accuracy, given.ambient)
    plan.check(begun, given.period or 0.0)
    return Prepared(plan, begun, given, protocol, [])


def simulate_coroutine(*arguments, **options) -> Coroutine[Result]:
    """Coroutine form of `simulate`: yields each kernel call, receives its reply, returns the Result.

    With it the kernels of many runs are called together, see `calls.perform`.
    """
    asked = prepared(*arguments, **options)
    plan, begun, given = asked.plan, asked.begun, asked.given
    cell, run = plan.cell, asked.running()  # a run that goes on from another one has the cell of that one
    history = yield from history_of(run, asked)
    done, rows, kind = history.done, history.rows, type(plan.model).__name__
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
            history.times,
            history.states,
            run.soc0,
            run.system_at if plan.elsewhere else None,
            partial(np.repeat, history.around, rows),
        ),
        history.termination,
        FinalState(cell, plan.model, run.state, run.soc(), plan.sys.T, plan.ambient, _temperature(run)),
        partial(_remarks, cell, plan, begun.remark, given.accuracy, history.times, history.states),
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
    only = f"the model is {cell.only_model}, as the parameter set has numbers for no other" if cell.only_model else ""
    return (
        *overlay_remarks(cell),
        *filter(None, (only,)),
        *filter(None, (on_mesh(),)),
        *outside_data(cell, plan.sys, ends_of(states)),
        *unresolved(cell, plan.sys, plan.model, *kept_of(times, states), accuracy),
    )


def _temperature(run) -> float:
    """Temperature of the cell [K]."""
    return float(run.state[run.plan.at_T]) if run.plan.warms else run.sys.T
