"""Steps that few solvers get through: what random runs found hard, a small case for each cause."""

import math

import numpy as np
from pytest import approx

import cellsim
from cellsim import SPM, Ending, Lumped

LIQUID = "lgm50_chen2020"


def test_the_charge_of_a_resistance_profile():
    """The integral of V/R dt, R being linear in time, lies between those of the least and the largest voltage.

    3e-3: the local error of the charge is held to 5e-4 of what has passed, over some five steps.
    """
    first, last, duration = 80.0, 265.0, 60.0
    ramp = cellsim.profile([[0.0, first], [duration, last]], "resistance")
    result = cellsim.simulate("ecker2015", ramp, SPM(), soc=0.5)
    conductance = duration * math.log(last / first) / (last - first)  # S s
    V, coulombs = result["Voltage [V]"], 3600.0 * result.steps[0].discharge_capacity
    assert np.ptp(V) < 0.02 * V[0]
    assert V.min() * (1.0 - 3e-3) < coulombs / conductance < V.max() * (1.0 + 3e-3)


def test_the_charge_of_a_voltage_profile_is_independent_of_the_tolerance():
    """1e-2: twice some ten steps of the local error, 5e-4 of the charge."""
    ramp = cellsim.profile([[0.0, 3.6], [60.0, 3.9], [61.0, 3.7], [120.0, 3.8]], "voltage")
    charges = []
    for rtol in (None, 1e-7):
        step = cellsim.simulate("ecker2015", ramp, SPM(), soc=0.5, rtol=rtol).steps[0]
        charges.append((step.discharge_capacity, step.charge_capacity))
    assert charges[0] == approx(charges[1], rel=1e-2)


def test_a_resistance_charges_from_open_circuit_and_after_a_discharge():
    """From 0 and from a positive conductance; 1e-9: Newton's correction, of volts."""
    result = cellsim.simulate(
        LIQUID, "Charge at 1 Ohm for 10 s; Discharge at 1 Ohm for 10 s; Charge at 1 Ohm for 10 s", SPM(), soc=0.3
    )
    assert result.endings == (Ending.DURATION,) * 3
    for k, ohm in enumerate((-1.0, 1.0, -1.0)):
        rows = result.step_index == k
        assert result["Voltage [V]"][rows] == approx(ohm * result["Current [A]"][rows], rel=1e-9)


def test_a_charge_at_less_than_the_resistance_of_the_cell():
    """Its voltage would have no bound: it is beyond the cut-off at once."""
    result = cellsim.simulate(LIQUID, "Charge at 0.001 Ohm", SPM(), soc=0.3, temperature=260.0)
    assert result.endings == (Ending.UPPER_VOLTAGE,) and result.steps[0].t_end == 0.0


def test_a_hold_begins_with_a_full_surface():
    """28,000C flow in the first nanosecond.  2e-2: twice the local error of the charge of some twenty steps."""
    hold = "Hold at 4.155 V for 0.3117 s"
    charges = [
        cellsim.simulate("sinzig2024", hold, SPM(), soc=0.0, temperature=345.2, rtol=rtol).steps[0]
        for rtol in (None, 1e-5)
    ]
    assert charges[0].ending == charges[1].ending == Ending.DURATION
    assert charges[0].charge_capacity == approx(charges[1].charge_capacity, rel=2e-2)


def test_a_limit_is_located_within_nanoseconds():
    """To 1e-6 of the time step, in which the current changes by less than its half."""
    result = cellsim.simulate(
        "sinzig2024", "Hold at 3.656 V for 0.012 s until above 22.11 mA/cm2", soc=0.0, temperature=316.0
    )
    assert result.endings == (Ending.CURRENT,) and 0.0 < result.t[-1] < 1e-3
    assert abs(result["Current density [A.m-2]"][-1]) == approx(221.1, rel=1e-6)


def test_a_temperature_below_what_entropy_can_cool_is_out_of_reach():
    """Reversible heat is linear in the current, irreversible heat quadratic: there is a least heat."""
    result = cellsim.simulate(
        "enertech_ai2020",
        "Hold temperature at 20.35 degC for 230 s",
        soc=0.7794,
        heat=Lumped(heat_capacity=9.71),
        ambient=294.65,
        temperature=298.15,
    )
    assert result.endings == (Ending.UNREACHABLE,)


def test_a_temperature_that_cooling_holds_for_a_while_is_out_of_reach_at_the_end():
    """The last current cools by the most that any does, but for 1 %: next to the least heat that is 10 % in current.

    The time step ends a little before the least heat, as the particle's surface follows the current within it.
    """
    cell = cellsim.load("leaf_2018").with_(
        {
            "negative electrode/minimum stoichiometry": 0.00149915,
            "positive electrode/exchange-current density": 23.7381,
            "negative electrode/entropic change coefficient": "0.000189*tanh(30*(x - 0.5))",
            "negative electrode/maximum concentration": 28855.1,
        }
    )
    hold = "Hold temperature at 25.75 degC for 5587 seconds with heater 3.73 W"
    body = Lumped(heat_capacity=1110.4)
    result = cellsim.simulate(cell, hold, SPM(), soc=0.0, temperature=298.15, heat=body)
    assert result.endings == (Ending.UNREACHABLE,) and "no current holds" in result.termination
    last = result["Current [A]"][-1]
    assert last > 1.0
    heats = []
    for share in np.linspace(0.5, 1.5, 11):
        pulse = cellsim.simulate(cell, cellsim.Step("current", share * last, 1e-6), heat=body, start=result)
        heats.append(pulse["Irreversible heating [W]"][0] + pulse["Reversible heating [W]"][0])
    assert min(heats) < 0.0 and heats[5] == approx(min(heats), rel=1e-2)
    assert heats[0] > heats[5] and heats[-1] > min(heats)


def test_potentials_may_jump_where_the_temperature_was_foreseen_wrongly():
    """As laws are taken at the temperature foreseen, 0.05 K off, the next step begins 1 mV beside the last one."""
    result = cellsim.simulate(
        "lfp_peo_li",
        "Discharge at 6.33 A/m2 until 0.0036 Ah",
        SPM(),
        soc=0.02,
        heat=Lumped(heat_transfer_coefficient=145.0),
        ambient=300.9,
    )
    assert not result.endings[-1].is_failure


def test_heat_is_kept_over_a_long_rest():
    """1e-9 of 1 K: rounding of temperatures near 300 K, 6e-14 K each, of some hundred steps."""
    body = Lumped(heat_capacity=50.0, heat_transfer_coefficient=500.0)
    result = cellsim.simulate(LIQUID, "Discharge at 2C for 60 s; Rest for 1000 hours", SPM(), soc=0.5, heat=body)
    net = result["Heat generated [J]"] - result["Heat lost to surroundings [J]"]
    T = result["Cell temperature [K]"]
    assert np.abs(50.0 * (T - T[0]) - (net - net[0])).max() < 1e-9 * 50.0
