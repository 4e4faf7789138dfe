"""A thin film: lithium | solid electrolyte with two mobile species | planar film, at any current, voltage or power.

Volumes: the lithium (its c_e is that at its face), those of the electrolyte, the film (likewise).  The film
is one planar particle.  Unknowns are c_e, the film and the terminal current; the voltage follows in closed form.
Equations: Danilov, Niessen and Notten, J. Electrochem. Soc. 158 (2011) A215, with phi_e against lithium, by which
their Nernst and migration terms become those of a binary salt: -I dy/kappa + chi d(ln c), kappa = F2 c (D+ + D-)/RT.
"""

import numpy as np

from ...numerics.grids import log_mean
from ...numerics.table import blend, locate
from ...physics.constants import F
from ...physics.transport import log_concentration
from ...physics.two_species import dissociation, skewed_overpotential
from ...support.compile import inner, kernel, part
from ..layout import (
    CHI,
    CONDUCTIVITY,
    CRITICAL,
    CURRENT,
    DIFFUSION,
    FILM,
    LAWS_PER_SIDE,
    RATE,
    SALT_DIFFUSION,
    SHAPE_C,
    SHAPE_X,
    views,
)
from ..reference import by_reference
from .electrode.charge_transfer import within_edges
from .electrode.conduction import conductivity_at
from .held_controls import control_residual, imposed
from .interface import open_circuit
from .lithium_metal import potential
from .particle import fill, respond
from .temperature import warm

MAX_ITERATIONS = 25
MOST_ELECTRONS = 0.6  # with a slope of a drop below, Newton's steps might not get shorter
LEAST = 1e-3  # of the concentration in the last volume, that is left at the face
STEP, PER_I = 3, 4  # columns of the sweep: Newton's step of c_e at the present current, and its slope in the current


@inner
def entering(sys):
    """Salt that enters at the lithium per current [mol/A/s], and leaves at the film."""
    return (1.0 - sys.t_ref) / F


@inner
def sweep(B, n):
    """Solve the tridiagonal system in rows 1 to n - 2 of B for both right-hand sides, in place."""
    for i in range(2, n - 1):
        q = B[i, 0, 0] / B[i - 1, 0, 1]
        B[i, 0, 1] -= q * B[i - 1, 0, 2]
        B[i, 0, STEP] -= q * B[i - 1, 0, STEP]
        B[i, 0, PER_I] -= q * B[i - 1, 0, PER_I]
    a, b = 0.0, 0.0
    for i in range(n - 2, 0, -1):
        up = B[i, 0, 2] if i < n - 2 else 0.0
        a = (B[i, 0, STEP] - up * a) / B[i, 0, 1]
        b = (B[i, 0, PER_I] - up * b) / B[i, 0, 1]
        B[i, 0, STEP], B[i, 0, PER_I] = a, b


@inner
def diffusion(sys, c, w):
    """Integral of the diffusivity of mobile pairs over their concentration [mol/m/s], and its slope [m2/s]."""
    root = np.sqrt(c)
    W, slope = blend(sys.laws.salt, SALT_DIFFUSION, locate(sys.laws.salt, root), w.by_salt)
    return W, 0.5 * slope / root


@part
def salt_step(sys, hg, c_hat, c, I, w):
    """Newton's step of the mobile pairs for a given current, and its slope in the current."""
    n, B = sys.volume.size, w.block
    q = hg * entering(sys)
    B[1, 0, 1], B[1, 0, STEP], B[1, 0, PER_I] = 0.0, q * I, q
    W, D = diffusion(sys, c[1], w)
    for i in range(1, n - 1):
        v = sys.volume[i]
        store = v.eps * v.dx
        freed, freed_c = dissociation(c[i], sys.c_ref, v.dissociate, v.recombine)
        B[i, 0, 1] += store * (1.0 - hg * freed_c)
        B[i, 0, STEP] -= store * (c[i] - c_hat[i] - hg * freed)
        if i == n - 2:
            B[i, 0, STEP] -= q * I
            B[i, 0, PER_I] -= q
            break
        W_r, D_r = diffusion(sys, c[i + 1], w)
        g = hg * v.across
        flow = g * (W - W_r)
        B[i, 0, STEP] -= flow
        B[i, 0, 1] += g * D
        B[i, 0, 2] = -g * D_r
        B[i + 1, 0, 0], B[i + 1, 0, 1], B[i + 1, 0, STEP], B[i + 1, 0, PER_I] = -g * D, g * D_r, flow, 0.0
        W, D = W_r, D_r
    sweep(B, n)


@inner
def face(sys, w, c, I, i, sign, per_I):
    """Concentration where the electrolyte ends beside volume i, and its slope in I; sign is 1 at the lithium."""
    k = sign * entering(sys) * sys.volume[i].right / diffusion(sys, c[i], w)[1]
    if c[i] + k * I > LEAST * c[i]:
        return c[i] + k * I, per_I + k
    return LEAST * c[i], LEAST * per_I


@inner
def electrode(sys, w, i, j, x, x_j, c, c_j):
    """Interface voltage of an electrode [V] at current density j, surface stoichiometry x and face concentration c.

    j [A/m2]: of the area that touches.  d/dj in all, x and c having slopes x_j and c_j.
    """
    v, solid, salt = sys.volume[i], sys.laws.solid, sys.laws.salt
    at, first = locate(solid, x), LAWS_PER_SIDE * v.side
    U, U_j, R_f, active = 0.0, 0.0, v.R_f, 1.0  # of lithium
    if v.particle >= 0:
        U, U_x = open_circuit(sys.laws.solid, w.by_solid, v.side, x, at)
        U_j = U_x * x_j
    elif sys.foil.size > 0:
        R_f, active = w.foil[0].R, w.foil[0].active
        U, U_j = potential(sys, w, j)
    f, f_x = blend(solid, first + SHAPE_X, at, w.by_solid)
    root, R_f = np.sqrt(c), R_f * w.rate[FILM + v.side]
    g, slope = blend(salt, SHAPE_C + v.side, locate(salt, root), w.by_salt)
    i0, i0_x, i0_r = within_edges(
        v.i_ref * active * w.rate[RATE + v.side], x, f, f_x, c / sys.c_ref, g, 0.5 * slope / root * sys.c_ref
    )
    eta, eta_j, eta_i0 = skewed_overpotential(j, i0, v.anodic, w.at[0])
    return (U + eta + R_f * j, U_j + eta_j + eta_i0 * (i0_x * x_j + i0_r / sys.c_ref * c_j) + R_f)


@inner
def exchanged(sys, hg, x_hat, x, I, w):
    """The film as alpha - beta I at its face to the electrolyte, at terminal current I, and d alpha/dI [m2/A].

    Of the lithium, the electronic transference number enters at that face, and the rest at the current collector,
    where ions meet the electrons: it is in alpha, at the current I.
    """
    law, share, grain = LAWS_PER_SIDE + DIFFUSION, sys.volume[sys.volume.size - 1].electrons, sys.grain[0]
    if share == 1.0:
        alpha, beta = respond(sys, 0, law, w.by_solid, x_hat, x, hg, w.inside[0])
        return alpha, beta, 0.0
    before, per_I = x_hat[0], (1.0 - share) * hg * grain.rate / (grain.R_p * sys.shell[0].volume)
    x_hat[0] = before + per_I
    one, _ = respond(sys, 0, law, w.by_solid, x_hat, x, hg, w.inside[0])
    x_hat[0] = before
    none, _ = respond(sys, 0, law, w.by_solid, x_hat, x, hg, w.inside[0])
    x_hat[0] = before + per_I * I
    alpha, beta = respond(sys, 0, law, w.by_solid, x_hat, x, hg, w.inside[0])
    x_hat[0] = before
    return alpha, share * beta, one - none


@inner
def film_drop(sys, w, x, I):
    """Fall of the potential of the electrons through the film [V] at shells x, and about its slope in I [Ohm m2].

    They carry I (electronic transference number) + F D dc/dy, y from the electrolyte on: all of I at the collector.
    """
    v, grain, solid = sys.volume[sys.volume.size - 1], sys.grain[0], sys.laws.solid
    law, m, steady, drop = LAWS_PER_SIDE + DIFFUSION, sys.shell.size, 0.0, 0.0
    held = grain.D / (3.0 * grain.rate)  # F D c_max, by which differences of the law of diffusion are multiplied
    varies, f, W, before = sys.counts.conducting > 0, 1.0, 0.0, 1.0
    for k in range(m):
        place = locate(solid, x[k])
        inner_W, before = W, f
        W, _ = blend(solid, law, place, w.by_solid)
        if varies:
            f = conductivity_at(sys, w, v.side, x[k])
        if k > 0:
            sigma = v.sigma * log_mean(before, f)[0]
            drop += held * (inner_W - W) / sigma
            steady += grain.R_p / (3.0 * sys.shell[k - 1].link * sigma)
    return drop + v.electrons * I * steady, max(v.electrons, MOST_ELECTRONS) * steady


@kernel
def film_drops(sys, states, w, out):
    """The fall of states (times, N) into out (times, 1)."""
    sys, w = by_reference(sys), by_reference(w)
    for k in range(states.shape[0]):
        y = views(sys, states[k])
        warm(sys, y.T[0], w)
        out[k, 0] = film_drop(sys, w, y.x, y.cell.I)[0]


@inner
def electrolyte_drop(sys, c, I, w):
    """Rise of phi_e from face to face [V] and its slope in I, c with its slope; leaves both faces in c."""
    n, salt = sys.volume.size, sys.laws.salt
    left, left_I = face(sys, w, c, I, 1, 1.0, w.block[1, 0, PER_I])
    right, right_I = face(sys, w, c, I, n - 2, -1.0, w.block[n - 2, 0, PER_I])
    chi, _ = blend(salt, CHI, locate(salt, np.sqrt(sys.c_ref)), w.by_salt)
    a, a_c = log_concentration(left)
    b, b_c = log_concentration(right)
    rise, rise_I = chi * (b - a), chi * (b_c * right_I - a_c * left_I)
    for i in range(1, n - 1):
        root = np.sqrt(c[i])
        kappa, slope = blend(salt, CONDUCTIVITY, locate(salt, root), w.by_salt)
        ohmic = (sys.volume[i].left + sys.volume[i].right) / kappa
        rise -= I * ohmic
        rise_I -= ohmic * (1.0 - I * 0.5 * slope / root / kappa * w.block[i, 0, PER_I])
    c[0], c[n - 1] = left, right
    return rise, rise_I, left_I, right_I


@part
def solve_stage(sys, hg, ctl, s_hat, s, w, rtol, tol):
    """As `porous.solve_stage`, for the thin film."""
    n = sys.volume.size
    past, y = views(sys, s_hat), views(sys, s)
    x, c, cell = y.x, y.c_e, y.cell
    touching, conducts = sys.volume[0].area, sys.volume[n - 1].sigma > 0.0
    known = ctl.mode == CURRENT or ctl.mode == CRITICAL
    if known:
        cell.I = imposed(sys, ctl, s, w)
    for iteration in range(1, MAX_ITERATIONS + 1):
        I, change = cell.I, 0.0
        salt_step(sys, hg, past.c_e, c, I, w)
        for i in range(1, n - 1):
            step = w.block[i, 0, STEP]
            change = max(change, abs(step) / sys.c_ref)
            c[i] = max(c[i] + step, 0.1 * c[i])
        alpha, beta, alpha_I = exchanged(sys, hg, past.x, x, I, w)
        rise, V_I, left_I, right_I = electrolyte_drop(sys, c, I, w)
        v, v_j = electrode(sys, w, n - 1, -I, alpha - beta * I, beta - alpha_I, c[n - 1], -right_I)
        u, u_j = electrode(sys, w, 0, I / touching, 0.5, 0.0, c[0], left_I * touching)
        V = v - u + rise - sys.R_series * I
        V_I -= v_j + u_j / touching + sys.R_series
        if conducts:
            drop, drop_I = film_drop(sys, w, x, I)
            V, V_I = V - drop, V_I - drop_I
        res, res_I, res_V = control_residual(ctl, I, V)
        dI = 0.0 if known else -res / (res_I + res_V * V_I)
        cell.I = I + dI
        for i in range(1, n - 1):
            more = dI * w.block[i, 0, PER_I]
            change = max(change, abs(more) / sys.c_ref)
            c[i] = max(c[i] + more, 0.1 * c[i])
        if dI != 0.0 and sys.volume[n - 1].electrons < 1.0:  # what enters at the collector changes all shells
            alpha, beta, _ = exchanged(sys, hg, past.x, x, cell.I, w)
        change = max(change, fill(w.inside[0], alpha - beta * cell.I, x), abs(dI * V_I)) / rtol
        if not (change < 1e12 and abs(V) < 1e12):  # the largest of several numbers may hide a NaN
            return 0
        y.phi_s[n - 1] = V + V_I * dI  # the terminal voltage; no other is resolved
        y.j[0], y.j[n - 1] = cell.I / touching, -cell.I
        if change < tol and iteration > 1:
            return iteration
    return 0
