"""Profile likelihood: how much worse the fit gets as one value is held elsewhere and the others adapt."""

from dataclasses import dataclass, field

import numpy as np

from ...errors import ParameterError
from ...support.arguments import near
from .measured import Array
from .misfit import Misfit
from .search import Effort, least_squares_from
from .statistics import Uncertainty, log_likelihood

LEVEL = 3.841  # rise of -2 log likelihood at 95 %: the quantile of chi squared with one degree of freedom


@dataclass(frozen=True)
class ProfileLikelihood:
    """values (n,): of the quantity, rising.  rise (n,): of -2 log likelihood over the best of them.

    interval: where the rise is below 3.84 (95 %); an end that is not reached within the values is None.
    """

    path: str
    values: Array = field(repr=False)
    rise: Array = field(repr=False)
    interval: tuple[float | None, float | None]

    @property
    def identified(self) -> bool:
        """Whether the interval has two ends."""
        return None not in self.interval


def profiled(
    misfit: Misfit, known: Uncertainty, best: Array, path: str, points: int, reach: float
) -> ProfileLikelihood:
    """The profile of a path through the best point; see `Fit.profile`."""
    space = misfit.space
    if path not in space.paths:
        raise ParameterError(f"profile: {path[:60]!r} is not fitted; {near(path, space.paths)}")
    k = space.paths.index(path)
    spread = np.sqrt(known.covariance[k, k])
    if not np.isfinite(spread):
        spread = (space.hi[k] - space.lo[k]) / reach
    ends = max(best[k] - reach * spread, space.lo[k]), min(best[k] + reach * spread, space.hi[k])
    grid = np.unique(np.append(np.linspace(*ends, points), best[k]))
    middle = int(np.searchsorted(grid, best[k]))
    effort = Effort(30, 1e-5)
    fall = np.zeros(grid.size)
    for side in (range(middle, grid.size), range(middle - 1, -1, -1)):
        start = best
        for j in side:
            start = np.array(start)
            start[k] = grid[j]
            if start.size > 1:
                start = least_squares_from(misfit, start, effort, fixed=k).x
            fall[j] = log_likelihood(misfit, known, misfit.at(start))
    rise = 2.0 * (fall.max() - fall)
    values = np.array([space.values(np.where(np.arange(best.size) == k, x, best))[path] for x in grid])
    return ProfileLikelihood(path, values, rise, _interval(values, rise))


def _interval(values: Array, rise: Array) -> tuple[float | None, float | None]:
    """Where the rise crosses LEVEL on either side of its lowest point, between points along the root of the rise."""
    lowest = int(np.argmin(rise))
    root, wanted = np.sqrt(rise), np.sqrt(LEVEL)
    ends: list[float | None] = []
    for side in (range(lowest, 0, -1), range(lowest, values.size - 1)):
        step = -1 if side.step < 0 else 1
        found = None
        for j in side:
            if rise[j + step] >= LEVEL:
                share = (wanted - root[j]) / (root[j + step] - root[j])
                found = float(values[j] + share * (values[j + step] - values[j]))
                break
        ends.append(found)
    return ends[0], ends[1]
