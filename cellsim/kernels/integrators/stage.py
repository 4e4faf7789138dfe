"""What the integrator asks of a model: one implicit stage, the voltage, what its control measures."""

from ...support.compile import inner, kernel, part
from ..equations import ageing, porous, thin_film
from ..equations import spme as single_flux
from ..equations.electrode.double_layer import book_layers, foresee_layers
from ..equations.held_controls import held, terminals, to_collector
from ..equations.interface import book_hysteresis, foresee_hysteresis
from ..equations.lithium_metal import book, foresee
from ..equations.temperature import warm
from ..equations.thermal import balance, balance_of_nodes, critical
from ..layout import CRITICAL, CURRENT, POROUS, POWER, RESISTANCE, SINGLE_FLUX, VOLTAGE, unchanging, views


@part
def voltage(sys, s):
    """Terminal voltage of a state [V]."""
    y = views(sys, s)
    return terminals(sys, y.phi_s[y.phi_s.size - 1], y.cell.I, to_collector(sys, y.R_end))[0]


@kernel
def terminal_voltage(sys, s):
    """The same, to be called from Python."""
    return voltage(sys, s)


@inner
def measured(sys, ctl, s, w):
    """What the control of a step acts on, at state s, in the unit of its target."""
    y, V = views(sys, s), voltage(sys, s)
    I = y.cell.I
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
    return held(sys, 0.0, ctl, y.T, s, V, w)


@inner
def solve(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """One implicit stage of whichever model, then the charge and energy it passes, its heat and its lithium.

    The material is taken at the temperature that s foresees, lithium with the contact and the pressure that it
    foresees, which is as accurate as the step itself.
    """
    past, y = views(sys, s_hat), views(sys, s)
    warms, changes = sys.heat.capacity > 0.0, sys.foil.size > 0  # asked here: a call takes longer than the question
    ages, lags, layered = sys.ageing.size > 0, sys.hysteresis.size > 0, sys.counts.layers > 0
    if warms:
        warm(sys, y.T[0], w)
    if changes:
        foresee(sys, hg, s_hat, s, w)
        if y.cell.layer < 0.0:  # a long step beyond the history of a root of time
            return 0
    if ages:
        ageing.foresee(sys, hg, s_hat, s, w)
    if lags:
        foresee_hysteresis(sys, hg, s_hat, w)
    if layered:
        foresee_layers(sys, hg, s_hat, s, w)
    if sys.model == POROUS:
        n = porous.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    elif sys.model == SINGLE_FLUX:
        n = single_flux.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    else:
        n = thin_film.solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol)
    V = voltage(sys, s)
    y.cell.Q = past.cell.Q + hg * y.cell.I
    y.cell.E = past.cell.E + hg * y.cell.I * V
    if warms:
        if sys.counts.temperatures > 1:
            balance_of_nodes(sys, hg, ctl, s_hat, s, V, w)
        else:
            balance(sys, hg, ctl, s_hat, s, V, w)
    else:
        y.T[0], y.cell.made, y.cell.lost, y.cell.heated = sys.T, 0.0, 0.0, 0.0
    for i in range(unchanging(sys), s.size):
        s[i] = s_hat[i]
    if changes:
        book(sys, hg, s_hat, s, w)
    if lags:
        book_hysteresis(sys, s, w)
    if layered:
        book_layers(sys, s, w)
    if ages:
        ageing.even(sys, hg, s_hat, s, w)
        ageing.book(sys, hg, s_hat, s, w)
    return n
