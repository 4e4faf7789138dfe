"""Energy density of stack, cell and pack from a simulated energy."""

from dataclasses import dataclass

from ..parameters import Cell
from .cell import CellDesign, build


@dataclass(frozen=True)
class PackFactor:
    """Ratio of the energy density of a pack to its cells, by mass and by volume [1]."""

    gravimetric: float
    volumetric: float


# Typical electric-car packs; from memory of the literature, unverified.  The same for every cell, so that ratios
# between cells do not depend on it.
PACK = PackFactor(gravimetric=0.70, volumetric=0.55)


@dataclass(frozen=True)
class EnergyDensity:
    """Gravimetric [Wh/kg] and volumetric [Wh/L] energy density of cell, stack and pack.

    The pack is the cell times `pack_factor`, an assumption.
    """

    gravimetric: float
    volumetric: float
    stack_gravimetric: float
    stack_volumetric: float
    pack_gravimetric: float
    pack_volumetric: float
    pack_factor: PackFactor


def energy_density(
    cell: Cell, energy_wh: float, design: CellDesign | None = None, pack_factor: PackFactor = PACK
) -> EnergyDensity:
    """Energy densities of a cell that delivers `energy_wh` [Wh].

    design: result of `build`, if already known.  Raises ValueError for a negative energy or NaN.
    """
    if not energy_wh >= 0.0:
        raise ValueError(f"energy cannot be negative, found {energy_wh} Wh")
    design = build(cell) if design is None else design
    g, v = energy_wh / design.mass, energy_wh / (1e3 * design.volume)
    return EnergyDensity(
        g,
        v,
        energy_wh / design.stack_mass,
        energy_wh / (1e3 * design.stack_volume),
        pack_factor.gravimetric * g,
        pack_factor.volumetric * v,
        pack_factor,
    )
