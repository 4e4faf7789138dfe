"""Axes of maps and fronts: quantities, units, ranges."""

import warnings
from typing import Any

import numpy as np

from ...physics.constants import ZERO_CELSIUS
from ...protocols.quantities import BY_NAME, CONSTRAINTS
from ...support.arguments import number
from ...support.renamed import warn

# quantity of an axis: its unit
AXES = {
    "temperature": "K",
    "areal capacity": "mAh/cm²",
    "c-rate": "C",
    "separator thickness": "µm",
    "conductivity": "mS/cm",
    "critical current": "mA/cm²",
}
# and what its values may be
RANGES = {
    "temperature": (200.0, 400.0),
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


def kelvin(name: str, value: object) -> float:
    """A temperature [K].  A number below COLDEST is read as degrees Celsius, with a DeprecationWarning.

    Raises ProtocolError.
    """
    low, high = RANGES["temperature"]
    T = float(number(name, value, KELVIN, low=low - ZERO_CELSIUS, high=high))
    if T < COLDEST:
        number(name, value, KELVIN, high=high - ZERO_CELSIUS)
        warn(
            f"{name} {T:g}: temperatures are given in kelvin, this one as {T + ZERO_CELSIUS:g}, and results have them "
            "in kelvin; degrees Celsius are read until the next release",
            DeprecationWarning,
        )
        return T + ZERO_CELSIUS
    number(name, value, KELVIN, low=low)
    return T


def celsius(T: Any) -> Any:
    """Temperatures [K] in degrees Celsius, as tables and pictures show them."""
    return np.round(np.asarray(T) - ZERO_CELSIUS, 9)


def as_shown(quantity: str, values: Any, unit: str) -> tuple[Any, str]:
    """Values of a quantity and their unit, as tables and pictures show them: temperatures in degrees Celsius."""
    return (celsius(values), "°C") if quantity == "temperature" else (values, unit)


def in_celsius(old: str, new: str) -> Any:
    """A property with the old name `old` of the attribute `new` [K]: in degrees Celsius, with a DeprecationWarning."""

    def get(self: Any) -> float:
        warnings.warn(
            f"{type(self).__name__}.{old} [degC] is now .{new} [K]; the old name works until the next release",
            DeprecationWarning,
            stacklevel=2,
        )
        return float(celsius(getattr(self, new)))

    return property(get, doc=f"`{new}` in degrees Celsius; until the next release.")


def not_beaten(time: Any, lost: Any) -> list[bool]:
    """Of pairs (time, loss), whether no other one is as good in both and better in one; not for infinite or NaN."""
    pairs = list(zip(np.asarray(time, float).tolist(), np.asarray(lost, float).tolist(), strict=True))
    return [
        bool(np.isfinite([t, y]).all()) and not any(a <= t and b <= y and (a, b) != (t, y) for a, b in pairs)
        for t, y in pairs
    ]
