"""An electrode that reacts evenly over its thickness, at given current: its particles, and its interface voltage.

Of several kinds of particle (see `composite`) the voltage is common, and their currents add up to the given one.
"""

import numpy as np

from ....numerics.table import blend, locate
from ....support.compile import inner
from ...layout import DIFFUSION, FILM, LAWS_PER_SIDE, OCP, SHAPE_C, SHAPE_X, rate_of, shells
from .. import side_reactions
from ..interface import by_hysteresis, walled
from ..lithium_metal import potential
from ..particle import factorise, fill, respond, substitute
from .charge_transfer import charge_transfer
from .composite import correct

ANSWER = 4  # column of `spme.salt_step`: change of c_e with the terminal current


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
def mean_salt(sys, side, c):
    """Salt concentration averaged over the volumes of an electrode."""
    total, length = 0.0, 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            total += sys.volume[i].dx * c[i]
            length += sys.volume[i].dx
    return total / length


@inner
def beneath(sys, w, side, k, j, alpha, beta, c, I, tied):
    """Potential of kind k of an electrode beneath its film, averaged over its volumes [V];  d/dj;  film resistance
    [Ohm m2];  the change by what a change of the terminal current I moves: hysteresis, and if `tied` salt [V m2/A].
    """
    first = first_of(sys, side)
    x, material, i_first, R_f, active = alpha + beta * j, side, sys.volume[first].i_ref, sys.volume[first].R_f, 1.0
    if sys.counts.kinds > 1 and sys.volume[first].particle >= 0:
        grain = sys.grain[sys.volume[first].particle + k]
        material, i_first, R_f = grain.material, grain.i_ref, grain.R_f
    at = locate(sys.laws.solid, x)
    U_0, U_0_x = blend(sys.laws.solid, LAWS_PER_SIDE * material + OCP, at, w.by_solid)
    U, U_x = walled(U_0, U_0_x, x)
    dU = U_x * beta
    f, df = blend(sys.laws.solid, LAWS_PER_SIDE * material + SHAPE_X, at, w.by_solid)
    total, slope, moved, length, salt = 0.0, 0.0, 0.0, 0.0, sys.laws.salt
    if sys.volume[first].particle < 0 and sys.foil.size > 0:
        R_f, active = w.foil[0].R, w.foil[0].active
        more, steeper = potential(sys, w, j)
        U, dU = U + more, steeper
    i0, U_I = 0.0, 0.0
    if sys.hysteresis.size > 0 and sys.volume[first].particle >= 0:
        a, lag = sys.hysteresis[material], w.lag[k, first]
        more, steeper, U_I = by_hysteresis(sys.laws.branches, a, lag, material, I, j, alpha, beta)
        U, dU = U + more, dU + steeper
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            root = np.sqrt(c[i])
            g, dg = blend(salt, SHAPE_C + material, locate(salt, root), w.by_salt)
            i_ref = i_first * active * w.rate[rate_of(material)]
            r, dg = c[i] / sys.c_ref, 0.5 * dg / root * sys.c_ref
            eta, eta_j, eta_x, eta_r, i0 = charge_transfer(
                sys.kinetics, material, j, x, U_0, U_0_x, i_ref, f, df, r, g, dg, w.at[0]
            )
            total += sys.volume[i].dx * eta
            slope += sys.volume[i].dx * (eta_j + eta_x * beta)
            if tied:
                moved += sys.volume[i].dx * eta_r / sys.c_ref * w.block[i, 0, ANSWER]
            length += sys.volume[i].dx
    if sys.counts.kinds > 1 and sys.volume[first].particle >= 0:
        w.kind[k, first].i0 = i0
    return U + total / length, dU + slope / length, R_f * w.rate[FILM + side], moved / length + U_I


@inner
def react(sys, w, side, flux, c, j, I, tied):
    """Interface voltage of an electrode [V] that takes the current `flux`;  d/dflux;  its last change;  as `beneath`.

    Linearised at the j of its volumes.  Side reactions take what j, which is corrected, does not.
    """
    first = first_of(sys, side)
    local, now, old = w.local[first], w.side[0, first], j[first]
    v, v_j, film, v_I = beneath(sys, w, side, 0, old, local.alpha, local.beta, c, I, tied)
    a, T = sys.ageing[side], w.at[0]
    more, per_j, _ = side_reactions.add_to(a, now, old, v, v_j, 0.0, mean_salt(sys, side, c), T)
    dj = (flux - old - more) / (1.0 + per_j)
    side_reactions.follow(now, dj, 0.0)
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            j[i] = old + dj
            side_reactions.same_currents(now, w.side[0, i])
    return v + v_j * dj + film * flux, v_j / (1.0 + per_j) + film, abs(v_j * dj), v_I


@inner
def eliminate(sys, hg, x_hat, x, p, local, w, again):
    """Particle p as alpha + beta j of its LOCAL; `again` where D varies only."""
    grain = sys.grain[p]
    law = LAWS_PER_SIDE * grain.material + DIFFUSION
    if grain.varies:
        local.alpha, local.beta = respond(
            sys, p, law, w.by_solid, shells(sys, x_hat, p), shells(sys, x, p), hg, w.inside[p]
        )
    elif not again:
        local.beta = factorise(sys, p, law, w.by_solid, hg, w.sweep[grain.sweep])
        local.alpha = substitute(shells(sys, x_hat, p), w.sweep[grain.sweep], w.inside[p])


@inner
def condense(sys, hg, x_hat, x, w, i, again):
    """The particle of an electrode whose first volume is i, as alpha + beta j; `again` where D varies only."""
    if sys.volume[i].particle < 0:
        w.local[i].alpha, w.local[i].beta = 0.5, 0.0
    else:
        eliminate(sys, hg, x_hat, x, sys.volume[i].particle, w.local[i], w, again)


@inner
def condense_kinds(sys, hg, x_hat, x, w, i, again):
    """The same for all kinds of particle of an electrode whose first volume is i."""
    for k in range(sys.volume[i].kinds):
        eliminate(sys, hg, x_hat, x, sys.volume[i].particle + k, w.kind[k, i], w, again)


@inner
def share_out(sys, w, side, flux, c, x, j, I, tied):
    """As `react`, for several kinds of particle, which share the current `flux`; fills the particles x.

    Linearised at their j: one Newton step of the voltage and of all j.
    """
    first, n, ages = first_of(sys, side), sys.volume.size, sys.ageing.size > 0
    v = sys.volume[first]
    lacks, gain, moved, change = flux, 0.0, 0.0, 0.0
    c_mean = mean_salt(sys, side, c) if ages else 0.0
    for k in range(v.kinds):
        grain, local, now = sys.grain[v.particle + k], w.kind[k, first], j[k * n + first]
        V, V_j, film, V_I = beneath(sys, w, side, k, now, local.alpha, local.beta, c, I, tied)
        more, per_j = 0.0, 0.0
        if ages:
            a, here = sys.ageing[grain.sweep], w.side[k, first]
            more, per_j, _ = side_reactions.add_to(a, here, now, V, V_j, 0.0, c_mean, w.at[0])
        local.slope = V_j + film * (1.0 + per_j)
        local.gain, local.flux = 1.0 / local.slope, V + film * (now + more)
        local.flux_v = (1.0 + per_j) * local.gain
        lacks -= grain.share * (now + more - local.flux_v * local.flux)
        gain += grain.share * local.flux_v
        moved += grain.share * local.flux_v * V_I
    if sys.counts.layers > 0:
        lacks += w.layer[0, first].per_v * w.layer[0, first].known
        gain += w.layer[0, first].per_v
    V = lacks / gain
    for k in range(v.kinds):
        local, now, p = w.kind[k, first], j[k * n + first], v.particle + k
        dj = local.gain * (V - local.flux)
        new, _, damped = correct(local, now, dj)
        flux -= sys.grain[p].share * new
        if ages:
            here = w.side[k, first]
            if not damped:
                side_reactions.follow(here, dj, 0.0)
            flux -= sys.grain[p].share * (here.sei + here.rough * here.cr + here.pl)
        for i in range(n):
            if sys.volume[i].side == side:
                j[k * n + i] = new
                if ages:
                    side_reactions.same_currents(w.side[k, first], w.side[k, i])
        change = max(
            change, abs(local.slope * dj), fill(w.inside[p], local.alpha + local.beta * new, shells(sys, x, p))
        )
    if sys.counts.layers > 0:  # what is left of the current
        for i in range(n):
            if sys.volume[i].side == side:
                w.layer[0, i].j = flux if v.C_dl > 0.0 else 0.0
    return V, 1.0 / gain, change, moved / gain
