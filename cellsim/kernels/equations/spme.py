"""SPMe: one particle per electrode, the reaction spread evenly, salt resolved in space.

The particles, c_e and the terminal current are solved for together; the potentials follow in
closed form.  Equations: Marquis et al., J. Electrochem. Soc. 166 (2019) A3693, in the composite
form: properties of the electrolyte in the ohmic drop at its mean concentration.
"""

import numpy as np

from ...numerics.table import blend, locate
from ...physics.constants import F
from ...physics.kinetics import overpotential
from ...support.compile import inner, part
from ..layout import (
    CHI,
    CONDUCTIVITY,
    CRITICAL,
    CURRENT,
    DIFFUSION,
    FILM,
    LAWS_PER_SIDE,
    RATE,
    SHAPE_C,
    SHAPE_X,
    shells,
    views,
)
from . import side_reactions
from .held_controls import control_residual, imposed
from .interface import open_circuit, within_edges
from .lithium_metal import potential
from .particle import factorise, fill, respond, substitute
from .porous import electrolyte

MAX_ITERATIONS = 40


@inner
def mean_log(sys, side, salt):
    """Average of ln c_e over the volumes of one electrode."""
    total, length = 0.0, 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            total += sys.volume[i].dx * salt[i].ln_c
            length += sys.volume[i].dx
    return total / length


@inner
def surface_area(sys, side):
    """Reacting surface of one electrode per electrode area [-]."""
    total = 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            total += sys.volume[i].area
    return total


@inner
def first_of(sys, side):
    """Index of the first volume of an electrode."""
    i = 0
    while sys.volume[i].side != side:
        i += 1
    return i


@inner
def beneath(sys, w, side, j, alpha, beta, c):
    """Potential of an electrode beneath its film, averaged over its volumes [V];  d/dj;  film resistance [Ohm m2]."""
    first = first_of(sys, side)
    x = alpha + beta * j
    at = locate(sys.laws.solid, x)
    U, U_x = open_circuit(sys.laws.solid, w.by_solid, side, x, at)
    dU = U_x * beta
    f, df = blend(sys.laws.solid, LAWS_PER_SIDE * side + SHAPE_X, at, w.by_solid)
    total, slope, length, salt = 0.0, 0.0, 0.0, sys.laws.salt
    R_f, active = sys.volume[first].R_f, 1.0
    if sys.volume[first].particle < 0 and sys.foil.size > 0:
        R_f, active = w.foil[0].R, w.foil[0].active
        more, steeper = potential(sys, w, j)
        U, dU = U + more, steeper
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            g, _ = blend(salt, SHAPE_C + side, locate(salt, np.sqrt(c[i])), w.by_salt)
            i_ref = sys.volume[i].i_ref * active * w.rate[RATE + side]
            i0, i0_x, _ = within_edges(i_ref, x, f, df, c[i] / sys.c_ref, g, 0.0)
            eta, eta_j, eta_i0 = overpotential(j, i0, w.at[0])
            total += sys.volume[i].dx * eta
            slope += sys.volume[i].dx * (eta_j + eta_i0 * i0_x * beta)
            length += sys.volume[i].dx
    return U + total / length, dU + slope / length, R_f * w.rate[FILM + side]


@inner
def mean_salt(sys, side, c):
    """Salt concentration averaged over the volumes of an electrode."""
    total, length = 0.0, 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            total += sys.volume[i].dx * c[i]
            length += sys.volume[i].dx
    return total / length


@inner
def react(sys, w, side, flux, c, j):
    """Interface voltage of an electrode [V] that takes the current `flux`;  d/dflux;  its last change [V].

    Linearised at the j of its volumes.  Side reactions take what j, which is corrected, does not.
    """
    first = first_of(sys, side)
    local, now, old = w.local[first], w.side[0, first], j[first]
    v, v_j, film = beneath(sys, w, side, old, local.alpha, local.beta, c)
    a, T = sys.ageing[side], w.at[0]
    more, per_j, _ = side_reactions.add_to(a, now, old, v, v_j, 0.0, mean_salt(sys, side, c), T)
    dj = (flux - old - more) / (1.0 + per_j)
    side_reactions.follow(now, dj, 0.0)
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            j[i] = old + dj
            w.side[0, i].sei, w.side[0, i].cr, w.side[0, i].pl = now.sei, now.cr, now.pl
    return v + v_j * dj + film * flux, v_j / (1.0 + per_j) + film, abs(v_j * dj)


@inner
def electrolyte_drop(sys, c, w):
    """Rise of phi_e from mean negative to mean positive at no current [V], and resistance [Ohm m2].

    The resistance includes the solid phases and whatever is in series.
    """
    volume, mean = 0.0, 0.0
    for i in range(sys.volume.size):
        pores = sys.volume[i].eps * sys.volume[i].dx
        volume += pores
        mean += pores * c[i]
    at = locate(sys.laws.salt, np.sqrt(mean / volume))
    K, _ = blend(sys.laws.salt, CONDUCTIVITY, at, w.by_salt)
    chi, _ = blend(sys.laws.salt, CHI, at, w.by_salt)
    resistance = sys.R_series
    for i in range(sys.volume.size):
        share = 1.0
        if sys.volume[i].side >= 0:
            share = 1.0 / 3.0  # the ionic current falls linearly across the electrode
            resistance += share * sys.volume[i].dx / sys.volume[i].sigma
        resistance += share * sys.volume[i].dx / (sys.volume[i].tau * K)
    return chi * (mean_log(sys, 1, w.salt) - mean_log(sys, 0, w.salt)), resistance


@part
def salt_step(sys, hg, c_hat, c, by_side, w):
    """One Newton step of the salt balance for given currents of all reactions of either side; its relative size."""
    n = sys.volume.size
    lower, diag, upper, r = w.block[:, 0, 0], w.block[:, 0, 1], w.block[:, 0, 2], w.block[:, 0, 3]
    for i in range(n):
        root = np.sqrt(c[i])
        electrolyte(sys.laws.salt, w.by_salt, sys.t_ref, c[i], root, locate(sys.laws.salt, root), w.salt[i])
    diag[0], r[0], i_e = 0.0, 0.0, 0.0
    for i in range(n):
        v = sys.volume[i]
        diag[i] += v.eps * v.dx
        j = 0.0 if v.side < 0 else by_side[v.side]
        r[i] += -v.eps * v.dx * (c[i] - c_hat[i]) + hg * (1.0 - sys.t_ref) / F * v.area * j
        i_e += v.area * j
        if i == n - 1:
            break
        a, b = w.salt[i], w.salt[i + 1]
        q = v.across
        flux = hg * (q * (a.W - b.W) + 0.5 * (a.t + b.t) / F * i_e)
        d_l = hg * (q * a.D + 0.5 * a.t_c / F * i_e)
        d_r = hg * (0.5 * b.t_c / F * i_e - q * b.D)
        r[i] -= flux
        r[i + 1] = flux
        diag[i] += d_l
        upper[i], lower[i + 1], diag[i + 1] = d_r, -d_l, -d_r
    for i in range(1, n):
        q = lower[i] / diag[i - 1]
        diag[i] -= q * upper[i - 1]
        r[i] -= q * r[i - 1]
    change, total = 0.0, 0.0
    for i in range(n - 1, -1, -1):
        r[i] = (r[i] - (upper[i] * r[i + 1] if i < n - 1 else 0.0)) / diag[i]
        change = max(change, abs(r[i]) / sys.c_ref)
        total += r[i]
        c[i] = max(c[i] + r[i], 0.1 * c[i])
    return change if abs(total) < 1e300 else np.inf


@inner
def condense(sys, hg, x_hat, x, w, side, i, again):
    """The particle of an electrode whose first volume is i, as alpha + beta j; `again` where D varies only."""
    p, law, local = sys.volume[i].particle, LAWS_PER_SIDE * side + DIFFUSION, w.local[i]
    if p < 0:
        local.alpha, local.beta = 0.5, 0.0
    elif sys.grain[p].varies:
        local.alpha, local.beta = respond(
            sys, p, law, w.by_solid, shells(sys, x_hat, p), shells(sys, x, p), hg, w.inside[p]
        )
    elif not again:
        local.beta = factorise(sys, p, law, w.by_solid, hg, w.sweep[side])
        local.alpha = substitute(shells(sys, x_hat, p), w.sweep[side], w.inside[p])


@part
def solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """As `porous.solve_stage`, for the single-flux model."""
    n = sys.volume.size
    past, y = views(sys, s_hat), views(sys, s)
    x, c, j, cell = y.x, y.c_e, y.j, y.cell
    sign = (1.0, -1.0)
    known = ctl.mode == CURRENT or ctl.mode == CRITICAL
    if known:
        cell.I = imposed(sys, ctl, s, w)
    area, ages = (surface_area(sys, 0), surface_area(sys, 1)), sys.ageing.size > 0
    settled = False  # the current is found; once more for the concentrations that belong to it
    for iteration in range(1, MAX_ITERATIONS + 1):
        V, V_I = 0.0, 0.0
        flux = (cell.I / area[0], -cell.I / area[1])
        for i in range(n):
            side = sys.volume[i].side
            if side >= 0 and not (ages and sys.volume[i].particle >= 0):
                j[i] = flux[side]
        change = salt_step(sys, hg, past.c_e, c, flux, w)
        if not change < 1e12:
            return 0
        for side in range(2):
            first = first_of(sys, side)
            p, local = sys.volume[first].particle, w.local[first]
            condense(sys, hg, past.x, x, w, side, first, iteration > 1)
            if ages and p >= 0:
                v, v_j, moved = react(sys, w, side, flux[side], c, j)
                change = max(change, moved)
            else:
                v, v_j, film = beneath(sys, w, side, j[first], local.alpha, local.beta, c)
                v, v_j = v + film * j[first], v_j + film
            if p >= 0:
                last = local.alpha + local.beta * j[first]
                change = max(change, fill(w.inside[p], last, shells(sys, x, p)))
            V -= sign[side] * v
            V_I -= v_j / area[side]
        rise, resistance = electrolyte_drop(sys, c, w)
        V += rise - resistance * cell.I
        V_I -= resistance
        res, res_I, res_V = control_residual(ctl, cell.I, V)
        dI = 0.0 if settled or known else -res / (res_I + res_V * V_I)
        cell.I += dI
        change = max(change, abs(dI * V_I)) / rtol
        if not (change < 1e12 and abs(V) < 1e12):  # the largest of several numbers may hide a NaN
            return 0
        y.phi_s[n - 1] = V + V_I * dI  # the terminal voltage; other potentials are not resolved
        if change < tol and (settled or dI == 0.0):
            return iteration
        settled = settled or change < tol
    return 0
