"""Comparison of runs with a measured record: root mean square and largest difference, in all and step by step."""

from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...cycler import CyclerData
from ...errors import ReportError
from ...simulation.result import Result
from ...support.files import optional
from ..measured import record_of

VOLTAGE, CURRENT, TEMPERATURE = "Voltage [V]", "Current [A]", "Cell temperature [K]"
BEFORE = 1e-6  # s


@dataclass(frozen=True)
class MeasuredComparison:
    """Runs beside a measured record.

    labels, results: the runs.  measured: the record.  differences: simulated less measured voltage [V] at the times
    of the record, an array (n,) a run; NaN after the end of the run.
    """

    labels: tuple[str, ...]
    results: tuple[Result, ...] = field(repr=False)
    measured: CyclerData = field(repr=False)
    differences: tuple[NDArray[np.float64], ...] = field(repr=False)

    @property
    def rms(self) -> dict[str, float]:
        """Root mean square of the difference of each run [V], over the time that it covers."""
        return {label: _rms(d) for label, d in zip(self.labels, self.differences, strict=True)}

    @property
    def largest(self) -> dict[str, float]:
        """Largest magnitude of the difference of each run [V]."""
        return {label: float(np.nanmax(np.abs(d))) for label, d in zip(self.labels, self.differences, strict=True)}

    def to_pandas(self) -> Any:
        """A pandas DataFrame: a row for each run and step of the record, and one with step "all" for each run.

        label, step; rms, largest, mean: of the difference [V]; at: time of the largest one [s]; temperature_rms [K];
        points: rows compared; covered: share of the rows that the run lasted for.
        """
        rows = []
        for label, result, d in zip(self.labels, self.results, self.differences, strict=True):
            dT = _apart(result, TEMPERATURE, self.measured, self.measured.temperature)
            for step in ("all", *np.unique(self.measured.step).tolist()):
                here = np.ones(d.size, bool) if step == "all" else self.measured.step == step
                rows.append({"label": label, "step": step, **_figures(self.measured.t[here], d[here], dT[here])})
        return optional("pandas").DataFrame(rows)

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Voltages, and the differences below, as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_measured

        return plot_measured(self, path)

    def __repr__(self) -> str:
        lines = []
        for label, d in zip(self.labels, self.differences, strict=True):
            k = int(np.nanargmax(np.abs(d)))
            share = np.isfinite(d).mean()
            lines.append(
                f"{label} against {self.measured.name}: {1e3 * _rms(d):.3g} mV rms, at most {1e3 * abs(d[k]):.3g} mV "
                f"at {self.measured.t[k]:.6g} s"
                + (f"; covers {100.0 * share:.3g} % of the rows" if share < 1.0 else "")
            )
        return "\n".join(lines)


def compared(labels: tuple[str, ...], results: tuple[Result, ...], measured: Any) -> MeasuredComparison:
    """Runs beside a record, or beside what `read_cycler` reads.

    Raises ReportError for a run that shares no time with the record, and ProtocolError for faults of the record.
    """
    record = record_of(measured, "compare: measured")
    apart = []
    for label, result in zip(labels, results, strict=True):
        d = _apart(result, VOLTAGE, record, record.voltage)
        if not np.isfinite(d).any():
            raise ReportError(
                f"compare: {label} runs from {result.t[0]:g} to {result.t[-1]:g} s, and {record.name} has no row there"
            )
        apart.append(d)
    return MeasuredComparison(labels, results, record, tuple(apart))


def _apart(result: Result, name: str, record: CyclerData, values: Any) -> NDArray[np.float64]:
    """Simulated less measured values (n,); NaN where there is none.

    Where one step follows another, the value before or after the change is taken by the measured current.
    """
    t, found = record.t, np.full(len(record), np.nan)
    if values is None or name not in result.variables:
        return found
    found = result.at(name, t)
    before = np.maximum(t - BEFORE, result.t[0])
    near = np.abs(result.at(CURRENT, before) - record.current) < np.abs(result.at(CURRENT, t) - record.current)
    return np.asarray(np.where(near, result.at(name, before), found) - values)


def _figures(t: NDArray[Any], d: NDArray[Any], dT: NDArray[Any]) -> dict[str, float]:
    known = np.isfinite(d)
    k = int(np.argmax(np.abs(np.where(known, d, 0.0)))) if d.size else 0
    nan = float("nan")
    return {
        "rms": _rms(d),
        "largest": float(np.abs(d[k])) if known.any() else nan,
        "mean": float(np.mean(d[known])) if known.any() else nan,
        "at": float(t[k]) if known.any() else nan,
        "temperature_rms": _rms(dT),
        "points": int(known.sum()),
        "covered": float(known.mean()) if d.size else nan,
    }


def _rms(d: NDArray[np.float64]) -> float:
    known = d[np.isfinite(d)]
    return float(np.sqrt(np.mean(known**2))) if known.size else float("nan")
