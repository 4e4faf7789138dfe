"""Laws of charge transfer of a cell, as data of `kernels.equations.electrode.charge_transfer`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.records import ASYMMETRIC, BUTLER_VOLMER, KINETICS, LINEAR, MARCUS, MARCUS_HUSH_CHIDSEY
from ...parameters import Cell
from ...parameters.catalogue import kinetics as names
from ...support.compile import records
from ..electrodes import materials, values_of

LAWS = {
    names.SYMMETRIC: BUTLER_VOLMER,
    names.ASYMMETRIC: ASYMMETRIC,
    names.LINEAR: LINEAR,
    names.MARCUS: MARCUS,
    names.METAL: MARCUS_HUSH_CHIDSEY,
}


def coefficients(cell: Cell, part: str) -> tuple[float, float]:
    """Anodic and cathodic transfer coefficient of an electrode, or of a phase."""
    anodic = cell.value(f"{part}/{names.ANODIC}")
    path = f"{part}/{names.CATHODIC}"
    return anodic, cell.value(path) if cell.has(path) else 1.0 - anodic


def kinetics_of(cell: Cell, T: float) -> NDArray[Any]:
    """The law of charge transfer of each material: (materials,) KINETICS, or (0,) if all are Butler-Volmer's."""
    every = materials(cell)
    if all(cell.kinetics(part) == names.SYMMETRIC for part in every):
        return np.asarray(records(np.zeros(0, KINETICS)))
    found = np.zeros(len(every), KINETICS)
    for one, part in zip(found, every, strict=True):
        one["law"] = LAWS[cell.kinetics(part)]
        if one["law"] == ASYMMETRIC:
            anodic, cathodic = coefficients(cell, part)
            one["anodic"], one["both"] = anodic / (anodic + cathodic), anodic + cathodic
        if one["law"] in (MARCUS, MARCUS_HUSH_CHIDSEY):
            one["energy"] = values_of(cell, part)(names.ENERGY)
    return np.asarray(records(found))
