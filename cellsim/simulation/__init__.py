"""One run: a protocol on a model of a cell."""

from .run import course, simulate

__all__ = ["course", "simulate"]
