"""Volumes with several kinds of particle: phases of a composite electrode, classes of size.

Solid and electrolyte have one potential each in a volume, so that every kind k reacts by its own law at the same
voltage, and the reacting surface is divided among the kinds in shares:

    phi_s - phi_e = V_k(j_k, c_e),        current per reacting surface = sum_k share_k j_k,

j_k with the side reactions of kind k where the cell ages; shares then follow what is left of each kind.

The j_k are local unknowns.  Linearised, each is a function of the potentials and of c_e in its volume; their sum takes
the place of the current of a single kind, and the through-cell block stays as wide as it is.  At given current of an
electrode (`spme`) the voltage is the unknown that the sum determines.  Composite electrodes: Ai, Kirkaldy, Jiang,
Offer, Wang and Wu, J. Power Sources 527 (2022) 231142; distributions of size: Kirk, Evans, Please and Chapman, SIAM
J. Appl. Math. 82 (2022) 625.
"""

import numpy as np

from ....numerics.block_tridiagonal import RIGHT
from ....numerics.table import locate
from ....physics.kinetics import relaxed
from ....support.compile import inner
from ...layout import DIFFUSION, FILM, LAWS_PER_SIDE, rate_of, shells
from .. import particle, side_reactions
from ..interface import by_hysteresis, reaction

MILD = 0.03  # relative change of a concentration within which its logarithm is nearly straight


@inner
def condense(sys, hg, x_hat, x, w, again):
    """As `porous.condense_particles`, of every kind."""
    for i in range(sys.volume.size):
        if sys.volume[i].kinds == 0:
            w.local[i].alpha, w.local[i].beta = 0.5, 0.0  # a metal, or nothing that reacts
    for k in range(sys.counts.kinds):
        last, beta = -1, 0.0
        for i in range(sys.volume.size):
            if k >= sys.volume[i].kinds:
                continue
            p, local = sys.volume[i].particle + k, w.kind[k, i]
            grain = sys.grain[p]
            law = LAWS_PER_SIDE * grain.material + DIFFUSION
            if grain.varies:
                local.alpha, local.beta = particle.respond(
                    sys, p, law, w.by_solid, shells(sys, x_hat, p), shells(sys, x, p), hg, w.inside[p]
                )
            elif not again:
                if grain.sweep != last:
                    last, beta = grain.sweep, particle.factorise(sys, p, law, w.by_solid, hg, w.sweep[grain.sweep])
                local.alpha = particle.substitute(shells(sys, x_hat, p), w.sweep[last], w.inside[p])
                local.beta = beta


@inner
def react(sys, c, phi_e, phi_s, j, I, w):
    """The currents of all kinds, linearised, and their sum in every volume; see `porous.evaluate_laws`."""
    n, ages = sys.volume.size, sys.ageing.size > 0
    for i in range(n):
        v, root = sys.volume[i], np.sqrt(c[i])
        if v.kinds == 0:
            continue
        place = locate(sys.laws.salt, root)
        flux, flux_v, flux_c = 0.0, 0.0, 0.0
        for k in range(v.kinds):
            grain, local, now = sys.grain[v.particle + k], w.kind[k, i], j[k * n + i]
            material, film = grain.material, grain.R_f * w.rate[FILM + v.side]
            i_ref = grain.i_ref * w.rate[rate_of(material)]
            V, V_j, V_ce, local.i0 = reaction(
                sys, w, material, i_ref, film, now, local.alpha, local.beta, c[i], root, place
            )
            if sys.hysteresis.size > 0:
                a = sys.hysteresis[material]
                U, U_j, _ = by_hysteresis(sys.laws.branches, a, w.lag[k, i], material, I, now, local.alpha, local.beta)
                V, V_j = V + U, V_j + U_j
            more, per_j, per_c = 0.0, 0.0, 0.0
            if ages:
                more, per_j, per_c = side_reactions.add_to(
                    sys.ageing[grain.sweep], w.side[k, i], now, V - film * now, V_j - film, V_ce, c[i], w.at[0]
                )
                V, V_j, V_ce = V + film * more, V_j + film * per_j, V_ce + film * per_c
            local.gain, local.slope, local.v_ce = 1.0 / V_j, V_j, V_ce
            local.defect, all_j = local.gain * (phi_s[i] - phi_e[i] - V), 1.0 + per_j  # of all reactions
            local.flux_v = all_j * local.gain
            flux += grain.share * (now + more + all_j * local.defect)
            flux_v += grain.share * local.flux_v
            flux_c += grain.share * (local.flux_v * V_ce - per_c)
        w.local[i].flux, w.local[i].flux_v, w.local[i].flux_c = flux, flux_v, flux_c


@inner
def correct(local, j, dj):
    """A current of one kind after Newton's correction dj, damped where it must be; whether dj is mild; and damped."""
    x = local.alpha + local.beta * j
    mild = abs(local.beta * dj) < MILD * min(x, 1.0 - x)
    if dj * j < -0.5 * j * j and abs(j) > local.i0:
        return relaxed(j, dj, local.i0), False, True
    return j + dj, mild, False


@inner
def update(sys, j, dI, w):
    """As `porous.update`, for the currents of all kinds: the largest change of a voltage [V], and if all are mild."""
    n, change, mild, ages = sys.volume.size, 0.0, True, sys.ageing.size > 0
    for i in range(n):
        dc, de, ds = w.block[i, 0, RIGHT], w.block[i, 1, RIGHT], w.block[i, 2, RIGHT]
        for k in range(sys.volume[i].kinds):
            local = w.kind[k, i]
            dj = local.defect + local.gain * (ds - de - local.v_ce * dc)
            if sys.hysteresis.size > 0:
                dj -= local.gain * w.lag[k, i].by_I * dI
            j[k * n + i], tame, damped = correct(local, j[k * n + i], dj)
            if ages and not damped:
                side_reactions.follow(w.side[k, i], dj, dc)
            change, mild = max(change, abs(dj * local.slope)), mild and tame
    return change, mild


@inner
def set_particles(sys, x, j, w):
    """As `porous.set_particles`, of every kind."""
    n, change = sys.volume.size, 0.0
    for i in range(n):
        for k in range(sys.volume[i].kinds):
            p, local = sys.volume[i].particle + k, w.kind[k, i]
            last = local.alpha + local.beta * j[k * n + i]
            change = max(change, particle.fill(w.inside[p], last, shells(sys, x, p)))
    return change
