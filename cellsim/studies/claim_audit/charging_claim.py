"""A claim about charging time, such as a third of a baseline's, judged under two rules.

Solid cells are charged as fast as the limits of the claim allow (`fastest_charge`): the critical current density of the
separator, a maximum temperature, the upper cut-off voltage.  Under the rule "safe" the baseline is charged the same
way, its limit being lithium plating; under "rated" by the protocol that the claim names.  What would have to be true is
found by changing the critical current, the areal capacity, the conductivity and the temperature of the solid cell, each
alone.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import pairwise, product
from os import PathLike
from typing import Any

import numpy as np

from ...design import areal_capacity
from ...design.thermal import Lumped
from ...ensemble.engine import Progress, reporting
from ...ensemble.jobs import Job, searched
from ...ensemble.resumable import KINDS, Recorder, recording, write_rows
from ...errors import CellsimError, ClaimError
from ...kernels.call.calls import Coroutine, finish
from ...models.thermal_laws import critical_current
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...simulation.run import simulate_coroutine
from ..charging.constraints import limits_of
from ..charging.fastest import fastest_charge_coroutine
from ..charging.named_protocols import named
from ..charging.study import minutes_to
from ..resizing import resized
from .claim_file import load_charging_claim
from .records import ChargingClaim

Condition = tuple[str, float, float, str]  # quantity, value it must reach, value it has, unit
CLOSE = 5e-3  # share to which what would have to be true is found
CRITICAL = "negative electrode/critical current density"
ACCURACY = 2e-3  # V: a time of charge moves by less than 1 %


@dataclass(frozen=True)
class ChargingVerdict:
    """One cell against one baseline under one rule at one temperature [K]; times in minutes, infinite if never.

    conditions: what would make the claim hold, each alone, (quantity, value it must reach, value it has, unit).
    factor: share of the baseline's time that is claimed.  hottest: the largest temperature of the charges [K].
    """

    cell: str
    baseline: str
    rule: str
    temperature: float
    minutes: float
    baseline_minutes: float
    conditions: tuple[Condition, ...]
    factor: float
    hottest: float

    @property
    def ratio(self) -> float:
        """Time over that of the baseline."""
        return self.minutes / self.baseline_minutes

    @property
    def holds(self) -> bool:
        """Whether it takes at most the claimed share of the time."""
        return self.ratio <= self.factor * (1.0 + 1e-3)

    @property
    def word(self) -> str:
        """As of the energy claim."""
        return "holds" if self.holds else "holds only if" if self.conditions else "does not hold"

    @property
    def condition(self) -> str:
        """What would have to be true, in words."""
        if not self.conditions:
            return "" if self.holds else f"no {', no '.join(WAYS)} up to {self.hottest - ZERO_CELSIUS:g} °C reaches it"
        return ", or ".join(
            f"the {name} is at {'most' if value < now else 'least'} {value:.2g} {unit} (now {now:.2g})"
            for name, value, now, unit in self.conditions
        )


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
            found.append(() if value is None else ((name, value, way.has(self.cell, self.temperature), way.unit),))
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


def rated_time(claim: ChargingClaim, cell: Cell, temperature: float) -> Coroutine[float]:
    """Minutes of the rated charge, with heat."""
    result = yield from simulate_coroutine(
        cell,
        named(cell, claim.rated, claim.start, claim.end),
        soc=claim.start,
        temperature=temperature,
        heat=Lumped(),
        accuracy=ACCURACY,
    )
    return minutes_to(result, claim.end)


RULES: dict[str, Callable[[ChargingClaim, Cell, float], Coroutine[float]]] = {
    "safe": time_coroutine,
    "rated": rated_time,
}


def charging_claim(
    cells,
    baselines,
    claim: ChargingClaim | None = None,
    *,
    threads: int | None = None,
    processes: int | None = None,
    path: str | PathLike[str] | None = None,
    progress: Progress = None,
) -> tuple[ChargingVerdict, ...]:
    """Judge a claim, the packaged one unless given, for each cell against each baseline (cells, names or paths).

    Cells and baselines that cannot be charged like this, such as thin films, are left out.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    path: `.parquet` or `.csv`: a row for each verdict; times are saved as they come, and an interrupted study is
    resumed where it stopped.
    progress: True for a bar, or a function called with the numbers of jobs done and in all.
    Raises ClaimError and ProtocolError for a claim whose limits or rated charge cannot be understood.
    """
    claim = load_charging_claim() if claim is None else claim
    ours, theirs = ([load(c) for c in some] for some in (cells, baselines))
    with reporting(progress) as report, recording(path, KINDS, threads=threads, processes=processes) as recorder:
        verdicts = judged(ours, theirs, claim, recorder, report)
        if path is not None:
            write_rows([asdict(v) | {"conditions": v.condition} for v in verdicts], path)
    return verdicts


def judged(
    ours: Sequence[Cell],
    theirs: Sequence[Cell],
    claim: ChargingClaim,
    recorder: Recorder,
    report: Callable[[int, int], object],
) -> tuple[ChargingVerdict, ...]:
    """As `charging_claim`, of cells; recorder: what runs the jobs; report: called with jobs done and jobs in all."""
    for cell in (*ours, *theirs):
        hottest(claim, cell)
        named(cell, claim.rated, claim.start, claim.end)
    times = [(T, cell, "safe") for T, cell in product(claim.temperatures, ours)]
    goals = list(product(claim.temperatures, theirs, RULES))
    count, total = 0, len(times) * (1 + len(WAYS)) + len(goals)
    digests = {cell: cell.digest() for cell in {*ours, *theirs}}

    def one_more() -> None:
        nonlocal count
        count += 1
        report(count, total)

    def of(T: float, cell: Cell, **more: Any) -> dict[str, Any]:
        return {"claim": repr(claim), "temperature": T, "cell": digests[cell], **more}

    asked = times + goals
    found = recorder.values(
        [of(T, cell, rule=rule) for T, cell, rule in asked],
        lambda number, case: Job(RULES[case["rule"]], (claim, asked[number][1], case["temperature"])),
        lost=lambda fault: isinstance(fault, CellsimError),  # a cell that cannot be charged like this
        counted=one_more,
    )
    minutes = [(T, cell, time) for (T, cell, _), time in zip(times, found, strict=False) if time is not None]
    reached = [
        (T, baseline, rule, goal)
        for (T, baseline, rule), goal in zip(goals, found[len(times) :], strict=True)
        if goal is not None and goal < math.inf
    ]
    total -= len(WAYS) * (len(times) - len(minutes))
    changes = [(T, cell, name) for T, cell, _ in minutes for name in WAYS]
    ways = recorder.values(
        [
            of(T, cell, way=name, goals=[claim.factor * goal for at, _, _, goal in reached if at == T])
            for T, cell, name in changes
        ],
        lambda number, case: Job(
            Relatives(claim, changes[number][1], case["temperature"]).conditions_of, (case["way"], case["goals"])
        ),
        unpack=lambda said: [tuple(map(tuple, conditions)) for conditions in said],
        counted=one_more,
    )
    return tuple(_verdicts(claim, minutes, reached, ways))


def _verdicts(claim, minutes, reached, ways) -> Iterator[ChargingVerdict]:
    """The verdicts of `charging_claim` from its times, goals and conditions, the latter in the order of their jobs."""
    by_cell = [(*each, ways[k * len(WAYS) : (k + 1) * len(WAYS)]) for k, each in enumerate(minutes)]
    for temperature in claim.temperatures:
        here = [goal for goal in reached if goal[0] == temperature]
        for k, (_, baseline, rule, goal) in enumerate(here):
            for T, cell, time, conditions in by_cell:
                if temperature == T:
                    alone = tuple(condition for way in conditions for condition in way[k])
                    most = hottest(claim, cell)
                    yield ChargingVerdict(cell.name, baseline.name, rule, T, time, goal, alone, claim.factor, most)
