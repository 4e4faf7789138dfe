"""Every quantity of a parameter file: its unit, default, range and meaning.  The one table."""
from dataclasses import dataclass

INF = float("inf")
METHODS = ("measured", "fitted", "literature", "assumed", "stated")


@dataclass(frozen=True)
class Name:
    """One quantity.  `law` is what x stands for where an expression or table is allowed."""

    unit: str
    meaning: str
    lo: float = -INF
    hi: float = INF
    default: float | None = None  # None: required
    law: str | None = None  # "stoichiometry" or "concentration"
    optional: bool = False  # may be absent and then has no value at all


def _need(unit, meaning, lo=-INF, hi=INF, law=None):
    return Name(unit, meaning, lo, hi, None, law)


def _may(unit, meaning, default, lo=-INF, hi=INF, law=None):
    return Name(unit, meaning, lo, hi, default, law)


def _note(unit, meaning, lo=-INF, hi=INF):
    return Name(unit, meaning, lo, hi, None, None, True)


X, C = "stoichiometry", "concentration"
TINY = 1e-30
TRANSPORT = {
    "transport efficiency": _note("1", "effective over bulk transport property", TINY, 1.0),
    "bruggeman exponent": _note("1", "efficiency = electrolyte fraction ** exponent", 0.0, 10.0),
    "percolation threshold": _note("1", "electrolyte fraction below which nothing conducts", 0.0, 0.9),
    "percolation exponent": _note("1", "exponent of the percolation law", 0.5, 5.0),
}
DOUBLE_LAYER = _may("F.m-2", "per reacting surface; used by the impedance only", 0.0, 0.0, 1e3)
CELL = {
    "electrode area": _need("m2", "area of all electrode pairs together", TINY, 1e4),
    "nominal capacity": _need("A.h", "defines the C-rate; note: rate, window, temperature", TINY, 1e5),
    "lower voltage cut-off": _need("V", "discharge ends here", 0.0, 10.0),
    "upper voltage cut-off": _need("V", "charge ends here", 0.0, 10.0),
    "reference temperature": _need("K", "at which all properties are given", 200.0, 500.0),
    "ambient temperature": _need("K", "of a run, unless told otherwise", 200.0, 500.0),
    "operating pressure": _need("Pa", "stack pressure the numbers belong to", 0.0, 1e9),
    "fabrication pressure": _note("Pa", "the layers were pressed with; told, not used: their numbers belong to it",
                                  0.0, 1e10),
    "highest pressure": _may("Pa", "stack pressure the finished cell has ever seen; 0: the operating one", 0.0,
                             0.0, 1e10),
    "pressure memory": _may("1", "share of the highest pressure's excess that contacts keep", 0.0, 0.0, 1.0),
    "stack modulus": _may("Pa", "by which the stack pushes back when lithium swells it; 0: the pressure stays", 0.0,
                          0.0, 1e12),
    "stack height": _note("m", "of one pair of electrodes, as far as it is compressed", 1e-6, 1e-1),
    "stack compliance": _may("m.Pa-1", "of what holds the stack, per pair; 0: a fixed gap", 0.0, 0.0, 1.0),
    "series resistance": _may("Ohm.m2", "tabs and contacts, per electrode area", 0.0, 0.0, 1.0),
    "heat capacity": _note("J.K-1", "of the whole cell; from the layers of the design unless given", TINY, 1e8),
    "heat transfer coefficient": _note("W.m-2.K-1", "from the cell's surface to its surroundings", 0.0, 1e5),
    "cooling area": _note("m2", "surface that is cooled; all of the outside unless given", 0.0, 1e4),
}
POROUS = {
    "thickness": _need("m", "of the coating on one side", 1e-7, 1e-2),
    "electrolyte volume fraction": _need("1", "filled with electrolyte", 1e-3, 0.99),
    "active material volume fraction": _need("1", "active material", 1e-3, 1.0),
    "void volume fraction": _may("1", "empty", 0.0, 0.0, 0.9),
    "utilisation": _may("1", "share of the active material that is connected", 1.0, 0.01, 1.0),
    "contact fraction": _may("1", "share of its surface that touches electrolyte", 1.0, 0.01, 1.0),
    "contact pressure": _may("Pa", "at which 63 % of the contact fraction is reached; 0: it is as given", 0.0,
                             0.0, 1e9),
    "contact pressure exponent": _may("1", "of the pressure in the contact fraction", 0.5, 0.05, 5.0),
    **TRANSPORT,
    "electronic conductivity": _need("S.m-1", "of the solid", TINY, 1e8),
    "electronic bruggeman exponent": _may("1", "effective = value * solids ** exponent", 0.0, 0.0, 10.0),
    "electronic percolation threshold": _may("1", "active fraction below which no electron passes", 0.0, 0.0, 0.9),
    "electronic percolation exponent": _may("1", "of the law for carbon-free composites; 0: no such law", 0.0,
                                            0.0, 5.0),
    "particle radius": _need("m", "of the active material", 1e-9, 1e-3),
    "particle diffusivity": _need("m2.s-1", "of lithium in the particles", 1e-22, 1e-6, X),
    "diffusivity activation energy": _may("J.mol-1", "of the particle diffusivity", 0.0, -2e5, 2e5),
    "maximum concentration": _need("mol.m-3", "of lithium in the active material", 1.0, 2e5),
    "open-circuit potential": _need("V", "against lithium", -1.0, 10.0, X),
    "entropic change coefficient": _may("V.K-1", "dU/dT", 0.0, -0.01, 0.01, X),
    "exchange-current density": _need("A.m-2", "at x = 0.5 and the initial salt concentration", TINY, 1e6),
    "exchange-current shape": _may("1", "departure from sqrt(x(1-x))", 1.0, TINY, 1e6, X),
    "exchange-current electrolyte shape": _may("1", "departure from sqrt(c_e)", 1.0, TINY, 1e6, C),
    "exchange-current activation energy": _may("J.mol-1", "of the exchange-current density", 0.0, -2e5, 2e5),
    "film resistance": _may("Ohm.m2", "per reacting surface", 0.0, 0.0, 10.0),
    "interphase growth": _may("Ohm.m2", "rise of resistance per root of a cycle, uncoated, per electrode area", 0.0,
                              0.0, 10.0),
    "coating coverage": _may("1", "share of the particles' surface that is coated", 0.0, 0.0, 1.0),
    "coating factor": _may("1", "by which the interphase grows slower below a coating", 1.0, 1.0, 1e4),
    "volume change": _may("1", "volumetric strain of the particles over a cycle", 0.0, -0.9, 4.0),
    "contact loss": _may("1", "share of the contact lost per cycle and strain that it does not follow", 0.0, 0.0, 1e3),
    "contact healing": _may("Pa-1", "share of the lost contact that a pressure gives back per cycle", 0.0, 0.0, 1.0),
    "contact strength": _may("Pa", "adhesion that adds to the pressure", 0.0, 0.0, 1e9),
    "electrolyte modulus": _may("Pa", "Young's, by which the contact follows the particles", 2e10, 1e6, 1e12),
    "connection loss": _may("1", "share of the utilisation lost per cycle and strain", 0.0, 0.0, 1e3),
    "double-layer capacity": DOUBLE_LAYER,
    "minimum stoichiometry": _need("1", "between the voltage cut-offs", 0.0, 1.0),
    "maximum stoichiometry": _need("1", "between the voltage cut-offs", 0.0, 1.0),
    "initial stoichiometry": _note("1", "as printed in the source", 0.0, 1.0),
}
FILM = {
    key: POROUS[key] for key in (
        "thickness", "utilisation", "void volume fraction", "particle diffusivity", "diffusivity activation energy",
        "maximum concentration", "open-circuit potential", "entropic change coefficient", "exchange-current density",
        "exchange-current shape", "exchange-current electrolyte shape", "exchange-current activation energy",
        "film resistance", "double-layer capacity", "minimum stoichiometry", "maximum stoichiometry",
        "initial stoichiometry")} | {
    "active material volume fraction": _may("1", "active material", 1.0, 1e-3, 1.0),
    "electrolyte volume fraction": _may("1", "filled with electrolyte", 0.0, 0.0, 0.0),
    "anodic transfer coefficient": _may("1", "share of the overpotential that drives lithium out", 0.5, 0.05, 0.95),
}
METAL = {
    "exchange-current density": _need("A.m-2", "at the initial salt concentration", TINY, 1e6),
    "exchange-current activation energy": _may("J.mol-1", "of the exchange-current density", 0.0, -2e5, 2e5),
    "interface resistance": _may("Ohm.m2", "of interphase or interlayer, per area", 0.0, 0.0, 10.0),
    "interface resistance activation energy": _may("J.mol-1", "> 0: falls with temperature", 0.0, -2e5, 2e5),
    "double-layer capacity": DOUBLE_LAYER,
    "critical current density": _note("A.m-2", "of plating, beyond which lithium may pierce the separator", TINY, 1e6),
    "critical current density activation energy": _may("J.mol-1", "of the critical current density, which without it "
                                                       "holds within 10 K of the reference temperature", 0.0, -2e5,
                                                       2e5),
    "contact fraction": _may("1", "share of the area where lithium touches the electrolyte", 1.0, 0.01, 1.0),
    "contact spot radius": _may("m", "of the spots that touch; squeezes the current; 0: no matter", 0.0, 0.0, 1e-2),
    "contact resistance": _may("Ohm.m2", "that pressure lowers, besides, at the reference pressure", 0.0, 0.0, 10.0),
    "contact reference pressure": _may("Pa", "the contact resistance belongs to", 1e6, 1.0, 1e9),
    "contact pressure exponent": _may("1", "resistance ~ pressure ** -exponent", 0.5, 0.0, 5.0),
    "interphase growth": _may("Ohm.m2", "rise of resistance in the first hour, then with the root of time", 0.0, 0.0,
                              10.0),
    "interphase growth activation energy": _may("J.mol-1", "of the growth's square, the rate", 0.0, -2e5, 2e5),
    "critical current pressure exponent": _may("1", "critical current ~ pressure ** exponent", 0.0, 0.0, 5.0),
    "critical current reference pressure": _may("Pa", "the critical current density belongs to", 1e6, 1.0, 1e9),
    "counter potential": _may("V", "against lithium, of an alloy such as In/Li-In", 0.0, -1.0, 3.0),
    "vanishing charge": _may("C.m-2", "lithium left where its activity is a half; 0: it never ends", 0.0, 0.0, 1e5),
    "host capacity": _may("C.m-2", "of an interlayer that holds lithium before metal is plated", 0.0, 0.0, 1e6),
    "host end potential": _may("V", "U = end + slow exp(-slow exponent s) + the same of fast", 0.05, 0.0, 1.0),
    "host slow potential": _may("V", "see the end potential; s: share filled", 0.75, 0.0, 3.0),
    "host slow exponent": _may("1", "see the end potential", 6.0, 0.0, 1e3),
    "host fast potential": _may("V", "see the end potential", 0.25, 0.0, 3.0),
    "host fast exponent": _may("1", "see the end potential", 60.0, 0.0, 1e3),
    "coulombic efficiency": _may("1", "share of the lithium that arrives on charge and can leave again", 1.0, 0.5, 1.0),
    "void share": _may("1", "of stripped lithium that leaves voids; 0: none", 0.0, 0.0, 1.0),
    "void height": _may("m", "over which the contact falls by e", 2e-6, 1e-8, 1e-3),
    "creep current density": _may("A.m-2", "of stripping that leaves no voids, at the creep reference pressure", 0.0,
                                  0.0, 1e5),
    "creep reference pressure": _may("Pa", "the creep current density belongs to", 3e6, 1e3, 1e9),
    "creep exponent": _may("1", "creep rate ~ pressure ** exponent", 6.56, 0.0, 20.0),
    "creep activation energy": _may("J.mol-1", "of the creep rate", 37e3, 0.0, 2e5),
    "interphase conductivity": _may("S.m-1", "0: the interphase grows between runs only, not in them", 0.0, 0.0, 1e3),
    "interphase reaction rate": _may("m.s-1", "growth of a thin interphase, before it limits itself", 1e-9, 1e-20, 1.0),
    "interphase thickness": _may("m", "grown so far, beyond the interface resistance", 0.0, 0.0, 1e-4),
    "interphase lithium concentration": _may("mol.m-3", "of lithium that the interphase takes", 0.0, 0.0, 2e5),
}
SEPARATOR = {
    "thickness": _need("m", "of the separator or solid electrolyte", 1e-7, 1e-2),
    "electrolyte volume fraction": _need("1", "1 for a dense solid electrolyte", 1e-3, 1.0),
    **TRANSPORT,
    "fracture toughness": _note("Pa.m0.5", "of a solid electrolyte", 1e2, 1e8),
    "flaw length": _note("m", "scale of the Weibull distribution of the longest flaw at the lithium", 1e-9, 1e-2),
    "flaw modulus": _may("1", "modulus of that distribution", 4.0, 0.5, 100.0),
    "flaw shape": _may("1", "1.12 for a flaw at the surface", 1.12, 0.5, 2.0),
}
ELECTROLYTE = {
    "initial concentration": _need("mol.m-3", "of the salt", 1.0, 1e5),
    "cation transference number": _need("1", "1 for a single-ion conductor", -1.0, 1.0, C),
    "thermodynamic factor": _may("1", "1 + dlnf/dlnc", 1.0, -10.0, 50.0, C),
    "conductivity": _need("S.m-1", "of the bulk electrolyte", TINY, 1e3, C),
    "conductivity activation energy": _may("J.mol-1", "of the conductivity", 0.0, -2e5, 2e5),
    "conductivity temperature exponent": _may("1", "-1 where sigma T is activated", 0.0, -2.0, 2.0),
    "diffusivity": _need("m2.s-1", "of the salt", TINY, 1e-6, C),
    "diffusivity activation energy": _may("J.mol-1", "of the salt diffusivity", 0.0, -2e5, 2e5),
    "recombination rate": _may("m3.mol-1.s-1", "of mobile pairs; used by thin films only", 0.0, 0.0, 1e3),
    "lithium concentration": _note("mol.m-3", "mobile and immobile; needed where pairs recombine", 1.0, 2e5),
}


def _rho(meaning, need=True):
    return (_need if need else _note)("kg.m-3", "density of " + meaning, 1.0, 3e4)


DESIGN = {
    "number of electrode pairs": _need("1", "negative and positive coatings that face each other", 1.0, 1e4),
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
    "electrolyte fill factor": _may("1", "liquid electrolyte over what fills the pores", 1.0, 0.5, 3.0),
    "lithium excess thickness": _may("m", "beyond what the cathode holds", 0.0, 0.0, 1e-3),
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
    "stated mass": _note("kg", "by the maker; compared, never used", TINY, 1e4),
    "stated volume": _note("m3", "by the maker; compared, never used", TINY, 10.0),
    "stated energy": _note("W.h", "by the maker; compared, never used", TINY, 1e6),
    "stated gravimetric energy density": _note("W.h.kg-1", "compared, never used", TINY, 1e4),
    "stated volumetric energy density": _note("W.h.L-1", "compared, never used", TINY, 1e4),
    "stated thickness": _note("m", "by the maker; compared, never used", TINY, 1.0),
}
# usual values, from memory of data books: each is an assumption until a set states another
SPECIFIC_HEATS = {
    "positive active material": 800.0, "negative active material": 750.0, "positive carbon and binder": 1000.0,
    "negative carbon and binder": 1000.0, "electrolyte": 1800.0, "separator": 1900.0, "lithium excess": 3580.0,
    "interlayer": 800.0, "insulating film": 1500.0, "current collectors": 500.0, "pouch foil": 1100.0, "can": 470.0,
    "case": 900.0, "tabs and terminals": 500.0,
}
DESIGN |= {f"{name} specific heat": _may("J.kg-1.K-1", "heat capacity of the " + name, value, 50.0, 6000.0)
           for name, value in SPECIFIC_HEATS.items()}
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
    "design": {"format": tuple(FORMATS)}}
HEAD = ("title", "description", "kind")


def quantities(section, kind=None) -> dict[str, Name]:
    """The quantities a section may hold; `kind` is the type of an electrode."""
    if section.endswith("electrode"):
        return TYPES.get(str(kind), POROUS)
    return {"cell": CELL, "separator": SEPARATOR, "electrolyte": ELECTROLYTE, "design": DESIGN}[section]
