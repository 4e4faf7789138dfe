"""The second claim: that a solid-state cell charges in a third of the time, judged under two rules.

Solid cells are charged as fast as their limits allow (`fastest_charge`): the critical current density of the separator,
a maximum temperature, the upper cut-off voltage.  Under the rule "safe" the baseline is charged the same way, its limit
being lithium plating; under "rated" it is charged at 1C with a hold, a usual rating and an assumption.  What would have
to be true is found by changing the critical current, the areal capacity, the conductivity and the temperature of the
solid cell, each alone.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise, product
from typing import Any

import numpy as np

from ...design import areal_capacity
from ...design.thermal import Lumped
from ...ensemble.engine import Progress, reporting, run_jobs
from ...ensemble.jobs import Finished, Job, searched
from ...errors import CellsimError
from ...kernels.call.calls import Coroutine, finish
from ...models.thermal_laws import critical_current
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...simulation.run import simulate_coroutine
from ..charging.fastest import fastest_charge_coroutine
from ..charging.named_protocols import named
from ..charging.study import minutes_to
from ..resizing import resized

Condition = tuple[str, float, float, str]  # quantity, value it must reach, value it has, unit
TITLE = "Solid-state cells charge in a third of the time"
SOURCE = (
    "Nissan, as reported by the press (second-hand). Baseline, states of charge, temperature, pressure, areal "
    "capacity and whether cell or pack are not stated."
)
FACTOR = 1.0 / 3.0
HOTTEST = 55.0  # degC
LIMITS = f"plating margin >= 0 mV, critical current margin >= 0 mA/cm2, temperature <= {HOTTEST:g} degC, current <= 6C"
RATED = "cc-cv 1C"
TEMPERATURES = (25.0, 45.0)  # degC
CLOSE = 5e-3  # share to which what would have to be true is found
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
    conditions: tuple[Condition, ...]

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
            return "" if self.holds else f"no {', no '.join(WAYS)} up to {HOTTEST:g} degC reaches it"
        return ", or ".join(
            f"the {name} is at {'most' if value < now else 'least'} {value:.2g} {unit} (now {now:.2g})"
            for name, value, now, unit in self.conditions
        )


@dataclass(frozen=True)
class Way:
    """One thing that may be changed: its unit, what (cell, degC) has of it, (cell, degC) with another value of it.

    tried: the values between which one that does is looked for, from the present one on.
    """

    unit: str
    has: Callable[[Cell, float], float]
    changed: Callable[[Cell, float, float], tuple[Cell, float]]
    tried: Callable[[float], np.ndarray]


def _up_to(factor):
    """The farthest value alone, where none between the present one and it can be better."""
    return lambda now: now * np.array([1.0, factor])


def _conductivity(cell, celsius):
    """Of the separator at the reference temperature [mS/cm]; NaN where it is a function of more than temperature."""
    law = cell.law("electrolyte/conductivity")
    return 10.0 * float(law.value) if law.constant else math.nan


WAYS = {
    "critical current": Way(
        "mA/cm2",
        lambda cell, T: 0.1 * critical_current(cell, T + ZERO_CELSIUS) if cell.has(CRITICAL) else math.nan,
        lambda cell, T, value: (
            cell.with_({CRITICAL: 10.0 * value / critical_current(cell, T + ZERO_CELSIUS) * cell.value(CRITICAL)}),
            T,
        ),
        _up_to(100.0),
    ),
    "areal capacity": Way(
        "mA.h/cm2",
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
        "degC",
        lambda cell, T: T,
        lambda cell, T, value: (cell, value),
        lambda now: np.append(np.arange(now, HOTTEST, 2.5), HOTTEST),
    ),
}


@dataclass(frozen=True)
class Relatives:
    """A cell at one temperature [degC] and its relatives, each changed in one thing; their times [min] are cached."""

    cell: Cell
    celsius: float
    kept: dict[tuple[str, float], float] = field(default_factory=dict, repr=False)

    def minutes(self, name: str, value: float) -> Coroutine[float]:
        """Of the fastest charge with another value of one of WAYS; infinite where there is no such charge or cell."""
        if (name, value) not in self.kept:
            try:
                found = yield from time_coroutine(*WAYS[name].changed(self.cell, self.celsius, value))
            except CellsimError:
                found = math.inf
            self.kept[name, value] = found
        return self.kept[name, value]

    def needed(self, name: str, goal: float) -> Coroutine[float | None]:
        """The nearest value with which a charge takes `goal` [min]; None if it does so as it is, or if none does."""
        from scipy.optimize import brentq

        way, now = WAYS[name], WAYS[name].has(self.cell, self.celsius)
        if math.isnan(now):
            return None

        def miss(value: float) -> Coroutine[float]:
            return 1.0 - goal / (yield from self.minutes(name, value))

        tried = way.tried(now)
        known = sorted(
            {*tried.tolist(), *(value for key, value in self.kept if key == name)}, reverse=bool(tried[-1] < now)
        )
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
            found.append(() if value is None else ((name, value, way.has(self.cell, self.celsius), way.unit),))
        return found


def _root(brentq, ends, f):
    return brentq(f, *ends, xtol=1e-3, rtol=CLOSE)


def time_of(cell: Cell, celsius: float) -> float:
    """Minutes of the fastest charge within the limits at a temperature of start and surroundings [degC]."""
    return finish(time_coroutine(cell, celsius))


def time_coroutine(cell: Cell, celsius: float) -> Coroutine[float]:
    """Coroutine form of `time_of`."""
    found = yield from fastest_charge_coroutine(
        cell, LIMITS, START, END, temperature=celsius + ZERO_CELSIUS, accuracy=ACCURACY
    )
    return found.duration / 60.0


def rated_time(cell: Cell, celsius: float) -> Coroutine[float]:
    """Minutes of the rated charge, with heat."""
    result = yield from simulate_coroutine(
        cell,
        named(cell, RATED, START, END),
        soc=START,
        temperature=celsius + ZERO_CELSIUS,
        heat=Lumped(),
        accuracy=ACCURACY,
    )
    return minutes_to(result, END)


RULES: dict[str, Callable[[Cell, float], Coroutine[float]]] = {"safe": time_coroutine, "rated": rated_time}


def charging_claim(
    cells,
    baselines,
    temperatures=TEMPERATURES,
    *,
    threads: int | None = None,
    processes: int | None = None,
    progress: Progress = None,
) -> tuple[ChargingVerdict, ...]:
    """Judge the claim for each cell against each baseline (cells, names or paths) at each temperature [degC].

    Cells and baselines that cannot be charged like this, such as thin films, are left out.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    progress: True for a bar, or a function called with the numbers of jobs done and in all.
    """
    ours, theirs = ([load(c) for c in some] for some in (cells, baselines))
    times = list(product(temperatures, ours))
    goals = list(product(temperatures, theirs, RULES))
    count, total = 0, len(times) * (1 + len(WAYS)) + len(goals)
    with reporting(progress) as report:

        def one_more(done: Finished) -> None:
            nonlocal count
            count += 1
            report(count, total)

        def run(jobs: Iterable[Job]) -> list[Any]:
            with closing(run_jobs(jobs, threads=threads, processes=processes, finished=one_more)) as done:
                return [_value_of(each) for each in done]

        found = run(
            [
                *(Job(time_coroutine, (cell, T)) for T, cell in times),
                *(Job(RULES[rule], (baseline, T)) for T, baseline, rule in goals),
            ]
        )
        minutes = [(T, cell, time) for (T, cell), time in zip(times, found, strict=False) if time is not None]
        reached = [
            (T, baseline, rule, goal)
            for (T, baseline, rule), goal in zip(goals, found[len(times) :], strict=True)
            if goal is not None and goal < math.inf
        ]
        total -= len(WAYS) * (len(times) - len(minutes))
        ways = run(
            Job(Relatives(cell, T).conditions_of, (name, [FACTOR * g[-1] for g in reached if g[0] == T]))
            for T, cell, _ in minutes
            for name in WAYS
        )
    return tuple(_verdicts(temperatures, minutes, reached, ways))


def _value_of(done: Finished) -> Any:
    """The value of a job; None for a cell that cannot be charged like this."""
    if done.fault is not None and not isinstance(done.fault, CellsimError):
        raise done.fault
    return done.value


def _verdicts(temperatures, minutes, reached, ways) -> Iterator[ChargingVerdict]:
    """The verdicts of `charging_claim` from its times, goals and conditions, the latter in the order of their jobs."""
    by_cell = [(*each, ways[k * len(WAYS) : (k + 1) * len(WAYS)]) for k, each in enumerate(minutes)]
    for celsius in temperatures:
        here = [goal for goal in reached if goal[0] == celsius]
        for k, (_, baseline, rule, goal) in enumerate(here):
            for T, cell, time, conditions in by_cell:
                if celsius == T:
                    alone = tuple(condition for way in conditions for condition in way[k])
                    yield ChargingVerdict(cell.name, baseline.name, rule, celsius, time, goal, alone)
