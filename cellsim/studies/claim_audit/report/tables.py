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
from ...cost.tables import cost_audit_lines
from .. import voids
from ..charging_claim import ChargingAudit, ChargingVerdict
from ..maker_claims import StatedClaims
from ..nearest import against_nearest
from ..records import ChargingClaim, Figures
from ..sentences.announcement import NOT_STATED
from . import words

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

VERDICT_SIGNS = {verdict.value: (sign, colour) for verdict, (sign, _, colour) in words.VERDICTS.items()}
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


def audit_tables(audit: Audit) -> Group:
    """All that the terminal says of an audit, the announcement sentence by sentence last."""
    parts: list[Any] = [audit_table(audit)]
    if audit.comparisons:
        parts += [verdict_table(audit), *(Text(f"{s.sentence}.") for s in audit.stated), Text()]
    if audit.charging and audit.charging_claim is not None:
        parts.append(charging_table(audit.charging, audit.charging_claim, audit.charges))
    if audit.voids:
        parts.append(voids_lines(audit.voids))
    parts += [Text(str(j)) for j in audit.power if f" than {audit.reference.name} in " in j.claim]
    if audit.cost is not None:
        parts.append(cost_audit_lines(audit.cost))
    parts += [Text(str(j)) for j in (*audit.segments, *audit.storage)]
    return Group(*parts, Text(), announcement_lines(audit))


def announcement_lines(audit: Audit) -> Group:
    """The announcement, sentence by sentence: verdict, number, condition."""
    cell, baseline = audit.cells[0].name, audit.reference.name
    lines = Text()
    for s in audit.announcement:
        sign, colour = ("–", "white") if s.word == NOT_STATED else VERDICT_SIGNS[s.word]
        lines.append(f"{sign} {s.words}: {s.word}\n", style=f"bold {colour}")
        lines.append(f"    {s.number}\n")
        if s.condition:
            lines.append(f"    {s.condition}\n", "dim")
    return Group(Text(f"The announcement, sentence by sentence: {cell} against {baseline}", "bold"), lines)


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


def _ratio(judged: Sequence[ChargingVerdict]) -> Text:
    """A sign for each sentence, and the time over the baseline's."""
    text = Text()
    for v in judged:
        text.append(f"{VERDICT_SIGNS[v.word][0]} ", f"bold {VERDICT_SIGNS[v.word][1]}")
    return text.append(f"{judged[0].ratio:.2g} x" if judged else "")


def charging_table(
    verdicts: Sequence[ChargingVerdict], claim: ChargingClaim, charges: ChargingAudit | None = None
) -> Group:
    """The claim about charging time: the time of each cell alone, and over that of each baseline by each rule."""
    factors = list(dict.fromkeys(v.factor for v in verdicts))
    rules = list(dict.fromkeys(v.rule for v in verdicts))
    groups: dict[tuple[float, str], dict[str, dict[tuple[str, float], ChargingVerdict]]] = {}
    for v in verdicts:
        groups.setdefault((v.temperature, v.baseline), {}).setdefault(v.cell, {})[v.rule, v.factor] = v
    cells = [v.cell for v in verdicts]
    table = plain_table(f"{claim.title}: {words.charging_rule(claim)}", "minutes", "", *rules, named=cells)
    for (T, baseline), own in groups.items():
        every = (v for judged in own.values() for v in judged.values())
        times = {v.rule: words.minutes(baseline, v.baseline_minutes, v.rule) for v in every}
        table.add_row(
            Text(f"{baseline} at {T - ZERO_CELSIUS:.6g} °C", "bold"), "", *(times.get(rule, "") for rule in rules)
        )
        for cell, judged in own.items():
            ratios = [_ratio([judged[rule, f] for f in factors if (rule, f) in judged]) for rule in rules]
            table.add_row(Text(f"  {cell}"), words.minutes(cell, next(iter(judged.values())).minutes), *ratios)
    signs = ", ".join(words.asked(factor) for factor in factors)
    conditions: dict[str, None] = {}
    for v in verdicts:
        if v.temperature == verdicts[0].temperature and v.rule == rules[0] and not v.holds:
            link = " only if " if v.conditions or v.pair else ": "
            chances = f"; {v.chances}" if v.chances else ""
            conditions[f"  {v.cell}, {words.asked(v.factor, v.baseline)} {v.rule}{link}{v.condition}{chances}"] = None
    spreads = charges.spreads if charges is not None else ()
    return Group(
        table,
        Text(f"signs in order: {signs}; {verdicts[0].temperature - ZERO_CELSIUS:g} °C:"),
        *map(Text, conditions),
        *(Text(f"  {s.sentence}") for s in spreads),
        *(Text(f"! {remark}", "bold") for remark in words.remarks(verdicts)),
        Text(claim.source, "dim"),
    )


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
        told = [table] if own else [Text(str(table.title), "bold"), Text(note)]
        parts += [*told, *(Text(f"[{k}] {line}", "dim") for k, line in enumerate(lines, 1)), Text()]
    return Group(*parts)
