"""The second claim: that a solid-state cell charges in a third of the time, judged under two rules.

Solid cells are charged along their limits (`ride`): no more current than the separator bears, a largest
temperature, the upper cut-off voltage.  Under the rule "safe" the baseline is charged the same way, its limit being
lithium plating; under "rated" it is charged at 1C with a hold, a usual rating and an assumption.  What would have
to be true is found by changing the critical current, the areal capacity and the conductivity, each alone.
"""
import math
from dataclasses import dataclass
from itertools import product

from ..design import areal_capacity
from ..design.thermal import Lumped
from ..errors import CellsimError
from ..models.heat import critical_current
from ..parameters import load
from ..simulation import simulate
from .charging import minutes_to
from .charging_protocols import named
from .limits import limits_of
from .riding import ride
from .variation import resized

TITLE = "Solid-state cells charge in a third of the time"
SOURCE = ("Nissan, as reported by the press (second-hand). Baseline, states of charge, temperature, pressure, areal "
          "capacity and whether cell or pack are not stated.")
FACTOR = 1.0 / 3.0
LIMITS = "plating margin >= 0 mV, critical current margin >= 0 mA/cm2, temperature <= 55 degC, current <= 6C"
RATED = "cc-cv 1C"
TEMPERATURES = (25.0, 45.0)  # degC
START, END = 0.1, 0.8
CRITICAL = "negative electrode/critical current density"
ACCURACY = 2e-3  # V: a time of charge moves by less than 1 %


@dataclass(frozen=True)
class ChargingVerdict:
    """One cell against one baseline under one rule at one temperature [degC]; times in minutes, infinite if never.

    conditions: what would make the claim hold, each alone, (quantity, value it must reach, value it has, unit).
    """

    cell: str
    baseline: str
    rule: str
    temperature: float
    minutes: float
    baseline_minutes: float
    conditions: tuple[tuple[str, float, float, str], ...]

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
        return "holds" if self.holds else "holds only if" if self.conditions else "does not hold"

    @property
    def condition(self) -> str:
        """What would have to be true, in words."""
        if not self.conditions:
            return "" if self.holds else f"no {', no '.join(WAYS)} within reach would do it"
        return ", or ".join(f"the {name} is at {'most' if value < now else 'least'} {value:.2g} {unit} (now {now:.2g})"
                            for name, value, now, unit in self.conditions)


def _conducting(cell, factor):
    law = cell.law("electrolyte/conductivity")
    return cell.with_({"electrolyte/conductivity": factor * law.value}) if law.constant else cell


# name: (what a factor does to the cell, what the cell has, unit, farthest factor)
WAYS = {
    "critical current": (lambda cell, f: cell.with_({CRITICAL: f * cell.value(CRITICAL)}),
                         lambda cell, T: 0.1 * critical_current(cell, T), "mA/cm2", 100.0),
    "areal capacity": (lambda cell, f: resized(cell, f * areal_capacity(cell)),
                       lambda cell, T: 0.1 * areal_capacity(cell), "mA.h/cm2", 0.1),
    "conductivity": (_conducting, lambda cell, T: 10.0 * float(cell.law("electrolyte/conductivity").value or 0.0),
                     "mS/cm at the reference temperature", 30.0),
}


def conditions(cell, celsius, goal) -> tuple:
    """What would bring the time of a charge to `goal` [min], each alone; see `ChargingVerdict`."""
    from scipy.optimize import brentq

    found = []
    for name, (change, has, unit, farthest) in WAYS.items():
        if name == "critical current" and not cell.has(CRITICAL):
            continue

        def miss(log_factor, change=change):
            try:
                return min(time_of(change(cell, math.exp(log_factor)), celsius) / goal - 1.0, 1e3)
            except CellsimError:
                return 1e3

        end = math.log(farthest)
        if miss(0.0) > 0.0 >= miss(end):
            now = has(cell, celsius + 273.15)
            found.append((name, now * math.exp(brentq(miss, *sorted((0.0, end)), xtol=0.02)), now, unit))
    return tuple(found)


def time_of(cell, celsius) -> float:
    """Minutes of the charge along the limits at a temperature of start and surroundings."""
    kelvin = celsius + 273.15
    return ride(cell, limits_of(LIMITS, cell), soc=START, to=END, temperature=kelvin, accuracy=ACCURACY).duration / 60.0


def rated_time(cell, celsius) -> float:
    """Minutes of the rated charge, with heat."""
    result = simulate(cell, named(cell, RATED, START, END), soc=START, temperature=celsius + 273.15, heat=Lumped(),
                      accuracy=ACCURACY)
    return minutes_to(result, END)


RULES = {"safe": time_of, "rated": rated_time}


def _tried(time, cell, celsius) -> float | None:
    """A time [min]; None for a cell that cannot be charged like this."""
    try:
        return time(cell, celsius)
    except CellsimError:
        return None


def charging_claim(cells, baselines, temperatures=TEMPERATURES) -> tuple[ChargingVerdict, ...]:
    """Judge the claim for each cell against each baseline (cells, names or paths) at each temperature [degC].

    Cells and baselines that cannot be charged like this, such as thin films, are left out.
    """
    found = []
    ours, theirs = ([load(c) for c in some] for some in (cells, baselines))
    for celsius in temperatures:
        times = [(cell, _tried(time_of, cell, celsius)) for cell in ours]
        for baseline, (rule, time) in product(theirs, RULES.items()):
            goal = _tried(time, baseline, celsius)
            if goal is not None:
                found += [ChargingVerdict(cell.name, baseline.name, rule, celsius, minutes, goal,
                                          conditions(cell, celsius, FACTOR * goal))
                          for cell, minutes in times if minutes is not None]
    return tuple(found)
