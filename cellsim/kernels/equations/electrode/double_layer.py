"""Double layers that are charged within a run: beside every reaction a capacity per reacting surface.

The current through a surface is that of its reactions and of its double layer,

    j + C_dl d(phi_s - phi_e)/dt,

film and side reactions being parallel to it as well.  The difference of potentials is a state with a rate of change:
it is continuous where the current jumps.  Within a stage the second current is linear in the potentials of its volume,
so that it adds to what the reaction, eliminated with its particle, takes: the blocks of the matrix keep their width.
What arrives at a surface are cations, whether they react or not, so that the salt knows the sum of both currents only.
Newman and Tiedemann, AIChE J. 21 (1975) 25; as in PyBaMM's differential surface form, but for the cations.
"""

import numpy as np

from ....numerics.block_tridiagonal import RIGHT
from ....support.compile import inner
from ...layout import views
from .. import side_reactions
from .uniform import beneath, first_of, mean_salt

INSTANT = 1e-12  # s: what happens to a double layer in less is not resolved; potentials found for no time are for this


@inner
def foresee_layers(sys, hg, s_hat, s, w):
    """Before a stage: double layers without what it adds, and how much current they take per potential."""
    past, y, per_time = views(sys, s_hat), views(sys, s), 1.0 / max(hg, INSTANT)
    for i in range(sys.volume.size):
        v, now = sys.volume[i], w.layer[0, i]
        C = v.C_dl * w.foil[0].active if v.particle < 0 and sys.foil.size > 0 else v.C_dl
        now.known, now.per_v, now.j = past.v_dl[i], C * per_time, y.j_dl[i] if C > 0.0 else 0.0
        now.per_j = hg / C if C > 0.0 else 0.0


@inner
def charged(now):
    """Difference of potentials that a LAYER is charged to at the end of its stage [V]."""
    return now.known + now.per_j * now.j


@inner
def add_layers(sys, phi_e, phi_s, w):
    """Add the currents that the potentials ask for to those of the reactions, in all volumes."""
    for i in range(sys.volume.size):
        if sys.volume[i].area > 0.0:
            now, local = w.layer[0, i], w.local[i]
            now.defect = now.per_v * (phi_s[i] - phi_e[i] - now.known) - now.j
            local.flux += now.j + now.defect
            local.flux_v += now.per_v


@inner
def update_layers(sys, w):
    """The currents of double layers after Newton's correction of the potentials."""
    for i in range(sys.volume.size):
        if sys.volume[i].area > 0.0:
            now = w.layer[0, i]
            now.j += now.defect + now.per_v * (w.block[i, 2, RIGHT] - w.block[i, 1, RIGHT])


@inner
def book_layers(sys, s, w):
    """The end of the state that belongs to double layers, over one implicit stage."""
    y = views(sys, s)
    for i in range(sys.volume.size):
        y.j_dl[i], y.v_dl[i] = w.layer[0, i].j, charged(w.layer[0, i])


@inner
def stored(sys, w):
    """Power that double layers take up [W/m2]."""
    total = 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].area > 0.0:
            total += sys.volume[i].area * w.layer[0, i].j * charged(w.layer[0, i])
    return total


@inner
def error_of_layers(sys, d):
    """An error d of a state in the double layers of an electrode [V], root mean square."""
    y, most = views(sys, d), 0.0
    for side in range(2):
        total, volumes = 0.0, 0
        for i in range(sys.volume.size):
            if sys.volume[i].side == side:
                total += y.v_dl[i] ** 2
                volumes += 1
        most = max(most, total / max(volumes, 1))
    return np.sqrt(most)


@inner
def react_beside(sys, w, side, flux, c, j, I, tied):
    """As `uniform.react`, of one kind of particle or metal that does or does not age, beside a double layer.

    One Newton step of j, which side reactions and double layer follow: what they leave of `flux` it takes.
    """
    first = first_of(sys, side)
    v, local, now, old = sys.volume[first], w.local[first], w.layer[0, first], j[first]
    V, V_j, film, V_I = beneath(sys, w, side, 0, old, local.alpha, local.beta, c, I, tied)
    more, per_j, ages = 0.0, 0.0, sys.ageing.size > 0 and v.particle >= 0
    if ages:
        salt = mean_salt(sys, side, c)
        more, per_j, _ = side_reactions.add_to(sys.ageing[side], w.side[0, first], old, V, V_j, 0.0, salt, w.at[0])
    V, V_j = V + film * (old + more), V_j + film * (1.0 + per_j)
    all_j = 1.0 + per_j + now.per_v * V_j  # of all currents per that of the reaction
    dj = (flux - old - more - now.per_v * (V - now.known)) / all_j
    if ages:
        side_reactions.follow(w.side[0, first], dj, 0.0)
    of_layer = flux - old - dj - more - per_j * dj if v.C_dl > 0.0 else 0.0
    for i in range(sys.volume.size):
        if sys.volume[i].side == side:
            j[i], w.layer[0, i].j = old + dj, of_layer
            if ages:
                side_reactions.same_currents(w.side[0, first], w.side[0, i])
    return V + V_j * dj, V_j / all_j, abs(V_j * dj), V_I * (1.0 + per_j) / all_j
