"""Heat of the whole cell, whose laws are all taken at one temperature, and the margins of a charge.

The heat made is that of all reactions and resistances: as charges balance volume by volume, what is not
reversible adds up to the current times what the terminal voltage lacks of the open-circuit voltage of the
surfaces.  Bernardi, Pawlikowski and Newman, J. Electrochem. Soc. 132 (1985) 5.
"""

import numpy as np

from ...numerics.table import TERMS, locate, read
from ...support.compile import inner
from ..layout import CRITICAL_CURRENT, FILM, LAWS_PER_SIDE, OCP, SINGLE_FLUX, surface, views
from .electrode.double_layer import stored
from .heat.mixing import mixing
from .heat.network import conducted
from .interface import open_circuit
from .lithium_metal import active, potential


@inner
def entropic(sys, w, material, at):
    """dU/dT of a material at a stoichiometry found `at` in its table [V/K]; needs a system with heat."""
    slope = 0.0
    k = LAWS_PER_SIDE * material + OCP
    for m in range(TERMS):
        if w.entropy[material, m] != 0.0:
            slope += w.entropy[material, m] * read(sys.laws.solid, int(w.by_solid[k, m // 2]) + m % 2, at)[0]
    return slope


@inner
def of_kind(sys, x, i, k, w):
    """Shares of U and of T dU/dT [V] of kind k in volume i, at the surface of its particle among all particles x."""
    p = sys.volume[i].particle + k
    grain, outside = sys.grain[p], surface(sys, x, p)
    at = locate(sys.laws.solid, outside)
    U, _ = open_circuit(sys.laws.solid, w.by_solid, grain.material, outside, at)
    return grain.share * U, grain.share * w.at[0] * entropic(sys, w, grain.material, at)


@inner
def aside(sys, i, k, w):
    """Currents of the side reactions of kind k in volume i times their potentials, which plated lithium has none of
    against itself [W/m2].
    """
    grain, now = sys.grain[sys.volume[i].particle + k], w.side[k, i]
    return sys.volume[i].area * grain.share * (now.sei + now.rough * now.cr) * sys.ageing[grain.sweep].U


@inner
def made(sys, s, V, w):
    """Heat made at state s and terminal voltage V [W/m2]: irreversible, that of mixing left out, and reversible."""
    y = views(sys, s)
    j = y.j
    lasting, reversible, several = -y.cell.I * V, 0.0, sys.counts.kinds > 1
    if sys.counts.layers > 0:
        lasting -= stored(sys, w)
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if several and v.particle >= 0:
            for k in range(v.kinds):
                by_U, by_T = of_kind(sys, y.x, i, k, w)
                lasting -= v.area * j[k * sys.volume.size + i] * by_U
                reversible += v.area * j[k * sys.volume.size + i] * by_T
                if sys.ageing.size > 0:
                    lasting -= aside(sys, i, k, w)
        elif v.area > 0.0:
            outside = surface(sys, y.x, v.particle) if v.particle >= 0 else 0.5
            at = locate(sys.laws.solid, outside)
            U, _ = open_circuit(sys.laws.solid, w.by_solid, v.side, outside, at)
            if v.particle < 0 and sys.foil.size > 0:
                U += potential(sys, w, j[i])[0]
            lasting -= v.area * j[i] * U
            if sys.ageing.size > 0 and v.particle >= 0:
                lasting -= aside(sys, i, 0, w)
            reversible += v.area * j[i] * w.at[0] * entropic(sys, w, v.side, at)
    return lasting, reversible


@inner
def with_mixing(sys, s, V, w):
    """The same with the heat of mixing, where it counts."""
    lasting, reversible = made(sys, s, V, w)
    if sys.heat.mixing:
        lasting += mixing(sys, s, w)
    return lasting, reversible


@inner
def balance(sys, hg, ctl, s_hat, s, V, w):
    """The end of the state that heat belongs to, over one implicit stage; material is taken as it was foreseen.

    For systems with heat.
    """
    past, y = views(sys, s_hat), views(sys, s)
    lasting, reversible = with_mixing(sys, s, V, w)
    heater = ctl.heater + ctl.own * y.cell.I * V
    C, loss = sys.heat.capacity, sys.heat.loss
    now = (past.T[0] + hg / C * (lasting + reversible + heater + loss * ctl.T_around)) / (1.0 + hg * loss / C)
    y.T[0] = now
    y.cell.made = past.cell.made + hg * (lasting + reversible)
    if hg * loss > C:  # the same; of a long step the difference to the surroundings is rounded too much
        lost = hg * (lasting + reversible + heater) - C * (now - past.T[0])
    else:
        lost = hg * loss * (now - ctl.T_around)
    y.cell.lost = past.cell.lost + lost
    y.cell.heated = past.cell.heated + hg * heater


@inner
def balance_of_nodes(sys, hg, ctl, s_hat, s, V, w):
    """The same of a cell with several temperatures."""
    past, y = views(sys, s_hat), views(sys, s)
    lasting, reversible = with_mixing(sys, s, V, w)
    own = ctl.own * y.cell.I * V
    lost = hg * conducted(sys, hg, past.T, y.T, lasting + reversible + own, ctl.heater, ctl.T_around, w)
    if hg * sys.heat.loss > sys.heat.capacity:
        lost = hg * (lasting + reversible + own + ctl.heater) - sys.heat.capacity * (y.T[0] - past.T[0])
    y.cell.made = past.cell.made + hg * (lasting + reversible)
    y.cell.lost = past.cell.lost + lost
    y.cell.heated = past.cell.heated + hg * (ctl.heater + own)


@inner
def share(sys, i):
    """Weight of volume i in phi_e at the face to the next one; at the end of an electrode only, else 1."""
    if i + 1 < sys.volume.size and sys.volume[i + 1].side < 0:
        return sys.volume[i + 1].left * sys.volume[i].across
    return 1.0


@inner
def most_film(sys, i, j):
    """Largest drop of a film over the surfaces of volume i, before its temperature factor [V], and the kind and its
    film resistance [Ohm m2].
    """
    v, n = sys.volume[i], sys.volume.size
    if sys.counts.kinds == 1:
        return v.R_f * j[i], 0, v.R_f
    most, which, R_f = -np.inf, 0, 0.0
    for k in range(v.kinds):
        R = sys.grain[v.particle + k].R_f
        if R * j[k * n + i] > most:
            most, which, R_f = R * j[k * n + i], k, R
    return most, which, R_f


@inner
def plating(sys, s, w):
    """Least potential of the negative electrode's surfaces against lithium beside them [V], and its volume.

    Lithium is not plated while it is above 0; towards the separator it is taken at the very border.
    Infinite where it is not known: lithium metal, and the single-flux model.
    """
    y = views(sys, s)
    phi_e, phi_s, j = y.phi_e, y.phi_s, y.j
    least, which = np.inf, -1
    if sys.model == SINGLE_FLUX:
        return least, which
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.side != 0:
            break
        if v.particle >= 0:
            a = share(sys, i)
            outside = a * phi_e[i] + (1.0 - a) * phi_e[i + 1]
            now = phi_s[i] - outside - most_film(sys, i, j)[0] * w.rate[FILM]
            if now < least:
                least, which = now, i
    return least, which


@inner
def critical(sys, s, w):
    """How much more a charge could take, where lithium still touches, before the separator may be pierced [A/m2]."""
    return sys.heat.critical * w.rate[CRITICAL_CURRENT] + views(sys, s).cell.I / active(sys, s)
