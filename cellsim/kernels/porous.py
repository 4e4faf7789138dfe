"""Porous-electrode theory: one implicit stage of the whole cell.

Every control volume from collector to collector is treated alike; what it is made of is data in
`System`.  Where area = 0 nothing reacts, where sigma = 0 there is no solid phase, and a metal
foil is one thin volume with area = 1.  Unknowns come in three kinds:

    local    reaction current j, particle        eliminated volume by volume
    through  c_e, phi_e, phi_s                   block-tridiagonal sweep
    global   terminal current I                  bordering, one extra right-hand side

Equations: Doyle, Fuller and Newman, J. Electrochem. Soc. 140 (1993) 1526.
"""
import numpy as np

from .._jit import inner, kernel
from ..numerics import block_tridiagonal
from ..numerics.block_tridiagonal import DIAGONAL, LOWER, RIGHT, UPPER
from ..numerics.mesh import conductance
from ..numerics.table import evaluate_root
from ..physics.constants import F
from ..physics.transport import log_concentration
from .local import reaction
from .particle import factorise, respond, substitute
from .system import (
    CHI,
    CONDUCTIVITY,
    DIFFUSION,
    LAWS_PER_SIDE,
    SALT_DIFFUSIVITY,
    T_PLUS,
    control_residual,
    views,
)

MAX_ITERATIONS = 12
BORDER = RIGHT + 1  # the right-hand side that belongs to the terminal current


@inner
def add_flux(B, i, row, col, flux, d_l, d_r, scale):
    """Book `scale` times the flux leaving volume i through its right face in the balance `row`."""
    B[i, row, RIGHT] -= scale * flux
    B[i + 1, row, RIGHT] += scale * flux
    B[i, row, DIAGONAL + col] += scale * d_l
    B[i, row, UPPER + col] += scale * d_r
    B[i + 1, row, LOWER + col] -= scale * d_l
    B[i + 1, row, DIAGONAL + col] -= scale * d_r


@inner
def add_storage_and_reaction(sys, hg, c_hat, c, phi_e, phi_s, j, w):
    """Salt storage, and the reaction current as a linear function of the through-cell unknowns."""
    B = w.block
    for i in range(sys.volume.size):
        v, local = sys.volume[i], w.local[i]
        store = v.eps * v.dx
        B[i, 0, DIAGONAL] += store
        B[i, 0, RIGHT] -= store * (c[i] - c_hat[i])
        if v.area == 0.0:
            B[i, 2, DIAGONAL + 2] += 1.0  # no solid phase: phi_s stays put
            continue
        V, V_j, V_ce = reaction(sys.laws, v.side, v.i_ref, v.R_f, sys.c_ref, sys.T, j[i], local.alpha,
                                local.beta, c[i])
        gain = 1.0 / V_j
        defect = gain * (phi_s[i] - phi_e[i] - V)
        local.gain, local.defect, local.v_ce = gain, defect, V_ce
        for row in range(3):
            share = (-hg * (1.0 - sys.t_ref) / F, -1.0, 1.0)[row] * v.area
            B[i, row, RIGHT] -= share * (j[i] + defect)
            B[i, row, DIAGONAL] -= share * gain * V_ce
            B[i, row, DIAGONAL + 1] -= share * gain
            B[i, row, DIAGONAL + 2] += share * gain


@inner
def electrolyte(laws, tau, t_ref, c, out):
    """Effective D_e and kappa, chi and t_plus - t_ref with their slopes, and ln c, at one volume."""
    root = np.sqrt(c)
    D, dD = evaluate_root(laws, SALT_DIFFUSIVITY, root)
    K, dK = evaluate_root(laws, CONDUCTIVITY, root)
    out.D, out.D_c, out.kappa, out.kappa_c = tau * D, tau * dD, tau * K, tau * dK
    out.chi, out.chi_c = evaluate_root(laws, CHI, root)
    t, out.t_c = evaluate_root(laws, T_PLUS, root)
    out.t = t - t_ref
    out.ln_c = log_concentration(c)[0]


@inner
def add_transport(sys, hg, c, phi_e, phi_s, w):
    """Fluxes of salt, ionic and electronic current between neighbouring volumes."""
    B = w.block
    electrolyte(sys.laws, sys.volume[0].tau, sys.t_ref, c[0], w.face[0])
    for i in range(sys.volume.size - 1):
        k = i + 1
        electrolyte(sys.laws, sys.volume[k].tau, sys.t_ref, c[k], w.face[k])
        a, b, dx_l, dx_r = w.face[i], w.face[k], sys.volume[i].dx, sys.volume[k].dx

        g, g_l, g_r = conductance(a.D, dx_l, b.D, dx_r)
        drop = c[i] - c[k]
        add_flux(B, i, 0, 0, g * drop, g + g_l * a.D_c * drop, -g + g_r * b.D_c * drop, hg)

        g, g_l, g_r = conductance(a.kappa, dx_l, b.kappa, dx_r)
        chi, rise = 0.5 * (a.chi + b.chi), a.ln_c - b.ln_c
        drop = phi_e[i] - phi_e[k] - chi * rise
        i_e = g * drop
        i_l = g_l * a.kappa_c * drop - g * (0.5 * a.chi_c * rise + chi / c[i])
        i_r = g_r * b.kappa_c * drop - g * (0.5 * b.chi_c * rise - chi / c[k])
        add_flux(B, i, 1, 1, i_e, g, -g, 1.0)
        add_flux(B, i, 1, 0, 0.0, i_l, i_r, 1.0)

        t = 0.5 * (a.t + b.t) / F  # salt carried along, beyond what t_ref accounts for
        add_flux(B, i, 0, 1, t * i_e, t * g, -t * g, hg)
        add_flux(B, i, 0, 0, 0.0, t * i_l + 0.5 * a.t_c / F * i_e, t * i_r + 0.5 * b.t_c / F * i_e, hg)

        g, _, _ = conductance(sys.volume[i].sigma, dx_l, sys.volume[k].sigma, dx_r)
        add_flux(B, i, 2, 2, g * (phi_s[i] - phi_s[k]), g, -g, 1.0)


@inner
def add_collectors(sys, phi_s, I, B):
    """Left: phi_s = 0 at the collector.  Right: the current leaves."""
    g = 2.0 * sys.volume[0].sigma / sys.volume[0].dx
    B[0, 2, DIAGONAL + 2] += g
    B[0, 2, RIGHT] -= g * phi_s[0]
    B[-1, 2, RIGHT] -= I
    B[-1, 2, BORDER] -= 1.0


@kernel
def end_resistance(sys):
    """From the last centre to the terminal [Ohm m2]."""
    end = sys.volume[sys.volume.size - 1]
    return 0.5 * end.dx / end.sigma + sys.R_series


@inner
def condense_particles(sys, hg, x_hat, x, j, w, again):
    """Surface stoichiometry of every particle as alpha + beta j; `again` where D varies only."""
    last = -1
    for i in range(sys.volume.size):
        p, side, local = sys.volume[i].particle, sys.volume[i].side, w.local[i]
        if p < 0:
            local.alpha, local.beta = 0.5, 0.0  # a metal: neither fills nor empties
            continue
        law = LAWS_PER_SIDE * side + DIFFUSION
        if sys.grain[p].varies:
            local.alpha, local.beta = respond(sys, p, law, x_hat[p], x[p], j[i], hg, w.response[p],
                                              w.sweep[side, 0])
        elif not again:
            if side != last:
                surface_beta = factorise(sys, p, law, hg, w.sweep[side], w.response[p, 1])
                first, last = p, side
            else:
                w.response[p, 1] = w.response[first, 1]
            local.alpha = substitute(x_hat[p], w.sweep[side], w.response[p, 0])
            local.beta = surface_beta


@inner
def update(sys, s, dI, rtol, w):
    """Add the Newton correction to s; return its size relative to the error tolerance."""
    _, c, phi_e, phi_s, j = views(sys, s)
    B = w.block
    change, total = 0.0, 0.0
    for i in range(sys.volume.size):
        dc = B[i, 0, RIGHT] + dI * B[i, 0, BORDER]
        de = B[i, 1, RIGHT] + dI * B[i, 1, BORDER]
        ds = B[i, 2, RIGHT] + dI * B[i, 2, BORDER]
        if sys.volume[i].area > 0.0:
            local = w.local[i]
            dj = local.defect + local.gain * (ds - de - local.v_ce * dc)
            j[i] += dj
            change = max(change, abs(dj / local.gain))
        change = max(change, abs(dc) / sys.c_ref, abs(de), abs(ds))
        total += dc + de + ds
        c[i] = max(c[i] + dc, 0.1 * c[i])
        phi_e[i] += de
        phi_s[i] += ds
    if not abs(total) < 1e300:  # a comparison would lose a NaN
        return np.inf
    return change / rtol


@inner
def set_particles(sys, x, j, w):
    """Particle interiors that belong to the reaction currents j."""
    for i in range(sys.volume.size):
        p = sys.volume[i].particle
        if p >= 0:
            for q in range(x.shape[1]):
                x[p, q] = w.response[p, 0, q] + w.response[p, 1, q] * j[i]


@inner
def solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """Find s = s_hat + hg ds/dt with all algebraic equations satisfied, by Newton's method.

    Differential parts of s_hat are the particles and c_e; s holds the first guess and the result.
    hg = 0 solves for consistent potentials and currents at fixed concentrations.  Returns the
    number of iterations, or 0 if it does not converge; the size of the last correction must be
    below `tol` in units of the error tolerance `rtol` (1 = 1 V, c_ref).
    """
    n, k = sys.volume.size, s.size - 3
    x_hat, c_hat, _, _, _ = views(sys, s_hat)
    x, c, phi_e, phi_s, j = views(sys, s)
    varies = False
    for p in range(sys.grain.size):
        varies = varies or sys.grain[p].varies != 0
    R_end = end_resistance(sys)
    before = 0.0
    for iteration in range(1, MAX_ITERATIONS + 1):
        if varies or iteration == 1:
            condense_particles(sys, hg, x_hat, x, j, w, iteration > 1)
        w.block[:] = 0.0
        add_storage_and_reaction(sys, hg, c_hat, c, phi_e, phi_s, j, w)
        add_transport(sys, hg, c, phi_e, phi_s, w)
        add_collectors(sys, phi_s, s[k], w.block)
        block_tridiagonal.solve(w.block)
        end = w.block[n - 1, 2]
        res, res_I, res_V = control_residual(ctl, s[k], phi_s[n - 1] - R_end * s[k])
        dI = -(res + res_V * end[RIGHT]) / (res_I + res_V * (end[BORDER] - R_end))
        s[k] += dI
        change = update(sys, s, dI, rtol, w)
        if not change < 1e12:
            return 0
        # the next correction is about rate * change: stop when it would be below the tolerance
        rate = change / before if before > 0.0 else 1.0
        done = change < tol * 1e-3 or (iteration > 1 and rate < 0.9 and change * rate < tol)
        if varies or done:
            set_particles(sys, x, j, w)
        if done:
            return iteration
        if iteration > 6 and rate > 0.9:
            return 0
        before = change
    return 0
