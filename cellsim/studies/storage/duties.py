"""The duties of a car as storage: what each earns a year before wear, and the energy it takes out for it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError, SolveError
from ...support.arguments import near, shown
from .arbitrage import CarBattery, Plan, arbitrage, unscheduled
from .inputs import HomeLoad, Prices, StorageFile, home_load

Array = NDArray[np.float64]
SECONDS, DAYS = 10.0, 30  # step [s] and length [days] of the synthetic frequency
SEED = 1
WHOLE = 360  # days from which on prices are those of a year


@dataclass(frozen=True)
class Served:
    """A duty over a year, at one wear price.

    gain [EUR]: over the same car without it, charged smartly where it charges at all, before wear and standby.
    given [kWh]: energy taken out of the battery for the duty.  standby [EUR]: of the charger.  wear [EUR].
    said: what it does, in words.
    """

    duty: str
    gain: float
    given: float
    standby: float
    wear: float
    said: str

    @property
    def net(self) -> float:
        """EUR a year after standby and wear."""
        return self.gain - self.standby - self.wear

    @property
    def breaks_even(self) -> float | None:
        """Wear price [EUR/kWh] at which this operation earns nothing; None where it loses before wear or gives none."""
        before = self.gain - self.standby
        return before / self.given if before > 0.0 and self.given > 0.0 else None


@dataclass(frozen=True)
class HomePlan:
    """A home with a car over typical days: highest hour [kW], bill of energy, peak [EUR], energy given [kWh]."""

    peak: float
    energy: float
    demand: float
    given: float


def plan_home(load: HomeLoad, car: CarBattery, retail: float, peak_price: float, wear: float, both: bool) -> HomePlan:
    """The least bill by a linear programme: energy, wear, and the highest hour of the year; no power to the grid.

    Variables for each hour of each typical day: c, d, e as in `arbitrage`, each day repeating itself; and the peak.
    Raises ProtocolError, SolveError.
    """
    from scipy import sparse
    from scipy.optimize import linprog

    days, n = load.days.shape[0], load.days.size
    hours = np.tile(np.arange(24), days)
    eye = sparse.identity(n, format="csr")
    roll = sparse.block_diag([np.roll(np.eye(24), -1, axis=1).T] * days, format="csr")
    none = sparse.csr_matrix((n, 1))
    A_eq = sparse.hstack([-car.efficiency * eye, eye / car.efficiency, eye - roll.T, none], format="csr")
    share = sparse.hstack([eye / car.power, eye / car.power, sparse.csr_matrix((n, n)), none])
    top = sparse.hstack([eye, -eye, sparse.csr_matrix((n, n)), -np.ones((n, 1))])
    A_ub = sparse.vstack([share, top], format="csr")
    home = load.days.ravel()
    bounds = np.empty((3 * n + 1, 2))
    bounds[:n] = 0.0, car.power
    bounds[n : 2 * n, 0], bounds[n : 2 * n, 1] = 0.0, np.minimum(car.power, home) if both else 0.0
    bounds[2 * n : 3 * n] = car.low, car.high
    bounds[-1] = 0.0, np.inf
    often = np.repeat(load.weights, 24)
    objective = np.r_[often * retail, often * (wear / car.efficiency - retail), np.zeros(n), peak_price]
    found = linprog(objective, A_ub, np.r_[car.plugged(hours), -home], A_eq, -car.drives(hours), bounds, method="highs")
    if found.status == 2:
        raise ProtocolError("the duty cannot be served: no charging keeps the driving; give less driving or more power")
    if not found.success:
        raise SolveError(f"the linear programme of a home failed: {found.message}", None)
    c, d = found.x[:n], found.x[n : 2 * n]
    peak = float(found.x[-1])
    return HomePlan(peak, retail * float(often @ (home + c - d)), peak_price * peak, float(often @ d) / car.efficiency)


@dataclass(frozen=True)
class Setting:
    """What a duty is served with."""

    car: CarBattery
    file: StorageFile
    prices: Prices

    @cached_property
    def smart(self) -> Plan:
        """The car charged at the cheapest hours."""
        return arbitrage(self.prices, self.car, both=False)

    @cached_property
    def flat(self) -> Plan:
        """The car charged on arrival."""
        return unscheduled(self.prices, self.car)

    @cached_property
    def home(self) -> HomePlan:
        """A home with the car charged such that its bill is least, without power back to it."""
        h = self.file.home
        return plan_home(home_load(h.load.value), self.car, h.retail_price.value, h.peak_price.value, 0.0, both=False)

    @property
    def standby(self) -> float:
        """Cost of the charger's standby [EUR a year], at the mean price."""
        return 8.76 * self.file.charger.standby.value * float(self.prices.values.mean())


def serve_arbitrage(at: Setting, wear: float) -> Served:
    """Day-ahead prices, power both ways against smart charging."""
    smart, flat, plan = at.smart, at.flat, arbitrage(at.prices, at.car, wear)
    years = at.prices.years
    gain = (smart.cost - plan.cost) / years
    said = (
        f"charged on arrival {flat.cost / years:.0f}, smartly {smart.cost / years:.0f}, both ways "
        f"{plan.cost / years:.0f} EUR a year for energy"
    )
    if (days := at.prices.values.size / 24) < WHOLE:
        said += f"; a year of days like the {days:.3g} of the prices"
    return Served("arbitrage", gain, plan.given / years, at.standby, wear * plan.given / years, said)


def serve_home(at: Setting, wear: float) -> Served:
    """The highest hour of a home with its car, against the same car charged smartly."""
    h = at.file.home
    load = home_load(h.load.value)
    smart = at.home
    both = plan_home(load, at.car, h.retail_price.value, h.peak_price.value, wear, both=True)
    gain = smart.energy + smart.demand - both.energy - both.demand
    standby = 8.76 * at.file.charger.standby.value * h.retail_price.value
    said = f"highest hour {both.peak:.2f} instead of {smart.peak:.2f} kW with smart charging"
    return Served("home peak", gain, both.given, standby, wear * both.given, said)


@lru_cache(maxsize=4)
def frequency(deviation: float, memory: float, seconds: float = SECONDS, days: int = DAYS, seed: int = SEED) -> Array:
    """A synthetic deviation of the frequency [mHz], an Ornstein-Uhlenbeck process sampled exactly every `seconds`."""
    from scipy.signal import lfilter

    n = int(days * 86400 / seconds)
    keep = math.exp(-seconds / memory)
    noise = np.random.default_rng(seed).standard_normal(n)
    noise[0] /= math.sqrt(1.0 - keep**2)  # from the steady state
    found = np.asarray(deviation * math.sqrt(1.0 - keep**2) * lfilter([1.0], [1.0, -keep], noise))
    found.flags.writeable = False  # shared
    return found


def serve_reserve(at: Setting, wear: float) -> Served:
    """Power that follows a synthetic frequency while the car is plugged."""
    r, car = at.file.reserve, at.car
    signal = np.clip(frequency(r.deviation.value, r.memory.value) / r.full_at.value, -1.0, 1.0)
    plugged = float(car.plugged(np.arange(24)).sum()) * 365.0
    out = 0.5 * car.power * plugged * float(np.abs(signal).mean())  # kWh a year to the grid, and as much from it
    given = out / car.efficiency
    lost = out / car.efficiency**2 - out  # is bought besides
    gain = r.income.value * car.power * plugged / 8760.0 - lost * float(at.prices.values.mean())
    cycles = given / car.high / 12.0
    said = (
        f"income of {r.income.date or 'an unknown date'} for {plugged:.0f} h plugged; {cycles:.1f} full cycles a month"
    )
    return Served("reserve", gain, given, at.standby, wear * given, said)


def level(load: Array, energy: float, most: float) -> float:
    """The lowest highest hour [kW] that an energy [kWh] and a power [kW] make of a load by the hour [kW]."""
    low, high = max(0.0, float(load.max()) - most), float(load.max())
    for _ in range(60):
        middle = 0.5 * (low + high)
        enough = float(np.maximum(load - middle, 0.0).sum()) <= energy
        low, high = (low, middle) if enough else (middle, high)
    return high


def office(peak: float) -> Array:
    """Load of an office by the hour of a working day [kW]; its shape is assumed."""
    hours = np.arange(24) + 0.5
    return np.asarray(peak * (0.35 + 0.65 * np.exp(-0.5 * ((hours - 14.0) / 3.5) ** 2)))


def building_cut(at: Setting) -> float:
    """By how much cars at work cut the highest hour of a building [kW]."""
    b, car = at.file.building, at.car
    power = min(b.power.value, car.power)
    energy = min(b.hours.value * power, car.efficiency * max(0.0, car.high - car.low - car.driving))
    load = office(b.peak.value)
    return float(load.max()) - level(load, b.cars.value * energy, b.cars.value * power)


def serve_building(at: Setting, wear: float) -> Served:
    """Cars at work that cut the highest hour of a building, per car."""
    b, eta = at.file.building, at.car.efficiency
    cars, cut, load = b.cars.value, building_cut(at), office(b.peak.value)
    given = b.days.value * float(np.maximum(load - load.max() + cut, 0.0).sum()) / eta / cars
    lost = given / eta - given * eta  # bought at work, less what is given back
    gain = cut * b.peak_price.value / cars - lost * float(at.prices.values.mean())
    said = f"{cars:g} cars cut {cut:.0f} of {b.peak.value:g} kW, {100.0 * cut / b.peak.value:.1f} %"
    return Served("building peak", gain, given, at.standby, wear * given, said)


def serve_backup(at: Setting, wear: float) -> Served:
    """How long a full car feeds a home; nothing is earned."""
    load = at.file.backup.load.value
    days = at.car.efficiency * at.car.high / load
    given = 2.0 * at.car.high
    return Served("backup", 0.0, given, at.standby, wear * given, f"{days:.1f} days of a home of {load:g} kWh a day")


DUTIES: dict[str, Callable[[Setting, float], Served]] = {
    "arbitrage": serve_arbitrage,
    "home-peak": serve_home,
    "reserve": serve_reserve,
    "building-peak": serve_building,
    "backup": serve_backup,
}


def duty(name: str) -> Callable[[Setting, float], Served]:
    """A duty by name.  Raises ProtocolError."""
    if not isinstance(name, str) or name not in DUTIES:
        raise ProtocolError(f"duty {shown(name)}: {near(name, DUTIES)}")
    return DUTIES[name]
