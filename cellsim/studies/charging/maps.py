"""Charging times over ranges: maps over two quantities and Pareto fronts over one limit.

Every point is a ride along the limits with heat, at a coarse accuracy that moves a time by about 1 %; threads share
the points.
"""
import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ...ensemble.ensemble import threads_of
from ...ensemble.resumable import run_resumably
from ...errors import ParameterError, ProtocolError, SolveError
from ...parameters import Cell, load
from ...support.arguments import chosen, number, numbers
from ...support.files import optional
from ..resizing import resized
from .axes import AXES, FRONTS, LAYERS, OVER, RANGES
from .constrained import MET, Limits, check_window, ride
from .constraints import WRITTEN, in_words, limits_of, with_limit

ACCURACY = 5e-3  # V


@dataclass(frozen=True)
class ChargeMap:
    """Minutes of the fastest safe charge, (y values, x values).

    Infinite where it never gets there or no such cell can be; NaN where the solver failed.
    safe: share of the time at which the largest C-rate itself was what bound; 1 where the whole charge at that
    rate keeps to all limits.
    """

    cell: str
    x: str
    y: str
    x_values: np.ndarray
    y_values: np.ndarray
    minutes: np.ndarray
    safe: np.ndarray
    limits: str
    start: float
    end: float

    def to_pandas(self):
        """A DataFrame, one row a point."""
        x, y = np.meshgrid(self.x_values, self.y_values)
        return optional("pandas").DataFrame({
            f"{self.y} [{AXES[self.y]}]": y.ravel(), f"{self.x} [{AXES[self.x]}]": x.ravel(),
            "minutes": self.minutes.ravel(), "share of the time at the largest C-rate": self.safe.ravel()})

    def plot(self, path=None):
        """The map as a matplotlib Figure."""
        from .plots_maps import plot_map

        return plot_map(self, path)


def _settled(cell, limits, celsius, axes) -> tuple[Cell, Limits, float]:
    """The case with the values of its axes."""
    for name, value in axes.items():
        if name == "temperature":
            celsius = value
        elif name == "areal capacity":
            cell = resized(cell, 10.0 * value)
        elif name == "c-rate":
            limits = with_limit(limits, "current", value)
        else:
            path, unit = LAYERS[name]
            cell = cell.with_({path: unit * value})
    return cell, limits, celsius


def celsius(name, value) -> float:
    """A temperature in degC.  Raises ProtocolError."""
    return number(name, value, "give degrees Celsius, from -73 to 127", low=-73.0, high=127.0)


def _values(name, values, unit, ends) -> np.ndarray:
    """Values of an axis, checked."""
    low, high = ends
    return numbers(name, values, f"give numbers from {low:g} to {high:g} {unit}", low=low, high=high)


def point(cell, limits, celsius, axes, start, end, how):
    """(minutes, share of the time at the largest C-rate) of one point."""
    try:
        other, kept, T = _settled(cell, limits, celsius, axes)
    except ParameterError:
        return math.inf, 0.0  # there is no such cell
    if kept.temperature is not None and kept.temperature - MET <= T + 273.15:
        return math.inf, 0.0
    try:
        found = ride(other, kept, soc=start, to=end, temperature=T + 273.15, accuracy=ACCURACY, heat=True, **how)
    except SolveError:
        return math.nan, 0.0
    at_most = sum(b - a for name, a, b in found.active if name == "current")
    return found.duration / 60.0, at_most / found.duration if found.reached else 0.0


def charge_map(cell, x: str, x_values: Iterable[float], y: str, y_values: Iterable[float], *, limits=None, start=0.1,
               end=0.8, temperature=25.0, threads=None, path=None, progress=None, **how) -> ChargeMap:
    """Times of the fastest safe charge over two of AXES, in their units.

    limits: text or `Limits`; temperature [degC] where that is no axis.  path: `.parquet` or `.csv`: points are
    saved as they come, row by row of the map, and an interrupted map goes on where it stopped.
    Raises ProtocolError for an axis that is not known.
    """
    for name in (x, y):
        chosen("map over", name, AXES)
    if x == y:
        raise ProtocolError(f"map over {x} twice: give two quantities")
    check_window(start, end)
    cell = load(cell)
    temperature = celsius("temperature", temperature)
    xs, ys = (_values(f"map: values of {name}", values, AXES[name], RANGES[name])
              for name, values in ((x, x_values), (y, y_values)))
    kept = limits_of(limits, cell)
    for name in {x, y} & set(LAYERS):
        cell.value(LAYERS[name][0])  # a ParameterError if the cell has no such quantity
    pool = ThreadPoolExecutor(threads_of(threads), thread_name_prefix="cellsim")

    def row(case):
        points = pool.map(lambda value: point(cell, kept, temperature, {x: value, y: case["y"]}, start, end, how), xs)
        minutes, safe = zip(*points, strict=True)
        return {"minutes": list(minutes), "safe": list(safe)}

    def whole(rows):
        minutes, safe = (np.array([r[key] for r in rows]) for key in ("minutes", "safe"))
        return ChargeMap(cell.name, x, y, xs, ys, minutes, safe, in_words(kept), start, end)

    same = _same(cell, kept, start, end, temperature, how)
    cases = [{"y": float(value), "axes": f"{x}, {y}", "x": xs.tolist(), **same} for value in ys]
    try:
        return whole(run_resumably(cases, row, path, progress, lambda rows: whole(rows).to_pandas()))
    finally:
        pool.shutdown(cancel_futures=True)


def _same(cell, limits, start, end, temperature, how) -> dict:
    """What all points have in common, by which a journal tells them from those of another study."""
    return {"cell": cell.digest(), "limits": repr(limits), "from": start, "to": end, "temperature": temperature,
            "accuracy": ACCURACY, "how": repr(sorted(how.items()))}


@dataclass(frozen=True)
class Front:
    """Minutes (values,) of the fastest charge against one of its limits, in the unit of WRITTEN; limits: the others.

    Infinite where it never gets there; NaN where the solver failed.
    """

    cell: str
    over: str
    values: np.ndarray
    minutes: np.ndarray
    limits: str
    start: float
    end: float
    temperature: float

    def to_pandas(self):
        """A DataFrame, one row a value."""
        return optional("pandas").DataFrame({f"{self.over} [{WRITTEN[self.over][0]}]": self.values,
                                             "minutes": self.minutes})

    def plot(self, path=None):
        """Time over the limit as a matplotlib Figure."""
        from .plots_maps import plot_front

        return plot_front(self, path)

    def __repr__(self):
        points = ", ".join(f"{v:g} {WRITTEN[self.over][0]}: {m:.3g}" for v, m in zip(self.values, self.minutes,
                                                                                 strict=True))
        return f"{self.cell}, minutes over {self.over}: {points}"


def pareto(cell, over: str, values: Iterable[float], *, limits=None, start=0.1, end=0.8, temperature=25.0, path=None,
           progress=None, **how) -> Front:
    """Time of the fastest charge for each value of one limit, the others being kept.

    over: "plating margin" [mV], "temperature" [degC] or "critical current margin" [mA/cm2].  temperature [degC]: at
    the start and of the surroundings.  path: as of `charge_map`, point by point.
    Raises ProtocolError for a limit that is not known or that the cell cannot have.
    """
    chosen("front over", over, OVER)
    check_window(start, end)
    cell = load(cell)
    temperature = celsius("temperature", temperature)
    values = _values(f"front: values of {over}", values, WRITTEN[over][0], FRONTS[over])
    kept = limits_of(limits, cell)
    if over not in with_limit(kept, over, 0.0).of(cell):
        raise ProtocolError(f"front over {over!r}: {cell.name} has no such limit")

    def row(case):
        point_limits = with_limit(kept, over, case["value"])
        return {"minutes": point(cell, point_limits, temperature, {}, start, end, how)[0]}

    def whole(rows):
        values, minutes = (np.array([r[key] for r in rows]) for key in ("value", "minutes"))
        others = in_words(with_limit(kept, over, None))
        return Front(cell.name, over, values, minutes, others, start, end, temperature)

    same = _same(cell, kept, start, end, temperature, how)
    cases = [{"value": float(v), "over": over, **same} for v in values]
    return whole(run_resumably(cases, row, path, progress, lambda rows: whole(rows).to_pandas()))
