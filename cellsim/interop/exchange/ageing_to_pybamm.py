"""Ageing: options and quantities of an electrode as PyBaMM has them."""

from typing import Any

from ...errors import ParameterError
from ...parameters import Cell
from ...parameters.catalogue import ageing
from ...physics.constants import F
from ..names import AGEING, AGEING_OF_PARTICLES, NEGATIVE, POSITIVE, of_side
from .laws_to_pybamm import arrhenius

TYPICAL = 1000.0  # plated lithium that PyBaMM scales with [mol/m3]; no result depends on it
OWN = (
    "dry-out",
    "coulombic inefficiency of particles",
    "contact loss of particles",
    "connection loss of particles",
    "interphase of particles",
)
ASYMMETRIC = "asymmetric stress-driven"


def ageing_to_pybamm(cell: Cell) -> tuple[dict[str, Any], dict[str, Any]]:
    """(entries, model options) of the mechanisms that the set has options for.

    Raises ParameterError for what PyBaMM's options do not describe.
    """
    chosen = {part: cell.options(part) for part in (NEGATIVE, POSITIVE)}
    _covered(cell, chosen)
    content: dict[str, Any] = {name: _value(cell, NEGATIVE, key) for key, name in AGEING.items()}
    for part in chosen:
        content |= {of_side(n, part): _value(cell, part, key) for key, n in AGEING_OF_PARTICLES.items()}
        content |= _functions(cell, part)
    content |= _plating(cell, chosen[NEGATIVE]["lithium plating"])
    content["Typical plated lithium concentration [mol.m-3]"] = TYPICAL
    content["Cell thermal expansion coefficient [m.K-1]"] = 0.0
    return {key: value for key, value in content.items() if value is not None}, _options(chosen)


def _covered(cell: Cell, chosen: dict[str, dict[str, str]]) -> None:
    for part, options in chosen.items():
        words = ""
        if not options:
            words = "an electrode of lithium metal; PyBaMM ages particles against it with other quantities"
        elif cell.phases(part) and set(options.values()) - set(ageing.OFF):
            words = "phases that age, whose quantities PyBaMM has one by one, are not written yet"
        elif options["loss of active material"] == ASYMMETRIC:
            words = f"{ASYMMETRIC!r} has other quantities in PyBaMM"
        elif part == POSITIVE and (options["SEI"], options["lithium plating"]) != ("none", "none"):
            words = "PyBaMM has one set of quantities of SEI and plating, which is that of the negative electrode"
        unknown = [key for key in OWN if options and options[key] != "none"]
        if unknown:
            words = f"{unknown[0]!r} is not in PyBaMM"
        if words:
            raise ParameterError(f"to_pybamm: {cell.name}: ageing: {part}: {words}; leave ageing out")


def _value(cell: Cell, part: str, key: str) -> float | None:
    """A quantity, its default, or None where the set has none."""
    known = cell.has(f"{part}/{key}") or ageing.QUANTITIES[key].default is not None
    return cell.value(f"{part}/{key}") if known else None


def _functions(cell: Cell, part: str) -> dict[str, Any]:
    """What PyBaMM has as functions of temperature, of the stoichiometry or of the current."""
    T_ref, found = cell.value("cell/reference temperature"), dict[str, Any]()
    rate, energy = _value(cell, part, "cracking rate"), cell.value(f"{part}/cracking activation energy")
    if rate is not None:
        found["{S} electrode cracking rate"] = lambda T: rate * arrhenius(energy, T, T_ref)
    swelling = _value(cell, part, "partial molar volume")
    if swelling is not None:
        whole = swelling * cell.value(f"{part}/maximum concentration")
        found["{S} electrode volume change"] = lambda sto: whole * sto
    factor = _value(cell, part, "current-driven LAM factor")
    if factor is not None:
        found["{S} electrode current-driven LAM rate"] = lambda i, T: -factor * abs(i)
    return {of_side(name, part): function for name, function in found.items()}


def _plating(cell: Cell, law: str) -> dict[str, Any]:
    """Exchange currents of plating and stripping, and the rate at which plated lithium dies."""
    k, constant = (
        _value(cell, NEGATIVE, key) or 0.0
        for key in ("lithium plating kinetic rate constant", "lithium plating exchange-current density")
    )
    gamma, first = (
        _value(cell, NEGATIVE, key) or 0.0 for key in ("dead lithium decay constant", "initial SEI thickness")
    )
    fixed = law == "Yang2017"
    return {
        "Exchange-current density for plating [A.m-2]": lambda c_e, c_Li, T: constant if fixed else F * k * c_e,
        "Exchange-current density for stripping [A.m-2]": lambda c_e, c_Li, T: F * k * c_Li,
        "Dead lithium decay rate [s-1]": lambda L_sei: gamma * first / L_sei,
    }


def _options(chosen: dict[str, dict[str, str]]) -> dict[str, Any]:
    """PyBaMM's model options; what is off in both electrodes is left out."""
    options: dict[str, Any] = {}
    for key in ageing.OPTIONS:
        pair = chosen[NEGATIVE][key], chosen[POSITIVE][key]
        if set(pair) <= set(ageing.OFF):
            continue
        options[key] = pair[0] if key in ageing.OF_NEGATIVE or pair[0] == pair[1] else pair
    if options.get("lithium plating") == "Yang2017":  # PyBaMM's irreversible law with the exchange current of the set
        options |= {"lithium plating": ("irreversible", "none"), "SEI": (chosen[NEGATIVE]["SEI"], "none")}
    return options
