"""Curves of other programs, and their cells that are not among the packaged parameter sets."""

from functools import cache
from pathlib import Path

import numpy as np

from ...errors import ReportError
from ...parameters import Cell, load
from ...parameters.catalogue import SECTIONS, TEXTS, quantities

PACKAGE = Path(__file__).resolve().parents[2]
HOMES = (PACKAGE / "_reference", PACKAGE.parent / "tests" / "reference")  # in a wheel, in a checkout
SINGLE_ION = {  # NMC811 | solid electrolyte | lithium, solved by PyBaMM; SI units
    "area": 1.0,
    "L_s": 30e-6,
    "L_p": 95e-6,
    "eps_e": 0.299,
    "eps_s": 0.553,
    "b": 1.5,
    "kappa": 0.5,
    "sigma": 5.0,
    "R_p": 1.75e-6,
    "D_s": 2e-15,
    "c_max": 48830.0,
    "i0": 0.5,
    "i0_li": 10.0,
    "T": 298.15,
    "x0": 0.27,
    "cut": 2.8,
    "one_c": 50.0,
}
F, R = 96487.0, 8.314  # values of DUALFOIL


def path(name) -> Path:
    """Path of a reference file.  Raises ReportError."""
    found = next((home / name for home in HOMES if (home / name).is_file()), None)
    if found is None:
        raise ReportError(f"{name}: this installation carries no reference curves; run from a checkout or a wheel")
    return found


def curve(name, heading=0):
    """Columns of a reference file after `heading` lines.  Raises ReportError."""
    return np.loadtxt(path(name), delimiter=",", unpack=True, skiprows=heading)


def rms(t, difference) -> float:
    """Root mean square over time; infinite if some are NaN, because the run ended earlier."""
    if np.isnan(difference).any():
        return float("inf")
    return float(np.sqrt(np.trapezoid(difference**2, t) / np.ptp(t)))


def _record(section, kind, key, new):
    if key in TEXTS.get(section, {}):
        return new
    form = {"expression": new} if isinstance(new, str) else {"value": float(new)}
    return form | {"unit": quantities(section, kind)[key].unit, "source": "reference", "method": "stated"}


def _cell(name, citation, kind, **parts) -> Cell:
    """A cell from numbers and expressions; the design, which runs do not use, is that of Marquis 2019."""
    raw = load("marquis2019").to_json() | {"title": name, "description": citation, "kind": kind}
    raw["sources"]["reference"] = {"citation": citation}
    for section in SECTIONS[:-1]:
        given = parts[section.replace(" ", "_")]
        raw[section] = {k: _record(section, given.get("type"), k, v) for k, v in given.items()}
    return Cell.from_json(raw, name)


def _conditions(T, lower, upper, capacity):
    return {
        "electrode area": 1.0,
        "nominal capacity": capacity,
        "lower voltage cut-off": lower,
        "upper voltage cut-off": upper,
        "reference temperature": T,
        "ambient temperature": T,
        "operating pressure": 101325.0,
    }


@cache
def single_ion() -> Cell:
    """Half-cell of benchmarks/make_reference.py, solved by PyBaMM: composite cathode, t+ = 1, lithium metal."""
    o = SINGLE_ION
    U = load("lgm50_chen2020").to_json()["positive electrode"]["open-circuit potential"]["expression"]
    return _cell(
        "single_ion",
        "Numbers of benchmarks/make_reference.py",
        "solid",
        cell=_conditions(o["T"], o["cut"], 5.0, o["one_c"]),
        negative_electrode={"type": "lithium metal", "exchange-current density": o["i0_li"]},
        separator={"thickness": o["L_s"], "electrolyte volume fraction": 1.0, "bruggeman exponent": o["b"]},
        positive_electrode={
            "type": "porous",
            "thickness": o["L_p"],
            "electrolyte volume fraction": o["eps_e"],
            "active material volume fraction": o["eps_s"],
            "bruggeman exponent": o["b"],
            "electronic conductivity": o["sigma"],
            "particle radius": o["R_p"],
            "particle diffusivity": o["D_s"],
            "maximum concentration": o["c_max"],
            "exchange-current density": o["i0"],
            "open-circuit potential": U,
            "minimum stoichiometry": 0.26,
            "maximum stoichiometry": 0.95,
            "initial stoichiometry": o["x0"],
        },
        electrolyte={
            "initial concentration": 1000.0,
            "cation transference number": 1.0,
            "conductivity": o["kappa"],
            "diffusivity": 1e-10,
        },
    )


@cache
def dualfoil_c() -> Cell:
    """The lithium | PEO-triflate | TiS2 example of DUALFOIL at 100 °C; t+ depends on the salt concentration."""
    T, c_max = 373.15, 3600.0 * 225.0 * 2285.0 / F
    kappa = "100*(-5.0891863844e-5 + 8.38645199394e-7*x - 5.19747901855e-10*x**2 + 8.0832709407e-14*x**3)"
    return _cell(
        "dualfoil_c",
        "J. Newman et al., DUALFOIL 5.1, example of lithium, PEO and TiS2",
        "solid",
        cell=_conditions(T, 1.0, 3.0, 10.0),
        negative_electrode={"type": "lithium metal", "exchange-current density": F * 3e-6 * 1000.0**0.5},
        separator={"thickness": 50e-6, "electrolyte volume fraction": 1.0, "bruggeman exponent": 1.5},
        positive_electrode={
            "type": "porous",
            "thickness": 100e-6,
            "electrolyte volume fraction": 0.3,
            "active material volume fraction": 0.6,
            "bruggeman exponent": 1.5,
            "electronic conductivity": 100.0,
            "electronic bruggeman exponent": 1.5,
            "particle radius": 1e-6,
            "particle diffusivity": 5e-13,
            "maximum concentration": c_max,
            "exchange-current density": F * 1e-10 * 1000.0**0.5 * c_max / 2.0,
            "open-circuit potential": f"2.17 + {R * T / F!r}*(log((1 - x)/x) - {5.58e-4 * c_max!r}*x + 8.1)",
            "minimum stoichiometry": 0.01,
            "maximum stoichiometry": 0.95,
            "initial stoichiometry": 0.02,
        },
        electrolyte={
            "initial concentration": 1000.0,
            "diffusivity": 7.5e-12,
            "cation transference number": "0.0107907 + 1.48837e-4*x",
            # the polynomial is negative below 65 and above 2800 mol/m3, outside the range of all runs
            "conductivity": f"max({kappa}, 1e-4)",
        },
    )
