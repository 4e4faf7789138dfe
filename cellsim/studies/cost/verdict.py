"""Verdicts on claims about cost: the claimed prices, less expensive materials, the stated pilot line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import ClaimError
from ...parameters import Cell, load
from .claim_file import CostClaim
from .conditions import Condition, electrolyte_for
from .groups import chance, grouped
from .stated_plant import PlantCheck, plant_checks
from .study import CostStudy, cost, energy_of

HOLDS, ONLY_IF, FAILS = "holds", "holds only if", "does not hold"


@dataclass(frozen=True)
class CostVerdict:
    """Verdict on one claimed price for one cell and level.

    It holds if the median price is at most the claimed one, and "only if" where a single change brings it there, alone
    or with the favourable set, that is no contradiction.  quantiles: 10 %, 50 %, 90 % [USD/kWh].
    """

    cell: str
    level: str
    target: float
    when: str
    size: float
    prices: str
    quantiles: tuple[float, float, float]
    probability: float
    conditions: tuple[Condition, ...]

    @property
    def word(self) -> str:
        """One of the three words."""
        if self.quantiles[1] <= self.target:
            return HOLDS
        return ONLY_IF if any(c.possible for c in self.conditions) else FAILS

    @property
    def doubtful(self) -> bool:
        """Whether the claimed price lies within the interval."""
        return self.quantiles[0] < self.target < self.quantiles[2]

    @property
    def condition(self) -> str:
        """What would have to be true, or the reason why nothing does it."""
        alone = [c for c in self.conditions if not c.favourable and c.possible]
        together = [c for c in self.conditions if c.favourable and c.possible]
        wrong = [c for c in self.conditions if c.needed is not None and c.contradiction]
        if alone:
            return ", or ".join(c.text for c in alone)
        if together:
            return "everything else is favourable and " + ", or ".join(c.text for c in together)
        words = "no single change reaches it, not even with everything else favourable"
        return words + (f"; only if {wrong[0].text}" if wrong else "")

    @property
    def sentence(self) -> str:
        """The verdict as one sentence."""
        low, mid, high = self.quantiles
        link = {HOLDS: ", as long as ", ONLY_IF: " ", FAILS: ": "}[self.word]
        return (
            f"{self.cell} costs {mid:.0f} ({low:.0f} to {high:.0f}) USD/kWh as a {self.level} at {self.size:g} GWh a "
            f"year and in the price scenario {self.prices}; the probability of at most "
            f"{self.target:g} is {chance(self.probability)}: it {self.word}"
            f"{link if self.condition else ''}{self.condition}"
        )


@dataclass(frozen=True)
class MaterialsVerdict:
    """Whether the materials of a cell are less expensive than those of a liquid cell, at the same prices.

    groups: {group: (this cell, the baseline)} [USD/kWh], medians of inputs, without overhead of the plant.
    difference: 10 %, 50 %, 90 % quantiles of this cell less the baseline, over the same draws of prices.
    electrolyte: the price [USD/kg] at which both are equal, or None; contradiction: why it cannot be.
    """

    cell: str
    baseline: str
    prices: str
    groups: dict[str, tuple[float, float]]
    difference: tuple[float, float, float]
    probability: float
    condition: Condition | None

    @property
    def word(self) -> str:
        """One of the three words."""
        if self.difference[1] <= 0.0:
            return HOLDS
        return ONLY_IF if self.condition is not None and self.condition.possible else FAILS

    @property
    def sentence(self) -> str:
        """The verdict as one sentence."""
        ours, theirs = (sum(pair[k] for pair in self.groups.values()) for k in range(2))
        link = {HOLDS: ", as long as", ONLY_IF: "", FAILS: ":"}[self.word]
        why = f"{link} {self.condition.text}" if self.condition is not None else ""
        return (
            f"the materials of {self.cell} cost {ours:.0f} USD/kWh, those of {self.baseline} {theirs:.0f}; they are "
            f"less expensive with a probability {chance(self.probability)}: it {self.word}{why}"
        )


@dataclass(frozen=True)
class CostAudit:
    """Result of the audit of a claim about cost."""

    claim: CostClaim
    verdicts: tuple[CostVerdict, ...]
    materials: tuple[MaterialsVerdict, ...]
    plant: tuple[PlantCheck, ...]
    studies: tuple[CostStudy, ...]
    baseline: CostStudy

    @property
    def headlines(self) -> tuple[CostVerdict, ...]:
        """For each level and target the verdict on the cell with the lowest median price."""
        keys = dict.fromkeys((v.level, v.target) for v in self.verdicts)
        return tuple(
            min((v for v in self.verdicts if (v.level, v.target) == key), key=lambda v: v.quantiles[1]) for key in keys
        )

    def __str__(self) -> str:
        rows = [v.sentence for v in self.verdicts] + [m.sentence for m in self.materials]
        return "\n".join([*rows, *(f"{c.what}: {c.finding}" for c in self.plant)])


def audit_cost(
    claim: CostClaim,
    energies: Mapping[str, float] | None = None,
    cells: Mapping[str, Cell] | None = None,
    progress: Callable[[str, float], object] = lambda what, done: None,
) -> CostAudit:
    """Check a claim about cost.  energies: {name: energy of a cell [Wh]}, simulated where not given.

    Raises ClaimError, ParameterError, SolveError.
    """
    known, energies = dict(cells or {}), dict(energies or {})
    for name in (*claim.cells, claim.baseline):
        cell = known.setdefault(name, load(name))
        if cell.name not in energies:
            energies[cell.name] = energy_of(cell)
        if not energies[cell.name] > 0.0:
            raise ClaimError(f"{cell.name}: delivers no energy, so it has no price per kWh")
    targets = {t.price: t.when for t in claim.targets}

    def study(name: str, level: str) -> CostStudy:
        cell = known[name]
        plant = claim.plant if name != claim.baseline else None
        return cost(
            cell, plant=plant, prices=claim.prices, size=claim.size, level=level, targets=tuple(targets),
            energy=energies[cell.name],
        )  # fmt: skip

    studies, verdicts = [], []
    jobs = [(name, level) for name in claim.cells for level in claim.levels]
    for k, (name, level) in enumerate(jobs):
        progress("cost", k / (len(jobs) + 1))
        found = study(name, level)
        studies.append(found)
        verdicts += [
            CostVerdict(
                found.cell.name, level, target, when, claim.size, found.prices, found.quantiles,
                found.probability(target), found.conditions[target],
            )
            for target, when in targets.items()
        ]  # fmt: skip
    baseline = study(claim.baseline, "cell")
    ours = [s if s.model.level == "cell" else study(s.cell.name, "cell") for s in studies]
    unique = {s.cell.name: s for s in ours}
    materials = tuple(materials_verdict(s, baseline) for s in unique.values())
    first = next(iter(unique.values()))
    plant = plant_checks(claim.pilot_line, first, targets) if claim.pilot_line is not None else ()
    return CostAudit(claim, tuple(verdicts), materials, plant, tuple(studies), baseline)


def materials_verdict(study: CostStudy, baseline: CostStudy) -> MaterialsVerdict:
    """Compare the materials of two cells at cell level over the same draws."""
    ours, theirs = (grouped(s.breakdown.materials) for s in (study, baseline))
    both = [np.asarray(s.model.breakdown(s.draws).material, float) for s in (study, baseline)]
    gap = both[0] - both[1]
    low, mid, high = (float(x) for x in np.quantile(gap, (0.1, 0.5, 0.9)))
    condition = electrolyte_for(study.model, study.draws, both[1])
    return MaterialsVerdict(
        study.cell.name, baseline.cell.name, study.prices, {g: (ours[g], theirs[g]) for g in ours},
        (low, mid, high), float(np.mean(gap <= 0.0)), condition,
    )  # fmt: skip
