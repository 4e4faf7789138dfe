"""What a step did: why it ended, and what passed."""

import math

import numpy as np

from ..errors import Ending
from ..kernels.integrators.stage import terminal_voltage
from ..kernels.layout import unknowns
from ..protocols import Profile
from ..protocols.quantities import HELD
from .control import temperature_range
from .history.step import StepResult

NEAR = 1e-6  # K from the end of a range is at it


def finite(t, states, before, ending):
    """Times, states and ending of a step, up to the first number that is not finite, which is a failure of the solver.

    If that is in the first row, the state `before` the step is left.
    """
    if math.isfinite(states.sum()) and math.isfinite(t.sum()):
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
        now = unknowns(run.sys, end).T[0]
        coldest, warmest = temperature_range(run)
        if ctl.T_lo == coldest and now < coldest + NEAR or ctl.T_hi == warmest and now > warmest - NEAR:
            return Ending.TEMPERATURE_RANGE
    return ending


def _passed(run, step, t, states) -> tuple[float, float, float, float]:
    """Charge delivered and taken in [A.h] and the same of energy [W.h], each not below 0, of a step's rows.

    Between two rows of opposite current they are parted as if the current changed evenly.
    """
    per_hour, cell = run.area / 3600.0, unknowns(run.sys, states).cell
    if step.control not in HELD and not isinstance(step.target, Profile):  # the current keeps its sign
        q, e = (float(cell[name][-1] - cell[name][0]) * per_hour for name in ("Q", "E"))
        return max(q, 0.0), max(-q, 0.0), max(e, 0.0), max(-e, 0.0)
    I, net = cell["I"], np.stack([np.diff(cell[name]) * per_hour for name in ("Q", "E")], axis=1)
    at = np.flatnonzero(I[:-1] * I[1:] < 0.0)
    a, b = I[at], I[at + 1]
    charge = 0.5 * a * np.abs(a) / (np.abs(a) + np.abs(b)) * (t[at + 1] - t[at]) * per_hour  # before the current turned
    V = np.array([terminal_voltage(run.sys, states[k]) for k in at])
    first = np.stack([charge, charge * V], axis=1)
    net[at] -= first
    parts = np.concatenate([net, first])
    out, back = np.maximum(parts, 0.0).sum(axis=0), np.maximum(-parts, 0.0).sum(axis=0)
    return float(out[0]), float(back[0]), float(out[1]), float(back[1])


def outcome_of(run, step, ending, t, states, V, label="", index=-1, cycle=0, clock="") -> StepResult:
    """What a step did, from its times [s], its states and its last voltage [V]; label ... clock: as there."""
    at_once = t[-1] == t[0] and not ending.is_failure and ending != Ending.UNREACHABLE
    message = f"{'at once ' if at_once else ''}{ending.sentence} at {V:.4g} V after {t[-1] - t[0]:.6g} s"
    if ending == Ending.SOLVER_TIME_BUDGET:
        message += f" (time_budget={run.time_budget:g} s of processor time; give more)"
    return StepResult(
        step.summary,
        ending,
        message,
        float(t[0]),
        float(t[-1]),
        *_passed(run, step, t, states),
        isinstance(step.target, Profile),
        label,
        index,
        cycle,
        clock,
    )
