"""Packaged drive cycles: the power of one cell of a vehicle; data in cycles/."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import ProtocolError
from ..support.arguments import shown
from .cycles.road_load import Trip, Vehicle, trip
from .cycles.road_load import drive as _drive
from .profiles import Profile, read_profile

HOME = Path(__file__).parent / "cycles"
CYCLES = {"US06": "power", "UDDS": "power", "HWFET": "power", "WLTC": "power"}  # name: control of its values
MILE_PER_HOUR = 0.44704  # m/s
SCHEDULES = {  # name: file of speeds and its unit [m/s]
    "US06": ("US06.csv", MILE_PER_HOUR),
    "UDDS": ("UDDS.csv", MILE_PER_HOUR),
    "HWFET": ("HWFET.csv", 1.0),
    "WLTC": ("WLTC_3b.csv", 1.0),
}
_OF = re.compile(r"(?P<cycle>\S+) of (?P<vehicle>.+?)(?: with (?P<cells>[1-9]\d{0,8}) cells)?")

__all__ = ["CYCLES", "HOME", "SCHEDULES", "Schedule", "Trip", "Vehicle", "drive", "known", "load", "schedule", "trip"]


class Schedule(NamedTuple):
    """Speeds [m/s] at times [s]."""

    times: Any
    speeds: Any


@cache
def schedule(name: str) -> Schedule:
    """The speed schedule of a drive cycle, one of SCHEDULES; WLTC is that of class 3b.  Raises ProtocolError."""
    if name not in SCHEDULES:
        raise ProtocolError(f"speed schedule {name!r}: choose one of {', '.join(SCHEDULES)}")
    file, unit = SCHEDULES[name]
    path = read_profile(HOME / file)
    times, speeds = np.array(path.times), unit * np.array(path.values)
    times.flags.writeable = speeds.flags.writeable = False  # it is shared
    return Schedule(times, speeds)


def known(name: str) -> bool:
    """Whether a name is that of a drive cycle that `load` knows."""
    try:
        load(name)
    except ProtocolError:
        return False
    return True


@cache
def load(name: str) -> Profile:
    """The power of one cell [W], discharge positive, by the name of a drive cycle.

    name: one of CYCLES, for the packaged Leaf of 24 kWh (WLTC: PyBaMM's power), or such as "WLTC of pick-up",
    "US06 of pick-up with trailer", "HWFET of kei with 80 cells", for a packaged vehicle.  Raises ProtocolError.
    """
    found = _OF.fullmatch(name) if isinstance(name, str) else None
    if found is not None and found["cycle"] in SCHEDULES:
        from .cycles.vehicles import named_vehicle

        cells = None if found["cells"] is None else int(found["cells"])
        driven = _drive(*schedule(found["cycle"]), named_vehicle(found["vehicle"], cells))
        return Profile(driven.times, driven.values, name)
    if name not in CYCLES:
        raise ProtocolError(f"drive cycle {shown(name)}: choose one of {', '.join(CYCLES)}, alone or of a vehicle")
    if name == "WLTC":
        cycle = read_profile(HOME / "WLTC.csv")
        scale = 1e3 / vehicle().cells  # the file is in kW of the vehicle
        return Profile(cycle.times, tuple(scale * v for v in cycle.values), name)
    driven = drive(*schedule(name))
    return Profile(driven.times, driven.values, name)


@cache
def vehicle() -> Vehicle:
    """The packaged Leaf of 24 kWh, from cycles/vehicle.json."""
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

    times [s] and speeds [m/s]: the schedule, linear between its points.  car: a `Vehicle`, by default the packaged one;
    see `cycles.road_load.trip` for the forces.  Values belong to the middle of two points of the schedule; the first
    and the last are also used at the two ends.  Raises ProtocolError.
    """
    return _drive(times, speeds, vehicle() if car is None else car)
