"""One run: a protocol on a model of a cell."""

from .run import simulate, simulate_coroutine

__all__ = ["simulate", "simulate_coroutine"]
