"""Which parameter sets and model options of PyBaMM have a counterpart here."""

from collections.abc import Mapping
from typing import Any

from ...parameters.catalogue import ageing, kinetics
from ...support.arguments import shown
from ..names import NEGATIVE, POSITIVE
from .pybamm_package import Given
from .read_pybamm import Reading

NEUTRAL = (  # numerics and variables of PyBaMM, without a meaning for a cell
    "calculate discharge energy",
    "particle phases",
    "calculate heat source for isothermal models",
    "convection",
    "timescale",
    "total interfacial current density as a state",
    "voltage as a state",
    "x-average side reactions",
    "use lumped thermal capacity",
)
TAKEN = (
    "working electrode",
    "contact resistance",
    "open-circuit potential",
    "surface form",
    kinetics.OPTION,
    *ageing.OPTIONS,
)
PAIR = "True; within an electrode pair temperatures differ by millikelvins, between pairs see cellsim.ThermalNetwork"
THERMAL = {"lumped": "True", "x-lumped": "cellsim.ThermalNetwork()", "x-full": PAIR}
SODIUM = "a sodium-ion cell: potentials are against sodium, and what texts and variables call lithium is sodium"
CHEMISTRIES = {
    "lead_acid": "a lead-acid cell, whose reactions and electrolyte are not modelled here",
    "ecm": "an equivalent circuit without electrodes, from which no cell follows",
}


def refused(known: Given, options: Mapping[str, Any]) -> str:
    """Why a set is not covered, or ""."""
    keys = set(known.values.keys())
    if known.chemistry in CHEMISTRIES:
        return CHEMISTRIES[known.chemistry]
    if "R0 [Ohm]" in keys:
        return CHEMISTRIES["ecm"]
    if "Negative electrode open-circuit potential [V]" in keys:
        return CHEMISTRIES["lead_acid"]
    if options.get("working electrode") == "positive" and not any("lithium metal electrode" in key for key in keys):
        return "has no exchange-current density for a lithium metal electrode, which the half cell needs; add it"
    return ""


def checked(reading: Reading, options: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Note as faults the options that would change a run and have no counterpart."""
    if reading.known.chemistry == "sodium_ion":
        reading.remarks.append(SODIUM)
    asked = options.get("particle phases")
    if asked is not None:
        has = tuple(str(max(1, len(reading.phases(part)))) for part in (NEGATIVE, POSITIVE))
        if (tuple(asked) if isinstance(asked, tuple) else (str(asked),) * 2) != has:
            reading.faults.append(f"option 'particle phases': {shown(asked)}: the set has {has}; leave it out")
    for key, value in options.items():
        if key in TAKEN or key in NEUTRAL or value == defaults.get(key):
            continue
        if key == "thermal" and value in THERMAL:
            reading.remarks.append(f"thermal: {value}: a matter of the run here; give simulate heat={THERMAL[value]}")
        else:
            reading.faults.append(f"option {key!r}: {shown(value)}: has no counterpart here; leave it out")
