"""One of many lives, as a job whose value is made of JSON's kinds."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....errors import CellsimError
from ....parameters import Cell
from ....physics.constants import ZERO_CELSIUS
from ..age import age
from ..health.row import LOSSES
from ..windows import EQUILIBRIUM

CYCLE, CAPACITY = "Cycle number", "Discharge capacity [A.h]"
COLUMNS = (
    "Lasts",
    "Cycles",
    "Time [h]",
    "Throughput capacity [A.h]",
    "First capacity [A.h]",
    "Last capacity [A.h]",
    "Capacity [%]",
    "Equilibrium capacity [%]",
    "Loss of lithium inventory [%]",
    *LOSSES,
    "Minimum plating margin [V]",
    "Position of minimum plating margin [m]",
    "Error bound [%]",
    "End",
    "Failure",
)
OF_LAST = ("Time [h]", "Throughput capacity [A.h]", "Loss of lithium inventory [%]", *LOSSES)


def one_life(cell: Cell, changes: Mapping[str, Any], protocol: Any, how: Mapping[str, Any]) -> dict[str, Any]:
    """A row (COLUMNS) and the curve of the capacity of a cell with changes; what went wrong, in words, is in it."""
    try:
        life = age(cell.with_(changes) if changes else cell, protocol, **how)
    except CellsimError as fault:
        return {"row": {"Lasts": False, "Failure": str(fault)}, "curve": {CYCLE: [], CAPACITY: []}}
    table = life.table
    known, last = table[CAPACITY].dropna(), table[table[CAPACITY].notna()].iloc[-1]
    first, now = float(known.iloc[0]), float(known.iloc[-1])
    row: dict[str, Any] = {
        "Lasts": not life.end,
        "Cycles": life.cycles,
        "First capacity [A.h]": first,
        "Last capacity [A.h]": now,
        "Capacity [%]": 100.0 * now / first if first > 0.0 else float("nan"),
        "Error bound [%]": 100.0 * life.bound,
        "End": life.end,
        "Failure": "",
    }
    if table[EQUILIBRIUM].notna().any():
        rest = table[EQUILIBRIUM].dropna()
        row["Equilibrium capacity [%]"] = 100.0 * float(rest.iloc[-1] / rest.iloc[0])
    row |= {name: float(last[name]) for name in OF_LAST if name in table}
    margin, place = "Minimum plating margin [V]", "Position of minimum plating margin [m]"
    if margin in table:
        row[margin] = float(np.nanmin(table[margin]))
        row[place] = float(table[place][table[margin].idxmin()])
    return {"row": row, "curve": {CYCLE: known.index.tolist(), CAPACITY: known.tolist()}, "remarks": list(life.remarks)}


def worded(label: str, value: Any) -> str:
    """A label and its value in words."""
    if label.startswith(("From [%", "To [%")):
        return f"{label.split()[0].lower()} {value:g} %"
    if label.endswith("temperature [K]"):
        return f"{value - ZERO_CELSIUS:g} °C"
    if label == "C-rate":
        return f"{value:g}C"
    return f"{label} {value:g}" if isinstance(value, float | int) else str(value)
