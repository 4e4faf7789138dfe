"""Models, their discretisation and initial states."""
from .models import ACCURACY, DFN, SPM, SPMe
from .state import capacity_between_cutoffs, initial_state, open_circuit_voltage, soc_at_voltage
from .thin_film import MODELS, ThinFilm, default_model, model_of

__all__ = ["ACCURACY", "DFN", "MODELS", "SPM", "SPMe", "ThinFilm", "capacity_between_cutoffs", "default_model",
           "initial_state", "model_of", "open_circuit_voltage", "soc_at_voltage"]
