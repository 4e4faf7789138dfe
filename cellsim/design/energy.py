"""Energy densities of stack, cell and pack from an energy that was simulated."""
from dataclasses import dataclass

from .cell import CellDesign, build

# Pack over cell, the middle of what electric-car packs reach; from memory of the literature,
# unverified.  The same for every cell, so ratios between cells do not depend on it.
PACK_GRAVIMETRIC = 0.70
PACK_VOLUMETRIC = 0.55


@dataclass(frozen=True)
class EnergyDensity:
    """W.h/kg and W.h/L at three levels."""

    gravimetric: float
    volumetric: float
    stack_gravimetric: float
    stack_volumetric: float
    pack_gravimetric: float
    pack_volumetric: float


def energy_density(cell, energy, design: CellDesign | None = None) -> EnergyDensity:
    """Energy densities of a cell that delivers `energy` [W.h]."""
    design = build(cell) if design is None else design
    g, v = energy / design.mass, energy / (1e3 * design.volume)
    return EnergyDensity(g, v, energy / design.stack_mass, energy / (1e3 * design.stack_volume),
                         PACK_GRAVIMETRIC * g, PACK_VOLUMETRIC * v)
