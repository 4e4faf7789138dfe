"""Axes of maps and fronts: quantities, units, ranges."""

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
RANGES = {"temperature": (-73.0, 127.0), "areal capacity": (1e-3, 100.0), "c-rate": (0.021, 1000.0),
          "separator thickness": (1e-3, 1e4), "conductivity": (1e-6, 1e4), "critical current": (1e-6, 1e5)}
OVER = ("plating margin", "temperature", "critical current margin")  # limits a front may go over
FRONTS = {"plating margin": (-1000.0, 1000.0), "temperature": RANGES["temperature"],
          "critical current margin": (-1e4, 1e4)}
LAYERS = {"separator thickness": ("separator/thickness", 1e-6), "conductivity": ("electrolyte/conductivity", 0.1),
          "critical current": ("negative electrode/critical current density", 10.0)}
PLATING, CRITICAL = "Plating margin [V]", "Critical current margin [A.m-2]"  # variables of the two margins
