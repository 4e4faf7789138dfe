"""Records of cyclers as runs that are simulated."""

from typing import Any

import numpy as np

from ..cycler import CyclerData, read_cycler
from ..errors import ProtocolError
from ..protocols import profile
from ..support.arguments import text

IDLE = 1e-3  # of the largest current, below which a record begins at rest


def record_of(data: Any, what: str) -> CyclerData:
    """The record in `data`, or of what `read_cycler` reads, without faults in its times.  Raises ProtocolError."""
    found = data if isinstance(data, CyclerData) else read_cycler(data)
    return found.rising(what)


def run_arguments(data: Any, name: str | None, options: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a `MeasuredRun` along a record; options: of `simulate`, and perhaps "steps"."""
    record = record_of(data, "MeasuredRun.from_frame")
    options = dict(options)
    steps = options.pop("steps", None)
    if not {"soc", "voltage", "start"} & set(options):
        if abs(record.current[0]) > IDLE * np.abs(record.current).max():
            raise ProtocolError(
                f"MeasuredRun.from_frame: {record.name}: begins with {record.current[0]:.4g} A, so that its first "
                "voltage does not say where it starts; give soc= or voltage= (open circuit, before it)"
            )
        options["voltage"] = float(record.voltage[0])
    if record.temperature is not None and not {"temperature", "ambient"} & set(options):
        options["temperature"] = float(record.temperature[0])
    return {
        "name": record.name if name is None else text("MeasuredRun.from_frame: name", name),
        "t": record.t - record.t[0],
        "voltage": record.voltage,
        "steps": profile(record) if steps is None else steps,
        "options": options,
        "temperature": record.temperature,
    }
