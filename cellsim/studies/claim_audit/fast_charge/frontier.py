"""Two changes together: the time of a charge over the areal capacity and the critical current, or the temperature.

Charges are greedy (`constrained_charge`), which is never faster than the fastest one, so that a frontier promises
nothing that the verdict does not hold.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....errors import CellsimError
from ....kernels.call.calls import Coroutine
from ....parameters import Cell
from ....physics.constants import ZERO_CELSIUS
from ...charging.constrained import constrained_charge_coroutine
from ...charging.constraints import limits_of
from ..records import ChargingClaim
from .published import Published
from .ways import WAYS

ACCURACY = 5e-3  # V: a time moves by about 1 %
AREAL = (0.75, 1.5, 2.25, 3.0, 4.0, 5.0, 6.5)  # mAh/cm²
OTHER = {
    "critical current": (0.4, 1.0, 2.0, 3.5, 6.0, 10.0, 18.0, 30.0),  # mA/cm²
    "temperature": (10.0, 20.0, 30.0, 40.0, 50.0),  # °C, at the start and of the surroundings
}
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Frontier:
    """Minutes (areal capacities, values of the other quantity) of a charge; infinite where it does not get there.

    other: a key of OTHER.  temperature [K]: at the start.  here: (areal capacity, other) of the cell.
    """

    cell: str
    other: str
    temperature: float
    areal: Array
    values: Array
    minutes: Array
    here: tuple[float, float]

    def needed(self, goal: float) -> Array:
        """For each areal capacity the least value of the other with which it takes `goal` [min]; NaN for none.

        By interpolation in the logarithm of both.
        """
        found = np.full(self.areal.size, np.nan)
        for k, row in enumerate(self.minutes):
            reached = np.flatnonzero(row <= goal)
            if not reached.size:
                continue
            j = int(reached[0])
            if j == 0 or math.isinf(row[j - 1]):
                found[k] = self.values[j]
                continue
            share = math.log(row[j - 1] / goal) / math.log(row[j - 1] / row[j])
            found[k] = self.values[j - 1] * (self.values[j] / self.values[j - 1]) ** share
        return found

    def pair(self, goal: float) -> tuple[float, float] | None:
        """(areal capacity, other): the largest areal capacity up to the cell's own that gets there, and what it needs.

        None if none does.
        """
        needed = self.needed(goal)
        known = np.flatnonzero(np.isfinite(needed) & (self.areal <= self.here[0] * 1.001))
        return (float(self.areal[known[-1]]), float(needed[known[-1]])) if known.size else None

    def reached_by(self, goal: float, shown: Published) -> bool:
        """Whether a charge that was shown lies beyond the frontier of `goal` [min]: of currents only."""
        if self.other != "critical current" or shown.areal_capacity is None:
            return False
        needed = self.needed(goal)
        known = np.isfinite(needed)
        if not known.any() or shown.areal_capacity > self.areal[known][-1]:
            return False
        return bool(shown.current >= np.interp(shown.areal_capacity, self.areal[known], needed[known]))


def frontier(claim: ChargingClaim, cell: Cell, other: str, temperature: float) -> Coroutine[Array]:
    """Minutes over AREAL and the values of OTHER, for a start at `temperature` [K] unless that is the other."""
    limits = limits_of(claim.limits, cell)
    minutes = np.full((len(AREAL), len(OTHER[other])), math.inf)
    for i, areal in enumerate(AREAL):
        for j, value in enumerate(OTHER[other]):
            try:
                changed, T = WAYS["areal capacity"].changed(cell, temperature, areal)
                changed, T = WAYS[other].changed(changed, T, value)
                found = yield from constrained_charge_coroutine(
                    changed, limits, soc=claim.start, to=claim.end, temperature=T, accuracy=ACCURACY, heat=True
                )
            except CellsimError:
                continue  # no such cell, or no such charge
            minutes[i, j] = found.duration / 60.0
    return minutes


def frontier_of(cell: Cell, other: str, temperature: float, minutes: Array) -> Frontier:
    """The record of what `frontier` found."""
    here = WAYS["areal capacity"].has(cell, temperature), WAYS[other].has(cell, temperature)
    return Frontier(cell.name, other, temperature, np.array(AREAL), np.array(OTHER[other]), minutes, here)


def in_words(found: Frontier, goal: float) -> str:
    """The pair that gets there, in words; "" for none."""
    pair = found.pair(goal)
    if pair is None:
        return ""
    way = WAYS[found.other]
    unit = way.unit
    return (
        f"the {found.other} is at least {pair[1]:.2g} {unit} (now {found.here[1]:.2g}) at an areal capacity of "
        f"{pair[0]:.2g} mAh/cm² (now {found.here[0]:.2g})"
    )


def celsius(T: float) -> str:
    """A temperature [K] in degrees Celsius."""
    return f"{T - ZERO_CELSIUS:g} °C"
