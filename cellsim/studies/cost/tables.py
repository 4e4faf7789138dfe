"""Prices, plants, price scenarios and verdicts about cost as tables for the terminal."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ...design.cost.floors import CARBONATE_IN, ladder, lithium_value
from ...design.cost.plant_file import PlantFile
from ...design.cost.prices import PriceFile
from ...design.cost.production import PUBLISHED
from ...drawing.numbers import number
from ...drawing.tables import plain_table
from .conditions import carbonate_price
from .groups import chance
from .study import CostStudy, unused_prices
from .verdict import CostAudit

COLOURS = {"holds": ("✓", "green"), "holds only if": ("◐", "yellow"), "does not hold": ("✗", "red")}
SHOWN = 8


def cost_tables(study: CostStudy) -> Group:
    """Bill and lines, probability, correlations, conditions and floors of one price."""
    return Group(
        _lines(study), Text(str(study), "bold"), _shares(study), _correlations(study), _favourable(study),
        *(_conditions(study, target) for target in study.targets), *_floors(study),
        *(Text(f"! {remark}", "bold") for remark in (*study.remarks, *unused_prices([study]))),
    )  # fmt: skip


def _lines(study: CostStudy) -> Table:
    table = plain_table(
        f"{study.cell.name}, {study.model.level}: {study.model.bill.energy:.4g} Wh, {1e3 * study.model.bill.mass:.4g} "
        "g a cell",
        "line", "kg/kWh", "USD/kWh", "10 %", "50 %", "90 %",
    )  # fmt: skip
    for row in study.rows():
        weight = row["kg per kWh"]
        table.add_row(
            row["line"], "" if weight != weight or not weight else number(weight),
            *(f"{row[key]:.2f}" for key in ("USD per kWh", "P10", "P50", "P90")),
        )  # fmt: skip
    low, mid, high = study.quantiles
    table.add_row("price", "", f"{float(study.breakdown.total):.2f}", f"{low:.2f}", f"{mid:.2f}", f"{high:.2f}")
    return table


def _shares(study: CostStudy) -> Text:
    parts = ", ".join(f"{method} {100 * share:.0f} %" for method, share in study.methods.items())
    return Text(f"the price rests on numbers that are: {parts}", "dim")


def _correlations(study: CostStudy) -> Text:
    shown = list(study.correlations.items())[:SHOWN]
    return Text("rank correlations: " + ", ".join(f"{path} {r:+.2f}" for path, r in shown), "dim")


def _favourable(study: CostStudy) -> Text:
    parts = ", ".join(f"{path.partition('/')[2]} {value:.3g}" for path, value in study.favourable.items())
    return Text(f"favourable set ({parts}): {study.favourable_price:.0f} USD/kWh", "dim")


def _conditions(study: CostStudy, target: float) -> Table:
    table = plain_table(
        f"What would give {target:g} USD/kWh", "input", "unit", "now", "range", "alone", "all favourable"
    )
    rows: dict[str, Any] = {}
    for c in study.conditions[target]:
        rows.setdefault(c.name, {})[c.favourable] = c
    for name, pair in rows.items():
        c = pair[False]
        span = "" if c.low is None or c.high is None else f"{c.low:.3g} – {c.high:.3g}"
        table.add_row(name, c.unit if c.unit != "1" else "", f"{c.now:.3g}", span, _needed(c), _needed(pair[True]))
    if any(c.contradiction for c in study.conditions[target]):
        table.caption = "!: a contradiction, as the lithium in the material is worth more"
    return table


def _needed(c: Any) -> str:
    if c.needed is None:
        return "–"
    return f"{'≤' if c.upper else '≥'} {c.needed:.3g}{' !' if c.contradiction else ''}"


def _floors(study: CostStudy) -> list[Text]:
    carbonate = carbonate_price(study.model)
    bought = {item.material for item in study.model.bill.items}
    lines = [
        f"lithium in one kg of {name}: {lithium_value(carbonate, name):.1f} USD at {carbonate:.3g} USD/kg of carbonate"
        for name in CARBONATE_IN
        if name in bought
    ]
    if "Li6PS5Cl" in bought:
        steps = ", ".join(f"{cost:.0f} at Li2S of {price:g}" for price, cost in ladder())
        lines.append(f"raw materials of Li6PS5Cl [USD/kg]: {steps} USD/kg")
    return [Text(line, "dim") for line in lines]


def production_table(study: CostStudy) -> Group:
    """Steps, yields, presses, energy and dry room of the plant of one price."""
    p = study.production
    table = plain_table(
        f"Plant {study.plant} for {study.cell.name}, {p.size:g} GWh a year",
        "step", "labour\n[1000 h/yr]", "equipment\n[million USD]", "area\n[m²]", "electricity\n[kWh/kWh]",
        "heat\n[kWh/kWh]",
    )  # fmt: skip
    for s in p.steps:
        table.add_row(
            s.name, f"{1e-3 * s.labour:.1f}", f"{1e-6 * s.equipment:.1f}", f"{s.area:.0f}",
            f"{s.electricity:.2f}", f"{s.heat:.2f}",
        )  # fmt: skip
    lines = [
        f"in all {p.hours_per_kwh:.3g} h/kWh, {p.equipment_per_kwh:.3g} USD of equipment per kWh a year, "
        f"{p.area_per_mwh:.3g} m² per MWh a year",
        "yields: " + ", ".join(f"{kind} {100 * y:.1f} %" for kind, y in p.yields.items()),
        f"energy, for information (no price contains it as a line): {p.electricity:.1f} kWh of electricity and "
        f"{p.heat:.1f} of heat per kWh of cells, formation included; "
        + "; ".join(f"{what}: {low:g} to {high:g}" for what, (low, high) in PUBLISHED.items()),
        f"dry room: {p.dry_area:.0f} m², about {1e-3 * p.dry_power:.1f} MW at -42 °C of dew point; "
        "a lower one needs more",
    ]
    if p.presses is not None:
        lines.append(f"presses: {p.presses[0]:.1f} of {p.presses[1]:.2g} GWh a year each")
    return Group(table, *(Text(line, "dim") for line in lines))


def plant_table(plant: PlantFile) -> Group:
    """All numbers of a plant file with their origin."""
    steps = plain_table(
        plant.title,
        "step",
        "labour\n[h/yr]",
        "equipment\n[USD]",
        "area\n[m²]",
        "exponents",
        "scales with",
        "method",
        "date",
    )
    for name, s in plant.steps.items():
        steps.add_row(
            Text(name), f"{s.labour:g}", f"{s.equipment:.3g}", f"{s.area:g}", " ".join(f"{p:g}" for p in s.exponents),
            s.scales_with, s.method, s.date,
        )  # fmt: skip
    values = plain_table("Values", "name", "value", "10 % – 90 %", "unit", "method", "date", "source", "note")
    sections = (("", plant.values), ("yield: ", plant.yields), ("factor: ", plant.factors), ("", plant.overheads))
    for prefix, section in sections:
        for name, v in section.items():
            _value_row(values, prefix + name, v, plant.sources)
    return Group(steps, values, *_sources(plant.sources))


def prices_table(prices: PriceFile) -> Group:
    """All prices of a scenario with their dates and origin; `USD` is what is used, without tax."""
    table = plain_table(prices.title, "material", "price", "10 % – 90 %", "unit", "method", "date", "source", "note")
    for name in prices.prices:
        quoted, used = prices.prices[name], prices.in_dollars(name)
        note = f"quoted {quoted.value:g} {quoted.unit}{' with tax' if quoted.tax else ''}" if used is not quoted else ""
        _value_row(table, name, used, prices.sources, note)
    return Group(table, Text(prices.note, "dim"), *_sources(prices.sources))


def _value_row(table: Table, name: str, v: Any, sources: Any, note: str = "") -> None:
    span = f"{v.low:.3g} – {v.high:.3g}" if v.uncertain else ""
    access = sources[v.source].access
    known = {"seen": "", "second-hand": " (second-hand)", "memory": " (from memory)"}[access]
    words = "; ".join(filter(None, (note, v.note)))
    table.add_row(Text(name), f"{v.value:.4g}", span, v.unit, v.method, v.date, Text(v.source + known), Text(words))


def _sources(sources: Any) -> list[Text]:
    return [Text(f"{key}: {s.citation} ({s.access})", "dim") for key, s in sources.items()]


def cost_audit_lines(audit: CostAudit) -> Group:
    """The verdicts about cost, one line each."""
    lines = Text()
    said = [(v.word, v.sentence) for v in audit.headlines] + [(m.word, m.sentence) for m in audit.materials[:1]]
    for word, sentence in said:
        sign, colour = COLOURS[word]
        lines.append(f"{sign} ", f"bold {colour}").append(f"{sentence}\n")
    every = plain_table(
        "Price [USD/kWh]", "cell", "level", "10 %", "50 %", "90 %", "claimed", "probability", "", named=[]
    )
    for v in audit.verdicts:
        sign, colour = COLOURS[v.word]
        every.add_row(
            Text(v.cell), v.level, *(f"{q:.0f}" for q in v.quantiles), f"{v.target:g}", chance(v.probability),
            Text(sign, f"bold {colour}"),
        )  # fmt: skip
    table = plain_table("The pilot line, as stated", "what", "stated", "computed", "finding")
    for check in audit.plant:
        table.add_row(*(Text(text) for text in (check.what, check.stated, check.model, check.finding)))
    studies = (*audit.studies, audit.baseline)
    remarks = dict.fromkeys([*(r for study in studies for r in study.remarks), *unused_prices(studies)])
    return Group(
        Text(audit.claim.title, "bold"), lines, every, *([table] if audit.plant else []),
        *(Text(f"! {remark}", "bold") for remark in remarks),
    )  # fmt: skip
