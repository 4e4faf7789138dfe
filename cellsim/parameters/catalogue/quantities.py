"""Table of all quantities of a parameter file: unit, default, allowed range and meaning."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from . import ageing, heat, hysteresis, kinetics
from .name import Name
from .name import may as _may
from .name import need as _need
from .name import note as _note
from .phases import OF_PHASE, ORDINALS, phases_of

METHODS = ("measured", "fitted", "literature", "assumed", "stated")
X, C, POSITION = "stoichiometry", "concentration", "position"
TINY = 1e-30
MOST_CLASSES = 100  # of size, of a phase
TRANSPORT = {
    "transport efficiency": _note("1", "effective over bulk transport property", TINY, 1.0),
    "bruggeman exponent": _note("1", "efficiency = electrolyte fraction ** exponent", 0.0, 10.0),
    "percolation threshold": _note("1", "electrolyte fraction below which the electrolyte does not conduct", 0.0, 0.9),
    "percolation exponent": _note("1", "exponent of the percolation law", 0.5, 5.0),
}
DOUBLE_LAYER = _may(
    "F.m-2", "per reacting surface; of impedance spectra, and of runs with surface form differential", 0.0, 0.0, 1e3
)
ELECTRONIC, ELECTRONIC_ENERGY = "electronic conductivity", "electronic conductivity activation energy"
SURFACE = "surface area per unit volume"  # as BPX names it
SURFACE_FORM, DIFFERENTIAL = "surface form", "differential"  # as PyBaMM's option
SURFACE_FORMS = ("false", "algebraic", DIFFERENTIAL)
ONLY_MODEL, ONLY_MODELS = "only model", ("SPM",)  # of sets that have the numbers of one model alone
CELL = {
    "electrode area": _need("m2", "total area of all electrode pairs", TINY, 1e4),
    "nominal capacity": _need("A.h", "defines the C-rate; the note states rate, window, temperature", TINY, 1e5),
    "lower voltage cut-off": _need("V", "end of discharge; below 0 in symmetric cells", -10.0, 10.0),
    "upper voltage cut-off": _need("V", "end of charge", 0.0, 10.0),
    "reference temperature": _need("K", "temperature at which all properties are given", 200.0, 500.0),
    "ambient temperature": _need("K", "default temperature of a run", 200.0, 500.0),
    "operating pressure": _need("Pa", "stack pressure at which the values were measured", 0.0, 1e9),
    "fabrication pressure": _note("Pa", "pressing pressure of the layers; for provenance only", 0.0, 1e10),
    "highest pressure": _may(
        "Pa", "highest stack pressure in the cell's history; 0: the operating pressure", 0.0, 0.0, 1e10
    ),
    "pressure memory": _may(
        "1", "fraction of the excess of the highest over the operating pressure that contacts retain", 0.0, 0.0, 1.0
    ),
    "stack modulus": _may(
        "Pa", "compressive modulus of the stack against swelling; 0: constant pressure", 0.0, 0.0, 1e12
    ),
    "stack height": _note("m", "compressible height of one electrode pair", 1e-6, 1e-1),
    "stack compliance": _may("m.Pa-1", "of the fixture, per pair; 0: fixed gap", 0.0, 0.0, 1.0),
    "series resistance": _may("Ohm.m2", "tabs and contacts, per electrode area", 0.0, 0.0, 1.0),
    "geometric capacity": _may(
        "F.m-2", "of the whole cell, per electrode area; of impedance spectra only", 0.0, 0.0, 1e3
    ),
    **heat.CELL,
}
POROUS = {
    "thickness": _need("m", "of the coating on one side", 1e-7, 1e-2),
    "electrolyte volume fraction": _need("1", "fraction filled with electrolyte", 1e-3, 0.99, POSITION),
    "active material volume fraction": _need("1", "active material", 1e-3, 1.0, POSITION),
    "void volume fraction": _may("1", "empty", 0.0, 0.0, 0.9),
    "utilisation": _may("1", "fraction of the active material that is electrically connected", 1.0, 0.01, 1.0),
    "contact fraction": _may("1", "fraction of the particle surface in contact with electrolyte", 1.0, 0.01, 1.0),
    "contact pressure": _may(
        "Pa", "pressure at which 63 % of the contact fraction is reached; 0: no dependence on pressure", 0.0, 0.0, 1e9
    ),
    "contact pressure exponent": _may("1", "exponent of the pressure in the contact fraction", 0.5, 0.05, 5.0),
    **TRANSPORT,
    ELECTRONIC: _need("S.m-1", "of the solid phase, at the surface stoichiometry of the particles", TINY, 1e8, X),
    ELECTRONIC_ENERGY: _may("J.mol-1", "of the electronic conductivity", 0.0, -2e5, 2e5),
    "electronic bruggeman exponent": _may("1", "effective = value * solids ** exponent", 0.0, 0.0, 10.0),
    "electronic percolation threshold": _may(
        "1", "active material fraction below which electrons do not percolate", 0.0, 0.0, 0.9
    ),
    "electronic percolation exponent": _may(
        "1", "of the percolation law for carbon-free composites; 0: off", 0.0, 0.0, 5.0
    ),
    "particle radius": _need(
        "m", "of the active material; of a distribution its mean by surface", 1e-9, 1e-3, POSITION
    ),
    SURFACE: _note("m-1", "of the particles, per volume of electrode; that of spheres unless stated", 1.0, 1e11),
    "particle radius standard deviation": _may(
        "m", "of a lognormal distribution of radii, by surface; 0: all particles have the mean radius", 0.0, 0.0, 1e-3
    ),
    "particle size classes": _note(
        "1", "sizes that stand for a distribution of radii; as many as the accuracy of a run needs", 1.0, MOST_CLASSES
    ),
    "particle size histogram": Name("1", "share of the surface at each radius [m]", 0.0, law="radius", optional=True),
    "particle diffusivity": _need("m2.s-1", "of lithium, or of sodium, in the particles", 1e-22, 1e-6, X),
    "diffusivity activation energy": _may("J.mol-1", "of the particle diffusivity", 0.0, -2e5, 2e5),
    "maximum concentration": _need("mol.m-3", "of lithium, or of sodium, in the active material", 1.0, 4e5),
    "open-circuit potential": _need("V", "against lithium; in a sodium-ion cell against sodium", -1.0, 10.0, X),
    "entropic change coefficient": _may("V.K-1", "dU/dT", 0.0, -0.01, 0.01, X),
    "exchange-current density": _need("A.m-2", "at x = 0.5 and the initial salt concentration", TINY, 1e6),
    "exchange-current shape": _may("1", "factor on sqrt(x(1-x))", 1.0, TINY, 1e6, X),
    "exchange-current electrolyte shape": _may("1", "factor on sqrt(c_e)", 1.0, TINY, 1e6, C),
    "exchange-current activation energy": _may("J.mol-1", "of the exchange-current density", 0.0, -2e5, 2e5),
    "film resistance": _may("Ohm.m2", "per reacting surface", 0.0, 0.0, 10.0),
    "double-layer capacity": DOUBLE_LAYER,
    "minimum stoichiometry": _need("1", "lower end of the operating window", 0.0, 1.0),
    "maximum stoichiometry": _need("1", "upper end of the operating window", 0.0, 1.0),
    "initial stoichiometry": _note("1", "as stated by the source", 0.0, 1.0),
    **hysteresis.QUANTITIES,
    **kinetics.QUANTITIES,
    **ageing.QUANTITIES,
}
FILM = {
    key: POROUS[key]
    for key in (
        "thickness",
        "utilisation",
        "void volume fraction",
        "particle diffusivity",
        "diffusivity activation energy",
        "maximum concentration",
        "open-circuit potential",
        "entropic change coefficient",
        "exchange-current density",
        "exchange-current shape",
        "exchange-current electrolyte shape",
        "exchange-current activation energy",
        "film resistance",
        "double-layer capacity",
        "minimum stoichiometry",
        "maximum stoichiometry",
        "initial stoichiometry",
    )
} | {
    "active material volume fraction": _may("1", "active material", 1.0, 1e-3, 1.0),
    "electrolyte volume fraction": _may("1", "fraction filled with electrolyte", 0.0, 0.0, 0.0),
    kinetics.ANODIC: kinetics.QUANTITIES[kinetics.ANODIC],
    ELECTRONIC: Name("S.m-1", "of the film; without it electrons lose nothing", TINY, 1e8, law=X, optional=True),
    ELECTRONIC_ENERGY: POROUS[ELECTRONIC_ENERGY],
    "electronic transference number": _may(
        "1",
        "share of the lithium that enters at the electrolyte; the rest does at the current collector",
        1.0,
        0.0,
        1.0,
    ),
}
METAL = {
    "exchange-current density": _need("A.m-2", "at the initial salt concentration", TINY, 1e6),
    "exchange-current electrolyte shape": _may("1", "factor on sqrt(c_e)", 1.0, TINY, 1e6, C),
    "exchange-current activation energy": _may("J.mol-1", "of the exchange-current density", 0.0, -2e5, 2e5),
    "interface resistance": _may("Ohm.m2", "of an interphase or interlayer, per area", 0.0, 0.0, 10.0),
    "interface resistance activation energy": _may("J.mol-1", "> 0: resistance falls with temperature", 0.0, -2e5, 2e5),
    "double-layer capacity": DOUBLE_LAYER,
    "critical current density": _note(
        "A.m-2", "plating current density above which lithium may penetrate the separator", TINY, 1e6
    ),
    "critical current density activation energy": _may(
        "J.mol-1",
        "of the critical current density; without it, the value holds within 10 K of the reference temperature",
        0.0,
        -2e5,
        2e5,
    ),
    "contact fraction": _may("1", "fraction of the area in contact with the electrolyte", 1.0, 0.01, 1.0),
    "contact spot radius": _may("m", "radius of contact spots (constriction resistance); 0: off", 0.0, 0.0, 1e-2),
    "contact resistance": _may(
        "Ohm.m2", "additional pressure-dependent resistance, at the reference pressure", 0.0, 0.0, 10.0
    ),
    "contact reference pressure": _may("Pa", "pressure at which the contact resistance is given", 1e6, 1.0, 1e9),
    "contact pressure exponent": _may("1", "resistance ~ pressure ** -exponent", 0.5, 0.0, 5.0),
    "calendar interphase growth": _may(
        "Ohm.m2", "interphase resistance after the first hour; grows with the square root of time", 0.0, 0.0, 10.0
    ),
    "interphase growth activation energy": _may(
        "J.mol-1", "of the parabolic rate constant, the square of the calendar interphase growth", 0.0, -2e5, 2e5
    ),
    "critical current pressure exponent": _may("1", "critical current ~ pressure ** exponent", 0.0, 0.0, 5.0),
    "critical current reference pressure": _may(
        "Pa", "pressure at which the critical current density is given", 1e6, 1.0, 1e9
    ),
    "counter potential": _may("V", "against lithium, of an alloy such as In/Li-In", 0.0, -1.0, 3.0),
    "vanishing charge": _may("C.m-2", "residual lithium at which its activity is 0.5; 0: none", 0.0, 0.0, 1e5),
    "host capacity": _may("C.m-2", "of an interlayer that is lithiated before metal is plated", 0.0, 0.0, 1e6),
    "host end potential": _may(
        "V", "U = end + slow exp(-slow exponent s) + fast exp(-fast exponent s)", 0.05, 0.0, 1.0
    ),
    "host slow potential": _may("V", "see the end potential; s: degree of lithiation", 0.75, 0.0, 3.0),
    "host slow exponent": _may("1", "see the end potential", 6.0, 0.0, 1e3),
    "host fast potential": _may("V", "see the end potential", 0.25, 0.0, 3.0),
    "host fast exponent": _may("1", "see the end potential", 60.0, 0.0, 1e3),
    "host fade": _may("1", "fraction of the host lost per full cycle, with the lithium in it", 0.0, 0.0, 1.0),
    "coulombic efficiency": _may("1", "fraction of the plated lithium that can be stripped again", 1.0, 0.5, 1.0),
    "short hazard": _may(
        "m2.C-1", "hazard of a short per plated charge at the critical current density; 0: none", 0.0, 0.0, 1.0
    ),
    "short hazard exponent": _may("1", "hazard ~ (current density / critical one) ** exponent", 4.0, 0.0, 50.0),
    "void share": _may("1", "fraction of the stripped volume that becomes voids; 0: none", 0.0, 0.0, 1.0),
    "void height": _may("m", "void height over which the contact fraction falls by a factor e", 2e-6, 1e-8, 1e-3),
    "creep current density": _may(
        "A.m-2",
        "stripping current density that creep balances without voids, at the creep reference pressure",
        0.0,
        0.0,
        1e5,
    ),
    "creep reference pressure": _may("Pa", "pressure at which the creep current density is given", 3e6, 1e3, 1e9),
    "creep exponent": _may("1", "creep rate ~ pressure ** exponent", 6.56, 0.0, 20.0),
    "creep activation energy": _may("J.mol-1", "of the creep rate", 37e3, 0.0, 2e5),
    "interphase conductivity": _may("S.m-1", "0: the interphase does not grow within a run", 0.0, 0.0, 1e3),
    "interphase reaction rate": _may("m.s-1", "growth rate of a thin interphase (reaction-limited)", 1e-9, 1e-20, 1.0),
    "interphase thickness": _may("m", "at the start, in addition to the interface resistance", 0.0, 0.0, 1e-4),
    "interphase lithium concentration": _may("mol.m-3", "lithium consumed per volume of interphase", 0.0, 0.0, 2e5),
}
SEPARATOR = {
    "thickness": _need("m", "of the separator or solid electrolyte", 1e-7, 1e-2),
    "electrolyte volume fraction": _need("1", "1 for a dense solid electrolyte", 1e-3, 1.0),
    **TRANSPORT,
    "fracture toughness": _note("Pa.m0.5", "of a solid electrolyte", 1e2, 1e8),
    "flaw length": _note(
        "m", "scale of the Weibull distribution of the longest flaw at the lithium interface", 1e-9, 1e-2
    ),
    "flaw modulus": _may("1", "Weibull modulus of the flaw length", 4.0, 0.5, 100.0),
    "flaw shape": _may("1", "geometry factor; 1.12 for a surface flaw", 1.12, 0.5, 2.0),
}
ELECTROLYTE = {
    "initial concentration": _need("mol.m-3", "of the salt", 1.0, 1e5),
    "cation transference number": _need("1", "1 for a single-ion conductor", -1.0, 1.0, C),
    "thermodynamic factor": _may("1", "1 + dlnf/dlnc", 1.0, -10.0, 50.0, C),
    "conductivity": _need("S.m-1", "of the bulk electrolyte", TINY, 1e3, C),
    "conductivity activation energy": _may("J.mol-1", "of the conductivity", 0.0, -2e5, 2e5),
    "conductivity temperature exponent": _may("1", "-1 if sigma T follows the Arrhenius law", 0.0, -2.0, 2.0),
    "diffusivity": _need("m2.s-1", "of the salt", TINY, 1e-6, C),
    "diffusivity activation energy": _may("J.mol-1", "of the salt diffusivity", 0.0, -2e5, 2e5),
    "recombination rate": _may("m3.mol-1.s-1", "of mobile ion pairs; used in thin-film models only", 0.0, 0.0, 1e3),
    "lithium concentration": _note(
        "mol.m-3", "mobile and immobile lithium; required with a recombination rate", 1.0, 2e5
    ),
}


def _rho(meaning: str, need: bool = True) -> Name:
    return (_need if need else _note)("kg.m-3", f"density of {meaning}", 1.0, 3e4)


DESIGN = {
    "number of electrode pairs": _need("1", "number of facing negative and positive coatings", 1.0, 1e4),
    "positive active material density": _rho("the positive active material"),
    "negative active material density": _rho("the negative active material", False),
    "positive inert density": _rho("carbon and binder"),
    "negative inert density": _rho("carbon and binder", False),
    "electrolyte density": _rho("the electrolyte"),
    "separator density": _rho("the separator's matrix", False),
    "positive current collector thickness": _need("m", "of the foil, shared by two pairs", 1e-7, 1e-3),
    "negative current collector thickness": _need("m", "of the foil, shared by two pairs", 1e-7, 1e-3),
    "positive current collector density": _rho("the foil"),
    "negative current collector density": _rho("the foil"),
    "electrolyte fill factor": _may("1", "volume of liquid electrolyte over pore volume", 1.0, 0.5, 3.0),
    "lithium excess thickness": _may("m", "lithium in addition to the cathode's inventory", 0.0, 0.0, 1e-3),
    "lithium density": _may("kg.m-3", "density of lithium", 534.0, 100.0, 1e3),
    "interlayer thickness": _may("m", "between solid electrolyte and lithium or collector", 0.0, 0.0, 1e-3),
    "interlayer density": _rho("the interlayer", False),
    "insulating film thickness": _may("m", "per pair", 0.0, 0.0, 1e-3),
    "insulating film density": _rho("the insulating film", False),
    "tab and terminal mass": _may("kg", "tabs, terminals, header", 0.0, 0.0, 1e3),
    "area coverage": _note("1", "electrode area over footprint of a pouch", 0.05, 1.0),
    "pouch foil thickness": _note("m", "one side", 1e-6, 1e-2),
    "pouch foil density": _note("kg.m-3", "mean of the laminate", 1.0, 3e4),
    "can diameter": _note("m", "outside", 1e-3, 1.0),
    "can height": _note("m", "outside", 1e-3, 1.0),
    "can wall thickness": _note("m", "of the case", 1e-5, 1e-2),
    "can density": _note("kg.m-3", "of the case", 1.0, 3e4),
    "case length": _note("m", "outside, of a prismatic case", 1e-3, 10.0),
    "case width": _note("m", "outside, of a prismatic case", 1e-3, 10.0),
    "case height": _note("m", "outside, of a prismatic case", 1e-3, 10.0),
    "case wall thickness": _note("m", "of a prismatic case", 1e-5, 1e-2),
    "case density": _note("kg.m-3", "of a prismatic case", 1.0, 3e4),
    "stated mass": _note("kg", "by the manufacturer; for comparison only", TINY, 1e4),
    "stated volume": _note("m3", "by the manufacturer; for comparison only", TINY, 10.0),
    "stated energy": _note("W.h", "by the manufacturer; for comparison only", TINY, 1e6),
    "stated gravimetric energy density": _note("W.h.kg-1", "for comparison only", TINY, 1e4),
    "stated volumetric energy density": _note("W.h.L-1", "for comparison only", TINY, 1e4),
    "stated rate": _note("1", "C-rate at which the stated energy was found; for comparison only", 1e-3, 100.0),
    "stated thickness": _note("m", "by the manufacturer; for comparison only", TINY, 1.0),
    **heat.DESIGN,
}
FORMATS = {
    "pouch": ("area coverage", "pouch foil thickness", "pouch foil density"),
    "cylindrical": ("can diameter", "can height", "can wall thickness", "can density"),
    "prismatic": ("case length", "case width", "case height", "case wall thickness", "case density"),
}
TYPES = {"porous": POROUS, "lithium metal": METAL, "film": FILM}
SECTIONS = ("cell", "negative electrode", "separator", "positive electrode", "electrolyte", "design")
TEXTS: dict[str, dict[str, tuple[str, ...]]] = {
    "negative electrode": {"type": ("porous", "lithium metal")},
    "positive electrode": {"type": ("porous", "film")},
    "design": {"format": tuple(FORMATS)},
}
OPTIONAL_TEXTS: dict[str, dict[str, tuple[str, ...]]] = {
    **{
        part: {
            hysteresis.OPTION: tuple(hysteresis.MODELS),
            kinetics.OPTION: tuple(kinetics.LAWS),
            kinetics.PARTICLE: kinetics.PARTICLES,
        }
        | {key: tuple(values) for key, values in ageing.OPTIONS.items()}
        for part in ageing.SIDES
    },
    "cell": {SURFACE_FORM: SURFACE_FORMS, ONLY_MODEL: ONLY_MODELS},
    "electrolyte": {
        "material": (
            "argyrodite",
            "thiophosphate",
            "garnet",
            "oxide",
            "halide",
            "lithium phosphate",
            "polymer",
            "organic carbonate",
        )
    },
}
RENAMED = {  # quantities of 0.1.0 by type of electrode, read for one release under their old names
    "porous": {"interphase growth": "cycling interphase growth"},
    "lithium metal": {"interphase growth": "calendar interphase growth"},
}
HEAD = ("title", "description", "kind")


@lru_cache
def _composite(phases: tuple[str, ...]) -> dict[str, Name]:
    """The quantities of a porous electrode with phases; those of ageing are of a phase, or of all that have none."""
    own = {key: name for key, name in POROUS.items() if key not in OF_PHASE}
    of_phase = (*OF_PHASE, *ageing.QUANTITIES)
    known = own | {
        f"{phase}/{key}": replace(POROUS[key], optional=True) if key in ageing.QUANTITIES else POROUS[key]
        for phase in phases
        for key in of_phase
    }
    return {key: replace(name, law=None) if name.law == POSITION else name for key, name in known.items()}


def quantities(section: str, kind: object = None, phases: tuple[str, ...] = ()) -> dict[str, Name]:
    """The quantities that a section may contain; `kind`: the type of an electrode, phases: those of a composite one."""
    if section.endswith("electrode"):
        if phases and kind == "porous":
            return _composite(tuple(phase for phase in phases if phase in ORDINALS))
        return TYPES.get(str(kind), POROUS)
    return {"cell": CELL, "separator": SEPARATOR, "electrolyte": ELECTROLYTE, "design": DESIGN}[section]


def named(section: str, raw: Mapping[str, Any]) -> dict[str, Name]:
    """The quantities that a section with the content `raw` may contain."""
    return quantities(section, raw.get("type"), phases_of(raw) if section.endswith("electrode") else ())
