"""Porous-electrode theory: one implicit stage of the whole cell.

Every control volume from collector to collector is treated alike; what it is made of is data in
`System`.  Where area = 0 nothing reacts, where sigma = 0 there is no solid phase, and a metal
foil is one thin volume with area = 1.  Unknowns come in three kinds:

    local    reaction currents j, particles, h   eliminated volume by volume
    through  c_e, phi_e, phi_s                   block-tridiagonal sweep
    global   terminal current I                  bordering, one extra right-hand side

Equations: Doyle, Fuller and Newman, J. Electrochem. Soc. 140 (1993) 1526.
"""

import numpy as np

from ...numerics.block_tridiagonal import DIAGONAL, LOWER, RIGHT, UPPER, eliminate, substitute
from ...numerics.grids import log_mean
from ...numerics.table import blend, locate, read
from ...physics.constants import F
from ...physics.kinetics import relaxed
from ...physics.transport import diluted, log_concentration
from ...support.compile import inner, part
from ..layout import (
    CHI,
    CONDUCTIVITY,
    CRITICAL,
    CURRENT,
    DIFFUSION,
    FILM,
    LAWS_PER_SIDE,
    PLATING,
    RATE,
    SALT_DIFFUSION,
    T_PLUS,
    shells,
    views,
)
from . import particle, side_reactions
from .electrode import composite
from .electrode.composite import MILD
from .electrode.conduction import conduct, lagging
from .electrode.double_layer import add_layers, update_layers
from .electrode.terminal_current import BORDER, border_matrix, close_balance
from .held_controls import control_residual, held_current, imposed, terminals, to_collector
from .interface import by_hysteresis, by_sign, reaction
from .lithium_metal import potential

MAX_ITERATIONS = 80
PATIENCE = 15  # iterations of a time step, which can be shortened, while logarithms are far from straight
CURVATURE = 0.002  # Newton's next correction is at least this times the square of the last, in tolerances
LEAST = 1e-14  # molar conductivity [S m2/mol], so that there always is some


@inner
def electrolyte(salt, by, t_ref, c, root, place, out):
    """The integral of D_e, kappa, chi and t_plus - t_ref, each with its slope in c, and ln c, into a row of SALT."""
    dc = 0.5 / root  # slope of the root, over which the laws are tabulated
    if salt.c.shape[1] == by.shape[0]:  # asked once: between the look-ups it would cost a fifth of the whole time
        W, W_r = read(salt, SALT_DIFFUSION, place)
        kappa, kappa_r = read(salt, CONDUCTIVITY, place)
        chi, chi_r = read(salt, CHI, place)
        t, t_r = read(salt, T_PLUS, place)
    else:
        W, W_r = blend(salt, SALT_DIFFUSION, place, by)
        kappa, kappa_r = blend(salt, CONDUCTIVITY, place, by)
        chi, chi_r = blend(salt, CHI, place, by)
        t, t_r = blend(salt, T_PLUS, place, by)
    out.W, out.D, out.kappa, out.kappa_c = W, dc * W_r, kappa, dc * kappa_r
    if kappa < LEAST * c:  # between the knots next to none, or where the sum of a law and its companions is off
        out.kappa, out.kappa_c = LEAST * c, LEAST
    out.per_c = 4.0 * dc * dc
    out.chi, out.chi_c, out.t, out.t_c = chi, dc * chi_r, t - t_ref, dc * t_r
    out.ln_c = log_concentration(c)[0]


@part
def evaluate_laws(sys, c, phi_e, phi_s, j, I, w):
    """What the material gives at every volume: its electrolyte, and its reaction current, linearised.

    The current j + defect + gain (d(phi_s - phi_e) - v_ce dc_e) is exact to first order.
    """
    T, ages, several = w.at[0], sys.ageing.size > 0, sys.counts.kinds > 1
    lags = sys.hysteresis.size > 0
    for i in range(sys.volume.size):
        v, local = sys.volume[i], w.local[i]
        root = np.sqrt(c[i])
        place = locate(sys.laws.salt, root)
        electrolyte(sys.laws.salt, w.by_salt, sys.t_ref, c[i], root, place, w.salt[i])
        if v.area > 0.0 and not (several and v.particle >= 0):
            i_ref, R_f, U, U_j = v.i_ref, v.R_f, 0.0, 0.0
            if v.particle < 0 and sys.foil.size > 0:
                i_ref, R_f = i_ref * w.foil[0].active, w.foil[0].R
                U, U_j = potential(sys, w, j[i])
            if lags and v.particle >= 0:
                U, U_j, _ = by_hysteresis(
                    sys.laws.branches, sys.hysteresis[v.side], w.lag[0, i], v.side, I, j[i], local.alpha, local.beta
                )
            i_ref, film = i_ref * w.rate[RATE + v.side], R_f * w.rate[FILM + v.side]
            V, V_j, V_ce, local.i0 = reaction(
                sys, w, v.side, i_ref, film, j[i], local.alpha, local.beta, c[i], root, place
            )
            V, V_j = V + U, V_j + U_j
            more, per_j, per_c = 0.0, 0.0, 0.0
            if ages and v.particle >= 0:  # beneath the film; the film's drop is that of all currents
                more, per_j, per_c = side_reactions.add_to(
                    sys.ageing[v.side], w.side[0, i], j[i], V - film * j[i], V_j - film, V_ce, c[i], T
                )
                V, V_j, V_ce = V + film * more, V_j + film * per_j, V_ce + film * per_c
            gain = 1.0 / V_j
            local.gain, local.slope = gain, V_j
            local.defect, local.v_ce = gain * (phi_s[i] - phi_e[i] - V), V_ce
            all_j = 1.0 + per_j  # of all reactions per intercalation
            local.flux, local.flux_v = j[i] + more + all_j * local.defect, all_j * gain
            local.flux_c = all_j * gain * V_ce - per_c
    if several:
        composite.react(sys, c, phi_e, phi_s, j, I, w)


@part
def flow(hg, a, b, q, drop_e):
    """Salt (times hg) and ionic current through the face between two volumes.

    a, b: rows of SALT left and right; q: conductance per unit of conductivity; drop_e: fall of phi_e.
    Salt with its partials in c to the left and right and in phi_e to the left; then the same of the current.
    """
    g, g_l, g_r = log_mean(a.kappa, b.kappa)
    g, g_l, g_r = q * g, q * g_l, q * g_r
    chi, rise = 0.5 * (a.chi + b.chi), a.ln_c - b.ln_c
    drop = drop_e - chi * rise
    i = g * drop
    i_l = g_l * a.kappa_c * drop - g * (0.5 * a.chi_c * rise + chi * a.per_c)
    i_r = g_r * b.kappa_c * drop - g * (0.5 * b.chi_c * rise - chi * b.per_c)
    t = 0.5 * (a.t + b.t) / F  # salt carried along, beyond what t_ref accounts for
    return (
        hg * (q * (a.W - b.W) + t * i),
        hg * (q * a.D + t * i_l + 0.5 / F * a.t_c * i),
        hg * (t * i_r + 0.5 / F * b.t_c * i - q * b.D),
        hg * t * g,
        i,
        i_l,
        i_r,
        g,
    )


@part
def assemble(sys, hg, c_hat, c, phi_e, phi_s, j, I, w):
    """Newton's matrix and right-hand side of all volumes, with the reaction currents eliminated.

    Rows: salt, ionic charge, electronic charge; all are leaving flow less entering flow plus what
    is stored or reacts.  Columns: c_e, phi_e, phi_s.
    """
    n, B = sys.volume.size, w.block
    evaluate_laws(sys, c, phi_e, phi_s, j, I, w)
    if sys.counts.layers > 0:
        add_layers(sys, phi_e, phi_s, w)
    # through the left face, at first the collector: nothing but electrons, from phi_s = 0
    N, N_l, N_r, N_e, i_e, i_l, i_r, g = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    s, conducts = 1.0 / sys.volume[0].end, sys.counts.conducting > 0
    if conducts:
        s *= w.conduction[0, 0]
    i_s = -s * phi_s[0]
    source = -hg * (1.0 - sys.t_ref) / F
    for i in range(n):
        v, local = sys.volume[i], w.local[i]
        # through the right face; the last one lets only electrons through
        M, M_l, M_r, M_e, o_e, o_l, o_r, k, s_out, i_s_out = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, v.link, I
        if i < n - 1:
            M, M_l, M_r, M_e, o_e, o_l, o_r, k = flow(hg, w.salt[i], w.salt[i + 1], v.across, phi_e[i] - phi_e[i + 1])
            if conducts:
                s_out *= log_mean(w.conduction[0, i], w.conduction[0, i + 1])[0]
            i_s_out = s_out * (phi_s[i] - phi_s[i + 1])
        share, held = v.area, 0.0
        if share == 0.0:
            i_s_out, held = 0.0, 1.0  # no solid phase: phi_s stays put
        taken, store = source * share, v.eps * v.dx
        gain, flux, gain_c = local.flux_v, local.flux, local.flux_c
        B[i, 0, LOWER], B[i, 0, LOWER + 1] = -N_l, -N_e
        B[i, 1, LOWER], B[i, 1, LOWER + 1], B[i, 2, LOWER + 2] = -i_l, -g, -s
        B[i, 0, DIAGONAL] = store + M_l - N_r - taken * gain_c
        B[i, 0, DIAGONAL + 1], B[i, 0, DIAGONAL + 2] = M_e + N_e - taken * gain, taken * gain
        B[i, 1, DIAGONAL] = o_l - i_r + share * gain_c
        B[i, 1, DIAGONAL + 1], B[i, 1, DIAGONAL + 2] = k + g + share * gain, -share * gain
        B[i, 2, DIAGONAL], B[i, 2, DIAGONAL + 1] = -share * gain_c, -share * gain
        B[i, 2, DIAGONAL + 2] = held + s_out + s + share * gain
        B[i, 0, UPPER], B[i, 0, UPPER + 1] = M_r, -M_e
        B[i, 1, UPPER], B[i, 1, UPPER + 1], B[i, 2, UPPER + 2] = o_r, -k, -s_out
        B[i, 0, RIGHT] = -(store * (c[i] - c_hat[i]) + M - N + taken * flux)
        B[i, 1, RIGHT] = -(o_e - i_e - share * flux)
        B[i, 2, RIGHT] = -(i_s_out - i_s + share * flux)
        N, N_l, N_r, N_e, i_e, i_l, i_r, g, s, i_s = M, M_l, M_r, M_e, o_e, o_l, o_r, k, s_out, i_s_out


@part
def condense_particles(sys, hg, x_hat, x, w, again):
    """Surface stoichiometry of every particle as alpha + beta j; `again` where D varies only."""
    if sys.counts.kinds > 1:
        composite.condense(sys, hg, x_hat, x, w, again)
        return
    last, beta = -1, 0.0
    for i in range(sys.volume.size):
        p, side, local = sys.volume[i].particle, sys.volume[i].side, w.local[i]
        if p < 0:
            local.alpha, local.beta = 0.5, 0.0  # a metal: neither fills nor empties
            continue
        law = LAWS_PER_SIDE * side + DIFFUSION
        if sys.grain[p].varies:
            local.alpha, local.beta = particle.respond(
                sys, p, law, w.by_solid, shells(sys, x_hat, p), shells(sys, x, p), hg, w.inside[p]
            )
        elif not again:
            if side != last:
                beta = particle.factorise(sys, p, law, w.by_solid, hg, w.sweep[side])
                last = side
            local.alpha = particle.substitute(shells(sys, x_hat, p), w.sweep[side], w.inside[p])
            local.beta = beta


@part
def update(sys, s, dI, rtol, w):
    """Add the Newton correction to s, dI to the terminal current: its size over the error tolerance, and if it is mild.

    Mild: no quantity with a logarithm behind it, salt or either rest of a surface, changes by more than a MILD share.
    """
    y = views(sys, s)
    c, phi_e, phi_s, j, B = y.c_e, y.phi_e, y.phi_s, y.j, w.block
    change, total, mild, per_c_ref, ages = 0.0, 0.0, True, 1.0 / sys.c_ref, sys.ageing.size > 0
    several, lags = sys.counts.kinds > 1, sys.hysteresis.size > 0
    if several:
        change, mild = composite.update(sys, j, dI, w)
    if sys.counts.layers > 0:
        update_layers(sys, w)
    for i in range(sys.volume.size):
        dc, de, ds = B[i, 0, RIGHT], B[i, 1, RIGHT], B[i, 2, RIGHT]
        if sys.volume[i].area > 0.0 and not (several and sys.volume[i].particle >= 0):
            local = w.local[i]
            dj = local.defect + local.gain * (ds - de - local.v_ce * dc)
            if lags:
                dj -= local.gain * w.lag[0, i].by_I * dI
            x = local.alpha + local.beta * j[i]
            mild = mild and abs(local.beta * dj) < MILD * min(x, 1.0 - x)
            if dj * j[i] < -0.5 * j[i] * j[i] and abs(j[i]) > local.i0:
                j[i], mild = relaxed(j[i], dj, local.i0), False
            else:
                j[i] += dj
                if ages and sys.volume[i].particle >= 0:
                    side_reactions.follow(w.side[0, i], dj, dc)
            change = max(change, abs(dj * local.slope))
        change = max(change, abs(dc) * per_c_ref, abs(de), abs(ds))
        mild = mild and abs(dc) < MILD * c[i]
        total += dc + de + ds
        c[i] = c[i] + dc if c[i] + dc > 0.1 * c[i] else diluted(c[i], dc)
        phi_e[i] += de
        phi_s[i] += ds
    if not abs(total) < 1e300:  # a comparison would lose a NaN
        return np.inf, False
    return change / rtol, mild


@part
def set_particles(sys, x, j, w):
    """Particle interiors that belong to the reaction currents j; returns the largest change of a shell."""
    if sys.counts.kinds > 1:
        return composite.set_particles(sys, x, j, w)
    change = 0.0
    for i in range(sys.volume.size):
        p = sys.volume[i].particle
        if p >= 0:
            last = w.local[i].alpha + w.local[i].beta * j[i]
            change = max(change, particle.fill(w.inside[p], last, shells(sys, x, p)))
    return change


@part
def correct_current(sys, hg, ctl, s_hat, s, w):
    """Newton's correction of the terminal current, from the last row of the forward sweep if that suffices."""
    y, end = views(sys, s), w.block[sys.volume.size - 1, 2]
    I = y.cell.I
    V, R_end = terminals(sys, y.phi_s[y.phi_s.size - 1], I, to_collector(sys, y.R_end))
    if ctl.mode >= PLATING:
        return held_current(sys, hg, ctl, views(sys, s_hat).T, s, V, R_end, w)
    res, res_I, res_V = control_residual(ctl, I, V)
    return -(res + res_V * end[RIGHT]) / (res_I + res_V * (end[BORDER] - R_end))


@part
def solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """Find s = s_hat + hg ds/dt with all algebraic equations satisfied, by Newton's method.

    Differential parts of s_hat are the particles and c_e; s holds the first guess and the result.
    hg = 0 solves for consistent potentials and currents at fixed concentrations.  Returns the
    number of iterations, or 0 if it does not converge; the size of the next correction, as
    foreseen, must be below `tol` in units of the error tolerance `rtol` (1 = 1 V, c_ref).
    """
    past, y = views(sys, s_hat), views(sys, s)
    x, j, cell = y.x, y.j, y.cell
    varies = False
    for p in range(sys.grain.size):
        varies = varies or sys.grain[p].varies != 0
    border = ctl.mode != CURRENT and ctl.mode != CRITICAL
    if not border:
        cell.I = imposed(sys, ctl, s, w)
    before, turned = 0.0, False
    for iteration in range(1, MAX_ITERATIONS + 1):
        if varies or iteration == 1:
            condense_particles(sys, hg, past.x, x, w, iteration > 1)
        if sys.counts.conducting > 0:
            conduct(sys, j, y.R_end, w)
        assemble(sys, hg, past.c_e, y.c_e, y.phi_e, y.phi_s, j, cell.I, w)
        dI, bent = 0.0, 0.0
        if border:
            border_matrix(sys, hg, w)
        eliminate(w.block, border)
        if border:
            dI, bent, turned = by_sign(sys, cell.I, correct_current(sys, hg, ctl, s_hat, s, w), turned)
            cell.I += dI
        substitute(w.block, border, dI)
        if sys.volume.size == 3:
            close_balance(sys, cell.I, dI, w)
        change, mild = update(sys, s, dI, rtol, w)
        if bent > 0.0:
            change, mild = max(change, bent / rtol), mild and bent < tol * rtol
        if varies:
            change = max(change, set_particles(sys, x, j, w) / rtol)
        if not change < 1e12:
            return 0
        # Newton's corrections shrink as their squares: stop when the next one would be negligible
        rate = change / before if before > 0.0 else 0.0
        if iteration > 1:
            w.curvature[0] = max(rate / before, 0.5 * w.curvature[0], CURVATURE)
        foreseen = mild and rate < 0.9 and w.curvature[0] * change * change < tol
        if sys.counts.conducting > 0:
            foreseen = foreseen and lagging(rate, change) < tol
        # on a kink of a law it may go round in circles, which are harmless if small
        done = foreseen or change < tol * 1e-3 or (iteration > 6 and change < 10.0 * tol)
        if done:
            if not varies:
                set_particles(sys, x, j, w)
            return iteration
        if rate > 0.9 and iteration > (6 if mild else PATIENCE if hg > 0.0 else MAX_ITERATIONS):
            return 0
        before = change
    return 0
