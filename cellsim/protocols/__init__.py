"""Protocols: what the cycler does to the cell."""

from .check import check, violated
from .drive_cycles import CYCLES, Vehicle, drive, vehicle
from .nodes import CCCV, Condition, Goto, Label, Repeat, Stop
from .profiles import Profile
from .program import Walk
from .protocol import Protocol
from .step import Limit, Step, charge, cycle, discharge, hold, profile, rest

__all__ = [
    "CCCV",
    "CYCLES",
    "Condition",
    "Goto",
    "Label",
    "Limit",
    "Profile",
    "Protocol",
    "Repeat",
    "Step",
    "Stop",
    "Vehicle",
    "Walk",
    "charge",
    "check",
    "cycle",
    "discharge",
    "drive",
    "hold",
    "profile",
    "rest",
    "vehicle",
    "violated",
]
