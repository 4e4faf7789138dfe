"""Models and their initial states."""
from .models import ACCURACY, DFN, SPM, SPMe
from .state import capacity_between_cutoffs, initial_state, open_circuit_voltage, soc_at_voltage

__all__ = ["ACCURACY", "DFN", "SPM", "SPMe", "capacity_between_cutoffs", "initial_state", "open_circuit_voltage",
           "soc_at_voltage"]
