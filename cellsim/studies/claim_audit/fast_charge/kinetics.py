"""How safe a liquid baseline is whose kinetics were measured on another cell: the same charge with those of others.

The graphite kinetics (radius and diffusivity of particles, exchange current, activation energies) of other packaged
sets take the place of the set's own.  What comes out differs by what is not known of the baseline.
"""

import math
from dataclasses import dataclass, field

from ....errors import CellsimError
from ....kernels.call.calls import Coroutine
from ....parameters import Cell, load
from ....parameters.sources import source_key
from ....protocols import Limit, Step
from ....simulation.run import simulate_coroutine
from ..records import ChargingClaim
from .ways import time_coroutine

SETS = ("lgm50_chen2020", "ecker2015", "marquis2019", "mohtat2020", "enertech_ai2020", "sony_vtc5a")
PART = "negative electrode"
KEYS = (
    "particle radius",
    "particle diffusivity",
    "diffusivity activation energy",
    "exchange-current density",
    "exchange-current activation energy",
    "exchange-current shape",
    "exchange-current electrolyte shape",
)
OWN = "own"


@dataclass(frozen=True)
class KineticsSpread:
    """A baseline at a temperature [K] with its own kinetics (key OWN) and those of other packaged sets, by name.

    minutes: of the fastest safe charge.  margins: least plating margin [mV] of the charge as sold, at its mean current;
    empty where that is not known.
    """

    baseline: str
    temperature: float
    minutes: dict[str, float] = field(default_factory=dict)
    margins: dict[str, float] = field(default_factory=dict)

    @property
    def span(self) -> tuple[float, float]:
        """The shortest and the longest of the safe times [min]."""
        return min(self.minutes.values()), max(self.minutes.values())

    @property
    def sentence(self) -> str:
        """What it comes to."""
        low, high = self.span
        own = self.minutes.get(OWN, math.nan)
        text = (
            f"{self.baseline}: safe in {own:.0f} min with the kinetics of its set, in {low:.0f} to {high:.0f} min with "
            f"those of {len(self.minutes) - 1} other graphite electrodes"
        )
        if not self.margins:
            return text
        worst, best = min(self.margins.values()), max(self.margins.values())
        return text + (
            f"; in the charge as sold its plating margin is {self.margins.get(OWN, math.nan):+.0f} mV "
            f"({worst:+.0f} to {best:+.0f} mV)"
        )


def lent(cell: Cell, name: str) -> Cell:
    """The cell with the graphite kinetics of a packaged set.  Raises ParameterError."""
    raw, other = cell.to_json(), load(name).to_json()
    own = {key: value for key, value in raw[PART].items() if key not in KEYS}
    taken = {
        key: {**entry, "source": source_key(raw["sources"], entry["source"], other["sources"][entry["source"]])}
        for key, entry in other[PART].items()
        if key in KEYS
    }
    raw[PART] = own | taken
    return Cell.from_json(raw, cell.name, label=f"{cell.name} with the kinetics of {name}")


def spread(
    claim: ChargingClaim, cell: Cell, name: str, temperature: float, minutes: float | None
) -> Coroutine[tuple[float, float] | None]:
    """Minutes of the fastest safe charge and the least margin [mV] of one of `minutes` at constant current.

    name: of the kinetics, OWN for the cell's.  The margin is NaN without minutes; None where there is no such cell.
    """
    try:
        other = cell if name == OWN else lent(cell, name)
        safe = yield from time_coroutine(claim, other, temperature)
        if minutes is None:
            return safe, math.nan
        rate = (claim.end - claim.start) * 60.0 / minutes
        step = Step("c-rate", -rate, None, (Limit("soc", claim.end),))
        run = yield from simulate_coroutine(other, step, soc=claim.start, temperature=temperature)
    except CellsimError:
        return None
    return safe, 1e3 * float(run["Plating margin [V]"].min())
