"""Equal cells with different lives: what a rate fitted to their beginnings says about their ends."""

from functools import cache

import numpy as np

from .....models import SPM
from .....parameters import load
from ....life.age import age
from ....life.contents import Array
from ...line import Found, Line, Point, largest
from ...reference import curve

MEASURED = "measured/nmc_18650_cells.csv"
CELL, PATH = "mohtat2020", "negative electrode/SEI reaction exchange current density"
RATES = 1.44e-7 * np.geomspace(1.0 / 3.0, 3.0, 7)  # A/m2, around that of the mean of the cells
CHECKUPS = np.arange(0.0, 1441.0, 160.0)  # cycles
SEEN, NEXT = 800.0, 960.0  # of the mean of the cells: fitted, and the check-up thereafter
EARLY, END = 480.0, 0.8  # of single cells: fitted, and the share of the capacity at which they end


@cache
def cells() -> Array:
    """Capacity over the first one, (cells, CHECKUPS): between check-ups linear."""
    number, cycle, capacity = curve(MEASURED, 2)
    found = []
    for one in np.unique(number):
        n, q = cycle[number == one], capacity[number == one]
        found.append(np.interp(CHECKUPS, n, q / q[0]))
    return np.array(found)


@cache
def fan() -> Array:
    """Capacity over that of the first cycle by the model, (RATES, CHECKUPS)."""
    cell = load(CELL).with_ageing(False).with_ageing({"SEI": "reaction limited"})
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    steps = f"Charge at 1C until {high:g} V; Discharge at 1C until {low:g} V"
    lives = []
    for rate in RATES.tolist():
        life = age(cell.with_({PATH: rate}), steps, int(CHECKUPS[-1]) + 1, model=SPM(), soc=0.0, until=None)
        Q = life.capacity(CHECKUPS + 1.0)
        lives.append(Q / Q[0])
    return np.array(lives)


def fitted(measured: Array, until: float) -> Array:
    """The capacity of the model, (CHECKUPS), with the rate that is nearest to what was measured until a cycle."""
    logs = np.log(RATES)
    grid = np.linspace(logs[0], logs[-1], 400)
    model = np.array([np.interp(grid, logs, column) for column in fan().T]).T
    apart = (model - measured)[:, until >= CHECKUPS]
    return np.asarray(model[np.argmin((apart**2).sum(axis=1))])


def life_of(capacity: Array) -> float:
    """Cycles to END, beyond the last check-up by the slope between the last two."""
    k = min(int(np.argmax(capacity < END)) or len(capacity) - 1, len(capacity) - 1)
    share = (capacity[k - 1] - END) / (capacity[k - 1] - capacity[k])
    return float(CHECKUPS[k - 1] + share * (CHECKUPS[k] - CHECKUPS[k - 1]))


def _mean(first: float, last: float) -> list[Point]:
    mean = cells().mean(axis=0)
    return [
        Point(f"cycle {n:g} [%]", 100.0 * a, 100.0 * b, bool(n <= SEEN))
        for n, a, b in zip(CHECKUPS, mean, fitted(mean, SEEN), strict=True)
        if n <= SEEN or first <= n <= last
    ]


def following() -> Found:
    """The check-up after the last one fitted [points of %]."""
    return largest(_mean(NEXT, NEXT))


def knee() -> Found:
    """Check-ups behind the knee of most cells [points of %]."""
    return largest(_mean(NEXT + 1.0, CHECKUPS[-1]), "two straight lines through each cell meet at cycle 1122, sd 117")


def ranks() -> Found:
    """Share of the variance of the ranks of the lives that those predicted from the beginnings leave open."""
    from scipy.stats import spearmanr

    measured = np.array([life_of(one) for one in cells()])
    foreseen = np.array([life_of(fitted(one, EARLY)) for one in cells()])
    rho = float(spearmanr(measured, foreseen).statistic)
    points = [
        Point("mean life [cycles]", measured.mean(), foreseen.mean()),
        Point("sd of the lives [cycles]", measured.std(ddof=1), foreseen.std(ddof=1)),
        Point("rank correlation [1]", 1.0, rho),
    ]
    return Found(1.0 - rho**2, tuple(points), f"{len(measured)} cells")


def _line(name, predicts, error, limit, run, reason, fails="", fit=f"the rate of the SEI on the mean up to {SEEN:g}"):
    return Line(
        f"ageing-baumhofer-{name}",
        "prediction",
        "31 equal NMC | graphite cells cycled alike: Baumhöfer et al., J. Power Sources 247 (2014) 332; set "
        "mohtat2020, another NMC cell, SPM",
        "1C charge and discharge (the protocol of the cells was not seen), 25 °C; SEI reaction limited",
        fit,
        predicts,
        error,
        limit,
        run,
        fails,
        reason,
    )


LINES = (
    _line(
        "next",
        f"mean capacity at cycle {NEXT:g}",
        "[points of %]",
        1.0,
        following,
        "single cells scatter by 1.7 points there; the mean of 31 is known to 0.3, and check-ups to 0.5",
    ),
    _line(
        "knee",
        "mean capacity at cycles 1120 to 1440",
        "largest [points of %]",
        1.0,
        knee,
        "as for the check-up before",
        "no law of the SEI alone turns down: what makes the knee (plating, clogging) leaves no trace in the capacity "
        "before it, and cannot be fitted there",
    ),
    _line(
        "cells",
        "which of the cells live longer, to 80 %",
        "open share of the variance of the ranks [1]",
        0.5,
        ranks,
        "half: below it the beginnings say more about the order of the ends than they leave open",
        "the beginnings foretell how far lives scatter and a part of their order; when the knee comes is not in them",
        fit=f"the rate of the SEI, of each cell, up to cycle {EARLY:g}",
    ),
)
