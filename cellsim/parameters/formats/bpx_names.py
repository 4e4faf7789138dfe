"""Names of BPX quantities and the corresponding names in cellsim."""

import re

from ..catalogue import hysteresis

SOURCE, ASSUMED = "bpx", "assumed"
DENSITY, SPECIFIC_HEAT, VOLUME = "Density [kg.m-3]", "Specific heat capacity [J.K-1.kg-1]", "Volume [m3]"
SURFACE, CONDUCTS = "External surface area [m2]", "Thermal conductivity [W.m-1.K-1]"
T_START, T_AROUND, T_REFERENCE = (f"{what} temperature [K]" for what in ("Initial", "Ambient", "Reference"))
HYSTERESIS = re.compile(r"lithiation|hysteresis|\bOCP\b|open.circuit", re.IGNORECASE)
DECAY = "OCP hysteresis decay constant"
STARTS = {f"{side} electrode": f"Initial hysteresis state: {side} electrode" for side in ("Negative", "Positive")}
FACTOR = (
    "BPX before 0.3 leaves a factor of 2 in the reaction rate constant undefined; the convention of 0.3 is used, "
    "as in other programs: j = 2 j0 sinh(F eta / 2 R T)"
)
INITIAL_SOC, INITIAL_SALT = "Initial state-of-charge", "Initial electrolyte concentration [mol.m-3]"
SALT, TRANSFER = "Initial concentration [mol.m-3]", "Heat transfer coefficient [W.m-2.K-1]"
STATE = {  # sections of "State" in BPX 1.x and their quantities
    "Initial conditions": (INITIAL_SOC, T_START, INITIAL_SALT, *STARTS.values()),
    "Thermal environment": (T_AROUND, TRANSFER),
    "Degradation": ("LLI", "LAM: Negative electrode", "LAM: Positive electrode"),
}
CELL = {
    "Nominal cell capacity [A.h]": "nominal capacity",
    "Lower voltage cut-off [V]": "lower voltage cut-off",
    "Upper voltage cut-off [V]": "upper voltage cut-off",
    T_REFERENCE: "reference temperature",
    T_AROUND: "ambient temperature",
    SURFACE: "cooling area",
    TRANSFER: "heat transfer coefficient",
}
ELECTROLYTE = {
    SALT: "initial concentration",
    "Cation transference number": "cation transference number",
    "Conductivity [S.m-1]": "conductivity",
    "Conductivity activation energy [J.mol-1]": "conductivity activation energy",
    "Diffusivity [m2.s-1]": "diffusivity",
    "Diffusivity activation energy [J.mol-1]": "diffusivity activation energy",
}
SEPARATOR = {
    "Thickness [m]": "thickness",
    "Porosity": "electrolyte volume fraction",
    "Transport efficiency": "transport efficiency",
}
ELECTRODE = SEPARATOR | {
    "Particle radius [m]": "particle radius",
    "Conductivity [S.m-1]": "electronic conductivity",
    "Diffusivity [m2.s-1]": "particle diffusivity",
    "Diffusivity activation energy [J.mol-1]": "diffusivity activation energy",
    "Maximum concentration [mol.m-3]": "maximum concentration",
    "Minimum stoichiometry": "minimum stoichiometry",
    "Maximum stoichiometry": "maximum stoichiometry",
    "OCP [V]": "open-circuit potential",
    "OCP (lithiation) [V]": hysteresis.LITHIATION,
    "OCP (delithiation) [V]": hysteresis.DELITHIATION,
    "Entropic change coefficient [V.K-1]": "entropic change coefficient",
    "Reaction rate constant activation energy [J.mol-1]": "exchange-current activation energy",
}
PARTICLE = "Particle"
AREA_OF, RATE = "Surface area per unit volume [m-1]", "Reaction rate constant [mol.m-2.s-1]"
PARTS = ("Cell", "Electrolyte", "Negative electrode", "Separator", "Positive electrode")
PAIRS = "Number of electrode pairs connected in parallel to make a cell"
AREA = "Electrode area [m2]"
DESIGN = {  # design values missing in BPX: sufficient to load a cell, not for an energy density
    "positive active material density": 4700.0,
    "negative active material density": 2240.0,
    "positive inert density": 1800.0,
    "negative inert density": 1600.0,
    "electrolyte density": 1200.0,
    "separator density": 950.0,
    "positive current collector thickness": 15e-6,
    "negative current collector thickness": 10e-6,
    "positive current collector density": 2700.0,
    "negative current collector density": 8960.0,
    "area coverage": 0.9,
    "pouch foil thickness": 113e-6,
    "pouch foil density": 1600.0,
}
SPM_ONLY = (
    "the file is for the model SPM only, which is that of all runs of this cell: it does not state {}, for which "
    "assumed values stand that an SPM does not use"
)
SALT_OF_OTHERS = 1000.0  # mol/m3, where a file states no salt concentration, as in other programs
NOT_IN_SPM = {  # what files for the model SPM leave out, and assumed values that its voltage does not depend on
    "Electrolyte": {"Cation transference number": 0.3, "Conductivity [S.m-1]": 1.0, "Diffusivity [m2.s-1]": 3e-10},
    "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.5, "Transport efficiency": 0.3},
    "Negative electrode": {"Porosity": 0.3, "Transport efficiency": 0.15, "Conductivity [S.m-1]": 10.0},
    "Positive electrode": {"Porosity": 0.3, "Transport efficiency": 0.15, "Conductivity [S.m-1]": 10.0},
}
