"""Charging times over ranges: maps over two quantities and Pareto fronts over one limit.

Every point is a charge along the limits with heat, at a coarse accuracy that moves a time by about 1 %, and a job of
its own.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ...ensemble.engine import Progress
from ...ensemble.resumable import run_resumably
from ...errors import ParameterError, ProtocolError, SolveError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell, load
from ...protocols.quantities import CONSTRAINTS
from ...support.arguments import chosen, numbers
from ...support.files import optional
from ...support.renamed import by_name
from ..resizing import resized
from .axes import AXES, FRONTS, KELVIN, LAYERS, OVER, RANGES, as_shown, in_celsius, kelvin
from .constrained import MET, ChargeConstraints, check_window, constrained_charge_coroutine
from .constraints import in_words, limits_of, with_limit

ACCURACY = 5e-3  # V


@dataclass(frozen=True)
class ChargeMap:
    """Minutes of the fastest safe charge, (y values, x values).

    Infinite where it never gets there or no such cell can be; NaN where the solver failed.
    safe: fraction of the charging time during which the C-rate cap was active; 1 where the whole charge at that
    rate keeps to all limits.  failures: why the solver failed, "" where it did not.
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
    failures: np.ndarray = field(default_factory=lambda: np.array([], str))

    def to_pandas(self):
        """A DataFrame, one row a point."""
        x, y = np.meshgrid(self.x_values, self.y_values)
        return optional("pandas").DataFrame(
            {
                f"{self.y} [{AXES[self.y]}]": y.ravel(),
                f"{self.x} [{AXES[self.x]}]": x.ravel(),
                "minutes": self.minutes.ravel(),
                "share of the time at the largest C-rate": self.safe.ravel(),
                "failure": self.failures.ravel() if self.failures.size else "",
            }
        )

    def plot(self, path=None):
        """The map as a matplotlib Figure."""
        from .plots_maps import plot_map

        return plot_map(self, path)


def _settled(cell, limits, temperature, axes) -> tuple[Cell, ChargeConstraints, float]:
    """The case with the values of its axes."""
    for name, value in axes.items():
        if name == "temperature":
            temperature = value
        elif name == "areal capacity":
            cell = resized(cell, 10.0 * value)
        elif name == "c-rate":
            limits = with_limit(limits, "current", value)
        else:
            path, unit = LAYERS[name]
            cell = cell.with_({path: unit * value})
    return cell, limits, temperature


def _values(name, values, unit, ends) -> np.ndarray:
    """Values of an axis, checked."""
    if name.endswith("temperature"):
        return np.array([kelvin(name, value) for value in numbers(name, values, KELVIN)])
    low, high = ends
    return numbers(name, values, f"give numbers from {low:g} to {high:g} {unit}", low=low, high=high)


def point(
    cell: Cell,
    limits: ChargeConstraints,
    temperature: float,
    axes: dict[str, float],
    start: float,
    end: float,
    how: dict[str, Any],
) -> Coroutine[tuple[float, float, str]]:
    """Minutes, share of the time at the largest C-rate and reason of a solver's failure of one point."""
    try:
        other, kept, T = _settled(cell, limits, temperature, axes)
    except ParameterError:
        return math.inf, 0.0, ""  # there is no such cell
    if kept.temperature is not None and kept.temperature - MET <= T:
        return math.inf, 0.0, ""
    try:
        found = yield from constrained_charge_coroutine(
            other, kept, soc=start, to=end, temperature=T, accuracy=ACCURACY, heat=True, **how
        )
    except SolveError as fault:
        return math.nan, 0.0, str(fault)
    at_most = sum(b - a for name, a, b in found.active if name == "current")
    return found.duration / 60.0, at_most / found.duration if found.reached else 0.0, ""


def run_points(cases, points, path, progress, table=None, *, threads=None, processes=None) -> list[dict]:
    """The rows of cases of which each is a `point`, see `run_resumably`; one that fails is a row with the reason."""

    def row_of(case: dict, found: tuple[float, float, str]) -> dict:
        return dict(zip(("minutes", "safe", "failure"), found, strict=True))

    def failed(case: dict, why: str) -> dict:
        return row_of(case, (math.nan, 0.0, why))

    return run_resumably(
        cases, points, path, progress, table, row_of=row_of, failed=failed, threads=threads, processes=processes
    )


@by_name
def charge_map(
    cell,
    x: str,
    x_values: Iterable[float],
    y: str,
    y_values: Iterable[float],
    *,
    limits=None,
    start=0.1,
    end=0.8,
    temperature=298.15,
    threads: int | None = None,
    processes: int | None = None,
    path=None,
    progress: Progress = None,
    **how,
) -> ChargeMap:
    """Times of the fastest safe charge over two of AXES, in their units; temperatures are given in kelvin.

    limits: text or `ChargeConstraints`; temperature [K] where that is no axis.  path: `.parquet` or `.csv`: points are
    saved as they come, and an interrupted map is resumed where it stopped.
    progress: True for a bar, or a function called with the numbers of points done and in all.
    threads: to run kernels in, as many as processors unless given; processes: so many of them instead.
    Raises ProtocolError for an axis that is not known.
    """
    for name in (x, y):
        chosen("map over", name, AXES)
    if x == y:
        raise ProtocolError(f"map over {x} twice: give two quantities")
    check_window(start, end)
    cell = load(cell)
    temperature = kelvin("temperature", temperature)
    xs, ys = (
        _values(f"map: values of {name}", values, AXES[name], RANGES[name])
        for name, values in ((x, x_values), (y, y_values))
    )
    kept = limits_of(limits, cell)
    for name in {x, y} & set(LAYERS):
        cell.value(LAYERS[name][0])  # a ParameterError if the cell has no such quantity
    points = partial(_point_of_map, cell, kept, temperature, (x, y), start, end, how)

    def of_rows(rows: list[dict]) -> ChargeMap:
        minutes, safe, failures = (
            np.array([r[key] for r in rows]).reshape(ys.size, xs.size) for key in ("minutes", "safe", "failure")
        )
        return ChargeMap(cell.name, x, y, xs, ys, minutes, safe, in_words(kept), start, end, failures)

    same = in_common(cell, kept, start, end, temperature, how)
    cases = [{"x": float(one), "y": float(other), "axes": f"{x}, {y}", **same} for other in ys for one in xs]
    table = lambda rows: of_rows(rows).to_pandas()  # noqa: E731
    return of_rows(run_points(cases, points, path, progress, table, threads=threads, processes=processes))


def _point_of_map(cell, limits, temperature, axes, start, end, how, case: dict) -> Coroutine[tuple[float, float, str]]:
    return point(cell, limits, temperature, {axes[0]: case["x"], axes[1]: case["y"]}, start, end, how)


def in_common(cell, limits, start, end, temperature, how) -> dict:
    """What all points have in common, by which a journal tells them from those of another study."""
    return {
        "cell": cell.digest(),
        "limits": repr(limits),
        "from": start,
        "to": end,
        "temperature": temperature,
        "accuracy": ACCURACY,
        "how": repr(sorted(how.items())),
    }


@dataclass(frozen=True)
class Front:
    """Minutes (values,) of the fastest charge against one of its limits; limits: the others.

    values: in the unit in which the limit is written, of a temperature in kelvin.

    Infinite where it never gets there; NaN where the solver failed, for the reason in failures.
    """

    cell: str
    over: str
    values: np.ndarray
    minutes: np.ndarray
    limits: str
    start: float
    end: float
    start_temperature: float  # K, also of the surroundings
    failures: tuple[str, ...] = ()

    temperature = in_celsius("temperature", "start_temperature")

    def to_pandas(self):
        """A DataFrame, one row a value."""
        return optional("pandas").DataFrame(
            {
                f"{self.over} [{'K' if self.over == 'temperature' else CONSTRAINTS[self.over].unit}]": self.values,
                "minutes": self.minutes,
                "failure": self.failures or "",
            }
        )

    def plot(self, path=None):
        """Time over the limit as a matplotlib Figure."""
        from .plots_maps import plot_front

        return plot_front(self, path)

    def __repr__(self):
        values, unit = as_shown(self.over, self.values, CONSTRAINTS[self.over].unit)
        points = ", ".join(f"{v:g} {unit}: {m:.3g}" for v, m in zip(values, self.minutes, strict=True))
        return f"{self.cell}, minutes over {self.over}: {points}"


@by_name
def pareto(
    cell,
    over: str,
    values: Iterable[float],
    *,
    limits=None,
    start=0.1,
    end=0.8,
    temperature=298.15,
    path=None,
    progress: Progress = None,
    threads: int | None = None,
    processes: int | None = None,
    **how,
) -> Front:
    """Time of the fastest charge for each value of one limit, the others being kept.

    over: "plating margin" [mV], "temperature" [K] or "critical current margin" [mA/cm2].  temperature [K]: at
    the start and of the surroundings.  path, progress, threads, processes: as in `charge_map`.
    Raises ProtocolError for a limit that is not known or that the cell cannot have.
    """
    chosen("front over", over, OVER)
    check_window(start, end)
    cell = load(cell)
    temperature = kelvin("temperature", temperature)
    values = _values(f"front: values of {over}", values, CONSTRAINTS[over].unit, FRONTS[over])
    kept = limits_of(limits, cell)
    if over not in with_limit(kept, over, 0.0).of(cell):
        raise ProtocolError(f"front over {over!r}: {cell.name} has no such limit")

    def of_rows(rows: list[dict]) -> Front:
        values, minutes = (np.array([r[key] for r in rows]) for key in ("value", "minutes"))
        others = in_words(with_limit(kept, over, None))
        return Front(
            cell.name, over, values, minutes, others, start, end, temperature, tuple(r["failure"] for r in rows)
        )

    same = in_common(cell, kept, start, end, temperature, how)
    cases = [{"value": float(v), "over": over, **same} for v in values]
    points = partial(_point_of_front, cell, kept, temperature, start, end, how)
    table = lambda rows: of_rows(rows).to_pandas()  # noqa: E731
    return of_rows(run_points(cases, points, path, progress, table, threads=threads, processes=processes))


def _point_of_front(cell, limits, temperature, start, end, how, case: dict) -> Coroutine[tuple[float, float, str]]:
    value = case["value"]
    within = (
        replace(limits, temperature=value) if case["over"] == "temperature" else with_limit(limits, case["over"], value)
    )
    return point(cell, within, temperature, {}, start, end, how)
