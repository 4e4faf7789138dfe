"""Cells in parallel: their currents against PyBaMM, closed forms and symmetry."""

from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.errors import Ending, ProtocolError
from cellsim.models import SPM
from cellsim.protocols import Profile
from cellsim.simulation.parallel import Wiring, simulate_parallel

REFERENCE = Path(__file__).parents[1] / "reference" / "pybamm_Chen2020_parallel_4p.csv"
CELL = "lgm50_chen2020"


def test_four_cells_share_the_current_as_in_pybamm():
    """Behind 0, 5, 10 and 20 mOhm, DFN, 20 A for 20 minutes.

    1 mV and 1 % of an equal share: PyBaMM's mesh and ours differ by up to 0.3 mV, of which 0.2 mV over the 20 mOhm
    between the cells are 10 mA, and its currents are constant over 4 s, in which they move by up to 12 mA.
    """
    run = simulate_parallel(
        CELL, 20.0, parallel=4, resistances=(0.0, 5e-3, 10e-3, 20e-3), interval=60.0, duration=1200.0, soc=None
    )
    t, voltage, *currents = np.loadtxt(REFERENCE, delimiter=",", unpack=True)
    here = t <= 1200.0
    # its currents are those of the 4 s before a time, ours of that time
    ours = np.column_stack([np.interp(t[here] - 2.0, run.times, c) for c in run.currents.T])
    assert np.interp(t[here], run.times, run.voltage) == approx(voltage[here], abs=1e-3)
    later = t[here] > 60.0  # within the first minute currents turn over faster than an interval
    assert ours[later] == approx(np.column_stack(currents)[here][later], abs=0.05)
    assert run.current == approx(20.0, rel=1e-12) and run.ending is Ending.DURATION
    assert run.worst_share > 1.3  # not equal


def test_equal_cells_are_one_cell():
    """Three equal cells at 15 A are one at 5 A; 2 mV: accuracies of two runs with different time steps."""
    run = simulate_parallel(CELL, 15.0, parallel=3, interval=120.0, model=SPM(), duration=1200.0)
    one = cellsim.simulate(CELL, "Discharge at 5 A for 1200 s", SPM())
    assert run.currents == approx(5.0, rel=1e-6)
    assert run.voltage[-1] == approx(one["Voltage [V]"][-1], abs=2e-3)


def test_unequal_cells_at_rest_meet_at_one_state():
    """A charged and an empty cell without a load: the charge that leaves one enters the other, exactly."""
    run = simulate_parallel(
        CELL, 0.0, parallel=2, soc=(0.7, 0.5), resistances=0.05, duration=4 * 3600.0, interval=300.0, model=SPM()
    )
    assert run.currents.sum(axis=1) == approx(0.0, abs=1e-9)
    assert run.currents[0, 0] > 0.0 > run.currents[0, 1] and abs(run.currents[-1, 0]) < 0.2 * run.currents[0, 0]
    assert run.socs.sum(axis=1) == approx(1.2, abs=1e-9)
    assert 0.0 < run.socs[-1, 0] - run.socs[-1, 1] < 0.05


def test_the_group_ends_at_the_cut_off_and_a_charge_is_negative():
    down = simulate_parallel(CELL, 10.0, parallel=2, soc=0.1, interval=60.0, model=SPM(), resistances=(0.0, 0.02))
    assert down.ending is Ending.LOWER_VOLTAGE
    assert 2.5 <= down.voltage[-1] < 2.53  # the last interval is 50 ms at most
    up = simulate_parallel(CELL, -10.0, parallel=2, soc=0.6, interval=60.0, model=SPM())
    assert up.ending is Ending.UPPER_VOLTAGE and up.capacity < 0.0


def test_a_busbar_is_a_ladder_from_the_terminal():
    """Drops by hand: between cell k and the terminal flows what all cells behind carry."""
    Z = Wiring(np.array([1.0, 2.0, 3.0]), 0.1).matrix()
    i = np.array([5.0, 4.0, 3.0])
    drop = np.array([0.0, 0.1 * 7.0, 0.1 * 7.0 + 0.1 * 3.0]) + np.array([1.0, 2.0, 3.0]) * i
    assert Z @ i == approx(drop, rel=1e-12)
    run = simulate_parallel(CELL, 20.0, parallel=4, busbar=2e-3, interval=60.0, duration=60.0, model=SPM())
    assert (np.diff(run.currents[0]) < 0.0).all()  # the nearest cell carries most


def test_cells_of_a_group_have_temperatures_of_their_own():
    run = simulate_parallel(
        CELL,
        Profile((0.0, 300.0, 301.0, 600.0), (20.0, 20.0, 0.0, 0.0)),
        parallel=2,
        soc=0.8,
        heat=True,
        ambient=(298.15, 308.15),
        interval=60.0,
        model=SPM(),
    )
    assert run.times[-1] == 600.0 and run.temperatures[-1, 1] > run.temperatures[-1, 0]


@pytest.mark.parametrize(
    "given, words",
    [
        ({"parallel": 1}, "2 to 100"),
        ({}, "give a list of cells, or one and parallel"),
        ({"parallel": 3, "resistances": (0.0, 0.1)}, "2 numbers for 3 cells"),
        ({"parallel": 2, "resistances": -1.0}, "resistances"),
        ({"parallel": 2, "current": 0.0}, "needs a duration"),
        ({"parallel": 2, "soc": 1.5}, "soc"),
        ({"parallel": 2, "interval": 0.0}, "interval"),
    ],
)
def test_wrong_arguments_are_named(given, words):
    with pytest.raises(ProtocolError, match=words):
        simulate_parallel(CELL, **({"current": 5.0} | given))
