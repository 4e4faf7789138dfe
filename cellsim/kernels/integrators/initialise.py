"""The start of a step: potentials and currents that belong to the concentrations there."""

from ...numerics.table import locate
from ...support.compile import inlined, inner, kernel
from ..equations import ageing
from ..equations.interface import open_circuit
from ..equations.lithium_metal import potential
from ..equations.temperature import warm
from ..equations.wearing import geometry
from ..layout import CURRENT, PLATING, POWER, RESISTANCE, TEMPERATURE, aimed, copy, surface, views
from ..reference import by_reference
from .events import LOWER_VOLTAGE, RUNNING, STEP_TOO_SMALL, TOL, UNREACHABLE, UPPER_VOLTAGE, closest, diagnose, dry_foil
from .stage import measured, solve, voltage

LEAST_STRIDE = 1e-6  # of the way to the target: there is no further
MOMENT, LONGEST_MOMENT = 1e-9, 1e-2  # s, within which salt gets to where there is none


@inlined
def consistent(sys, ctl, s, hat, new, w, rtol, g):
    """Potentials and currents in s that belong to its concentrations under ctl; returns a status.

    Tries at once, then walks from the present operating point to the one asked for: a resistance by its
    conductance, which is 0 at open circuit and changes its sign with the current.  Where it gets no further,
    s is left at the last point reached, and the status says what is in the way.
    hat, new (N,): scratch.
    """
    warm(sys, views(sys, s).T[0], w)
    inverse = ctl.mode == RESISTANCE
    if inverse:
        V, goal = voltage(sys, s), 1.0 / ctl.target
        start = views(sys, s).cell.I / V if V != 0.0 else 0.0
    else:
        goal, start = ctl.target, measured(sys, ctl, s, w)
    copy(s, hat)
    done, stride = 0.0, 1.0
    while done < 1.0:
        stride = min(stride, 1.0 - done)
        part = start + (done + stride) * (goal - start)
        copy(s, new)
        aim = aimed(ctl, ctl.mode, 1.0 / part if inverse else part)
        if solve(sys, 0.0, aim, hat, new, w, rtol, 1e-4 * TOL) > 0:
            copy(new, s)
            done += stride
            stride *= 2.0
        else:
            stride *= 0.5
            if stride < LEAST_STRIDE:
                what = diagnose(sys, ctl, s, views(sys, s).cell.Q, w, rtol, g)
                if what != STEP_TOO_SMALL:
                    return what
                if ctl.mode == POWER or inverse:  # also where no current has begun to flow
                    beyond = ctl.v_lo - voltage(sys, s) if ctl.target > 0.0 else voltage(sys, s) - ctl.v_hi
                    if beyond > 0.0:
                        return LOWER_VOLTAGE if ctl.target > 0.0 else UPPER_VOLTAGE
                return UNREACHABLE if ctl.mode >= PLATING or inverse else what
    return RUNNING


@inner
def without_current(sys, s, w):
    """Potentials of s as if nothing flowed and all of either electrode were as next to the separator: a first guess."""
    y = views(sys, s)
    phi_e, phi_s, j = y.phi_e, y.phi_s, y.j
    n, U_n, U_p = sys.volume.size, 0.0, 0.0
    for k in range(n):
        i = n - 1 - k  # of the positive electrode the first volume counts, which comes last
        v = sys.volume[i]
        outside = surface(sys, y.x, v.particle) if v.particle >= 0 else 0.5
        if v.area > 0.0:
            material = sys.grain[v.particle].material if v.particle >= 0 else v.side
            U = open_circuit(sys.laws.solid, w.by_solid, material, outside, locate(sys.laws.solid, outside))[0]
            if v.side == 1:
                U_p = U
            elif i + 1 == n or sys.volume[i + 1].side != 0:
                U_n = U + (potential(sys, w, 0.0)[0] if v.particle < 0 and sys.foil.size > 0 else 0.0)
    for i in range(n):
        phi_e[i], phi_s[i] = -U_n, (U_p - U_n if sys.volume[i].side == 1 else 0.0)
    for i in range(j.size):
        j[i] = 0.0


@inlined
def at_ease(sys, ctl, s, hat, new, w, rtol):
    """The state s a moment after its current has ceased; returns a status.

    Where there is next to no salt, potentials without current may not be found from those with it, nor the next ones
    from these, as the first salt that comes changes them by volts.
    """
    h = MOMENT
    while h < LONGEST_MOMENT:
        copy(s, hat)
        copy(s, new)
        without_current(sys, new, w)
        if solve(sys, h, ctl, hat, new, w, rtol, TOL) > 0:
            copy(new, s)
            return RUNNING
        h *= 10.0
    return STEP_TOO_SMALL


@inlined
def start(sys, ctl, s, hat, new, w, rtol, g):
    """The same at the start of a step, which may end there."""
    status = RUNNING
    if sys.ageing.size > 0:
        geometry.renew(sys, s, w)
    if ctl.mode == TEMPERATURE:  # heat rises with the current from a moderate one up, whatever it has been before
        status = consistent(sys, aimed(ctl, CURRENT, ctl.i_begin), s, hat, new, w, rtol, g)
    if status == RUNNING:
        status = consistent(sys, ctl, s, hat, new, w, rtol, g)
    if ctl.mode == CURRENT and ctl.target == 0.0 and (status != RUNNING or dry_foil(sys, s)):
        status = at_ease(sys, ctl, s, hat, new, w, rtol)
    if status == RUNNING:
        which = closest(sys, ctl, s, views(sys, s).cell.Q, w, g)
        status = which if g[which] <= 0.0 else RUNNING
    return status


@kernel
def settle(sys, ctl, s, w, rtol):
    """As `consistent`, to be called from Python."""
    ctl, w = by_reference(ctl), by_reference(w)
    return consistent(ageing.aged_system(by_reference(sys), s, w), ctl, s, s.copy(), s.copy(), w, rtol, w.margins)
