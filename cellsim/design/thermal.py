"""Heat capacity and cooled surface of a cell from the layers and the housing of its design."""

import math
from dataclasses import dataclass
from typing import Any

from ..errors import ParameterError
from ..models.thermal_laws import Body
from ..parameters import Cell
from ..support.arguments import flag, number
from ..support.renamed import by_names
from .cell import build

NATURAL = 10.0  # default heat transfer coefficient [W/m2/K], natural convection in air; an assumption
CERAMIC = 900.0  # default specific heat of a solid electrolyte [J/kg/K]; an assumption


@by_names
@dataclass(frozen=True)
class Lumped:
    """Lumped thermal model: one temperature for the whole cell.

    heat_capacity [J/K], heat_transfer_coefficient [W/m2/K] to the surroundings, cooling_area [m2].  Values that are
    not given are taken from the parameter set, or else computed from the layers and the outer surface of its design.
    For a cooling plate, give its heat transfer coefficient and its contact area.
    heat_of_mixing: whether the heat counts that differences of concentration inside particles give as they even out.
    Raises ParameterError for values that are not finite or are negative.
    """

    heat_capacity: float | None = None
    heat_transfer_coefficient: float | None = None
    cooling_area: float | None = None
    heat_of_mixing: bool = False

    def __post_init__(self) -> None:
        for name, lowest in (("heat_capacity", 1e-12), ("heat_transfer_coefficient", 0.0), ("cooling_area", 0.0)):
            object.__setattr__(self, name, given(self, name, lowest))
        flag(f"{type(self).__name__}: heat_of_mixing", self.heat_of_mixing, ParameterError)

    def of(self, cell: Cell) -> Body:
        """Heat capacity and thermal conductance of a cell.  Raises ParameterError if layers do not fit the housing."""
        C = heat_capacity(cell) if self.heat_capacity is None else self.heat_capacity
        area = cooling_area(cell) if self.cooling_area is None else self.cooling_area
        tabs = cell.value("cell/tab thermal conductance")
        return Body(float(C), float(self.coefficient(cell) * area + tabs), self.heat_of_mixing)

    def coefficient(self, cell: Cell) -> float:
        """Heat transfer coefficient to the surroundings [W/m2/K]: given, stated by the cell, or that of air."""
        key = "cell/heat transfer coefficient"
        if self.heat_transfer_coefficient is not None:
            return self.heat_transfer_coefficient
        return cell.value(key) if cell.has(key) else NATURAL

    def stated_area(self, cell: Cell) -> float | None:
        """Cooled surface [m2]: given, or stated by the cell; None: its outer surface."""
        if self.cooling_area is None and cell.has("cell/cooling area"):
            return cell.value("cell/cooling area")
        return self.cooling_area


def given(model: Any, name: str, lowest: float = 0.0) -> float | None:
    """A number of a thermal model, or None.  Raises ParameterError."""
    found: float | None = number(
        f"{type(model).__name__}: {name} =",
        getattr(model, name),
        f"give a finite number, {'zero or more' if lowest == 0.0 else 'above 0'}",
        low=lowest,
        none=True,
        error=ParameterError,
    )
    return found


def heat_capacity(cell: Cell) -> float:
    """Heat capacity [J/K]: stated by the cell, or the sum over its components."""
    if cell.has("cell/heat capacity"):
        return cell.value("cell/heat capacity")
    return sum(mass * specific_heat(cell, name) for name, mass in build(cell).masses.items())


def specific_heat(cell: Cell, name: str) -> float:
    """Specific heat [J/kg/K] of a component of the design."""
    key = f"design/{name} specific heat"
    return CERAMIC if name == "electrolyte" and cell.kind == "solid" and not cell.has(key) else cell.value(key)


def cooling_area(cell: Cell) -> float:
    """Cooled surface [m2]: stated by the cell, or its whole outer surface."""
    return cell.value("cell/cooling area") if cell.has("cell/cooling area") else outside(cell)


def outside(cell: Cell) -> float:
    """Outer surface of the housing [m2]; for a pouch both faces."""

    def get(key: str) -> float:
        return cell.value(f"design/{key}")

    kind = cell.text("design/format")
    if kind == "cylindrical":
        d, h = get("can diameter"), get("can height")
        return math.pi * d * h + 0.5 * math.pi * d * d
    if kind == "prismatic":
        a, b, c = (get(f"case {k}") for k in ("length", "width", "height"))
        return 2.0 * (a * b + b * c + c * a)
    return 2.0 * cell.value("cell/electrode area") / get("number of electrode pairs") / get("area coverage")
