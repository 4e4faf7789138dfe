"""Reading and writing other programs' files."""
from .bpx import read_bpx

__all__ = ["read_bpx"]
