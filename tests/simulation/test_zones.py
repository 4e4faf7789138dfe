"""Zones of a cell that share its voltage and exchange heat: against closed forms, single runs and their own limits."""

import numpy as np
import pytest
from pytest import approx
from scipy.optimize import brentq

import cellsim
from cellsim import Ending, ParameterError, ProtocolError, ThermalNetwork
from cellsim.design.stack import pair_layers
from cellsim.protocols import Profile
from cellsim.simulation.parallel import simulate_zones

POUCH, CAN, SPM = "leaf_2018", "lgm50_chen2020", cellsim.SPM(shells=3)
PLATE = ThermalNetwork(nodes=5, heat_transfer_coefficient=500.0, opposite_heat_transfer_coefficient=5.0)
WARM = {"soc": 0.1, "temperature": 263.15, "ambient": 313.15}


def test_at_rest_heat_runs_through_the_zones_as_the_series_says():
    """A warm stack, Biot number 2, while it loses half its heat: to 1 % of the first one, mostly of the nodes.

    Beside the same nodes in one run: a quarter of the interval has at most a third of the error, as of first order or
    better.
    """
    cell = cellsim.load(POUCH)
    pairs = cell.value("design/number of electrode pairs")
    half, area = 0.5 * pairs * sum(x.thickness for x in pair_layers(cell)), cell.value("cell/electrode area") / pairs
    C, k = 200.0, 0.5
    h = 2.0 * k * 2.0 * area / half
    time = C / (2.0 * area * half) * half**2 / k
    z = [brentq(lambda z: z * np.sin(z) - 2.0 * np.cos(z), n * np.pi, (n + 0.5) * np.pi) for n in range(30)]
    z = np.array(z)
    c = 2.0 * np.sin(z) / (z + np.sin(z) * np.cos(z))
    exact = (c * np.array([np.ones(30), np.cos(z)]) * np.exp(-0.5 * z**2)).sum(axis=1)
    heat = ThermalNetwork(C, h, cooling_area=1.0, thermal_conductivity=k, nodes=5)
    within = cellsim.simulate(
        cell, cellsim.rest(0.5 * time), SPM, soc=0.5, temperature=318.15, ambient=298.15, heat=heat, rtol=1e-8
    )["Temperature from core to surface [K]"][-1]
    errors = []
    for parts in (20, 80):
        run = simulate_zones(
            cell,
            0.0,
            heat=heat,
            duration=0.5 * time,
            interval=0.5 * time / parts,
            model=SPM,
            soc=0.5,
            temperature=318.15,
            ambient=298.15,
        )
        errors.append(np.abs(run.temperatures[-1] - within).max())
        assert np.abs((run.temperatures[-1, [0, -1]] - 298.15) / 20.0 - exact).max() < 1e-2
    assert errors[1] < errors[0] / 3.0 and errors[0] < 0.05, errors


@pytest.mark.parametrize(("name", "amperes"), [(POUCH, -30.0), (CAN, 5.0)])
def test_where_zones_are_alike_it_is_the_cell_with_nodes(name, amperes):
    """Little cooling: 0.1 K or less between zones.  0.01 K and 0.1 mV at 5 s, of the interval; less than at 20 s."""
    heat = ThermalNetwork(nodes=4)
    how = {"soc": 0.5, "temperature": 298.15, "model": SPM}
    way = "Discharge" if amperes > 0.0 else "Charge"
    one = cellsim.simulate(name, f"{way} at {abs(amperes)} A for 600 s", SPM, soc=0.5, temperature=298.15, heat=heat)
    off = []
    for interval in (20.0, 5.0):
        run = simulate_zones(name, amperes, heat=heat, duration=600.0, interval=interval, **how)
        off.append(np.abs(run.temperatures[-1] - one["Temperature from core to surface [K]"][-1]).max())
        assert run.current == approx(amperes, rel=1e-12)
        assert run.voltage[-1] == approx(one["Voltage [V]"][-1], abs=2e-4)
    assert off[1] < 0.01 and off[1] < 0.5 * off[0]


def test_warm_zones_carry_as_much_more_as_their_resistance_is_less():
    """Small current for a second after half a minute on a warm plate: as resistances of cells at those temperatures.

    3 %: within that second the zones warm by up to 0.3 K, of 3 % a kelvin in the resistance.
    """
    small = 2.0
    load = Profile((0.0, 30.0, 30.001, 31.0), (0.0, 0.0, small, small))
    run = simulate_zones(POUCH, load, heat=PLATE, interval=1.0, **WARM | {"soc": 0.5})
    assert np.ptp(run.temperatures[-1]) > 10.0
    share = np.array([row[1] for row in PLATE.of(cellsim.load(POUCH)).chain])
    conductance = []
    for T in run.temperatures[-1]:
        pulse = cellsim.simulate(POUCH, f"Rest for 1 s; Discharge at {small} A for 1 s", soc=0.5, temperature=T)
        V = pulse.at("Voltage [V]", [0.5, 2.0])
        conductance.append(small / (V[0] - V[1]))
    expected = share * conductance / (share @ conductance)
    assert run.currents[-1] / small == approx(expected, rel=0.03)
    assert run.worst_share > 1.3 and run.shares[-1] @ share == approx(1.0, rel=1e-9)


def test_charge_is_kept_and_zones_drift_apart_on_a_warm_plate():
    """What the zones took is what the terminals gave, to rounding of 1e4 steps of the cells: 1e-9."""
    cell = cellsim.load(POUCH)
    share = np.array([row[1] for row in PLATE.of(cell).chain])
    runs = [simulate_zones(POUCH, -28.0, heat=PLATE, duration=300.0, interval=dt, **WARM) for dt in (20.0, 10.0)]
    for run in runs:
        # state of charge is linear in the charge, so its mean is that of a single run with the same current
        one = cellsim.simulate(POUCH, "Charge at 28 A for 300 s", soc=0.1, temperature=298.15)
        assert run.socs[-1] @ share == approx(one["State of charge"][-1], abs=1e-9)
        assert np.ptp(run.temperatures, axis=1).max() > 20.0 and run.mismatch <= 2e-5
        assert run.socs[-1, -1] > run.socs[-1, 0] + 0.005  # the zone on the plate took more
    assert runs[0].voltage[-1] == approx(runs[1].voltage[-1], abs=1e-3)


def test_it_ends_at_the_cut_off_of_the_cell():
    run = simulate_zones(CAN, 15.0, heat=ThermalNetwork(nodes=3), soc=0.3, model=SPM, interval=60.0)
    assert run.ending is Ending.LOWER_VOLTAGE and run.voltage[-1] == approx(2.5, abs=0.03)


SAME = {"soc": 0.5, "temperature": 298.15}
CYCLE = """
Charge at 1C until 4.1 V
Hold at 4.1 V until C/5
Rest for 5 min
Discharge at 20 W for 5 min
Discharge at 0.5 Ohm until 3.6 V
Charge at 1C until 75% SOC
"""


def test_one_zone_is_the_plain_run():
    """Every kind of step: durations, charges, energies and temperature of the run with one temperature.

    0.2 %: a tenth of what the accuracy of either run, 1 mV, moves the end of the hold by (1 mV over 25 mOhm is 40 mA of
    a current that falls to 1 A with a time constant of 800 s: 2 %); 0.02 K, as the heat, of 8 K, may differ by as much.
    """
    one = cellsim.simulate(CAN, CYCLE, SPM, heat=ThermalNetwork(nodes=1), **SAME)
    run = simulate_zones(CAN, CYCLE, heat=ThermalNetwork(nodes=1), model=SPM, **SAME)
    for a, b in zip(run.steps, one.steps, strict=True):
        assert a.ending is b.ending and a.t_end - a.t_start == approx(b.t_end - b.t_start, rel=2e-3), a.step
        for name in ("discharge_capacity", "charge_capacity", "discharge_energy", "charge_energy"):
            assert getattr(a, name) == approx(getattr(b, name), rel=2e-3, abs=1e-9), (a.step, name)
    assert run.temperatures[-1, 0] == approx(one["Cell temperature [K]"][-1], abs=0.02)


@pytest.mark.parametrize("name", [POUCH, "nmc811_pouch_modern"])
def test_a_protocol_keeps_charge_and_heat_and_meets_its_limits(name):
    """CC-CV on a warm plate, a rest in which zones even out, and a discharge; repeated.

    Charge: states of charge of the zones to what the terminals gave, to 1e-8 of it.  Heat: what zones made is what they
    hold and have lost, but for what the last interval owes: 1 mK, to which temperatures agree, times the heat capacity.
    """
    cell = cellsim.load(name)
    text = """
    Repeat 2:
      Charge at 1C until 4.0 V or for 10 min
      Hold at 4.0 V until C/4 or for 5 min
      Rest for 2 min at ambient 0 degC
      Discharge at C/2 for 3 min
    """
    run = simulate_zones(cell, text, heat=PLATE, interval=20.0, **WARM)
    body = PLATE.of(cell)
    share = np.array([row[1] for row in body.chain])
    for k in range(len(run.steps)):
        at = run.step_index == k
        asked = {"Charge": -1.0, "Rest": 0.0, "Discharge": 0.5}.get(run.steps[k].step.split()[0])
        if asked is None:
            assert run.voltage[at][1:] == approx(4.0, abs=2e-5) and np.abs(np.diff(run.current[at])).max() > 0.0
        else:
            assert run.current[at] == approx(asked * cell.nominal_capacity, rel=1e-9, abs=1e-9)
    passed = sum(x.discharge_capacity - x.charge_capacity for x in run.steps)
    assert run.capacity == approx(passed, rel=1e-9)
    moved = (run.socs[0] - run.socs[-1]) @ share
    one = cellsim.simulate(cell, "Discharge at C/10 for 60 s", soc=0.5)["State of charge"]
    per_charge = (one[0] - one[-1]) / (0.1 * cell.nominal_capacity / 60.0)
    assert moved == approx(passed * per_charge, rel=1e-8)
    held = body.heat_capacity * ((run.temperatures[-1] - run.temperatures[0]) @ share)
    assert run.heat_made[-1] - run.heat_lost[-1] == approx(held, abs=1e-3 * body.heat_capacity)
    assert run.heat_made[-1] > 0.0 > run.heat_lost[-1] and np.ptp(run.temperatures, axis=1).max() > 10.0


def test_conditions_capacity_limits_and_loops_follow_the_cell():
    """A loop by a condition on the state of charge, an end by charge to 1e-8 of it, and a stop by voltage."""
    text = """
    label again
    Discharge at 2 A until 0.1 Ah
    goto again if soc above 42%
    Charge at 2 A until 3.9 V or for 60 s
    stop if voltage above 3 V
    Rest for 1 h
    """
    run = simulate_zones(CAN, text, heat=ThermalNetwork(nodes=2), model=SPM, **SAME)
    one = cellsim.simulate(CAN, text, SPM, heat=ThermalNetwork(nodes=2), **SAME)
    assert [x.step for x in run.steps] == [x.step for x in one.steps] and run.termination == one.termination
    assert len(run.steps) > 3
    assert [x.discharge_capacity for x in run.steps] == approx([x.discharge_capacity for x in one.steps], rel=1e-8)


def test_a_heater_and_its_surroundings_reach_the_surface():
    """A cold can without load heated from outside: the heat that it holds is the heater's but for what it lost."""
    heat = ThermalNetwork(nodes=3)
    text, how = "Heat at 20 W for 100 s at ambient 20 degC", {"soc": 0.5, "temperature": 263.15}
    one = cellsim.simulate(CAN, text, heat=heat, **how)["Temperature from core to surface [K]"][-1]
    off = []
    for interval in (20.0, 5.0):
        run = simulate_zones(CAN, text, heat=heat, interval=interval, **how)
        assert run.heat_made[-1] == approx(2000.0, rel=1e-9)
        off.append(np.abs(run.temperatures[-1] - one).max())
    # the flow between two nodes is that of their means over an interval, to first order; 1 % of the 14 K between them
    assert np.ptp(one) > 10.0 and off[1] < 0.14 and off[1] < 0.5 * off[0], off


def test_profiles_margins_and_periods_are_those_of_a_run():
    """A power along points, a plating margin at the worst zone to 0.1 mV, and rows at multiples of a period."""
    heat, points = ThermalNetwork(nodes=2), Profile((0.0, 10.0, 11.0, 60.0), (10.0, 10.0, -10.0, -10.0))
    run = simulate_zones(CAN, cellsim.Step("power", points), heat=heat, **SAME)
    later = run.times > 0.0
    # the power is met to the 0.02 mV of the voltage at up to 3 A
    assert (run.voltage * run.current)[later] == approx(points(run.times[later]), abs=2e-5 * 3.0)
    text, how = "Charge at 2C until plating margin 10 mV", {"soc": 0.1, "temperature": 298.15}
    run, one = simulate_zones(CAN, text, heat=heat, **how), cellsim.simulate(CAN, text, heat=heat, **how)
    assert run.ending is one.endings[-1] is Ending.PLATING_MARGIN
    slope = np.gradient(one["Plating margin [V]"], one.t)[-2]  # two runs, each to 1 mV
    assert run.times[-1] == approx(one.t[-1], abs=2e-3 / abs(slope)) and abs(2e-3 / slope) < 0.1 * one.t[-1]
    run = simulate_zones(CAN, "Discharge at 1C for 60 s (7 seconds period)", heat=heat, **SAME)
    assert {7.0, 14.0, 56.0, 60.0} <= set(run.times.round(9).tolist())


def test_a_load_that_bends_the_current_takes_shorter_intervals():
    """US06 at up to 18C, power on 1 s points: to twice the accuracy of 1 mV, whatever the interval."""
    how = {"heat": ThermalNetwork(nodes=2), **SAME}
    one, run = cellsim.simulate(CAN, "Run US06 for 16 s", **how), simulate_zones(CAN, "Run US06 for 16 s", **how)
    at = run.times > 0.0
    assert np.ptp(run.current) > 50.0
    assert run.voltage[at] == approx(one.at("Voltage [V]", run.times[at]), abs=2e-3)


def test_steps_that_begin_at_their_end_and_jumps_of_a_held_voltage():
    """Holds that jump by a volt, a charge that is full at once, and a power that the cell does not have."""
    heat = ThermalNetwork(nodes=2)
    run = simulate_zones(CAN, "Hold at 3.0 V for 60 s; Hold at 4.1 V for 60 s; Rest for 60 s", heat=heat, **SAME)
    assert [step.ending for step in run.steps] == [Ending.DURATION] * 3 and run.steps[0].discharge_capacity > 0.0
    assert run.current[run.step_index == 2] == approx(0.0, abs=1e-9) and np.isnan(run.shares[-1]).all()
    run = simulate_zones(CAN, "Rest for 1 s; Charge at 1C until 50% SOC; Rest for 1 s", heat=heat, soc=0.6)
    assert run.steps[1].t_end == run.steps[1].t_start == 1.0 and run.steps[2].ending is Ending.DURATION
    with pytest.raises(ProtocolError, match="Discharge at 3000 W.*at once.*smaller load"):
        simulate_zones(CAN, "Discharge at 3 kW for 10 s", heat=heat, **SAME)


@pytest.mark.parametrize(
    ("given", "fault", "words"),
    [
        ({"heat": cellsim.Lumped()}, ParameterError, "heat Lumped.*: give a ThermalNetwork"),
        ({"steps": 0.0}, ProtocolError, "needs a duration"),
        ({"soc": "full"}, ProtocolError, "soc 'full': a state of charge"),
        ({"interval": -1.0}, ProtocolError, "interval"),
        ({"ambient": 3.0}, ProtocolError, "ambient 3: give kelvin"),
        ({"steps": "Discharge at 1C for 1 min", "duration": 60.0}, ProtocolError, "duration 60.*leave it out"),
        ({"steps": "Hold plating margin at 10 mV for 1 min"}, ProtocolError, "zones hold a voltage only; use simulate"),
        ({"steps": "Hold at 4.5 V for 1 min"}, ProtocolError, "above the upper cut-off voltage"),
        ({"steps": "Rest for 2 days", "interval": 0.5}, ProtocolError, "3.46e.05 intervals of 0.5 s.*longer interval"),
        ({"steps": 1e5}, ProtocolError, "give a smaller load"),
    ],
)
def test_wrong_arguments_are_named(given, fault, words):
    with pytest.raises(fault, match=words):
        simulate_zones(CAN, **({"steps": 5.0} | given))
