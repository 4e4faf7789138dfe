"""SPMe: one particle per electrode, the reaction spread evenly, salt resolved in space.

The particles, c_e and the terminal current are solved for together, where the current is not given with what it
moves of the salt: of a pore that runs dry the voltage holds the current by the logarithm of the last salt.  The
potentials follow in closed form.  Equations: Marquis et al., J. Electrochem. Soc. 166 (2019) A3693, in the composite
form: properties of the electrolyte in the ohmic drop at its mean concentration.
"""

import numpy as np

from ...numerics.table import blend, locate
from ...physics.constants import F
from ...physics.transport import log_concentration
from ...support.compile import inner, part
from ..layout import CHI, CONDUCTIVITY, CRITICAL, CURRENT, shells, views
from .electrode.conduction import conduct
from .electrode.double_layer import react_beside
from .electrode.uniform import ANSWER, beneath, condense, condense_kinds, first_of, react, share_out, surface_area
from .held_controls import control_residual, imposed
from .interface import by_sign
from .particle import fill
from .porous import electrolyte

MAX_ITERATIONS = 40
PATIENCE = 15  # iterations after which a pore that would be left with less than no salt is
LEFT = 0.1  # of the salt of a volume is left by one correction at least
CORRECTION = 3  # column of `salt_step`: change of c_e; in ANSWER is that with the terminal current
SLIGHT = 1e-4  # relative change of a concentration, of whose logarithm it is that but for 5e-9
REPEATING = 1e-3  # of the tolerance, in cells that age
ROUNDING = 1e-13  # V, or of a concentration: a hundred last digits of volts, which no correction gets below


@inner
def mean_log(sys, side, c, w):
    """Average of ln c_e over the volumes of one electrode, from that before the last correction where it is small."""
    total, length = 0.0, 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            more = w.block[i, 0, CORRECTION] / c[i]
            total += sys.volume[i].dx * (w.salt[i].ln_c + more if abs(more) < SLIGHT else log_concentration(c[i])[0])
            length += sys.volume[i].dx
    return total / length


@inner
def mean_log_moved(sys, side, c, w):
    """Change of that average with the terminal current [m2/A]."""
    total, length = 0.0, 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            total += sys.volume[i].dx * w.block[i, 0, ANSWER] / c[i]
            length += sys.volume[i].dx
    return total / length


@inner
def electrolyte_drop(sys, c, w, tied):
    """Rise of phi_e from mean negative to mean positive at no current [V], resistance [Ohm m2], and as `beneath`.

    The resistance includes the solid phases and whatever is in series.
    """
    volume, mean, moved, conducts = 0.0, 0.0, 0.0, sys.counts.conducting > 0
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
            sigma = sys.volume[i].sigma * (w.conduction[0, i] if conducts else 1.0)
            resistance += share * sys.volume[i].dx / sigma
        resistance += share * sys.volume[i].dx / (sys.volume[i].tau * K)
    if tied:
        moved = chi * (mean_log_moved(sys, 1, c, w) - mean_log_moved(sys, 0, c, w))
    return chi * (mean_log(sys, 1, c, w) - mean_log(sys, 0, c, w)), resistance, moved


@part
def salt_step(sys, hg, c_hat, c, by_side, per_I, tied, w):
    """One Newton step of the salt balance for given currents of all reactions of either side; its relative size.

    per_I: these currents per terminal current; if `tied`, c_e per terminal current into column ANSWER.  Second, whether
    a volume keeps salt that the balance takes from it; if `tied`, by how much more terminal current it would have it.
    """
    n = sys.volume.size
    answer, i_I = w.block[:, 0, ANSWER], 0.0
    lower, diag, upper, r = w.block[:, 0, 0], w.block[:, 0, 1], w.block[:, 0, 2], w.block[:, 0, CORRECTION]
    for i in range(n):
        root = np.sqrt(c[i])
        electrolyte(sys.laws.salt, w.by_salt, sys.t_ref, c[i], root, locate(sys.laws.salt, root), w.salt[i])
    diag[0], r[0], i_e, along = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        v = sys.volume[i]
        diag[i] += v.eps * v.dx
        j = 0.0 if v.side < 0 else by_side[v.side]
        r[i] += -v.eps * v.dx * (c[i] - c_hat[i]) + hg * (1.0 - sys.t_ref) / F * v.area * j
        i_e += v.area * j
        if tied:
            j_I = 0.0 if v.side < 0 else per_I[v.side]
            answer[i] = along + hg * (1.0 - sys.t_ref) / F * v.area * j_I
            i_I += v.area * j_I
        if i == n - 1:
            break
        a, b = w.salt[i], w.salt[i + 1]
        if tied:
            along = 0.5 * hg * (a.t + b.t) / F * i_I
            answer[i] -= along
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
        if tied:
            answer[i] -= q * answer[i - 1]
    change, total, kept, more = 0.0, 0.0, False, 0.0
    for i in range(n - 1, -1, -1):
        r[i] = (r[i] - (upper[i] * r[i + 1] if i < n - 1 else 0.0)) / diag[i]
        if tied:
            answer[i] = (answer[i] - (upper[i] * answer[i + 1] if i < n - 1 else 0.0)) / diag[i]
        change = max(change, abs(r[i]) / sys.c_ref)
        total += r[i]
        lacks = LEFT * c[i] - (c[i] + r[i])
        c[i] = max(c[i] + r[i], LEFT * c[i])
        if lacks > 0.0:
            kept = True
            if tied and abs(lacks) > abs(more * answer[i]):
                more = lacks / answer[i]
    return change if abs(total) < 1e300 else np.inf, kept, more


@inner
def within_reach(sys, dI, c, w):
    """A change of the terminal current, less if it would take more of the last salt of a volume than one may."""
    for i in range(sys.volume.size):
        taken = -dI * w.block[i, 0, ANSWER]
        if taken > (1.0 - LEFT) * c[i]:
            dI *= (1.0 - LEFT) * c[i] / taken
    return dI


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
    several, layered = sys.counts.kinds > 1, sys.counts.layers > 0
    if ages:  # cycles of a life must repeat: Newton's last correction is far below the tolerance
        tol *= REPEATING
    tol = max(tol, ROUNDING / rtol)
    per_I = (1.0 / area[0], -1.0 / area[1])
    settled, turned = False, False  # the current is found; once more for the concentrations that belong to it
    for iteration in range(1, MAX_ITERATIONS + 1):
        V, V_I, tied = 0.0, 0.0, not (known or settled)
        flux = (cell.I / area[0], -cell.I / area[1])
        for i in range(n):
            side = sys.volume[i].side
            if side >= 0 and not (layered or (ages or several) and sys.volume[i].particle >= 0):
                j[i] = flux[side]
        change, kept, more = salt_step(sys, hg, past.c_e, c, flux, per_I, tied, w)
        if not change < 1e12 or (kept and iteration > PATIENCE):
            return 0
        for side in range(2):
            first = first_of(sys, side)
            p, local = sys.volume[first].particle, w.local[first]
            if several and p >= 0:
                condense_kinds(sys, hg, past.x, x, w, first, iteration > 1)
                v, v_j, moved, v_I = share_out(sys, w, side, flux[side], c, x, j, cell.I, tied)
                change = max(change, moved)
                V -= sign[side] * v
                V_I -= v_j / area[side] + sign[side] * v_I
                continue
            condense(sys, hg, past.x, x, w, first, iteration > 1)
            if layered:
                v, v_j, moved, v_I = react_beside(sys, w, side, flux[side], c, j, cell.I, tied)
                change = max(change, moved)
            elif ages and p >= 0:
                v, v_j, moved, v_I = react(sys, w, side, flux[side], c, j, cell.I, tied)
                change = max(change, moved)
            else:
                v, v_j, film, v_I = beneath(sys, w, side, 0, j[first], local.alpha, local.beta, c, cell.I, tied)
                v, v_j = v + film * j[first], v_j + film
            if p >= 0:
                last = local.alpha + local.beta * j[first]
                change = max(change, fill(w.inside[p], last, shells(sys, x, p)))
            V -= sign[side] * v
            V_I -= v_j / area[side] + sign[side] * v_I
        if sys.counts.conducting > 0:
            conduct(sys, j, y.R_end, w)
        rise, resistance, rise_I = electrolyte_drop(sys, c, w, tied)
        V += rise - resistance * cell.I
        V_I += rise_I - resistance
        res, res_I, res_V = control_residual(ctl, cell.I, V)
        dI = 0.0 if settled or known else -res / (res_I + res_V * V_I)
        if tied:
            dI = more if kept else within_reach(sys, dI, c, w)
        dI, bent, turned = by_sign(sys, cell.I, dI, turned)
        cell.I += dI
        change = max(change, bent, abs(dI * V_I)) / rtol
        if not (change < 1e12 and abs(V) < 1e12):  # the largest of several numbers may hide a NaN
            return 0
        y.phi_s[n - 1] = V + V_I * dI  # the terminal voltage; other potentials are not resolved
        if change < tol and not kept:  # salt that was kept is not in the balance
            if settled or dI == 0.0:
                return iteration
            settled = True
    return 0
