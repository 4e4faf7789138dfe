"""What a step did: why it ended, and what passed."""

import math

import numpy as np

from ..errors import Ending
from ..kernels.integrators.stage import terminal_voltage
from ..protocols import Profile
from ..protocols.quantities import HELD
from .history.step import StepResult

NEAR = 1e-6  # K from the end of a range is at it


FAILS, STOPS, WORDS = (
    tuple(f(ending) for ending in Ending)
    for f in (lambda e: e.is_failure, lambda e: e.stops_run, lambda e: e.sentence)  # by number, as it is asked often
)


def finite(t, states, before, ending):
    """Times, states and ending of a step, up to the first number that is not finite, which is a failure of the solver.

    If that is in the first row, the state `before` the step is left.
    """
    if math.isfinite(np.add.reduce(states, axis=None)) and math.isfinite(np.add.reduce(t)):
        return t, states, ending
    good = np.isfinite(states).all(axis=1) & np.isfinite(t)
    rows = len(t) if good.all() else int(np.argmin(good))
    if not rows:
        t, states, rows = np.zeros(1), before[None].copy(), 1
    return t[:rows], states[:rows], Ending.SOLVER_NOT_FINITE


def named(run, step, ctl, ending, end) -> Ending:
    """The ending, told apart from what no one asked for: no limit met, and the end of the laws' range."""
    if ending == Ending.DURATION and step.duration is None:
        return Ending.NO_LIMIT_MET
    if ending == Ending.TEMPERATURE:
        now, plan = end[run.plan.at_T], run.plan
        several = ctl.warmest < math.inf
        if several and not plan.coldest + NEAR <= now <= plan.warmest - NEAR:
            return Ending.TEMPERATURE_RANGE
        cold = abs(now - ctl.T_lo) < abs(now - ctl.T_hi)  # the limit that was met, by whatever it was missed
        if not several and (ctl.T_lo == plan.coldest if cold else ctl.T_hi == plan.warmest):
            return Ending.TEMPERATURE_RANGE
    return ending


def passed(run, step, t, states) -> tuple[float, float, float, float]:
    """Charge delivered and taken in [A.h] and the same of energy [W.h], each not below 0, of a step's rows."""
    plan = run.plan
    if not may_turn(step):
        begin, end = states[0], states[-1]
        q, e = (plan.per_hour * float(end[at] - begin[at]) for at in (plan.at_Q, plan.at_E))
        return one_way(q, e)
    few = states.take((plan.at_I, plan.at_Q, plan.at_E), axis=1)
    gained, turns = gains(few, plan.per_hour)
    return moved(few, gained, turns, plan.per_hour, t, lambda row: terminal_voltage(run.sys, states[row]))


def may_turn(step) -> bool:
    """Whether the current may change its sign within a step."""
    return step.control in HELD or isinstance(step.target, Profile)


def one_way(q, e) -> tuple[float, float, float, float]:
    """What `passed` returns of a current that keeps its sign: q [A.h] and e [W.h] were delivered, or taken in."""
    return max(q, 0.0), max(-q, 0.0), max(e, 0.0), max(-e, 0.0)


def gains(few, per_hour):
    """Charge and energy delivered between rows, and taken in (4, rows - 1), and whether the current turns (rows - 1,).

    few (rows, 3 or more): current, charge and energy per area; per_hour: from their unit to A.h and W.h.
    """
    I, both = few[:, 0], np.ascontiguousarray(few[:, 1:3].T)
    net = (both[:, 1:] - both[:, :-1]) * per_hour
    return np.maximum(np.concatenate([net, -net]), 0.0), I[:-1] * I[1:] < 0.0


def moved(few, gained, turns, per_hour, t, voltage) -> tuple[float, float, float, float]:
    """What `passed` returns of current, charge and energy in a step's rows (rows, 3 or more), and of their `gains`.

    voltage: function of a row [V].  Between two rows of opposite current they are parted as if the current changed
    evenly.
    """
    if turns.any():
        I, net, more = few[:, 0], ((few[1:] - few[:-1]) * per_hour).T[1:3].copy(), []
        for k in np.flatnonzero(turns):  # before the current turned [A.h, W.h]
            a, b = I[k], I[k + 1]
            charge = 0.5 * a * abs(a) / (abs(a) + abs(b)) * (t[k + 1] - t[k]) * per_hour
            more.append((charge, charge * voltage(k)))
            net[:, k] -= more[-1]
        net = np.concatenate([net, np.array(more).T], axis=1)
        gained = np.maximum(np.concatenate([net, -net]), 0.0)
    return totals(gained)


def totals(gained) -> tuple[float, float, float, float]:
    """What `passed` returns of the `gains` of a step (4, rows - 1)."""
    delivered, energy, taken, stored = np.add.reduce(gained, axis=1).tolist()
    return delivered, taken, energy, stored


def message_of(ending, V, begin, end, at_once=False) -> str:
    """Why a step ended, at which voltage [V], from its times [s], as a sentence."""
    return f"{'at once ' if at_once else ''}{WORDS[ending]} at {V:.4g} V after {end - begin:.6g} s"


def outcome_of(run, step, ending, t, states, V, label="", index=-1, cycle=0, clock="") -> StepResult:
    """What a step did, from its times [s], its states and its last voltage [V]; label ... clock: as there."""
    begin, end = float(t[0]), float(t[-1])
    at_once = end == begin and not FAILS[ending] and ending != Ending.UNREACHABLE
    message = message_of(ending, V, begin, end, at_once)
    if ending == Ending.SOLVER_TIME_BUDGET:
        given = f"time_budget={run.time_budget:g} s of processor time"
        message += f" ({given}; give more, or a coarser mesh: this one has {states.shape[1]:,} unknowns)"
    if ending == Ending.UNREACHABLE and step.control in HELD:
        message += f" (no current holds this {step.control})"
    return StepResult(
        step.summary,
        ending,
        message,
        begin,
        end,
        *passed(run, step, t, states),
        isinstance(step.target, Profile),
        label,
        index,
        cycle,
        clock,
    )
