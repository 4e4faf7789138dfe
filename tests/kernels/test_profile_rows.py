"""Rows along a profile: the voltage is that of the same load as a step, wherever it is asked for."""

import numpy as np
import pytest

import cellsim

V = "Voltage [V]"


@pytest.mark.parametrize("model", ["SPM", "SPMe", "DFN"])
@pytest.mark.parametrize("more", [{}, {"period": 5.0}, {"heat": True}], ids=["rows", "period", "heat"])
def test_a_long_piece_of_a_profile_has_the_voltage_of_the_step(model, more):
    """A discharge to the lower limit, whose last minutes fall steeply while particles and salt change evenly.

    Either run is good to its tolerance of 0.5 mV a time step; their curves between rows to as much again.
    """
    options = {"model": model, "soc": 0.35, **more}
    step = cellsim.simulate("lgm50_chen2020", "Discharge at 8 A for 30 min", rtol=1e-6, **options)
    along = cellsim.simulate("lgm50_chen2020", cellsim.profile([[0.0, 8.0], [1800.0, 8.0]]), **options)
    assert along.t[-1] == pytest.approx(step.t[-1], abs=0.5) and along.endings == step.endings
    t = along.t[along.t < min(along.t[-1], step.t[-1])]
    np.testing.assert_allclose(along[V][: t.size], step.at(V, t), atol=1e-3)
    if "period" not in more:  # with one the user says how far rows are apart
        between = np.linspace(1.0, 0.999 * step.t[-1], 400)
        np.testing.assert_allclose(along.at(V, between), step.at(V, between), atol=2e-3)


def test_rows_follow_the_tolerance():
    """Where the voltage bends there are rows, and where it does not there are none between time steps."""
    hold = cellsim.simulate("lgm50_chen2020", cellsim.profile([[0.0, 0.1], [60.0, 0.1]]), "SPM", soc=0.5)
    falls = cellsim.simulate("lgm50_chen2020", cellsim.profile([[0.0, 8.0], [1800.0, 8.0]]), "SPM", soc=0.1)
    gap = np.diff(falls[V][falls.t > 0.0])
    assert np.abs(np.diff(gap)).max() < 0.02 and hold.t.size < falls.t.size


@pytest.mark.parametrize("control", ["power", "voltage"])
def test_rows_keep_what_is_controlled(control):
    """Between time steps, too, the power or the voltage is that of the profile, within what Newton corrects last
    at time steps: a fifth of 0.5 mV, of 3 V and more."""
    knots = {"power": [[0.0, 25.0], [1500.0, 28.0]], "voltage": [[0.0, 3.6], [1500.0, 3.2]]}[control]
    run = cellsim.simulate("lgm50_chen2020", cellsim.profile(knots, control), "SPM", soc=0.4, period=7.0)
    wanted = np.interp(run.t, *np.transpose(knots))
    name = {"power": "Power [W]", "voltage": V}[control]
    np.testing.assert_allclose(run[name][1:], wanted[1:], rtol=1e-4)
