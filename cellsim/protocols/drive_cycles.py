"""Packaged drive cycles, and the vehicle model that converts speed into the power of a cell; data in cycles/."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ProtocolError
from .profiles import Profile, read_profile

HOME = Path(__file__).parent / "cycles"
CYCLES = {"US06": "power", "UDDS": "power", "WLTC": "power"}  # name: control of its values
SCHEDULES = ("US06", "UDDS")  # whose files hold speeds
MILE_PER_HOUR = 0.44704  # m/s
GRAVITY = 9.80665  # m/s2


@cache
def load(name: str) -> Profile:
    """A drive cycle by name (CYCLES): the power of one cell of the packaged vehicle [W].  Raises ProtocolError."""
    if name not in CYCLES:
        raise ProtocolError(f"drive cycle {name!r}: choose one of {', '.join(CYCLES)}")
    cycle = read_profile(HOME / f"{name}.csv")
    if name in SCHEDULES:
        driven = drive(cycle.times, [MILE_PER_HOUR * v for v in cycle.values])
        return Profile(driven.times, driven.values, name)
    scale = 1e3 / vehicle().cells  # the file is in kW of the vehicle
    return Profile(cycle.times, tuple(scale * v for v in cycle.values), name)


@dataclass(frozen=True)
class Vehicle:
    """A vehicle with a battery of equal cells."""

    mass: float  # kg
    rotating_mass: float  # kg, mass equivalent of the rotating parts
    drag_area: float  # drag coefficient times frontal area, m2
    rolling_resistance: float
    efficiency: float  # battery to wheels
    recovered: float  # fraction of the braking power that reaches the battery
    auxiliary: float  # W
    air_density: float  # kg/m3
    cells: int


@cache
def vehicle() -> Vehicle:
    """The packaged vehicle, from cycles/vehicle.json."""
    data = json.loads((HOME / "vehicle.json").read_text(encoding="utf-8"))
    of = {name: entry["value"] for name, entry in data.items() if isinstance(entry, dict) and "value" in entry}
    return Vehicle(
        of["mass"],
        of["rotating mass"],
        of["drag coefficient"] * of["frontal area"],
        of["rolling resistance"],
        of["efficiency"],
        of["recovered share"],
        of["auxiliary power"],
        of["air density"],
        int(of["cells"]),
    )


def drive(times: Any, speeds: Any, car: Vehicle | None = None) -> Profile:
    """Power of one cell [W], discharge positive, of a vehicle on a level road.

    times [s] and speeds [m/s]: the schedule, linear between its points.  car: a `Vehicle`, by default the packaged one.
    The force at the wheels is the sum of inertia, aerodynamic drag and rolling resistance.  Tractive power is divided
    by the efficiency, braking power is multiplied by the recovered fraction.  Each value belongs to the middle of two
    points of the schedule, where the acceleration is known; the first and the last are also used at the two ends.
    Raises ProtocolError.
    """
    path = Profile(times, speeds)
    car = vehicle() if car is None else car
    if min(path.values) < 0.0 or not 0.0 < car.efficiency <= 1.0 or car.cells < 1:
        raise ProtocolError("drive: give speeds of at least 0, an efficiency above 0 and up to 1, and a cell or more")
    t, v = np.array(path.times), np.array(path.values)
    mean, rise = 0.5 * (v[1:] + v[:-1]), np.diff(v) / np.diff(t)
    force = (
        (car.mass + car.rotating_mass) * rise
        + 0.5 * car.air_density * car.drag_area * mean**2
        + car.rolling_resistance * car.mass * GRAVITY * (mean > 0.0)
    )
    wheels = force * mean
    battery = np.where(wheels > 0.0, wheels / car.efficiency, wheels * car.recovered) + car.auxiliary
    middle = 0.5 * (t[1:] + t[:-1])
    values = np.r_[battery[0], battery, battery[-1]] / car.cells
    return Profile((float(t[0]), *middle.tolist(), float(t[-1])), tuple(values.tolist()))
