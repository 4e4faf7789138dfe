"""Quantities of ageing from a parameter set of PyBaMM."""

from collections.abc import Mapping
from inspect import signature
from typing import Any

import numpy as np

from ...parameters.catalogue import ageing
from ...physics.constants import F
from ..names import AGEING, AGEING_OF_PARTICLES, NEGATIVE, POSITIVE, of_side
from .read_pybamm import WARMER, Reading, energy_of

PLATES, STRIPS = (f"Exchange-current density for {way} [A.m-2]" for way in ("plating", "stripping"))
DIES = "Dead lithium decay rate [s-1]"
SAME = 1e-6  # relative


def asked(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of ageing among model options, but those that are off."""
    return {
        key: value
        for key, value in options.items()
        if key in ageing.OPTIONS and not set(value if isinstance(value, tuple) else (value,)) <= set(ageing.OFF)
    }


def ageing_of(reading: Reading, options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Quantities of ageing that the set has, by electrode; `options`, from `asked`, may take another law of plating."""
    r = reading
    if not options:
        return {}
    if r.half_cell:
        r.faults.append(f"option {next(iter(options))!r}: nothing ages against lithium metal here; leave it out")
        return {}
    fault = _by_phase(r, options)
    if fault:
        r.faults.append(fault)
        return {}
    content: dict[str, dict[str, Any]] = {NEGATIVE: {}, POSITIVE: {}}
    for key, name in AGEING.items():
        if r.has(name):
            content[NEGATIVE][key] = r.record(NEGATIVE, key, r.number(name), (name,))
    for part, records in content.items():
        for key, form in AGEING_OF_PARTICLES.items():
            name = of_side(form, part)
            if r.has(name):
                records |= _mechanical(r, part, key, name)
    if set(_pair(options.get("lithium plating"))) - {"none"}:
        _plating(r, content[NEGATIVE], options)
    return content


def _by_phase(r: Reading, options: dict[str, Any]) -> str:
    """What to say of options of an electrode whose phases have numbers of ageing of their own; empty if it has none."""
    for k, part in ((0, NEGATIVE), (-1, POSITIVE)):
        named = [key for key, value in options.items() if _pair(value)[k] not in ageing.OFF]
        names = [of_side(form, part) for form in AGEING_OF_PARTICLES.values()]
        names += AGEING.values() if part == NEGATIVE else ()
        owned = [f"{phase.rpartition('/')[2].capitalize()}: {name}" for phase in r.phases(part) for name in names]
        if named and any(r.has(name) for name in owned):
            return (
                f"option {named[0]!r}: numbers of ageing of single phases, as of the {part} here, are not read; leave "
                "it out, or give them to the cell with with_ and with_ageing"
            )
    return ""


def _pair(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value or "none",)


def _mechanical(r: Reading, part: str, key: str, name: str) -> dict[str, Any]:
    """A quantity of particles, which PyBaMM may give as a function of stoichiometry and temperature."""
    given = r.values[name]
    if not callable(given) or isinstance(given, r.package.Symbol):
        return {key: r.record(part, key, r.number(name), (name,))}
    count = len(signature(given).parameters)
    at = lambda T, x=0.5: float(r.at(name, {"x": x, "T": T} if count == 2 else {"T": T})[0])  # noqa: E731
    value = at(r.T_ref)
    if count == 2 and abs(at(r.T_ref, 0.9) - value) > SAME * abs(value):
        r.remarks.append(f"{name}: that at half stoichiometry; in the set it depends on it")
    records = {key: r.record(part, key, value, (name,), f"at {r.T_ref:g} K")}
    energy = energy_of(at, r.T_ref) if value else 0.0
    if key == "cracking rate" and energy:
        records["cracking activation energy"] = r.record(part, "cracking activation energy", energy, (name,))
    elif energy:
        r.remarks.append(f"{name}: that at {r.T_ref:g} K; in the set it depends on temperature")
    return records


def _plating(r: Reading, records: dict[str, Any], options: dict[str, Any]) -> None:
    """Note a fault unless plating and stripping are F k c, or plating a constant; and the decay k L_0 / L."""

    def at(name: str, c_e: float, c_Li: float, T: float = r.T_ref) -> float:
        return float(r.at(name, {"c_e": c_e, "c_Li": c_Li, "T": T})[0])

    states = [(r.c_0, 1.0, r.T_ref), (0.5 * r.c_0, 1.0, r.T_ref), (r.c_0, 20.0, r.T_ref + WARMER)]
    plates = [at(PLATES, *state) for state in states]
    if r.faults:
        return
    k = records.get("lithium plating kinetic rate constant", {}).get("value", 0.0)
    if np.allclose(plates, [F * k * c_e for c_e, _, _ in states], rtol=SAME, atol=0.0):
        strips = [at(STRIPS, *state) for state in states] if r.has(STRIPS) else []
        wanted = [F * k * c_Li for _, c_Li, _ in states]
        reverses = set(_pair(options["lithium plating"])) & {"reversible", "partially reversible"}
        if reverses and not np.allclose(strips, wanted, rtol=SAME, atol=0.0):
            r.fault(STRIPS, "is not F k c of plated lithium, as here; give that, or irreversible plating")
    elif np.ptp(plates) <= SAME * plates[0] and set(_pair(options["lithium plating"])) <= {"irreversible", "none"}:
        key = "lithium plating exchange-current density"
        records[key] = r.record(NEGATIVE, key, plates[0], (PLATES,))
        options["lithium plating"] = "Yang2017"
    else:
        r.fault(PLATES, "is neither F k c of the salt nor, with irreversible plating, a constant; give one of them")
    if "partially reversible" in _pair(options["lithium plating"]) and r.has(DIES):
        keys = ("dead lithium decay constant", "initial SEI thickness")
        gamma, first = (records.get(key, {}).get("value", 0.0) for key in keys)
        rates = [float(r.at(DIES, {"L": L})[0]) * L for L in (first, 3.0 * first)]
        if not np.allclose(rates, gamma * first, rtol=SAME, atol=0.0):
            r.fault(DIES, "is not the constant times initial over present thickness of the SEI, as here; give that")
