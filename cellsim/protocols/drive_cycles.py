"""Named drive cycles, and the vehicle that turns speed into the power of a cell.  Data in cycles/, see its README."""
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..errors import ProtocolError
from .profiles import Profile, read_profile

HOME = Path(__file__).parent / "cycles"
CYCLES = {"US06": "power", "UDDS": "power", "WLTC": "power"}  # and what their values control
SCHEDULES = ("US06", "UDDS")  # of which the file is a speed
MILE_PER_HOUR = 0.44704  # m/s
GRAVITY = 9.80665  # m/s2


@cache
def load(name) -> Profile:
    """A drive cycle by its name in CYCLES: the power of one cell of the packaged vehicle [W]."""
    if name not in CYCLES:
        raise ProtocolError(f"drive cycle {name!r}: choose one of {', '.join(CYCLES)}")
    found = read_profile(HOME / f"{name}.csv")
    if name in SCHEDULES:
        driven = drive(found.times, [MILE_PER_HOUR * v for v in found.values])
        return Profile(driven.times, driven.values, name)
    scale = 1e3 / vehicle().cells  # the file is in kW of the vehicle
    return Profile(found.times, tuple(scale * v for v in found.values), name)


@dataclass(frozen=True)
class Vehicle:
    """What moves with a battery of equal cells."""

    mass: float  # kg
    rotating_mass: float  # kg, that the wheels add to it when it speeds up
    drag_area: float  # drag coefficient times frontal area, m2
    rolling_resistance: float
    efficiency: float  # battery to wheels
    recovered: float  # share of the braking power that reaches the battery
    auxiliary: float  # W
    air_density: float  # kg/m3
    cells: int


@cache
def vehicle() -> Vehicle:
    """The packaged vehicle, from cycles/vehicle.json."""
    data = json.loads((HOME / "vehicle.json").read_text(encoding="utf-8"))
    of = {name: entry["value"] for name, entry in data.items() if isinstance(entry, dict) and "value" in entry}
    return Vehicle(of["mass"], of["rotating mass"], of["drag coefficient"] * of["frontal area"],
                   of["rolling resistance"], of["efficiency"], of["recovered share"], of["auxiliary power"],
                   of["air density"], int(of["cells"]))


def drive(times, speeds, car=None) -> Profile:
    """Power of one cell [W], discharge positive, of a vehicle on a level road.

    times [s] and speeds [m/s]: the schedule, straight between its points.  car: a `Vehicle`, the packaged one
    unless given.  The force at the wheels is that of inertia, drag and rolling; what they need is divided
    by the efficiency, what they give back is multiplied by the recovered share.  A value stands half-way
    between two points of the schedule, where the acceleration is known; the ends are those next to them.
    Raises ProtocolError.
    """
    path = Profile(times, speeds)
    car = vehicle() if car is None else car
    if min(path.values) < 0.0 or not 0.0 < car.efficiency <= 1.0 or car.cells < 1:
        raise ProtocolError("drive: speeds and the number of cells must not be below 0, the efficiency is 0 to 1")
    t, v = np.array(path.times), np.array(path.values)
    mean, rise = 0.5 * (v[1:] + v[:-1]), np.diff(v) / np.diff(t)
    force = ((car.mass + car.rotating_mass) * rise + 0.5 * car.air_density * car.drag_area * mean**2
             + car.rolling_resistance * car.mass * GRAVITY * (mean > 0.0))
    wheels = force * mean
    battery = np.where(wheels > 0.0, wheels / car.efficiency, wheels * car.recovered) + car.auxiliary
    middle = 0.5 * (t[1:] + t[:-1])
    return Profile((t[0], *middle, t[-1]), tuple(np.r_[battery[0], battery, battery[-1]] / car.cells))
