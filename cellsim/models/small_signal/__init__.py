"""The linearised equations of a cell at equilibrium, as functions of a complex Laplace variable s.

An implicit stage s = s_hat + hg f(s), linearised at equilibrium, gives the frequency response with
hg = 1/(2 pi i f), on the volumes and with the laws of `kernels.equations.porous` and `.spme`.  At equilibrium
there are no fluxes and the salt concentration is uniform: only values of the laws are needed, salt does not enter
the kinetics of intercalation, and the diffusivity of a particle is constant, so that its response is known in closed
form.

A cell that ages has the films, contact, surfaces and pores of its state, and the side reactions answer beside the
intercalation; that they also go on while the cell rests is left out.

In addition to the kernels there is a double layer at every reacting surface.  As in PyBaMM, it is in parallel with
charge transfer and film, so that an interphase gives an arc.  It is charged by cations, the only mobile species of
single-ion conductors.  (In PyBaMM it is charged by anions; the spectra of liquid cells hardly differ.)
For lithium metal, voids reduce the area of charge transfer, interphase and double layer.  Pressure and lithium
inventory are treated as in a run, except that no lithium becomes dead.
"""

from typing import Any

import numpy as np

from ...kernels.equations.interface_at_rest import salt_at_rest
from ...kernels.layout import POROUS, SINGLE_FLUX, THIN_FILM, System
from ...parameters import Cell
from ..electrodes import PARTS, is_metal
from ..lithium_metal import Lithium
from .interfaces import Array, interface, with_side_reactions
from .interfaces import without_double_layers as without_double_layers
from .meshes import graded_both_ways as graded_both_ways
from .networks import Salt, resolved, single_flux, thin_film
from .solids import conducting_at, through_film
from .worn import Worn as Worn
from .worn import at_rest


def impedance(cell: Cell, sys: System, x: Any, h: Any, lithium: Lithium, s: Array, worn: Worn | None = None) -> Array:
    """Impedance per electrode area (n,) [Ohm m2] of a cell on its mesh `sys`, at complex s (n,) [1/s].

    x, h: (negative, positive) stoichiometry and state of hysteresis; lithium: state of lithium metal; worn: what a cell
    that ages has aged to, None: as made.
    """
    c, ages, rests = sys.c_ref, sys.ageing.size > 0, None
    if ages:
        c = c if worn is None else worn.salt()
        sys, rests = at_rest(cell, sys, worn, x, h, c)
    both = [
        with_side_reactions(cell, sys, side, rests, s)
        if ages and not is_metal(cell, PARTS[side])
        else interface(cell, sys, side, x[side], h[side], lithium, s, c)
        for side in (0, 1)
    ]
    solve = {POROUS: resolved, SINGLE_FLUX: single_flux, THIN_FILM: thin_film}[sys.model]
    Z = solve(conducting_at(cell, sys, x), s, both, Salt(c, *salt_at_rest(sys, c)))
    if sys.model == THIN_FILM:
        Z = Z + through_film(cell, sys, float(x[1]), s, c)
    beside = s * cell.value("cell/geometric capacity")  # of all but what is in series with the cell
    return np.asarray(sys.R_series + 1.0 / (1.0 / (Z - sys.R_series) + beside)) if beside.any() else Z
