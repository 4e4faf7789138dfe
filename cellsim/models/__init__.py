"""Models and their initial states."""
from .models import DFN, SPM, SPMe
from .state import capacity_between_cutoffs, initial_state, open_circuit_voltage, soc_at_voltage

__all__ = ["DFN", "SPM", "SPMe", "capacity_between_cutoffs", "initial_state", "open_circuit_voltage",
           "soc_at_voltage"]
