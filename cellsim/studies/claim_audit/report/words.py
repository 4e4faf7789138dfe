"""Texts of a report: labels, numbers with units and notes shared by the HTML page and the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ....drawing.numbers import number, span
from ....errors import Ending
from ....parameters import Cell
from ....physics.constants import ZERO_CELSIUS
from ...charging.measured_charges import beyond
from ...cost.groups import chance as chance
from ...cost.verdict import CostAudit
from ...uncertainty import SAMPLES, SPREAD
from ..charging_claim import ChargingVerdict
from ..records import UNITS, ChargingClaim, Comparison, Figures, Verdict
from ..sentences.announcement import NOT_STATED

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

METRICS = UNITS
ORIGIN = "sources of values"
KINDS = {"solid": "solid electrolyte", "liquid": "liquid electrolyte"}
# sign, colour (legible on white and behind white text), and its name in a rich terminal
VERDICTS = {
    Verdict.HOLDS: ("✓", "#00664f", "green"),
    Verdict.ONLY_IF: ("◐", "#7d5200", "yellow"),
    Verdict.FAILS: ("✗", "#a32d00", "red"),
}
MEANINGS = {
    Verdict.HOLDS.value: "The cell does it as it is.",
    Verdict.ONLY_IF.value: "It would with the change that is named.",
    Verdict.FAILS.value: "It does with none of the changes tried.",
}
TERMS = (
    "Areal capacity: charge per area of electrode. Lithium excess: lithium in the cell beyond what is cycled. Critical "
    "current: the current density above which lithium may pierce the solid electrolyte."
)
NOTHING = ("–", "#4a4a4a")  # sign and colour where the announcement says nothing


def ratio(c: Comparison) -> str:
    """Ratio of a comparison, with the precision used in its sentence."""
    return f"{c.ratio:.2f}"


def ratio_span(c: Comparison) -> str:
    """Interval of the ratio of a comparison."""
    return " – ".join(f"{x:.2f}" for x in c.interval)


def conditions(f: Figures) -> dict[str, str]:
    """Conditions under which the figures of a cell were computed."""
    return {
        "temperature [°C]": number(f.temperature - ZERO_CELSIUS),
        "stack pressure [MPa]": number(f.pressure * 1e-6),
        "areal capacity [mAh/cm²]": number(0.1 * f.areal_capacity),
        "rate [C]": number(f.c_rate),
        "voltage window [V]": span(*f.window),
        ORIGIN: str(f.cell.provenance()),
    }


def energies(f: Figures) -> dict[str, str]:
    """Energy, mass, volume and energy density of a cell at cell, stack and pack level."""
    d = f.density
    rows = {
        "energy, simulated [Wh]": number(f.energy, 4),
        "energy, nominal [Wh]": number(f.nominal_energy, 4),
        "capacity, simulated [Ah]": number(f.capacity, 4),
        "mass [g]": number(1e3 * f.design.mass, 4),
        "volume [cm³]": number(1e6 * f.design.volume, 4),
    }
    for k, (metric, unit) in enumerate(METRICS.items()):
        rows |= {
            f"stack [{unit}]": number(getattr(d, f"stack_{metric}")),
            f"cell [{unit}]": number(f.metric(metric)),
            f"cell, 5 % – 95 % [{unit}]": span(*f.interval[k]),
            f"pack [{unit}]": number(getattr(d, f"pack_{metric}")),
            f"stated by manufacturer [{unit}]": _stated(f.cell, metric),
        }
    return rows


def _stated(cell: Cell, metric: str) -> str:
    """Energy density stated by the manufacturer; no calculation uses it."""
    path = f"design/stated {metric} energy density"
    return number(cell.value(path)) if cell.has(path) else "–"


def spread_note() -> str:
    """How the uncertainty intervals were computed."""
    widths = ", ".join(f"{method} {100 * width:g} %" for method, width in SPREAD.items())
    return (
        f"Every dimension, fraction, density and resistance was sampled {SAMPLES} times (Latin hypercube) from "
        f"independent uniform distributions. Their half-width depends on the method of the value: {widths}. The "
        "half-widths are a judgement, the same for every cell."
    )


def early_ends(f: Figures) -> str:
    """Discharges of a cell that ended before the lower cut-off voltage, with the reason."""
    early = [
        f"{rate:.3g} C: {run.steps[-1].ending.sentence}"
        for rate, run in f.rates
        if run.steps[-1].ending is not Ending.LOWER_VOLTAGE
    ]
    return f" Ended before the lower cut-off: {'; '.join(early)}." if early else ""


def pack_note(audit: Audit) -> str:
    """The assumed ratio of pack to cell."""
    factors = {f.density.pack_factor for f in (*audit.baselines, *audit.cells)}
    text = " or ".join(
        f"{p.gravimetric:g} by mass and {p.volumetric:g} by volume"
        for p in sorted(factors, key=lambda p: (p.gravimetric, p.volumetric))
    )
    return f"Pack level: cell level times {text}; an assumption, not a result."


def best_of(audit: Audit) -> str:
    """Heading of the headlines."""
    count = len(audit.cells)
    return f"Best of {count} cells for each baseline and metric:" if count > 1 else ""


def charging_rule(claim: ChargingClaim) -> str:
    """The rules of a claim about charging time."""
    return (
        f"judged twice: whether a charge from {100 * claim.start:g} to {100 * claim.end:g} % takes less time than the "
        f"baseline's, and whether it takes at most {claim.factor:.2f} of it. Solid cells charge as fast as these "
        f"limits allow: {claim.limits}. The baseline's time: as sold, published of cars with such cells; rated, by "
        f"{claim.rated}; safe, by the same limits"
    )


def asked(factor: float, baseline: str = "") -> str:
    """What is asked of a charging time: shorter, or a share of the time, and than or of which baseline's."""
    if factor == 1.0:
        return "shorter" + (f" than {baseline}" if baseline else "")
    return f"{factor:.2g} of the time" + (f" of {baseline}" if baseline else "")


def minutes(cell: str, value: float, rule: str = "") -> str:
    """Minutes of a charge, marked "!" if faster than any published charge of such a cell."""
    return f"{value:.0f}" + (" !" if rule != "as sold" and beyond(cell, value) else "")


def remarks(verdicts: Iterable[ChargingVerdict]) -> list[str]:
    """Explanations of the marks of `minutes`, one per cell, for its shortest time."""
    by_cell: dict[str, tuple[float, str]] = {}
    for v in verdicts:
        for cell, value in ((v.cell, v.minutes), (v.baseline, v.baseline_minutes)):
            remark = beyond(cell, value)
            if remark and value < by_cell.get(cell, (math.inf, ""))[0]:
                by_cell[cell] = value, remark
    return [remark for _, remark in by_cell.values()]


def tally(audit: Audit) -> str:
    """Number of comparisons by verdict, as one sentence."""
    verdicts = [c.verdict for c in audit.comparisons]
    parts = [
        f"it {v.value}{' a condition is met' if v is Verdict.ONLY_IF else ''} in {verdicts.count(v)}"
        for v in Verdict
        if v in verdicts
    ]
    count = f"{len(verdicts)} comparisons" if len(verdicts) != 1 else "1 comparison"
    return f"The claim of a factor {audit.claim.factor:g} was checked in {count}: {', '.join(parts)}."


def signed(word: str) -> tuple[str, str]:
    """Sign and colour of a verdict by its word."""
    if word == NOT_STATED:
        return NOTHING
    sign, colour, _ = VERDICTS[Verdict(word)]
    return sign, colour


def cost_rule(cost: CostAudit) -> str:
    """How the prices were computed and judged."""
    study = cost.studies[0]
    parts = ", ".join(f"{path.partition('/')[2]} {value:.3g}" for path, value in study.favourable.items())
    methods = ", ".join(f"{method} {100 * share:.0f} %" for method, share in study.methods.items())
    return (
        f"Prices to the car maker by the rules of BatPaC 5 for a plant of {cost.claim.size:g} GWh a year and the price "
        f"scenario {study.prices}; masses are those of the simulated cell. A price holds if its median is at most the "
        "claimed one. Everything else favourable means the favourable decile of these inputs, for the first cell: "
        f"{parts}. The first price rests on numbers that are: {methods}."
    )


def cost_remarks(cost: CostAudit) -> list[str]:
    """Remarks on the prices, each once."""
    return list(dict.fromkeys(remark for study in cost.studies for remark in study.remarks))


def cost_inputs(cost: CostAudit) -> list[tuple[str, ...]]:
    """Inputs of the prices of the first cell: path, value, range, unit, method, date, source, note."""
    rows: list[tuple[str, ...]] = []
    model = cost.studies[0].model
    sources = {**model.plant.sources, **model.prices.sources}
    for path, v in model.inputs.items():
        known = {"seen": "", "second-hand": " (second-hand)", "memory": " (from memory)"}[sources[v.source].access]
        low = "" if v.low is None or v.high is None else f"{v.low:.3g} – {v.high:.3g}"
        rows.append((path, f"{v.value:.4g}", low, v.unit, v.method, v.date, v.source + known, v.note))
    return rows
