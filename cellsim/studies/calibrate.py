"""Fit parameters of a cell to measured runs by least squares; what is fitted is marked so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ensemble.case import known_options
from ..ensemble.engine import Progress, reporting, values_of, workers_of
from ..ensemble.jobs import Job
from ..errors import CellsimError, ParameterError, ProtocolError, SolveError
from ..kernels.call.calls import Coroutine, finish
from ..parameters import Cell, load
from ..protocols import Protocol
from ..simulation.result import Result
from ..simulation.run import simulate_coroutine
from ..support.arguments import listed, mapping, number, numbers, text, whole

STEP = 0.02  # of a logarithm, for finite differences: a run is only good to its accuracy
FAR = 100.0  # scaled residual of a run that the solver cannot do
POOR = 10.0  # scaled rms of a run from which on it counts as not described
SHORT = 0.01  # share of a measurement by which a run may end too early
TRIES = 8  # starting points for each free quantity, where the first search is stuck
AGAIN = 2  # of which so many are searched from
COLDEST = 150.0  # K: temperatures below are thought to be in degC


@dataclass(frozen=True)
class MeasuredRun:
    """A measured run: t [s], voltage [V] and perhaps temperature [K] at these times, and how to simulate it.

    t (n,): from the start of the protocol, rising; voltage, temperature (n,): arrays or lists of finite numbers.
    steps: as `simulate` takes them.  options: keyword arguments of `simulate`, such as `voltage`, `ambient`.
    Raises ProtocolError for anything else, such as a temperature in degC.
    """

    name: str
    t: np.ndarray = field(repr=False)
    voltage: np.ndarray = field(repr=False)
    steps: Any
    options: Mapping = field(default_factory=dict)
    temperature: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self):
        text("MeasuredRun: name", self.name, "give a name, as text")
        said = f"run {self.name[:40]!r}"
        times = numbers(f"{said}: t", self.t, "give finite times in seconds since the start of the protocol", low=0.0)
        if (np.diff(times) <= 0.0).any():
            k = int(np.argmax(np.diff(times) <= 0.0))
            raise ProtocolError(
                f"{said}: t: {times[k + 1]:g} s (number {k + 2}) does not come after {times[k]:g} s; times must rise"
            )
        object.__setattr__(self, "t", times)
        object.__setattr__(self, "voltage", self._series("voltage", "give finite voltages in volts", -1e3))
        if self.temperature is not None:
            object.__setattr__(
                self,
                "temperature",
                self._series("temperature", f"give kelvin, above {COLDEST:g}; of degC add 273.15", COLDEST),
            )
        Protocol(self.steps)  # raises for what is none
        mapping(
            f"{said}: options",
            self.options,
            "give a dictionary of arguments of simulate, such as {'soc': 0.5}",
            ProtocolError,
        )
        known_options(f"{said}: options", self.options)

    def _series(self, name, wanted, low):
        found = numbers(f"run {self.name[:40]!r}: {name}", getattr(self, name), wanted, low=low)
        if found.size != self.t.size:
            raise ProtocolError(
                f"run {self.name[:40]!r}: {found.size} values of {name} for {self.t.size} times; give as many of both"
            )
        return found

    def simulated(self, cell):
        """The `Result` of this run with `cell`.  Raises what `simulate` does."""
        return finish(self.simulated_coroutine(cell))

    def simulated_coroutine(self, cell) -> Coroutine[Result]:
        """Coroutine form of `simulated`."""
        heat = self.options.get("heat", self.temperature is not None or None)
        return simulate_coroutine(cell, self.steps, **{**self.options, "heat": heat})

    def differences(self, cell) -> tuple[np.ndarray, np.ndarray]:
        """Simulated less measured voltage [V] and temperature [K] at the measured times; the latter may be empty.

        Where the run ends before the measurement its last value stands, so that an end too early counts the more
        the earlier it is, and never more than what the voltage can differ by.
        """
        return self.apart(self.simulated(cell))

    def apart(self, result) -> tuple[np.ndarray, np.ndarray]:
        """The same of a run that has been simulated."""
        dV = continued(result, "Voltage [V]", self.t) - self.voltage
        if self.temperature is None:
            return dV, np.empty(0)
        return dV, continued(result, "Cell temperature [K]", self.t) - self.temperature


def continued(result, name, t):
    """Values of a result at times t [s], the last one beyond its end."""
    return np.where(t > result.t[-1], result[name][-1], result.at(name, np.minimum(t, result.t[-1])))


@dataclass(frozen=True)
class Calibration:
    """The fitted cell, its values by path, and per run the rms of voltage [V] and temperature [K] (or NaN).

    at_bounds: paths whose value ended at a bound: the runs do not determine them.
    success: whether the search converged to values with which every run lasts as long as it was measured, and
    differs from it by less than ten times what counts as alike; reason: why, or why not, in words.
    evaluations: how often all runs were simulated.
    """

    cell: Cell
    values: dict[str, float]
    rms: dict[str, tuple[float, float]]
    at_bounds: tuple[str, ...]
    success: bool
    reason: str
    evaluations: int

    def __repr__(self):
        values = "\n".join(
            f"  {path}: {value:.5g}" + ("  (at a bound)" if path in self.at_bounds else "")
            for path, value in self.values.items()
        )
        runs = "\n".join(
            f"  {name}: {1e3 * V:.3g} mV" + ("" if np.isnan(T) else f", {T:.2g} K") for name, (V, T) in self.rms.items()
        )
        return f"{'' if self.success else 'not '}calibrated: {self.reason}\n{values}\n{runs}"


def calibrate(
    cell,
    runs,
    free,
    *,
    voltage_scale=0.01,
    temperature_scale=0.5,
    evaluations=60,
    threads: int | None = None,
    progress: Progress = None,
) -> Calibration:
    """Fit the quantities `free` of `cell` to `runs`.

    cell: a `Cell`, or the name or path of one.  runs: a `MeasuredRun` or a list of them.
    free: {"section/quantity": (lowest, highest)}, both above 0, in the unit of the quantity; the search goes over
    logarithms and starts from the cell's value, or amid the bounds if the cell has none within.  If it gets stuck it
    starts again from the best of several points between the bounds.
    voltage_scale [V] and temperature_scale [K]: differences that count alike.
    evaluations: at most so many steps of each search.  Every measured time counts alike within a run, and
    every run alike.  What is fitted has the method "fitted" in the cell, and a source that names the runs.
    threads: to run kernels in, as many as processors unless given; the runs of a step are made side by side.
    progress: True for a bar, or a function called with how often all runs were simulated and None, as it is not known
    how many steps the search takes.
    Whether it succeeded is in `.success` and `.reason`.  Raises ParameterError and ProtocolError.
    """
    workers_of(threads)
    with reporting(progress, "calibrating") as report:
        search = _Search(
            load(cell),
            _checked(runs),
            free,
            number("voltage_scale", voltage_scale, "give volts, above 0", above=0.0),
            number("temperature_scale", temperature_scale, "give kelvin, above 0", above=0.0),
            whole("evaluations", evaluations, "give a whole number, at least 1"),
            threads,
            report,
        )
        return search.run()


def _checked(runs) -> list[MeasuredRun]:
    wanted = "give a cellsim.MeasuredRun or a list of them"
    runs = [runs] if isinstance(runs, MeasuredRun) else listed("calibrate: runs", runs, wanted)
    if not runs or not all(isinstance(run, MeasuredRun) for run in runs):
        raise ProtocolError(f"calibrate: runs: {wanted}, at least one")
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        raise ProtocolError("calibrate: two runs have the same name; give each its own")
    return runs


class _Search:
    """One calibration in progress."""

    def __init__(self, cell, runs, free, volts, kelvin, most, threads, report):
        self.cell, self.runs, self.most, self.count, self.last = cell, runs, most, 0, None
        self.threads, self.report = threads, report
        self.lo, self.hi, self.start = bounds_of(cell, free)
        self.paths, self.scales = list(free), (volts, kelvin)

    def at(self, logs):
        """The cell with these logarithms of the values."""
        names = ", ".join(run.name for run in self.runs)
        return self.cell.with_(
            dict(zip(self.paths, np.exp(logs).tolist(), strict=True)),
            method="fitted",
            source=f"calibration by cellsim to the measured runs {names[:200]}",
        )

    def residuals(self, logs):
        """All scaled differences."""
        if self.last is None or not np.array_equal(self.last[0], logs):
            self.last = logs.copy(), self.residuals_of([logs])[0]
        return self.last[1].copy()

    def residuals_of(self, points) -> list[np.ndarray]:
        """The same of several points, whose runs are made side by side."""
        jobs = [Job(self._scaled, (run, logs), reuse=True) for logs in points for run in self.runs]
        found = values_of(jobs, threads=self.threads if len(jobs) > 1 else 1)
        self.count += len(points)
        self.report(self.count, None)
        n = len(self.runs)
        return [np.concatenate(found[k * n : (k + 1) * n]) for k in range(len(points))]

    def _scaled(self, run, logs) -> Coroutine[np.ndarray]:
        try:
            result = yield from run.simulated_coroutine(self.at(logs))
        except (SolveError, ParameterError) as fault:  # what it did counts, and what it did not do is far off
            result = getattr(fault, "result", None)
        if result is None:  # also where there is no such cell
            return np.full(run.t.size * (1 + (run.temperature is not None)), FAR) / np.sqrt(run.t.size)
        parts = zip(run.apart(result), self.scales, strict=True)
        return np.concatenate([d / scale for d, scale in parts]) / np.sqrt(run.t.size)

    def _from(self, start):
        """What least squares find from a starting point."""
        from scipy.optimize import least_squares

        return least_squares(
            self.residuals,
            start,
            self._slopes,
            bounds=(self.lo, self.hi),
            x_scale=1.0,
            max_nfev=self.most,
            ftol=1e-4,
            xtol=1e-4,
        )

    def _slopes(self, logs):
        """Differences of the residuals over steps of the logarithms, which are the same wherever those are."""
        steps = np.where(logs + STEP <= self.hi, STEP, -STEP)
        here, others = self.residuals(logs), logs + np.diag(steps)
        there = self.residuals_of(others)
        return np.stack(
            [(y - here) / (x[k] - logs[k]) for k, (x, y) in enumerate(zip(others, there, strict=True))], axis=1
        )

    def run(self) -> Calibration:
        """Search, and again from elsewhere if that got stuck."""
        for run in self.runs:  # what is wrong with a run as such is said at once
            try:
                run.simulated(self.at(self.start))
            except SolveError:
                continue
        best = self._from(self.start)
        why = self._fault(best)
        if why:
            for start in self._elsewhere(best.cost):
                found = self._from(start)
                best = min(best, found, key=lambda f: f.cost)
            why = self._fault(best)
        return self._calibration(best, why)

    def _elsewhere(self, cost):
        """The best of points spread between the bounds that are better than what is known."""
        from scipy.stats import qmc

        n = TRIES * len(self.paths)
        points = self.lo + (self.hi - self.lo) * qmc.LatinHypercube(len(self.paths), rng=0).random(n)
        costs = [0.5 * float(np.sum(y**2)) for y in self.residuals_of(points)]
        return [points[k] for k in np.argsort(costs)[:AGAIN] if costs[k] < 4.0 * cost]

    def _fault(self, found) -> str:
        """Why the outcome of a search is none, in words; "" if it is one."""
        cell = self.at(found.x)
        for run in self.runs:
            try:
                result = run.simulated(cell)
            except CellsimError as fault:
                return f"run {run.name!r} cannot be simulated with the fitted cell: {fault}"
            if result.t[-1] < run.t[-1] - SHORT * (run.t[-1] - run.t[0]):
                return (
                    f"run {run.name!r} ends after {result.t[-1]:.6g} s ({result.steps[-1].message}), but was "
                    f"measured for {run.t[-1]:.6g} s"
                )
            for d, scale, unit in zip(run.apart(result), self.scales, ("V", "K"), strict=True):
                if _rms(d) > POOR * scale:
                    return (
                        f"run {run.name!r} differs by {_rms(d):.3g} {unit} rms, more than {POOR:g} times what "
                        "counts as alike: these quantities, within these bounds, do not describe it"
                    )
        return "" if found.status else f"the search had not converged after {self.most} steps; give more evaluations"

    def _calibration(self, found, why) -> Calibration:
        best = self.at(found.x)
        rms = {}
        for run in self.runs:
            try:
                rms[run.name] = tuple(_rms(d) for d in run.differences(best))
            except CellsimError:
                rms[run.name] = (float("nan"), float("nan"))
        ends = tuple(
            path
            for path, x, a, b in zip(self.paths, found.x, self.lo, self.hi, strict=True)
            if min(x - a, b - x) < 0.01 * (b - a)
        )
        values = dict(zip(self.paths, np.exp(found.x).tolist(), strict=True))
        return Calibration(best, values, rms, ends, not why, why or "converged", self.count)


def bounds_of(cell, free, who="calibrate"):
    """Logarithms (n,) of the lower and upper bounds and of the start; who: the first word of messages."""
    mapping(f"{who}: free", free, 'give {"section/quantity": (lowest, highest)}')
    if not free:
        raise ParameterError(f'{who}: nothing is free; give {{"section/quantity": (lowest, highest)}}')
    known: list[tuple[float, float]] = []
    for path, ends in free.items():
        name, wanted = f"{who}: {path[:60]}", "give two rising numbers above 0, such as (1e-5, 1e-3)"
        pair = numbers(f"{name}: bounds", ends, wanted, least=2, error=ParameterError)
        if pair.size != 2 or not 0.0 < pair[0] < pair[1]:
            raise ParameterError(f"{name}: bounds {', '.join(f'{x:g}' for x in pair[:4])}: {wanted}")
        for value in pair.tolist():
            cell.with_({path: value})  # raises if the cell cannot have it
        known.append((pair[0], pair[1]))
    start = []
    for path, (a, b) in zip(free, known, strict=True):
        has = cell.has(path) and cell.is_number(path) and a < cell.value(path) < b
        start.append(np.log(cell.value(path)) if has else 0.5 * np.log(a * b))
    lo, hi = np.log(np.array(known)).T
    return lo, hi, np.array(start)


def _rms(d):
    return float(np.sqrt(np.mean(d**2))) if d.size else float("nan")
