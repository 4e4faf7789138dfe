"""The mesh of the linearised equations."""

import numpy as np

from ...kernels.layout import POROUS, SINGLE_FLUX, System
from ...numerics.grids import graded_layer
from ...parameters import Cell
from ..electrodes import PARTS
from ..graded import graded, radii
from ..volumes import across, electrode, mirrored, paths, unit_of

STRETCH = 3.0  # grading of the electrodes towards both faces
GRADED = ("dx", "left", "right", "link", "end", "eps", "tau", "sigma", "area")  # of volumes, by the mesh


def graded_both_ways(cell: Cell, sys: System) -> System:
    """The mesh of a run with porous electrodes graded towards both faces.

    With increasing frequency the reaction is concentrated at the separator, or at the current collector if the solid
    phase is the poorer conductor.
    """
    volume, grain = sys.volume.copy(), sys.grain
    for side, part in enumerate(PARTS):
        here = np.flatnonzero(volume["side"] == side)
        if here.size > 1 and graded(cell, part):
            unit = unit_of(cell, part, here.size, STRETCH, "both")
            region = electrode(cell, part, side, unit, sys.T, False, sys.model == SINGLE_FLUX)
            for key in GRADED:
                volume[key][here] = getattr(region, key)
            if sys.model == POROUS:
                grain = grain.copy()
                grain["R_p"][volume["particle"][here]] = radii(cell, part, side, unit)
        elif here.size > 1:
            length, surface = volume["dx"][here].sum(), volume["area"][here].sum()
            unit = graded_layer(here.size, STRETCH, "both")
            volume["dx"][here], volume["area"][here] = length * unit.dx, surface * unit.dx
            ways = paths(unit, length, volume["tau"][here[0]], volume["sigma"][here[0]])
            for key, values in zip(("left", "right", "link", "end"), mirrored(*ways) if side else ways, strict=True):
                volume[key][here] = values
    volume["across"] = across(volume)
    return sys._replace(volume=volume, grain=grain)
