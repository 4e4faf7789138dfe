"""From ratios to a verdict: does the claim hold, and if not, what would have to be true."""
import numpy as np

from ...errors import ParameterError, SolveError
from ..resizing import ELECTROLYTE, EXCESS, Family
from .records import Comparison, Figures, Verdict

NEARLY_NONE = 0.01  # share of the present thickness that stands for "none of it"
WIDEST = 20.0  # times the present thickness: beyond, the budget is not looked for
AREAL = (15.0, 100.0, 5.0)  # A.h/m2, from, to and stride of the search for an areal capacity


def layers(cell) -> float:
    """Electrolyte plus lithium excess of a cell [m]."""
    return cell.value(ELECTROLYTE) + cell.value(EXCESS)


def ratio_at(family: Family, metric, reference, share) -> float:
    """Ratio to `reference` [W.h/kg or W.h/L] with electrolyte and excess at `share` of what they are."""
    cell = family.cell
    density = family.energy_density(electrolyte=share * cell.value(ELECTROLYTE), excess=share * cell.value(EXCESS))
    return getattr(density, metric) / reference


def thickness_budget(family: Family, metric, reference, factor) -> float | None:
    """Largest electrolyte-plus-excess thickness [m] whose ratio reaches `factor`, or None.

    Both are thinned or thickened in proportion; the number of pairs follows, the housing stays.
    """
    from scipy.optimize import brentq

    miss = lambda share: ratio_at(family, metric, reference, share) - factor  # noqa: E731
    if miss(NEARLY_NONE) < 0.0:
        return None
    high = 1.0
    while miss(high) > 0.0:
        high *= 2.0
        if high > WIDEST:
            return WIDEST * layers(family.cell)
    low = NEARLY_NONE if high == 1.0 else 0.5 * high
    return layers(family.cell) * brentq(miss, low, high, xtol=1e-4)


def areal_capacity_needed(family: Family, metric, reference, factor) -> float | None:
    """Smallest areal capacity [A.h/m2] within AREAL whose ratio reaches `factor`, or None.

    Thicker coatings store more, until they cannot be emptied at the rate: the first crossing counts.
    """
    from scipy.optimize import brentq

    miss = lambda areal: getattr(family.energy_density(areal=areal), metric) / reference - factor  # noqa: E731
    before = None
    for areal in np.arange(*AREAL):
        try:
            if miss(areal) >= 0.0:
                return float(areal) if before is None else brentq(miss, before, areal, xtol=0.05)
        except (ParameterError, SolveError):
            return None
        before = areal
    return None


def compare(family: Family, figures: Figures, baseline: Figures, metric, factor, interval) -> Comparison:
    """The verdict on one cell against one baseline in one metric."""
    reference = baseline.metric(metric)
    ratio = figures.metric(metric) / reference
    try:
        budget = thickness_budget(family, metric, reference, factor)
        best = ratio_at(family, metric, reference, NEARLY_NONE)
    except (ParameterError, SolveError):  # a thinned or thickened relative that cannot be made or run
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


def _condition(figures, verdict, budget, areal, best):
    """What has to be true, or what falls short, in words."""
    um = lambda metres: f"{1e6 * metres:.3g} um"  # noqa: E731
    if verdict is Verdict.FAILS:
        return (f"{best:.2f}x with next to no electrolyte and lithium excess, and no areal capacity up to "
                f"{0.1 * AREAL[1]:.2g} mA.h/cm2 reaches it")
    ways = []
    if budget is not None:
        ways.append(f"electrolyte plus lithium excess is at most {um(budget)} (now {um(layers(figures.cell))})")
    if areal is not None and verdict is Verdict.ONLY_IF:
        ways.append(f"the areal capacity is at least {0.1 * areal:.2g} mA.h/cm2 "
                    f"(now {0.1 * figures.areal_capacity:.2g})")
    return ", or ".join(ways)
