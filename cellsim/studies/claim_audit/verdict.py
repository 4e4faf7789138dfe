"""Verdict on a claim from the ratio of energy densities, and the conditions under which it would hold."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...ensemble.jobs import searched
from ...errors import ParameterError, SolveError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell
from ..resizing import ELECTROLYTE, EXCESS, Family
from .records import Comparison, Figures, Verdict

NEARLY_NONE = 0.01  # fraction of the present thickness that represents a vanishing layer
WIDEST = 20.0  # upper limit of the thickness budget, times the present thickness
AREAL = (15.0, 100.0, 5.0)  # search of the areal capacity: from, to, step [Ah/m2]


def layers(cell: Cell) -> float:
    """Electrolyte plus lithium excess of a cell [m]."""
    return cell.value(ELECTROLYTE) + cell.value(EXCESS)


def ratio_at(family: Family, metric: str, reference: float, share: float) -> Coroutine[float]:
    """Ratio to `reference` [Wh/kg or Wh/L] with electrolyte and excess at `share` of what they are."""
    cell = family.cell
    density = yield from family.density_coroutine(
        electrolyte=share * cell.value(ELECTROLYTE), excess=share * cell.value(EXCESS)
    )
    return float(getattr(density, metric)) / reference


def thickness_budget(family: Family, metric: str, reference: float, factor: float) -> Coroutine[float | None]:
    """Largest electrolyte-plus-excess thickness [m] whose ratio reaches `factor`, or None.

    Both are scaled in proportion; the number of electrode pairs is adjusted to fill the same housing.
    """
    from scipy.optimize import brentq

    def miss(share: float) -> Coroutine[float]:
        return (yield from ratio_at(family, metric, reference, share)) - factor

    if (yield from miss(NEARLY_NONE)) < 0.0:
        return None
    high = 1.0
    while (yield from miss(high)) > 0.0:
        high *= 2.0
        if high > WIDEST:
            return WIDEST * layers(family.cell)
    low = NEARLY_NONE if high == 1.0 else 0.5 * high
    share = yield from searched(lambda f: brentq(f, low, high, xtol=1e-4), miss)
    return layers(family.cell) * float(share)


def areal_capacity_needed(family: Family, metric: str, reference: float, factor: float) -> Coroutine[float | None]:
    """Smallest areal capacity [Ah/m2] within AREAL whose ratio reaches `factor`, or None.

    The ratio rises with thickness until the coating cannot be discharged at the rate; the first crossing is returned.
    """
    from scipy.optimize import brentq

    def miss(areal: float) -> Coroutine[float]:
        return float(getattr((yield from family.density_coroutine(areal=areal)), metric)) / reference - factor

    before: float | None = None
    for areal in np.arange(*AREAL):
        try:
            if (yield from miss(areal)) >= 0.0:
                if before is None:
                    return float(areal)
                return float((yield from searched(partial(_root, brentq, before, areal), miss)))
        except (ParameterError, SolveError):
            return None
        before = areal
    return None


def _root(brentq: Any, low: float, high: float, f: Callable[[float], float]) -> float:
    return float(brentq(f, low, high, xtol=0.05))


def compare_with_baseline(
    family: Family, figures: Figures, baseline: Figures, metric: str, factor: float, interval: tuple[float, float]
) -> Coroutine[Comparison]:
    """The verdict on one cell against one baseline in one metric, a coroutine."""
    reference = baseline.metric(metric)
    ratio = figures.metric(metric) / reference
    try:
        budget = yield from thickness_budget(family, metric, reference, factor)
        best = yield from ratio_at(family, metric, reference, NEARLY_NONE)
    except (ParameterError, SolveError):  # a thinned or thickened relative that cannot be made or run
        budget, best = None, ratio
    areal = yield from areal_capacity_needed(family, metric, reference, factor)
    if ratio >= factor:
        verdict = Verdict.HOLDS
    elif budget is not None or areal is not None:
        verdict = Verdict.ONLY_IF
    else:
        verdict = Verdict.FAILS
    words = _condition(figures, verdict, budget, areal, best)
    return Comparison(
        figures.name,
        baseline.name,
        metric,
        factor,
        ratio,
        interval,
        verdict,
        layers(figures.cell),
        budget,
        areal,
        words,
    )


def _condition(figures: Figures, verdict: Verdict, budget: float | None, areal: float | None, best: float) -> str:
    """Condition under which the claim holds, or the reason why it fails."""
    if verdict is Verdict.FAILS:
        return (
            f"{best:.2f}x with almost no electrolyte and lithium excess, and not reached by any areal capacity "
            f"up to {0.1 * AREAL[1]:.2g} mAh/cm²"
        )
    ways = []
    if budget is not None:
        ways.append(
            f"electrolyte plus lithium excess is at most {1e6 * budget:.3g} um "
            f"(now {1e6 * layers(figures.cell):.3g} um)"
        )
    if areal is not None and verdict is Verdict.ONLY_IF:
        ways.append(
            f"the areal capacity is at least {0.1 * areal:.2g} mAh/cm² (now {0.1 * figures.areal_capacity:.2g})"
        )
    return ", or ".join(ways)
