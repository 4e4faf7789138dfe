"""Lives of fast-charged LFP cells by charging policy: rates fitted to some of them, the lives of others predicted."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .....models import SPMe
from .....parameters import Cell
from .....parameters.formats.overlay import with_overlay
from .....simulation.run import simulate
from ....life.contents import Array
from ...line import Found, Line, Point
from ...reference import curve

MEASURED = "measured/lfp_policies.csv"
CELL, OVERLAY, T = "prada2013", "okane2022", 303.15  # K
FULL = 80.0  # % of the capacity, where the two steps of a policy end
SLOW = 0.004  # of the overlay's rate: so little plates that twice the rate plates twice as much
END = 0.2  # of the capacity: lost at the end of a life
RATE = "negative electrode/lithium plating kinetic rate constant"
PLATED = "Loss of capacity to negative lithium plating [A.h]"


@cache
def cells() -> tuple[NDArray[np.bool_], Array, Array]:
    """Which cells are of the test, (cells,); their policies, (cells, 3): C-rate, until [%], C-rate; lives [cycles]."""
    test, first, until, second, life = curve(MEASURED, 1)
    return test > 0.5, np.column_stack([first, until, second]), life


@cache
def plating() -> Cell:
    """The LFP cell with irreversible plating, SLOW."""
    options = {"lithium plating": ("irreversible", "none")}
    cell: Cell = with_overlay(CELL, OVERLAY).with_ageing(False).with_ageing(options)
    return cell.with_({RATE: SLOW * cell.value(RATE)})


@cache
def charged(first: float, until: float, second: float) -> tuple[float, float]:
    """Charge [Ah] of the lithium plated in one charge of the discharged cell by a policy.

    And the share of the policy's last step that was done when it ended, by its duration or by the cut-off voltage.
    """
    cell = plating()
    top = cell.value("cell/upper voltage cut-off")
    steps = [f"Charge at {first:g}C for {36.0 * until / first:.6g} s or until {top:g} V"]
    if until < FULL:
        steps.append(f"Charge at {second:g}C for {36.0 * (FULL - until) / second:.6g} s or until {top:g} V")
    steps += [f"Charge at 1C until {top:g} V", f"Hold at {top:g} V until C/50"]
    run = simulate(cell, "; ".join(steps), SPMe(), soc=0.0, temperature=T)
    last = len(steps) - 3
    asked = (until if last == 0 else FULL - until) / 100.0 * cell.nominal_capacity
    return float(run[PLATED][-1]), run.steps[last].charge_capacity / asked


def _cut_short() -> str:
    """How much of a second step is done before the cut-off voltage ends it, of slow and of fast ones."""
    _, policies, _ = cells()
    two = policies[policies[:, 1] < FULL]
    slow, fast = (two[pick] for pick in (two[:, 2] <= np.median(two[:, 2]), two[:, 2] > np.median(two[:, 2])))
    done = (100.0 * np.mean([charged(*policy)[1] for policy in some.tolist()]) for some in (slow, fast))
    most = (np.mean(some[:, 2]) for some in (slow, fast))
    said = ", ".join(f"{share:.0f} % at {C:.2g}C" for share, C in zip(done, most, strict=True))
    return f"of the second step {said} on average is done before 3.6 V"


@cache
def predicted() -> tuple[float, Array]:
    """The rate of plating that fits, over the overlay's, and the lives [cycles] of all cells.

    One over a life is what a charge plates and what any cycle loses besides, over what a life may lose: both are
    fitted to the cells that are not of the test, by least squares of the ratios.
    """
    from scipy.optimize import nnls

    test, policies, life = cells()
    losses = np.array([charged(*policy)[0] for policy in policies.tolist()]) / (END * plating().nominal_capacity)
    columns = np.column_stack([losses, np.ones_like(losses)])
    rates, _ = nnls(columns[~test] * life[~test, None], np.ones(np.count_nonzero(~test)))
    return float(SLOW * rates[0]), 1.0 / (columns @ rates)


def lives() -> Found:
    """Median over the cells of the test of how far the life predicted is from that measured [%]."""
    test, policies, life = cells()
    rate, found = predicted()
    shown = [np.flatnonzero(test)[k] for k in np.argsort(life[test])[:: np.count_nonzero(test) // 6]]
    points = [
        Point("{:g}C to {:g} %, {:g}C [cycles]".format(*policies[k]), float(life[k]), float(found[k])) for k in shown
    ]
    blind = 100.0 * np.median(np.abs(np.median(life[~test]) / life[test] - 1.0))
    remark = (
        f"rate {rate:.2g} of the overlay's; the median life of the others, whatever the policy, is {blind:.0f} % off"
    )
    return Found(100.0 * float(np.median(np.abs(found[test] / life[test] - 1.0))), tuple(points), remark)


def ranks() -> Found:
    """Share of the variance of the ranks of the lives tested that those predicted leave open; all if they oppose."""
    from scipy.stats import spearmanr

    test, _, life = cells()
    rho = float(spearmanr(life[test], predicted()[1][test]).statistic)
    return Found(
        1.0 - max(rho, 0.0) ** 2,
        (Point("rank correlation [1]", 1.0, rho),),
        f"{np.count_nonzero(test)} cells; {_cut_short()}",
    )


def _line(name, predicts, error, limit, run, reason, fails=""):
    return Line(
        f"ageing-severson-{name}",
        "prediction",
        "84 equal LFP | graphite cells (A123 18650) by charging policy: Severson et al., Nat. Energy 4 (2019) 383; set "
        "prada2013, another LFP cell of the maker, SPMe",
        "charge in two steps to 80 %, then 1C and 3.6 V, 30 °C, from the discharged cell; irreversible plating "
        "(okane2022) in a fresh cell",
        "the rate of plating and what a cycle loses besides, on the 41 cells of the source's training",
        predicts,
        error,
        limit,
        run,
        fails,
        reason,
    )


FAILS = (
    "the graphite of the set, of a larger cell, polarises so much that 3.6 V end the second step early, the sooner the "
    "faster it is: faster second steps plate less here, whereas they shorten the lives measured"
)
LINES = (
    _line(
        "lives",
        "the lives of the 43 cells of the source's first test, to 80 %",
        "median [%]",
        20.0,
        lives,
        "what lives of one policy scatter by: 5 to 40 % of their mean",
        f"{FAILS}; of these cells the lives alone are at hand, no curve to which a set of their own could be fitted",
    ),
    _line(
        "order",
        "which of the 43 cells live longer",
        "open share of the variance of the ranks [1]",
        0.5,
        ranks,
        "half: below it the model says more about the order of the lives than it leaves open",
        FAILS,
    ),
)
