"""What is left of each phase of a composite electrode, from the shape of a slow discharge curve.

Phases that lost different shares of their material leave the electrode another open-circuit potential of its mean
stoichiometry (`cellsim.models.health.potentials.half_cells`).  For each ratio of what is left of two phases the ends of
the windows are fitted as in `slow_curve`; the ratio with the least residual is found by a scan and a search about it.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ....errors import ParameterError
from ....models.electrodes import NEGATIVE, POSITIVE
from ....models.health.potentials import Left
from ....parameters import Cell
from ....parameters.laws.blend import blend_of

SCANNED = np.geomspace(0.05, 20.0, 13)  # ratios
CLOSE = 1e-3  # of the logarithm of the ratio
STEP = 0.05  # of it, for the curvature of the residual


class PhaseModes(NamedTuple):
    """Loss of active material by phase.

    part: the electrode.  names: its phases.  LAM, uncertain [%]: what each lost, and its standard deviation, a lower
    limit.  ratio: what is left of the second phase over what is left of the first, each over what it was.
    """

    part: str
    names: tuple[str, ...]
    LAM: tuple[float, ...]
    uncertain: tuple[float, ...]
    ratio: float

    def columns(self) -> dict[str, float]:
        """Under the names of a life's table."""
        return {
            f"Loss of {name} active material in {self.part} [%]": lost
            for name, lost in zip(self.names, self.LAM, strict=True)
        }

    def __str__(self) -> str:
        found = zip(self.names, self.LAM, self.uncertain, strict=True)
        return ", ".join(f"LAM of {name} {lost:.2f} +- {u:.2f} %" for name, lost, u in found)


def composite_part(cell: Cell) -> str:
    """The electrode of two phases.  Raises ParameterError unless exactly one electrode is composite, of two phases."""
    found = {part: len(cell.phases(part)) for part in (NEGATIVE, POSITIVE) if len(cell.phases(part)) > 1}
    if list(found.values()) != [2]:
        has = ", ".join(f"{part} of {n} phases" for part, n in found.items()) or "no electrode of several phases"
        raise ParameterError(
            f"{cell.name}: by_phase: {has}; a slow curve tells two phases of one electrode apart, so leave it out"
        )
    return next(iter(found))


def best_ratio(part: str, points: int, squares: Callable[[Left | None], float]) -> tuple[Left, float, float]:
    """What is left of both phases, (1, ratio); the ratio; and the standard deviation of its logarithm.

    squares: the sum of squared residuals [V2] of the fit with what is left; points: of the curve.
    """
    from scipy.optimize import minimize_scalar

    left = lambda log: {part: (1.0, math.exp(log))}  # noqa: E731
    at = lambda log: squares(left(log))  # noqa: E731
    logs = np.log(SCANNED)
    k = int(np.argmin([at(float(log)) for log in logs]))
    bounds = float(logs[max(k - 1, 0)]), float(logs[min(k + 1, logs.size - 1)])
    log = float(minimize_scalar(at, bounds=bounds, method="bounded", options={"xatol": CLOSE}).x)
    least = at(log)
    curvature = (at(log + STEP) + at(log - STEP) - 2.0 * least) / STEP**2
    variance = 2.0 * least / max(points - 6, 1) / curvature if curvature > 0.0 else math.inf
    return left(log), math.exp(log), math.sqrt(variance)


def modes_of_phases(cell: Cell, part: str, kept: float, doubt: float, ratio: float, spread: float) -> PhaseModes:
    """Losses by phase of an electrode of which `kept` +- doubt is left, the logarithm of the ratio +- spread."""
    first, second = (phase.share for phase in blend_of(cell, part).phases)
    whole = first + ratio * second
    shares = kept * (first + second) / whole * np.array([1.0, ratio])
    by_ratio = shares * np.array([-ratio * second, first]) / whole * spread
    uncertain = np.hypot(shares * doubt / kept, by_ratio)
    losses = 100.0 * (1.0 - shares)
    names = tuple(str(name) for name in cell.phases(part))
    return PhaseModes(part, names, tuple(losses.tolist()), tuple((100.0 * uncertain).tolist()), ratio)
