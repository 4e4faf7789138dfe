"""From layers to a cell: pouch, can or case, mass and volume, component by component."""
import math
from dataclasses import dataclass

from ..errors import ParameterError
from .stack import pair_layers

# From what stores energy to what merely holds it together: the order of a waterfall chart.
WATERFALL = (
    "positive active material", "positive electrode", "negative active material", "negative electrode",
    "plated lithium", "positive carbon and binder", "negative carbon and binder", "electrolyte", "separator",
    "lithium excess", "interlayer", "insulating film", "positive current collector",
    "negative current collector", "current collectors", "pouch foil", "can", "case", "tabs and terminals",
    "margins and rims", "empty space",
)


@dataclass(frozen=True)
class CellDesign:
    """Mass [kg] and volume [m3] of a charged cell, and of what it is made of.

    `masses` and `volumes` list components in the order of WATERFALL; they add up to `mass` and
    `volume`.  Volumes are of layers, masses of materials.  Plated lithium has volume but no mass of its
    own, as it came out of the positive active material.  The stack is everything but packaging,
    terminals and empty space.
    """

    masses: dict[str, float]
    volumes: dict[str, float]
    stack_mass: float
    stack_volume: float
    thickness: float | None  # of a pouch or case [m]

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
    masses: dict[str, float] = {}
    volumes: dict[str, float] = {}
    for layer in layers:
        volumes[layer.name] = volumes.get(layer.name, 0.0) + area * layer.thickness
        for name, m in layer.masses:
            masses[name] = masses.get(name, 0.0) + area * m
    stack_mass, stack_volume = sum(masses.values()), sum(volumes.values())
    package = {"pouch": _pouch, "cylindrical": _can, "prismatic": _case}[cell.text("design/format")]
    extra_mass, extra_volume, thickness = package(cell, area, stack_volume)
    masses |= extra_mass | {"tabs and terminals": cell.value("design/tab and terminal mass")}
    volumes |= extra_volume
    return CellDesign(_ordered(masses), _ordered(volumes), stack_mass, stack_volume, thickness)


def _ordered(amounts):
    return {name: amounts[name] for name in sorted(amounts, key=WATERFALL.index) if amounts[name] > 0.0}


def _pouch(cell, area, stack_volume):
    """A laminate on both faces; its rims and the stack's margins take the rest of the footprint."""
    pairs = cell.value("design/number of electrode pairs")
    footprint = area / pairs / cell.value("design/area coverage")
    foil = cell.value("design/pouch foil thickness")
    height = stack_volume / area * pairs
    return ({"pouch foil": 2.0 * foil * footprint * cell.value("design/pouch foil density")},
            {"pouch foil": 2.0 * foil * footprint,
             "margins and rims": height * (footprint - area / pairs)},
            height + 2.0 * foil)


def _can(cell, area, stack_volume):
    """A closed cylinder; what the roll leaves free is empty (mandrel, header, electrolyte space)."""
    d, h, t = (cell.value(f"design/can {k}") for k in ("diameter", "height", "wall thickness"))
    inside = 0.25 * math.pi * (d - 2.0 * t) ** 2 * (h - 2.0 * t)
    return _shell(cell, "can", 0.25 * math.pi * d * d * h, inside, stack_volume, None)


def _case(cell, area, stack_volume):
    """A closed box; the stack or the rolls leave corners and a header free."""
    sides = [cell.value(f"design/case {k}") for k in ("length", "width", "height")]
    t = cell.value("design/case wall thickness")
    inside = math.prod(a - 2.0 * t for a in sides)
    return _shell(cell, "case", math.prod(sides), inside, stack_volume, min(sides))


def _shell(cell, name, outside, inside, stack_volume, thickness):
    if stack_volume > inside:
        raise ParameterError(f"{cell.name}: the layers take {1e6 * stack_volume:.2f} cm3, more than the "
                             f"{1e6 * inside:.2f} cm3 in the {name}; check electrode area and thicknesses")
    wall = outside - inside
    mass = wall * cell.value(f"design/{name} density")
    return {name: mass}, {name: wall, "empty space": inside - stack_volume}, thickness
