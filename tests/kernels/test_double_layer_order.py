"""The order in time with which double layers are charged, in steps of equal size from exact history."""

import numpy as np
import pytest
from fixed_steps import after_equal_steps, exact_states
from pytest import approx
from reference_cells import with_double_layers

import cellsim
from cellsim.kernels import layout, scratch
from cellsim.kernels.integrators import initialise as start
from cellsim.kernels.integrators import ndf as march
from cellsim.models import initial_state

SPACING = 1e-4  # s; charge transfer takes over after 1.5 ms in the positive and 15 ms in the negative electrode
START, LENGTH = 160 * SPACING, 64 * SPACING  # after the jump, and of the run on which the order is measured
RTOL = 1e-8  # of the exact history, by which its voltages are known to 1e-8 V


@pytest.fixture(scope="module")
def charging():
    """An SPM from the jump of the current on: the system, its control, and the states at multiples of SPACING."""
    cell = with_double_layers(cellsim.load("lgm50_chen2020")).with_surface_form("differential")
    sys = cellsim.SPM(3).discretise(cell, 298.15)
    control = layout.Control(layout.CURRENT, 50.0, START + LENGTH, 0.0, 10.0, 0.0, np.inf, 1e-6, 1e-6)
    s, w = initial_state(cell, sys, 0.5), scratch.allocate(sys)
    assert start.settle(sys, control, s, w, 1e-11) == march.RUNNING
    states = exact_states(sys, control, s, w, first=1e-7, rtol=RTOL, spacing=SPACING, near=1e-6)
    return sys, control, w, states


def error_of_fixed_steps(charging, order, stride):
    """Largest error [V] of the double layers' voltages after LENGTH in steps of stride x SPACING."""
    ended, exact = after_equal_steps(charging, order, start=START, stride=stride, length=LENGTH, spacing=SPACING)
    return np.abs(ended.v_dl - exact.v_dl).max()


@pytest.mark.parametrize("order, stride", [(1, 8), (2, 8), (3, 16)])
def test_double_layers_have_the_order_of_the_integrator(charging, order, stride):
    """Steps h and h / 2, as large as leaves the error well above that of the exact history; order within 0.15."""
    errors = [error_of_fixed_steps(charging, order, n) for n in (stride, stride // 2)]
    assert errors[1] > 10.0 * RTOL
    assert np.log2(errors[0] / errors[1]) == approx(order, abs=0.15)
