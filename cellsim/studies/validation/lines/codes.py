"""Comparisons with other programs for the same parameters."""

from functools import partial

import numpy as np

from ....models import DFN
from ....protocols import Step, discharge, rest
from ....simulation.run import simulate
from .. import reference
from ..line import Found, Line, Point

LEAST_SALT = 70.0  # mol/m3; below 65 the conductivity polynomial of DUALFOIL is negative
MESH, RTOL = DFN((60, 40, 60), shells=40), 1e-6  # errors are negligible compared to those of the other program
THIRD = "a third of the 1 mV that runs aim at by default, as both programs are on fine meshes here"


def half_cell() -> Found:
    """Three discharges of a half cell with t+ = 1 by PyBaMM."""
    points = []
    for name, rate in (("0p333", 1.0 / 3.0), ("1", 1.0), ("2", 2.0)):
        t, V = reference.curve(f"pybamm_single_ion_dis_{name}.csv")
        points.append(_rms(f"{rate:.3g}C", reference.single_ion(), [discharge(rate)], t, V))
    return Found(max(p.found for p in points), tuple(points))


def dualfoil(name, steps) -> Found:
    """A run of the lithium | PEO | TiS2 cell of DUALFOIL; steps: (current density [A/m2], duration [s])."""
    t, V, _ = reference.curve(f"dualfoil/C_Li_PEO_TiS2_{name}.csv", heading=1)
    changes = np.cumsum([0.0] + [seconds for _, seconds in steps[:-1]])
    keep = ~np.isin(t, changes)  # values at changes of current are ambiguous
    protocol = [Step("current", i, s) if i else rest(s) for i, s in steps]
    point = _rms("voltage", reference.dualfoil_c(), protocol, t[keep], V[keep], LEAST_SALT)
    return Found(point.found, (point,))


def _rms(what, cell, steps, t, V, least_salt=0.0) -> Point:
    run = simulate(cell, steps, MESH, soc=None, rtol=RTOL)
    poor = run.at("Minimum electrolyte concentration [mol.m-3]", t) < least_salt
    if poor.any():
        t, V = t[: poor.argmax()], V[: poor.argmax()]
    return Point(f"{what}: rms [mV]", 0.0, 1e3 * reference.rms(t, run.at("Voltage [V]", t) - V))


def _dualfoil(name, words, steps) -> Line:
    return Line(
        f"dualfoil-{name}",
        "verification",
        "DUALFOIL 5.1 (Newman's program), lithium | PEO | TiS2 at 100 degC",
        words,
        "nothing",
        f"voltage while the salt is above {LEAST_SALT:g} mol/m3, below which the polynomial for its conductivity fails",
        "rms [mV]",
        0.3,
        partial(dualfoil, f"{name}_bv", steps),
        reason=THIRD,
    )


LINES = (
    Line(
        "pybamm-half-cell",
        "verification",
        "PyBaMM 26.10's half-cell DFN with t+ = 1, freed of its mesh error; lithium | solid electrolyte | NMC811",
        "discharge at C/3, 1C, 2C",
        "nothing",
        "voltage over time",
        "largest rms [mV]",
        0.3,
        half_cell,
        reason=THIRD,
    ),
    _dualfoil("2", "2 A/m2 for 500 min", ((2.0, 30000.0),)),
    _dualfoil("5", "5 A/m2 for 200 min", ((5.0, 12000.0),)),
    _dualfoil(
        "cycle",
        "5 A/m2 for 90 min, rest 30 min, -5 A/m2 for 60 min, rest 30 min",
        ((5.0, 5400.0), (0.0, 1800.0), (-5.0, 3600.0), (0.0, 1800.0)),
    ),
)
