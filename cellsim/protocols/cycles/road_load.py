"""The power that a vehicle takes from its battery at a speed: inertia, drag, rolling resistance, trailer."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError
from ..profiles import Profile

GRAVITY = 9.80665  # m/s2
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Vehicle:
    """A vehicle with a battery of equal cells, on a level road.

    Its resistance is that of drag area and rolling, or `coast_down`: A [N], B [N.s/m], C [N.s2/m2] of a coast-down
    test, F = A + B v + C v^2, which replaces both.  A trailer adds its mass, rolling resistance and drag area.
    """

    mass: float  # kg
    rotating_mass: float  # kg, mass equivalent of the rotating parts
    drag_area: float  # drag coefficient times frontal area, m2
    rolling_resistance: float
    efficiency: float  # battery to wheels
    recovered: float  # fraction of the braking power that reaches the battery
    auxiliary: float  # W
    air_density: float  # kg/m3
    cells: int
    trailer_mass: float = 0.0  # kg
    trailer_drag_area: float = 0.0  # m2
    trailer_rolling_resistance: float = 0.010
    coast_down: tuple[float, float, float] | None = None

    def resistance(self, v: Array) -> Array:
        """Force [N] at constant speeds v (n,) [m/s], zero at rest."""
        if self.coast_down is None:
            own = (
                np.zeros_like(v)
                + self.rolling_resistance * self.mass * GRAVITY
                + 0.5 * self.air_density * self.drag_area * v**2
            )
        else:
            A, B, C = self.coast_down
            own = A + B * v + C * v**2
        towed: Array = np.full_like(v, self.trailer_rolling_resistance * self.trailer_mass * GRAVITY)
        towed = towed + 0.5 * self.air_density * self.trailer_drag_area * v**2
        return np.asarray((own + towed) * (v > 0.0))

    @property
    def inertia(self) -> float:
        """Mass that is accelerated [kg], the rotating parts as their equivalent."""
        return self.mass + self.rotating_mass + self.trailer_mass


@dataclass(frozen=True)
class Trip:
    """What a vehicle takes from its battery along a speed schedule.

    middle [s]: between the points of the schedule; power [W]: of the whole battery there, discharge positive;
    distance [km]; energy [Wh]: net, driving less recovered.
    """

    middle: Array
    power: Array
    distance: float
    energy: float

    @property
    def consumption(self) -> float:
        """Net energy from the battery per distance [Wh/km]; infinite for a vehicle that stands."""
        return self.energy / self.distance if self.distance > 0.0 else math.inf


def trip(times: Any, speeds: Any, car: Vehicle) -> Trip:
    """The power of a vehicle's battery on a level road, from times [s] and speeds [m/s], linear between their points.

    The force at the wheels is the sum of inertia, aerodynamic drag and rolling resistance.  Tractive power is divided
    by the efficiency, braking power is multiplied by the recovered fraction.  Each value belongs to the middle of two
    points of the schedule, where the acceleration is known.  Raises ProtocolError.
    """
    path = Profile(times, speeds)
    if min(path.values) < 0.0 or not 0.0 < car.efficiency <= 1.0 or car.cells < 1:
        raise ProtocolError("drive: give speeds of at least 0, an efficiency above 0 and up to 1, and a cell or more")
    t, v = np.array(path.times), np.array(path.values)
    dt = np.diff(t)
    mean, rise = 0.5 * (v[1:] + v[:-1]), np.diff(v) / dt
    wheels = (car.inertia * rise + car.resistance(mean)) * mean
    battery = np.where(wheels > 0.0, wheels / car.efficiency, wheels * car.recovered) + car.auxiliary
    return Trip(0.5 * (t[1:] + t[:-1]), battery, 1e-3 * float(mean @ dt), float(battery @ dt) / 3600.0)


def drive(times: Any, speeds: Any, car: Vehicle) -> Profile:
    """Power of one cell [W], discharge positive, of a vehicle along a speed schedule; see `trip`.

    Values belong to the middle of two points; the first and the last are also used at the two ends.
    """
    t = Profile(times, speeds).times
    driven = trip(times, speeds, car)
    values = np.r_[driven.power[0], driven.power, driven.power[-1]] / car.cells
    return Profile((t[0], *driven.middle.tolist(), t[-1]), tuple(values.tolist()))
