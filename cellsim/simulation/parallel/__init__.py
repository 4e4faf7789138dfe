"""Cells, or zones of one cell, that share a voltage."""

from .cells import Wiring, simulate_parallel
from .record import ParallelRun
from .zones import simulate_zones

__all__ = ["ParallelRun", "Wiring", "simulate_parallel", "simulate_zones"]
