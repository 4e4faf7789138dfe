"""Cells in series and in parallel, from the voltage and the energy of a pack."""

import math
from dataclasses import dataclass

from ...errors import ParameterError
from ...support.arguments import number

TOLERANCE = 0.02  # share by which the nominal voltage of a pack may differ from the wanted one


@dataclass(frozen=True)
class Topology:
    """A pack of equal cells.

    series, parallel: numbers of cells.  cell_size: energy of a cell over that of the parameter set, by which the number
    of its electrode pairs is changed so that whole cells give the energy.  voltage [V], energy [Wh]: of the pack.
    """

    series: int
    parallel: int
    cell_size: float
    voltage: float
    energy: float

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.series * self.parallel

    def __str__(self) -> str:
        return f"{self.series}s{self.parallel}p"


def in_series(pack_voltage: float, cell_voltage: float, tolerance: float = TOLERANCE) -> int:
    """Cells in series for a nominal voltage [V].  Raises ParameterError if no whole number gives it."""
    pack_voltage = number("pack voltage", pack_voltage, "give volts above 0", above=0.0, error=ParameterError)
    cell_voltage = number("cell voltage", cell_voltage, "give volts above 0", above=0.0, error=ParameterError)
    series = max(1, round(pack_voltage / cell_voltage))
    if abs(series * cell_voltage / pack_voltage - 1.0) > tolerance:
        below = max(1, math.floor(pack_voltage / cell_voltage))
        near = " or ".join(f"{n * cell_voltage:.4g} V ({n} in series)" for n in (below, below + 1))
        raise ParameterError(
            f"pack voltage {pack_voltage:g} V: no whole number of cells of {cell_voltage:.3g} V gives it within "
            f"{100.0 * tolerance:g} %; choose {near}"
        )
    return series


def topology(
    pack_voltage: float, pack_energy: float, cell_voltage: float, cell_energy: float, *, resize: bool = True
) -> Topology:
    """The pack of a nominal voltage [V] and an energy [Wh] from cells of a nominal voltage [V] and an energy [Wh].

    resize: let the cells become larger or smaller, so that whole cells give the energy; without it the energy is the
    nearest that whole strings of the cell give.  Raises ParameterError.
    """
    series = in_series(pack_voltage, cell_voltage)
    pack_energy = number("pack energy", pack_energy, "give watt-hours above 0", above=0.0, error=ParameterError)
    cell_energy = number("cell energy", cell_energy, "give watt-hours above 0", above=0.0, error=ParameterError)
    string = series * cell_energy
    parallel = max(1, round(pack_energy / string))
    size = pack_energy / (parallel * string) if resize else 1.0
    return Topology(series, parallel, size, series * cell_voltage, parallel * string * size)
