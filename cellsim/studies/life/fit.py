"""Fit rates of ageing to capacities measured over cycles, and predict cycles beyond them with an interval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import CellsimError, ParameterError, ProtocolError
from ...models import SPM
from ...parameters import Cell
from ...protocols import Protocol
from ...support.arguments import mapping, number, numbers, text, whole
from ...support.renamed import by_name
from ..estimation.space import bounds_of
from .age import age
from .contents import Array
from .prepare import aged_cell

STEP = 0.1  # of a logarithm, for slopes: the change that it makes must stand out from the error of jumps
CERTAINTY = 0.95  # of intervals
POINTS = 60  # of a predicted curve
FLAT = 1e-12  # curvature of the sum of squares, as a share of the largest one, that counts as none
DATA = 'give {"cycle": [...], "capacity": [...]} in Ah, or "relative capacity" as a share of the first cycle\'s'


@dataclass(frozen=True)
class AgeingFit:
    """Rates of ageing that describe measured capacities, and the capacity that they predict.

    cell: with the fitted values, whose method is "fitted".  values, standard_errors: by path, in the unit of the
    quantity; intervals: of 95 %, from the curvature of the sum of squares in the logarithms of the values.
    at_bounds: paths whose value ended at a bound: the data do not determine them.
    rms: of the cycles that were fitted, rms_beyond: of those after `until_cycle` (NaN if none); in the unit of the
    data, Ah or a share of the first capacity.
    curve: a pandas DataFrame over "Cycle number" with the fitted capacity and the ends of its 95 % interval: that of
    the curve, without the scatter of single measurements, and as if the model were right.
    success, reason: whether the search converged and the data determine every value, and why not, in words.
    evaluations: lives that were simulated.
    """

    cell: Cell
    values: dict[str, float]
    standard_errors: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    at_bounds: tuple[str, ...]
    rms: float
    rms_beyond: float
    curve: Any = field(repr=False)
    success: bool
    reason: str
    evaluations: int
    unit: str
    data: Mapping[str, Array] = field(repr=False)
    until_cycle: float

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Data, fitted curve and interval over the cycles, as a matplotlib Figure."""
        from .plots_fit import plot_fit

        return plot_fit(self, path)

    def __str__(self) -> str:
        lines = [f"{self.cell.name}: {'fitted' if self.success else 'not fitted'}: {self.reason}"]
        for path, value in self.values.items():
            low, high = self.intervals[path]
            bound = "  (at a bound)" if path in self.at_bounds else ""
            lines.append(f"  {path}: {value:.4g}, 95 % interval {low:.4g} to {high:.4g}{bound}")
        scale, unit = (1.0, "Ah") if self.unit == "Ah" else (100.0, "%")
        lines.append(f"  rms {scale * self.rms:.3g} {unit} up to cycle {self.until_cycle:g}")
        if np.isfinite(self.rms_beyond):
            lines.append(f"  rms {scale * self.rms_beyond:.3g} {unit} of the cycles beyond, which were not fitted")
        return "\n".join(lines)


@by_name
def fit_ageing(
    cell: Any,
    data: Any,
    free: Mapping[str, tuple[float, float]],
    *,
    protocol: Any,
    source: str,
    until_cycle: float | None = None,
    predict_to: int | None = None,
    ageing: Any = None,
    model: Any = None,
    temperature: Any = None,
    soc: Any = 1.0,
    heat: Any = None,
    ambient: Any = None,
    jump: bool = True,
    tolerance: float = 1e-3,
    evaluations: int = 15,
    progress: Callable[[int], Any] | None = None,
) -> AgeingFit:
    """Fit the quantities `free` of a cell to its capacity over cycles.

    cell: a `Cell`, or the name or path of one; the mechanisms must be on, see `ageing`.
    data: a mapping or DataFrame with "cycle" (n,) and "capacity" (n,) [Ah] or "relative capacity" (n,), which is the
    share of the capacity of the first cycle.  Cycles rise and begin at 1; the capacity is that of all discharges of
    the cycle `protocol`.
    free: {"section/quantity": (lowest, highest)}, both above 0; the search goes over logarithms and starts from the
    cell's value, or amid the bounds if the cell has none within.
    source: where the data come from, as text; it is kept with the fitted values.
    until_cycle: fit no later cycles; those show how well the fit predicts.  predict_to: last cycle of the curve.
    ageing, model, temperature, soc, heat, ambient, jump, tolerance: as in `age`, model SPM unless given.  A life starts
    at rest: with a protocol that begins with the charge, and soc=0, the first discharge is like the others.
    evaluations: at most so many steps of the search.  progress: function (lives simulated so far).
    Raises ParameterError and ProtocolError; whether the fit succeeded is in `.success` and `.reason`.
    """
    cell = aged_cell(cell, ageing)
    cycles, measured, relative = _checked(data)
    until = number("until_cycle", until_cycle, "give a cycle number, at least 1, or None", low=1.0, none=True)
    until = float(cycles[-1]) if until is None else until
    last = whole("predict_to", predict_to, "give a cycle number of at least 2, or None", low=2, none=True)
    fitted = cycles <= until
    if fitted.sum() <= len(mapping("fit_ageing: free", free, 'give {"section/quantity": (lowest, highest)}')):
        raise ProtocolError(
            f"fit_ageing: {fitted.sum()} capacities up to cycle {until:g} for {len(free)} free quantities; give more "
            "capacities than quantities"
        )
    lives = _Lives(
        cell,
        list(free),
        text("source", source, "say where the data come from, as text"),
        Protocol(protocol),
        max(int(np.ceil(cycles[-1])), last or 2),
        relative,
        {
            "model": SPM() if model is None else model,
            "temperature": temperature,
            "soc": soc,
            "heat": heat,
            "ambient": ambient,
            "jump": jump,
            "tolerance": tolerance,
        },
        progress,
    )
    bounds = bounds_of(cell, free, "fit_ageing")
    most = whole("evaluations", evaluations, "give a whole number, at least 1")
    return _fitted(lives, bounds, cycles, measured, fitted, most)


def _checked(data: Any) -> tuple[Array, Array, bool]:
    """Cycles, capacities, and whether those are relative."""
    try:
        columns = {str(key): data[key] for key in data}
    except (TypeError, KeyError, IndexError):
        raise ProtocolError(f"fit_ageing: data: {DATA}") from None
    kinds = [key for key in ("capacity", "relative capacity") if key in columns]
    if "cycle" not in columns or len(kinds) != 1:
        raise ProtocolError(f"fit_ageing: data with the columns {', '.join(map(repr, columns))[:200]}: {DATA}")
    cycles = numbers("fit_ageing: cycle", columns["cycle"], "give cycle numbers, from 1 on", low=1.0, high=1e6)
    wanted = "give capacities in Ah, above 0" if kinds[0] == "capacity" else "give shares such as 0.95, not percent"
    high = np.inf if kinds[0] == "capacity" else 1.5
    capacity = numbers(f"fit_ageing: {kinds[0]}", columns[kinds[0]], wanted, low=1e-12, high=high)
    if cycles.size != capacity.size:
        raise ProtocolError(f"fit_ageing: {cycles.size} cycles for {capacity.size} capacities; give as many of both")
    falls = np.flatnonzero(np.diff(cycles) <= 0.0)
    if falls.size:
        k = falls[0]
        raise ProtocolError(
            f"fit_ageing: cycle {cycles[k + 1]:g} (number {k + 2}) does not come after {cycles[k]:g}; cycles must rise"
        )
    return cycles, capacity, kinds[0] != "capacity"


@dataclass
class _Lives:
    """The lives of a cell with other values of the free quantities."""

    cell: Cell
    paths: list[str]
    source: str
    protocol: Protocol
    cycles: int
    relative: bool
    keywords: dict[str, Any]
    progress: Callable[[int], Any] | None
    count: int = 0
    fault: str = ""

    def at(self, logs: Array) -> Cell:
        """The cell with these logarithms of the values."""
        return self.cell.with_(
            dict(zip(self.paths, np.exp(logs).tolist(), strict=True)),
            method="fitted",
            source=f"fit_ageing by cellsim to capacities over cycles: {self.source[:200]}",
        )

    def capacities(self, logs: Array, cycles: Array) -> Array:
        """Capacity at the cycles [Ah or share]; 0 after the end of a life and where there is none."""
        self.count += 1
        if self.progress is not None:
            self.progress(self.count)
        try:
            life = age(self.at(logs), self.protocol, self.cycles, until=None, **self.keywords)
            known = life.table["Discharge capacity [A.h]"].dropna()
            if len(known) < 2:
                return np.zeros(cycles.size)
            found = np.nan_to_num(life.capacity(cycles), nan=0.0)
        except ParameterError:
            raise
        except CellsimError as fault:  # a life that cannot be simulated is far off
            self.fault = str(fault)
            return np.zeros(cycles.size)
        return np.asarray(found / float(known.iloc[0]) if self.relative else found)

    def slopes(self, logs: Array, here: Array, cycles: Array, upper: Array) -> Array:
        """Differences of the capacities over those of the logarithms (cycles, paths)."""
        columns = []
        for k in range(logs.size):
            step = STEP if logs[k] + STEP <= upper[k] else -STEP
            there = self.capacities(logs + step * (np.arange(logs.size) == k), cycles)
            columns.append((there - here) / step)
        return np.stack(columns, axis=1)


def _fitted(lives: _Lives, bounds: Any, cycles: Array, measured: Array, fitted: Any, most: int) -> AgeingFit:
    from scipy.optimize import least_squares

    lower, upper, start = bounds
    every = np.unique(np.concatenate([cycles, np.linspace(1.0, lives.cycles, POINTS)]))  # cycles of data and curve
    among = np.searchsorted(every, cycles)
    known: dict[bytes, Array] = {}
    found_slopes: dict[bytes, Array] = {}

    def curve(logs: Array) -> Array:
        if logs.tobytes() not in known:
            known[logs.tobytes()] = lives.capacities(logs, every)
        return known[logs.tobytes()]

    def slopes(logs: Array) -> Array:
        if logs.tobytes() not in found_slopes:
            found_slopes[logs.tobytes()] = lives.slopes(logs, curve(logs), every, upper)
        return found_slopes[logs.tobytes()]

    scale = 1e-2 * float(np.max(measured))
    if not curve(start).any() and lives.fault:
        raise ProtocolError(f"fit_ageing: the life that the search starts from cannot be simulated: {lives.fault}")
    search = least_squares(
        lambda logs: (curve(logs)[among] - measured)[fitted] / scale,
        start,
        lambda logs: slopes(logs)[among][fitted] / scale,
        bounds=(lower, upper),
        x_scale=1.0,
        max_nfev=most,
        ftol=1e-4,
        xtol=1e-3,
    )
    best = search.x
    apart = curve(best)[among] - measured
    errors, band, lost = _uncertainty(slopes(best), among[fitted], apart[fitted])
    values = dict(zip(lives.paths, np.exp(best).tolist(), strict=True))
    spread = _quantile(int(fitted.sum()) - best.size)
    ends = np.minimum(best - lower, upper - best) < 0.01 * (upper - lower)
    bounded = tuple(path for path, at_end in zip(lives.paths, ends, strict=True) if at_end)
    reason = "converged"
    if not search.status:
        reason = f"the search had not converged after {most} steps; give more evaluations"
    elif lost:
        reason = "the data do not determine every quantity; free fewer, or give later cycles"
    elif bounded:
        reason = f"at a bound: {', '.join(bounded)}; give wider bounds, or free fewer quantities"
    return AgeingFit(
        lives.at(best),
        values,
        {path: values[path] * e for path, e in zip(lives.paths, errors, strict=True)},
        {p: tuple(values[p] * np.exp([-spread * e, spread * e])) for p, e in zip(lives.paths, errors, strict=True)},
        bounded,
        float(np.sqrt(np.mean(apart[fitted] ** 2))),
        float(np.sqrt(np.mean(apart[~fitted] ** 2))) if (~fitted).any() else float("nan"),
        _table(every, curve(best), spread * band, lives.relative),
        reason == "converged",
        reason,
        lives.count,
        "1" if lives.relative else "Ah",
        {"cycle": cycles, "capacity": measured},
        float(cycles[fitted][-1]),
    )


def _uncertainty(slopes: Array, fitted: Array, apart: Array) -> tuple[Array, Array, bool]:
    """Standard errors of the logarithms and of the curve, and whether the data leave a quantity open.

    slopes (every, n): of the whole curve; fitted: its rows that were fitted; apart: what is left there.
    """
    J = slopes[fitted]
    curvature, ways = np.linalg.eigh(J.T @ J)
    if curvature[0] <= FLAT * curvature[-1] or curvature[-1] == 0.0:
        return np.full(J.shape[1], np.inf), np.full(len(slopes), np.nan), True
    variance = float(apart @ apart) / (apart.size - J.shape[1])
    root = ways * np.sqrt(variance / curvature)  # covariance = root root^T
    return np.linalg.norm(root, axis=1), np.linalg.norm(slopes @ root, axis=1), False


def _quantile(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.5 + 0.5 * CERTAINTY, freedom))


def _table(cycles: Array, capacity: Array, half: Array, relative: bool) -> Any:
    from ...support.files import optional

    name = "Relative capacity" if relative else "Discharge capacity [A.h]"
    return optional("pandas").DataFrame(
        {name: capacity, "Low": capacity - half, "High": capacity + half},
        index=optional("pandas").Index(cycles, name="Cycle number"),
    )
