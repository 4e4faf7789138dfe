"""Files of the Battery Data Format: one cell a file, fixed labels and units, charging current positive."""

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ReportError
from ..support.arguments import file_path
from ..support.files import optional, write_table
from .columns import ZERO

ENDINGS = (".bdf", ".bdf.csv", ".bdf.parquet")
LEAST = 1e-6  # s between two rows


def bdf_path(path: Any) -> Path:
    """A path that ends as files of the format do.  Raises ReportError."""
    found = file_path("path", path)
    if not found.name.lower().endswith(ENDINGS):
        raise ReportError(f"{str(found)[-200:]}: save as {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    return found


def write_bdf(
    path: str | PathLike[str],
    t: Any,
    current: Any,
    voltage: Any,
    temperature: Any = None,
    step: Any = None,
    cycle: Any = None,
) -> None:
    """Write arrays (n,): t [s], current [A] (discharge positive), voltage [V], temperature [K], step and cycle counts.

    Times that do not rise, as where one step follows another, are put a microsecond after the row before.
    Raises ReportError.
    """
    path = bdf_path(path)
    pd = optional("pandas")
    columns = {
        "Test Time / s": rising(np.asarray(t, float)),
        "Voltage / V": voltage,
        "Current / A": 0.0 - np.asarray(current),
    }
    if cycle is not None:
        columns["Cycle Count / 1"] = cycle
    if step is not None:
        columns["Step Count / 1"] = step
    if temperature is not None:
        columns["Surface Temperature / degC"] = np.asarray(temperature) - ZERO
    write_table(pd.DataFrame(columns), path)


def rising(t: Any) -> Any:
    """Times (n,) of which each is at least LEAST after the one before."""
    steps = np.arange(t.size) * LEAST
    return np.maximum.accumulate(t - steps) + steps if t.size and (np.diff(t) < LEAST).any() else t
