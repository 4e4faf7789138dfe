"""Impedance spectra: linear response of a cell to alternating currents, in the frequency domain."""

from dataclasses import dataclass, field, fields, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import ParameterError, ProtocolError, SolveError
from ...models import MODELS, SPM, ThinFilm, default_model, model_of
from ...models.ageing import ages
from ...models.electrodes import PARTS, is_metal
from ...models.initial import soc_at_voltage, stoichiometries
from ...models.lithium_metal import Lithium, evolves, per_stoichiometry
from ...models.small_signal import Worn, graded_both_ways, without_double_layers
from ...models.small_signal import impedance as linearised
from ...parameters import Cell, load
from ...parameters.catalogue import hysteresis
from ...physics.constants import F
from ...protocols.step import kelvin, rest
from ...simulation.result import Result
from ...simulation.run import simulate
from ...simulation.start import FinalState
from ...support.arguments import file_path, number, numbers, shown
from ...support.files import optional, replacing
from ...support.renamed import by_name, by_names

FREQUENCIES = (1e-3, 1e4, 71)  # default: from [Hz], to [Hz], number
COARSE = (20, 4, 20)  # volumes of the first mesh
HALF = 0.5  # state of charge unless given
FINEST = 1280  # maximum volumes of an electrode
MOMENT = 1e-3  # s
UNUSED = 2  # shells; particles are solved in closed form


@by_names
@dataclass(frozen=True)
class Spectrum:
    """Impedance of a cell at equilibrium.

    frequencies: (n,) [Hz].  impedance: (n,) complex [Ohm] of the whole cell; the imaginary part of capacitive arcs is
    negative.  temperature [K]; soc: state of charge; area: of all electrode pairs [m2].
    error: (n,) change by the last doubling of the mesh, relative to the modulus; 0 without a mesh, NaN on a given mesh.
    note: remark on the spectrum, or "".
    """

    cell: str
    model: str
    temperature: float  # K
    soc: float | None
    area: float  # m2
    error: NDArray[np.float64] = field(repr=False)
    frequencies: NDArray[np.float64] = field(repr=False)
    impedance: NDArray[np.complex128] = field(repr=False)
    note: str = ""

    @property
    def area_specific(self) -> NDArray[np.complex128]:
        """Impedance times electrode area [Ohm m2]; 1 Ohm m2 = 1e4 Ohm cm2."""
        return self.impedance * self.area

    @property
    def modulus(self) -> NDArray[np.float64]:
        """|Z| [Ohm]."""
        return np.asarray(np.abs(self.impedance))

    @property
    def phase(self) -> NDArray[np.float64]:
        """Phase of the voltage relative to the current [deg]."""
        return np.asarray(np.degrees(np.angle(self.impedance)))

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """All quantities (n,) by name with unit."""
        return {
            "Frequency [Hz]": self.frequencies,
            "Real impedance [Ohm]": self.impedance.real,
            "Imaginary impedance [Ohm]": self.impedance.imag,
            "Modulus [Ohm]": self.modulus,
            "Phase [deg]": self.phase,
        }

    def to_pandas(self) -> Any:
        """A pandas DataFrame, one row per frequency."""
        return optional("pandas").DataFrame(self.columns())

    def save(self, path: str | PathLike[str]) -> None:
        """Write all columns to a .csv file, atomically.  Raises ReportError."""
        path = file_path("path", path, (".csv",))
        names, values = zip(*self.columns().items(), strict=True)
        with replacing(path) as partial:
            np.savetxt(partial, np.column_stack(values), fmt="%.9g", delimiter=",", header=",".join(names), comments="")

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Nyquist and Bode plot as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_spectrum

        return plot_spectrum(self, path)

    def __str__(self) -> str:
        Z, f = self.impedance, self.frequencies
        first, last = np.argmin(f), np.argmax(f)
        at = "its initial stoichiometries" if self.soc is None else f"{100.0 * self.soc:g} % state of charge"
        lines = [f"{self.model} of {self.cell} at equilibrium at {at} and {self.temperature:g} K"]
        lines += [
            f"  {f[k]:.4g} Hz: {Z[k].real:.4g} {'-' if Z[k].imag < 0 else '+'} {abs(Z[k].imag):.4g}i Ohm"
            for k in (first, last)
        ]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


@by_name
def impedance(
    cell: str | PathLike[str] | Cell,
    frequencies: ArrayLike | None = None,
    model: Any = None,
    *,
    soc: float | None = HALF,
    voltage: float | None = None,
    temperature: float | None = None,
    after: Any = None,
    accuracy: float = 1e-3,
) -> Spectrum:
    """Impedance of a cell at equilibrium, from the linearised equations of a model.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.
    frequencies: (n,) [Hz]; by default 71 from 1 mHz to 10 kHz.
    model: `DFN()`, `SPMe()` or `SPM()`, with or without a given mesh; `ThinFilm()` for thin-film cells; by default that
    of the run or life of `after`, and the DFN (or ThinFilm) without one.
    soc: state of charge, 0 to 1; None for the initial stoichiometries of the parameter set.
    voltage: open-circuit voltage [V], instead of soc.
    temperature: [K], by default the ambient temperature of the cell.
    after: a `Result` of this cell, or a state of its life (`Life.state`), instead of soc and voltage: the equilibrium
    state after the end of the run, with its stoichiometries, temperature (unless given), what has aged (films, cracks,
    plated lithium, active material, pores, contact; not in a result read from a file) and, for lithium metal,
    inventory, interphase, voids and pressure.
    accuracy: error of the mesh, relative to the modulus; volumes are doubled until the change by the last doubling is
    below it at every frequency.  Particles are solved in closed form.

    A cell with open-circuit hysteresis is at its initial hysteresis state, or at that of `after`; the spectrum leaves
    out how that decays towards 0 while the current alternates.

    Charge-transfer arcs require a "double-layer capacity" of the electrodes, which the packaged sets do not state:
    `cell.with_({"positive electrode/double-layer capacity": 0.2})`.

    Raises ParameterError, ProtocolError, and SolveError (with the spectrum in `.result`) if the finest mesh
    does not reach the accuracy.
    """
    cell = load(cell)
    wanted = "give one or more numbers above 0 [Hz]"
    f = np.geomspace(*FREQUENCIES) if frequencies is None else numbers("frequencies", frequencies, wanted, low=1e-300)
    model = model_of(model) or _model_of(after) or default_model(cell)
    soc = number("soc", soc, "a state of charge lies between 0 and 1, such as 0.5", low=0.0, high=1.0, none=True)
    voltage = number("voltage", voltage, "give the open-circuit voltage in volts, such as 4.0", none=True)
    if voltage is not None and soc != HALF:  # which is its default
        raise ProtocolError(f"soc {shown(soc)} and voltage {voltage:g}: give one of them")
    temperature = kelvin("temperature", temperature)
    accuracy = number("accuracy", accuracy, "choose between 1e-8 and 0.1, relative to the modulus", low=1e-8, high=0.1)
    if after is not None:
        for name, value in (("soc", None if soc == HALF else shown(soc)), ("voltage", voltage)):
            if value is not None:
                raise ProtocolError(
                    f"after and {name} {value}: the spectrum is that of the end of the run; leave out {name}"
                )
        after = _result_of(after, cell)
        temperature = _end_of(after, cell, temperature)
    T = float(cell.temperature(temperature))
    soc = soc if voltage is None else soc_at_voltage(cell, voltage, T)
    x, lithium = _at_rest(cell, soc) if after is None else _left_by(after, cell)
    h, worn = _hysteresis(cell, after), None if after is None else _worn(after, cell)
    s, area = np.asarray(2j * np.pi * f, np.complex128), cell.value("cell/electrode area")
    Z, error = _on_mesh(cell, model, T, (x, h, lithium), worn, s, accuracy)
    bare = [part for part in ("negative electrode", "positive electrode") if without_double_layers(cell, part)]
    note = f"no double-layer capacity of the {' and the '.join(bare)}: no charge-transfer arc" if bare else ""
    if after is not None and worn is None and ages(cell):
        aged = "a result read from a file does not hold what has aged: films, contact, pores and surfaces are as made"
        note = f"{note}; {aged}" if note else aged
    if after is not None:
        soc = float(after["State of charge"][-1])
    spectrum = Spectrum(cell.name, type(model).__name__, T, soc, area, error, f, Z / area, note)
    if not np.isfinite(Z).all():
        raise ParameterError(
            f"{cell.name}: the impedance is not finite; check the conductivity of the electrodes and "
            "the contact of lithium with the electrolyte"
        )
    if (error > accuracy).any():
        raise SolveError(
            f"{cell.name}: the error with {FINEST} volumes is {error.max():.2g}, above the accuracy of "
            f"{accuracy:.2g}; choose a larger `accuracy` or lower frequencies; the spectrum is in "
            "`.result`",
            spectrum,
        )
    return spectrum


def _model_of(after: Any) -> Any:
    """A model of the kind that a result or a state is of; None for anything else."""
    if isinstance(after, FinalState):
        return type(after.model)()
    kind = MODELS.get(after.model) if isinstance(after, Result) else None
    return kind and kind()


def _result_of(after: object, cell: Cell) -> Result:
    """A result; of a state, or of a cell that ages, that of a moment of rest from it on, for which a run renews the
    geometry of the cell.  Raises ProtocolError.
    """
    end = getattr(after, "final_state", after)
    if isinstance(after, FinalState) and after.cell != cell:
        raise ProtocolError(
            f"after: that state is one of {after.cell.name}, or of a variation of it, and not of this {cell.name}; "
            "give its cell, after.cell"
        )
    if isinstance(end, FinalState) and (end is after or ages(end.cell)):
        return simulate(end.cell, rest(MOMENT), start=end)
    if not isinstance(after, Result):
        raise ProtocolError(f"after {shown(after)}: give a Result of this cell, or a state of its life")
    return after


def _worn(after: Result, cell: Cell) -> Worn | None:
    """What has aged in a run, if the cell ages and the result holds it.  Raises ProtocolError."""
    end = after.final_state
    if not isinstance(end, FinalState) or not (ages(cell) or ages(end.cell)):
        return None
    sys = end.model.discretise(end.cell, end.temperature)
    if ages(cell) != ages(end.cell):
        which = "that run" if ages(cell) else "the cell of the impedance"
        raise ProtocolError(f"after: nothing ages in {which}; simulate the same {cell.name} as in the impedance")
    return Worn(sys, end.first(sys))


def _end_of(after: Result, cell: Cell, temperature: float | None) -> float:
    """Final temperature of a result [K], or the given one."""
    if after.cell != cell.name:
        raise ProtocolError(f"after: a result of {after.cell}, not of {cell.name}")
    if evolves(cell) and "Void height [m]" not in list(after):
        raise ProtocolError(
            f"after: a run of {cell.name} without evolving lithium metal; simulate the same cell as in the impedance"
        )
    return float(after["Cell temperature [K]"][-1]) if temperature is None else temperature


def _at_rest(cell: Cell, soc: float | None) -> tuple[Any, Lithium]:
    """Stoichiometries at a state of charge, and the initial state of lithium metal."""
    x = stoichiometries(cell, soc)
    return x, Lithium.of(cell, x[1])


def _left_by(after: Result, cell: Cell) -> tuple[Any, Lithium]:
    """Stoichiometries and state of lithium metal at the end of a result."""

    def end(name: str) -> float:
        return float(after[name][-1])

    area = cell.value("cell/electrode area")
    x = []
    for part in PARTS:
        if is_metal(cell, part):
            x.append(0.5)
            continue
        lost = f"Loss of active material in {part} [%]"
        left = 1.0 - end(lost) / 100.0 if lost in after.variables else 1.0  # of what holds the lithium
        x.append(end(f"Total lithium in {part} [mol]") * F / (area * per_stoichiometry(cell, part) * left))
    return tuple(x), Lithium.after(cell, end) if evolves(cell) else Lithium.of(cell, x[1])


def _hysteresis(cell: Cell, after: Result | None) -> tuple[float, float]:
    """State of hysteresis of either electrode, averaged over its thickness; 0 without.  Raises ParameterError."""
    found = []
    for part in PARTS:
        lagging = [one for one in cell.phases(part) if cell.hysteresis(f"{part}/{one}") != hysteresis.SINGLE]
        if lagging:
            raise ParameterError(
                f"{cell.name}: impedance: the {lagging[0]} phase of the {part} has an open-circuit hysteresis, with "
                "which no state of rest of several phases is known; choose 'single' with `with_hysteresis`"
            )
        model = cell.hysteresis(part)
        if model == hysteresis.SIGMOID:
            raise ParameterError(
                f"{cell.name}: impedance: the {part} jumps between its branches with the sign of the current "
                f"({model!r}), which is no small signal; choose another model with `with_hysteresis`"
            )
        if model == hysteresis.SINGLE:
            found.append(0.0)
        elif after is None:
            found.append(cell.value(f"{part}/{hysteresis.INITIAL}"))
        else:
            found.append(float(after[f"X-averaged {part} hysteresis state"][-1]))
    return found[0], found[1]


def _on_mesh(
    cell: Cell, model: Any, T: float, at: Any, worn: Worn | None, s: NDArray[np.complex128], accuracy: float
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Impedance [Ohm m2] (n,) and its estimated errors (n,).

    at: x, h and lithium of `models.small_signal.impedance`.  Unless volumes are given, they are doubled for the
    frequencies whose error exceeds the accuracy.
    """

    x, h, lithium = at

    def mesh(volumes: Any) -> Any:
        return _meshed(model, volumes).discretise(cell, T)

    def solve(volumes: Any, s: NDArray[np.complex128]) -> NDArray[np.complex128]:
        return np.asarray(linearised(cell, graded_both_ways(cell, mesh(volumes)), x, h, lithium, s, worn))

    given = getattr(model, "volumes", (1, 1, 1))
    exact = isinstance(model, SPM | ThinFilm)
    if exact or given is not None:
        return linearised(cell, mesh(given), x, h, lithium, s, worn), np.full(s.size, 0.0 if exact else np.nan)
    volumes: tuple[int, ...] = COARSE
    Z, error = solve(COARSE, s), np.full(s.size, np.inf)
    while volumes[0] < FINEST and (error > accuracy).any():
        volumes, left = tuple(2 * n for n in volumes), np.flatnonzero(error > accuracy)
        fine = solve(volumes, s[left])
        error[left] = np.abs(fine - Z[left]) / np.abs(fine)  # the error itself is a third of it at second order
        Z[left] = fine
    return Z, error


def _meshed(model: Any, volumes: Any) -> Any:
    """The model with the given volumes, if it has volumes."""
    if isinstance(model, ThinFilm):
        return model
    known: dict[str, Any] = {"volumes": volumes, "shells": UNUSED}
    return replace(model, **{key.name: known[key.name] for key in fields(model) if key.name in known})
