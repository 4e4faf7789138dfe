"""Derivatives of runs against closed forms, against other steps, and against differences of whole runs."""

import numpy as np
import pytest

import cellsim
from cellsim import ParameterError, ProtocolError, SolveError
from cellsim.kernels.call.calls import finish
from cellsim.studies.estimation.varied.repeated import repeatable

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


def test_the_run_of_derivatives_has_them(cell):
    """It is the run of `simulate` at the same tolerance with these as sensitivities; others say where they are."""
    found = cellsim.derivatives(cell, STEPS, R, model="SPM", times=[60.0, 600.0])
    result = found.result
    assert result.sensitivities is found and np.array_equal(result.sensitivities[V][R], found.values[V][R])
    plain = cellsim.simulate(cell, STEPS, "SPM", rtol=1e-7)
    np.testing.assert_array_equal(result[V], plain[V])
    with pytest.raises(cellsim.ReportError, match="cellsim.derivatives"):
        plain.sensitivities  # noqa: B018
    with pytest.raises(cellsim.ReportError, match="not asked for; known: Voltage"):
        found["Power [W]"]


def test_another_step_gives_the_same_within_a_millionth(cell):
    """Half the step has a 16th of the truncation."""
    value, t = cell.value(D), np.linspace(60.0, 2900.0, 12)
    one, two = (cellsim.derivatives(cell, STEPS, {D: h * value}, times=t, model="DFN") for h in (2e-3, 1e-3))
    most = np.abs(one.values[V][D]).max()
    assert np.abs(one.values[V][D] - two.values[V][D]).max() < 1e-6 * most
    assert one.error(V, D) < 1e-5


WIDTH = "negative electrode/thickness"
LIMITS = "Discharge at 1C until 3.2 V; Rest for 10 min; Charge at 1C until 4.1 V; Hold at 4.1 V until C/20"
DRIVE = [[0, 5], [100, 5], [101, -3], [300, 2], [900, 8], [1800, 8]]


@pytest.mark.parametrize(
    ("steps", "more"),
    [
        (LIMITS, {"model": "SPM"}),
        (LIMITS, {"model": "SPMe", "heat": True}),
        (cellsim.profile(DRIVE), {"model": "DFN", "soc": 0.6}),
        (cellsim.profile(DRIVE), {"model": "SPM", "soc": 0.2}),  # ends at the lower limit of voltage
    ],
    ids=["limits", "limits and heat", "profile", "profile to its limit"],
)
def test_differences_of_whole_runs_come_to_the_same(cell, steps, more):
    """Of runs that choose their own steps, at a tolerance of 1e-10, 1 % apart and extrapolated: these scatter by some
    1e-5 of the largest derivative.  Times are kept away from the jumps at the ends of steps, which move."""
    found = cellsim.derivatives(cell, steps, WIDTH, rtol=1e-8, **more)
    value, h = cell.value(WIDTH), 0.01 * cell.value(WIDTH)
    model = cellsim.simulate(cell, steps, **more).final_state.model
    away = 0.02 * found.times[-1]
    ends = np.array([0.0, *(step.t_end for step in cellsim.simulate(cell, steps, **more).steps)])
    inner = np.abs(found.times[:, None] - ends).min(axis=1) > away

    def at(width):
        run = cellsim.simulate(cell.with_({WIDTH: width}), steps, **more | {"model": model, "rtol": 1e-10})
        return run.at(V, found.times)

    wide, near = ((at(value + k * h) - at(value - k * h)) / (2.0 * k * h) for k in (1.0, 0.5))
    expected = (4.0 * near - wide) / 3.0
    np.testing.assert_allclose(
        found.values[V][WIDTH][inner], expected[inner], atol=1e-4 * np.abs(expected[inner]).max(), rtol=0.0
    )


def test_a_run_taken_again_by_the_same_cell_is_the_run(cell):
    """But for the tolerance of Newton's method, 2e-5 V times rtol over ..., and the time at which an end is located."""
    run = finish(repeatable(cell, LIMITS, "SPMe", rtol=1e-6))
    same = finish(run.again(cell))
    assert same.t.size == run.result.t.size
    np.testing.assert_allclose(same[V], run.result[V], atol=1e-6)
    np.testing.assert_allclose(same.t, run.result.t, rtol=1e-5)


def test_a_cell_that_cannot_take_the_steps_says_so(cell):
    """A tenth more material puts the end of the discharge beyond its last time step."""
    run = finish(repeatable(cell, LIMITS, "SPM"))
    with pytest.raises(SolveError, match="cannot take its time steps"):
        finish(run.again(cell.with_({WIDTH: 1.1 * cell.value(WIDTH)})))


def test_clogging_pores_renew_their_geometry_at_the_same_steps():
    """Films that grow in the pores: the geometry is renewed after the same steps, so that another step of the
    difference changes nothing but the truncation."""
    cell = cellsim.load("okane2022")
    path = "negative electrode/particle radius"
    found = cellsim.derivatives(cell, "Charge at C/2 for 60 min; Rest for 10 min", path, model="SPMe", soc=0.1)
    assert found.error(V, path) < 1e-4


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
