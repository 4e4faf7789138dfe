"""cellsim: electrochemical cells, liquid and solid, from sourced parameters to honest verdicts.

Everything public is here; heavy parts are imported when first used.
"""
from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Cell": "parameters", "cells": "parameters", "load": "parameters",
    "DFN": "models", "SPM": "models", "SPMe": "models", "ThinFilm": "models",
    "Limit": "protocols", "Step": "protocols", "charge": "protocols", "cycle": "protocols",
    "discharge": "protocols", "hold": "protocols", "rest": "protocols",
    "Profile": "protocols", "Protocol": "protocols", "profile": "protocols",
    "Case": "studies", "cases": "studies", "simulate_many": "studies", "compare": "studies",
    "Lumped": "design.thermal", "simulate": "simulation", "Result": "result",
    "calibrate": "studies", "MeasuredRun": "studies",
    "audit": "studies", "Audit": "studies", "load_claim": "studies", "claims": "studies",
    "charge_study": "studies.charging", "ride": "studies.riding", "Limits": "studies.riding",
    "charge_map": "studies.charging_maps", "pareto": "studies.charging_maps",
    "robust_charge": "studies.fleet", "fleet_charge": "studies.fleet",
    "fastest_charge": "studies.fastest", "staged_charge": "studies.fastest",
    "validate": "studies.validation", "impedance": "studies", "Spectrum": "studies",
    "CellsimError": "errors", "CellsimWarning": "errors", "ClaimError": "errors", "Ending": "errors",
    "ParameterError": "errors", "ProtocolError": "errors", "ReportError": "errors", "SolveError": "errors",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'cellsim' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__():
    return [*__all__, "__version__"]
