"""Tables that only the command line prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..design import pair_layers
from ..drawing.tables import plain_table
from ..parameters import Cell, cells, load
from ..support.files import optional

WIDE = 120  # columns from which on values are shown as a table

if TYPE_CHECKING:
    from ..design.materials import Conductivity, Material


def provenance_table(cell: Cell) -> Table:
    """Value, unit, method, source and note of every quantity; fractions by method in the caption."""
    origin = cell.provenance()
    table = plain_table(f"{cell.name}: {cell.title}", "quantity", "value", "unit", "method", "source", "note")
    for row in origin.rows:
        path, value, unit, source, method, note = map(Text, row)
        table.add_row(path, value, unit, method, source, note)
    table.caption = f"{len(origin.rows)} values: {origin}"
    return table


def provenance_lines(cell: Cell) -> list[Any]:
    """The same as lines that a narrow terminal breaks between words: a heading a section, notes below the values."""
    lines: list[Any] = []
    last = ""
    for path, value, unit, source, method, note in cell.provenance().rows:
        section, _, key = path.partition("/")
        lines += [] if section == last else ["", Text(section, style="bold")]
        last = section
        words = f"{key}: {value}{'' if unit == '1' else f' {unit}'} ({method}, {source})"
        lines.append(Padding(Text(words), (0, 0, 0, 2)))
        lines += [Padding(Text(note), (0, 0, 0, 6))] if note else []
    return lines


def provenance_frame(cell: Cell) -> Any:
    """Rows of `Cell.provenance` as a pandas DataFrame, numbers in full."""
    frame = optional("pandas").DataFrame(cell.provenance().rows)
    frame.columns = ["quantity", "value", "unit", "source", "method", "note"]
    laws = [cell.law(path) for path in frame["quantity"]]
    frame["value"] = [str(law) if law.value is None else repr(law.value) for law in laws]
    return frame


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


def materials_table(found: "Sequence[Material]") -> Table:
    """Materials with what decides on them."""
    table = plain_table("Materials", "name", "title", "role", "conductivity", "density")
    for one in found:
        word = {"electrolyte": "electrolyte", "positive": "positive active material"}.get(
            one.role, "negative active material"
        )
        density, kappa = one.number("design", f"{word} density"), one.electrolyte.get("conductivity", {})
        shown = f"{10.0 * kappa['value']:.3g} mS/cm" if "value" in kappa else "law" if kappa else ""
        table.add_row(
            Text(one.name), Text(one.title), one.role, shown, f"{1e-3 * density:.3g} g/cm³" if density else ""
        )
    return table


def material_table(one: "Material") -> Table:
    """All values of a material with their provenance."""
    table = plain_table(one.name, "quantity", "value", "unit", "method", "source", "note")
    for section in ("cell", "electrolyte", "separator", "composite", "lithium", "electrode", "design"):
        for key, record in getattr(one, section).items():
            if not isinstance(record, dict):
                table.add_row(*map(Text, (f"{section}/{key}", str(record), "", "", "", "")))
                continue
            value = record.get("value", record.get("expression", "table"))
            words = (f"{value:.6g}" if isinstance(value, float) else str(value), record["unit"], record["method"])
            table.add_row(*map(Text, (f"{section}/{key}", *words, record["source"], record.get("note", ""))))
    for key, kept in one.properties.items():
        told: tuple[str, ...] = (f"{kept.value:.6g}", kept.unit, kept.method, kept.source, kept.note)
        table.add_row(*map(Text, (f"properties/{key}", *told)))
    for limit in one.critical_currents:
        told = (f"{limit.value:.6g}", limit.unit, limit.method, limit.source, limit.conditions)
        table.add_row(*map(Text, ("critical current", *told)))
    if one.mix is not None:
        table.add_row(*map(Text, ("mix", str(one.mix), "", "assumed", "", one.mix.note)))
    return table


def conductivities_table(rows: "Sequence[Conductivity]") -> Table:
    """Measured conductivities, best first."""
    table = plain_table(
        "Measured conductivities at room temperature (OBELiX, CC BY 4.0)",
        "composition",
        "mS/cm",
        "crystal g/cm³",
        "family",
        "class",
        "doi",
    )
    for row in sorted(rows, key=lambda row: -row.conductivity):
        density = "" if row.density is None else f"{1e-3 * row.density:.2f}"
        words = (row.composition, f"{10.0 * row.conductivity:.3g}", density, row.family)
        table.add_row(*map(Text, (*words, row.material_class or "", row.doi)))
    table.caption = f"{len(rows)} samples"
    return table


def layers_table(cell: Cell) -> Table:
    """Layers of a pair of electrodes."""
    table = plain_table(f"{cell.name}: one pair of electrodes, charged", "layer", "µm", "mg/cm²")
    for layer in pair_layers(cell):
        table.add_row(Text(layer.name), f"{1e6 * layer.thickness:.1f}", f"{100.0 * layer.areal_mass:.2f}")
    return table
