"""Heat capacity and cooled surface of a cell, from the layers and the housing of its design."""
import math
from dataclasses import dataclass

from ..errors import ParameterError
from ..models.thermal_laws import Body
from ..support.arguments import number
from .cell import build

NATURAL = 10.0  # W/m2/K from a surface to slowly moving air, if nothing else is said: a usual assumption
CERAMIC = 900.0  # J/kg/K of a solid electrolyte, if nothing else is said: the same


@dataclass(frozen=True)
class Lumped:
    """Heat of a run: one temperature for the whole cell.

    heat_capacity [J/K], heat_transfer_coefficient [W/m2/K] to the surroundings, cooling_area [m2]; what is
    not given comes from the parameter set, and what that does not give from the layers and the outside of
    its design.  A cooling plate is its coefficient with the area it touches.
    """

    heat_capacity: float | None = None
    heat_transfer_coefficient: float | None = None
    cooling_area: float | None = None

    def __post_init__(self):
        for name, lowest in (("heat_capacity", 1e-12), ("heat_transfer_coefficient", 0.0), ("cooling_area", 0.0)):
            object.__setattr__(self, name, number(
                f"Lumped: {name} =", getattr(self, name), f"give a finite number, "
                f"{'zero or more' if lowest == 0.0 else 'above 0'}", low=lowest, none=True, error=ParameterError))

    def of(self, cell) -> Body:
        """Heat capacity and conductance of `cell`.  Raises ParameterError where its layers do not fit."""
        C = heat_capacity(cell) if self.heat_capacity is None else self.heat_capacity
        h, key = self.heat_transfer_coefficient, "cell/heat transfer coefficient"
        if h is None:
            h = cell.value(key) if cell.has(key) else NATURAL
        area = cooling_area(cell) if self.cooling_area is None else self.cooling_area
        return Body(float(C), float(h * area))


def heat_capacity(cell) -> float:
    """Heat capacity [J/K]: what the cell states, or the sum over what it is made of."""
    if cell.has("cell/heat capacity"):
        return cell.value("cell/heat capacity")
    return sum(mass * specific_heat(cell, name) for name, mass in build(cell).masses.items())


def specific_heat(cell, name) -> float:
    """Specific heat [J/kg/K] of a component of the design."""
    key = f"design/{name} specific heat"
    return CERAMIC if name == "electrolyte" and cell.kind == "solid" and not cell.has(key) else cell.value(key)


def cooling_area(cell) -> float:
    """Surface that is cooled [m2]: what the cell states, or all of its outside."""
    return cell.value("cell/cooling area") if cell.has("cell/cooling area") else outside(cell)


def outside(cell) -> float:
    """Surface of the housing [m2]; of a pouch both faces."""
    get = lambda key: cell.value(f"design/{key}")  # noqa: E731
    kind = cell.text("design/format")
    if kind == "cylindrical":
        d, h = get("can diameter"), get("can height")
        return math.pi * d * h + 0.5 * math.pi * d * d
    if kind == "prismatic":
        a, b, c = (get(f"case {k}") for k in ("length", "width", "height"))
        return 2.0 * (a * b + b * c + c * a)
    return 2.0 * cell.value("cell/electrode area") / get("number of electrode pairs") / get("area coverage")
