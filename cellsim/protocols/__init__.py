"""What the cycler does to the cell."""
from .profiles import Profile, profile
from .steps import Limit, Step, charge, cycle, discharge, hold, rest

__all__ = ["Limit", "Profile", "Step", "charge", "cycle", "discharge", "hold", "profile", "rest"]
