"""Studies: many simulations that answer one question."""
from .case import Case, cases
from .claim import load_claim
from .compare import RunComparison, compare
from .energy import audit
from .ensemble import Ensemble, Outcome, simulate_many
from .records import Audit, Claim, Comparison, Figures, RatioMap, Verdict

__all__ = ["Audit", "Case", "Claim", "Comparison", "Ensemble", "Figures", "Outcome", "RatioMap", "RunComparison",
           "Verdict", "audit", "cases", "compare", "load_claim", "simulate_many"]
