"""Models and their initial states."""
from .models import ACCURACY, DFN, SPM, SPMe
from .parts import has_film
from .state import capacity_between_cutoffs, initial_state, open_circuit_voltage, soc_at_voltage
from .thin_film import ThinFilm

__all__ = ["ACCURACY", "DFN", "SPM", "SPMe", "ThinFilm", "capacity_between_cutoffs", "has_film", "initial_state",
           "open_circuit_voltage", "soc_at_voltage"]
