"""Energy densities of stack, cell and pack from an energy that was simulated."""
from dataclasses import dataclass

from .cell import CellDesign, build


@dataclass(frozen=True)
class PackFactor:
    """Energy density of a pack over that of its cells, by mass and by volume [1]."""

    gravimetric: float
    volumetric: float


# Pack over cell, the middle of what electric-car packs reach; from memory of the literature,
# unverified.  The same for every cell, so ratios between cells do not depend on it.
PACK = PackFactor(gravimetric=0.70, volumetric=0.55)


@dataclass(frozen=True)
class EnergyDensity:
    """W.h/kg and W.h/L at three levels; the pack is the cell times `pack_factor`, an assumption."""

    gravimetric: float
    volumetric: float
    stack_gravimetric: float
    stack_volumetric: float
    pack_gravimetric: float
    pack_volumetric: float
    pack_factor: PackFactor


def energy_density(cell, energy_wh, design: CellDesign | None = None, pack_factor=PACK) -> EnergyDensity:
    """Energy densities of a cell that delivers `energy_wh` [W.h]; `design` saves building it again.

    Raises ValueError for a negative energy or NaN.
    """
    if not energy_wh >= 0.0:
        raise ValueError(f"energy cannot be negative, found {energy_wh} W.h")
    design = build(cell) if design is None else design
    g, v = energy_wh / design.mass, energy_wh / (1e3 * design.volume)
    return EnergyDensity(g, v, energy_wh / design.stack_mass, energy_wh / (1e3 * design.stack_volume),
                         pack_factor.gravimetric * g, pack_factor.volumetric * v, pack_factor)
