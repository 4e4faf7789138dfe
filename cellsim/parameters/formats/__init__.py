"""Parameter files of other programs."""

from .bpx import read_bpx

__all__ = ["read_bpx"]
