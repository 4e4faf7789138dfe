"""Cell mass from teardown data: an electrode stack that fills its case up to one global filling factor.

A roll that fills the whole case would be about 15 % too heavy, as headers, mandrels and gas take up volume.
`fit_filling_factor` fits one factor to a set of cells; it also accounts for headers and terminals, which are not in
the data.  For a pouch, the filled volume is that of the measured electrode sheets, without the sealing rims.
"""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

# kg/m3; typical values, rounded, from memory and unverified
DENSITY = {
    "NCA": 4800.0,
    "NMC": 4750.0,
    "LFP": 3600.0,
    "NC": 4800.0,
    "graphite": 2240.0,
    "binder": 1780.0,
    "carbon": 1900.0,
    "Al": 2700.0,
    "Cu": 8960.0,
    "PE": 950.0,
    "electrolyte": 1220.0,
    "steel": 7900.0,
    "laminate": 1600.0,
}


@dataclass(frozen=True)
class Teardown:
    """One disassembled cell: lengths [m], mass [kg], active material by mass fraction of the coating solids."""

    name: str
    kind: str  # cylindrical, prismatic or pouch
    cathode: str
    case: tuple[float, float, float]  # diameter, mandrel, height; or width, depth, height
    sheet: tuple[float, float]  # stacked electrodes of a pouch; not used for rolls
    wall: float
    aluminium: float
    copper: float
    separator: float
    separator_porosity: float
    coatings: tuple[float, float]  # anode, cathode, one side
    porosities: tuple[float, float]
    active: tuple[float, float]
    mass: float


def read_cells(path: str | PathLike[str]) -> list[Teardown]:
    """Disassembled cells of a CSV file with the columns of tests/reference/teardown_cells.csv."""
    with open(path, encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [
            {k: v if k in ("name", "kind", "cathode") else float(v) for k, v in row.items()}
            for row in csv.DictReader(line for line in lines if not line.startswith("#"))
        ]
    single = ("name", "kind", "cathode", "wall", "aluminium", "copper", "separator", "separator_porosity", "mass")
    return [
        Teardown(
            case=(r["case_a"], r["case_b"], r["height"]),
            sheet=(r["sheet_a"], r["sheet_b"]),
            coatings=(r["anode_coating"], r["cathode_coating"]),
            porosities=(r["anode_porosity"], r["cathode_porosity"]),
            active=(r["anode_active"], r["cathode_active"]),
            **{k: r[k] for k in single},
        )
        for r in rows
    ]


def solids_density(material: str, active: float) -> float:
    """Density [kg/m3] of the solids of a coating; the inactive rest is half binder, half carbon by mass."""
    rest = 0.5 * (1.0 - active)
    return 1.0 / (active / DENSITY[material] + rest / DENSITY["binder"] + rest / DENSITY["carbon"])


def stack_density(cell: Teardown) -> float:
    """Density [kg/m3] of two anode and two cathode coatings, foils and two separators with filled pores."""
    cathode = next(k for k in ("NCA", "NMC", "LFP", "NC") if cell.cathode.startswith(k))
    mass = cell.aluminium * DENSITY["Al"] + cell.copper * DENSITY["Cu"]
    thickness = cell.aluminium + cell.copper
    for coating, porosity, active, material in zip(
        cell.coatings, cell.porosities, cell.active, ("graphite", cathode), strict=True
    ):
        mass += (
            2.0 * coating * ((1.0 - porosity) * solids_density(material, active) + porosity * DENSITY["electrolyte"])
        )
        thickness += 2.0 * coating
    p = cell.separator_porosity
    mass += 2.0 * cell.separator * ((1.0 - p) * DENSITY["PE"] + p * DENSITY["electrolyte"])
    return mass / (thickness + 2.0 * cell.separator)


def case_of(cell: Teardown) -> tuple[float, float]:
    """Mass of the empty case [kg] and its inner volume [m3]."""
    t = cell.wall
    if cell.kind == "cylindrical":
        d, mandrel, h = cell.case
        inside = 0.25 * math.pi * ((d - 2 * t) ** 2 - mandrel**2) * (h - 2 * t)
        return (math.pi * d * h + 0.5 * math.pi * d * d) * t * DENSITY["steel"], inside
    a, b, h = cell.case
    footprint = math.prod(cell.sheet) if cell.kind == "pouch" else (a - 2 * t) * (h - 2 * t)
    inside = footprint * (b - 2 * t)
    skin = 2.0 * (a * b + a * h + b * h) * t
    return skin * DENSITY["Al" if cell.kind == "prismatic" else "laminate"], inside


def predict_mass(cell: Teardown, filling: float) -> float:
    """Mass [kg] of a cell whose stack fills the fraction `filling` of the inner volume."""
    case, inside = case_of(cell)
    return case + filling * inside * stack_density(cell)


def fit_filling_factor(cells: Iterable[Teardown]) -> float:
    """Filling factor by least squares of the relative mass errors (linear, in closed form)."""
    top = bottom = 0.0
    for cell in cells:
        case, inside = case_of(cell)
        slope = inside * stack_density(cell) / cell.mass
        top += slope * (1.0 - case / cell.mass)
        bottom += slope * slope
    return top / bottom


def leave_one_out(cells: Sequence[Teardown]) -> dict[str, float]:
    """Relative error of the mass of each cell with the factor fitted to all other cells."""
    return {c.name: predict_mass(c, fit_filling_factor([o for o in cells if o is not c])) / c.mass - 1.0 for c in cells}
