"""What the spread of new cells costs a pack: the weakest group of parallel cells ends a discharge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...support.arguments import number, whole


@dataclass(frozen=True)
class Spread:
    """Samples of packs (n,).

    usable: capacity of the weakest group of parallel cells over that of mean cells; the pack has no more, as its groups
    are charged together to the same state and the first empty one ends the discharge.
    worst_share: largest current of a cell in parallel over that of an equal split when a current is switched on, from
    the resistances alone; `simulate_parallel` computes what follows.
    """

    usable: NDArray[np.float64]
    worst_share: NDArray[np.float64]

    def quantiles(self, name: str) -> tuple[float, float, float]:
        """P10, P50 and P90 of "usable" or "worst_share"."""
        low, middle, high = np.quantile(getattr(self, name), (0.1, 0.5, 0.9))
        return float(low), float(middle), float(high)


def sample_spread(
    series: int, parallel: int, capacity: float = 0.01, resistance: float = 0.05, samples: int = 1000, seed: int = 1
) -> Spread:
    """Packs of cells drawn at random: normal capacities, log-normal resistances.

    capacity, resistance: standard deviations over the mean, below 0.3.  Raises ParameterError.
    """
    for name, count in (("series", series), ("parallel", parallel), ("samples", samples)):
        whole(f"spread: {name}", count, "give a whole number, 1 or more", error=ParameterError)
    wanted = "give a standard deviation over the mean, 0 to 0.3"
    for name, value in (("capacity", capacity), ("resistance", resistance)):
        number(f"spread of {name}", value, wanted, low=0.0, high=0.3, error=ParameterError)
    rng = np.random.default_rng(seed)
    usable, share = np.empty(samples), np.empty(samples)
    width = np.sqrt(np.log1p(resistance**2))
    for k in range(samples):  # one pack at a time: thousands of cells each
        usable[k] = (1.0 + capacity * rng.standard_normal((series, parallel))).mean(axis=1).min()
        conductance = np.exp(width * rng.standard_normal((series, parallel)))
        share[k] = (conductance / conductance.mean(axis=1, keepdims=True)).max()
    return Spread(usable, share)
