"""What one cell of a pack can do, from simulations: energy, power hot and cold, time of a charge, heat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...design import CellDesign, build
from ...design.thermal import Lumped
from ...ensemble.engine import values_of
from ...ensemble.jobs import Job
from ...errors import CellsimError
from ...kernels.call.calls import Coroutine
from ...models.electrodes import has_foil, needs_particles
from ...parameters import Cell, load
from ...physics.constants import ZERO_CELSIUS
from ...protocols import discharge
from ...simulation.run import simulate_coroutine
from ..charging.fastest import fastest_charge_coroutine
from ..charging.study import LIMITS
from ..pulse_power import pulse_coroutine

RATE = 1.0 / 3.0  # C-rate of the discharge that gives the energy
POWER_AT = (-20.0, -10.0, 0.0, 10.0, 25.0, 45.0)  # degC
CHARGE_AT = (0.0, 25.0, 45.0)  # degC, of cell and surroundings at the start
START, END = 0.1, 0.8
CRITICAL = "negative electrode/critical current density"
WAYS = 100.0  # times the present critical current, up to which one is searched for
ACCURACY = 5e-3  # V rms: minutes are printed in three digits


@dataclass(frozen=True)
class CellPerformance:
    """A cell, as far as a pack of it is concerned.

    energy [Wh], voltage [V]: of a C/3 discharge at the cell's own temperature (mean of the discharge).
    power: [W] of a 10 s discharge at 50 % state of charge, by temperature [degC].
    charge: minutes from 10 to 80 % within LIMITS by temperature [degC], infinite where it does not get there;
    heating [W]: mean heat of the charge at 25 degC.
    critical: (now, needed) critical current density of lithium metal [A/m2] at its reference temperature, with which
    the charge at 25 degC would take the wanted time; None where it does, or where no critical current up to WAYS times
    the present one helps.
    """

    cell: Cell
    design: CellDesign
    energy: float
    voltage: float
    power: dict[float, float]
    charge: dict[float, float]
    heating: float
    critical: tuple[float, float] | None = None

    @property
    def name(self) -> str:
        """Name of the parameter set."""
        return self.cell.name

    @property
    def gravimetric(self) -> float:
        """Wh/kg of the cell."""
        return self.energy / self.design.mass

    @property
    def volumetric(self) -> float:
        """Wh/L of the cell."""
        return 1e-3 * self.energy / self.design.volume

    def power_per_energy(self, celsius: Any) -> Any:
        """Peak power over energy [1/h] at temperatures [degC], between those of POWER_AT by its logarithm."""
        known = sorted(self.power)
        logs = np.log([max(self.power[T], 1e-12) for T in known])
        return np.exp(np.interp(celsius, known, logs)) / self.energy

    def full_power_from(self, per_energy: float) -> float | None:
        """The lowest temperature [degC] from which on the peak power over energy reaches a value [1/h].

        None if it does not at the highest one; the lowest of POWER_AT if it does everywhere.
        """
        grid = np.linspace(min(self.power), max(self.power), 651)
        enough = self.power_per_energy(grid) >= per_energy
        if not enough[-1]:
            return None
        short = np.flatnonzero(~enough)
        return float(grid[0] if short.size == 0 else grid[short[-1] + 1])


def energy_coroutine(cell: Cell) -> Coroutine[tuple[float, float]]:
    """Energy [Wh] and mean voltage [V] of a C/3 discharge at the cell's own temperature."""
    run = yield from simulate_coroutine(cell, discharge(RATE))
    return run.discharge_energy, run.discharge_energy / run.discharge_capacity


def _charge(cell: Cell, celsius: float) -> Coroutine[tuple[float, float]]:
    """Minutes, and the mean heating [W]; infinite and NaN where the limits leave no charge."""
    try:
        found = yield from fastest_charge_coroutine(
            cell, LIMITS, START, END, temperature=celsius + ZERO_CELSIUS, heat=Lumped(), accuracy=ACCURACY
        )
    except CellsimError:
        return np.inf, np.nan
    made = found.result["Heat generated [J]"]
    return found.duration / 60.0, float(made[-1] - made[0]) / float(found.result.t[-1])


def _critical(cell: Cell, wanted: float) -> Coroutine[tuple[float, float] | None]:
    """The critical current density with which a charge at 25 degC takes so many minutes, by bisection; see above."""
    if not has_foil(cell) or not cell.has(CRITICAL):
        return None
    now = cell.value(CRITICAL)

    def minutes(factor: float) -> Coroutine[float]:
        return (yield from _charge(cell.with_({CRITICAL: factor * now}), 25.0))[0]

    if (yield from minutes(1.0)) <= wanted or (yield from minutes(WAYS)) > wanted:
        return None
    low, high = 1.0, WAYS
    while high / low > 1.02:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if (yield from minutes(middle)) <= wanted else (middle, high)
    return now, high * now


def performances(
    cells: Iterable[Cell | str], wanted: float = 30.0, *, threads: int | None = None
) -> tuple[CellPerformance, ...]:
    """Simulate what vehicles ask of each cell; wanted [min]: time of a charge from 10 to 80 %.

    Raises ParameterError, ProtocolError, SolveError.
    """
    known: Sequence[Cell] = [load(c) for c in cells]
    for cell in known:
        needs_particles(cell)
    per = 2 + len(POWER_AT) + len(CHARGE_AT)
    jobs = [
        job
        for c in known
        for job in (
            Job(energy_coroutine, (c,)),
            *(Job(pulse_coroutine, (c, T)) for T in POWER_AT),
            *(Job(_charge, (c, T)) for T in CHARGE_AT),
            Job(_critical, (c, wanted)),
        )
    ]
    found = values_of(jobs, threads=threads)
    made = []
    for k, cell in enumerate(known):
        (energy, voltage), *rest, critical = found[k * per : (k + 1) * per]
        pulses, charges = rest[: len(POWER_AT)], rest[len(POWER_AT) :]
        power = {T: watts for T, (watts, _) in zip(POWER_AT, pulses, strict=True)}
        minutes = {T: found_ for T, (found_, _) in zip(CHARGE_AT, charges, strict=True)}
        heating = dict(zip(CHARGE_AT, charges, strict=True))[25.0][1]
        made.append(CellPerformance(cell, build(cell), energy, voltage, power, minutes, heating, critical))
    return tuple(made)
