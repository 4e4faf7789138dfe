"""Tables of the page as rows of cells: what would be many rows that say the same is one matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ....drawing.numbers import number
from ....physics.constants import ZERO_CELSIUS
from ...charging.measured_charges import known as charges_as_sold
from ...labels import label
from ..fast_charge.published import published
from ..sentences.life import range_of
from . import words

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit


@dataclass(frozen=True)
class Entry:
    """A cell of a matrix: text, and perhaps verdict words whose signs stand before it, separated by "|"."""

    text: str
    word: str = ""

    @property
    def marks(self) -> list[str]:
        """The verdict words."""
        return [word for word in self.word.split("|") if word]


@dataclass(frozen=True)
class Matrix:
    """A table: caption, head of its columns, rows of a name and entries."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Entry, ...]], ...]
    wide: bool = False  # whether entries are sentences


def energy_matrix(audit: Audit) -> Matrix:
    """Ratio, interval and verdict of every cell over every baseline."""
    head = tuple(f"{label(b.name)}, {words.METRICS[m]}" for b in audit.baselines for m in audit.claim.metrics)
    rows = []
    for f in audit.cells:
        own = {(c.baseline, c.metric): c for c in audit.comparisons if c.cell == f.name}
        entries = [own[b.name, m] for b in audit.baselines for m in audit.claim.metrics]
        rows.append(
            (label(f.name), tuple(Entry(f"{words.ratio(c)} ({words.ratio_span(c)})", c.verdict.value) for c in entries))
        )
    return Matrix("Ratio over each baseline, with its 5 % – 95 % interval", ("cell", *head), tuple(rows))


def energy_conditions(audit: Audit) -> Matrix:
    """What each verdict on energy rests on."""
    rows = tuple(
        (
            f"{label(c.cell)} over {label(c.baseline)}, {words.METRICS[c.metric]}",
            (Entry(c.verdict.value, c.verdict.value), Entry(c.condition)),
        )
        for c in audit.comparisons
    )
    return Matrix("Conditions", ("comparison", "verdict", "condition or reason"), rows, wide=True)


def charging_matrices(audit: Audit) -> list[Matrix]:
    """For each temperature the ratio of times of every cell over every baseline and rule, with a sign a sentence."""
    factors = list(dict.fromkeys(v.factor for v in audit.charging))
    signs = ", ".join(words.asked(factor) for factor in factors)
    made = []
    for T in dict.fromkeys(v.temperature for v in audit.charging):
        own = {(v.cell, v.baseline, v.rule, v.factor): v for v in audit.charging if v.temperature == T}
        columns = list(dict.fromkeys((v.baseline, v.rule, v.baseline_minutes) for v in own.values()))
        head = tuple(f"{label(b)}, {rule}: {words.minutes(b, m, rule)} min" for b, rule, m in columns)
        rows = []
        for cell in dict.fromkeys(v.cell for v in own.values()):
            at = [[own[cell, b, rule, factor] for factor in factors] for b, rule, _ in columns]
            entries = tuple(Entry(f"{some[0].ratio:.2g}", "|".join(v.word for v in some)) for some in at)
            rows.append((f"{label(cell)}: {words.minutes(cell, at[0][0].minutes)} min", entries))
        caption = f"{T - ZERO_CELSIUS:g} °C: ratio of the times; signs in order: {signs}"
        made.append(Matrix(caption, ("cell", *head), tuple(rows)))
    return made


def charging_conditions(audit: Audit) -> Matrix:
    """What would make each sentence on charging time hold; equal conditions once."""
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for v in audit.charging:
        if not v.holds:
            what = "shorter" if v.factor == 1.0 else f"{v.factor:.2g} of the time"
            key = (f"{label(v.cell)}, {v.temperature - ZERO_CELSIUS:g} °C", what, v.word, v.condition)
            rows.setdefault((*key[:3], f"{key[3]}; {v.chances}" if v.chances else key[3]), []).append(
                f"{label(v.baseline)} {v.rule}"
            )
    made = tuple(
        (name, (Entry(what, word), Entry("; ".join(against)), Entry(condition)))
        for (name, what, word, condition), against in rows.items()
    )
    return Matrix("Conditions", ("cell", "sentence", "against", "condition"), made, wide=True)


def published_matrix() -> Matrix:
    """Published current densities with their sources."""
    rows = tuple(
        (
            p.cell,
            (
                Entry("limit" if p.kind == "limit" else "shown"),
                Entry(f"{p.current:g}"),
                Entry(f"{p.temperature:g}"),
                Entry("–" if p.areal_capacity is None else f"{p.areal_capacity:g}"),
                Entry(f"{p.source} ({p.access})"),
                Entry(p.note),
            ),
        )
        for p in published()
    )
    head = ("cell", "kind", "mA/cm²", "°C", "mAh/cm²", "source", "note")
    return Matrix("Published current densities through solid separators", head, rows, wide=True)


def sold_matrix(audit: Audit) -> Matrix:
    """Charges of cars as sold, with their sources."""
    known = charges_as_sold()
    rows = tuple(
        (
            label(b.name),
            (
                Entry(f"{known[b.name].minutes:g}"),
                Entry(known[b.name].limit or "–"),
                Entry(f"{known[b.name].method}, {known[b.name].date}"),
                Entry(known[b.name].source + (" (second-hand)" if known[b.name].second_hand else "")),
            ),
        )
        for b in audit.baselines
        if b.name in known
    )
    return Matrix("Cars as sold, 10 to 80 %", ("cell", "min", "limit", "method, date", "source"), rows, wide=True)


def power_matrices(audit: Audit) -> list[Matrix]:
    """Pulse power of every cell, discharge and charge, over temperature."""
    made = []
    for direction in dict.fromkeys(p.direction for p in audit.pulses):
        own = [p for p in audit.pulses if p.direction == direction]
        temperatures = list(dict.fromkeys(p.celsius for p in own))
        rows = tuple(
            (
                label(name),
                tuple(
                    Entry(f"{number(p.per_mass)} / {number(p.per_volume)}")
                    for T in temperatures
                    for p in own
                    if (p.cell, p.celsius) == (name, T)
                ),
            )
            for name in dict.fromkeys(p.cell for p in own)
        )
        head = ("cell", *(f"{T:g} °C" for T in temperatures))
        made.append(Matrix(f"{direction.capitalize()} for 10 s at 50 %, W/kg / W/L", head, rows))
    return made


def judged_matrix(caption: str, judged: Iterable) -> Matrix:
    """Verdicts of a kind: one row each."""
    rows = tuple(
        (j.claim, (Entry(label(j.cell)), Entry(j.verdict.value, j.verdict.value), Entry(j.number), Entry(j.condition)))
        for j in judged
    )
    return Matrix(caption, ("sentence", "cell", "verdict", "number", "condition or reason"), rows, wide=True)


def vehicle_matrix(audit: Audit) -> Matrix:
    """Range over today's and verdict of every cell in every segment."""
    cells = list(dict.fromkeys(r.cell for r in audit.vehicles))
    rows = []
    for segment in dict.fromkeys(r.segment for r in audit.vehicles):
        own = {r.cell: r for r in audit.vehicles if r.segment == segment}
        today = next(iter(own.values())).today
        entries = tuple(Entry(f"{own[c].reach:.0f} km, limited by {own[c].binds}", own[c].verdict.value) for c in cells)
        rows.append((f"{segment}: {today:.0f} km today", entries))
    head = ("segment", *(label(c) for c in cells))
    return Matrix("Range in today's pack mass and space, and whether the car is no worse", head, tuple(rows))


def vehicle_conditions(audit: Audit) -> Matrix:
    """What each segment takes."""
    rows = tuple(
        (
            f"{label(r.cell)} in the {r.segment}",
            (
                Entry(r.verdict.value, r.verdict.value),
                Entry("; ".join(r.failures or r.conditions) or "–"),
                Entry("–" if r.mass_same is None else f"{r.mass_same:.0f} of {r.mass_today:.0f} kg"),
                Entry("–" if r.price is None else f"{r.price.quantiles[1]:.0f}, today's {r.price.today:.0f}"),
            ),
        )
        for r in audit.vehicles
    )
    head = ("cell and segment", "verdict", "condition or reason", "pack for today's range", "pack price [$/kWh]")
    return Matrix("Conditions", head, rows, wide=True)


def storage_matrix(audit: Audit) -> Matrix:
    """EUR a year after wear of each duty and cell."""
    cells = list(dict.fromkeys(r.cell for r in audit.duties))
    rows = []
    for duty in dict.fromkeys(r.duty for r in audit.duties):
        own = {r.cell: r for r in audit.duties if r.duty == duty}
        entries = tuple(Entry(f"{own[c].served.net:+.0f}", own[c].verdict.value) for c in cells)
        rows.append((duty, entries))
    caption = "EUR a year of one car after wear, by its linear bound, and standby"
    return Matrix(caption, ("duty", *(label(c) for c in cells)), tuple(rows))


def life_matrix(audit: Audit) -> Matrix:
    """Cycles and years to 80 % of every cell at every temperature."""
    temperatures = list(dict.fromkeys(r.temperature for r in audit.life))
    rows = []
    for name in dict.fromkeys(r.cell for r in audit.life):
        own = [r for r in audit.life if r.cell == name]
        entries = tuple(Entry(range_of([r for r in own if r.temperature == T])) for T in temperatures)
        why = own[0].reason or "constants of " + ", ".join(dict.fromkeys(r.constants for r in own))
        rows.append((label(name), (*entries, Entry(why))))
    head = ("cell", *(f"{T - ZERO_CELSIUS:g} °C" for T in temperatures), "whose constants")
    return Matrix("To 80 % of the first capacity", head, tuple(rows), wide=True)


def stated_lives(audit: Audit) -> Sequence[str]:
    """Lives that makers state of cells like these, and what fleets of cars lost."""
    return list(dict.fromkeys(text for r in audit.life for text in r.stated))
