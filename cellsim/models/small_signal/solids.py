"""The electrons of a cell at rest: conductivities of its stoichiometries, and their way through a film."""

import numpy as np

from ...kernels.equations.interface_at_rest import interface_at_rest
from ...kernels.layout import THIN_FILM, System
from ...parameters import Cell
from ...physics.small_signal import layer
from ..electrodes import PARTS, is_metal
from ..kinds import kinds
from ..materials.electrons import of_reference
from .interfaces import Array, of_kinds


def conducting_at(cell: Cell, sys: System, x: Array) -> System:
    """The mesh with the electronic conductivity that porous electrodes have at (negative, positive) stoichiometries."""
    if not sys.counts["conducting"] or sys.model == THIN_FILM:
        return sys
    volume = sys.volume.copy()
    for side, part in enumerate(PARTS):
        if is_metal(cell, part):
            continue
        here, each = volume["side"] == side, of_kinds(cell, side, float(x[side]), sys.T)
        surface = sum(kind.share * at for kind, at in zip(kinds(cell)[side], each, strict=True))
        f = float(of_reference(cell, part, sys.T)(surface))
        for key, power in (("sigma", 1), ("link", 1), ("end", -1)):
            volume[key][here] *= f**power
    return sys._replace(volume=volume)


def through_film(cell: Cell, sys: System, x: float, s: Array, c: float) -> Array:
    """Resistance of a film to its electrons, which ions relieve on their way [Ohm m2]; like s.  c: salt [mol/m3]."""
    v = sys.volume[-1]
    if v["sigma"] == 0.0:
        return np.zeros(s.shape)
    share, L, D = v["electrons"], sys.grain["R_p"][0], interface_at_rest(sys, sys.volume.size - 1, 0, x, c)[2]
    sigma = v["sigma"] * float(of_reference(cell, PARTS[1], sys.T)(x))
    return np.asarray((share * L + (1.0 - 2.0 * share) * D * layer(s, L, D)) / sigma)
