"""Tables that only the command line prints."""
from rich.table import Table
from rich.text import Text

from ..drawing.tables import plain_table
from ..parameters import cells, load


def provenance_table(cell) -> Table:
    """Every value of a cell: unit, method, source and note; the shares of the methods below."""
    origin = cell.provenance()
    table = plain_table(f"{cell.name}: {cell.title}", "quantity", "value", "unit", "method", "source", "note")
    for row in origin.rows:
        path, value, unit, source, method, note = map(Text, row)
        table.add_row(path, value, unit, method, source, note)
    table.caption = f"{len(origin.rows)} values: {origin}"
    return table


def cells_table() -> Table:
    """The packaged parameter sets."""
    table = plain_table("Parameter sets", "name", "title", "electrolyte", "values come from")
    for name in cells():
        cell = load(name)
        table.add_row(Text(name), Text(cell.title), cell.kind, str(cell.provenance()))
    return table


def speed_table(rows, machine) -> Table:
    """What runs cost on this machine."""
    table = plain_table("Processor time of a run, one core", "model", "protocol", "ms", "runs/s", "times kept",
                   "runs measured")
    for r in rows:
        table.add_row(r.model, r.protocol, f"{r.milliseconds:.3g}", f"{r.runs_per_second:.3g}", str(r.times),
                      str(r.runs))
    table.caption = Text(machine)
    return table
