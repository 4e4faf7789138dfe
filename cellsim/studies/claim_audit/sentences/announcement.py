"""The sentences of the announcement, each with its verdict for one cell, a number with its interval, and a condition.

The cell is the first of the claim, the baseline its reference; all other pairs stand in the sections of the report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ....physics.constants import ZERO_CELSIUS
from ...cost.groups import chance
from ...labels import label
from ...verdicts import JudgedClaim, Verdict, worst
from ..records import UNITS
from .life import fleets, range_of

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

NOT_STATED = "not stated"  # in place of a verdict, where the announcement says nothing
REACHED = "as sold"  # rule of the charging times in the summary


@dataclass(frozen=True)
class Scale:
    """What the picture of a sentence shows: low, middle and high of a number, and the claimed value.

    more: whether more than the goal is what is claimed.
    """

    low: float
    middle: float
    high: float
    goal: float
    unit: str
    more: bool = True


@dataclass(frozen=True)
class Sentence:
    """A sentence of the announcement.

    claim: one of `stages.CLAIMS`, whose section says more.  word: a verdict or NOT_STATED.  number, condition: one line
    each; rests_on: what is assumed or from memory.
    """

    claim: str
    words: str
    word: str
    number: str
    condition: str
    rests_on: str
    scale: Scale | None = None

    def __str__(self) -> str:
        return f"{self.words}: {self.word}. {self.number}. {self.condition}"


def announcement(audit: Audit) -> tuple[Sentence, ...]:
    """All sentences that the audit can judge, in the order of the announcement."""
    makers: dict[str, Callable[[Audit], Iterator[Sentence]]] = {
        "energy": _energy,
        "charging": _charging,
        "power": _power,
        "cost": _cost,
        "vehicles": _vehicles,
        "storage": _storage,
        "life": _life,
    }
    return tuple(sentence for claim in audit.claims for sentence in makers[claim](audit))


def _energy(audit: Audit) -> Iterator[Sentence]:
    cell, reference = audit.cells[0].name, audit.reference.name
    rows = [c for c in audit.comparisons if (c.cell, c.baseline) == (cell, reference)]
    if not rows:
        return
    hardest = min(rows, key=lambda c: c.ratio)
    word = worst([c.verdict for c in rows])
    against = {
        b.name: [c.verdict for c in audit.comparisons if (c.cell, c.baseline) == (cell, b.name)]
        for b in audit.baselines
        if b.name != reference
    }
    others = ", ".join(f"{label(name)}: {worst(verdicts).value}" for name, verdicts in against.items())
    low, high = hardest.interval
    yield Sentence(
        "energy",
        f"{'Twice' if hardest.factor == 2.0 else f'{hardest.factor:g} times'} the energy density of conventional cells",
        word.value,
        f"{hardest.ratio:.2f} ({low:.2f} to {high:.2f}) times the {UNITS[hardest.metric]} of the {label(reference)}",
        _only(word, hardest.condition) + (f" Against others: {others}." if others else ""),
        "assumed dimensions of the cell",
        Scale(low, hardest.ratio, high, hardest.factor, f"times the {UNITS[hardest.metric]}"),
    )


def _charging(audit: Audit) -> Iterator[Sentence]:
    cell, reference = audit.cells[0].name, audit.reference.name
    rows = [v for v in audit.charging if (v.cell, v.baseline) == (cell, reference)]
    rule = REACHED if any(v.rule == REACHED for v in rows) else "rated"
    for v in (v for v in rows if v.rule == rule and v.temperature == rows[0].temperature):
        times = [m / v.baseline_minutes for m in (*v.published, v.minutes) if math.isfinite(m)] or [v.ratio]
        low, high = min(times), max(times)
        over = f" ({low:.2g} to {high:.2g} over published critical currents)" if v.published else ""
        words = "A shorter charging time" if v.factor == 1.0 else f"{_share(v.factor)} of the charging time"
        yield Sentence(
            "charging",
            words,
            v.word,
            f"{v.ratio:.2g}{over} times the {v.baseline_minutes:.0f} min of the {label(reference)} {rule}, at "
            f"{v.temperature - ZERO_CELSIUS:g} °C",
            _only(v.word, v.condition) + (f" It holds {v.chances}." if v.chances else ""),
            "one assumed critical current; published ones differ by a factor of twenty"
            if v.published
            else "assumed kinetics of the cell",
            Scale(low, v.ratio, high, v.factor, "times the baseline's minutes", more=False),
        )


def _share(factor: float) -> str:
    return "A third" if abs(factor - 1.0 / 3.0) < 1e-3 else f"{factor:.2g}"


def _power(audit: Audit) -> Iterator[Sentence]:
    cell, reference = audit.cells[0].name, audit.reference.name
    rows = [j for j in audit.power if j.cell == cell and f" than {reference} in " in j.claim]
    if not rows:
        return
    ratios = {
        p.celsius: p.per_mass / q.per_mass
        for p in audit.pulses
        for q in audit.pulses
        if (p.cell, q.cell, p.direction, q.direction, p.celsius)
        == (cell, reference, "discharge", "discharge", q.celsius)
        and q.per_mass > 0.0
    }
    middle = ratios[min(ratios, key=lambda T: abs(T - 25.0))]
    low, high = min(ratios.values()), max(ratios.values())
    said = ". ".join(f"{_sentence(j.claim.rpartition(' in ')[2])[:-1]}{_why(j)}" for j in rows)
    yield Sentence(
        "power",
        "Can store more power",
        worst([j.verdict for j in rows]).value,
        f"{middle:.2f} ({low:.2f} to {high:.2f} from {min(ratios):g} to {max(ratios):g} °C) times the W/kg of the "
        f"{label(reference)} for 10 s of discharge",
        _sentence(said),
        rows[0].rests_on,
        Scale(low, middle, high, 1.0, "times the W/kg"),
    )


def _why(j: JudgedClaim) -> str:
    """A verdict and its condition, linked to what is judged."""
    if j.verdict is Verdict.FAILS:
        return f": {j.condition or 'less'}"
    return f": more{f' if {j.condition}' if j.condition else ' at every temperature'}"


def _cost(audit: Audit) -> Iterator[Sentence]:
    if audit.cost is None:
        return
    level = audit.cost.verdicts[0].level
    cell = audit.cost.verdicts[0].cell
    for v in (v for v in audit.cost.verdicts if (v.cell, v.level) == (cell, level)):
        low, mid, high = v.quantiles
        yield Sentence(
            "cost",
            f"{v.target:g} $/kWh {v.when if v.when.startswith('after') else 'in ' + v.when}",
            v.word,
            f"{mid:.0f} ({low:.0f} to {high:.0f}) $/kWh as a {v.level}; "
            f"probability of {v.target:g} or less: {chance(v.probability)}",
            _only(v.word, v.condition),
            "an assumed line for solid cells, and prices of 2025 and 2026",
            Scale(low, mid, high, v.target, "$/kWh", more=False),
        )
    for m in audit.cost.materials[:1]:
        ours, theirs = (sum(pair[k] for pair in m.groups.values()) for k in range(2))
        low, mid, high = m.difference
        yield Sentence(
            "cost",
            "Less expensive materials",
            m.word,
            f"{ours:.0f} against {theirs:.0f} $/kWh of the {label(m.baseline)}; {mid:+.0f} ({low:+.0f} to {high:+.0f})",
            _only(m.word, m.condition.text if m.condition is not None else ""),
            "the price of the sulfide electrolyte",
            Scale(low, mid, high, 0.0, "$/kWh more than the liquid cell", more=False),
        )
    for check in audit.cost.plant[:1]:
        holds = check.finding.startswith("holds")
        yield Sentence(
            "cost",
            "A pilot line in fiscal 2024",
            (Verdict.HOLDS if holds else Verdict.FAILS).value,
            check.stated,
            _sentence(check.finding.partition(": ")[2]),
            "what the maker states; nothing is computed",
        )


def _vehicles(audit: Audit) -> Iterator[Sentence]:
    rows = [r for r in audit.vehicles if r.cell == audit.cells[0].name]
    judged = next((j for j in audit.segments if j.cell == audit.cells[0].name), None)
    if judged is None or not rows:
        return
    shares = sorted(r.reach / r.today for r in rows)
    yield Sentence(
        "vehicles",
        "Every vehicle segment, pick-up trucks included",
        judged.verdict.value,
        f"{shares[0]:.2f} to {shares[-1]:.2f} times today's range in the same mass and space",
        _only(judged.verdict, judged.condition),
        judged.rests_on,
        Scale(shares[0], shares[len(shares) // 2], shares[-1], 1.0, "times today's range"),
    )


def _storage(audit: Audit) -> Iterator[Sentence]:
    cell = audit.cells[0].name
    judged = next((j for j in audit.storage if j.cell == cell), None)
    nets = sorted(r.served.net for r in audit.duties if r.cell == cell and r.duty != "backup")
    if judged is None or not nets:
        return
    yield Sentence(
        "storage",
        "Cars as storage of a city",
        judged.verdict.value,
        f"{nets[0]:+.0f} to {nets[-1]:+.0f} EUR a year of one car after wear, by duty",
        _only(judged.verdict, judged.condition),
        judged.rests_on,
        Scale(nets[0], nets[len(nets) // 2], nets[-1], 0.0, "EUR a year after wear"),
    )


def _life(audit: Audit) -> Iterator[Sentence]:
    if not audit.life:
        return
    own = next(r for r in audit.life if r.cell == audit.cells[0].name)
    theirs = [r for r in audit.life if r.cell == audit.reference.name]
    said = "; ".join(
        f"{range_of([r for r in theirs if r.temperature == T])} at {T - ZERO_CELSIUS:g} °C"
        for T in dict.fromkeys(r.temperature for r in theirs)
    )
    yield Sentence(
        "life",
        "Life (the announcement states none)",
        NOT_STATED,
        f"Solid cell: {range_of([own])}; {label(audit.reference.name)} if it aged as another cell does: {said}",
        " ".join(
            map(
                _sentence, (own.reason or own.constants, *(str(f) for f in fleets() if audit.reference.name in f.cells))
            )
        ),
        "constants of other cells for the baseline (" + ", ".join(dict.fromkeys(r.constants for r in theirs)) + ")",
    )


def _only(word: Verdict | str, condition: str) -> str:
    """A condition as a sentence: what it is only if."""
    return _sentence(f"only if {condition}" if condition and Verdict(word) is Verdict.ONLY_IF else condition)


def _sentence(text: str) -> str:
    """With a capital letter and a full stop; empty stays empty."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
