"""Charging and discharging a plugged car at given prices, by linear programmes (HiGHS).

Variables of an hour: power from the grid c and to the grid d [kW], energy in the battery at its end e [kWh]:

    minimise   sum p (c - d) + w d / eta
    subject to e = e_before + eta c - d / eta - driving,  c / P + d / P_out <= plugged,  e_low <= e <= e_high

p: price, w: wear price of energy taken out for the grid, eta: root of the round trip.  Within an hour charging and
discharging share the time, so that nothing impossible is assumed where a price is negative.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError, SolveError
from ...support.arguments import number
from .inputs import Prices, StorageFile

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CarBattery:
    """A plugged car.

    low, high [kWh]: between which its energy is kept.  power [kW]: of the charger, both ways.  efficiency: one way.
    driving [kWh] in the hours of departure and before arrival [h of the day]; it is plugged outside of them.
    """

    low: float
    high: float
    power: float
    efficiency: float
    driving: float
    departure: int
    arrival: int

    @classmethod
    def of(cls, usable: float, file: StorageFile) -> "CarBattery":
        """A car with a usable energy [kWh].  Raises ProtocolError if it cannot do its driving."""
        usable = number("usable energy", usable, "give kWh above 0", above=0.0)
        d, c = file.driving, file.charger
        low = d.least_charge.value * usable
        made = cls(
            low,
            usable,
            c.power.value,
            math.sqrt(c.round_trip.value),
            d.energy.value,
            int(d.departure.value),
            int(d.arrival.value),
        )
        if made.driving > usable - low:
            raise ProtocolError(
                f"driving of {made.driving:g} kWh a day cannot be served: the battery has {usable:.4g} kWh, of which "
                f"{low:.4g} are kept; give less driving, a larger battery or a lower least charge"
            )
        hours = 24 - (made.arrival - made.departure)
        if made.driving > hours * made.power * made.efficiency:
            raise ProtocolError(
                f"driving of {made.driving:g} kWh a day cannot be served: {hours} h at {made.power:g} kW charge less; "
                "give a stronger charger or more hours plugged"
            )
        return made

    def plugged(self, hours: NDArray[np.int64]) -> Array:
        """1 where the car is plugged, by hours of the day."""
        return np.where((hours >= self.departure) & (hours < self.arrival), 0.0, 1.0)

    def drives(self, hours: NDArray[np.int64]) -> Array:
        """Energy [kWh] that driving takes, by hours of the day."""
        half = 0.5 * self.driving
        return np.asarray(half * (hours == self.departure) + half * (hours == self.arrival - 1))


@dataclass(frozen=True)
class Plan:
    """Hours of a car at prices: power from and to the grid (hours,) [kW], energy at the end of each hour [kWh].

    cost [EUR]: paid for energy less received; given [kWh]: energy taken out of the battery for the grid.
    """

    charge: Array
    discharge: Array
    energy: Array
    cost: float
    given: float


def matrices(car: CarBattery, hours: NDArray[np.int64]) -> tuple[Any, Array, Any, Array]:
    """(A_eq, b_eq, A_ub, b_ub) of the programme over hours of the day, sparse; variables c, d, e."""
    from scipy import sparse

    n = hours.size
    eye = sparse.identity(n, format="csr")
    before = sparse.csr_matrix((np.ones(n), (np.arange(n), np.roll(np.arange(n), 1))), shape=(n, n))
    balance = sparse.hstack([-car.efficiency * eye, eye / car.efficiency, eye - before])
    A_ub = sparse.hstack([eye / car.power, eye / car.power, sparse.csr_matrix((n, n))], format="csr")
    return balance.tocsr(), -car.drives(hours), A_ub, car.plugged(hours)


def arbitrage(
    prices: Prices, car: CarBattery, wear: float = 0.0, *, both: bool = True, foresight: bool = False
) -> Plan:
    """A car over a whole series of prices, which is taken to repeat.

    wear [EUR/kWh]: price of energy taken out for the grid.  both: whether power may go to the grid; without it, smart
    charging.  foresight: all prices are known beforehand, an upper bound.  Else the car leaves full every morning, so
    that what it does between two noons depends on the prices of these hours only, which a day-ahead market has
    published by then.
    Raises ProtocolError, SolveError.
    """
    from scipy.optimize import linprog

    wear = number("wear price", wear, "give EUR/kWh, zero or more", low=0.0)
    p, n = prices.values, prices.values.size
    hours = np.arange(n) % 24
    A_eq, b_eq, A_ub, b_ub = matrices(car, hours)
    bounds = np.empty((3 * n, 2))
    bounds[:n] = 0.0, car.power
    bounds[n : 2 * n] = 0.0, car.power if both else 0.0
    bounds[2 * n :] = car.low, car.high
    if not foresight:
        bounds[2 * n :][hours == car.departure] = car.high - 0.5 * car.driving
    objective = np.r_[p, wear / car.efficiency - p, np.zeros(n)]
    found = linprog(objective, A_ub, b_ub, A_eq, b_eq, bounds, method="highs")
    if found.status == 2:
        raise ProtocolError(
            "the duty cannot be served: no charging keeps the driving and the least charge; give less driving, more "
            "hours plugged, a stronger charger or a larger battery"
        )
    if not found.success:
        raise SolveError(f"the linear programme of a duty failed: {found.message}", None)
    c, d, e = np.split(found.x, 3)
    return Plan(c, d, e, float(p @ (c - d)), float(d.sum()) / car.efficiency)


def unscheduled(prices: Prices, car: CarBattery) -> Plan:
    """Charging at full power from arrival on until full, as a car that is simply plugged in."""
    n = prices.values.size
    hours = np.arange(n) % 24
    plugged, drives = car.plugged(hours), car.drives(hours)
    c, e = np.zeros(n), np.zeros(n)
    energy = car.high
    for t in range(n):
        energy -= drives[t]
        c[t] = plugged[t] * min(car.power, (car.high - energy) / car.efficiency)
        energy += car.efficiency * c[t]
        e[t] = energy
    return Plan(c, np.zeros(n), e, float(prices.values @ c), 0.0)
