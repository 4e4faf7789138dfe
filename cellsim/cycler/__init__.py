"""Measured data of battery cyclers: reading, checking and writing."""

from .data import CyclerData
from .read import read_cycler

__all__ = ["CyclerData", "read_cycler"]
