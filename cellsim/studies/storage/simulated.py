"""Wear of duties by simulated ageing: the days of the same car with and without a duty, over the same years.

    wear [EUR a year] = value of the pack x (capacity lost with the duty - without) / (loss when retired) / years

A duty is a block of power at the arrival, every day as long as its energy over the year asks for; the car is full at
the departure either way.  So small cycles of a reserve become one deeper cycle, and the days of a year are alike.  Wear
may be negative: a car that is less full for some hours of the day may age less.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import CellsimError
from ...models import SPM
from ...parameters import Cell, load
from ...parameters.formats.lent import lent
from ...physics.constants import ZERO_CELSIUS
from ...support.arguments import number
from ..life.cycle_map import ages_within_runs, overlays_of
from ..life.duty.years import age_in_use
from .arbitrage import CarBattery
from .inputs import StorageFile, read_storage
from .study import DutyFound

YEARS = 8.0
RETIRED = 0.2  # of the capacity lost
TOLERANCE = 2e-4  # of the capacity, by jumps over days: wear is a difference of two lives
LEAST = 1.0  # kWh given a year, below which there is no wear of a kWh
CUT = 0.05  # 1/h, current at which a charge ends
AFTER = 2.0  # h between the end of the charge and the departure, in which its voltage is held
UNKNOWN = "no rate of ageing is known of it"


@dataclass(frozen=True)
class SimulatedWear:
    """What a duty wears, by simulated years.

    constants: whose ageing; temperature [K]; lost, lost_without: shares of the first capacity after `years`.
    wear [EUR a year], price [EUR/kWh of energy given, None where none is given], net [EUR a year]: with it in place of
    the linear bound.  None where nothing is known, and `reason` says why.
    """

    cell: str
    duty: str
    constants: str
    temperature: float
    years: float
    lost: float | None = None
    lost_without: float | None = None
    wear: float | None = None
    price: float | None = None
    net: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.lost is None or self.lost_without is None:
            return f"{self.cell}, {self.duty}: wear not simulated: {self.reason}"
        price = "" if self.price is None else f", {self.price:.3f} EUR/kWh"
        celsius = self.temperature - ZERO_CELSIUS
        return (
            f"{self.cell}, {self.duty}, {self.constants}: {100.0 * self.lost:.1f} % of the capacity lost in "
            f"{self.years:g} years at {celsius:.0f} degC, {100.0 * self.lost_without:.1f} % without; "
            f"{self.wear:.0f} EUR a year of wear{price}, {self.net:+.0f} EUR a year after it"
        )


def simulated_wear(
    found: Iterable[DutyFound],
    cells: Iterable[Cell | str],
    file: StorageFile | None = None,
    *,
    years: float = YEARS,
    temperature: float = 298.15,
) -> tuple[SimulatedWear, ...]:
    """The wear of duties that were found, by years of simulated days.

    found: of `storage_study`, with the same `cells` and `file`.  years: of both lives; temperature [K]: of the
    surroundings.  A cell ages by its own set, or if it is liquid and has none by the packaged overlays, in proportion
    to capacity; of other cells nothing is known.  Backup, which is used twice a year, is left out.
    Raises ParameterError, ProtocolError.
    """
    file = read_storage() if file is None else file
    years = number("years", years, "give years as a number above 0 and at most 100, such as 8", above=0.0, high=100.0)
    rows = [r for r in found if r.duty != "backup"]
    wears = []
    for cell in map(load, cells):
        own = [r for r in rows if r.cell == cell.name]
        for overlay in overlays_of(cell) if own else ():
            wears += _worn(cell, overlay, own, file, years, temperature)
    return tuple(wears)


def _worn(
    cell: Cell, overlay: str, rows: list[DutyFound], file: StorageFile, years: float, temperature: float
) -> list[SimulatedWear]:
    """The wear of each duty of a cell, with one life without any."""
    if not overlay and not ages_within_runs(cell):
        return [SimulatedWear(cell.name, r.duty, "", temperature, years, reason=UNKNOWN) for r in rows]
    whose = f"ageing of {overlay}, another cell" if overlay else "ageing of its own set"
    aged = lent(cell, overlay) if overlay else cell
    car = CarBattery.of(rows[0].usable, file)
    try:
        known = {0.0: _lost(aged, day_of(cell, car, 0.0), years, temperature)}
    except CellsimError as fault:
        return [SimulatedWear(cell.name, r.duty, whose, temperature, years, reason=str(fault)) for r in rows]
    made = []
    for r in rows:
        hours = r.served.given / 365.0 / car.power
        try:
            if hours not in known:
                known[hours] = _lost(aged, day_of(cell, car, hours), years, temperature)
        except CellsimError as fault:
            made.append(SimulatedWear(cell.name, r.duty, whose, temperature, years, reason=str(fault)))
            continue
        lost = known[hours]
        wear = file.lives[r.life].price.value * r.usable * (lost - known[0.0]) / RETIRED / years
        price = wear / r.served.given if r.served.given > LEAST else None
        net = r.served.gain - r.served.standby - wear
        made.append(SimulatedWear(cell.name, r.duty, whose, temperature, years, lost, known[0.0], wear, price, net))
    return made


def _lost(aged: Cell, day: str, years: float, temperature: float) -> float:
    """Share of the capacity that years of days take.  Raises CellsimError if the cell does not last so long."""
    life = age_in_use(aged, day, years, temperatures=temperature, until=None, model=SPM(), tolerance=TOLERANCE)
    if life.end:
        raise CellsimError(f"it does not last {years:g} years: {life.end}")
    left = life.table["Capacity of equilibrium [A.h]"].to_numpy()
    return 1.0 - float(left[-1]) / float(left[0])


def day_of(cell: Cell, car: CarBattery, hours: float) -> str:
    """The protocol of a day from the departure on, with a discharge at the charger's power for some hours.

    Energies are shares of the usable energy, which is the cell between its cut-off voltages.
    """
    per_hour, drive = car.power / car.high, 0.5 * car.driving / car.high
    top = cell.value("cell/upper voltage cut-off")
    parked = car.arrival - car.departure - 1.0
    charging = (2.0 * drive + per_hour * hours) / per_hour
    left = 24.0 - (car.arrival - car.departure + 1.0) - hours - charging - AFTER
    steps = [
        f"Discharge at {drive:.8g}C for 1 hour",
        f"Rest for {parked:.8g} hours" if parked > 0.0 else "",
        f"Discharge at {drive:.8g}C for 1 hour",
        f"Discharge at {per_hour:.8g}C for {hours:.8g} hours" if hours > 0.0 else "",
        f"Rest for {left:.8g} hours" if left > 0.0 else "",
        f"Charge at {per_hour:.8g}C until {top:g} V",
        f"Hold at {top:g} V until {CUT:g}C",
    ]
    return "; ".join(filter(None, steps))
