"""Measured conductivities of inorganic solid electrolytes at room temperature.

The table is OBELiX (F. Therrien et al., arXiv 2502.14234; CC BY 4.0), see parameter_sets/materials/README.md.
"""

import csv
import re
from functools import lru_cache
from typing import NamedTuple

from ...parameters.load import home
from ...support.renamed import by_name

TABLE = "materials/conductivities.csv"
ANIONS = {"S": "sulfide", "Se": "sulfide", "Cl": "halide", "Br": "halide", "I": "halide", "F": "halide", "O": "oxide"}


class Conductivity(NamedTuple):
    """A measured conductivity.  density: of the crystal, from its atoms and lattice; None where that is not known."""

    composition: str
    conductivity: float  # [S/m], at room temperature
    density: float | None  # [kg/m3]
    family: str
    space_group: str
    doi: str  # several are parted by |

    @property
    def material_class(self) -> str | None:
        """Class by anion: "sulfide", "oxide", "halide"; None for others, hydrides and nitrides among them."""
        return class_of(self.composition)


def class_of(composition: str) -> str | None:
    """Class of a composition: sulfide if it has sulfur or selenium, else by its most frequent anion.

    None for what has hydrogen or nitrogen, and for what has none of these anions.
    """
    amounts = dict.fromkeys(ANIONS, 0.0)
    for element, number in re.findall(r"([A-Z][a-z]?)([\d.]*)", composition):
        if element in ("H", "N"):
            return None
        if element in amounts:
            amounts[element] += float(number or 1.0)
    if amounts["S"] + amounts["Se"] > 0.0:
        return "sulfide"
    most = max(amounts, key=amounts.__getitem__)
    return ANIONS[most] if amounts[most] > 0.0 else None


@by_name
@lru_cache(maxsize=1)
def conductivities() -> tuple[Conductivity, ...]:
    """All records, by composition."""
    with open(home() / TABLE, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return tuple(
        Conductivity(composition, float(kappa), float(density) if density else None, *rest)
        for composition, kappa, density, *rest in rows
    )
