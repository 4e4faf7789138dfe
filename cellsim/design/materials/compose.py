"""A complete cell from materials: mix and areal capacity make the layers, every value keeps its source."""

import math
import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ...errors import ParameterError
from ...parameters import Cell
from ...parameters.equilibrium import NEGATIVE, OCP, POSITIVE
from ...parameters.sources import source_key
from ...physics.constants import F
from ...support.arguments import mapping, number, shown, whole
from ...support.arguments import text as text_of
from ...support.renamed import by_name
from ..grains import with_grains
from ..stack import pair_layers
from .mixture import Mix, composite
from .records import Material, Records, material

Named = str | os.PathLike[str] | Material
OWN = "cellsim"
AREAL = "give ampere-hours per square metre of electrode, 8 to 200; 1 mAh/cm2 is 10 Ah/m2"
MIX = 'give parts by mass and the void fraction, such as {"active": 80, "electrolyte": 17, "carbon": 3, "void": 0.1}'
ENDS = ("minimum", "maximum")
NEAR_LITHIUM = 0.1  # V: an electrolyte that is reduced below this only is stable on all anodes
PRESSURE = {"solid": 3e6, "liquid": 1e5}  # Pa


@by_name
def design_cell(
    cathode: Named = "nmc811",
    electrolyte: Named = "li6ps5cl",
    anode: Named = "lithium",
    areal_capacity: float = 50.0,
    *,
    separator_thickness: float | None = None,
    mix: Mapping[str, Any] | Mix | None = None,
    anode_mix: Mapping[str, Any] | Mix | None = None,
    capacity_ratio: float | None = None,
    housing: Named = "pouch",
    pairs: int | None = None,
    grain_radius: float | None = None,
    name: str | None = None,
) -> Cell:
    """A complete cell from materials, with the source of every value.

    cathode, electrolyte, anode, housing: as for `material`; the electrolyte may be any composition of
    `conductivities()`.
    areal_capacity: equilibrium capacity of the cathode between the potentials of its file [Ah/m2]; its thickness
    follows.
    separator_thickness [m], mix, anode_mix (parts by mass): by default those of the materials.
    capacity_ratio: capacity of an anode with particles over that of the cathode, by default that of the anode.
    pairs: of electrodes; by default as many as fill the housing.
    grain_radius: of a solid electrolyte in the cathode [m]: particles for which the grains leave no finer contact react
    as clusters, see `with_grains`; by default they touch electrolyte all over.

    What does not go together is in `Cell.remarks`: an electrolyte beyond its window of stability, kinetics that were
    found against another kind of electrolyte.  Raises ParameterError.
    """
    parts = material(cathode, "positive"), material(electrolyte, "electrolyte"), material(anode, "negative")
    positive, salt, negative = parts
    box = material(housing, "housing")
    if negative.electrode["type"] == "lithium metal" and not salt.lithium:
        raise ParameterError(
            f"{salt.name}: says nothing of lithium metal, of which {negative.name} is; choose another anode"
        )
    if name is not None:
        text_of("design_cell: name", name, "give a name, as text", ParameterError)
    Q = number("areal_capacity", areal_capacity, AREAL, low=8.0, high=200.0, error=ParameterError)
    sources: dict[str, Any] = {OWN: {"citation": "Computed or assumed when the cell was designed; the note says how"}}
    content = _merged((box, salt, negative, positive), sources)
    if separator_thickness is not None:
        L = number("separator_thickness", separator_thickness, "give metres", low=1e-7, high=1e-2, error=ParameterError)
        content["separator"]["thickness"] = _own(L, "m", "given")
    _coat(content, "positive", salt, _mix("mix", mix, salt.mix), positive)
    _thicken_positive(content, positive, Q)
    if negative.electrode["type"] == "porous":
        _coat(content, "negative", salt, _mix("anode_mix", anode_mix, negative.mix or salt.mix), negative)
        _thicken_negative(content, negative, Q, capacity_ratio)
    elif anode_mix is not None or capacity_ratio is not None:
        given = "anode_mix" if anode_mix is not None else "capacity_ratio"
        raise ParameterError(f"{given}: {negative.name} has no particles; leave it out")
    label = name or "-".join(part.name for part in parts)
    raw = {
        "format": 1,
        "title": f"{positive.title} | {salt.title} | {negative.title}",
        "description": "A design made from materials, not a measured cell.",
        "kind": salt.kind,
        "sources": sources,
        **content,
        "remarks": _remarks(positive, salt, negative),
    }
    cell = _housed(raw, label, box, positive, Q, pairs)
    if grain_radius is None:
        return cell
    if salt.kind != "solid":
        raise ParameterError(f"grain_radius: {salt.name} is no solid and has no grains; leave it out")
    return with_grains(cell, grain_radius)


def _own(value: float, unit: str, note: str) -> Records:
    return {"value": float(value), "unit": unit, "source": OWN, "method": "assumed", "note": note}


def _mix(argument: str, given: Any, usual: Mix | None) -> Mix:
    """The mix as given, or the usual one."""
    given = usual if given is None else given
    if isinstance(given, Mix):
        return given
    try:
        return Mix(**mapping(argument, given, MIX))
    except (ValidationError, TypeError) as fault:
        error = fault.errors(include_url=False)[0] if isinstance(fault, ValidationError) else None
        where = f"{'/'.join(map(str, error['loc']))}: {error['msg']}" if error else "keys are text"
        raise ParameterError(f"{argument} {shown(given)}: {where}; {MIX}") from None


def _merged(parts: tuple[Material, ...], sources: dict[str, Any]) -> dict[str, Records]:
    """The sections of a parameter file that the materials give; later ones come before earlier ones."""
    content: dict[str, Records] = {
        "cell": {},
        "negative electrode": {},
        "separator": {},
        "positive electrode": {},
        "electrolyte": {},
        "design": {},
    }
    metal = any(part.role == "negative" and part.electrode["type"] == "lithium metal" for part in parts)
    for part in parts:
        sections = {key: getattr(part, key) for key in ("cell", "separator", "electrolyte", "design")}
        if part.role == "electrolyte":
            sections["positive electrode"] = part.composite
            sections["negative electrode"] = part.lithium if metal else part.composite
        elif part.electrode:
            sections[f"{part.role} electrode"] = part.electrode
        for section, records in sections.items():
            content[section] |= {key: _cited(record, part, sources) for key, record in records.items()}
    return content


def _cited(record: Any, part: Material, sources: dict[str, Any]) -> Any:
    """A record of a material, whose source is added to those of the cell."""
    if not isinstance(record, dict) or record.get("source") not in list(part.sources):
        return record
    return {**record, "source": source_key(sources, record["source"], part.sources[record["source"]])}


def _coat(content: dict[str, Records], word: str, salt: Material, mix: Mix, active: Material) -> None:
    """Volume fractions of an electrode from its mix."""
    own = active.number("design", f"{word} active material density")
    around = salt.number("design", "electrolyte density")
    if own is None or around is None:
        raise ParameterError(f"{active.name} in {salt.name}: a density is missing; add it to the section design")
    made = composite(mix, own, around, salt.kind == "liquid")
    note = f"computed from the mix, {mix}"
    content[f"{word} electrode"] |= {
        "active material volume fraction": _own(made.active, "1", note),
        "electrolyte volume fraction": _own(made.electrolyte, "1", note),
        "void volume fraction": _own(made.void, "1", note),
    }
    content["design"][f"{word} inert density"] = _own(made.inert_density, "kg.m-3", "computed: carbon and binder")


def _charge(section: Records, width: float) -> float:
    """Charge per volume of an electrode [C/m3] over a range of stoichiometry."""
    keys = ("active material volume fraction", "utilisation", "maximum concentration")
    return F * width * math.prod(section[key]["value"] if key in section else 1.0 for key in keys)


def _thicken_positive(content: dict[str, Records], positive: Material, Q: float) -> None:
    section = content["positive electrode"]
    low, high = (section[f"{end} stoichiometry"]["value"] for end in ("minimum", "maximum"))
    note = f"computed: {Q:g} Ah/m2 between stoichiometries {low:g} and {high:g}"
    section["thickness"] = _own(3600.0 * Q / _charge(section, high - low), "m", note)


def _thicken_negative(content: dict[str, Records], negative: Material, Q: float, ratio: float | None) -> None:
    """Thickness of an electrode with particles, and how far the charge of the positive one fills it."""
    section = content["negative electrode"]
    usual = negative.value("capacity ratio") if ratio is None else ratio
    N = number("capacity_ratio", usual, "give 1 to 10", low=1.0, high=10.0, error=ParameterError)
    low, high = (section[f"{end} stoichiometry"]["value"] for end in ("minimum", "maximum"))
    note = f"computed: {N:g} times the {Q:g} Ah/m2 of the positive electrode"
    section["thickness"] = _own(3600.0 * N * Q / _charge(section, high - low), "m", note)
    section["maximum stoichiometry"] = _own(low + (high - low) / N, "1", "computed: takes what the positive gives")


def _cut_offs(raw: dict[str, Any], label: str, positive: Material) -> Records:
    """Cut-off voltages: potentials of the positive electrode less that of the negative one.

    The upper one is met when the window is full.  The lower one is at most the voltage of the empty window: below it
    only what polarisation holds back is delivered.
    """
    low, high = positive.value("lower potential"), positive.value("upper potential")
    if raw["negative electrode"]["type"] != "lithium metal":
        ends = {f"{end} voltage cut-off": _own(V, "V", "first guess") for end, V in (("lower", 0.0), ("upper", high))}
        cell = Cell.from_json({**raw, "cell": {**raw["cell"], **ends}}, label, None, label)
        T = cell.value("cell/reference temperature")
        at = {
            part: {end: float(cell.law(f"{part}/{OCP}")(cell.value(f"{part}/{end} stoichiometry"), T)) for end in ENDS}
            for part in (NEGATIVE, POSITIVE)
        }
        high -= at[NEGATIVE]["maximum"]
        low = min(low, at[POSITIVE]["maximum"] - at[NEGATIVE]["minimum"])
    return {
        "lower voltage cut-off": _own(round(low, 3), "V", f"from the lower potential of {positive.title}"),
        "upper voltage cut-off": _own(round(high, 3), "V", f"from the upper potential of {positive.title}"),
    }


def _remarks(positive: Material, salt: Material, negative: Material) -> list[str]:
    """What does not go together, one sentence each."""
    remarks = [*positive.remarks, *salt.remarks, *negative.remarks]
    high, limits = positive.value("upper potential"), salt.properties
    outside = "what forms there is not in the cell"
    if salt.kind == "solid":  # films of a liquid are part of the kinetics
        oxidised, reduced = limits.get("oxidation potential"), limits.get("reduction potential")
        if oxidised is not None and oxidised.value < high:
            remarks.append(
                f"{salt.title} is oxidised above {oxidised.value:g} V against lithium, and the cathode is charged to "
                f"{high:g} V ({oxidised.note}): {outside}"
            )
        if reduced is not None and reduced.value > NEAR_LITHIUM:
            remarks.append(
                f"{salt.title} is reduced below {reduced.value:g} V against lithium, and the anode lies near 0 V "
                f"({reduced.note}): {outside}"
            )
    remarks += [
        f"kinetics of {part.title} were found in cells with a {part.kind} electrolyte"
        for part in (positive, negative)
        if part.kind is not None and part.kind != salt.kind
    ]
    return remarks


def _housed(raw: dict[str, Any], label: str, box: Material, positive: Material, Q: float, pairs: int | None) -> Cell:
    """The cell with its area, number of pairs and nominal capacity."""
    length, width, height = (box.value(key) for key in ("length", "width", "thickness"))
    coverage = box.number("design", "area coverage")
    assert coverage is not None
    one = length * width * coverage
    sized = _sized(raw, one, 1, Q, "one pair")
    raw = {**raw, "cell": {**raw["cell"], **_cut_offs(sized, label, positive)}}
    single = Cell.from_json(_sized(raw, one, 1, Q, "one pair"), label, None, label)
    foils = 2.0 * single.value("design/pouch foil thickness")
    thickness = sum(layer.thickness for layer in pair_layers(single))
    fits = int((height - foils) / thickness)
    if pairs is None and fits < 1:
        raise ParameterError(
            f"areal_capacity {shown(Q)}: one pair of electrodes is {1e3 * thickness:.2f} mm thick and does not fit "
            f"into {box.title}; give less, or pairs=1"
        )
    if pairs is None:
        many, why = fits, f"as many as fit into {1e3 * height:g} mm"
    else:
        many, why = (
            whole("pairs", pairs, "give a number of electrode pairs", low=1, high=1000, error=ParameterError),
            "given",
        )
    return Cell.from_json(_sized(raw, one, many, Q, why), label, None, label)


def _sized(raw: dict[str, Any], one: float, pairs: int, Q: float, why: str) -> dict[str, Any]:
    """The content of the cell with `pairs` pairs of `one` square metre each."""
    default = {
        "reference temperature": _own(298.15, "K", "the properties are chosen for it"),
        "ambient temperature": _own(298.15, "K", "default of a run"),
        "operating pressure": _own(PRESSURE[raw["kind"]], "Pa", "usual for the kind"),
    }
    cell = {
        "electrode area": _own(pairs * one, "m2", "pairs x footprint x area coverage"),
        "nominal capacity": _own(pairs * one * Q, "A.h", "areal capacity x area"),
        **{key: record for key, record in default.items() if key not in raw["cell"]},
        **raw["cell"],
    }
    return {**raw, "cell": cell, "design": {**raw["design"], "number of electrode pairs": _own(pairs, "1", why)}}
