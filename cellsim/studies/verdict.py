"""Verdict on a claim from the ratio of energy densities, and the conditions under which it would hold."""

import numpy as np

from ..errors import ParameterError, SolveError
from ..parameters import Cell
from .records import Comparison, Figures, Verdict
from .variation import ELECTROLYTE, EXCESS, Family

NEARLY_NONE = 0.01  # fraction of the present thickness that represents a vanishing layer
WIDEST = 20.0  # upper limit of the thickness budget, times the present thickness
AREAL = (15.0, 100.0, 5.0)  # search of the areal capacity: from, to, step [Ah/m2]


def layers(cell: Cell) -> float:
    """Thickness of electrolyte plus lithium excess of a cell [m]."""
    return cell.value(ELECTROLYTE) + cell.value(EXCESS)


def ratio_at(family: Family, metric: str, reference: float, share: float) -> float:
    """Ratio to `reference` [Wh/kg or Wh/L] with electrolyte and lithium excess scaled by `share`."""
    cell = family.cell
    density = family.energy_density(electrolyte=share * cell.value(ELECTROLYTE), excess=share * cell.value(EXCESS))
    return float(getattr(density, metric)) / reference


def thickness_budget(family: Family, metric: str, reference: float, factor: float) -> float | None:
    """Largest thickness [m] of electrolyte plus lithium excess at which the ratio reaches `factor`, or None.

    Both are scaled in proportion; the number of electrode pairs is adjusted to fill the same housing.
    """
    from scipy.optimize import brentq

    def miss(share: float) -> float:
        return ratio_at(family, metric, reference, share) - factor

    if miss(NEARLY_NONE) < 0.0:
        return None
    high = 1.0
    while miss(high) > 0.0:
        high *= 2.0
        if high > WIDEST:
            return WIDEST * layers(family.cell)
    low = NEARLY_NONE if high == 1.0 else 0.5 * high
    return layers(family.cell) * float(brentq(miss, low, high, xtol=1e-4))


def areal_capacity_needed(family: Family, metric: str, reference: float, factor: float) -> float | None:
    """Smallest areal capacity [Ah/m2] within AREAL at which the ratio reaches `factor`, or None.

    The ratio rises with thickness until the coating cannot be discharged at the rate; the first crossing is returned.
    """
    from scipy.optimize import brentq

    def miss(areal: float) -> float:
        return float(getattr(family.energy_density(areal=areal), metric)) / reference - factor

    before: float | None = None
    for areal in np.arange(*AREAL):
        try:
            if miss(areal) >= 0.0:
                return float(areal) if before is None else float(brentq(miss, before, areal, xtol=0.05))
        except (ParameterError, SolveError):
            return None
        before = areal
    return None


def compare(family: Family, figures: Figures, baseline: Figures, metric: str, factor: float,
            interval: tuple[float, float]) -> Comparison:
    """The verdict on one cell against one baseline in one metric; interval: quantiles of the ratio."""
    reference = baseline.metric(metric)
    ratio = figures.metric(metric) / reference
    try:
        budget = thickness_budget(family, metric, reference, factor)
        best = ratio_at(family, metric, reference, NEARLY_NONE)
    except (ParameterError, SolveError):  # the scaled cell cannot be built or simulated
        budget, best = None, ratio
    areal = areal_capacity_needed(family, metric, reference, factor)
    if ratio >= factor:
        verdict = Verdict.HOLDS
    elif budget is not None or areal is not None:
        verdict = Verdict.ONLY_IF
    else:
        verdict = Verdict.FAILS
    words = _condition(figures, verdict, budget, areal, best)
    return Comparison(figures.name, baseline.name, metric, factor, ratio, interval, verdict, layers(figures.cell),
                      budget, areal, words)


def _condition(figures: Figures, verdict: Verdict, budget: float | None, areal: float | None, best: float) -> str:
    """Condition under which the claim holds, or the reason why it fails."""
    if verdict is Verdict.FAILS:
        return (f"{best:.2f}x with almost no electrolyte and lithium excess, and not reached by any areal capacity "
                f"up to {0.1 * AREAL[1]:.2g} mAh/cm²")
    ways = []
    if budget is not None:
        ways.append(f"electrolyte plus lithium excess is at most {1e6 * budget:.3g} um "
                    f"(now {1e6 * layers(figures.cell):.3g} um)")
    if areal is not None and verdict is Verdict.ONLY_IF:
        ways.append(f"the areal capacity is at least {0.1 * areal:.2g} mAh/cm² "
                    f"(now {0.1 * figures.areal_capacity:.2g})")
    return ", or ".join(ways)
