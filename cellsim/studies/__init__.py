"""Studies: many simulations that answer one question."""
from .claim import load_claim
from .energy import audit
from .records import Audit, Claim, Comparison, Figures, RatioMap, Verdict

__all__ = ["Audit", "Claim", "Comparison", "Figures", "RatioMap", "Verdict", "audit", "load_claim"]
