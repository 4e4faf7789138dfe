"""Impedance spectra: the cell's answer to small alternating currents, in the frequency domain."""
from dataclasses import dataclass, field, fields, replace

import numpy as np

from ...errors import ParameterError, ProtocolError, SolveError
from ...models import SPM, ThinFilm, default_model, model_of
from ...models.electrodes import PARTS, is_metal
from ...models.initial_state import stoichiometries
from ...models.lithium_metal import Lithium, evolves, per_stoichiometry
from ...models.small_signal import graded_both_ways, without_double_layers
from ...models.small_signal import impedance as linearised
from ...parameters import load
from ...physics.constants import F
from ...protocols.step import kelvin
from ...simulation.result import Result
from ...support.arguments import file_path, number, numbers, shown
from ...support.files import optional, replacing

FREQUENCIES = (1e-3, 1e4, 71)  # Hz, from and to, and how many, unless given
COARSE = (20, 4, 20)  # volumes of the first mesh
FINEST = 1280  # volumes of an electrode, beyond which nothing is refined
UNUSED = 2  # shells: particles are solved exactly


@dataclass(frozen=True)
class Spectrum:
    """Impedance of a cell at rest.

    frequencies (n,) [Hz] and impedance (n,) complex [Ohm] of the whole cell, inductive positive:
    capacitive arcs have a negative imaginary part.  error (n,): by how much the last doubling of the mesh
    changed it, relative to the modulus; 0 where there is no mesh, NaN on one that was given.
    """

    cell: str
    model: str
    temperature: float  # K
    soc: float | None
    area: float  # of all electrode pairs together [m2]
    error: np.ndarray = field(repr=False)
    frequencies: np.ndarray = field(repr=False)
    impedance: np.ndarray = field(repr=False)
    note: str = ""

    @property
    def area_specific(self) -> np.ndarray:
        """Impedance times electrode area [Ohm.m2]; 1 Ohm.m2 is 1e4 Ohm.cm2."""
        return self.impedance * self.area

    @property
    def modulus(self) -> np.ndarray:
        """|Z| [Ohm]."""
        return np.abs(self.impedance)

    @property
    def phase(self) -> np.ndarray:
        """Phase of the voltage against the current [deg]."""
        return np.degrees(np.angle(self.impedance))

    def columns(self) -> dict[str, np.ndarray]:
        """Everything over the frequency, by name with unit."""
        return {"Frequency [Hz]": self.frequencies, "Real impedance [Ohm]": self.impedance.real,
                "Imaginary impedance [Ohm]": self.impedance.imag, "Modulus [Ohm]": self.modulus,
                "Phase [deg]": self.phase}

    def to_pandas(self):
        """A DataFrame, one row a frequency."""
        return optional("pandas").DataFrame(self.columns())

    def save(self, path):
        """Write all columns to a .csv file, never half-written.  Raises ReportError."""
        path = file_path("path", path, (".csv",))
        names, values = zip(*self.columns().items(), strict=True)
        with replacing(path) as partial:
            np.savetxt(partial, np.column_stack(values), fmt="%.9g", delimiter=",", header=",".join(names), comments="")

    def plot(self, path=None):
        """Nyquist and Bode plot as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_spectrum

        return plot_spectrum(self, path)

    def __str__(self):
        Z, f = self.impedance, self.frequencies
        first, last = np.argmin(f), np.argmax(f)
        at = "its printed stoichiometries" if self.soc is None else f"{100.0 * self.soc:g} % state of charge"
        lines = [f"{self.model} of {self.cell} at rest at {at} and {self.temperature:g} K"]
        lines += [f"  {f[k]:.4g} Hz: {Z[k].real:.4g} {'-' if Z[k].imag < 0 else '+'} {abs(Z[k].imag):.4g}i Ohm"
                  for k in (first, last)]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)


def impedance(cell, frequencies=None, model=None, *, soc=0.5, temperature=None, after=None, accuracy=1e-3) -> Spectrum:
    """Impedance of a cell at rest, from the linearised equations of a model; returns a `Spectrum`.

    cell: a `Cell`, the name of a packaged parameter set, or the path of one.
    frequencies [Hz] (n,): 71 from 1 mHz to 10 kHz unless given.
    model: `DFN()` (default), `SPMe()` or `SPM()`, with or without volumes of its own; for
    cells that are a thin film `ThinFilm()`.
    soc (0..1): half unless said; None takes the initial stoichiometries printed in the parameter set.
    temperature [K]: the cell's ambient temperature unless given.
    after: a `Result` of this cell, in place of soc: as its end leaves the cell once it has come to rest, with the
    stoichiometries, the temperature unless given, and of lithium metal what is left, interphase, voids and pressure.
    accuracy: error by the mesh that is aimed at, relative to the modulus; volumes are doubled until the last
    doubling shows it at every frequency.  Particles take no mesh, they are solved exactly.

    Arcs of charge transfer need "double-layer capacity" of the electrodes; the packaged sets leave it out,
    give it with `cell.with_({"positive electrode/double-layer capacity": 0.2})`.

    Raises ParameterError, ProtocolError, and SolveError (with the spectrum in `.result`) if the finest mesh
    does not reach the accuracy.
    """
    cell = load(cell)
    wanted = "give one or more numbers above 0 [Hz]"
    f = np.geomspace(*FREQUENCIES) if frequencies is None else numbers("frequencies", frequencies, wanted, low=1e-300)
    model = model_of(model) or default_model(cell)
    soc = number("soc", soc, "a state of charge lies between 0 and 1, such as 0.5", low=0.0, high=1.0, none=True)
    temperature = kelvin("temperature", temperature)
    accuracy = number("accuracy", accuracy, "choose between 1e-8 and 0.1, relative to the modulus", low=1e-8, high=0.1)
    if after is not None:
        soc, temperature = 0.5, _end_of(after, cell, temperature)
    T = float(cell.temperature(temperature))
    x, lithium = _at_rest(cell, soc) if after is None else _left_by(after, cell)
    s, area = 2j * np.pi * f, cell.value("cell/electrode area")
    Z, error = _on_mesh(cell, model, T, x, lithium, s, accuracy)
    bare = [part for part in ("negative electrode", "positive electrode") if without_double_layers(cell, part)]
    note = f"no double-layer capacity of the {' and the '.join(bare)}: no arc of charge transfer there" if bare else ""
    if after is not None:
        soc = float(after["State of charge"][-1])
    found = Spectrum(cell.name, type(model).__name__, T, soc, area, error, f, Z / area, note)
    if not np.isfinite(Z).all():
        raise ParameterError(f"{cell.name}: the impedance is not finite; does an electrode conduct nothing, or does "
                             "lithium no longer touch the electrolyte?")
    if (error > accuracy).any():
        raise SolveError(f"{cell.name}: {FINEST} volumes leave an error of {error.max():.2g}, above the accuracy of "
                         f"{accuracy:.2g}; ask for less accuracy or lower frequencies; the spectrum is in `.result`",
                         found)
    return found


def _end_of(after, cell, temperature):
    """Temperature [K] that a result ends at, unless another is given."""
    if not isinstance(after, Result):
        raise ProtocolError(f"after {shown(after)}: give a Result of this cell")
    if after.cell != cell.name:
        raise ProtocolError(f"after: that is a result of {after.cell}, not of {cell.name}")
    if evolves(cell) and "Void height [m]" not in list(after):
        raise ProtocolError(f"after: that is a run of {cell.name} with other coefficients of its lithium; simulate the "
                            "cell that the impedance is asked of")
    return float(after["Cell temperature [K]"][-1]) if temperature is None else temperature


def _at_rest(cell, soc):
    """Stoichiometries at a state of charge, and the lithium of a foil as it was made."""
    x = stoichiometries(cell, soc)
    return x, Lithium.of(cell, x[1])


def _left_by(after, cell):
    """The same as the end of a result leaves them."""
    end, area = lambda name: float(after[name][-1]), cell.value("cell/electrode area")  # noqa: E731
    x = []
    for part in PARTS:
        if is_metal(cell, part):
            x.append(0.5)
            continue
        x.append(end(f"Total lithium in {part} [mol]") * F / (area * per_stoichiometry(cell, part)))
    return tuple(x), Lithium.after(cell, end) if evolves(cell) else Lithium.of(cell, x[1])


def _on_mesh(cell, model, T, x, lithium, s, accuracy):
    """Impedance [Ohm.m2] (n,) and its estimated errors (n,).

    If no volumes are given they are doubled, for those frequencies that still need it.
    """
    mesh = lambda volumes: _meshed(model, volumes).discretise(cell, T)  # noqa: E731
    solve = lambda volumes, s: linearised(cell, graded_both_ways(mesh(volumes)), x, lithium, s)  # noqa: E731
    given = getattr(model, "volumes", (1, 1, 1))
    exact = isinstance(model, SPM | ThinFilm)
    if exact or given is not None:
        return linearised(cell, mesh(given), x, lithium, s), np.full(s.size, 0.0 if exact else np.nan)
    volumes, Z, error = COARSE, solve(COARSE, s), np.full(s.size, np.inf)
    while volumes[0] < FINEST and (error > accuracy).any():
        volumes, left = tuple(2 * n for n in volumes), np.flatnonzero(error > accuracy)
        fine = solve(volumes, s[left])
        error[left] = np.abs(fine - Z[left]) / np.abs(fine)  # at second order a third of it is left, at first all
        Z[left] = fine
    return Z, error


def _meshed(model, volumes):
    """The model with these volumes, where it has any."""
    if isinstance(model, ThinFilm):
        return model
    known = {"volumes": volumes, "shells": UNUSED}
    return replace(model, **{key.name: known[key.name] for key in fields(model) if key.name in known})
