"""Ways to charge a cell faster: the time of its fastest charge, and what that would be if one thing were changed."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np

from ....design import areal_capacity
from ....ensemble.jobs import searched
from ....errors import CellsimError, ClaimError
from ....kernels.call.calls import Coroutine, finish
from ....models.thermal_laws import critical_current
from ....parameters import Cell
from ....physics.constants import ZERO_CELSIUS
from ...charging.constraints import limits_of
from ...charging.fastest import fastest_charge_coroutine
from ...resizing import resized
from ..records import ChargingClaim
from .published import limits_at

Condition = tuple[str, float, float, str]  # quantity, value it must reach, value it has, unit
PAIR = "critical current"  # of WAYS: the one that frontiers and published charges are about
CLOSE = 1e-2  # share to which what would have to be true is found
CRITICAL = "negative electrode/critical current density"
ACCURACY = 2e-3  # V: a time of charge moves by less than 1 %


@dataclass(frozen=True)
class Way:
    """One thing that may be changed: its unit, what (cell, K) has of it, (cell, K) with another value of it.

    tried: function of the present value and the largest temperature [K] of the values between which one that does is
    looked for, from the present one on.
    """

    unit: str
    has: Callable[[Cell, float], float]
    changed: Callable[[Cell, float, float], tuple[Cell, float]]
    tried: Callable[[float, float], np.ndarray]


def _up_to(factor):
    """The farthest value alone, where none between the present one and it can be better."""
    return lambda now, hottest: now * np.array([1.0, factor])


def _conductivity(cell, T):
    """Of the separator at the reference temperature [mS/cm]; NaN where it is a function of more than temperature."""
    law = cell.law("electrolyte/conductivity")
    return 10.0 * float(law.value) if law.constant else math.nan


def _warmer(now: float, hottest: float) -> np.ndarray:
    """Temperatures up to the largest one [degC]."""
    end = hottest - ZERO_CELSIUS
    return np.append(np.arange(now, end, 2.5), end)


WAYS = {
    "critical current": Way(
        "mA/cm²",
        lambda cell, T: 0.1 * critical_current(cell, T) if cell.has(CRITICAL) else math.nan,
        lambda cell, T, value: (
            cell.with_({CRITICAL: 10.0 * value / critical_current(cell, T) * cell.value(CRITICAL)}),
            T,
        ),
        _up_to(100.0),
    ),
    "areal capacity": Way(
        "mAh/cm²",
        lambda cell, T: 0.1 * areal_capacity(cell),
        lambda cell, T, value: (resized(cell, 10.0 * value), T),
        _up_to(0.1),
    ),
    "conductivity": Way(
        "mS/cm at the reference temperature",
        _conductivity,
        lambda cell, T, value: (cell.with_({"electrolyte/conductivity": 0.1 * value}), T),
        _up_to(30.0),
    ),
    "temperature": Way(
        "°C", lambda cell, T: T - ZERO_CELSIUS, lambda cell, T, value: (cell, value + ZERO_CELSIUS), _warmer
    ),
}


@dataclass(frozen=True)
class Relatives:
    """A cell at one temperature [K] and its relatives, each changed in one thing; their times [min] are cached."""

    claim: ChargingClaim
    cell: Cell
    temperature: float
    kept: dict[tuple[str, float], float] = field(default_factory=dict, repr=False)

    def minutes(self, name: str, value: float) -> Coroutine[float]:
        """Of the fastest charge with another value of one of WAYS; infinite where there is no such charge or cell."""
        if (name, value) not in self.kept:
            try:
                changed = WAYS[name].changed(self.cell, self.temperature, value)
                found = yield from time_coroutine(self.claim, *changed)
            except CellsimError:
                found = math.inf
            self.kept[name, value] = found
        return self.kept[name, value]

    def needed(self, name: str, goal: float) -> Coroutine[float | None]:
        """The nearest value with which a charge takes `goal` [min]; None if it does so as it is, or if none does."""
        from scipy.optimize import brentq

        way, now = WAYS[name], WAYS[name].has(self.cell, self.temperature)
        if math.isnan(now):
            return None

        def miss(value: float) -> Coroutine[float]:
            return 1.0 - goal / (yield from self.minutes(name, value))

        tried = way.tried(now, hottest(self.claim, self.cell))
        low, high = sorted((float(tried[0]), float(tried[-1])))
        kept = (value for key, value in self.kept if key == name and low < value < high)
        known = sorted({*tried.tolist(), *kept}, reverse=bool(tried[-1] < now))
        for before, after in pairwise(known):
            if (yield from miss(before)) > 0.0 >= (yield from miss(after)):
                ends = sorted((before, after))
                return float((yield from searched(partial(_root, brentq, ends), miss)))
        return None

    def conditions(self, goal: float) -> tuple[Condition, ...]:
        """What would bring the time of a charge to `goal` [min], each alone; see `ChargingVerdict`."""
        return tuple(found for name in WAYS for found in finish(self.conditions_of(name, [goal]))[0])

    def conditions_of(self, name: str, goals: Iterable[float]) -> Coroutine[list[tuple[Condition, ...]]]:
        """For each goal [min] the condition on one of WAYS alone, or none; a coroutine."""
        found: list[tuple[Condition, ...]] = []
        for goal in goals:
            value = yield from self.needed(name, goal)
            way = WAYS[name]
            found.append(() if value is None else ((name, value, way.has(self.cell, self.temperature), way.unit),))
        return found


def with_published(claim: ChargingClaim, cell: Cell, temperature: float) -> Coroutine[list[tuple[float, float]]]:
    """(critical current [mA/cm²], minutes) for each of the published ones; empty for a cell without one."""
    if not cell.has(CRITICAL):
        return []
    relatives = Relatives(claim, cell, temperature)
    found = []
    for value in limits_at(cell, temperature):
        found.append((value, (yield from relatives.minutes(PAIR, value))))
    return found


def _root(brentq, ends, f):
    return brentq(f, *ends, xtol=1e-3, rtol=CLOSE)


def hottest(claim: ChargingClaim, cell: Cell) -> float:
    """The largest temperature that the limits of a claim allow [K].  Raises ClaimError if they name none."""
    found = limits_of(claim.limits, cell).temperature
    if found is None:
        raise ClaimError(f"limits {claim.limits!r}: name a largest temperature, such as 'temperature <= 55 degC'")
    return found


def time_of(claim: ChargingClaim, cell: Cell, temperature: float) -> float:
    """Minutes of the fastest charge within the limits of a claim at a temperature of start and surroundings [K]."""
    return finish(time_coroutine(claim, cell, temperature))


def time_coroutine(claim: ChargingClaim, cell: Cell, temperature: float) -> Coroutine[float]:
    """Coroutine form of `time_of`."""
    found = yield from fastest_charge_coroutine(
        cell, claim.limits, claim.start, claim.end, temperature=temperature, accuracy=ACCURACY
    )
    return found.duration / 60.0
