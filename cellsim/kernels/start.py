"""The start of a step: potentials and currents that belong to the concentrations there."""
import numpy as np

from .._jit import inlined, kernel
from .endings import EVENTS, RUNNING, STEP_TOO_SMALL, TOL, UNREACHABLE, closest, diagnose
from .stage import measured, solve
from .system import CURRENT, PLATING, RESISTANCE, TAIL, TEMPERATURE, Q, T, aimed, copy, warm

LEAST_STRIDE = 1e-6  # of the way to the target: there is no further


@inlined
def consistent(sys, ctl, s, hat, new, w, rtol, g):
    """Potentials and currents in s that belong to its concentrations under ctl; returns a status.

    Tries at once, then walks from the present operating point to the one asked for.  Where it
    gets no further, s is left at the last point reached, and the status says what is in the way.
    hat, new (N,): scratch.
    """
    warm(sys, s[s.size - TAIL + T], w)
    goal, start = ctl.target, ctl.target
    if ctl.mode != RESISTANCE or s[s.size - TAIL] != 0.0:  # an open circuit is no resistance to walk from
        start = measured(sys, ctl, s, w)
    copy(s, hat)
    done, stride = 0.0, 1.0
    while done < 1.0:
        stride = min(stride, 1.0 - done)
        part = start + (done + stride) * (goal - start)
        copy(s, new)
        if solve(sys, 0.0, aimed(ctl, ctl.mode, part), hat, new, w, rtol, 1e-4 * TOL) > 0:
            copy(new, s)
            done += stride
            stride *= 2.0
        else:
            stride *= 0.5
            if stride < LEAST_STRIDE:
                what = diagnose(sys, ctl, s, s[s.size - TAIL + Q], w, rtol, g)
                return UNREACHABLE if what == STEP_TOO_SMALL and ctl.mode >= PLATING else what
    return RUNNING


@inlined
def start(sys, ctl, s, hat, new, w, rtol, g):
    """The same at the start of a step, which may end there."""
    status = RUNNING
    if ctl.mode == TEMPERATURE:  # heat rises with the current from a moderate one up, whatever it has been before
        status = consistent(sys, aimed(ctl, CURRENT, ctl.i_begin), s, hat, new, w, rtol, g)
    if status == RUNNING:
        status = consistent(sys, ctl, s, hat, new, w, rtol, g)
    if status == RUNNING:
        which = closest(sys, ctl, s, s[s.size - TAIL + Q], w, g)
        status = which + 1 if g[which] <= 0.0 else RUNNING
    return status


@kernel
def settle(sys, ctl, s, w, rtol):
    """As `consistent`, to be called from Python."""
    return consistent(sys, ctl, s, s.copy(), s.copy(), w, rtol, np.empty(EVENTS))
