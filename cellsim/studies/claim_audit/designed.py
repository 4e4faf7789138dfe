"""What a designed cell is worth: its energy density beside the baselines of a claim."""

from dataclasses import dataclass

from ...design import EnergyDensity
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ..resizing import Family
from .records import Claim


@dataclass(frozen=True)
class Worth:
    """Energy density of a cell, and those of baselines by name, at a rate [1/h] and a temperature [K]."""

    cell: EnergyDensity
    baselines: dict[str, EnergyDensity]
    c_rate: float
    temperature: float

    def __str__(self) -> str:
        text = f"{self.cell.gravimetric:.0f} Wh/kg, {self.cell.volumetric:.0f} Wh/L at C/{1.0 / self.c_rate:.3g}"
        lines = [f"{text} and {self.temperature - ZERO_CELSIUS:.4g} degC"]
        for name, other in self.baselines.items():
            mass, space = self.cell.gravimetric / other.gravimetric, self.cell.volumetric / other.volumetric
            lines.append(f"  {mass:.2f} x Wh/kg, {space:.2f} x Wh/L of {name}")
        return "\n".join(lines)


def worth(cell: Cell, claim: Claim) -> Worth:
    """A cell and the baselines of a claim at its rate; where it states no temperature, each at its own ambient one.

    Raises SolveError.
    """

    def simulated(one: Cell) -> EnergyDensity:
        return Family(one, claim.c_rate, one.temperature(claim.temperature)).energy_density()

    baselines = {name: simulated(load(name)) for name in claim.baselines}
    return Worth(simulated(cell), baselines, claim.c_rate, cell.temperature(claim.temperature))
