"""The sodium-ion set against PyBaMM's: the same laws, the same voltage."""

from pathlib import Path

import numpy as np
import pytest

import cellsim
from cellsim import DFN, load

pybamm = pytest.importorskip("pybamm")
REFERENCE = Path(__file__).parents[1] / "reference"
CELL = load("chayambuka2022")
RATES = {"0p0833": 1.0 / 12.0, "0p5": 0.5, "1p4": 1.4}
LAWS = {
    "negative electrode/open-circuit potential": ("Negative electrode OCP [V]", 1.0),
    "positive electrode/open-circuit potential": ("Positive electrode OCP [V]", 1.0),
    "negative electrode/particle diffusivity": ("Negative particle diffusivity [m2.s-1]", 1.0),
    "positive electrode/particle diffusivity": ("Positive particle diffusivity [m2.s-1]", 1.0),
}


@pytest.mark.parametrize("rate", RATES)
def test_discharges_are_pybamms(rate):
    """Within 0.5 mV rms from the set's initial state; PyBaMM's own mesh is wrong by about 0.2 mV."""
    t, V = np.loadtxt(REFERENCE / f"pybamm_sodium_{rate}.csv", delimiter=",", unpack=True)
    step = cellsim.discharge(RATES[rate])
    run = cellsim.simulate(CELL, [step], DFN((40, 20, 40), 60), soc=None, rtol=1e-5)
    off = 1e3 * (run.at("Voltage [V]", t) - V)
    assert np.sqrt(np.mean(off**2)) <= 0.5


@pytest.mark.parametrize("path", LAWS)
def test_laws_are_pybamms(path):
    """Between the points of the data straight lines in both; 1e-6 relative: the file has 12 digits, divided by 1e-4."""
    values = pybamm.ParameterValues("Chayambuka2022")
    x = np.linspace(0.22, 0.99, 500)
    arguments = [pybamm.Vector(x)] + ([pybamm.Scalar(298.15)] if "diffusivity" in path else [])
    theirs = values.process_symbol(values[LAWS[path][0]](*arguments)).evaluate().ravel()
    knots = np.array(CELL.law(path).table[0])
    away = np.abs(x[:, None] - knots).min(axis=1) > 1e-4  # beside a point the corner is rounded
    np.testing.assert_allclose(CELL.law(path)(x, 298.15)[away], theirs[away], rtol=1e-6)


def test_the_set_of_pybamm_is_read_and_says_what_differs():
    with pytest.warns(cellsim.errors.CellsimWarning, match="sodium"):
        cell = cellsim.from_pybamm("Chayambuka2022")
    words = " ".join(cell.remarks)
    assert "potentials are against sodium" in words and "stays at 4.288 V below x = 0.21" in words
    runs = [
        cellsim.simulate(c, "Discharge at C/2 for 1 hour", DFN((6, 3, 6), 10), soc=None, rtol=1e-7)
        for c in (cell, CELL)
    ]
    t = np.linspace(1.0, 3600.0, 60)
    np.testing.assert_allclose(*(run.at("Voltage [V]", t) for run in runs), atol=5e-5)  # tables sampled to 2e-5
