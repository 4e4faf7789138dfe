"""What a simulation can be asked for, under PyBaMM's names, computed from the stored states when asked for."""

from .lookup import ALIASES, Variables

__all__ = ["ALIASES", "Variables"]
