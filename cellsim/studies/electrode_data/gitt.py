"""Diffusivity of an electrode from a titration by pulses (GITT): by the model, and by the usual formula beside it.

The formula is that of Weppner and Huggins (J. Electrochem. Soc. 124 (1977) 1569) for spheres of radius R,

    D = 4/pi (R/3)^2 (dE_s / (tau dE/d sqrt(t)))^2,

with the change dE_s of the rest voltage by a pulse of the duration tau and the slope of the voltage during the pulse
over the root of time.  It holds for pulses that are short beside R^2/D, and takes the whole slope to be diffusion in
particles.
"""

import math
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import numpy as np

from ...cycler import CyclerData, read_cycler
from ...errors import CellsimError, ParameterError, ProtocolError
from ...models.initial import soc_at_voltage, stoichiometries
from ...parameters import Cell, load
from ...protocols import Step
from ...simulation.run import simulate
from ...support.arguments import flag, numbers
from ...support.arguments import text as text_of
from ...support.renamed import by_name
from ..estimation.fit import fit
from ..estimation.measured import MeasuredRun
from .monotone import Array

PART = "positive electrode"
D, SERIES = f"{PART}/particle diffusivity", "cell/series resistance"
RESTING = 0.02  # share of the largest current below which a cell rests
EARLY = 0.1  # share of a pulse that the slope over the root of time leaves out
WIDE = 100.0  # factor around the formula within which the diffusivity is searched
MOST_R = 0.05  # Ohm m2: of contacts, at most
LEAST = 4  # points of a pulse, and of a rest
ACCURACY = 1e-4  # of the runs [V]
LATER = 1e-6  # s, of the second of two points at one time
POINTS = 120  # of a pulse with its rest that are compared, at most


@dataclass(frozen=True)
class Pulse:
    """One pulse and the rest after it.

    t (n,), voltage (n,): from the last point at rest before it.  current [A]: mean, discharge positive; duration,
    rest [s].  x: (before, after) stoichiometry of the rest voltages.  formula: diffusivity by Weppner and Huggins;
    diffusivity, standard_error, resistance: by the model [m2/s, Ohm m2]; rms: of what is left [V].
    reason: why the model gives none, or "".
    """

    t: Array = field(repr=False)
    voltage: Array = field(repr=False)
    current: float
    duration: float
    rest: float
    x: tuple[float, float]
    formula: float
    diffusivity: float = math.nan
    standard_error: float = math.nan
    resistance: float = math.nan
    rms: float = math.nan
    reason: str = ""


@dataclass(frozen=True)
class FittedDiffusivity:
    """Diffusivity over stoichiometry from a titration.

    cell: the half cell with the law, marked as fitted.  x, diffusivity, standard_errors, formula (n,): at the mean
    stoichiometry of each pulse, rising; formula: by Weppner and Huggins.  pulses: all that were found.  rms: of the
    whole record simulated with the law, less the measured voltage [V]; NaN if it could not be simulated.
    """

    cell: Cell
    x: Array
    diffusivity: Array
    standard_errors: Array
    formula: Array
    pulses: tuple[Pulse, ...] = field(repr=False)
    rms: float
    source: str = field(repr=False)

    def put_into(self, cell: Any, electrode: str = "positive") -> Cell:
        """Another cell, such as the full cell, with the law in one of its electrodes.  Raises ParameterError."""
        law = _law(self.x, self.diffusivity)
        return load(cell).with_(
            {f"{electrode} electrode/particle diffusivity": law}, method="fitted", source=self.source
        )

    def to_pandas(self) -> Any:
        """A row a pulse."""
        import pandas as pd

        rows = [
            {
                "Stoichiometry": 0.5 * sum(p.x),
                "Current [A]": p.current,
                "Particle diffusivity [m2.s-1]": p.diffusivity,
                "Standard error [m2.s-1]": p.standard_error,
                "Weppner-Huggins diffusivity [m2.s-1]": p.formula,
                "Series resistance [Ohm.m2]": p.resistance,
                "Residual [V]": p.rms,
                "Reason": p.reason,
            }
            for p in self.pulses
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        lines = [
            f"{self.cell.name}: {self.x.size} of {len(self.pulses)} pulses, whole record {1e3 * self.rms:.2g} mV rms"
        ]
        for p in self.pulses:
            said = f"{p.diffusivity:.3g} +- {p.standard_error:.2g} m2/s" if not p.reason else p.reason
            lines.append(f"  x {p.x[0]:.3f} to {p.x[1]:.3f}: {said}; Weppner-Huggins {p.formula:.3g} m2/s")
        return "\n".join(lines)

    def plot(self, path: "str | PathLike[str] | None" = None) -> Any:
        """Diffusivity over stoichiometry, by the model and by the formula; saved to `path` if given."""
        from .plots import plot_diffusivity

        return plot_diffusivity(self, path)


@by_name
def fit_gitt(
    cell: Any, data: Any, *, source: str, model: Any = None, resistance: bool = True, temperature: float | None = None
) -> FittedDiffusivity:
    """Fit the diffusivity of an electrode to a titration by pulses, pulse by pulse, and put it into the cell.

    cell: a half cell, see `Cell.half_cell`, whose open-circuit potential is right.  data: a record of `read_cycler`,
    what that reads, or (t, I, V): times [s], current [A] (discharge positive) and voltage [V], arrays (n,).  A pulse
    is a stretch of current between two rests, from the last point of the one, the voltage at rest, to its own
    last point.
    source: where the data are from, a citation.  model: as in `simulate`.  resistance: a series resistance is fitted
    with each pulse, so that contacts and kinetics do not pass for diffusion; without, those of the cell hold.
    temperature [K]: of the measurement; the cell's ambient temperature unless given.

    Each pulse with its rest is fitted from rest with one diffusivity; the law is a table of them over the mean
    stoichiometries, constant beyond the first and the last.  Pulses that the model does not describe are left out, with
    their reason.  Raises ParameterError and ProtocolError.
    """
    loaded = load(cell)
    citation = text_of("fit_gitt: source", source, "give a citation, as text", ParameterError).strip()
    free = flag("fit_gitt: resistance", resistance, ParameterError)
    if loaded.text("negative electrode/type") != "lithium metal" or loaded.text(f"{PART}/type") != "porous":
        raise ParameterError(
            f"fit_gitt: {loaded.name} is no half cell: its voltage is of two electrodes; give "
            "cell.half_cell('positive') or ('negative')"
        )
    t, current, V = _record(data)
    options = {"model": model, "temperature": loaded.temperature(temperature), "accuracy": ACCURACY}
    found = [_fitted(loaded, pulse, options, free) for pulse in _pulses(loaded, t, current, V)]
    good = sorted((0.5 * sum(p.x), p) for p in found if not p.reason)
    if len(good) < 2:
        reason = next((p.reason for p in found if p.reason), "no pulse lies between two rests")
        raise ProtocolError(
            f"fit_gitt: {len(good)} of {len(found)} pulses can be described, and two are needed: {reason}"
        )
    x, D_x, error, formula = (
        np.array(column)
        for column in zip(*((x, p.diffusivity, p.standard_error, p.formula) for x, p in good), strict=True)
    )
    left = 1e3 * float(np.sqrt(np.mean([p.rms**2 for _, p in good])))
    words = f"{citation}; {x.size} pulses fitted by cellsim, residual {left:.2g} mV rms"
    made = loaded.with_({D: _law(x, D_x)}, method="fitted", source=words)
    R = float(np.median([p.resistance for _, p in good])) if free else None
    rms = _whole(made if R is None else made.with_({SERIES: R}), found, options)
    return FittedDiffusivity(made, x, D_x, error, formula, tuple(found), rms, words)


def _law(x: Array, D_x: Array) -> Any:
    """Points of the law, constant to the ends of the range."""
    return np.concatenate([[0.0], x, [1.0]]), np.concatenate([D_x[:1], D_x, D_x[-1:]])


def _record(data: Any) -> tuple[Array, Array, Array]:
    """Times, current and voltage of a record."""
    if isinstance(data, tuple) and len(data) == 3:
        t = numbers("fit_gitt: t", data[0], "give times in seconds", least=2 * LEAST)
        current = numbers("fit_gitt: current", data[1], "give amperes, discharge positive", least=2 * LEAST)
        V = numbers("fit_gitt: voltage", data[2], "give volts", low=-10.0, high=10.0, least=2 * LEAST)
        if not t.size == current.size == V.size:
            raise ProtocolError(
                f"fit_gitt: {t.size} times, {current.size} currents and {V.size} voltages; give as many"
            )
    else:
        record = (data if isinstance(data, CyclerData) else read_cycler(data)).repaired()
        t, current, V = record.t, record.current, record.voltage
    t = np.where(np.concatenate([[False], np.diff(t) == 0.0]), t + LATER, t)  # of the next step, at the same time
    if (np.diff(t) <= 0.0).any():
        k = int(np.argmax(np.diff(t) <= 0.0))
        raise ProtocolError(
            f"fit_gitt: t: {t[k + 1]:g} s (number {k + 2}) does not come after {t[k]:g} s; times must rise"
        )
    return t, current, V


def _pulses(cell: Cell, t: Array, current: Array, V: Array) -> list[Pulse]:
    """The pulses between two rests of a record."""
    on = np.abs(current) > RESTING * np.abs(current).max()
    edges = np.flatnonzero(np.diff(on.astype(int))) + 1
    parts = np.split(np.arange(t.size), edges)
    found = []
    for before, pulse, after in zip(parts, parts[1:], parts[2:], strict=False):
        if not on[pulse[0]] or min(pulse.size, after.size) < LEAST:
            continue
        start, end = t[before[-1]], t[pulse[-1]]
        rows = np.concatenate([before[-1:], pulse, after])
        ends = V[before[-1]], V[after[-1]]
        tau, I = float(end - start), float(np.mean(current[pulse]))
        x = (_stoichiometry(cell, ends[0]), _stoichiometry(cell, ends[1]))
        found.append(
            Pulse(
                t[rows] - start,
                V[rows],
                I,
                tau,
                float(t[after[-1]] - end),
                x,
                _formula(cell, t[pulse] - start, V[pulse], tau, ends),
            )
        )
    return found


def _stoichiometry(cell: Cell, V: float) -> float:
    """That of a voltage at rest; NaN if none has it."""
    try:
        return float(stoichiometries(cell, soc_at_voltage(cell, V))[1])
    except ParameterError:
        return math.nan


def _formula(cell: Cell, t: Array, V: Array, tau: float, ends: tuple[float, float]) -> float:
    """The diffusivity by Weppner and Huggins [m2/s]."""
    late = t > EARLY * tau
    slope = np.polyfit(np.sqrt(t[late]), V[late], 1)[0]
    R = cell.value(f"{PART}/particle radius")
    return float(4.0 / math.pi * (R / 3.0) ** 2 * ((ends[1] - ends[0]) / (tau * slope)) ** 2)


def _fitted(cell: Cell, pulse: Pulse, options: dict[str, Any], free: bool) -> Pulse:
    """A pulse with what the model finds in it."""
    if not all(map(math.isfinite, pulse.x)):
        return replace(pulse, reason="no stoichiometry of the window has its rest voltages")
    rows = np.unique(np.linspace(1, pulse.t.size - 1, min(POINTS, pulse.t.size - 1)).astype(int))
    steps = [Step("current", pulse.current, duration=pulse.duration), Step("rest", duration=pulse.rest)]
    run = MeasuredRun(
        "pulse", pulse.t[rows], pulse.voltage[rows], steps, options | {"voltage": float(pulse.voltage[0])}
    )
    wanted: dict[str, Any] = {D: (pulse.formula / WIDE, pulse.formula * WIDE)}
    if free:
        wanted[SERIES] = (0.0, MOST_R, "linear")
    try:
        found = fit(cell, run, wanted, voltage_scale=1e-3, threads=1)
    except CellsimError as fault:
        return replace(pulse, reason=str(fault))
    rms = found.rms["pulse"][0]
    if not found.success or D in found.at_bounds:
        reason = (
            found.reason
            if not found.success
            else f"its diffusivity is not between {wanted[D][0]:.2g} and {wanted[D][1]:.2g} m2/s"
        )
        return replace(pulse, rms=rms, reason=reason)
    return replace(
        pulse,
        diffusivity=found.values[D],
        standard_error=found.standard_errors[D],
        resistance=found.values.get(SERIES, cell.value(SERIES)),
        rms=rms,
    )


def _whole(cell: Cell, pulses: list[Pulse], options: dict[str, Any]) -> float:
    """Residual of all pulses in one run [V rms]; NaN if that fails."""
    steps: list[Step] = []
    for p in pulses:
        steps += [Step("current", p.current, duration=p.duration), Step("rest", duration=p.rest)]
    try:
        run = simulate(cell, steps, voltage=float(pulses[0].voltage[0]), **options)
    except CellsimError:
        return math.nan
    off, start = [], 0.0
    for p in pulses:
        t = start + p.t[1:]
        off.append(run.at("Voltage [V]", t[t <= run.t[-1]]) - p.voltage[1:][t <= run.t[-1]])
        start += p.duration + p.rest
    return float(np.sqrt(np.mean(np.concatenate(off) ** 2))) if run.t[-1] > 0.99 * start else math.nan
