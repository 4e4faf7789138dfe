"""States of an aged cell as numbers of JSON, equal bit for bit when they are read."""

import base64
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from ....design.thermal import Lumped
from ....design.thermal_network import ThermalNetwork
from ....models import MODELS
from ....parameters import Cell
from ....simulation.start import FinalState
from ..contents import Array
from ..cycle_map import Aged

NUMBERS = ("soc", "temperature", "ambient", "cell_temperature")
PASSED = ("seconds", "amp_hours", "watt_hours")


def text_of(array: Array) -> str:
    """The bytes of an array of one axis."""
    return base64.b64encode(np.ascontiguousarray(array, "<f8").tobytes()).decode()


def array_of(text: str) -> Array:
    """The array of such a text.  Raises ValueError."""
    return np.frombuffer(base64.b64decode(text, validate=True), "<f8").astype(float)


def packed(aged: Aged) -> dict[str, Any]:
    """A state without its cell and model."""
    said = {name: float(getattr(aged.end, name)) for name in NUMBERS} | {n: float(getattr(aged, n)) for n in PASSED}
    return {"state": text_of(aged.end.state), **said}


def unpacked(said: Any, cell: Cell, model: Any, size: int | None = None) -> Aged:
    """The state; size: how many numbers it must have.  Raises LookupError, TypeError, ValueError."""
    state = array_of(said["state"])
    if size is not None and state.size != size or not np.isfinite(state).all():
        raise ValueError("a state of another size, or one that is not finite")
    end = FinalState(cell, model, state, **{name: float(said[name]) for name in NUMBERS})
    return Aged(end, *(float(said[name]) for name in PASSED))


def model_said(model: Any) -> dict[str, Any]:
    """A model as numbers and texts."""
    return {"name": type(model).__name__, **asdict(model)}


def model_read(said: Any) -> Any:
    """The model.  Raises LookupError, TypeError, ValueError, CellsimError."""
    kind: Any = MODELS[said["name"]]
    given = {f.name: said[f.name] for f in fields(kind)}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def heat_said(heat: Any) -> Any:
    """What `heat=` was."""
    return asdict(heat) if isinstance(heat, Lumped) else heat


def heat_read(said: Any) -> Any:
    """What `heat=` was.  Raises TypeError, CellsimError."""
    if not isinstance(said, dict):
        return said
    return ThermalNetwork(**said) if "nodes" in said else Lumped(**said)
