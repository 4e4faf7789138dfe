"""Names of quantities in PyBaMM and here; one table, read in both directions.

In the names of an electrode {S} stands for "Negative" or "Positive" and {s} for the same in lower case.
"""

from typing import NamedTuple

NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
X, C, T, SURFACE, LARGEST = "x", "c", "T", "c_s", "c_max"  # arguments of PyBaMM's functions, in its order


class Function(NamedTuple):
    """A quantity that PyBaMM may give as a function, and the arguments that it calls it with."""

    name: str
    arguments: tuple[str, ...]


NUMBERS: dict[str, dict[str, str]] = {  # section: {key here: name there}; the same unit and meaning in both
    "cell": {
        "nominal capacity": "Nominal cell capacity [A.h]",
        "lower voltage cut-off": "Lower voltage cut-off [V]",
        "upper voltage cut-off": "Upper voltage cut-off [V]",
        "reference temperature": "Reference temperature [K]",
    },
    "electrode": {
        "thickness": "{S} electrode thickness [m]",
        "electrolyte volume fraction": "{S} electrode porosity",
        "active material volume fraction": "{S} electrode active material volume fraction",
        "bruggeman exponent": "{S} electrode Bruggeman coefficient (electrolyte)",
        "particle radius": "{S} particle radius [m]",
        "maximum concentration": "Maximum concentration in {s} electrode [mol.m-3]",
    },
    "separator": {
        "thickness": "Separator thickness [m]",
        "electrolyte volume fraction": "Separator porosity",
        "bruggeman exponent": "Separator Bruggeman coefficient (electrolyte)",
    },
    "electrolyte": {"initial concentration": "Initial concentration in electrolyte [mol.m-3]"},
    "design": {
        "{s} current collector thickness": "{S} current collector thickness [m]",
        "{s} current collector density": "{S} current collector density [kg.m-3]",
    },
}
OPTIONAL: dict[str, str] = {  # the same of the cell, which a set of PyBaMM may lack
    "heat transfer coefficient": "Total heat transfer coefficient [W.m-2.K-1]",
    "cooling area": "Cell cooling surface area [m2]",
}
DOUBLE_LAYER = "{S} electrode double-layer capacity [F.m-2]"
LAWS: dict[str, dict[str, Function]] = {
    "electrode": {
        "open-circuit potential": Function("{S} electrode OCP [V]", (X,)),
        "entropic change coefficient": Function("{S} electrode OCP entropic change [V.K-1]", (X,)),
        "particle diffusivity": Function("{S} particle diffusivity [m2.s-1]", (X, T)),
    },
    "electrolyte": {
        "conductivity": Function("Electrolyte conductivity [S.m-1]", (C, T)),
        "diffusivity": Function("Electrolyte diffusivity [m2.s-1]", (C, T)),
        "cation transference number": Function("Cation transference number", (C, T)),
        "thermodynamic factor": Function("Thermodynamic factor", (C, T)),
    },
}
EXCHANGE = Function("{S} electrode exchange-current density [A.m-2]", (C, SURFACE, LARGEST, T))
FOIL = Function("Exchange-current density for lithium metal electrode [A.m-2]", (C, SURFACE, T))
CONDUCTIVITY = Function("{S} electrode conductivity [S.m-1]", (X, T))
SOLID_EXPONENT = "{S} electrode Bruggeman coefficient (electrode)"
AREA = ("Electrode height [m]", "Electrode width [m]", "Number of electrodes connected in parallel to make a cell")
CONTACT = "Contact resistance [Ohm]"
INITIAL = "Initial concentration in {s} electrode [mol.m-3]"
T_AMBIENT, T_INITIAL = "Ambient temperature [K]", "Initial temperature [K]"
OCV = ("Open-circuit voltage at 0% SOC [V]", "Open-circuit voltage at 100% SOC [V]")
LITHIUM_VOLUME = "Lithium metal partial molar volume [m3.mol-1]"
SERIES = "Number of cells connected in series to make a battery"
CURRENT = "Current function [A]"
VOLUME = "Cell volume [m3]"
LAYERS = (
    "Negative current collector",
    "Negative electrode",
    "Separator",
    "Positive electrode",
    "Positive current collector",
)
HEAT = ("{layer} thickness [m]", "{layer} density [kg.m-3]", "{layer} specific heat capacity [J.kg-1.K-1]")
CONDUCTS = "{layer} thermal conductivity [W.m-1.K-1]"
AGEING: dict[str, str] = {  # of an electrode that ages
    "ratio of lithium moles to SEI moles": "Ratio of lithium moles to SEI moles",
    "SEI partial molar volume": "SEI partial molar volume [m3.mol-1]",
    "initial SEI thickness": "Initial SEI thickness [m]",
    "initial SEI on cracks thickness": "Initial SEI on cracks thickness [m]",
    "SEI resistivity": "SEI resistivity [Ohm.m]",
    "SEI growth activation energy": "SEI growth activation energy [J.mol-1]",
    "SEI growth transfer coefficient": "SEI growth transfer coefficient",
    "SEI open-circuit potential": "SEI open-circuit potential [V]",
    "SEI reaction exchange current density": "SEI reaction exchange current density [A.m-2]",
    "SEI solvent diffusivity": "SEI solvent diffusivity [m2.s-1]",
    "bulk solvent concentration": "Bulk solvent concentration [mol.m-3]",
    "SEI kinetic rate constant": "SEI kinetic rate constant [m.s-1]",
    "EC initial concentration in electrolyte": "EC initial concentration in electrolyte [mol.m-3]",
    "EC diffusivity": "EC diffusivity [m2.s-1]",
    "SEI electron conductivity": "SEI electron conductivity [S.m-1]",
    "SEI lithium interstitial diffusivity": "SEI lithium interstitial diffusivity [m2.s-1]",
    "lithium interstitial reference concentration": "Lithium interstitial reference concentration [mol.m-3]",
    "tunnelling barrier factor": "Tunneling barrier factor [m-1]",
    "tunnelling distance for electrons": "Tunneling distance for electrons [m]",
    "SEI lithium ion conductivity": "SEI lithium ion conductivity [S.m-1]",
    "lithium plating kinetic rate constant": "Lithium plating kinetic rate constant [m.s-1]",
    "lithium plating transfer coefficient": "Lithium plating transfer coefficient",
    "dead lithium decay constant": "Dead lithium decay constant [s-1]",
    "initial plated lithium concentration": "Initial plated lithium concentration [mol.m-3]",
    "lithium metal partial molar volume": LITHIUM_VOLUME,
}
AGEING_OF_PARTICLES: dict[str, str] = {
    key: "{S} electrode " + name
    for key, name in {
        "Young's modulus": "Young's modulus [Pa]",
        "Poisson's ratio": "Poisson's ratio",
        "partial molar volume": "partial molar volume [m3.mol-1]",
        "reference concentration for free of deformation": "reference concentration for free of deformation [mol.m-3]",
        "initial crack length": "initial crack length [m]",
        "initial crack width": "initial crack width [m]",
        "number of cracks per unit area": "number of cracks per unit area [m-2]",
        "cracking rate": "cracking rate",
        "Paris' law constant b": "Paris' law constant b",
        "Paris' law constant m": "Paris' law constant m",
        "LAM constant proportional term": "LAM constant proportional term [s-1]",
        "LAM constant exponential term": "LAM constant exponential term",
        "critical stress": "critical stress [Pa]",
        "reaction-driven LAM factor": "reaction-driven LAM factor [m3.mol-1]",
    }.items()
}


def of_side(name: str, part: str) -> str:
    """A name of PyBaMM for one electrode, such as "negative electrode", or a phase, "negative electrode/primary"."""
    side, phase = part.split()[0], part.partition("/")[2]
    own = name.format(S=side.capitalize(), s=side)
    return f"{phase.capitalize()}: {own}" if phase else own
