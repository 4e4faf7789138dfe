"""Steps in a potential between two plateaus, which the particles of an electrode pass one after the other.

Along a plateau the reaction spreads the stoichiometries of an electrode as far as potential and kinetics let it.  A
step that ends the plateau stops those that are there first, until all others have come.  On few volumes, each of them
meets the step at a time of its own, and the voltage has as many steps.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...parameters import Cell
from .tables import open_circuit

Array = NDArray[Any]

POINTS, LEAST = 501, 1e-4  # points of the window; narrowest width, as a stoichiometry
FROM, FULL = 3.0, 15.0  # width of the plateaus over that of the step, from which on it counts, and counts in full
RATIO = 1.25  # of the voltages that are looked at; others are rounded to the nearest
FALLING = 1e-9  # V; by which each point lies below the one before, at least


class Steps:
    """Steps of a potential within the window of an electrode at one temperature; looked at when asked, then kept."""

    def __init__(self, x: Array, U: Array) -> None:
        """x: (POINTS,) over the window.  U [V]: the potential, which may rise in places."""
        lowest = np.minimum.accumulate(U)
        self.x, self.down = x, lowest - FALLING * np.arange(x.size)
        top = int((U - lowest).argmax())
        self.rise = float(U[top] - lowest[top])  # V; by which it rises with the stoichiometry at most,
        self.hump = float(x[int(U[: top + 1].argmin())]), float(x[top])  # and where
        self.known: dict[int, float] = {}

    def jumps(self, slope: float) -> float:
        """To what extent particles jump over a rise one by one, 0..1; slope [V]: `differential` of Numbers."""
        return min(max(0.5 * self.rise / max(slope, 1e-9) - 0.5, 0.0), 1.0)

    def sharpness(self, volts: float) -> float:
        """To what extent there is a step between plateaus, 0..1, for stoichiometries spread over `volts` [V].

        The width of a place is the range of stoichiometries within which the potential changes by `volts`.  A step is
        a place that is narrow against wider ones on either side.
        """
        k = round(math.log(max(volts, 1e-9)) / math.log(RATIO))
        if k not in self.known:
            half = 0.5 * RATIO**k
            up, down = (np.interp(-self.down + away, -self.down, self.x) for away in (half, -half))
            width = np.maximum(up - down, LEAST)
            left, right = np.maximum.accumulate(width), np.maximum.accumulate(width[::-1])[::-1]
            ratio = float((np.minimum(left, right) / width).max())
            self.known[k] = min(max(math.log(ratio / FROM) / math.log(FULL / FROM), 0.0), 1.0)
        return self.known[k]


@cache
def steps(part: str) -> Callable[[Cell, float], Steps]:
    """A function (cell, T) that returns the `Steps` of an electrode."""

    def make(cell: Cell, T: float) -> Steps:
        low, high = (cell.value(f"{part}/{end} stoichiometry") for end in ("minimum", "maximum"))
        x = np.linspace(low, high, POINTS)
        return Steps(x, open_circuit(cell, part, T)(x))

    return make
