"""Free quantities of a fit: bounds, scales, and the coordinates in which it searches.

A coordinate is the logarithm of a quantity on a logarithmic scale, and its place between the bounds, 0 to 1, on a
linear one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...parameters import Cell
from ...support.arguments import chosen, mapping, near, numbers
from ...support.files import cut
from .measured import Array

STEP = 0.02  # of a logarithm, for finite differences: a run is only good to its accuracy
LINEAR_STEP = 0.01  # the same of the distance between linear bounds
SCALES = ("log", "linear")
OF_RUN = re.compile(r"(soc|temperature|ambient|voltage) of (.+)", re.DOTALL)  # an option of simulate, of one run
WANTED = 'give {"section/quantity": (lowest, highest)}, or (lowest, highest, "linear")'


@dataclass(frozen=True)
class Space:
    """The free quantities.  lo, hi, start, steps (n,): in coordinates; steps: of finite differences."""

    paths: tuple[str, ...]
    ends: tuple[tuple[float, float], ...]
    log: tuple[bool, ...]
    lo: Array
    hi: Array
    start: Array
    steps: Array

    def values(self, x: Array) -> dict[str, float]:
        """The quantities at coordinates (n,)."""
        return {
            path: float(np.exp(x[k]) if self.log[k] else self.ends[k][0] + x[k] * (self.ends[k][1] - self.ends[k][0]))
            for k, path in enumerate(self.paths)
        }

    def slopes(self, x: Array) -> Array:
        """Derivatives (n,) of the quantities by their coordinates."""
        return np.array([np.exp(x[k]) if log else self.ends[k][1] - self.ends[k][0] for k, log in enumerate(self.log)])

    def split(self, values: Mapping[str, float]) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
        """Changes of the cell, and options that differ, by the name of the run."""
        changes: dict[str, float] = {}
        options: dict[str, dict[str, float]] = {}
        for path, value in values.items():
            own = OF_RUN.fullmatch(path)
            if own:
                options.setdefault(own[2], {})[own[1]] = value
            else:
                changes[path] = value
        return changes, options


def space_of(cell: Cell, free: Any, runs: Sequence[Any] | None = None, who: str = "fit") -> Space:
    """Check what is free; who: the first word of messages.  Raises ParameterError.

    The start is the value of the cell, or of the run, where it lies between the bounds, and else amid them.
    """
    mapping(f"{who}: free", free, WANTED)
    if not free:
        raise ParameterError(f"{who}: no free parameters given; {WANTED}")
    rows = [_row(cell, path, ends, runs or [], who) for path, ends in free.items()]
    ends, log, has = zip(*rows, strict=True)
    lo = [np.log(a) if is_log else 0.0 for (a, _), is_log in zip(ends, log, strict=True)]
    hi = [np.log(b) if is_log else 1.0 for (_, b), is_log in zip(ends, log, strict=True)]
    start = [
        0.5 * (lo[k] + hi[k]) if value is None else np.log(value) if log[k] else (value - a) / (b - a)
        for k, (value, (a, b)) in enumerate(zip(has, ends, strict=True))
    ]
    steps = np.minimum(np.where(log, STEP, LINEAR_STEP), 0.25 * (np.array(hi) - np.array(lo)))
    return Space(tuple(free), ends, log, np.array(lo), np.array(hi), np.array(start), steps)


def _row(
    cell: Cell, path: str, given: Any, runs: Sequence[Any], who: str
) -> tuple[tuple[float, float], bool, float | None]:
    """(bounds, whether the scale is logarithmic, where to start or None) of one quantity."""
    name, scale = f"{who}: {cut(path, 60)}", "log"
    if isinstance(given, tuple | list) and len(given) == 3:
        scale = chosen(f"{name}: scale", given[2], SCALES, ParameterError)
        given = given[:2]
    above = " above 0" if scale == "log" else ""
    wanted = f"give two rising numbers{above}, such as (1e-5, 1e-3)"
    pair = numbers(f"{name}: bounds", given, wanted, least=2, error=ParameterError)
    if pair.size != 2 or not pair[0] < pair[1] or scale == "log" and not pair[0] > 0.0:
        raise ParameterError(f"{name}: bounds {', '.join(f'{x:g}' for x in pair[:4])}: {wanted}")
    a, b = pair.tolist()
    own = OF_RUN.fullmatch(path)
    if own:
        known = {run.name: run for run in runs}
        if own[2] not in known:
            raise ParameterError(f"{name}: no run of the name {own[2][:40]!r}; {near(own[2], known)}")
        value = known[own[2]].options.get(own[1])
        inside = isinstance(value, int | float) and a < value < b
    else:
        for value in (a, b):
            cell.with_({path: value})  # raises if the cell cannot have it
        inside = cell.has(path) and cell.is_number(path) and a < cell.value(path) < b
        value = cell.value(path) if inside else None
    return (a, b), scale == "log", float(value) if inside and value is not None else None


def bounds_of(cell: Cell, free: Any, who: str) -> tuple[Array, Array, Array]:
    """Logarithms (n,) of the lower and upper bounds and of the start.  Raises ParameterError."""
    space = space_of(cell, free, None, who)
    return space.lo, space.hi, space.start
