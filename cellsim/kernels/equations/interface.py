"""Local unknowns: the reaction current of one volume, with its particle and its hysteresis eliminated."""

import numpy as np

from ...numerics.table import blend, locate, read
from ...physics.hysteresis import between_branches, decayed, following_current
from ...physics.kinetics import end_potential
from ...support.compile import inner, part
from ..layout import LAWS_PER_SIDE, OCP, SHAPE_C, SHAPE_X, surface, views
from ..records import BRANCH_LAWS, BY_CURRENT, BY_REACTION, HALF, NO_HYSTERESIS, ON_DELITHIATION, ON_LITHIATION, SHIFT
from .electrode.charge_transfer import charge_transfer


@inner
def walled(U, dU, x):
    """An open-circuit potential and its slope with what keeps x between 0 and 1."""
    end, d_end = end_potential(x)
    return U + end, dU + d_end


@inner
def open_circuit(table, by, material, x, at):
    """Open-circuit potential of a material at a surface stoichiometry x, found `at` in its table;  d/dx."""
    U, dU = blend(table, LAWS_PER_SIDE * material + OCP, at, by)
    return walled(U, dU, x)


@part
def reaction(sys, w, material, i_ref, R_f, j, alpha, beta, c_e, root, place):
    """Interface voltage U + eta + R_f j [V] at reaction current j;  d/dj, d/dc_e;  current above which it is
    logarithmic in j [A/m2].

    i_ref, R_f: at the temperature of the cell.  The surface stoichiometry is alpha + beta j; root and place are those
    of c_e in its table.
    """
    laws, by_solid, by_salt, c_ref = sys.laws, w.by_solid, w.by_salt, sys.c_ref
    first = LAWS_PER_SIDE * material
    x = alpha + beta * j
    at = locate(laws.solid, x)
    if laws.solid.c.shape[1] == by_solid.shape[0]:  # as in porous.electrolyte
        U, dU = read(laws.solid, first + OCP, at)
        f, df = read(laws.solid, first + SHAPE_X, at)
        g, dg = read(laws.salt, SHAPE_C + material, place)
    else:
        U, dU = blend(laws.solid, first + OCP, at, by_solid)
        f, df = blend(laws.solid, first + SHAPE_X, at, by_solid)
        g, dg = blend(laws.salt, SHAPE_C + material, place, by_salt)
    eta, eta_j, eta_x, eta_r, near = charge_transfer(
        sys.kinetics, material, j, x, U, dU, i_ref, f, df, c_e / c_ref, g, 0.5 * dg / root * c_ref, w.at[0]
    )
    U, dU = walled(U, dU, x)
    return U + eta + R_f * j, dU * beta + eta_j + eta_x * beta + R_f, eta_r / c_ref, near


@inner
def state_of_hysteresis(branches, a, lag, material, I, j, at):
    """State of hysteresis at the end of a stage, at a stoichiometry found `at` in its table;  d/dj, d/dx, d/dI.

    a, lag: HYSTERESIS of the material, LAG of the kind of particle in the volume.
    """
    if a.model == BY_CURRENT:
        h, h_I = following_current(a.sense * I)
        return h, 0.0, 0.0, a.sense * h_I
    if a.model == BY_REACTION:
        law = BRANCH_LAWS * material + (ON_LITHIATION if j < 0.0 else ON_DELITHIATION)
        decay, decay_x = read(branches, law, at)
        if decay < 0.0:  # between the knots of a steep law
            decay, decay_x = 0.0, 0.0
        h, h_j, h_q = decayed(lag.known, lag.time * decay, j)
        return h, h_j, h_q * lag.time * decay_x, 0.0
    return 0.0, 0.0, 0.0, 0.0


@inner
def by_hysteresis(branches, a, lag, material, I, j, alpha, beta):
    """What hysteresis adds to the open-circuit potential of a particle [V];  d/dj;  d/dI, which is kept, too."""
    if a.model == NO_HYSTERESIS:
        return 0.0, 0.0, 0.0
    at = locate(branches, alpha + beta * j)
    h, h_j, h_x, h_I = state_of_hysteresis(branches, a, lag, material, I, j, at)
    shift, shift_x = read(branches, BRANCH_LAWS * material + SHIFT, at)
    half, half_x = read(branches, BRANCH_LAWS * material + HALF, at)
    U, U_x, U_h = between_branches(h, shift, shift_x, half, half_x)
    lag.by_I = U_h * h_I
    return U, (U_x + U_h * h_x) * beta + U_h * h_j, U_h * h_I


@inner
def by_sign(sys, I, dI, turned):
    """A correction dI of the terminal current I, whose sign hysteresis may follow;  by how much potentials depart from
    what it foresees, at most [V];  whether the current has changed its sign, in this one or (`turned`) before.

    Far from 0 on either side h does not depend on I: Newton's method would not see that h has changed, or go from one
    side to the other and back.  It is stopped at 0 when it crosses for the second time, and from there gets to where
    it belongs.  Not at the first, as branches may cross: then 0 is no place to begin at.
    """
    asked, bent, crosses = dI, 0.0, False
    for m in range(sys.hysteresis.size):
        a = sys.hysteresis[m]
        if a.model == BY_CURRENT:
            crosses = I * (I + asked) < 0.0
            if crosses and turned:
                dI = -I
            before, slope = following_current(I)
            after, there = following_current(I + dI)
            bent = max(bent, a.height * (abs(after - before - slope * dI) + there * abs(asked - dI)))
    return dI, bent, turned or crosses


@inner
def foresee_hysteresis(sys, hg, s_hat, w):
    """Before a stage of a cell with hysteresis: its state before the reaction, and how fast that may change it."""
    past, n = views(sys, s_hat), sys.volume.size
    for i in range(n):
        w.lag[0, i].by_I = 0.0
        for k in range(sys.volume[i].kinds):
            lag, grain = w.lag[k, i], sys.grain[sys.volume[i].particle + k]
            lag.by_I = 0.0
            lag.known = min(max(past.h[k * n + i], -1.0), 1.0)  # formulas of higher order overshoot within their error
            lag.time = 1.5 * hg * grain.rate / grain.R_p


@inner
def book_hysteresis(sys, s, w):
    """The state of hysteresis at the end of a stage of a cell that has it."""
    y, n = views(sys, s), sys.volume.size
    for i in range(n):
        for k in range(sys.volume[i].kinds):
            p = sys.volume[i].particle + k
            material = sys.grain[p].material
            a, at = sys.hysteresis[material], locate(sys.laws.branches, surface(sys, y.x, p))
            y.h[k * n + i] = state_of_hysteresis(
                sys.laws.branches, a, w.lag[k, i], material, y.cell.I, y.j[k * n + i], at
            )[0]


@inner
def error_of_hysteresis(sys, d):
    """An error d of a state in the potential by hysteresis [V]: the root mean square over the particles of one kind."""
    y, n, most = views(sys, d), sys.volume.size, 0.0
    for side in range(2):
        for k in range(sys.counts.kinds):
            total, volumes = 0.0, 0
            for i in range(n):
                if sys.volume[i].side == side and k < sys.volume[i].kinds:
                    a = sys.hysteresis[sys.grain[sys.volume[i].particle + k].material]
                    if a.model == BY_REACTION:
                        total += (a.height * y.h[k * n + i]) ** 2
                        volumes += 1
            most = max(most, total / max(volumes, 1))
    return np.sqrt(most)
