"""Parameter sets: JSON files as checked, traceable cells."""

from .cell import Cell
from .laws.law import Law
from .load import cells, load
from .quantity import Provenance, Quantity

__all__ = ["Cell", "Law", "Provenance", "Quantity", "cells", "load"]
