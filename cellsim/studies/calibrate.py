"""Fit parameters of a cell to measured runs by least squares; what is fitted is marked so."""
from dataclasses import dataclass, field

import numpy as np

from ..errors import ParameterError, SolveError
from ..parameters import Cell
from ..protocols import Step
from ..simulation import simulate

STEP = 0.02  # of a logarithm, for finite differences: a run is only good to its accuracy
FAR = 1e3  # residual of a run that the solver cannot do


@dataclass(frozen=True)
class MeasuredRun:
    """A measured run: t [s], voltage [V] and perhaps temperature [K] at these times, and how to simulate it.

    steps: as `simulate` takes them.  options: keyword arguments of `simulate`, such as `voltage`, `ambient`.
    """

    name: str
    t: np.ndarray = field(repr=False)
    voltage: np.ndarray = field(repr=False)
    steps: tuple[Step, ...]
    options: dict
    temperature: np.ndarray | None = field(default=None, repr=False)

    def differences(self, cell) -> tuple[np.ndarray, np.ndarray]:
        """Simulated less measured voltage [V] and temperature [K] at the measured times; the latter may be empty.

        Where the run ends before the measurement it goes on along its last slope, so that an end too early
        counts by how much too early it is.
        """
        heat = self.options.get("heat", self.temperature is not None or None)
        result = simulate(cell, list(self.steps), **{**self.options, "heat": heat})
        dV = continued(result, "Voltage [V]", self.t) - self.voltage
        if self.temperature is None:
            return dV, np.empty(0)
        return dV, continued(result, "Cell temperature [K]", self.t) - self.temperature


def continued(result, name, t):
    """Values of a result at times t [s], along the last slope beyond its end."""
    end, y = result.t[-1], result[name]
    k = min(int(np.searchsorted(result.t, 0.98 * end)), y.size - 2)
    slope = (y[-1] - y[k]) / (end - result.t[k])
    return np.where(t > end, y[-1] + slope * (t - end), result.at(name, np.minimum(t, end)))


@dataclass(frozen=True)
class Calibration:
    """The fitted cell, its values by path, and per run the rms of voltage [V] and temperature [K] (or NaN).

    at_bounds: paths whose value ended at a bound: the runs do not determine them.
    """

    cell: Cell
    values: dict[str, float]
    rms: dict[str, tuple[float, float]]
    at_bounds: tuple[str, ...]


def calibrate(cell, runs, free, *, voltage_scale=0.01, temperature_scale=0.5, evaluations=60) -> Calibration:
    """Fit the quantities `free` of `cell` to `runs`.

    runs: a list of `MeasuredRun`.  free: {"section/quantity": (lowest, highest)}, both above 0, in the unit of
    the quantity; the search goes over logarithms and starts from the cell's value, or amid the bounds if the cell has
    none within.  voltage_scale [V] and temperature_scale [K]: differences that count alike.
    evaluations: at most so many steps of the search.  Every measured time counts alike within a run, and
    every run alike.  Raises ParameterError.
    """
    from scipy.optimize import least_squares

    lo, hi, start = _bounds(cell, free)

    def at(logs):
        return cell.with_(dict(zip(free, np.exp(logs).tolist(), strict=True)))

    def residuals(logs):
        return np.concatenate([_scaled(run, at(logs), voltage_scale, temperature_scale) for run in runs])

    found = least_squares(residuals, start, bounds=(lo, hi), diff_step=STEP, x_scale=1.0, max_nfev=evaluations,
                          ftol=1e-4, xtol=1e-4)
    best = at(found.x)
    rms = {run.name: tuple(_rms(d) for d in run.differences(best)) for run in runs}
    ends = tuple(path for path, x, a, b in zip(free, found.x, lo, hi, strict=True)
                 if min(x - a, b - x) < 0.01 * (b - a))
    return Calibration(best, dict(zip(free, np.exp(found.x).tolist(), strict=True)), rms, ends)


def _bounds(cell, free):
    if not free:
        raise ParameterError("calibrate: nothing is free; give {\"section/quantity\": (lowest, highest)}")
    for path, (a, b) in free.items():
        if not 0.0 < a < b < np.inf:
            raise ParameterError(f"calibrate: {path}: bounds {a!r}, {b!r}: give two rising numbers above 0")
    lo, hi = np.log(np.array(list(free.values()), float)).T
    start = [np.log(cell.value(path)) if cell.has(path) and a < cell.value(path) < b else 0.5 * np.log(a * b)
             for path, (a, b) in free.items()]
    return lo, hi, np.array(start)


def _scaled(run, cell, volts, kelvin):
    try:
        dV, dT = run.differences(cell)
    except SolveError:
        return np.full(run.t.size * (1 + (run.temperature is not None)), FAR)
    return np.concatenate([dV / volts, dT / kelvin]) / np.sqrt(run.t.size)


def _rms(d):
    return float(np.sqrt(np.mean(d**2))) if d.size else float("nan")
