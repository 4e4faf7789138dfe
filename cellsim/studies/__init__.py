"""Studies: many simulations that answer one question."""
from .calibrate import Calibration, MeasuredRun, calibrate
from .case import Case, cases
from .claim import load_claim
from .compare import RunComparison, compare
from .energy import audit
from .ensemble import Ensemble, Outcome, simulate_many
from .records import Audit, Claim, Comparison, Figures, RatioMap, Verdict
from .spectrum import Spectrum, impedance
from .stated import StatedClaims, StatedFigure, claims

__all__ = ["Audit", "Calibration", "Case", "Claim", "Comparison", "Ensemble", "Figures", "MeasuredRun", "Outcome",
           "RatioMap", "RunComparison", "Spectrum", "StatedClaims", "StatedFigure", "Verdict", "audit", "calibrate",
           "cases", "claims", "compare", "impedance", "load_claim", "simulate_many"]
