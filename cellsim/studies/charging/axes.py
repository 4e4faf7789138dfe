"""Axes of maps and fronts: quantities, units, ranges."""

from ...protocols.quantities import BY_NAME, CONSTRAINTS

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
