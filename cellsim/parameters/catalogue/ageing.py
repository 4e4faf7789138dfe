"""Quantities and options of an electrode that ages, and which quantities each option needs.

Options are named as in PyBaMM.  A parameter set states the options of either electrode beside its quantities, and
`Cell.with_ageing` chooses others.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import ParameterError
from ...support.arguments import near, shown
from .name import Name, may, note
from .phases import parted, phases_of

TINY = 1e-30
QUANTITIES: dict[str, Name] = {
    "ratio of lithium moles to SEI moles": may("1", "lithium that one SEI molecule takes", 2.0, 0.1, 10.0),
    "SEI partial molar volume": note("m3.mol-1", "of the SEI", 1e-6, 1e-2),
    "initial SEI thickness": note("m", "on the particles of the fresh cell", 1e-12, 1e-6),
    "initial SEI on cracks thickness": may(
        "m",
        "lithium in the SEI on cracks of the fresh cell, as a thickness on the particle's surface",
        5e-13,
        0.0,
        1e-6,
    ),
    "SEI resistivity": may("Ohm.m", "0: the growing film adds no resistance", 0.0, 0.0, 1e9),
    "SEI growth activation energy": may("J.mol-1", "of all laws of growth", 0.0, -2e5, 2e5),
    "SEI growth transfer coefficient": may("1", "of the asymmetric laws; 0.5 for the others", 0.5, 0.05, 0.95),
    "SEI open-circuit potential": may("V", "equilibrium potential of the growth", 0.0, -1.0, 3.0),
    "SEI reaction exchange current density": note("A.m-2", "of the growth", 0.0, 1e3),
    "SEI solvent diffusivity": note("m2.s-1", "of the solvent in the SEI", 0.0, 1e-6),
    "bulk solvent concentration": note("mol.m-3", "of the solvent", 1.0, 1e5),
    "SEI kinetic rate constant": note("m.s-1", "of the reduction of EC", 0.0, 1.0),
    "EC initial concentration in electrolyte": note("mol.m-3", "of ethylene carbonate", 1.0, 1e5),
    "EC diffusivity": note("m2.s-1", "of ethylene carbonate in the SEI", TINY, 1e-6),
    "SEI electron conductivity": note("S.m-1", "of the SEI", 0.0, 1e3),
    "SEI lithium interstitial diffusivity": note("m2.s-1", "in the SEI", 0.0, 1e-6),
    "lithium interstitial reference concentration": note("mol.m-3", "in the SEI", TINY, 1e5),
    "tunnelling barrier factor": note("m-1", "decay of the growth with the thickness of the SEI", 0.0, 1e12),
    "tunnelling distance for electrons": note("m", "thickness up to which electrons tunnel", 0.0, 1e-6),
    "SEI lithium ion conductivity": note("S.m-1", "of the SEI", TINY, 1e3),
    "lithium plating kinetic rate constant": note("m.s-1", "of plating and stripping", 0.0, 1.0),
    "lithium plating transfer coefficient": may("1", "of plating; stripping has the rest", 0.5, 0.05, 0.95),
    "lithium plating exchange-current density": note("A.m-2", "of plating by the law of Yang 2017", 0.0, 1e3),
    "dead lithium decay constant": note("s-1", "rate at which plated lithium is cut off under the first SEI", 0.0, 1e3),
    "initial plated lithium concentration": may("mol.m-3", "per volume of the electrode", 0.0, 0.0, 1e4),
    "coulombic efficiency of particles": note("1", "share of the lithium arriving on charge that enters", 0.5, 1.0),
    "lithium metal partial molar volume": may("m3.mol-1", "of plated lithium", 1.3e-5, 1e-6, 1e-4),
    "Young's modulus": note("Pa", "of the particles", 1e6, 1e13),
    "Poisson's ratio": note("1", "of the particles", -0.99, 0.499),
    "partial molar volume": note("m3.mol-1", "of lithium in the particles; below 0 they shrink with it", -1e-3, 1e-3),
    "reference concentration for free of deformation": may(
        "mol.m-3", "without stress-induced diffusion", 0.0, 0.0, 2e5
    ),
    "initial crack length": note("m", "in the particles of the fresh cell", 1e-12, 1e-3),
    "initial crack width": note("m", "of the cracks", 1e-12, 1e-3),
    "number of cracks per unit area": note("m-2", "of the particle's surface", 1.0, 1e22),
    "cracking rate": note("1", "Paris' law: length per hour [m] over (Pa m0.5) to its exponent", 0.0, 1.0),
    "cracking activation energy": may("J.mol-1", "of the cracking rate", 0.0, -2e5, 2e5),
    "Paris' law constant b": may("1", "stress-intensity factor of a crack", 1.12, 0.1, 10.0),
    "Paris' law constant m": may("1", "exponent of the stress intensity", 2.2, 0.5, 10.0),
    "LAM constant proportional term": note(
        "s-1", "loss of active material at the critical stress, in tension", 0.0, 1.0
    ),
    "LAM constant proportional term in compression": may("s-1", "the same in compression", 0.0, 0.0, 1.0),
    "LAM constant exponential term": may("1", "exponent of the stress", 2.0, 0.5, 10.0),
    "critical stress": note("Pa", "of the loss of active material", 1.0, 1e13),
    "reaction-driven LAM factor": note("m3.mol-1", "active volume lost per lithium that the SEI takes", 0.0, 1.0),
    "current-driven LAM factor": note("m2.A-1.s-1", "active fraction lost per current density and time", 0.0, 1.0),
    "solvent volume per SEI lithium": note(
        "m3.mol-1", "electrolyte that is used up and leaves the pores, per lithium that the SEI takes", 0.0, 1e-2
    ),
    "cycling interphase growth": may(
        "Ohm.m2",
        "interphase resistance after the first cycle, uncoated, per electrode "
        "area; grows with the square root of the number of cycles",
        0.0,
        0.0,
        10.0,
    ),
    "coating coverage": may("1", "fraction of the particle surface that is coated", 0.0, 0.0, 1.0),
    "coating factor": may("1", "factor by which a coating slows interphase growth", 1.0, 1.0, 1e4),
    "volume change": may("1", "volumetric strain of the particles over a full cycle", 0.0, -0.9, 4.0),
    "contact loss": may("1", "fraction of the contact lost per cycle and unaccommodated strain", 0.0, 0.0, 1e3),
    "contact healing": may("Pa-1", "fraction of the lost contact restored per cycle and pressure", 0.0, 0.0, 1.0),
    "contact strength": may("Pa", "adhesion, added to the pressure", 0.0, 0.0, 1e9),
    "electrolyte modulus": may(
        "Pa", "Young's modulus of the electrolyte that follows the particle strain", 2e10, 1e6, 1e12
    ),
    "connection loss": may("1", "fraction of the utilisation lost per cycle and strain", 0.0, 0.0, 1e3),
}
STATED = ("cycling interphase growth", "contact loss", "connection loss", "volume change")  # else nothing would change
SEI_ALWAYS = ("SEI partial molar volume", "initial SEI thickness")
REACTION = ("SEI reaction exchange current density",)
SOLVENT = ("SEI solvent diffusivity", "bulk solvent concentration")
EC = ("SEI kinetic rate constant", "EC initial concentration in electrolyte", "EC diffusivity")
INTERSTITIAL = ("SEI lithium interstitial diffusivity", "lithium interstitial reference concentration")
SEI: dict[str, tuple[str, ...]] = {
    "none": (),
    "reaction limited": REACTION,
    "reaction limited (asymmetric)": REACTION,
    "solvent-diffusion limited": SOLVENT,
    "ec reaction limited": EC,
    "ec reaction limited (asymmetric)": EC,
    "electron-migration limited": ("SEI electron conductivity",),
    "interstitial-diffusion limited": INTERSTITIAL,
    "tunnelling limited": (*REACTION, "tunnelling barrier factor"),
    "VonKolzenberg2020": (
        *REACTION,
        *INTERSTITIAL,
        "tunnelling distance for electrons",
        "SEI lithium ion conductivity",
    ),
}
PLATING = {
    "none": (),
    "reversible": ("lithium plating kinetic rate constant",),
    "irreversible": ("lithium plating kinetic rate constant",),
    "partially reversible": ("lithium plating kinetic rate constant", "dead lithium decay constant"),
    "Yang2017": ("lithium plating exchange-current density",),
}
STRESS = ("Young's modulus", "Poisson's ratio", "partial molar volume")
MECHANICS = {
    "none": (),
    "swelling only": STRESS,
    "swelling and cracking": (
        *STRESS,
        "initial crack length",
        "initial crack width",
        "number of cracks per unit area",
        "cracking rate",
    ),
}
BY_STRESS, BY_REACTION = ("LAM constant proportional term", "critical stress", *STRESS), ("reaction-driven LAM factor",)
LOSS = {
    "none": (),
    "stress-driven": BY_STRESS,
    "asymmetric stress-driven": (*BY_STRESS, "LAM constant proportional term in compression"),
    "reaction-driven": BY_REACTION,
    "stress and reaction-driven": (*BY_STRESS, *BY_REACTION),
    "current-driven": ("current-driven LAM factor",),
}
DRY_OUT: dict[str, tuple[str, ...]] = {"none": (), "solvent reservoir": ("solvent volume per SEI lithium",)}
CONTACT = {"none": (), "strain-driven": ("contact loss", "volume change")}
CONNECTION = {"none": (), "strain-driven": ("connection loss", "volume change")}
INTERPHASE = {"none": (), "cycling": ("cycling interphase growth",)}
SWITCH: dict[str, tuple[str, ...]] = {"false": (), "true": ()}
OPTIONS: dict[str, Mapping[str, tuple[str, ...]]] = {
    "SEI": SEI,
    "SEI on cracks": SWITCH,
    "SEI film resistance": {"none": (), "distributed": ("SEI resistivity",)},
    "SEI porosity change": SWITCH,
    "lithium plating": PLATING,
    "lithium plating porosity change": SWITCH,
    "coulombic inefficiency of particles": {"none": (), "constant": ("coulombic efficiency of particles",)},
    "particle mechanics": MECHANICS,
    "stress-induced diffusion": SWITCH,
    "loss of active material": LOSS,
    "dry-out": DRY_OUT,
    "contact loss of particles": CONTACT,
    "connection loss of particles": CONNECTION,
    "interphase of particles": INTERPHASE,
}
OF_NEGATIVE = (
    "SEI",
    "SEI on cracks",
    "SEI film resistance",
    "SEI porosity change",
    "lithium plating",
    "lithium plating porosity change",
    "coulombic inefficiency of particles",
    "dry-out",
)
OF_METAL = (  # quantities of lithium metal that an overlay may lend, the first five of which make something age
    "coulombic efficiency",
    "calendar interphase growth",
    "host fade",
    "short hazard",
    "void share",
    "short hazard exponent",
    "critical current density",
    "critical current density activation energy",
    "vanishing charge",
    "host capacity",
    "interphase growth activation energy",
    "interphase conductivity",
    "interphase reaction rate",
    "interphase lithium concentration",
    "void height",
)
AGES_METAL = {"coulombic efficiency": 1.0, **dict.fromkeys(OF_METAL[1:5], 0.0)}  # and where it does not
SIDES = ("negative electrode", "positive electrode")
OFF = ("none", "false")


def of_phase(raw: Mapping[str, Any], phase: str) -> dict[str, Any]:
    """What the flat content of an electrode says of a phase: of ageing its own entries, or else the electrode's."""
    own = {parted(key)[1]: value for key, value in raw.items() if phase and parted(key)[0] == phase}
    return {key: value for key, value in raw.items() if not parted(key)[0]} | own


def every_phase(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The phases of the flat content of an electrode, or ("",)."""
    return phases_of(raw) or ("",)


def chosen(raw: Mapping[str, Any]) -> dict[str, str]:
    """The options of the content of an electrode or a phase, with what PyBaMM takes where they leave one out."""
    given = {name: str(raw[name]) for name in OPTIONS if isinstance(raw.get(name), str)}
    options = {name: given.get(name, next(iter(values))) for name, values in OPTIONS.items()}
    if "stress" in options["loss of active material"] and options["particle mechanics"] == "none":
        options["particle mechanics"] = "swelling only"
    if "SEI film resistance" not in given and options["SEI"] != "none":
        options["SEI film resistance"] = "distributed"
    if "stress-induced diffusion" not in given and options["particle mechanics"] != "none":
        options["stress-induced diffusion"] = "true"
    return options


def chosen_by_path(raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The same of the electrodes of a set and of their phases, by path; none of one without particles.

    Of a composite electrode itself each option is that of the first phase that has it on.
    """
    found: dict[str, dict[str, str]] = {}
    for side in SIDES:
        of_phases = {one: chosen(of_phase(raw[side], one)) for one in every_phase(raw[side])}
        if raw[side].get("type") != "porous":
            of_phases = {"": {}}
        found |= {f"{side}/{one}": options for one, options in of_phases.items() if one}
        found[side] = {}
        for options in reversed(of_phases.values()):
            found[side] |= {key: value for key, value in options.items() if value not in OFF or key not in found[side]}
    return found


def lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(option, sentence) for what the options of an electrode, or of its phases, need and its content has not."""
    found = []
    for phase in every_phase(raw):
        own = of_phase(raw, phase)
        found += [(f"{phase}/{key}" if f"{phase}/{key}" in raw else key, text) for key, text in _lacking(own)]
    return list(dict.fromkeys(found))


def _lacking(raw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same of a phase, by its own options."""
    options, found = chosen(raw), []
    for name, value in options.items():
        needed = OPTIONS[name].get(value, ())
        if name == "SEI" and value != "none":
            needed = (*SEI_ALWAYS, *needed)
        missing = [key for key in needed if key not in raw and (QUANTITIES[key].default is None or key in STATED)]
        if missing:
            wanted = ", ".join(f"'{key}' [{QUANTITIES[key].unit}]" for key in missing)
            found.append((name, f"{value!r} needs {wanted}; add it, or choose 'none'"))
    for name, other, value in (
        ("SEI on cracks", "particle mechanics", "swelling and cracking"),
        ("SEI on cracks", "SEI", ""),
        ("SEI porosity change", "SEI", ""),
        ("lithium plating porosity change", "lithium plating", ""),
        ("dry-out", "SEI", ""),
    ):
        wrong = options[other] != value if value else options[other] == "none"
        if options[name] not in OFF and wrong:
            now = f" {value!r}" if value else ""
            found.append((name, f"{options[name]!r} needs {other!r}{now}, found {options[other]!r}"))
    changes_pores = "true" in (options["SEI porosity change"], options["lithium plating porosity change"])
    if changes_pores and "transport efficiency" in raw:
        found.append(
            ("SEI porosity change", "pores that change need 'bruggeman exponent' in place of 'transport efficiency'")
        )
    return found


def needed(options: Mapping[str, str]) -> set[str]:
    """Quantities that options of an electrode need."""
    return {key for name, value in options.items() for key in OPTIONS[name].get(value, ())}


def resolved(options: Any, contents: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, dict[str, str]]:
    """Options of both electrodes, from a dictionary named as in PyBaMM or from False (nothing ages).

    A text of an option of SEI and plating is for the negative electrode; of the others for both; a pair for either,
    of which one for a composite electrode may be a tuple of a text for each phase.
    Those left out stay as the set has them, or fall with what they rest on: without plating it changes no pores.
    contents: the electrodes' contents.  Raises ParameterError.
    """
    every = {part: every_phase(contents[part]) for part in SIDES}
    off = {key: next(iter(values)) for key, values in OPTIONS.items()}
    if options is False:
        return {part: off | _to_each(every[part], [off] * len(every[part])) for part in SIDES}
    if not isinstance(options, Mapping):
        raise ParameterError(
            f'{name}: ageing {shown(options)}: give False, or options such as {{"SEI": "solvent-diffusion limited"}}'
        )
    chosen_of: dict[str, list[dict[str, str]]] = {part: [{} for _ in every[part]] for part in SIDES}
    for key, value in options.items():
        if key not in OPTIONS:
            raise ParameterError(f"{name}: ageing {shown(key)}: unknown option; {near(key, OPTIONS)}")
        single = (value, off[key]) if key in OF_NEGATIVE else (value, value)
        pair = value if isinstance(value, (tuple, list)) and len(value) == 2 else single
        for part, one in zip(SIDES, pair, strict=True):
            for texts, text in zip(chosen_of[part], _texts(key, one, len(every[part]), part, name), strict=True):
                if contents[part].get("type") == "porous":
                    texts[key] = text
                elif text not in OFF and (key in OF_NEGATIVE or isinstance(value, (tuple, list))):
                    raise ParameterError(
                        f"{name}: ageing {key!r}: the {part} is {contents[part].get('type')}, not particles; "
                        "its interphase and voids are quantities of the set"
                    )
    for part, of_phases in chosen_of.items():
        if contents[part].get("type") == "porous":
            own = [of_phase(contents[part], one) for one in every[part]]
            of_phases[:] = [_without_ground(raw, texts) | texts for raw, texts in zip(own, of_phases, strict=True)]
    return {part: _to_each(every[part], of_phases) for part, of_phases in chosen_of.items()}


def _to_each(phases: tuple[str, ...], texts: list[dict[str, str]]) -> dict[str, str]:
    """Options of each phase, by their keys in the content of the electrode."""
    return {
        f"{one}/{key}" if one else key: text
        for one, of_one in zip(phases, texts, strict=True)
        for key, text in of_one.items()
    }


def _texts(key: str, given: Any, phases: int, part: str, name: str) -> list[str]:
    """What is given for an option of an electrode, for each of its phases.  Raises ParameterError."""
    each = list(given) if phases > 1 and isinstance(given, (tuple, list)) else [given] * phases
    if len(each) != phases:
        raise ParameterError(
            f"{name}: ageing {key!r} {shown(given)}: the {part} has {phases} phases; give one for each"
        )
    each = [{True: "true", False: "false"}.get(one, one) if isinstance(one, bool) else one for one in each]
    for one in each:
        if not isinstance(one, str) or one not in OPTIONS[key]:
            raise ParameterError(
                f"{name}: ageing {key!r} {shown(one)}: choose one of {', '.join(map(repr, OPTIONS[key]))}"
            )
    return each


GROUNDS = (  # an option, and what it rests on
    ("SEI porosity change", "SEI", ()),
    ("SEI on cracks", "SEI", ()),
    ("lithium plating porosity change", "lithium plating", ()),
    ("SEI on cracks", "particle mechanics", ("swelling only",)),
    ("dry-out", "SEI", ()),
)


def _without_ground(raw: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
    """Options of the set that what the user chose leaves without ground, turned off."""
    return {
        option: next(iter(OPTIONS[option]))
        for option, ground, short in GROUNDS
        if option in raw and texts.get(ground) in (*OFF, *short)
    }
