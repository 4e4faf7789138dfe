"""Ageing cells that PyBaMM cycled as well, and what became of them here and there."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .....models import DFN, SPM, SPMe
from .....parameters import Cell, load
from ....life.age import age
from ...reference import path

CYCLES = "ageing/pybamm_cycles.csv"
VOLUMES, SHELLS = (20, 10, 20), 20  # those of the reference
N, P = "negative electrode/", "positive electrode/"
SLOW_CHARGE = "Charge at {}C until 4.2 V; Hold at 4.2 V until C/20; Rest for 10 minutes"
LG = "Discharge at 1C until 2.5 V; Rest for 10 minutes; " + SLOW_CHARGE.format("0.3333333333333333")
LG_FAST = (
    "Discharge at 1C until 2.5 V; Rest for 10 minutes; Charge at 1C until 4.2 V; Hold at 4.2 V until C/20; "
    "Rest for 1 hour"
)
LCO = "Discharge at 1C until 3 V; Rest for 10 minutes; " + SLOW_CHARGE.format("0.5")
NMC_EMPTY = SLOW_CHARGE.format("0.3333333333333333") + "; Discharge at 1C until 3 V; Rest for 10 minutes"
SOLVENT = {"SEI": "solvent-diffusion limited"}
EC = {"SEI": "ec reaction limited"}
CRACKS = {"particle mechanics": ("swelling and cracking", "swelling only"), "SEI on cracks": "true"}
STRESS = {"loss of active material": "stress-driven"}
EC_PORES = EC | {"SEI porosity change": "true"}
PLATING_PORES = {"lithium plating porosity change": "true"}
FIVE = (
    SOLVENT
    | {"SEI porosity change": "true", "lithium plating": "partially reversible"}
    | PLATING_PORES
    | CRACKS
    | STRESS
)


@dataclass(frozen=True)
class Case:
    """A cell that ages: options as in PyBaMM, changes to the set, and what it does in a cycle."""

    options: Mapping[str, Any]
    changes: Mapping[str, float] | None = None
    protocol: str = LG
    temperature: float = 298.15
    base: str = "okane2022"
    model: str = "DFN"  # or SPMe, SPM

    def cell(self) -> Cell:
        """The cell, with these mechanisms only."""
        return load(self.base).with_ageing(False).with_(self.changes or {}).with_ageing(self.options)


_k = N + "SEI kinetic rate constant"
CASES = {
    "sei_solvent": Case(SOLVENT),
    "sei_ec": Case(EC),
    "sei_interstitial": Case({"SEI": "interstitial-diffusion limited"}),
    "sei_migration": Case({"SEI": "electron-migration limited"}),
    "sei_reaction": Case({"SEI": "reaction limited"}),
    "sei_tunnelling": Case(
        {"SEI": "tunnelling limited"},
        {N + "tunnelling barrier factor": 1e9, N + "SEI reaction exchange current density": 1.5e-2},
    ),
    "sei_solvent_porosity": Case(SOLVENT | {"SEI porosity change": "true"}),
    "sei_ec_SPM": Case(EC, model="SPM"),
    "plating_reversible": Case({"lithium plating": "reversible"}, None, LG_FAST, 283.15),
    "plating_irreversible": Case(
        {"lithium plating": "irreversible"}, {N + "lithium plating kinetic rate constant": 1e-11}, LG_FAST, 283.15
    ),
    "plating_partial": Case(
        SOLVENT | {"lithium plating": "partially reversible"} | PLATING_PORES, None, LG_FAST, 283.15
    ),
    "cracking": Case(SOLVENT | CRACKS),
    "lam_stress": Case({"particle mechanics": "swelling only"} | STRESS),
    "lam_reaction": Case(
        SOLVENT | {"loss of active material": "reaction-driven"},
        {N + "reaction-driven LAM factor": 1e-4, P + "reaction-driven LAM factor": 0.0},
    ),
    "lam_current": Case(
        {"loss of active material": "current-driven"},
        {N + "current-driven LAM factor": 1e-10, P + "current-driven LAM factor": 2e-10},
    ),
    "all_25C": Case(FIVE),
    "all_10C": Case(FIVE, temperature=283.15),
    "all_100_cycles": Case(FIVE),
    "all_100_cycles_SPMe": Case(FIVE, model="SPMe"),
    "all_100_cycles_SPM": Case(FIVE, model="SPM"),
    "sei_ec_film_porosity": Case(EC_PORES),
    "ai2020_lam_stress": Case(
        {"particle mechanics": "swelling only"} | STRESS,
        {N + "LAM constant proportional term": 1e-7, P + "LAM constant proportional term": 2.78e-7},
        LCO,
        base="enertech_ai2020",
    ),
    "ai2020_cracking": Case(
        EC | {"particle mechanics": "swelling and cracking", "SEI on cracks": "true"}, None, LCO, base="enertech_ai2020"
    ),
    "mohtat2020_sei": Case(EC_PORES, {_k: 1e-14}, NMC_EMPTY, base="mohtat2020"),
    "yang2017_mohtat": Case(
        EC_PORES | {"lithium plating": "Yang2017"} | PLATING_PORES, {_k: 1e-14}, NMC_EMPTY, base="mohtat2020"
    ),
}


@cache
def theirs(name: str) -> dict[int, dict[str, float]]:
    """Rows of the reference by cycle.  Raises ReportError."""
    rows = csv.DictReader(path(CYCLES).read_text(encoding="utf-8").splitlines())
    return {
        int(row["cycle"]): {key: float(x) for key, x in row.items() if key != "case" and x}
        for row in rows
        if row["case"] == name
    }


@cache
def ours(name: str):
    """The `Life` over the same cycles, every one simulated, from the set's own initial concentrations."""
    case = CASES[name]
    model = {"DFN": DFN(VOLUMES, SHELLS), "SPMe": SPMe(VOLUMES, SHELLS), "SPM": SPM(SHELLS)}[case.model]
    return age(
        case.cell(),
        case.protocol,
        max(theirs(name)),
        until=None,
        model=model,
        temperature=case.temperature,
        soc=None,
        force=True,
        jump=False,
    )
