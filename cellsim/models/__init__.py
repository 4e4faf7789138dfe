"""Models, their discretisation and initial states."""

from .initial import capacity_between_cutoffs, initial_state, open_circuit_voltage, soc_at_voltage
from .kinds import ACCURACY
from .porous import DFN, SPM, SPMe
from .thin_film import MODELS, ThinFilm, default_model, model_of

__all__ = [
    "ACCURACY",
    "DFN",
    "MODELS",
    "SPM",
    "SPMe",
    "ThinFilm",
    "capacity_between_cutoffs",
    "default_model",
    "initial_state",
    "model_of",
    "open_circuit_voltage",
    "soc_at_voltage",
]
