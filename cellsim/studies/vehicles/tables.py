"""Vehicles as tables and as rows of a file."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ...drawing.tables import LONGEST, plain_table
from ..pulse_power import Pulse
from .segments import SegmentFound


def minutes(value: float) -> str:
    """A time of a charge, or a dash where there is none."""
    return "–" if math.isinf(value) else f"{value:.3g}"


def segment_tables(found: Sequence[SegmentFound]) -> Group:
    """Two tables a cell with a row for every segment, as wide as a terminal of 80 columns."""
    cells = dict.fromkeys(r.cell for r in found)
    of_cell = [[r for r in found if r.cell == name] for name in cells]
    return Group(*(table for rows in of_cell for table in (_ranges(rows), _powers(rows))))


def _ranges(rows: Sequence[SegmentFound]) -> Table:
    table = plain_table(
        f"{rows[0].cell} in today's pack mass and space (WLTC, class 3b)",
        "segment",
        "pack",
        "kWh",
        "km",
        "today",
        "binds",
        "kg for today's range",
        "US06 in the cold",
    )
    for r in rows:
        table.add_row(
            r.segment,
            str(r.topology),
            f"{r.energy:.1f}",
            f"{r.reach:.0f}",
            f"{r.today:.0f}",
            r.binds,
            "–" if r.mass_same is None else f"{r.mass_same:.0f}",
            Text(r.cold_drive),
        )
    return table


def _powers(rows: Sequence[SegmentFound]) -> Table:
    table = plain_table(
        f"{rows[0].cell}: peak power, charge from 10 to 80 %, range with a trailer",
        "segment",
        "kW at −10 / 25 / 45 °C",
        "needs",
        "min at 0 / 25 / 45 °C",
        "km towing",
        "today",
    )
    for r in rows:
        table.add_row(
            r.segment,
            " / ".join(f"{r.power[T]:.0f}" for T in (-10.0, 25.0, 45.0)),
            f"{r.peak:.0f}",
            " / ".join(minutes(r.charge[T]) for T in (0.0, 25.0, 45.0)),
            "–" if r.towing is None else f"{r.towing:.0f}",
            "–" if r.towing_today is None else f"{r.towing_today:.0f}",
        )
    return table


def pack_table(found: Iterable[SegmentFound]) -> Table:
    """What the cells need around them, one row a cell."""
    seen: dict[str, SegmentFound] = {}
    for r in found:
        seen.setdefault(r.cell, r)
    generations = ", ".join(dict.fromkeys(r.assembly.generation for r in seen.values()))
    table = plain_table(
        f"From cell to pack ({generations})",
        "cell",
        "stack, MPa",
        "end plates, mm",
        "breathing",
        "clamps, kg per kg of cells",
        "pack over cells, mass",
        "pack over cells, space",
    )
    table.columns[0].no_wrap = max(map(len, seen), default=0) <= LONGEST
    for name, r in seen.items():
        a = r.assembly
        table.add_row(
            Text(name),
            f"{1e-6 * a.pressure:.3g}",
            f"{1e3 * a.plate:.0f}",
            f"{100.0 * a.breathing:.1f} %",
            f"{a.masses['compression']:.3f}",
            f"{a.mass_ratio:.2f}",
            f"{a.volume_ratio:.2f}",
        )
    return table


def verdict_lines(found: Iterable[SegmentFound]) -> str:
    """A line for every segment and cell."""
    return "\n".join(f"- {r.sentence}" for r in found)


def pulse_table(pulses: Iterable[Pulse]) -> Table:
    """A row for every pulse."""
    table = plain_table("Pulse power", "cell", "°C", "direction", "W/kg", "W/L", "binds")
    for p in pulses:
        table.add_row(
            Text(p.cell), f"{p.celsius:g}", p.direction, f"{p.per_mass:.3g}", f"{p.per_volume:.3g}", Text(p.binds)
        )
    return table


def segment_rows(found: Iterable[SegmentFound]) -> list[dict[str, Any]]:
    """The same as records, for a file."""
    return [
        {
            "segment": r.segment,
            "cell": r.cell,
            "generation": r.assembly.generation,
            "series": r.topology.series,
            "parallel": r.topology.parallel,
            "energy [kWh]": r.energy,
            "mass [kg]": r.mass,
            "volume [L]": r.volume,
            "binds": r.binds,
            "range [km]": r.reach,
            "range today [km]": r.today,
            "mass at today's range [kg]": r.mass_same,
            "volume at today's range [L]": r.volume_same,
            **{f"power at {T:g} degC [kW]": p for T, p in r.power.items()},
            "peak power of the car [kW]": r.peak,
            "full power from [degC]": r.full_power_from,
            **{f"charge at {T:g} degC [min]": m for T, m in r.charge.items()},
            "cooling [W/K]": r.cooling,
            "trailer [kg]": r.trailer,
            "range towing [km]": r.towing,
            "range towing today [km]": r.towing_today,
            "cold drive": r.cold_drive,
            "price of the pack [USD/kWh]": None if r.price is None else r.price.quantiles[1],
            "price of a pack of today's cells [USD/kWh]": None if r.price is None else r.price.today,
            "verdict": r.verdict.value,
            "conditions": "; ".join(r.conditions or r.failures),
        }
        for r in found
    ]
