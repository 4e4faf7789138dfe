"""Tables that only the command line prints."""

from typing import Any

from rich.table import Table
from rich.text import Text

from ..drawing.tables import plain_table
from ..parameters import Cell, cells, load


def provenance_table(cell: Cell) -> Table:
    """Value, unit, method, source and note of every quantity; fractions by method in the caption."""
    origin = cell.provenance()
    table = plain_table(f"{cell.name}: {cell.title}", "quantity", "value", "unit", "method", "source", "note")
    for row in origin.rows:
        path, value, unit, source, method, note = map(Text, row)
        table.add_row(path, value, unit, method, source, note)
    table.caption = f"{len(origin.rows)} values: {origin}"
    return table


def cells_table() -> Table:
    """The packaged parameter sets."""
    table = plain_table("Parameter sets", "name", "title", "electrolyte", "sources of values")
    for name in cells():
        cell = load(name)
        table.add_row(Text(name), Text(cell.title), cell.kind, str(cell.provenance()))
    return table


def speed_table(rows: Any, machine: Any) -> Table:
    """Processor time of runs on this machine."""
    table = plain_table(
        "Processor time of a run, one core", "model", "protocol", "ms", "runs/s", "times kept", "runs measured"
    )
    for r in rows:
        table.add_row(
            r.model, r.protocol, f"{r.milliseconds:.3g}", f"{r.runs_per_second:.3g}", str(r.times), str(r.runs)
        )
    table.caption = Text(machine)
    return table
