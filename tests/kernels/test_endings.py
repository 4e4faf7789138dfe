"""Why a step ends: a physical ending is there on a finer mesh too, and what a cell can do is solved."""

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Ending
from cellsim.models.materials.tables import LEAST_SHARE, positive

FINE = DFN((70, 20, 70), shells=20)  # 160 volumes
LIQUID = "lgm50_chen2020"
# time [s] to the lower cut-off, found independently on a mesh of 160 volumes
EMPTIED = {
    ("lgm50_oregan2022", 4.0): 409.13,
    ("lgm50_oregan2022", 6.0): 85.16,
    ("sony_vtc5a", 6.0): 404.4,
    ("sony_vtc5a", 8.0): 168.45,
}


@pytest.mark.parametrize("mesh", (None, FINE), ids=("default", "fine"))
@pytest.mark.parametrize("name, rate", EMPTIED)
def test_a_pore_that_runs_empty_of_salt_ends_nothing(name, rate, mesh):
    """Part of the positive electrode is dry long before the voltage limit.  2e-3: default meshes are good to 1 mV,
    and the voltage falls by 1 mV in at least 1e-3 of the time of these runs, before its last drop."""
    result = cellsim.simulate(name, cellsim.discharge(rate), mesh)
    assert result.endings == (Ending.LOWER_VOLTAGE,)
    assert result.t[-1] == approx(EMPTIED[name, rate], rel=2e-3)
    salt = result["Electrolyte concentration [mol.m-3]"]
    assert np.min(salt) > 0.0 and np.min(salt[-1]) < 1e-4 * salt[0, 0]


def test_salt_is_kept_while_pores_run_empty():
    """To rounding of a thousand steps, 1e-11."""
    result = cellsim.simulate("sony_vtc5a", cellsim.discharge(8.0))
    salt = result["Total lithium in electrolyte [mol]"]
    assert np.ptp(salt[[0, -1]]) < 1e-11 * salt[0]


def test_a_model_whose_flux_is_given_does_end_without_salt():
    result = cellsim.simulate(LIQUID, cellsim.discharge(5.0), cellsim.SPMe())
    assert result.endings == (Ending.ELECTROLYTE_DEPLETED,)


@pytest.mark.parametrize("celsius", (-28, -35, -40))
@pytest.mark.parametrize(
    "name", ("sony_vtc5a", "lgm50_oregan2022", LIQUID, "ecker2015", "enertech_ai2020", "leaf_2018")
)
def test_cold_holds_are_solved(name, celsius):
    """Down to where fits of transport properties leave their data."""
    cell = cellsim.load(name)
    hold = f"Hold at {cell.value('cell/upper voltage cut-off')} V until C/20; Rest for 10 minutes"
    result = cellsim.simulate(cell, hold, soc=0.1, temperature=celsius + 273.15, time_budget=60.0)
    assert result.endings == (Ending.CURRENT, Ending.DURATION)
    j = result["Positive electrode interfacial current density [A.m-2]"][result.step_index == 0]
    # a sawtooth would bring currents against the mean one, as large as it
    assert np.max(np.abs(j)) < 100.0 * np.max(np.abs(j.mean(axis=-1)))


def test_a_cold_hold_is_independent_of_tolerance_and_mesh():
    """The time at which a current falls to its limit, on a tail: 1 mV of 0.1 V that drive it are 1 %."""
    hold = "Hold at 4.2 V until C/20"
    times = [
        cellsim.simulate("sony_vtc5a", hold, model, soc=0.1, temperature=238.15, accuracy=accuracy).t[-1]
        for model, accuracy in ((None, 1e-3), (DFN((40, 10, 50), shells=12), 1e-4))
    ]
    assert times[0] == approx(times[1], rel=1e-2)


def test_a_transport_law_that_leaves_its_data_stays_positive():
    """A line through zero: itself above twice the floor, the floor where it is below zero, no kink between."""
    law = positive(lambda c: 2000.0 - c, 1000.0)
    c, floor = np.linspace(1.0, 4000.0, 4001), LEAST_SHARE * 1000.0
    y = law(c)
    assert np.all(y[c < 1998.0] == 2000.0 - c[c < 1998.0]) and np.all(y[c >= 2000.0] == floor)
    assert np.all(np.diff(y) <= 0.0) and np.max(np.abs(np.diff(y, 2))) < 2.0 / floor
    whole = lambda c: np.exp(-c / 100.0)  # noqa: E731
    assert np.all(positive(whole, 1000.0)(c) == whole(c))


@pytest.mark.parametrize("i_ref", (1e-1, 1e-3, 1e-5, 1e-8))
def test_a_rest_follows_whatever_has_been_before(i_ref):
    """Overpotentials of volts, that fall to nothing at once."""
    cell = cellsim.load(LIQUID).with_({"positive electrode/exchange-current density": i_ref})
    result = cellsim.simulate(
        cell, "Discharge at 3C until 2.5 V; Rest for 1 hour; Charge at 1C; Rest for 1 hour", soc=0.8
    )
    assert [step.ending for step in result.steps][1::2] == [Ending.DURATION] * 2
    assert not any(ending.is_failure or ending is Ending.UNREACHABLE for ending in result.endings)


def test_slow_salt_gives_the_same_run_on_every_mesh():
    """Where the salt is a front, uniform volumes of 1/40 of an electrode miss 1 % of the time."""
    cell = cellsim.load(LIQUID)
    slow = cell.with_({"electrolyte/diffusivity": f"0.3*({cell.law('electrolyte/diffusivity').expression})"})
    runs = [
        cellsim.simulate(slow, "Discharge at 2C; Rest for 1 hour", mesh)
        for mesh in (None, DFN((20, 10, 20), shells=8), DFN((40, 20, 40), shells=8))
    ]
    for run in runs:
        assert run.endings == (Ending.LOWER_VOLTAGE, Ending.DURATION)
        assert run.steps[0].t_end == approx(runs[-1].steps[0].t_end, rel=1e-2)


@pytest.mark.parametrize("rate", (1, 2, 4, 8))
def test_a_voltage_shoots_to_its_limit_where_a_foil_has_no_salt_left(rate):
    """Far above the limiting current of a polymer cell; the time goes with the current's inverse square (Sand)."""
    result = cellsim.simulate(
        "lfp_peo_li", f"Force; Charge at {rate}C until 10 V; Rest for 1 hour", soc=0.2, temperature=343.15
    )
    assert result.endings == (Ending.UPPER_VOLTAGE, Ending.DURATION)


def test_endings_of_random_cells_are_those_of_a_finer_mesh():
    """Ending and time.  2 %: meshes of 1 mV, and runs that end on slopes of some 0.1 V over a tenth of their time."""
    rng = np.random.default_rng(12)
    for _ in range(8):
        cell = cellsim.load(str(rng.choice([LIQUID, "lgm50_oregan2022", "sony_vtc5a"])))
        law = cell.law("electrolyte/diffusivity")
        cell = cell.with_({"electrolyte/diffusivity": f"{10.0 ** rng.uniform(-0.7, 0.3):.4g}*({law.expression})"})
        T, rate = rng.uniform(243.0, 320.0), float(rng.choice([1.0, 3.0, 6.0]))
        coarse, fine = (
            cellsim.simulate(cell, f"Discharge at {rate}C; Rest for 10 minutes", mesh, temperature=T)
            for mesh in (None, DFN((60, 15, 60), shells=20))
        )
        assert coarse.endings == fine.endings
        assert coarse.steps[0].t_end == approx(fine.steps[0].t_end, rel=2e-2, abs=0.2)


def test_a_state_between_two_time_steps_has_no_particle_fuller_than_in_both():
    """Five sizes, the second of them nearly full when the charge meets its limit in the middle of a long time step.

    On the polynomial through four states its surface would be at 1.0008, where no potential belongs to it; currents
    among the sizes would balance at 5.3 V, and the next step would end by a plating margin of -3 V that is not there.
    2e-3 of the time: the voltage rises by 3 mV, the accuracy that is asked for, in 1e-2 of it.
    """
    radii = [2.2242878e-06, 4.50905860e-06, 7.34727866e-06, 1.27326005e-05, 1.42194258e-05]
    shares = [0.2348896, 0.3941523, 0.2290119, 0.0946479, 0.0472983]
    mean = np.dot(radii, shares) / np.sum(shares)
    cell = cellsim.load(LIQUID)
    scale = cell.value("negative electrode/particle radius") / mean
    cell = cell.with_({"negative electrode/particle size histogram": ([scale * r for r in radii], shares)})
    how = {"soc": 0.7456, "temperature": 368.85}
    charge = ["Charge at 0.0716C until 0.1852 Ah", "Charge at 8.77 A/m2"]
    more = "Charge at 10.55 A/m2 until plating margin -26 mV"
    result = cellsim.simulate(cell, [*charge, more], accuracy=3e-3, **how)
    exact = cellsim.simulate(cell, charge, accuracy=1e-4, **how)
    assert result.endings[1:] == (Ending.UPPER_VOLTAGE, Ending.UPPER_VOLTAGE)
    assert result["Voltage [V]"].max() < 4.22 and result["Plating margin [V]"].min() > 0.0
    assert result.steps[1].t_end == approx(exact.steps[1].t_end, rel=1e-2)
