"""What took the capacity that a cell lost: lithium, or active material of either electrode."""

import math
from typing import NamedTuple

import numpy as np

from ....models.health.esoh import ElectrodeSOH, Inventory, solved
from ....models.health.potentials import HalfCells

PANELS = (1, 4, 16, 64)  # intervals of the path along which a loss is attributed
REMAINDER = 1e-5  # of the capacity: what the attribution may leave unexplained


class CapacityLost(NamedTuple):
    """Capacity lost between two states, attributed to its causes [Ah]; negative where one adds capacity.

    LLI: lithium lost, whatever took it, the lithium in lost material included.  LAM_n, LAM_p: capacity of electrodes
    lost.  remainder: what the attribution leaves.
    """

    LLI: float
    LAM_n: float
    LAM_p: float
    remainder: float

    @property
    def total(self) -> float:
        """All of it [Ah]."""
        return sum(self)


def capacity_lost(cells: HalfCells, before: ElectrodeSOH, after: ElectrodeSOH) -> CapacityLost:
    """Attribute the capacity lost to lithium and to the materials of the electrodes.

    The derivatives of the capacity are integrated along the straight path from one inventory to the other (two-point
    Gauss formula, with four times as many intervals until the remainder is below 1e-5 of the capacity); the closed form
    makes that exact but for kinks, where another limit begins to bind.  Cut-off voltages are those of `before`.
    """
    first, last = np.array(before.inventory), np.array(after.inventory)
    change = last - first if not cells.metal else np.array([0.0, *(last - first)[1:]])
    total = before.capacity - solved(cells, after.inventory, before.V_min, before.V_max).capacity
    parts = np.zeros(3)
    for panels in PANELS:
        middle = (np.arange(panels) + 0.5)[:, None] / panels
        nodes = (middle + np.array([-0.5, 0.5]) / math.sqrt(3.0) / panels).ravel()
        path = [solved(cells, Inventory(*(first + t * change)), before.V_min, before.V_max) for t in nodes]
        mean = np.mean([state.sensitivity for state in path], axis=0)
        parts = -mean * change
        if abs(total - parts.sum()) <= REMAINDER * before.capacity:
            break
    return CapacityLost(float(parts[2]), float(parts[0]), float(parts[1]), float(total - parts.sum()))
