"""The same numbers under other names and in other units: answered, but not kept in tables and files."""

from ...physics.constants import ZERO_CELSIUS

# name: (variable that it is made of, factor, zero)
CONVERTED = {
    "LLI [%]": ("Loss of lithium inventory [%]", 1.0, 0.0),
    "LAM_ne [%]": ("Loss of active material in negative electrode [%]", 1.0, 0.0),
    "LAM_pe [%]": ("Loss of active material in positive electrode [%]", 1.0, 0.0),
    "Time [min]": ("Time [s]", 1.0 / 60.0, 0.0),
    "Time [h]": ("Time [s]", 1.0 / 3600.0, 0.0),
    "Cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "X-averaged cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Volume-averaged cell temperature [C]": ("Cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Surface temperature [C]": ("Surface temperature [K]", 1.0, -ZERO_CELSIUS),
    "Core temperature [C]": ("Core temperature [K]", 1.0, -ZERO_CELSIUS),
    "Maximum cell temperature [C]": ("Maximum cell temperature [K]", 1.0, -ZERO_CELSIUS),
    "Total current density [A.m-2]": ("Current density [A.m-2]", 1.0, 0.0),
    "Electrolyte concentration [Molar]": ("Electrolyte concentration [mol.m-3]", 1e-3, 0.0),
}


def converted(variables):
    """Names of CONVERTED whose variable is there."""
    for name, (of, factor, zero) in CONVERTED.items():
        if of in variables.makers:
            yield name, (variables.dims(of), lambda n=of, f=factor, z=zero: variables[n] * f + z)
