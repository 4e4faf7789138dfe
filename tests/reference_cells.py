"""Cells of the independent references that no packaged parameter set describes.

Shared by tests/test_reference_*.py, benchmarks/compare.py and benchmarks/make_reference.py; those that
`cellsim validate` needs as well are in `cellsim.studies.validation.reference`.
"""

from functools import cache

from cellsim import Cell, load
from cellsim.studies.validation.reference import SINGLE_ION, F, dualfoil_c, single_ion

__all__ = ["GRADED", "SINGLE_ION", "comsol", "dualfoil_a", "dualfoil_c", "graded", "single_ion"]

NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
PORES, ACTIVE, RADIUS = "electrolyte volume fraction", "active material volume fraction", "particle radius"
GRADED = {  # changes of lgm50_chen2020; x: from the current collector, 0, to the separator, 1
    "porosity": {
        f"{NEGATIVE}/{PORES}": "0.2 + 0.1*x",
        f"{NEGATIVE}/{ACTIVE}": "0.76 - 0.1*x",
        f"{POSITIVE}/{PORES}": "0.235 + 0.1*x**2",
    },
    "radius": {f"{NEGATIVE}/{RADIUS}": "4e-6 + 4e-6*x", f"{POSITIVE}/{RADIUS}": "7e-6 - 4e-6*x"},
    "layers": {
        f"{NEGATIVE}/layers": [
            {"thickness share": 0.4, PORES: 0.2, ACTIVE: 0.78, RADIUS: 4e-6},
            {"thickness share": 0.6, PORES: 0.3, ACTIVE: 0.68, RADIUS: 7e-6},
        ]
    },
}


@cache
def graded(name: str) -> Cell:
    """The LG M50 of Chen 2020 with graded electrodes."""
    return load("lgm50_chen2020").with_(GRADED[name])


@cache
def comsol() -> Cell:
    """Marquis 2019 with the effective electronic conductivities of the COMSOL run.

    Its README names 126 and 16.6 S/m for a Bruggeman law in the active fraction, 0.6 and 0.5; the
    slope of the potentials at the collectors confirms 58.9 and 5.9 S/m.
    """
    changes = {
        f"{part} electrode/electronic conductivity": sigma * active**1.5
        for part, sigma, active in (("negative", 126.0, 0.6), ("positive", 16.6, 0.5))
    }
    changes |= {f"{part} electrode/electronic bruggeman exponent": 0.0 for part in ("negative", "positive")}
    return load("marquis2019").with_(changes)


@cache
def dualfoil_a(film=0.0) -> Cell:
    """DUALFOIL's graphite | LiPF6 | LiCoO2 example; film on the negative particles [Ohm.m2].

    Marquis 2019 took its numbers over, but for those changed here.
    """
    charge = {"negative": 372.0 * 1800.0, "positive": 274.0 * 5010.0}  # A.h/m3
    c_max = {side: 3600.0 * q / F for side, q in charge.items()}
    k = {"negative": 1e-5, "positive": 3e-11}
    x0 = {"negative": 0.6, "positive": 0.5}
    lowest, highest = {"negative": 0.01}, {"negative": 0.65}
    held = {
        side: charge[side]
        * load("marquis2019").value(f"{side} electrode/thickness")
        * load("marquis2019").value(f"{side} electrode/active material volume fraction")
        for side in charge
    }
    for ends, end in ((lowest, highest["negative"]), (highest, lowest["negative"])):  # with the lithium of x0
        ends["positive"] = x0["positive"] + (x0["negative"] - end) * held["negative"] / held["positive"]
    changes = {
        "cell/electrode area": 1.0,
        "cell/lower voltage cut-off": 2.8,
        "cell/upper voltage cut-off": 4.4,
        "cell/nominal capacity": 20.0,
        "cell/reference temperature": 298.0,
        "cell/ambient temperature": 298.0,
        "negative electrode/film resistance": film,
    }
    for side in c_max:
        part = f"{side} electrode"
        changes |= {
            f"{part}/maximum concentration": c_max[side],
            f"{part}/initial stoichiometry": x0[side],
            f"{part}/exchange-current density": F * k[side] * 1000.0**0.5 * c_max[side] / 2.0,
            f"{part}/minimum stoichiometry": lowest[side],
            f"{part}/maximum stoichiometry": highest[side],
        }
    U = load("marquis2019").to_json()["positive electrode"]["open-circuit potential"]["expression"]
    return load("marquis2019").with_(
        changes
        | {  # Marquis stretched the stoichiometry by 1.062
            "positive electrode/open-circuit potential": U.replace("1.062*x", "x")
        }
    )


HYSTERESIS_LOOPS = (  # A, s: a major loop, a minor one, rest, pulses both ways, a partial charge
    (5.0, 2400.0),
    (-5.0, 1200.0),
    (5.0, 600.0),
    (-5.0, 300.0),
    (5.0, 300.0),
    (0.0, 600.0),
    (10.0, 30.0),
    (0.0, 60.0),
    (-10.0, 30.0),
    (0.0, 60.0),
    (-2.5, 1200.0),
)
HYSTERESIS = {  # by electrode: branches about the potential U [V], decay rates, initial state; made up for comparisons
    "negative": {
        "lithiation open-circuit potential": "{U} - 0.03*exp(-x) - 0.005",
        "delithiation open-circuit potential": "{U} + 0.02*exp(-x)",
        "lithiation hysteresis decay rate": "20*(1 + x)",
        "delithiation hysteresis decay rate": "40/(1 + x)",
        "hysteresis decay rate at unit slope": 200.0,
        "hysteresis switching factor": 2.0,
        "initial hysteresis state": 0.5,
    },
    "positive": {
        "lithiation open-circuit potential": "{U} - 0.01*x",
        "delithiation open-circuit potential": "{U} + 0.01",
        "lithiation hysteresis decay rate": 15.0,
        "delithiation hysteresis decay rate": 30.0,
        "hysteresis decay rate at unit slope": 20.0,
        "hysteresis switching factor": 2.0,
        "initial hysteresis state": -0.2,
    },
}
HYSTERESIS_MODELS = ("current sigmoid", "one-state hysteresis", "one-state differential capacity hysteresis")


@cache
def hysteresis(model) -> Cell:
    """Chen 2020 with branches beside both open-circuit potentials, by one of HYSTERESIS_MODELS."""
    cell, changes = load("lgm50_chen2020"), {"cell/upper voltage cut-off": 4.3}  # the loops go beyond 4.2 V
    for side, entries in HYSTERESIS.items():
        U = cell.law(f"{side} electrode/open-circuit potential").expression
        changes |= {
            f"{side} electrode/{key}": entry.replace("{U}", U) if isinstance(entry, str) else entry
            for key, entry in entries.items()
        }
    return cell.with_(changes).with_hysteresis(model)


KINETICS_STEPS = ((5.0, 1200.0), (0.0, 300.0), (10.0, 300.0), (-5.0, 900.0), (-10.0, 120.0), (0.0, 300.0))  # A, s
KINETICS = {  # by law and electrode: quantities, and a factor on exchange currents, which are prefactors for Marcus
    "asymmetric Butler-Volmer": {
        "negative": {"anodic transfer coefficient": 0.3},
        "positive": {"anodic transfer coefficient": 0.7},
    },
    "linear": {"negative": {}, "positive": {}},
    "Marcus": {
        "negative": {"reorganisation energy": 0.3, "factor": 40.0},
        "positive": {"reorganisation energy": 0.2, "factor": 20.0},
    },
    "Marcus-Hush-Chidsey": {
        "negative": {"reorganisation energy": 0.3, "factor": 4.0},
        "positive": {"reorganisation energy": 0.2, "factor": 2.0},
    },
}


@cache
def kinetics(law) -> Cell:
    """Chen 2020 with another law of charge transfer, one of KINETICS."""
    cell, changes = load("lgm50_chen2020"), {"cell/upper voltage cut-off": 4.4}
    for side, entries in KINETICS[law].items():
        path = f"{side} electrode/exchange-current density"
        changes |= {f"{side} electrode/{key}": value for key, value in entries.items() if key != "factor"}
        changes[path] = cell.value(path) * entries.get("factor", 1.0)
    return cell.with_(changes).with_kinetics(law)


MSMR_POINTS = 24  # of a run
MSMR_STEPS = {  # A, s, from PyBaMM's initial state
    "C/5": ((1.0, 18000.0),),
    "1C": ((5.0, 3000.0), (0.0, 600.0), (-5.0, 1800.0), (0.0, 300.0)),
    "2C": ((10.0, 1200.0), (0.0, 300.0), (-10.0, 300.0)),
}


DOUBLE_LAYER = 0.2  # F/m2, of PyBaMM's sets
DOUBLE_LAYER_PULSES = (  # C-rate, time [s]
    (1.0, 1e-3),
    (0.0, 1e-3),
    (-2.0, 1e-2),
    (0.0, 1e-2),
    (2.0, 0.1),
    (0.0, 0.1),
    (1.0, 1.0),
    (0.0, 1.0),
)


def with_double_layers(cell) -> Cell:
    """A cell with double layers on both electrodes that are charged within a run."""
    layers = {f"{side} electrode/double-layer capacity": DOUBLE_LAYER for side in ("negative", "positive")}
    return cell.with_(layers).with_surface_form("differential")
