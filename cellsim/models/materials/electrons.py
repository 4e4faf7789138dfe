"""Electronic conductivity of the solid of an electrode as a law of stoichiometry and temperature.

Volumes have that at reference, in the middle of the stoichiometry window and at the reference temperature; where it
follows either of them, kernels multiply it by a law of the particle surfaces.
"""

from typing import Any

from ...parameters import Cell
from ...parameters.catalogue.quantities import ELECTRONIC, ELECTRONIC_ENERGY
from ...parameters.laws.split import depends_on_temperature
from ...physics.transport import arrhenius
from ..electrodes import PARTS, is_metal


def conducts(cell: Cell, part: str) -> bool:
    """Whether an electrode has an electronic conductivity: lithium metal and many films are ideal conductors."""
    return not is_metal(cell, part) and cell.has(f"{part}/{ELECTRONIC}")


def factor(cell: Cell, part: str, T: Any) -> Any:
    """Factor of the activation energy on the law, at T [K]."""
    return arrhenius(cell.value(f"{part}/{ELECTRONIC_ENERGY}"), T, cell.value("cell/reference temperature"))


def conductivity(cell: Cell, part: str, T: float) -> Any:
    """sigma(x) [S/m] of the solid of an electrode at T, before fractions and percolation."""
    law, scale = cell.law(f"{part}/{ELECTRONIC}"), factor(cell, part, T)
    return lambda x: scale * law(x, T)


def at_reference(cell: Cell, part: str) -> float:
    """The same in the middle of the stoichiometry window and at the reference temperature."""
    path = f"{part}/{ELECTRONIC}"
    if cell.is_number(path):
        return cell.value(path)
    middle = 0.5 * sum(cell.value(f"{part}/{end} stoichiometry") for end in ("minimum", "maximum"))
    return float(cell.law(path)(middle, cell.value("cell/reference temperature")))


def follows(cell: Cell) -> bool:
    """Whether the conductivity of either electrode follows its stoichiometry or the temperature."""
    return any(conducts(cell, part) and _follows(cell, part) for part in PARTS)


def _follows(cell: Cell, part: str) -> bool:
    return not cell.is_number(f"{part}/{ELECTRONIC}") or cell.value(f"{part}/{ELECTRONIC_ENERGY}") != 0.0


def warms(cell: Cell, part: str) -> bool:
    """Whether the conductivity of an electrode depends on temperature."""
    return cell.value(f"{part}/{ELECTRONIC_ENERGY}") != 0.0 or depends_on_temperature(cell.law(f"{part}/{ELECTRONIC}"))


def of_reference(cell: Cell, part: str, T: float) -> Any:
    """The conductivity of x at T over that at reference; 1 where nothing is stated."""
    if not conducts(cell, part):
        return lambda x: 0.0 * x + 1.0
    law, reference = conductivity(cell, part, T), at_reference(cell, part)
    return lambda x: law(x) / reference
