"""PyBOP identifies parameters with runs of cellsim."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import ParameterError, ProtocolError, ReportError
from cellsim.interop.pybop import path_of, simulator

CHEN = "lgm50_chen2020"
D = "Positive particle diffusivity [m2.s-1]"
R = "cell/series resistance"


def test_names_of_pybamm_are_paths_here():
    """Those that mean the same in the same unit."""
    assert path_of(D) == "positive electrode/particle diffusivity" and path_of(R) == R
    assert path_of("Negative particle radius [m]") == "negative electrode/particle radius"
    with pytest.raises(ParameterError, match="did you mean"):
        path_of("Positive particle difusivity [m2.s-1]")


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ProtocolError, match="give a dataset with"):
        simulator(CHEN, {})
    with pytest.raises(ProtocolError, match="'Current .A.'"):
        simulator(CHEN, {}, {"Time [s]": [0.0, 1.0]})


def test_without_pybop_it_is_said_how_to_install_it(monkeypatch):
    import sys

    from cellsim.interop import pybop

    pybop._class.cache_clear()
    monkeypatch.setitem(sys.modules, "pybop", None)
    with pytest.raises(ReportError, match="pybop is not installed: pip install"):
        simulator(CHEN, {}, steps="Rest for 1 s", times=[0.0, 1.0])
    pybop._class.cache_clear()


@pytest.fixture
def pybop():
    return pytest.importorskip("pybop", reason="PyBOP is not installed: pip install 'cellsim[pybop]'")


def made(pybop):
    """A recorded current with the voltage of a cell of 5 Ohm cm2 and slower diffusion."""
    t = np.linspace(0.0, 900.0, 91)
    current = np.where(t < 600.0, 5.0, 0.0)
    cell = cellsim.load(CHEN).with_({R: 5e-4, path_of(D): 3e-15})
    seen = cellsim.simulate(cell, cellsim.profile(np.column_stack([t, current])), "SPM", soc=0.9)
    return pybop.Dataset({"Time [s]": t, "Current [A]": current, "Voltage [V]": seen.at("Voltage [V]", t)})


def test_pybop_finds_what_made_a_curve(pybop):
    """To 2 %: CMA-ES ends when the voltage is met to microvolts; 60 generations suffice for two values."""
    data = made(pybop)
    log = pybop.LogTransformation()
    parameters = {
        R: pybop.Parameter(bounds=[1e-4, 2e-3], initial_value=1e-3, transformation=log),
        D: pybop.Parameter(bounds=[1e-15, 1e-14], initial_value=5e-15, transformation=log),
    }
    problem = pybop.Problem(simulator(CHEN, parameters, data, model="SPM", soc=0.9), pybop.RootMeanSquaredError(data))
    np.random.seed(1)
    found = pybop.CMAES(problem, options=pybop.PintsOptions(max_iterations=60)).run()
    assert found.x / [5e-4, 3e-15] == approx([1.0, 1.0], rel=0.02)


def test_a_run_that_fails_costs_infinitely_much(pybop):
    """A radius that no shells resolve, or a run that ends before the data do."""
    data = made(pybop)
    parameters = {R: pybop.Parameter(bounds=[1e-4, 1.0])}
    problem = pybop.Problem(simulator(CHEN, parameters, data, model="SPM", soc=0.9), pybop.RootMeanSquaredError(data))
    good, bad = problem([{R: 5e-4}, {R: 0.5}])
    assert np.isfinite(good) and np.isinf(bad)
