"""Lithium at the negative side: how much there is, how well it touches, what grows on it, how hard it is pressed.

Metal and a host, if there is one, share what lithium there is at one potential, U > 0 only where little metal is
left.  That enters the local equation of the foil's volume like the stoichiometry of a particle.  Contact and
pressure are taken as the state foresees them; the interphase grows whatever the current, and is solved for
beforehand.  What leaves and what stays is booked by the integrator's own formulas, so that lithium that can leave,
dead lithium, lithium bound by the interphase and charge passed add up to rounding at all times.
"""

from ...physics.constants import V_LI, F
from ...physics.contact import constriction_resistance, contact_resistance, effective_pressure, pressure_rise
from ...physics.fracture import short_hazard
from ...physics.interphase import growth_rate, layer_resistance, lithium_bound
from ...physics.kinetics import end_potential
from ...physics.lithium import (
    active_area,
    creep_rate,
    exhaustion_potential,
    host_loss_rate,
    host_potential,
    metal_at_potential,
    void_rate,
)
from ...physics.mechanics import cycle_rate
from ...physics.transport import arrhenius
from ...support.compile import inner, kernel, part
from ..layout import CRITICAL_CURRENT, views
from ..reference import by_reference
from .temperature import warm

LEAST = 1e-4  # of the vanishing charge, or of a host's capacity, that counts as none
LEAST_PRESSURE = 1e3  # Pa: below, a contact resistance grows no further


@inner
def host(f, s):
    """Potential against lithium of a host filled to the share s [V];  d/ds.  Below 0 a straight line."""
    inside = max(s, 0.0)
    U, slope = host_potential(inside, f.end, f.a, f.p, f.b, f.q)
    end, steeper = end_potential(s)
    return U + slope * (s - inside) + end, slope + steeper


@kernel
def full(foil):
    """Share of the host that is filled where its potential is that of lithium; foil (1,) FOIL."""
    lo, hi = 0.0, 1.5
    while hi - lo > 1e-15:
        s = 0.5 * (lo + hi)
        if s in (lo, hi):
            break
        if host(foil[0], s)[0] > 0.0:
            lo = s
        else:
            hi = s
    return 0.5 * (lo + hi)


@inner
def filled(f, H, N, T, s):
    """Share of a host of H [C/m2] that is filled where host and metal hold N [C/m2] at one potential; s is a guess."""
    lo, hi = -1.0, min(f.full, N / H)
    N = max(N, -0.5 * H)
    for _ in range(200):
        if not lo < s < hi:
            s = 0.5 * (lo + hi)
        U, U_s = host(f, s)
        if U <= 0.0:
            hi = s
            continue
        M, M_U = metal_at_potential(U, f.vanishing, T)
        excess = H * s + M - N
        if excess > 0.0:
            hi = s
        else:
            lo = s
        step = excess / (H + M_U * U_s)
        s -= step
        if abs(step) <= 1e-15:
            break
    return min(max(s, lo), hi)


@inner
def against_lithium(f, N, T, now):
    """Potential against lithium [V] where host and metal hold N [C/m2];  d/dN."""
    if f.vanishing == 0.0:
        return 0.0, 0.0
    if f.host == 0.0:
        some = max(N, LEAST * f.vanishing)
        U, slope = exhaustion_potential(some, f.vanishing, T)
        return U + slope * (N - some), slope
    now.filled = filled(f, now.host, N, T, now.filled)
    U, U_s = host(f, now.filled)
    if U <= 0.0:
        return 0.0, 0.0
    return U, U_s / (now.host + metal_at_potential(U, f.vanishing, T)[1] * U_s)


@inner
def potential(sys, w, j):
    """The same at a reaction current j of the stage at hand [V];  d/dj."""
    f, now = sys.foil[0], w.foil[0]
    per_j = now.out if j > 0.0 else now.out * f.efficiency
    U, U_N = against_lithium(f, now.known - per_j * j, w.at[0], now)
    return U, -per_j * U_N


@inner
def active(sys, s):
    """Share of the touching lithium that voids leave in contact [-], at state s."""
    if sys.foil.size == 0 or sys.foil[0].share == 0.0:
        return 1.0
    return active_area(max(views(sys, s).cell.void, 0.0), sys.foil[0].v_0)[0]


@part
def left(sys, s):
    """Lithium that can leave, in units of what vanishes, or of the excess: 0 where it counts as none.

    Infinite without end: where the metal does not change, or neither unit is known.
    """
    if sys.foil.size == 0:
        return 1e300
    f = sys.foil[0]
    unit = max(f.vanishing, f.host) if f.vanishing > 0.0 else f.start
    return views(sys, s).cell.lithium / unit - LEAST if unit > 0.0 else 1e300


@part
def error_of(sys, d):
    """An error d of a state in voids and interphase, in units of 1 V."""
    if sys.foil.size == 0:
        return 0.0
    f, cell = sys.foil[0], views(sys, d).cell
    return max(abs(cell.void) / f.v_0, abs(cell.layer) / f.weight)


@inner
def metal(f, N, T, now):
    """Lithium that is metal, of N [C/m2]."""
    if f.host == 0.0:
        return N
    now.filled = filled(f, now.host, N, T, now.filled)
    return N - now.host * now.filled


@inner
def pressure(f, cell, T, now):
    """Stack pressure [Pa]: metal, dead lithium and the positive electrode push layers apart."""
    if f.modulus == 0.0:
        return f.P
    N, dead = cell.lithium, cell.dead
    swelling = V_LI / F * (metal(f, N, T, now) + dead - f.start) + f.breathing * (N + dead + cell.bound - f.start)
    return max(f.P + pressure_rise(swelling, f.modulus, f.height, f.compliance)[0], LEAST_PRESSURE)


@inner
def grown(f, hg, before, L, T):
    """Thickness of the interphase at the end of a stage [m]; L is a guess."""
    k_p = f.k_p * arrhenius(f.E_k, T, f.T_ref)
    if hg == 0.0 or k_p == 0.0:
        return before
    for _ in range(100):
        rate, slope = growth_rate(max(L, 0.0), k_p, f.k_l)
        step = (L - before - hg * rate) / (1.0 - hg * slope)
        L -= step
        if abs(step) <= 1e-14 * abs(L):
            break
    return L


@inner
def foresee(sys, hg, s_hat, s, w):
    """Before a stage of a system with a FOIL: interphase, contact, pressure, and lithium there before the reaction."""
    f, now, past, cell = sys.foil[0], w.foil[0], views(sys, s_hat).cell, views(sys, s).cell
    before = past.layer
    L = grown(f, hg, before, cell.layer, w.at[0]) if past.lithium > 0.0 else before
    cell.layer = L
    now.known = past.lithium - lithium_bound(L - before, f.bound, 1.0, 1.0)[0]
    now.out = hg * f.theta
    now.host = views(sys, s).host[0] if sys.counts.hosts > 0 else f.host
    now.active = active(sys, s)
    now.P = pressure(f, cell, w.at[0], now)
    P = max(effective_pressure(now.P, max(now.P, f.P_most), f.memory)[0], LEAST_PRESSURE)
    series = contact_resistance(f.contact, P, f.P_ref, f.m, now.active)[0]
    if f.spots > 0.0:
        series += constriction_resistance(f.kappa, f.spots, f.theta * now.active)[0]
    now.R = (f.film + resistance(f, L)) / now.active + f.theta * series


@inner
def resistance(f, L):
    """Of the grown interphase, per area that touches [Ohm m2]."""
    return layer_resistance(L, f.sigma)[0] if f.sigma > 0.0 else 0.0


@inner
def book(sys, hg, s_hat, s, w):
    """The end of the state that belongs to lithium, over one implicit stage of a system with a FOIL."""
    f, now, past, cell = sys.foil[0], w.foil[0], views(sys, s_hat).cell, views(sys, s).cell
    lost = (1.0 - f.efficiency) * max(-cell.I, 0.0)
    cell.lithium = now.known - hg * (cell.I + lost)
    cell.dead = past.dead + hg * lost
    cell.bound = past.bound + lithium_bound(cell.layer - past.layer, f.bound, 1.0, 1.0)[0]
    if f.share > 0.0:
        closing = creep_rate(now.P, w.at[0], f.creep, f.n, f.P_creep, f.E)[0]
        cell.void = max(past.void + hg * void_rate(cell.I, 1.0, f.share, closing)[0], 0.0)
    if sys.counts.hosts > 0:
        fade(sys, hg, s_hat, s, w)
    if sys.counts.hazards > 0:
        density = max(-cell.I, 0.0) / active(sys, s)
        hazard = short_hazard(density, sys.heat.critical * w.rate[CRITICAL_CURRENT], f.hazard, f.power)[0]
        views(sys, s).hazard[0] = views(sys, s_hat).hazard[0] + hg * hazard * max(-cell.I, 0.0)


@inner
def fade(sys, hg, s_hat, s, w):
    """The host loses capacity, and the lithium in what it loses is dead: the end of a stage of a host that fades."""
    f, now, past, y = sys.foil[0], w.foil[0], views(sys, s_hat), views(sys, s)
    cycles = hg * cycle_rate(y.cell.I, f.cycle)[0]
    y.host[0] = past.host[0] / (1.0 - cycles * host_loss_rate(1.0, f.fade)[1])
    held = filled(f, now.host, y.cell.lithium, w.at[0], now.filled)
    taken = -cycles * host_loss_rate(y.host[0], f.fade)[0] * max(held, 0.0)
    y.cell.lithium -= taken
    y.cell.dead += taken


@kernel
def potential_at_rest(foil, N, T, now):
    """Potential against lithium [V] of a foil that holds N [C/m2]; foil (1,) FOIL, now (1,) TOUCH."""
    now[0].host = foil[0].host
    return against_lithium(foil[0], N, T, now[0])[0]


@kernel
def lithium_states(sys, states, w, out):
    """Of states (times, N) into out (times, 5).

    Lithium that is metal and in the host [C/m2], active share of the contact, pressure [Pa], resistance of the
    interphase per electrode area [Ohm m2].
    """
    sys, w = by_reference(sys), by_reference(w)
    f, now = sys.foil[0], w.foil[0]
    for i in range(states.shape[0]):
        s = states[i]
        y = views(sys, s)
        warm(sys, y.T[0], w)
        foresee(sys, 0.0, s, s, w)
        out[i, 0] = metal(f, y.cell.lithium, w.at[0], now)
        out[i, 1] = y.cell.lithium - out[i, 0]
        out[i, 2], out[i, 3] = now.active, now.P
        out[i, 4] = resistance(f, y.cell.layer) / f.theta
