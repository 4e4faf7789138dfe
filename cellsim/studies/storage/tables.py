"""Storage as tables and as rows of a file."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ...drawing.tables import plain_table
from .study import DutyFound


def duty_tables(found: Sequence[DutyFound]) -> Group:
    """A table a cell with a row for every duty, as wide as a terminal of 80 columns."""
    cells = dict.fromkeys(r.cell for r in found)
    words = Text("EUR a year of one car; wear is the linear bound, not a simulation of ageing", "dim")
    return Group(*(_duties([r for r in found if r.cell == name]) for name in cells), words)


def _duties(rows: Sequence[DutyFound]) -> Table:
    table = plain_table(
        f"{rows[0].cell}, {rows[0].usable:.1f} kWh usable",
        "duty",
        "gain",
        "standby",
        "kWh given",
        "wear",
        "net",
        "pays up to EUR/kWh",
        "wears EUR/kWh",
        "verdict",
    )
    table.columns[0].no_wrap = True
    for r in rows:
        table.add_row(
            r.duty,
            _whole(r.served.gain),
            _whole(r.served.standby),
            _whole(r.served.given),
            _whole(r.served.wear),
            f"{r.served.net:+.0f}",
            "–" if r.stops_at is None else f"{r.stops_at:.3f}",
            f"{r.wear:.3f}",
            r.verdict.value,
        )
    return table


def _whole(value: float) -> str:
    """A number without decimals, and without the sign of a zero."""
    return f"{round(value) + 0:d}"


def duty_lines(found: Iterable[DutyFound]) -> str:
    """A line for every duty and cell, and what a thousand cars deliver."""
    rows = list(found)
    lines = [f"- {r.sentence}" for r in rows]
    for name in dict.fromkeys(r.cell for r in rows):
        r = next(x for x in rows if x.cell == name)
        lines.append(f"- A thousand such cars of {name}: a discharge of {r.hours:.1f} h at the power of their chargers")
    return "\n".join(lines)


def duty_rows(found: Iterable[DutyFound]) -> list[dict[str, Any]]:
    """The same as records, for a file."""
    return [
        {
            "duty": r.duty,
            "cell": r.cell,
            "prices": r.prices,
            "usable energy [kWh]": r.usable,
            "gain [EUR/year]": r.served.gain,
            "standby [EUR/year]": r.served.standby,
            "energy given [kWh/year]": r.served.given,
            "wear, linear bound [EUR/year]": r.served.wear,
            "net [EUR/year]": r.served.net,
            "pays up to [EUR/kWh]": r.stops_at,
            "wear price [EUR/kWh]": r.wear,
            "life": r.life,
            **{f"net at {w:g} EUR/kWh [EUR/year]": n for w, n in zip(r.wears, r.nets, strict=True)},
            "verdict": r.verdict.value,
            "condition": r.condition,
            "operation": r.served.said,
        }
        for r in found
    ]
