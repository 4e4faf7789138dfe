"""Parameter sets: plain JSON in, checked and traceable cells out."""
from .cell import Cell, Provenance, Quantity
from .laws.law import Law
from .load import cells, load

__all__ = ["Cell", "Law", "Provenance", "Quantity", "cells", "load"]
