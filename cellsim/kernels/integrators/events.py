"""What ends a step: how far away every ending is, and what it was that stopped the integrator."""

import numpy as np

from ...errors import Ending
from ...support.compile import inlined, inner, part
from ..equations.heat.network import margin
from ..equations.lithium_metal import left
from ..equations.temperature import warm
from ..equations.thermal import critical, plating
from ..equations.wearing.geometry import least_material, least_pores
from ..layout import CURRENT, PLATING, POWER, RESISTANCE, TEMPERATURE, VOLTAGE, aimed, copy, surface, views
from ..scratch import EVENTS
from .stage import measured, solve, voltage

TOL = 0.2  # Newton's last correction, in units of the error tolerance
DRY = 1e5  # times what counts as depleted: where the integrator gets no further with so little salt, it is why
SPENT = 1e-6  # of the initial salt: none, at a foil
TURNS, FURTHER = 8, 4.0  # parabolas to find an extremum by, and their widths that one may be away at a time
NEXT_TO = 1e-5  # V, or stoichiometry at the surface of a particle: within an instant of a limit
RUNNING = -1  # a status from 0 up is the number of an errors.Ending:
(
    LOWER_VOLTAGE,
    UPPER_VOLTAGE,
    CURRENT_REACHED,
    CAPACITY,
    EMPTY,
    FULL,
    DEPLETED,
    TEMPERATURE_REACHED,
    PLATING_REACHED,
    CRITICAL_REACHED,
    EXHAUSTED,
    UNREACHABLE,
    STEP_TOO_SMALL,
    CLOGGED,
    MATERIAL_LOST,
) = map(
    int,
    (
        Ending.LOWER_VOLTAGE,
        Ending.UPPER_VOLTAGE,
        Ending.CURRENT,
        Ending.CAPACITY,
        Ending.PARTICLE_EMPTY,
        Ending.PARTICLE_FULL,
        Ending.ELECTROLYTE_DEPLETED,
        Ending.TEMPERATURE,
        Ending.PLATING_MARGIN,
        Ending.CRITICAL_CURRENT,
        Ending.LITHIUM_EXHAUSTED,
        Ending.UNREACHABLE,
        Ending.SOLVER_STEP_TOO_SMALL,
        Ending.PORES_CLOGGED,
        Ending.MATERIAL_LOST,
    ),
)


@part
def first_of(g):
    """Ending with the smallest margin."""
    which, least = 0, g[0]
    for i in range(1, EVENTS):
        if g[i] < least:
            which, least = i, g[i]
    return which


@inner
def leaving(sys, s, p):
    """Current of lithium that leaves particle p, summed over its volumes [A/m2 of electrode]; below 0 it enters."""
    total, j = 0.0, views(sys, s).j
    for i in range(sys.volume.size):
        if sys.volume[i].particle == p:
            total += sys.volume[i].area * j[i]
    return total


@inner
def fills(sys, s, x_edge):
    """Least and most filled surface of volumes with several kinds of particle, as `closest` has them of all.

    Where one kind is empty the others give lithium: the fullest counts, or of what is full the emptiest.
    """
    y, n, least, most = views(sys, s), sys.volume.size, np.inf, -np.inf
    for i in range(n):
        v, empty, full, leaves = sys.volume[i], -np.inf, np.inf, 0.0
        for k in range(v.kinds):
            x = surface(sys, y.x, v.particle + k)
            empty, full = max(empty, x), min(full, x)
            leaves += sys.grain[v.particle + k].share * y.j[k * n + i]
        if v.kinds > 0 and not (empty <= x_edge and leaves <= 0.0 or full >= 1.0 - x_edge and leaves >= 0.0):
            least, most = min(least, empty), max(most, full)
    return least, most


@part
def closest_here(sys, ctl, s, q_start, w, g):
    """Margins to all endings into g (EVENTS,), by their numbers; positive while the step runs, of order one.

    Returns which one is the smallest.
    """
    y, V = views(sys, s), voltage(sys, s)
    I, now, c = y.cell.I, y.T[0], y.c_e
    if sys.heat.capacity > 0.0:  # asked here: a call takes longer than the question
        warm(sys, now, w)
    for i in range(EVENTS):
        g[i] = np.inf
    if ctl.mode != VOLTAGE:
        reversed_by_load = V < 0.0 and (ctl.mode == RESISTANCE or ctl.mode == POWER)  # discharged beyond zero
        if I > 0.0 or reversed_by_load:
            g[LOWER_VOLTAGE] = V - ctl.v_lo
        elif I < 0.0:
            g[UPPER_VOLTAGE] = ctl.v_hi - V
        g[LOWER_VOLTAGE] = min(g[LOWER_VOLTAGE], V - ctl.v_below)
        g[UPPER_VOLTAGE] = min(g[UPPER_VOLTAGE], ctl.v_above - V)
    if (ctl.mode == VOLTAGE or ctl.mode >= PLATING) and ctl.i_end > 0.0:
        g[CURRENT_REACHED] = abs(I) / ctl.i_end - 1.0
    if ctl.i_top < np.inf:
        g[CURRENT_REACHED] = min(g[CURRENT_REACHED], 1.0 - abs(I) / ctl.i_top)
    if ctl.q_hi < np.inf or ctl.q_lo > -np.inf:
        passed = y.cell.Q - q_start
        g[CAPACITY] = min(ctl.q_hi - passed, passed - ctl.q_lo) / (1.0 + min(abs(ctl.q_hi), abs(ctl.q_lo)))
    least, most, salt = np.inf, -np.inf, np.inf
    several = sys.counts.kinds > 1
    if several:
        least, most = fills(sys, s, ctl.x_edge)
    for p in range(0 if several else sys.grain.size):
        x = surface(sys, y.x, p)
        if x <= ctl.x_edge and leaving(sys, s, p) <= 0.0 or x >= 1.0 - ctl.x_edge and leaving(sys, s, p) >= 0.0:
            continue  # at an end of its range, and not driven beyond
        least, most = min(least, x), max(most, x)
    for i in range(c.size):
        salt = min(salt, c[i])
    g[EMPTY], g[FULL] = least - ctl.x_edge, 1.0 - ctl.x_edge - most
    if ctl.c_edge > 0.0:
        g[DEPLETED] = salt / ctl.c_edge - 1.0
    if sys.counts.temperatures > 1:
        g[TEMPERATURE_REACHED] = margin(ctl, y.T)
    else:
        g[TEMPERATURE_REACHED] = min(min(ctl.T_hi, ctl.T_top) - now, now - ctl.T_lo)
    if ctl.plating > -np.inf:
        g[PLATING_REACHED] = plating(sys, s, w)[0] - ctl.plating
    if ctl.critical > -np.inf:
        scale = max(sys.heat.critical, 1.0)
        g[CRITICAL_REACHED] = critical(sys, s, w) / scale - ctl.critical / scale
    if I > 0.0:
        g[EXHAUSTED] = left(sys, s)
    if sys.ageing.size > 0:
        g[CLOGGED] = least_pores(sys, s, w)
        if sys.counts.loss > 0:
            g[MATERIAL_LOST] = least_material(sys, s)
    return first_of(g)


@inner
def closest(sys, ctl, s, q_start, w, g):
    """As `closest_here`, which is compiled into where it is called all the time."""
    return closest_here(sys, ctl, s, q_start, w, g)


@part
def between(before, after, g_before, g_after):
    """Where to look for a margin of 0, by regula falsi: a margin g_before > 0 there, g_after <= 0 here."""
    return before + (after - before) * min(max(g_before / (g_before - g_after), 0.01), 0.99)


@part
def narrowed(when, g, before, after, g_before, g_after, kept):
    """The interval with the margin g at a moment inside as one of its ends; Illinois: an end that is kept for the
    second time counts half.  Returns before, after, g_before, g_after, and which end was kept.
    """
    if g < 0.0:
        return before, when, (0.5 if kept < 0 else 1.0) * g_before, g, -1
    return when, after, g, (0.5 if kept > 0 else 1.0) * g_after, 1


@inlined
def at_peak_power(sys, ctl, s, w, rtol):
    """Whether the cell gives all the power it can: 0.1 % more current, less than 0.01 % more power."""
    more, I = w.spare, views(sys, s).cell.I
    copy(s, more)
    if solve(sys, 0.0, aimed(ctl, CURRENT, 1.001 * I), s, more, w, rtol, 1e-4 * TOL) == 0:
        return False
    return views(sys, more).cell.I * voltage(sys, more) < 1.0001 * I * voltage(sys, s)


@inlined
def at_turning_point(sys, ctl, s, w, rtol):
    """Whether the held temperature has an extremum at a current near the present one, so that none may hold it.

    Near: within 5 %, or a hundredth of the current that the search begins with, by the parabola through three points.
    Further on, as a time step gets there before it fails, only if what is held is on the same side of its target all
    the way, and at the extremum.
    """
    more, I = w.spare, views(sys, s).cell.I
    by, here = max(0.05 * abs(I), 0.01 * abs(ctl.i_begin)), measured(sys, ctl, s, w) - ctl.target
    first = here
    for turn in range(TURNS):
        rise, bend = 0.0, 0.0
        for k in range(2):
            sign = 1.0 - 2.0 * k
            copy(s, more)
            if solve(sys, 0.0, aimed(ctl, CURRENT, I + sign * by), s, more, w, rtol, 1e-4 * TOL) == 0:
                return False
            change = measured(sys, ctl, more, w) - ctl.target - here
            rise, bend = rise + sign * change, bend + change
        if abs(rise) < 2.0 * abs(bend):
            return turn == 0 or first * (here - 0.125 * rise * rise / bend) > 0.0
        if first * bend <= 0.0:
            return False
        I -= by * min(max(0.5 * rise / bend, -FURTHER), FURTHER)
        copy(s, more)
        if solve(sys, 0.0, aimed(ctl, CURRENT, I), s, more, w, rtol, 1e-4 * TOL) == 0:
            return False
        here = measured(sys, ctl, more, w) - ctl.target
        if first * here <= 0.0:
            return False
    return False


@inner
def dry_foil(sys, s):
    """Whether no salt is left at a foil: a given current drives the voltage beyond every limit there."""
    c = views(sys, s).c_e
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
    I = views(sys, s).cell.I
    if min(g[LOWER_VOLTAGE], g[UPPER_VOLTAGE]) < NEXT_TO:
        return LOWER_VOLTAGE if g[LOWER_VOLTAGE] < g[UPPER_VOLTAGE] else UPPER_VOLTAGE
    if min(g[EMPTY], g[FULL]) < NEXT_TO:
        return EMPTY if g[EMPTY] < g[FULL] else FULL
    if g[DEPLETED] < DRY:
        return DEPLETED
    if g[EXHAUSTED] < 1e-2:
        return EXHAUSTED
    if ctl.mode == CURRENT and I != 0.0 and dry_foil(sys, s):
        return LOWER_VOLTAGE if I > 0.0 else UPPER_VOLTAGE
    if ctl.mode == POWER and I > 0.0 and at_peak_power(sys, ctl, s, w, rtol):
        return UNREACHABLE
    if ctl.mode == TEMPERATURE and at_turning_point(sys, ctl, s, w, rtol):
        return UNREACHABLE
    return STEP_TOO_SMALL
