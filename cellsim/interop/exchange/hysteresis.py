"""Open-circuit hysteresis of PyBaMM's sets and models, in both directions.

PyBaMM's decay rate of the model by the differential capacity is for dQ/dU of one pair of electrodes in A.h/V; here it
is that where the potential falls by 1 V per stoichiometry: theirs over the capacity of the material [A.h] to the power
of the switching factor, which a change of the cell's size leaves as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ...models.electrodes import electrode_of, phases
from ...parameters import Cell
from ...parameters.catalogue import hysteresis as names
from ...physics.constants import F
from ..names import AREA, NUMBERS, Function, T, X, of_side
from .laws_to_pybamm import symbol_of
from .read_pybamm import Reading

OPTION = "open-circuit potential"
ALIASES = {"Wycisk": names.BY_SLOPE, "Axen": names.ONE_STATE}
LAWS = {
    names.LITHIATION: Function("{S} electrode lithiation OCP [V]", (X,)),
    names.DELITHIATION: Function("{S} electrode delithiation OCP [V]", (X,)),
    names.DECAYS[0]: Function("{S} particle lithiation hysteresis decay rate", (X, T)),
    names.DECAYS[1]: Function("{S} particle delithiation hysteresis decay rate", (X, T)),
}
DECAY = "{S} particle hysteresis decay rate"
SWITCH = "{S} particle hysteresis switching factor"
START = "Initial hysteresis state in {s} electrode"


def asked(options: Mapping[str, Any]) -> Any:
    """The model of hysteresis among model options, by its names here; None without."""
    given = options.get(OPTION)
    return None if given in (None, names.SINGLE) else _renamed(given)


def _renamed(given: Any) -> Any:
    return tuple(map(_renamed, given)) if isinstance(given, tuple) else ALIASES.get(given, given)


def hysteresis_from(r: Reading, part: str) -> dict[str, Any]:
    """Records of the hysteresis of an electrode, or of a phase by its path, where the set has both branches."""
    section = electrode_of(part)
    if not all(r.has(of_side(LAWS[key].name, part)) for key in names.BRANCHES):
        return {}
    records = {key: r.law(section, key, law, part) for key, law in LAWS.items() if r.has(of_side(law.name, part))}
    decay, switch, start = (of_side(form, part) for form in (DECAY, SWITCH, START))
    if r.has(switch):
        exponent = r.number(switch)
        records[names.SWITCH] = r.record(section, names.SWITCH, exponent, (switch,))
        if r.has(decay):
            value = r.number(decay) * _capacity(r, part) ** -exponent
            note = f"PyBaMM's {r.number(decay):.6g} over the capacity of one pair [A.h] to the power of {exponent:g}"
            records[names.AT_SLOPE] = r.record(section, names.AT_SLOPE, value, (decay, switch), note)
        if exponent % 2.0:
            r.remarks.append(
                f"{switch} {exponent:g}: PyBaMM 26.10 raises a negative dQ/dU to it; here it is its magnitude"
            )
    if r.has(start):
        records[names.INITIAL] = r.record(section, names.INITIAL, r.number(start), (start,))
    return records


def _capacity(r: Reading, part: str) -> float:
    """Capacity of a material of one pair of electrodes [A.h]."""
    names_of = NUMBERS["electrode"]
    held = r.number(of_side(names_of["maximum concentration"], part))
    held *= r.number(of_side(names_of["active material volume fraction"], part))
    held *= r.number(of_side(names_of["thickness"], electrode_of(part)))
    return held * F * r.number(AREA[0]) * r.number(AREA[1]) / 3600.0


def option_of(cell: Cell, parts: tuple[str, ...]) -> dict[str, Any]:
    """PyBaMM's option of hysteresis; {} if no electrode has any.  parts: the electrodes with particles."""
    each = []
    for part in parts:
        models = tuple(cell.hysteresis(phase) for phase in phases(cell, part))
        each.append(models[0] if len(set(models)) == 1 else models)
    if all(one == names.SINGLE for one in each):
        return {}
    return {OPTION: each[0] if len(each) == 1 else tuple(each)}


def hysteresis_to(cell: Cell, part: str, counter: float, lost: list[str]) -> dict[str, Any]:
    """Entries of the hysteresis of an electrode, or of a phase by its path; counter: of the other electrode [V]."""
    if not all(cell.has(f"{part}/{key}") for key in names.BRANCHES):
        return {}
    content: dict[str, Any] = {of_side(START, part): cell.value(f"{part}/{names.INITIAL}")}
    for key, function in LAWS.items():
        if cell.has(f"{part}/{key}"):
            law = cell.law(f"{part}/{key}")
            off = counter if key in names.BRANCHES else 0.0
            content[of_side(function.name, part)] = _function(law, off) if law.value is None else law.value - off
    if cell.has(f"{part}/{names.AT_SLOPE}") and cell.has(f"{part}/{names.SWITCH}"):
        exponent = cell.value(f"{part}/{names.SWITCH}")
        held = cell.value(f"{part}/maximum concentration") * cell.mean(f"{part}/active material volume fraction")
        whole = electrode_of(part)
        held *= cell.value(f"{whole}/utilisation") * cell.value(f"{whole}/thickness")
        capacity = held * F * cell.value("cell/electrode area") / 3600.0
        content[of_side(DECAY, part)] = cell.value(f"{part}/{names.AT_SLOPE}") * capacity**exponent
        content[of_side(SWITCH, part)] = exponent
        if exponent % 2.0 and cell.hysteresis(part) == names.BY_SLOPE:
            lost.append(
                f"the sign of dQ/dU, which PyBaMM 26.10 raises to the switching factor of the {part}, {exponent:g}: "
                "it needs an even whole number"
            )
    return content


def _function(law: Any, off: float) -> Callable[..., Any]:
    def of(sto: Any, T: Any = 298.15) -> Any:
        return symbol_of(law, sto, T) - off

    return of
