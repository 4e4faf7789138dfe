"""From layers to a cell: pouch or can, mass and volume, component by component."""
import math
from dataclasses import dataclass

from ..errors import ParameterError
from .stack import pair_layers


@dataclass(frozen=True)
class CellDesign:
    """Mass [kg] and volume [m3] of a charged cell, and of what it is made of.

    `masses` and `volumes` list components from the active stack outwards; they add up to `mass`
    and `volume`.  The stack is everything but packaging, terminals and empty space.
    """

    masses: dict[str, float]
    volumes: dict[str, float]
    stack_mass: float
    stack_volume: float
    thickness: float | None  # of a pouch [m]

    @property
    def mass(self) -> float:
        """kg."""
        return sum(self.masses.values())

    @property
    def volume(self) -> float:
        """m3."""
        return sum(self.volumes.values())


def build(cell) -> CellDesign:
    """Mass and volume of a cell from the design section of its parameter set.

    Raises ParameterError if the layers do not fit into a can of the stated size.
    """
    layers = pair_layers(cell)
    area = cell.value("cell/electrode area")
    masses, volumes = {}, {}
    for layer in layers:
        volumes[layer.name] = volumes.get(layer.name, 0.0) + area * layer.thickness
        for name, m in layer.masses:
            masses[name] = masses.get(name, 0.0) + area * m
    stack_mass, stack_volume = sum(masses.values()), sum(volumes.values())
    package = {"pouch": _pouch, "cylindrical": _can}[cell.text("design/format")]
    extra_mass, extra_volume, thickness = package(cell, area, stack_volume)
    masses |= extra_mass | {"tabs and terminals": cell.value("design/tab and terminal mass")}
    volumes |= extra_volume
    return CellDesign({k: v for k, v in masses.items() if v > 0.0}, {k: v for k, v in volumes.items() if v > 0.0},
                      stack_mass, stack_volume, thickness)


def _pouch(cell, area, stack_volume):
    """A laminate on both faces; its rims and the stack's margins take the rest of the footprint."""
    footprint = area / cell.value("design/number of electrode pairs") / cell.value("design/area coverage")
    foil = cell.value("design/pouch foil thickness")
    height = stack_volume / area * cell.value("design/number of electrode pairs")
    return ({"pouch foil": 2.0 * foil * footprint * cell.value("design/pouch foil density")},
            {"pouch foil": 2.0 * foil * footprint,
             "margins and rims": height * (footprint - area / cell.value("design/number of electrode pairs"))},
            height + 2.0 * foil)


def _can(cell, area, stack_volume):
    """A closed cylinder; what the roll leaves free is empty (mandrel, header, electrolyte space)."""
    d, h, t = (cell.value(f"design/can {k}") for k in ("diameter", "height", "wall thickness"))
    volume = 0.25 * math.pi * d * d * h
    inside = 0.25 * math.pi * (d - 2.0 * t) ** 2 * (h - 2.0 * t)
    if stack_volume > inside:
        raise ParameterError(f"{cell.name}: the layers take {1e6 * stack_volume:.2f} cm3, more than the "
                             f"{1e6 * inside:.2f} cm3 inside the can; check electrode area and thicknesses")
    wall = volume - inside
    return {"can": wall * cell.value("design/can density")}, {"can": wall, "empty space": inside - stack_volume}, None
