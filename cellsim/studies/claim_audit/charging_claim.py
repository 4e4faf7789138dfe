"""A claim about charging time, such as a third of a baseline's, judged under three rules, and whether it is shorter.

Solid cells are charged as fast as the limits of the claim allow (`fastest_charge`): the critical current density of the
separator, a maximum temperature, the upper cut-off voltage.  The baseline is charged the same way under the rule
"safe", its limit being lithium plating; under "rated" by the protocol that the claim names; under "as sold" as fast as
the cars with such cells are, a published time.  What would have to be true is found by changing the critical current,
the areal capacity, the conductivity and the temperature of the solid cell, each alone, and the first two together.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from os import PathLike
from typing import Any

import numpy as np

from ...ensemble.engine import Progress, reporting
from ...ensemble.jobs import Job
from ...ensemble.resumable import KINDS, Recorder, recording, write_rows
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ..charging.named_protocols import named
from .claim_file import load_charging_claim
from .fast_charge.frontier import OTHER, Frontier, frontier, frontier_of, in_words
from .fast_charge.kinetics import OWN, SETS, KineticsSpread, spread
from .fast_charge.rules import RULES, sold_minutes, time_by
from .fast_charge.ways import ACCURACY, CRITICAL, PAIR, WAYS, Condition, Relatives, hottest, time_of, with_published
from .records import ChargingClaim

SHORTER = 1.0  # factor of the weaker sentence, that a charge is shorter at all


@dataclass(frozen=True)
class ChargingVerdict:
    """One cell against one baseline under one rule at one temperature [K]; times in minutes, infinite if never.

    conditions: what would make the claim hold, each alone, (quantity, value it must reach, value it has, unit).
    factor: share of the baseline's time that is claimed, 1 for "shorter".  hottest: the largest temperature of the
    charges [K].  pair: two changes that together would make it hold, in words; "" if none of those tried.
    published: minutes with each of the published critical currents; empty where the cell has none of its own.
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
    pair: str = ""
    published: tuple[float, ...] = ()

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
        return "holds" if self.holds else "holds only if" if self.conditions or self.pair else "does not hold"

    @property
    def condition(self) -> str:
        """What would have to be true, in words."""
        alone = ", or ".join(
            f"the {name} is at {'most' if value < now else 'least'} {value:.2g} {unit} (now {now:.2g})"
            for name, value, now, unit in self.conditions
        )
        if alone or self.holds:
            return alone
        return self.pair or (
            f"no {', no '.join(WAYS)} up to {self.hottest - ZERO_CELSIUS:g} °C reaches it, nor a critical current of "
            f"up to {OTHER[PAIR][-1]:g} mA/cm² together with a smaller areal capacity"
        )

    @property
    def chance(self) -> tuple[int, int]:
        """With how many, of how many, of the published critical currents it holds."""
        goal = self.factor * self.baseline_minutes * (1.0 + 1e-3)
        return sum(minutes <= goal for minutes in self.published), len(self.published)

    @property
    def chances(self) -> str:
        """The same in words; "" where the cell has no critical current."""
        return "with {} of {} published critical currents".format(*self.chance) if self.published else ""


@dataclass(frozen=True)
class ChargingAudit:
    """What was found about charging times.

    frontiers: of each solid cell, over the areal capacity and another quantity.  spreads: of each baseline, how safe it
    is with the kinetics of other cells.
    """

    verdicts: tuple[ChargingVerdict, ...] = ()
    frontiers: tuple[Frontier, ...] = ()
    spreads: tuple[KineticsSpread, ...] = ()


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

    Each is judged twice: whether the charge is shorter at all, and whether it takes the claimed share of the time.
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
        verdicts = judged(ours, theirs, claim, recorder, report).verdicts
        if path is not None:
            rows = (asdict(v) | {"conditions": v.condition, "chance": v.chances} for v in verdicts)
            write_rows(list(rows), path)
    return verdicts


def factors_of(claim: ChargingClaim) -> tuple[float, ...]:
    """The shares that are judged: that a charge is shorter, and the claimed one."""
    return (SHORTER, claim.factor) if claim.factor < SHORTER else (claim.factor,)


def judged(
    ours: Sequence[Cell],
    theirs: Sequence[Cell],
    claim: ChargingClaim,
    recorder: Recorder,
    report: Callable[[int, int], object],
) -> ChargingAudit:
    """As `charging_claim`, of cells; recorder: what runs the jobs; report: called with jobs done and jobs in all."""
    for cell in (*ours, *theirs):
        hottest(claim, cell)
        named(cell, claim.rated, claim.start, claim.end)
    work = _Work(claim, recorder, report)
    starts = list(product(claim.temperatures, ours))
    goals = list(product(claim.temperatures, theirs, RULES))
    asked = [(T, cell, "safe") for T, cell in starts] + goals
    fronts = [
        (T, cell, other)
        for T, cell in starts
        for other in OTHER
        if cell.has(CRITICAL) and (other == PAIR or (T, cell) == starts[0])  # over temperature, of the first cell
    ]
    liquid = [(claim.temperatures[0], cell, name) for cell in theirs if cell.kind == "liquid" for name in (OWN, *SETS)]
    work.total = len(fronts) + len(liquid) + len(asked) + len(starts) * (1 + len(WAYS))
    grids, margins, times, published = work.together(
        [
            [(work.of(T, cell, frontier=other), Job(frontier, (claim, cell, other, T))) for T, cell, other in fronts],
            [
                (work.of(T, c, kinetics=name), Job(spread, (claim, c, name, T, sold_minutes(claim, c))))
                for T, c, name in liquid
            ],
            [(work.of(T, cell, rule=rule), Job(time_by, (rule, claim, cell, T))) for T, cell, rule in asked],
            [(work.of(T, cell, way="published"), Job(with_published, (claim, cell, T))) for T, cell in starts],
        ]
    )
    minutes = [
        (T, cell, time, said)
        for (T, cell), time, said in zip(starts, times, published, strict=False)
        if time is not None
    ]
    reached = [
        (T, baseline, rule, factor, goal)
        for (T, baseline, rule), goal in zip(goals, times[len(starts) :], strict=True)
        if goal is not None and goal < math.inf
        for factor in factors_of(claim)
    ]
    charged = {(T, cell.digest()) for T, cell, *_ in minutes}
    frontiers = tuple(
        frontier_of(cell, other, T, np.array(grid))
        for (T, cell, other), grid in zip(fronts, grids, strict=True)
        if (T, cell.digest()) in charged
    )
    verdicts = tuple(_verdicts(claim, _by_cell(work, minutes, reached, frontiers), reached))
    return ChargingAudit(verdicts, frontiers, _spreads(liquid, margins))


@dataclass
class _Work:
    """Runs the jobs of a claim and counts them."""

    claim: ChargingClaim
    recorder: Recorder
    report: Callable[[int, int], object]
    total: int = 0
    count: int = 0

    def one_more(self) -> None:
        """A job is done."""
        self.count += 1
        self.report(min(self.count, self.total), self.total)

    def of(self, T: float, cell: Cell, **more: Any) -> dict[str, Any]:
        """What a job is known by when a study is resumed."""
        return {"claim": repr(self.claim), "temperature": T, "cell": cell.digest(), **more}

    def together(self, kinds: Sequence[Sequence[tuple[dict[str, Any], Job]]]) -> list[list[Any]]:
        """For each kind of jobs their values; all are run beside each other, the first ones first."""
        every = [each for some in kinds for each in some]
        found = self.recorder.values(
            [case for case, _ in every],
            lambda number, case: every[number][1],
            pack=lambda value: value.tolist() if isinstance(value, np.ndarray) else value,
            counted=self.one_more,
        )
        rest = iter(found)
        return [list(itertools.islice(rest, len(some))) for some in kinds]


def _by_cell(work: _Work, minutes, reached, frontiers: Sequence[Frontier]) -> list[tuple]:
    """(temperature, cell, time, conditions by way, times with published currents, frontier) of each solid cell.

    minutes: (temperature, cell, time, (published current, time) of each) of the solid cells; reached: (temperature,
    baseline, rule, factor, time).
    """
    claim = work.claim
    here = {T: [factor * goal for at, _, _, factor, goal in reached if at == T] for T in claim.temperatures}

    def job(T: float, cell: Cell, name: str, known: Sequence[tuple[float, float]]) -> Job:
        kept = {(name, value): time for value, time in known if name == PAIR}
        return Job(Relatives(claim, cell, T, kept).conditions_of, (name, here[T]))

    ways = work.together(
        [
            [(work.of(T, cell, way=name, goals=here[T]), job(T, cell, name, known)) for T, cell, _, known in minutes]
            for name in WAYS  # the critical current, which takes longest, first
        ]
    )
    return [
        (
            T,
            cell,
            time,
            [[tuple(map(tuple, goal)) for goal in way[k]] for way in ways],
            tuple(time for _, time in known),
            _front(frontiers, cell, T),
        )
        for k, (T, cell, time, known) in enumerate(minutes)
    ]


def _front(frontiers: Sequence[Frontier], cell: Cell, T: float) -> Frontier | None:
    return next((f for f in frontiers if (f.cell, f.other, f.temperature) == (cell.name, PAIR, T)), None)


def _verdicts(claim, by_cell, reached) -> Iterator[ChargingVerdict]:
    """By temperature, baseline, rule, factor and cell; conditions are in the order of the goals of a temperature."""
    for temperature in claim.temperatures:
        here = [goal for goal in reached if goal[0] == temperature]
        for k, (_, baseline, rule, factor, time) in enumerate(here):
            for T, cell, minutes, conditions, published, front in by_cell:
                if temperature != T:
                    continue
                goal = factor * time
                yield ChargingVerdict(
                    cell.name,
                    baseline.name,
                    rule,
                    T,
                    minutes,
                    time,
                    tuple(condition for way in conditions for condition in way[k]),
                    factor,
                    hottest(claim, cell),
                    "" if front is None else in_words(front, goal),
                    published,
                )


def _spreads(liquid: Sequence[tuple[float, Cell, str]], found: Sequence[Any]) -> tuple[KineticsSpread, ...]:
    """How safe the liquid baselines are with the kinetics of others, from (time, margin) of each."""
    spreads: dict[tuple[str, float], KineticsSpread] = {}
    for (T, cell, name), value in zip(liquid, found, strict=True):
        record = spreads.setdefault((cell.name, T), KineticsSpread(cell.name, T))
        if value is not None:
            record.minutes[name] = value[0]
            if math.isfinite(value[1]):
                record.margins[name] = value[1]
    return tuple(record for record in spreads.values() if record.minutes)


__all__ = ["ACCURACY", "WAYS", "ChargingVerdict", "Relatives", "charging_claim", "hottest", "time_of"]
