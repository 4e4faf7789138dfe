"""What the integrator asks of a model: one implicit stage, the voltage, what its control measures."""
from ...support.compile import inlined, inner, kernel, part
from ..equations import porous, thin_film
from ..equations import spme as single_flux
from ..equations.held_controls import held
from ..equations.lithium_metal import book, foresee
from ..equations.thermal import balance, critical
from ..layout import (
    CRITICAL,
    CURRENT,
    HEATED,
    LAYER,
    LOST,
    MADE,
    POROUS,
    POWER,
    RESISTANCE,
    SINGLE_FLUX,
    TAIL,
    VOLTAGE,
    E,
    Q,
    T,
    warm,
)


@part
def voltage(sys, s):
    """Terminal voltage of a state [V].  Models that do not resolve phi_s keep it in the last one."""
    end = s[s.size - TAIL - sys.volume.size - 1]
    if sys.model == POROUS:
        return end - porous.end_resistance(sys) * s[s.size - TAIL]
    return end


@kernel
def terminal_voltage(sys, s):
    """The same, to be called from Python."""
    return voltage(sys, s)


@inner
def measured(sys, ctl, s, w):
    """What the control of a step acts on, at state s, in the unit of its target."""
    I, V = s[s.size - TAIL], voltage(sys, s)
    if ctl.mode == CURRENT:
        return I
    if ctl.mode == VOLTAGE:
        return V
    if ctl.mode == POWER:
        return I * V
    if ctl.mode == RESISTANCE:
        return V / I
    if ctl.mode == CRITICAL:
        return critical(sys, s, w)
    return held(sys, 0.0, ctl, s[s.size - TAIL + T], s, V, w)


def _solve(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """One implicit stage of whichever model, then the charge and energy it passes, its heat and its lithium.

    The material is taken at the temperature that s foresees, lithium with the contact and the pressure that it
    foresees, which is as accurate as the step itself.
    """
    k = s.size - TAIL
    warms, changes = sys.heat.capacity > 0.0, sys.foil.size > 0  # asked here: a call takes longer than the question
    if warms:
        warm(sys, s[k + T], w)
    if changes:
        foresee(sys, hg, s_hat, s, w)
        if s[k + LAYER] < 0.0:  # a long step beyond the history of a root of time
            return 0
    if sys.model == POROUS:
        n = porous.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    elif sys.model == SINGLE_FLUX:
        n = single_flux.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    else:
        n = thin_film.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    V = voltage(sys, s)
    s[k + Q] = s_hat[k + Q] + hg * s[k]
    s[k + E] = s_hat[k + E] + hg * s[k] * V
    if warms:
        balance(sys, hg, ctl, s_hat, s, V, w)
    else:
        s[k + T], s[k + MADE], s[k + LOST], s[k + HEATED] = sys.T, 0.0, 0.0, 0.0
    if changes:
        book(sys, hg, s_hat, s, w)
    return n


solve, solve_here = inner(_solve), inlined(_solve)  # compiled into where it is called all the time
