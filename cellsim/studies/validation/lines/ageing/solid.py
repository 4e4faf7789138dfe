"""The life of a measured solid cell: one constant fitted to early cycles, and the later ones predicted."""

from functools import cache, partial

from .....parameters import load
from ....life.fit import AgeingFit, fit_ageing
from ...line import Found, Line
from ...reference import curve
from .fitted import predicted

CAPACITY = "measured/samsung_agc_capacity.csv"
CELL, N, P = "samsung_agc_2020", "negative electrode/", "positive electrode/"
SEEN, LAST, HOT = 400.0, 1000, 333.15
STRAIN = {P + "volume change": -0.051, P + "connection loss": 1e-3, P + "cycling interphase growth": 1e-5}
LAWS = {  # option, free quantity and its bounds
    "connection": ("connection loss of particles", "strain-driven", P + "connection loss", (1e-5, 1e-1)),
    "interphase": ("interphase of particles", "cycling", P + "cycling interphase growth", (1e-7, 1e-2)),
}


@cache
def fitted(law: str) -> AgeingFit:
    """The fit of one law to the silver-carbon cell of Samsung, with the capacity up to LAST."""
    option, value, path, bounds = LAWS[law]
    cell = load(CELL).with_(STRAIN).with_ageing({option: ("none", value)})
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    cycles, capacity = curve(CAPACITY, 2)
    return fit_ageing(
        cell,
        {"cycle": cycles, "relative capacity": capacity},
        {path: bounds},
        protocol=f"Charge at C/2 until {high:g} V; Discharge at C/2 until {low:g} V",
        source="Lee 2020",
        until_cycle=SEEN,
        predict_to=LAST,
        soc=0.0,
        temperature=HOT,
    )


def _predicted(law: str) -> Found:
    """Root mean square error of the cycles beyond those fitted [%]."""
    return predicted(fitted(law), SEEN, "one cell, read second-hand; equal cells scatter more than this")


def _line(name: str, law: str, fails: str) -> Line:
    return Line(
        f"ageing-agc-{name}",
        "prediction",
        "NMC | Li6PS5Cl | Ag-C cell of 0.6 A.h: Lee et al., Nat. Energy 5 (2020) 299, second-hand; set "
        "samsung_agc_2020, SPM",
        "C/2 charge and discharge, 60 °C",
        f"{law}, on cycles up to {SEEN:g}",
        "relative capacity of cycles 600 to 1000",
        "rms [%]",
        1.0,
        partial(_predicted, name),
        fails,
        "capacities were read off a printed curve, by another's notes: 0.5 %, as the one that is printed too (89 and "
        "89.4 %), and as much again for the set, whose cell is not the one that was cycled",
    )


LINES = (
    _line(
        "connection",
        "the loss of connection per cycle",
        "the loss of this cell speeds up after cycle 600, and a constant share a cycle does not",
    ),
    _line(
        "interphase",
        "the growth of the interphase",
        "a root of the cycles slows down, and the loss of this cell speeds up after cycle 600",
    ),
)
