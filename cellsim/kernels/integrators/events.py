"""What ends a step: how far away every ending is, and what it was that stopped the integrator."""
import numpy as np

from ...support.compile import inlined, inner, part
from ..equations.lithium_metal import left
from ..equations.thermal import critical, plating
from ..layout import CURRENT, PLATING, POWER, TAIL, VOLTAGE, Q, T, aimed, copy, views, warm
from .stage import solve, voltage

TOL = 0.2  # Newton's last correction, in units of the error tolerance
DRY = 1e5  # times what counts as depleted: where the integrator gets no further with so little salt, it is why
SPENT = 1e-6  # of the initial salt: none, at a foil
NEXT_TO = 1e-5  # V, or stoichiometry at the surface of a particle: within an instant of a limit
# a status from 0 up is the ending of the same number in errors.Ending
RUNNING, UNREACHABLE, STEP_TOO_SMALL = -1, 12, 13
EVENTS = 11


@part
def first_of(g):
    """Index of the smallest margin."""
    which = 0
    for i in range(1, EVENTS):
        if g[i] < g[which]:
            which = i
    return which


@inner
def leaving(sys, s, p):
    """Current of lithium that leaves particle p, summed over its volumes [A/m2 of electrode]; below 0 it enters."""
    total, j = 0.0, views(sys, s)[4]
    for i in range(sys.volume.size):
        if sys.volume[i].particle == p:
            total += sys.volume[i].area * j[i]
    return total


def _closest(sys, ctl, s, q_start, w, g):
    """Distance to every ending into g (EVENTS,), positive while the step runs, each in a unit of order one.

    Returns which one is the smallest.
    """
    k = s.size - TAIL
    I, V, now = s[k], voltage(sys, s), s[k + T]
    if sys.heat.capacity > 0.0:  # asked here: a call takes longer than the question
        warm(sys, now, w)
    particles, c, _, _, _ = views(sys, s)
    for i in range(EVENTS):
        g[i] = np.inf
    if ctl.mode != VOLTAGE:
        if I > 0.0:
            g[0] = V - ctl.v_lo
        elif I < 0.0:
            g[1] = ctl.v_hi - V
        g[0], g[1] = min(g[0], V - ctl.v_below), min(g[1], ctl.v_above - V)
    if (ctl.mode == VOLTAGE or ctl.mode >= PLATING) and ctl.i_end > 0.0:
        g[2] = abs(I) / ctl.i_end - 1.0
    if ctl.i_top < np.inf:
        g[2] = min(g[2], 1.0 - abs(I) / ctl.i_top)
    if ctl.q_hi < np.inf or ctl.q_lo > -np.inf:
        passed = s[k + Q] - q_start
        g[3] = min(ctl.q_hi - passed, passed - ctl.q_lo) / (1.0 + min(abs(ctl.q_hi), abs(ctl.q_lo)))
    least, most, salt = np.inf, -np.inf, np.inf
    for p in range(sys.grain.size):
        x = particles[(p + 1) * sys.shell.size - 1]
        if x <= ctl.x_edge and leaving(sys, s, p) <= 0.0 or x >= 1.0 - ctl.x_edge and leaving(sys, s, p) >= 0.0:
            continue  # at an end of its range, and not driven beyond
        least, most = min(least, x), max(most, x)
    for i in range(c.size):
        salt = min(salt, c[i])
    g[4], g[5] = least - ctl.x_edge, 1.0 - ctl.x_edge - most
    if ctl.c_edge > 0.0:
        g[6] = salt / ctl.c_edge - 1.0
    g[7] = min(ctl.T_hi - now, now - ctl.T_lo)
    if ctl.plating > -np.inf:
        g[8] = plating(sys, s, w)[0] - ctl.plating
    if ctl.critical > -np.inf:
        g[9] = critical(sys, s, w) / max(sys.heat.critical, 1.0) - ctl.critical / max(sys.heat.critical, 1.0)
    if I > 0.0:
        g[10] = left(sys, s)
    return first_of(g)


closest, closest_here = inner(_closest), part(_closest)  # compiled into where it is called all the time


@inlined
def at_peak_power(sys, ctl, s, w, rtol):
    """Whether the cell gives all the power it can: 0.1 % more current, less than 0.01 % more power."""
    k = s.size - TAIL
    more = w.spare
    copy(s, more)
    if solve(sys, 0.0, aimed(ctl, CURRENT, 1.001 * s[k]), s, more, w, rtol, 1e-4 * TOL) == 0:
        return False
    return more[k] * voltage(sys, more) < 1.0001 * s[k] * voltage(sys, s)


@inner
def dry_foil(sys, s):
    """Whether no salt is left at a foil: a given current drives the voltage beyond every limit there."""
    c = views(sys, s)[1]
    for i in range(c.size):
        v = sys.volume[i]
        if v.area > 0.0 and v.particle < 0 and c[i] < SPENT * sys.c_ref:
            return True
    return False


@inner
def diagnose(sys, ctl, s, q_start, w, rtol, g):
    """What stopped the integrator: a physical limit that it has reached but for rounding, or else itself.

    Where the flux is given, of the reduced models and at a foil, the salt falls straight to none.
    """
    closest(sys, ctl, s, q_start, w, g)
    I = s[s.size - TAIL]
    if min(g[0], g[1]) < NEXT_TO:
        return 1 if g[0] < g[1] else 2
    if min(g[4], g[5]) < NEXT_TO:
        return 5 if g[4] < g[5] else 6
    if g[6] < DRY:
        return 7
    if g[10] < 1e-2:
        return 11
    if ctl.mode == CURRENT and I != 0.0 and dry_foil(sys, s):
        return 1 if I > 0.0 else 2
    if ctl.mode == POWER and I > 0.0 and at_peak_power(sys, ctl, s, w, rtol):
        return UNREACHABLE
    return STEP_TOO_SMALL
