"""The second claim: that a solid-state cell charges in a third of the time, judged under two rules.

Solid cells are charged along their limits (`ride`): no more current than the separator bears, a largest
temperature, the upper cut-off voltage.  Under the rule "safe" the baseline is charged the same way, its limit being
lithium plating; under "rated" it is charged at 1C with a hold, a usual rating and an assumption.  What would have
to be true is found by changing the critical current.
"""
import math
from dataclasses import dataclass

import numpy as np

from ..design.thermal import Lumped
from ..errors import CellsimError
from ..parameters import Cell, load
from ..simulation import simulate
from .charging_protocols import named
from .limits import limits_of
from .riding import ride

TITLE = "Solid-state cells charge in a third of the time"
SOURCE = ("Nissan, as reported by the press (second-hand). Baseline, states of charge, temperature, pressure, areal "
          "capacity and whether cell or pack are not stated.")
FACTOR = 1.0 / 3.0
LIMITS = "plating margin >= 0 mV, critical current margin >= 0 mA/cm2, temperature <= 55 degC, current <= 6C"
RATED = "cc-cv 1C"
TEMPERATURES = (25.0, 45.0)  # degC
START, END = 0.1, 0.8
CRITICAL = "negative electrode/critical current density"
MOST = 1000.0  # A/m2: beyond, a critical current is not looked for; the best seen is 90
ACCURACY = 2e-3  # V: a time of charge moves by less than 1 %


@dataclass(frozen=True)
class ChargingVerdict:
    """One cell against one baseline under one rule at one temperature [degC]; times in minutes, infinite if never.

    needed: least critical current density [mA/cm2] at that temperature with which the claim holds, infinite if none
    does, NaN if the cell states none; stated: its own there.
    """

    cell: str
    baseline: str
    rule: str
    temperature: float
    minutes: float
    baseline_minutes: float
    needed: float
    stated: float

    @property
    def ratio(self) -> float:
        """Time over that of the baseline."""
        return self.minutes / self.baseline_minutes

    @property
    def holds(self) -> bool:
        """Whether it takes at most a third of the time."""
        return self.ratio <= FACTOR * (1.0 + 1e-3)

    @property
    def word(self) -> str:
        """As of the energy claim."""
        return "holds" if self.holds else "does not hold" if math.isinf(self.needed) else "holds only if"

    @property
    def condition(self) -> str:
        """What would have to be true, in words."""
        if math.isnan(self.needed):
            return "the critical current of the cell is not stated"
        if math.isinf(self.needed):
            return f"no critical current would do, up to {MOST / 10.0:g} mA/cm2: voltage or heat bind first"
        return f"the separator bears at least {self.needed:.2g} mA/cm2 (now {self.stated:.2g})"


def time_of(cell, celsius) -> float:
    """Minutes of the charge along the limits at a temperature of start and surroundings."""
    kelvin = celsius + 273.15
    return ride(cell, limits_of(LIMITS, cell), soc=START, to=END, temperature=kelvin, accuracy=ACCURACY).duration / 60.0


def rated_time(cell, celsius) -> float:
    """Minutes of the rated charge, with heat."""
    result = simulate(cell, named(cell, RATED, START, END), soc=START, temperature=celsius + 273.15, heat=Lumped(),
                      accuracy=ACCURACY)
    there = np.flatnonzero(result["State of charge"] >= END - 1e-6)
    return float(result.t[there[0]]) / 60.0 if there.size else math.inf


def needed_current(cell, celsius, goal) -> tuple[float, float]:
    """Least critical current density that brings the time to `goal` [min], and that of the cell [mA/cm2]."""
    from scipy.optimize import brentq

    from ..models.heat import critical_current

    if not cell.has(CRITICAL):
        return math.nan, math.nan
    now, base = critical_current(cell, celsius + 273.15), cell.value(CRITICAL)

    def miss(log_factor):
        time = time_of(cell.with_({CRITICAL: base * math.exp(log_factor)}), celsius)
        return min(time / goal - 1.0, 1e3)

    low, high = math.log(1e-2), math.log(MOST / now)
    if miss(high) > 0.0:
        return math.inf, 0.1 * now
    if miss(low) <= 0.0:
        return 0.1 * now * math.exp(low), 0.1 * now
    return 0.1 * now * math.exp(brentq(miss, low, high, xtol=0.01)), 0.1 * now


def charging_claim(cells, baselines, temperatures=TEMPERATURES) -> tuple[ChargingVerdict, ...]:
    """Judge the claim for each cell against each baseline (cells, names or paths) at each temperature [degC].

    Cells that cannot be charged like this, such as thin films, are left out.
    """
    found = []
    ours, theirs = ([c if isinstance(c, Cell) else load(c) for c in some] for some in (cells, baselines))
    for celsius in temperatures:
        for baseline in theirs:
            for rule, time in (("safe", time_of), ("rated", rated_time)):
                try:
                    goal = time(baseline, celsius)
                    found += [ChargingVerdict(c.name, baseline.name, rule, celsius, time_of(c, celsius), goal,
                                              *needed_current(c, celsius, FACTOR * goal)) for c in ours]
                except CellsimError:
                    continue
    return tuple(found)
