"""The validation as a table and as a chapter of the documentation."""

from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ...drawing.tables import plain_table
from ..claim_audit.report import words
from . import KINDS

HEADING = """# Validation

`cellsim validate` runs every comparison below and prints this table; `cellsim validate --markdown` prints this
chapter. Points that something was fitted to are marked and never counted in an error that is called a prediction.
Lines that are known to fail are kept, with the reason: they say where the models end. Measurements are second-hand
where the line says so: read from notes on the paper, not from the paper. Every limit states its reason, which is the
uncertainty of the reference or of the numerical method; it is not adjusted to the result.

![Ionic conductivity of composites against laws](composites.png)

*Ionic conductivity of five composites over that of the electrolyte. The percolation law is fitted to all five; the
dashed lines are Bruggeman's law. Open dots: estimated from figures.*

![Capacity against rate of five composites](minnmann.png)

*Measured capacities (dots) of five compositions and the model (lines), its diffusivity fitted to the two open dots.
With 57.5 % active material and more one size of particle is far too optimistic; many sizes, and clusters between
grains of the electrolyte, are the lines `minnmann-grains`.*

![Impedance against the thickness of a cathode](miss.png)

*Real part of the impedance of cells with four cathodes (dots) and of the packaged set (line), whose trend fails at the
thickest. With the conductivities of these composites themselves it holds: lines `miss-own`.*
"""


def validation_table(outcomes: Any) -> Group:
    """One row per comparison, and the tally."""
    table = plain_table("Validation", "line", "kind", "error", "limit", "", named=[o.line for o in outcomes])
    for o in outcomes:
        table.add_row(
            Text(o.line.name),
            o.line.kind,
            Text(f"{error(o)} {unit(o)}"),
            words.number(o.line.limit),
            Text(_brief(o), style=_colour(o)),
        )
    return Group(table, Text(tally(outcomes), style="bold"))


def details(outcomes: Any) -> Group:
    """Data, protocol and points of each comparison."""
    parts: list = []
    for o in outcomes:
        text = Text(f"{o.line.name}\n", style="bold")
        text.append("".join(f"  {name}: {what}\n" for name, what in _facts(o)), style="not bold")
        parts.append(text)
        if o.found.points:
            parts.append(_points(o))
    return Group(*parts)


def _points(o: Any) -> Table:
    table = plain_table("", "", "reference", "cellsim", "use")
    for p in o.found.points:
        table.add_row(Text(p.what), words.number(p.reference), words.number(p.found), use(p))
    return table


def chapter(outcomes: Any) -> str:
    """The chapter in Markdown."""
    lines = [HEADING, "| line | kind | predicted | error | limit | verdict |", "|---|---|---|---|---|---|"]
    lines += [
        _row(
            o.line.name, o.line.kind, o.line.predicted, f"{error(o)} {unit(o)}", words.number(o.line.limit), verdict(o)
        )
        for o in outcomes
    ]
    lines += ["", tally(outcomes) + ".", "", *(f"- *{kind}*: {what}." for kind, what in KINDS.items()), ""]
    for o in outcomes:
        lines += [f"## {o.line.name}", "", *(f"- {name}: {what}" for name, what in _facts(o)), ""]
        if o.found.points:
            lines += ["| | reference | cellsim | use |", "|---|---|---|---|"]
            lines += [_row(p.what, words.number(p.reference), words.number(p.found), use(p)) for p in o.found.points]
            lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def _row(*cells: Any) -> str:
    return "| " + " | ".join(text.strip().replace("|", "\\|") for text in cells) + " |"


def _facts(o: Any) -> Any:
    yield "data", o.line.data
    yield "protocol", o.line.protocol
    yield "fitted", o.line.fitted
    yield "predicted", o.line.predicted
    yield "error", f"{o.line.error}: {words.number(o.found.error)}, limit {words.number(o.line.limit)}"
    yield "reason of the limit", o.line.reason
    if o.line.fails:
        yield "stated to fail", o.line.fails
    if o.found.remark:
        yield "remark", o.found.remark


def use(point: Any) -> str:
    """Whether a point was fitted or is compared."""
    return "fitted" if point.fitted else "compared"


def error(o: Any) -> str:
    """The error to three digits."""
    return words.number(o.found.error)


def unit(o: Any) -> str:
    """The unit of the error."""
    inside = o.line.error.rpartition("[")[2].rstrip("]")
    return inside if "[" in o.line.error else ""


def verdict(o: Any) -> str:
    """The verdict with its symbol."""
    return f"{'✓' if o.within else '✗'} {o.verdict}"


def _brief(o: Any) -> str:
    """The verdict in a column of a narrow terminal."""
    if o.as_stated:
        return "✓" if o.within else "✗ as stated"
    return verdict(o)


def _colour(o: Any) -> Any:
    if not o.as_stated:
        return "bold red"
    return "green" if o.within else "yellow"


def tally(outcomes: Any) -> str:
    """Number of comparisons within their limits, failing as stated, and not as stated."""
    within = sum(o.within and o.as_stated for o in outcomes)
    stated = sum(not o.within and o.as_stated for o in outcomes)
    wrong = sum(not o.as_stated for o in outcomes)
    text = f"{len(outcomes)} lines: {within} within the limit, {stated} known failures"
    return text + (f", {wrong} NOT AS STATED" if wrong else "")
