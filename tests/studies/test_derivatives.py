"""Derivatives of runs by extrapolated differences, against closed forms and against themselves at other steps."""

import numpy as np
import pytest

import cellsim
from cellsim import ParameterError, ProtocolError

CHEN, V = "lgm50_chen2020", "Voltage [V]"
R, D = "cell/series resistance", "positive electrode/particle diffusivity"
STEPS = "Discharge at 1C for 40 min; Rest for 10 min"


@pytest.fixture(scope="module")
def cell():
    return cellsim.load(CHEN).with_({R: 1e-3})


@pytest.mark.parametrize("model", ["SPMe", "DFN"])
def test_a_resistance_takes_the_current(cell, model):
    """dV/dR is minus the current density, to 1e-6 of it."""
    found = cellsim.derivatives(cell, STEPS, R, model=model)
    current = cellsim.simulate(cell, STEPS, model).at("Current density [A.m-2]", found.times)
    np.testing.assert_allclose(found.values[V][R], -current, atol=1e-6 * current.max())
    assert found.error(V, R) < 1e-5


def test_another_step_gives_the_same_within_a_millionth(cell):
    """Half the step has a 64th of the truncation; scatter of the integrator is what remains."""
    value, t = cell.value(D), np.linspace(60.0, 2900.0, 12)
    one, two = (cellsim.derivatives(cell, STEPS, {D: h * value}, times=t, model="DFN") for h in (0.02, 0.01))
    most = np.abs(one.values[V][D]).max()
    assert np.abs(one.values[V][D] - two.values[V][D]).max() < 1e-6 * most
    assert one.error(V, D) < 1e-5


@pytest.mark.parametrize(
    ("more", "error", "words"),
    [
        ({"parameters": []}, ParameterError, "none given"),
        ({"parameters": ["electrolyte/conductivity"]}, ParameterError, "is a law"),
        ({"parameters": ["negative electrode/film resistance"]}, ParameterError, "is nothing"),
        ({"parameters": {R: -1.0}}, ParameterError, "above 0"),
        ({"parameters": R, "times": [1e6]}, ProtocolError, "end of the run"),
        ({"parameters": R, "outputs": "Electrolyte concentration [mol.m-3]"}, ProtocolError, "one number at a time"),
        ({"parameters": R, "start": None}, ProtocolError, "no argument"),
    ],
    ids=["none", "law", "zero", "negative", "late", "field", "start"],
)
def test_refusals(cell, more, error, words):
    with pytest.raises(error, match=words):
        cellsim.derivatives(cell, "Discharge at 1C for 1 min", **{"model": "SPM"} | more)
