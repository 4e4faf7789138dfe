"""The audit as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ....drawing.tables import plain_table
from ....parameters.catalogue import METHODS
from ....physics.constants import ZERO_CELSIUS
from .. import voids
from ..charging_claim import WAYS, ChargingVerdict
from ..maker_claims import StatedClaims
from ..nearest import against_nearest
from ..records import ChargingClaim, Figures, Verdict
from . import words

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

ACCESS = {"seen": "", "second-hand": ", second-hand", "memory": ", from memory"}


def audit_table(audit: Audit) -> Group:
    """Energy densities at cell, stack and pack level, and the conditions of each cell."""
    figures = (*audit.cells, *audit.baselines)
    tables = []
    for metric, unit in words.METRICS.items():
        table = plain_table(
            f"Energy density, {metric} [{unit}]",
            "cell",
            "Wh",
            "cell level",
            "5 % – 95 %",
            "stack",
            "pack",
            named=figures,
        )
        keys = [
            "energy, simulated [Wh]",
            *(f"{level} [{unit}]" for level in ("cell", "cell, 5 % – 95 %", "stack", "pack")),
        ]
        for f in figures:
            rows = words.energies(f)
            table.add_row(Text(f.name), *(rows[key] for key in keys))
        tables.append(table)
    table.caption = words.pack_note(audit)
    return Group(*tables, _conditions(figures), _origins(figures))


def _conditions(figures: Sequence[Figures]) -> Table:
    described = [words.conditions(f) for f in figures]
    keys = [key for key in described[0] if key != words.ORIGIN]
    table = plain_table("Conditions", "cell", *(key.replace(" ", "\n") for key in keys), named=figures)
    for f, row in zip(figures, described, strict=True):
        table.add_row(Text(f.name), *(row[key] for key in keys))
    return table


def _origins(figures: Sequence[Figures]) -> Table:
    table = plain_table("Values by method [%]", "cell", *METHODS, named=figures)
    for f in figures:
        table.add_row(Text(f.name), *(f"{100 * share:.0f}" for share in f.cell.provenance().score.values()))
    return table


def verdict_table(audit: Audit) -> Group:
    """All comparisons of each cell, and the best one for each baseline and metric."""
    lines = Text()
    for c in audit.headlines:
        sign, _, colour = words.VERDICTS[c.verdict]
        lines.append(f"{sign} ", style=f"bold {colour}").append(f"{c.sentence}\n")
    details = Text()
    for f in audit.cells:
        details.append(f"{f.name}\n", style="bold")
        for c in (c for c in audit.comparisons if c.cell == f.name):
            sign, _, colour = words.VERDICTS[c.verdict]
            details.append(f"  {words.ratio(c)} ({words.ratio_span(c)}) x {words.METRICS[c.metric]} of {c.baseline}: ")
            details.append(f"{sign} {c.verdict.value}\n", style=f"bold {colour}").append(f"    {c.condition}\n", "dim")
    return Group(details, Text(words.tally(audit), style="bold"), Text(words.best_of(audit)), lines)


def voids_lines(results: Any) -> Group:
    """Effect of voids on each cell, which is not part of the verdict."""
    return Group(Text(voids.TITLE, "bold"), *(Text(f"  {v.sentence}.") for v in results), Text(voids.NOTE, "dim"))


def charging_table(verdicts: Sequence[ChargingVerdict], claim: ChargingClaim) -> Group:
    """The claim about charging time: each cell against each baseline, under two rules."""
    table = plain_table(
        f"{claim.title}: {words.charging_rule(claim)}",
        "cell",
        "baseline",
        "rule",
        "°C",
        "min",
        "base-\nline",
        "ratio",
        "",
        "or with",
        named=[],
    )
    for v in verdicts:
        sign, _, colour = words.VERDICTS[Verdict(v.word)]
        needs = "\n".join(f"{name} {value:.2g}" for name, value, _, _ in v.conditions) or ("" if v.holds else "–")
        table.add_row(
            v.cell,
            v.baseline,
            v.rule,
            f"{v.temperature - ZERO_CELSIUS:.6g}",
            words.minutes(v.cell, v.minutes),
            words.minutes(v.baseline, v.baseline_minutes),
            f"{v.ratio:.2g}",
            Text(sign, f"bold {colour}"),
            needs,
        )
    units = ", ".join(f"{name} in {way.unit}" for name, way in WAYS.items())
    most = max(v.hottest for v in verdicts) - ZERO_CELSIUS
    note = f"or with: a single change with which it would hold ({units}); –: none, up to {most:.6g} °C. {claim.source}"
    return Group(table, *(Text(f"! {remark}", "bold") for remark in words.remarks(verdicts)), Text(note, "dim"))


def claims_table(claims: StatedClaims) -> Group:
    """Manufacturers' statements, one table per cell: figures, conditions, missing conditions, sources."""
    parts: list = []
    for maker, product, note in claims.notes:
        table = plain_table(f"{maker}: {product}", "figure", "stated conditions", "not stated\nin the source", "source")
        table.caption = Text(note)
        own = [f for f in claims if (f.maker, f.product) == (maker, product)]
        sources = list(dict.fromkeys((f.source, f.source_note, f.url) for f in own))
        for f in own:
            figure = Text(f"{f.quantity}\n").append(f.text, "bold")
            for line in (*f.derived, *filter(None, [against_nearest(f)])):
                figure.append(f"\n{line}", "dim")
            number = sources.index((f.source, f.source_note, f.url)) + 1
            source = f"{f.status} [{number}]{ACCESS[f.access]}; confidence {f.confidence}"
            table.add_row(
                figure,
                Text("\n".join(f.stated) or "nothing"),
                Text(", ".join(f.not_stated) or "–"),
                Text("\n".join(filter(None, (source, f.note)))),
            )
        lines = ("; ".join(filter(None, s[:2])) + f" {s[2]}" for s in sources)
        parts += [table, *(Text(f"[{k}] {line}", "dim") for k, line in enumerate(lines, 1)), Text()]
    return Group(*parts)
