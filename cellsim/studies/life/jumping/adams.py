"""Adams formulas over cycles: sums of slopes over a jump from slopes known at a few cycles, of variable spacing.

The slope of cycle m + 1 is the change that it brings, y(m + 1) - y(m), and belongs to the position m + 1/2.  The change
of a jump over H cycles is the sum of H slopes.  It is taken as the sum of the polynomial through the known slopes,
which is exact for slopes that are polynomials, also for a jump over one cycle; an integral of it would be right for
long jumps only.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST = 3  # slopes behind the jump that a formula uses
APART = 0.25  # distance of these, over the length of the jump: slopes of adjacent cycles would extrapolate their noise
LOWEST = 0.1  # share of its last change by an order that the error of a corrector is taken to have at least


def coefficients(positions: Array, H: int) -> Array:
    """Weights (k,) with which slopes at `positions` (k,), k = 1 to 4, give the change over the cycles 1 to H ahead.

    positions count from the present cycle.  The sum of (m + 1/2)^j over m = 0 to H - 1 is, by Euler and Maclaurin,
    H^(j+1)/(j+1), less j H^(j-1)/24 for j = 2 and 3.  The weights add up to H: an amount that no cycle changes is
    not changed by a jump, to rounding.
    """
    return _coefficients(np.asarray(positions, float).tobytes(), H)


@lru_cache(maxsize=64)  # those of an order are asked for by the formulas of the others, too
def _coefficients(positions: bytes, H: int) -> Array:
    x = np.frombuffer(positions) / H
    k = len(x)
    j = np.arange(k)
    sums = 1.0 / (j + 1.0) - np.where(j > 1, j, 0) / (24.0 * H**2)
    found = np.asarray(H * np.linalg.solve(np.vander(x, k, increasing=True).T, sums))
    found.flags.writeable = False
    return found


class Slopes(NamedTuple):
    """Known slopes, oldest first: positions (k,) from the present cycle, values (k, n), uncertainties (k,)."""

    x: Array
    g: Array
    u: Array

    @classmethod
    def behind(cls, x: Array, g: Array, u: Array, H: int) -> "Slopes":
        """Those of MOST cycles for a jump over H: the latest, and earlier ones at least H/4 apart."""
        chosen = [len(x) - 1]
        for i in range(len(x) - 2, -1, -1):
            if len(chosen) < MOST and x[chosen[-1]] - x[i] >= APART * H:
                chosen.append(i)
        order = chosen[::-1]
        return cls(x[order], g[order], u[order])

    def predicted(self, order: int, H: int) -> Array:
        """Change over the next H cycles by the formula of an order (Adams-Bashforth), as far as there are slopes."""
        return np.asarray(coefficients(self.x[-order:], H) @ self.g[-order:])

    def ahead(self, order: int, position: float, slope: Array, uncertain: float) -> "Slopes":
        """The last `order` ones and one ahead of the jump."""
        return Slopes(
            np.append(self.x[-order:], position),
            np.vstack([self.g[-order:], slope]),
            np.append(self.u[-order:], uncertain),
        )


class Corrected:
    """Change over a jump by Adams-Moulton, with slopes behind it and one ahead of it.

    change: through all of them.  last, before: what the oldest slope and the one after it contributed, the changes by
    the last two orders.  noise: error from uncertainties of the slopes, in quadrature.  order: slopes behind the jump.
    """

    def __init__(self, slopes: Slopes, H: int) -> None:
        w = coefficients(slopes.x, H)
        self.order = len(slopes.x) - 1
        self.change = w @ slopes.g
        lower = [coefficients(slopes.x[i:], H) @ slopes.g[i:] for i in range(1, min(2, self.order) + 1)]
        self.last = self.change - lower[0]
        self.before = lower[0] - lower[1] if self.order > 1 else self.last
        self.noise = float(np.sqrt(np.sum((w * slopes.u) ** 2)))


def remaining(last: float, before: float) -> float:
    """Error of a corrector from the norms of the changes by its last two orders.

    The changes by successive orders are taken to go on falling by the same factor q, which leaves last q/(1 - q); not
    less than a tenth of the last change, and all of it where the changes do not fall by half.
    """
    return last * max(LOWEST, min(1.0, last / (before - last))) if last < before else last
