"""Mass and volume of a cell, component by component: electrode stack and pouch, can or case."""

import math
from dataclasses import dataclass

from ..errors import ParameterError
from ..parameters import Cell
from .stack import pair_layers

Package = tuple[dict[str, float], dict[str, float], float | None]  # masses [kg], volumes [m3], thickness [m]

# Order of components in waterfall charts: from active materials to housing.
WATERFALL = (
    "positive active material",
    "positive electrode",
    "negative active material",
    "negative electrode",
    "plated lithium",
    "positive carbon and binder",
    "negative carbon and binder",
    "electrolyte",
    "separator",
    "lithium excess",
    "interlayer",
    "insulating film",
    "positive current collector",
    "negative current collector",
    "current collectors",
    "pouch foil",
    "can",
    "case",
    "tabs and terminals",
    "margins and rims",
    "empty space",
)


@dataclass(frozen=True)
class CellDesign:
    """Mass and volume of a charged cell and of its components.

    masses [kg], volumes [m3]: by component in the order of WATERFALL; they add up to `mass` and `volume`.  Volumes
    are those of layers, masses those of materials.  Plated lithium has a volume but no mass of its own: its mass is
    counted with the positive active material.
    stack_mass [kg], stack_volume [m3]: without packaging, terminals and empty space.
    """

    masses: dict[str, float]
    volumes: dict[str, float]
    stack_mass: float
    stack_volume: float
    thickness: float | None  # [m], of a pouch or case; None for a can

    @property
    def mass(self) -> float:
        """Mass of the cell [kg]."""
        return sum(self.masses.values())

    @property
    def volume(self) -> float:
        """Volume of the cell [m3]."""
        return sum(self.volumes.values())


def build(cell: Cell) -> CellDesign:
    """Mass and volume of a cell from the design section of its parameter set.

    Raises ParameterError if the layers do not fit into the can or case.
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


def _ordered(amounts: dict[str, float]) -> dict[str, float]:
    return {name: amounts[name] for name in sorted(amounts, key=WATERFALL.index) if amounts[name] > 0.0}


def _pouch(cell: Cell, area: float, stack_volume: float) -> Package:
    """Laminate on both faces; sealing rims and margins of the stack take the rest of the footprint."""
    pairs = cell.value("design/number of electrode pairs")
    footprint = area / pairs / cell.value("design/area coverage")
    foil = cell.value("design/pouch foil thickness")
    height = stack_volume / area * pairs
    return (
        {"pouch foil": 2.0 * foil * footprint * cell.value("design/pouch foil density")},
        {"pouch foil": 2.0 * foil * footprint, "margins and rims": height * (footprint - area / pairs)},
        height + 2.0 * foil,
    )


def _can(cell: Cell, area: float, stack_volume: float) -> Package:
    """Closed cylinder; the volume not taken by the roll is empty (mandrel, header, electrolyte space)."""
    d, h, t = (cell.value(f"design/can {k}") for k in ("diameter", "height", "wall thickness"))
    inside = 0.25 * math.pi * (d - 2.0 * t) ** 2 * (h - 2.0 * t)
    return _shell(cell, "can", 0.25 * math.pi * d * d * h, inside, stack_volume, None)


def _case(cell: Cell, area: float, stack_volume: float) -> Package:
    """Closed box; corners and header are empty."""
    sides = [cell.value(f"design/case {k}") for k in ("length", "width", "height")]
    t = cell.value("design/case wall thickness")
    inside = math.prod(a - 2.0 * t for a in sides)
    return _shell(cell, "case", math.prod(sides), inside, stack_volume, min(sides))


def _shell(
    cell: Cell, name: str, outside: float, inside: float, stack_volume: float, thickness: float | None
) -> Package:
    """Can or case with outer and inner volume [m3]."""
    if stack_volume > inside:
        raise ParameterError(
            f"{cell.name}: the volume of the layers, {1e6 * stack_volume:.2f} cm³, exceeds the "
            f"{1e6 * inside:.2f} cm³ inside the {name}; check electrode area and thicknesses"
        )
    wall = outside - inside
    mass = wall * cell.value(f"design/{name} density")
    return {name: mass}, {name: wall, "empty space": inside - stack_volume}, thickness
