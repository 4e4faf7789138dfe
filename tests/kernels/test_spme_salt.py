"""SPMe where a pore runs dry: it keeps its salt, and a voltage can be held by the last of it."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import Ending

SALT, V, CURRENT = "Total lithium in electrolyte [mol]", "Voltage [V]", "Current [A]"
KEPT = 1e-12  # the balance adds up volume by volume: rounding of some hundred steps of a dozen volumes


@pytest.mark.parametrize(
    "name, steps, temperature, soc",
    [
        ("nmc811_pouch_modern", "Discharge at 0.0059 Ohm for 30 minutes", 298.15, 0.8),
        ("ecker2015", "Rest for 1 minute; Hold at 2.536 V for 1 hour", 340.74, 1.0),
        ("lgm50_chen2020", "Discharge at 8C", 298.15, 1.0),
        ("lgm50_chen2020", "Discharge at 100 W", 298.15, 1.0),
    ],
)
def test_a_run_that_ends_without_salt_keeps_what_there_was(name, steps, temperature, soc):
    """In all of its rows, of which some lie between two time steps."""
    run = cellsim.simulate(name, steps, cellsim.SPMe(), soc=soc, temperature=temperature)
    assert run.endings[-1] == Ending.ELECTROLYTE_DEPLETED
    assert run["Electrolyte concentration [mol.m-3]"].min() >= 0.0
    assert run[SALT] == approx(run[SALT][0], rel=KEPT)


def cold(**how):
    """A charge in the cold that reaches its voltage as a pore runs dry, and is held there by the last of the salt."""
    cell = cellsim.load("okane2022").with_ageing(False)
    steps = "Charge at 1C until 4.2 V; Hold at 4.2 V until C/20"
    return cellsim.simulate(cell, steps, cellsim.SPMe((5, 3, 4), 6), soc=0.1, temperature=269.3, **how)


def test_a_voltage_is_held_by_the_last_of_the_salt():
    """The current stays what diffusion brings until the pore fills again; the voltage is met to the tolerance."""
    run = cold()
    held = run.step_index == 1
    assert run["Electrolyte concentration [mol.m-3]"].min() < 1e-3
    assert run.endings == (Ending.UPPER_VOLTAGE, Ending.CURRENT)
    assert run[V][held] == approx(4.2, abs=1e-6)
    assert (np.diff(run[CURRENT][held]) > -1e-3).all()  # a charge, whose current falls
    assert run[SALT] == approx(run[SALT][0], rel=KEPT)


def test_it_takes_no_more_steps_than_a_hold_does():
    """The current is found with the salt that it moves: without, steps shrank to nanoseconds.

    A hold of hours takes some hundred steps at the default tolerance, here with a start that is a jump.
    """
    assert (cold().step_index == 1).sum() < 1000


def test_a_tighter_tolerance_gives_the_same_hold():
    """The charge to 1e-3, as its tolerance of 1e-4 a step says; it is taken over a hundred steps that err both ways."""
    loose, tight = cold(), cold(rtol=1e-6)
    assert loose.steps[1].charge_capacity == approx(tight.steps[1].charge_capacity, rel=1e-3)
    assert loose.t[-1] == approx(tight.t[-1], rel=3e-3)
