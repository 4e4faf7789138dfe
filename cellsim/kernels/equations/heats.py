"""Heats and margins of states that have been stored, of which only the unknowns are known."""

import numpy as np

from ...numerics.table import locate
from ...support.compile import inner, kernel
from ..layout import SINGLE_FLUX, rate_of, surface, views
from ..reference import by_reference
from . import ageing, side_reactions
from .electrode import uniform
from .electrode.double_layer import foresee_layers
from .heat.mixing import mixing
from .interface import by_hysteresis, foresee_hysteresis, reaction
from .lithium_metal import foresee
from .temperature import warm
from .thermal import critical, plating, with_mixing
from .wearing import geometry


@inner
def react_aside(sys, s, w):
    """The side currents of all volumes at state s, by its intercalation currents and what is at the surfaces."""
    y, n = views(sys, s), sys.volume.size
    for i in range(n):
        v = sys.volume[i]
        for k in range(v.kinds):
            grain, x, c, j = sys.grain[v.particle + k], surface(sys, y.x, v.particle + k), y.c_e[i], y.j[k * n + i]
            if sys.model == SINGLE_FLUX:
                under, _, _, _ = uniform.beneath(sys, w, v.side, k, j, x, 0.0, y.c_e, y.cell.I, False)
                c = uniform.mean_salt(sys, v.side, y.c_e)
            else:
                root, material = np.sqrt(c), grain.material
                i_ref = (grain.i_ref if sys.counts.remade > 0 else v.i_ref) * w.rate[rate_of(material)]
                place = locate(sys.laws.salt, root)
                under, _, _, _ = reaction(sys, w, material, i_ref, 0.0, j, x, 0.0, c, root, place)
                if sys.hysteresis.size > 0:
                    a, lag = sys.hysteresis[material], w.lag[k, i]
                    under += by_hysteresis(sys.laws.branches, a, lag, material, y.cell.I, j, x, 0.0)[0]
            side_reactions.add_to(sys.ageing[grain.sweep], w.side[k, i], j, under, 0.0, 0.0, c, w.at[0])


@inner
def foresee_films(sys, s, w):
    """The films of the negative electrode at state s, which the margin to plating asks for."""
    y = views(sys, s)
    for i in range(sys.volume.size):
        if sys.volume[i].side != 0:
            break
        for k in range(sys.volume[i].kinds):
            ageing.foresee_kind(sys, 0.0, y, y, i, k, w)


@kernel
def heats_and_margins(sys, states, w, voltages, out):
    """Of states (times, N) and their voltages, into out (times, 4), with heat of mixing (times, 5).

    Irreversible and reversible heat [W/m2], margin to plating [V] and to the critical current [A/m2], of the
    irreversible heat that of mixing [W/m2]; of six the last is the volume of the margin to plating, or -1.
    """
    sys, w = by_reference(sys), by_reference(w)
    of_run = ageing.aged_system(sys, states[0], w)
    for k in range(states.shape[0]):
        s = states[k]
        warm(of_run, views(of_run, s).T[0], w)
        if sys.foil.size > 0:
            foresee(of_run, 0.0, s, s, w)
        if sys.ageing.size > 0:
            geometry.shape(of_run, s, w)
        if sys.heat.capacity > 0.0:
            if sys.hysteresis.size > 0:
                foresee_hysteresis(of_run, 0.0, s, w)
            if sys.counts.layers > 0:
                foresee_layers(of_run, 0.0, s, s, w)
            if sys.ageing.size > 0:
                ageing.foresee(of_run, 0.0, s, s, w)
                react_aside(of_run, s, w)
            out[k, 0], out[k, 1] = with_mixing(of_run, s, voltages[k], w)
            if sys.heat.mixing:
                out[k, 4] = mixing(of_run, s, w)
        elif sys.ageing.size > 0:
            foresee_films(of_run, s, w)
        (out[k, 2], where), out[k, 3] = plating(of_run, s, w), critical(of_run, s, w)
        if out.shape[1] > 5:
            out[k, 5] = where
