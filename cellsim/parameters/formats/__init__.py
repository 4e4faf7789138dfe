"""Parameter files of other programs, and files that are laid over a parameter set."""

from .bpx import read_bpx
from .overlay import overlays, with_overlay

__all__ = ["overlays", "read_bpx", "with_overlay"]
