"""What the cycler does to the cell."""
from .steps import Limit, Step, charge, cycle, discharge, hold, rest

__all__ = ["Limit", "Step", "charge", "cycle", "discharge", "hold", "rest"]
