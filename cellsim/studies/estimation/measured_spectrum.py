"""Measured impedance spectra, for `fit`, alone or beside runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError
from ...kernels.call.calls import Coroutine
from ...parameters import Cell
from ...support.arguments import mapping, near, numbers, shown, text
from ...support.renamed import by_names
from ..spectra.spectrum import Spectrum, impedance
from .measured import Array

OPTIONS = ("model", "soc", "temperature", "accuracy")  # of `impedance`


@by_names
@dataclass(frozen=True)
class MeasuredSpectrum:
    """A measured impedance of a cell at rest, and how to compute it.

    frequencies (n,) [Hz]; impedance (n,) [Ohm], complex, the imaginary part of capacitive arcs negative.
    options: keyword arguments of `impedance`: model, soc, temperature, accuracy.
    What counts in a fit is the difference relative to the measured modulus, real and imaginary part alike.
    Raises ProtocolError for anything else.
    """

    name: str
    frequencies: Array = field(repr=False)
    impedance: NDArray[np.complex128] = field(repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text("MeasuredSpectrum: name", self.name, "give a name, as text")
        said = f"spectrum {self.name[:40]!r}"
        f = numbers(f"{said}: frequencies", self.frequencies, "give numbers above 0 [Hz]", low=1e-300)
        try:
            Z = np.atleast_1d(np.array(self.impedance, np.complex128))
        except (TypeError, ValueError, OverflowError):
            raise ProtocolError(f"{said}: impedance {shown(self.impedance)}: give complex numbers [Ohm]") from None
        if Z.shape != f.shape or not np.isfinite(Z).all() or not np.abs(Z).all():
            raise ProtocolError(
                f"{said}: impedance: give {f.size} finite complex numbers [Ohm] other than 0, as many as f"
            )
        object.__setattr__(self, "frequencies", f)
        object.__setattr__(self, "impedance", Z)
        wanted = "give a dictionary of arguments of impedance, such as {'soc': 0.5}"
        for name in mapping(f"{said}: options", self.options, wanted, ProtocolError):
            if name not in OPTIONS:
                raise ProtocolError(f"{said}: options: {shown(name)}: {near(name, OPTIONS)}")

    @property
    def channels(self) -> tuple[tuple[str, int], ...]:
        """(name, number of values) of what is compared."""
        return (("impedance", 2 * self.frequencies.size),)

    def simulated_coroutine(self, cell: Cell, **otherwise: Any) -> Coroutine[Spectrum]:
        """The `Spectrum` with `cell`, as a coroutine that needs no kernel; otherwise: options that differ."""
        return impedance(cell, self.frequencies, **{**self.options, **otherwise})
        yield

    def apart(self, spectrum: Spectrum) -> tuple[Array, ...]:
        """Computed less measured impedance by the measured modulus: real parts, then imaginary parts (2 n,)."""
        d = (spectrum.impedance - self.impedance) / np.abs(self.impedance)
        return (np.concatenate([d.real, d.imag]),)

    def too_short(self, spectrum: Spectrum) -> str:
        """A spectrum is never."""
        return ""
