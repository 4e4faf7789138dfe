"""cellsim: electrochemical cells, liquid and solid, from sourced parameters to honest verdicts.

Everything public is here; a module is imported when one of its names is first used.
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _moved

if TYPE_CHECKING:  # what an editor and a type checker see; the table below is what is imported
    from .cycler import CyclerData, read_cycler
    from .design.grains import with_grains
    from .design.materials import conductivities, design_cell, material, materials
    from .design.thermal import Lumped
    from .design.thermal_network import ThermalNetwork
    from .ensemble.case import Case, cases
    from .ensemble.ensemble import simulate_many
    from .errors import (
        CellsimError,
        CellsimWarning,
        ClaimError,
        Ending,
        ParameterError,
        ProtocolError,
        ReportError,
        SolveError,
    )
    from .interop.bpx_files.write import to_bpx
    from .interop.from_pybamm import from_pybamm
    from .interop.to_pybamm import to_pybamm
    from .models import DFN, SPM, SPMe, ThinFilm
    from .parameters import Cell, cells, load
    from .parameters.formats import overlays, with_overlay
    from .protocols import Limit, Profile, Protocol, Step, charge, cycle, discharge, hold, profile, rest
    from .simulation.result import Result
    from .simulation.run import simulate
    from .studies.charging.constrained import ChargeConstraints, ConstrainedCharge, constrained_charge
    from .studies.charging.fastest import fastest_charge, staged_charge
    from .studies.charging.fleet import fleet_charge, robust_charge
    from .studies.charging.maps import charge_map, pareto
    from .studies.charging.study import charge_study
    from .studies.charging.wear import charge_wear
    from .studies.claim_audit.audit import Audit
    from .studies.claim_audit.claim_file import load_charging_claim, load_claim
    from .studies.claim_audit.energy_claim import audit
    from .studies.claim_audit.maker_claims import maker_claims
    from .studies.comparison.compare import compare
    from .studies.cost.study import CostStudy, cost
    from .studies.electrode_data.gitt import fit_gitt
    from .studies.electrode_data.ocp import fit_ocp
    from .studies.electrode_data.windows import fit_windows
    from .studies.estimation.calibrate import calibrate
    from .studies.estimation.fit import fit
    from .studies.estimation.fitted import Fit
    from .studies.estimation.measured import MeasuredRun
    from .studies.estimation.measured_spectrum import MeasuredSpectrum
    from .studies.estimation.varied.derivatives import Derivatives, derivatives
    from .studies.estimation.varied.sensitivity import Sensitivity, sensitivity
    from .studies.life.age import age
    from .studies.life.duty.years import age_in_use
    from .studies.life.fit import fit_ageing
    from .studies.life.lasting import fastest_that_lasts
    from .studies.life.life_table import Life
    from .studies.life.many.lives import Lives
    from .studies.life.many.side_by_side import age_many, life_map, uncertain_lives
    from .studies.life.store import store
    from .studies.spectra.spectrum import Spectrum, impedance
    from .studies.validation import validate

__version__ = "0.1.0"

_moved.install()

_NAMES = {
    "cycler": "CyclerData read_cycler",
    "design.grains": "with_grains",
    "design.materials": "conductivities design_cell material materials",
    "design.thermal": "Lumped",
    "design.thermal_network": "ThermalNetwork",
    "ensemble.case": "Case cases",
    "ensemble.ensemble": "simulate_many",
    "errors": "CellsimError CellsimWarning ClaimError Ending ParameterError ProtocolError ReportError SolveError",
    "interop.bpx_files.write": "to_bpx",
    "interop.from_pybamm": "from_pybamm",
    "interop.to_pybamm": "to_pybamm",
    "models": "DFN SPM SPMe ThinFilm",
    "parameters": "Cell cells load",
    "parameters.formats": "overlays with_overlay",
    "protocols": "Limit Profile Protocol Step charge cycle discharge hold profile rest",
    "simulation.result": "Result",
    "simulation.run": "simulate",
    "studies.electrode_data.gitt": "fit_gitt",
    "studies.electrode_data.ocp": "fit_ocp",
    "studies.electrode_data.windows": "fit_windows",
    "studies.estimation.calibrate": "calibrate",
    "studies.estimation.fit": "fit",
    "studies.estimation.fitted": "Fit",
    "studies.estimation.measured": "MeasuredRun",
    "studies.estimation.measured_spectrum": "MeasuredSpectrum",
    "studies.estimation.varied.derivatives": "Derivatives derivatives",
    "studies.estimation.varied.sensitivity": "Sensitivity sensitivity",
    "studies.charging.constrained": "ChargeConstraints ConstrainedCharge constrained_charge",
    "studies.charging.fastest": "fastest_charge staged_charge",
    "studies.charging.fleet": "fleet_charge robust_charge",
    "studies.charging.maps": "charge_map pareto",
    "studies.charging.study": "charge_study",
    "studies.charging.wear": "charge_wear",
    "studies.claim_audit.claim_file": "load_charging_claim load_claim",
    "studies.claim_audit.energy_claim": "audit",
    "studies.claim_audit.maker_claims": "maker_claims",
    "studies.claim_audit.audit": "Audit",
    "studies.comparison.compare": "compare",
    "studies.life.age": "age",
    "studies.life.duty.years": "age_in_use",
    "studies.life.fit": "fit_ageing",
    "studies.life.lasting": "fastest_that_lasts",
    "studies.life.life_table": "Life",
    "studies.life.many.lives": "Lives",
    "studies.life.many.side_by_side": "age_many life_map uncertain_lives",
    "studies.life.store": "store",
    "studies.cost.study": "CostStudy cost",
    "studies.spectra.spectrum": "Spectrum impedance",
    "studies.validation": "validate",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOMES)


_FROZEN = 1000  # objects: Python 3.12 freezes 375 itself as it starts, a user who freezes has thousands

# old name: new name, for one release
RENAMED = {"Limits": "ChargeConstraints", "ride": "constrained_charge", "claims": "maker_claims"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        from .support.renamed import old_names

        return old_names(__name__, RENAMED)(name)
    was_on = gc.isenabled()
    gc.disable()  # what is loaded stays, and searches for cycles in it are a quarter of the time of a first result
    try:
        found = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)  # asked for once
    finally:
        if was_on:
            if gc.get_freeze_count() < _FROZEN:
                gc.freeze()
                gc.unfreeze()  # makes all objects old ones, which are looked through last
            gc.enable()
    return found


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
