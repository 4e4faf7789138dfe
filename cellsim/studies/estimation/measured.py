"""Measured runs, and how far a simulation is from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ensemble.case import known_options
from ...errors import ProtocolError
from ...kernels.call.calls import Coroutine, finish
from ...parameters import Cell
from ...protocols import Protocol
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import mapping, numbers, text
from ...support.renamed import by_names
from ..measured import run_arguments

Array = NDArray[np.float64]
SHORT = 0.01  # share of a measurement by which a run may end too early
COLDEST = 150.0  # K: temperatures below are thought to be in degC


@by_names
@dataclass(frozen=True)
class MeasuredRun:
    """A measured run: t [s], voltage [V] and perhaps temperature [K] at these times, and how to simulate it.

    t (n,): from the start of the protocol, rising; voltage, temperature (n,): arrays or lists of finite numbers.
    steps: as `simulate` takes them.  options: keyword arguments of `simulate`, such as `voltage`, `ambient`.
    Raises ProtocolError for anything else, such as a temperature in degC.
    """

    name: str
    t: Array = field(repr=False)
    voltage: Array = field(repr=False)
    steps: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    temperature: Array | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
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

    @classmethod
    def from_frame(cls, data: Any, name: str | None = None, **options: Any) -> "MeasuredRun":
        """A run along the recorded current of `read_cycler`'s data, or of what that reads; options: of `simulate`.

        `steps` may be given instead of the current.  A record that begins at rest starts at its first voltage;
        for another one give soc or voltage.  Raises ProtocolError.
        """
        return cls(**run_arguments(data, name, options))

    def _series(self, name: str, wanted: str, low: float) -> Array:
        found = numbers(f"run {self.name[:40]!r}: {name}", getattr(self, name), wanted, low=low)
        if found.size != self.t.size:
            raise ProtocolError(
                f"run {self.name[:40]!r}: {found.size} values of {name} for {self.t.size} times; give as many of both"
            )
        return found

    def simulated(self, cell: Cell) -> Result:
        """The `Result` of this run with `cell`.  Raises what `simulate` does."""
        return finish(self.simulated_coroutine(cell))

    def simulated_coroutine(self, cell: Cell, **otherwise: Any) -> Coroutine[Result]:
        """Coroutine form of `simulated`; otherwise: options that differ from those of the run."""
        return simulate_coroutine(cell, self.steps, **self.arguments(otherwise))

    def arguments(self, otherwise: Mapping[str, Any]) -> dict[str, Any]:
        """Options of `simulate` with which the run is made; otherwise: those that differ from its own."""
        return {"heat": self.temperature is not None or None, **self.options, **otherwise}

    def differences(self, cell: Cell) -> tuple[Array, Array]:
        """Simulated less measured voltage [V] and temperature [K] at the measured times; the latter may be empty.

        Where the run ends before the measurement its last value stands, so that an end too early counts the more
        the earlier it is, and never more than what the voltage can differ by.
        """
        return self.apart(self.simulated(cell))

    @property
    def channels(self) -> tuple[tuple[str, int], ...]:
        """(name, number of values) of what is compared."""
        found = (("voltage", self.t.size), ("temperature", self.t.size))
        return found[: 1 + (self.temperature is not None)]

    def too_short(self, result: Result) -> str:
        """In words, if a run ends long before the measurement does; else ""."""
        if result.t[-1] >= self.t[-1] - SHORT * (self.t[-1] - self.t[0]):
            return ""
        return (
            f"run {self.name!r} ends after {result.t[-1]:.6g} s ({result.steps[-1].message}), but was "
            f"measured for {self.t[-1]:.6g} s"
        )

    def apart(self, result: Result) -> tuple[Array, Array]:
        """The same of a run that has been simulated."""
        dV = continued(result, "Voltage [V]", self.t) - self.voltage
        if self.temperature is None:
            return dV, np.empty(0)
        return dV, continued(result, "Cell temperature [K]", self.t) - self.temperature


def continued(result: Result, name: str, t: Array) -> Array:
    """Values of a result at times t [s], the last one beyond its end."""
    return np.where(t > result.t[-1], result[name][-1], result.at(name, np.minimum(t, result.t[-1])))
