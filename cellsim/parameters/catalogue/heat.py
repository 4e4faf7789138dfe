"""Quantities of heat: capacity, cooling, and conductivity through the layers."""

from .name import Name, may, note

CELL: dict[str, Name] = {
    "heat capacity": note("J.K-1", "of the whole cell; default: computed from the layers of the design", 1e-30, 1e8),
    "heat transfer coefficient": note("W.m-2.K-1", "between the cell surface and the surroundings", 0.0, 1e5),
    "cooling area": note("m2", "cooled surface; default: the whole outer surface", 0.0, 1e4),
    "thermal conductivity": note(
        "W.m-1.K-1", "across the layers of the stack or roll; default: that of the layers in series", 1e-3, 1e3
    ),
    "tab thermal conductance": may(
        "W.K-1",
        "from the layers along their foils to tabs, terminals or base, and on to the surroundings",
        0.0,
        0.0,
        1e4,
    ),
}
# typical values, from memory of data books: assumptions unless a set states its own
SPECIFIC_HEATS = {
    "positive active material": 800.0,
    "negative active material": 750.0,
    "positive carbon and binder": 1000.0,
    "negative carbon and binder": 1000.0,
    "electrolyte": 1800.0,
    "separator": 1900.0,
    "lithium excess": 3580.0,
    "interlayer": 800.0,
    "insulating film": 1500.0,
    "current collectors": 500.0,
    "pouch foil": 1100.0,
    "can": 470.0,
    "case": 900.0,
    "tabs and terminals": 500.0,
}
# assumptions unless a set states its own: electrodes and separator as PyBaMM's Ai2020 set has them for a pouch cell,
# foils as its sets have copper and aluminium, lithium from memory of data books, the others a guess
CONDUCTIVITIES = {
    "negative electrode": 1.04,
    "positive electrode": 1.58,
    "separator": 0.334,
    "negative current collector": 401.0,
    "positive current collector": 237.0,
    "lithium": 85.0,
    "interlayer": 1.0,
    "insulating film": 0.2,
}
DESIGN: dict[str, Name] = {
    f"{name} specific heat": may("J.kg-1.K-1", "heat capacity of the " + name, value, 50.0, 6000.0)
    for name, value in SPECIFIC_HEATS.items()
} | {
    f"{name} thermal conductivity": may("W.m-1.K-1", f"of the {name} with all that is in it", value, 1e-3, 1e4)
    for name, value in CONDUCTIVITIES.items()
}
DESIGN["jelly roll height"] = note("m", "width of the wound layers; default: the height inside the can", 1e-3, 1.0)
