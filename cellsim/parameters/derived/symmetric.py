"""Symmetric cells, and lithium against copper, made of the parts of a cell."""

from typing import Any

from ...errors import ParameterError
from ...physics.constants import V_LI
from ...support.arguments import chosen, number
from ..catalogue import PHASES
from ..cell import Cell
from ..equilibrium import NEGATIVE, OCP, POSITIVE, T_REF, potential, potential_of
from .foil import I0, METAL, foil_of
from .half_cell import ENDS, PARTS, Parts

LITHIUM = "lithium"
THICK = 1e-4  # of lithium on the positive side [m]: 20.6 mAh/cm²
SPAN = (0.25, 0.75)  # of it that is moved between states of charge 1 and 0
LIMIT = 1.0  # V, cut-off of cells of lithium alone
SHAPE, ENERGY, SALT = (f"exchange-current {of}" for of in ("shape", "activation energy", "electrolyte shape"))
ONE_SIDED = ("contact resistance", "contact spot radius", "host capacity", "counter potential")
VANISHING = 18.0  # C/m2: lithium on copper below which its potential rises, 0.5 % of 1 mAh/cm²


def symmetric_cell(cell: Cell, electrode: str, soc: Any, foil: Any, area: Any) -> Cell:
    """See `Cell.symmetric_cell`."""
    place = f"symmetric_cell of {cell.name}"
    chosen(f"{place}: electrode", electrode, (*PARTS, LITHIUM), ParameterError)
    wanted = "give a state of charge above 0 and below 1"
    soc = number(f"{place}: soc", soc, wanted, above=0.0, below=1.0, error=ParameterError)
    if electrode == LITHIUM:
        return _lithium(cell, foil, area, place)
    if foil is not None:
        raise ParameterError(f"{place}: foil: it has no lithium metal; give electrode 'lithium', or leave out foil")
    part = PARTS[electrode]
    kind = cell.text(f"{part}/type")
    if kind == METAL:
        return _lithium(cell, None, area, place)
    if kind != "porous":
        raise ParameterError(f"{place}: its {part} is a {kind}, which can only be a positive electrode")
    made = Parts(cell, None, area, place)
    low, high = made.ends(part, None)
    x = low + soc * (high - low) if electrode == "negative" else high - soc * (high - low)
    away = min(x - low, high - x)
    ends = x - away, x + away
    for section in (NEGATIVE, POSITIVE):
        made.content[section] = made.electrode(part, ends, f"around x = {x:.6g}, where the voltage is 0")
        for one in (made.content[section], *made.content[section].get(PHASES, {}).values()):
            one.pop("initial stoichiometry", None)
    law, T = potential_of(cell, part), cell.value(T_REF)
    top = potential(law, ends[0], T)[0] - potential(law, ends[1], T)[0]
    if not top > 0.0:
        raise ParameterError(f"{place}: the open-circuit potential does not fall around x = {x:.4g}; give another soc")
    made.voltages((-top, top), True)
    made.design(part, part)
    words = [
        f"twice the {part} of {cell.name}: at state of charge 0.5 both stand at x = {x:.6g} and the voltage is 0 V; "
        f"C-rates are those of the full cell: 1C is {made.capacity():.4g} A",
        *made.left_out(part),
    ]
    return made.cell(f"{cell.name}_{electrode}_symmetric", f"{cell.title}: {part} against itself", words)


def _lithium(cell: Cell, foil: Any, area: Any, place: str) -> Cell:
    """Lithium | electrolyte | lithium."""
    made, words = _of_lithium(cell, foil, area, place, SPAN)
    words = [f"lithium on both sides of the electrolyte of {cell.name}; at rest 0 V", *words]
    return made.cell(f"{cell.name}_lithium_symmetric", f"{cell.title}: lithium against lithium", words)


def plating_cell(cell: Cell, efficiency: Any, foil: Any, area: Any) -> Cell:
    """See `Cell.plating_cell`."""
    place = f"plating_cell of {cell.name}"
    wanted = "give a fraction from 0.5 to 1, such as 0.98"
    efficiency = number(f"{place}: coulombic_efficiency", efficiency, wanted, low=0.5, high=1.0, error=ParameterError)
    made, words = _of_lithium(cell, foil, area, place, SPAN)
    copper = made.content[NEGATIVE]
    more = {
        "coulombic efficiency": (efficiency, "given"),
        "vanishing charge": (VANISHING, "lithium below which the potential rises: 0.5 % of 1 mAh/cm2"),
    }
    for key, (value, note) in more.items():
        copper[key] = made.record(NEGATIVE, key, value, note, METAL)
    made.content["design"].pop("lithium excess thickness", None)
    words = [
        f"copper against lithium in the electrolyte of {cell.name}; no lithium is on the copper at state of charge 0; "
        f"a charge plates it, a discharge strips it; coulombic efficiency {efficiency:g}, no nucleation",
        *words,
    ]
    return made.cell(f"{cell.name}_plating_cell", f"{cell.title}: copper against lithium", words)


def _of_lithium(cell: Cell, foil: Any, area: Any, place: str, ends: tuple[float, float]) -> tuple[Parts, list[str]]:
    """The parts of a cell with lithium on both sides, and what is said of them."""
    lithium = foil_of(cell, foil, place)
    for key in ONE_SIDED:
        if lithium.section.get(key, {}).get("value", 0.0) != 0.0:
            raise ParameterError(
                f"{place}: foil: {key}: lithium on the positive side has none; give foil={{'exchange-current density': "
                "..., 'interface resistance': ...}"
            )
    made = Parts(cell, lithium, area, place)
    made.content[NEGATIVE] = dict(lithium.section)
    made.content[POSITIVE] = _film(made, lithium.section, ends)
    made.voltages((-LIMIT, LIMIT), False)
    made.design(POSITIVE, None)
    words = [lithium.words, *made.left_out(NEGATIVE)]
    if lithium.section.get("interface resistance activation energy", {}).get("value", 0.0):
        words.append("the interface resistance on the positive side is that at the reference temperature")
    return made, words


def _film(made: Parts, metal: dict[str, Any], ends: tuple[float, float]) -> dict[str, Any]:
    """Lithium as a positive electrode: a film without a potential of its own, with lithium's kinetics."""

    def own(key: str, value: float, note: str) -> dict[str, Any]:
        return made.record(POSITIVE, key, value, note, "film")

    theta = metal.get("contact fraction", {}).get("value", 1.0)
    section: dict[str, Any] = {
        "type": "film",
        "thickness": own("thickness", THICK, "of lithium"),
        "particle diffusivity": own("particle diffusivity", 1e-6, "no gradient in the metal"),
        "maximum concentration": own("maximum concentration", 1.0 / V_LI, "of lithium metal"),
        OCP: own(OCP, 0.0, "lithium against lithium"),
        I0: metal[I0] | {"value": metal[I0]["value"] * theta},
        SHAPE: {**own(SHAPE, 1.0, "the metal is the same however much is left"), "expression": "0.5/sqrt(x*(1 - x))"},
    }
    section[SHAPE].pop("value")
    section |= {key: metal[key] for key in (SALT, ENERGY, "double-layer capacity") if key in metal}
    if "interface resistance" in metal:
        R = metal["interface resistance"]
        section["film resistance"] = R | {"value": R["value"] / theta}
    for key, x in zip(ENDS, ends, strict=True):
        section[key] = own(key, x, "of the lithium that is left")
    return section
