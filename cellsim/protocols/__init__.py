"""Protocols: what the cycler does to the cell."""
from .check import check, violated
from .library import CYCLES, Vehicle, drive, vehicle
from .nodes import CCCV, Condition, Goto, Label, Repeat, Stop
from .profiles import Profile
from .protocol import Protocol
from .steps import Limit, Step, charge, cycle, discharge, hold, profile, rest
from .walk import Walk

__all__ = ["CCCV", "CYCLES", "Condition", "Goto", "Label", "Limit", "Profile", "Protocol", "Repeat", "Step", "Stop",
           "Vehicle", "Walk", "charge", "check", "cycle", "discharge", "drive", "hold", "profile", "rest", "vehicle",
           "violated"]
