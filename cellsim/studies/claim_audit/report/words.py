"""Figures in words: the rows that the page and the terminal both show, with their units."""
import math

from ....drawing.numbers import number, span
from ....errors import Ending
from ...charging.measured_charges import beyond
from ...uncertainty import SAMPLES, SPREAD
from .. import charging_claim as charging
from ..records import UNITS, Verdict

METRICS = UNITS
ORIGIN = "values come from"
KINDS = {"solid": "solid electrolyte", "liquid": "liquid electrolyte"}
# sign, colour that reads on white and under white text, and that colour's name in a rich terminal
VERDICTS = {Verdict.HOLDS: ("✓", "#00664f", "green"), Verdict.ONLY_IF: ("◐", "#7d5200", "yellow"),
            Verdict.FAILS: ("✗", "#a32d00", "red")}


def ratio(c) -> str:
    """Ratio of a comparison, as precise as its sentence."""
    return f"{c.ratio:.2f}"


def ratio_span(c) -> str:
    """Interval of a comparison's ratio."""
    return " – ".join(f"{x:.2f}" for x in c.interval)


def conditions(f) -> dict[str, str]:
    """What always has to be said with a figure: where, how and from what it was computed."""
    return {"temperature [°C]": number(f.temperature - 273.15),
            "stack pressure [MPa]": number(f.pressure * 1e-6),
            "areal capacity [mA.h/cm²]": number(0.1 * f.areal_capacity),
            "rate [C]": number(f.c_rate),
            "voltage window [V]": span(*f.window),
            ORIGIN: str(f.cell.provenance())}


def energies(f) -> dict[str, str]:
    """Energy, mass, volume and energy density at each level of one cell."""
    d = f.density
    rows = {"energy, simulated [W.h]": number(f.energy, 4),
            "energy, nominal [W.h]": number(f.nominal_energy, 4),
            "capacity, simulated [A.h]": number(f.capacity, 4),
            "mass [g]": number(1e3 * f.design.mass, 4),
            "volume [cm³]": number(1e6 * f.design.volume, 4)}
    for k, (metric, unit) in enumerate(METRICS.items()):
        rows |= {f"stack [{unit}]": number(getattr(d, f"stack_{metric}")),
                 f"cell [{unit}]": number(f.metric(metric)),
                 f"cell, 5 % – 95 % [{unit}]": span(*f.interval[k]),
                 f"pack [{unit}]": number(getattr(d, f"pack_{metric}")),
                 f"stated by the maker [{unit}]": _stated(f.cell, metric)}
    return rows


def _stated(cell, metric):
    """What the maker says of the cell, never used in a calculation."""
    path = f"design/stated {metric} energy density"
    return number(cell.value(path)) if cell.has(path) else "–"


def spread_note() -> str:
    """What the intervals stand for."""
    widths = ", ".join(f"{method} {100 * width:g} %" for method, width in SPREAD.items())
    return (f"Every size, amount, density and resistance was drawn {SAMPLES} times (Latin hypercube), independently "
            f"and evenly within a half-width that depends on how it is known: {widths}. The half-widths are a "
            "judgement, the same for every cell.")


def early_ends(f) -> str:
    """Which discharges of a cell did not end at its lower cut-off, and why."""
    other = [f"{rate:.3g} C: {run.steps[-1].ending.sentence}" for rate, run in f.rates
             if run.steps[-1].ending is not Ending.LOWER_VOLTAGE]
    return f" Ended before the lower cut-off: {'; '.join(other)}." if other else ""


def pack_note(audit) -> str:
    """The factors from cell to pack that were assumed."""
    factors = {f.density.pack_factor for f in (*audit.baselines, *audit.cells)}
    text = " or ".join(f"{p.gravimetric:g} by mass and {p.volumetric:g} by volume"
                       for p in sorted(factors, key=lambda p: (p.gravimetric, p.volumetric)))
    return f"Pack figures are the cell's times {text}: an assumption, not a result."


def best_of(audit) -> str:
    """Which comparisons the headlines are."""
    many = len(audit.cells)
    return f"The closest of {many} cells, for each baseline and metric:" if many > 1 else ""


def charging_rule() -> str:
    """The rules of the charging claim, in words."""
    return (f"{100 * charging.START:g} to {100 * charging.END:g} %, at most {charging.FACTOR:.2f} of the baseline's "
            f"time, each charged as fast as the limits allow. Safe: {charging.LIMITS}, for all. "
            f"Rated: the baseline is charged by {charging.RATED}")


def minutes(cell, value) -> str:
    """Minutes of a charge, marked where none that fast is publicly known of such a cell."""
    return f"{value:.0f}" + (" !" if beyond(cell, value) else "")


def remarks(verdicts) -> list[str]:
    """What the marks of `minutes` mean, each once per cell, for the fastest of its times."""
    found: dict[str, tuple[float, str]] = {}
    for v in verdicts:
        for cell, value in ((v.cell, v.minutes), (v.baseline, v.baseline_minutes)):
            said = beyond(cell, value)
            if said and value < found.get(cell, (math.inf, ""))[0]:
                found[cell] = value, said
    return [said for _, said in found.values()]


def tally(audit) -> str:
    """How many of the comparisons hold, in one sentence."""
    found = [c.verdict for c in audit.comparisons]
    parts = [f"it {v.value}{' a condition is met' if v is Verdict.ONLY_IF else ''} in {found.count(v)}"
             for v in Verdict if v in found]
    many = f"{len(found)} comparisons" if len(found) != 1 else "1 comparison"
    return f"The claim of a factor {audit.claim.factor:g} was checked in {many}: {', '.join(parts)}."
