"""Temperatures from core to surface: geometry and conductances of a stack or a jelly roll from its design."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..models.thermal_laws import Body
from ..parameters import Cell
from ..support.arguments import number, whole
from ..support.renamed import by_names
from .cell import build
from .stack import pair_layers
from .thermal import Lumped, given, outside

NODES, MOST_NODES = 9, 200
SOLID = 0.7  # default thermal conductivity of a solid electrolyte layer [W/m/K]; an assumption
Array = NDArray[np.float64]


@by_names
@dataclass(frozen=True)
class ThermalNetwork(Lumped):
    """Thermal model with a core and a surface: `nodes` in a row through the stack, or from the core of a jelly roll.

    heat_capacity [J/K], heat_transfer_coefficient [W/m2/K], cooling_area [m2], heat_of_mixing: as in `Lumped`.
    nodes: 1 is the lumped model, 2 are core and surface.
    thermal_conductivity [W/m/K]: across the layers; that of the parameter set, or of the layers in series, unless
    given.
    tab_conductance [W/K]: from the layers along their foils to the surroundings; it cools all nodes alike.
    opposite_heat_transfer_coefficient [W/m2/K]: of a stack that is cooled from one face, of its other surfaces;
    unless given, both faces are cooled alike.
    Heat capacity and heat are distributed evenly over the volume; material is taken at the mean temperature.  Limits
    and holds of a protocol see the surface, which is cooled (of two faces the one with the heat transfer coefficient).
    Raises ParameterError.
    """

    nodes: int = NODES
    thermal_conductivity: float | None = None
    tab_conductance: float | None = None
    opposite_heat_transfer_coefficient: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        wanted = f"give a whole number from 1, one temperature, to {MOST_NODES}"
        nodes = whole("ThermalNetwork: nodes", self.nodes, wanted, high=MOST_NODES, error=ParameterError)
        object.__setattr__(self, "nodes", nodes)
        k = number(
            "ThermalNetwork: thermal_conductivity =",
            self.thermal_conductivity,
            "give W/m/K above 0 and up to 1e6, or leave it out",
            above=0.0,
            high=1e6,
            none=True,
            error=ParameterError,
        )
        object.__setattr__(self, "thermal_conductivity", k)
        for name in ("tab_conductance", "opposite_heat_transfer_coefficient"):
            object.__setattr__(self, name, given(self, name))

    def of(self, cell: Cell) -> Body:
        """Thermal properties of a cell.  Raises ParameterError if layers do not fit the housing, or a can has faces."""
        lump, surface, opposite, even = super().of(cell), *self._cooling(cell)
        one = replace(lump, conductance=float(surface + opposite + even))
        if self.nodes == 1:
            return one
        k = conductivity(cell) if self.thermal_conductivity is None else self.thermal_conductivity
        at, share, link = _places(cell, self.nodes, self.opposite_heat_transfer_coefficient is not None)
        loss = share * even
        loss[0] += opposite
        loss[-1] += surface
        rows = zip(at.tolist(), share.tolist(), [*(k * link).tolist(), 0.0], loss.tolist(), strict=True)
        return replace(one, chain=tuple(rows))

    def _cooling(self, cell: Cell) -> tuple[float, float, float]:
        """Conductances [W/K] from the surface, from the opposite face, and from all the volume alike."""
        h, tabs, other = self.coefficient(cell), self.tab_conductance, self.opposite_heat_transfer_coefficient
        even = cell.value("cell/tab thermal conductance") if tabs is None else tabs
        area, all_faces, whole_surface = self.stated_area(cell), faces(cell), outside(cell)
        if other is None and area is not None:
            return h * area, 0.0, even
        if other is None:
            return h * all_faces, 0.0, even + h * (whole_surface - all_faces)
        if cell.text("design/format") == "cylindrical":
            raise ParameterError(
                f"{cell.name}: ThermalNetwork: opposite_heat_transfer_coefficient = {other:g}: a can has no opposite "
                "faces; leave it out"
            )
        face = 0.5 * all_faces
        return h * (face if area is None else area), other * face, even + other * (whole_surface - all_faces)


def conductivity(cell: Cell) -> float:
    """Thermal conductivity across the layers [W/m/K]: stated by the cell, or that of the layers in series."""
    if cell.has("cell/thermal conductivity"):
        return cell.value("cell/thermal conductivity")
    layers = pair_layers(cell)
    resistance = sum(layer.thickness / conductivity_of(cell, layer.name) for layer in layers)
    return sum(layer.thickness for layer in layers) / resistance


def conductivity_of(cell: Cell, name: str) -> float:
    """Thermal conductivity of a layer [W/m/K]."""
    key = f"design/{'lithium' if 'lithium' in name else name} thermal conductivity"
    if name == "separator" and cell.kind == "solid" and not cell.has(key):
        return SOLID
    return cell.value(key)


def faces(cell: Cell) -> float:
    """Outer surface across the layers [m2]: both faces of a pouch or case, the mantle of a can."""
    if cell.text("design/format") == "cylindrical":
        return math.pi * cell.value("design/can diameter") * cell.value("design/can height")
    if cell.text("design/format") == "prismatic":
        a, b, _ = _sides(cell, 0.0)
        return 2.0 * a * b
    return outside(cell)


def _sides(cell: Cell, wall: float) -> list[float]:
    """The sides of a case without its walls [m], the longest one first."""
    return sorted((cell.value(f"design/case {k}") - 2.0 * wall for k in ("length", "width", "height")), reverse=True)


def _places(cell: Cell, n: int, whole_stack: bool) -> tuple[Array, Array, Array]:
    """Places of n nodes [m], their shares of the volume, links (n - 1,) between them per conductivity [m]."""
    kind = cell.text("design/format")
    if kind == "cylindrical":
        d, h, t = (cell.value(f"design/can {k}") for k in ("diameter", "height", "wall thickness"))
        outer, height = 0.5 * d - t, h - 2.0 * t
        if cell.has("design/jelly roll height"):
            height = min(height, cell.value("design/jelly roll height"))
        inner = math.sqrt(max(outer**2 - build(cell).stack_volume / (math.pi * height), 0.0))
        return roll(inner, outer, height, n)
    area = cell.value("cell/electrode area")
    if kind == "pouch":
        face = area / cell.value("design/number of electrode pairs")
        thickness = sum(layer.thickness for layer in pair_layers(cell)) * area / face
    else:
        a, b, _ = _sides(cell, cell.value("design/case wall thickness"))
        face, thickness = a * b, build(cell).stack_volume / (a * b)
    return slab(thickness, face, n) if whole_stack else slab(0.5 * thickness, 2.0 * face, n)


def slab(thickness: float, area: float, n: int) -> tuple[Array, Array, Array]:
    """Places of n nodes from one face to the other [m], shares of the volume, links per conductivity [m]."""
    step, share = thickness / (n - 1), np.full(n, 1.0 / (n - 1))
    share[[0, -1]] *= 0.5
    return np.linspace(0.0, thickness, n), share, np.full(n - 1, area / step)


def roll(inner: float, outer: float, height: float, n: int) -> tuple[Array, Array, Array]:
    """Radii of n nodes from the hole of a jelly roll to its outside [m], shares of the volume, links [m].

    Links are such that a steady state with heat made evenly is exact at all nodes: the volume inside the face between
    two nodes over the difference of its temperatures, (r^2/4 - inner^2/2 ln r) per heat and conductivity.
    """
    r = np.linspace(inner, outer, n)
    between = 0.5 * (r[1:] + r[:-1])
    within = np.concatenate([[0.0], between**2 - inner**2, [outer**2 - inner**2]])
    fall = 0.25 * np.diff(r**2)
    if inner > 0.0:
        fall -= 0.5 * inner**2 * np.diff(np.log(r))
    return r, np.diff(within) / within[-1], math.pi * height * within[1:-1] / fall
