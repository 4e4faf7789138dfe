"""Studies: many simulations that answer one question.  Their public names are those of `cellsim`."""

from importlib import import_module
from typing import Any

from ..support.renamed import old_names

_HOMES = {
    "Calibration": "estimation.calibrate",
    "MeasuredRun": "estimation.measured",
    "MeasuredSpectrum": "estimation.measured_spectrum",
    "calibrate": "estimation.calibrate",
    "Fit": "estimation.fitted",
    "fit": "estimation.fit",
    **dict.fromkeys(("Sensitivity", "sensitivity"), "estimation.varied.sensitivity"),
    **dict.fromkeys(("load_charging_claim", "load_claim"), "claim_audit.claim_file"),
    "Audit": "claim_audit.audit",
    "audit": "claim_audit.energy_claim",
    "StatedClaims": "claim_audit.maker_claims",
    "StatedFigure": "claim_audit.maker_claims",
    "maker_claims": "claim_audit.maker_claims",
    **dict.fromkeys(("ChargingClaim", "Claim", "Comparison", "Figures", "RatioMap", "Verdict"), "claim_audit.records"),
    "CostStudy": "cost.study",
    "RunComparison": "comparison.compare",
    "compare": "comparison.compare",
    "AgeingFit": "life.fit",
    "fit_ageing": "life.fit",
    **dict.fromkeys(("FastestThatLasts", "fastest_that_lasts"), "life.lasting"),
    **dict.fromkeys(("ChargeWear", "charge_wear"), "charging.wear"),
    "Spectrum": "spectra.spectrum",
    "impedance": "spectra.spectrum",
    **dict.fromkeys(("Case", "cases"), "..ensemble.case"),
    **dict.fromkeys(("Ensemble", "Outcome", "simulate_many"), "..ensemble.ensemble"),
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        return old_names(__name__, {"claims": "maker_claims"})(name)
    home = _HOMES[name]
    return getattr(import_module(home if home.startswith(".") else f".{home}", __name__), name)
