"""Axes of maps and fronts: quantities, units, ranges."""

import warnings

from ...physics.constants import ZERO_CELSIUS
from ...protocols.quantities import BY_NAME, CONSTRAINTS
from ...support.arguments import number

# quantity of an axis: its unit
AXES = {
    "temperature": "degC",
    "areal capacity": "mA.h/cm2",
    "c-rate": "C",
    "separator thickness": "um",
    "conductivity": "mS/cm",
    "critical current": "mA/cm2",
}
# and what its values may be
RANGES = {
    "temperature": (-73.0, 127.0),
    "areal capacity": (1e-3, 100.0),
    "c-rate": (0.021, 1000.0),
    "separator thickness": (1e-3, 1e4),
    "conductivity": (1e-6, 1e4),
    "critical current": (1e-6, 1e5),
}
FRONTS = {name: role.front for name, role in CONSTRAINTS.items() if role.front is not None}
OVER = tuple(FRONTS)  # constraints a front may go over
LAYERS = {
    "separator thickness": ("separator/thickness", 1e-6),
    "conductivity": ("electrolyte/conductivity", 0.1),
    "critical current": ("negative electrode/critical current density", 10.0),
}
PLATING, CRITICAL = (str(BY_NAME[name].variable) for name in ("plating margin", "critical current margin"))
KELVIN = "give kelvin from 200 to 400, such as 298.15"
COLDEST = 150.0  # K; a smaller number is a temperature in degrees Celsius, as version 0.1.0 took them


def celsius(name: str, value: object) -> float:
    """A temperature given in kelvin, as degrees Celsius for tables and pictures.

    A number below COLDEST is read as degrees Celsius, with a DeprecationWarning.  Raises ProtocolError.
    """
    low, high = RANGES["temperature"]
    T = float(number(name, value, KELVIN, low=low, high=high + ZERO_CELSIUS))
    if T < COLDEST:
        number(name, value, KELVIN, high=high)
        warnings.warn(
            f"{name} {T:g}: temperatures are given in kelvin, this one as {T + ZERO_CELSIUS:g}; degrees Celsius are "
            "read until the next release",
            DeprecationWarning,
            stacklevel=3,
        )
        return T
    number(name, value, KELVIN, low=200.0)
    return round(T - ZERO_CELSIUS, 9)
