"""Studies: many simulations that answer one question."""
from .records import Audit, Claim, Comparison, Figures, RatioMap, Verdict

__all__ = ["Audit", "Claim", "Comparison", "Figures", "RatioMap", "Verdict"]
