"""Limits of steps: met from their own side, at once where they lie behind, and never without being asked for."""

import math
import pickle

import numpy as np
import pytest

import cellsim
from cellsim.errors import Ending, ProtocolError
from cellsim.models import open_circuit_voltage

LG = "lgm50_chen2020"
EXACT = 1e-9  # of a state of charge: an ending is located to 1e-9 s or 1e-12 of the charge


@pytest.mark.parametrize(
    "words, before, after",
    [
        ("Charge at C/5 until 80% SOC", "Charge at C/5 until 80% SOC; Rest for 1 hour", 0.8),
        ("Discharge at C/5 until 30% SOC", "Discharge at C/5 until 30% SOC; Rest for 1 hour", 0.3),
        ("Discharge at 0.01 W until 60% SOC", "Rest for 10 min", 0.5),
        ("Charge at 3 mA/cm2 until 40% SOC", "Rest for 10 min", 0.5),
        ("Charge at 2 W until 50% SOC", "Rest for 10 min", 0.5),
        ("Discharge at 2 Ohm until 50% SOC", "Rest for 10 min", 0.5),
        ("Hold at 3.9 V until 50% SOC", "Rest for 10 min", 0.5),
    ],
)
def test_a_state_of_charge_already_reached_ends_a_step_at_once(words, before, after):
    """In every control and direction; what follows is a step like any other, on a clock that goes on."""
    result = cellsim.simulate(LG, f"{before}; {words}; {words}; Rest for 60 s", soc=0.5)
    assert result.endings[-3:] == (Ending.CAPACITY, Ending.CAPACITY, Ending.DURATION)
    assert abs(result["State of charge"][-1] - after) < EXACT
    assert result.steps[-2].t_end == result.steps[-2].t_start
    assert all(
        math.isfinite(x)
        for step in result.steps
        for x in (step.t_start, step.t_end, step.charge_capacity, step.discharge_capacity, step.charge_energy)
    )
    assert result.t[-1] == pytest.approx(result.steps[-1].t_start + 60.0, abs=1e-9)


@pytest.mark.parametrize(
    "limit, ending",
    [
        ("until 3 V", Ending.DURATION),
        ("until above 3 V", Ending.UPPER_VOLTAGE),
        ("until 0.001 Ah", Ending.CAPACITY),
        ("until 4.2 V", Ending.DURATION),
    ],
)
def test_limits_behind_and_ahead_of_a_discharge_from_amid(limit, ending):
    """A voltage limit with a side holds whichever way the current flows."""
    side = "until below 3 V" if limit == "until 3 V" else "until above 4.2 V" if "4.2" in limit else limit
    result = cellsim.simulate(LG, f"Rest for 1 s; Discharge at C/10 for 60 s {side}", soc=0.5)
    assert result.endings[-1] == ending


def test_a_held_voltage_ends_at_the_state_of_charge_asked_for_only():
    """From half full a hold at 4.1 V charges: it never comes to 20 %, however long."""
    result = cellsim.simulate(LG, "Hold at 4.1 V until 20% SOC or for 20 hours", soc=0.5)
    assert result.endings == (Ending.DURATION,) and result.t[-1] == pytest.approx(72000.0)
    result = cellsim.simulate(LG, "Hold at 4.1 V until 70% SOC or for 20 hours", soc=0.5)
    assert result.endings == (Ending.CAPACITY,) and abs(result["State of charge"][-1] - 0.7) < EXACT


def test_of_several_limits_the_first_one_met_counts():
    """Whatever their order and units: nothing that was said is replaced by what is said later."""
    for until in ("1 Ah or until 60% SOC", "60% SOC or until 1 Ah"):
        result = cellsim.simulate(LG, f"Discharge at 1C until {until}", soc=1.0)
        assert result.discharge_capacity == pytest.approx(1.0, rel=1e-9)
    for until in ("C/20 or until 1 A", "1 A or until C/20"):
        result = cellsim.simulate(LG, f"Hold at 4.1 V until {until}", soc=0.5)
        assert result["Current [A]"][-1] == pytest.approx(-1.0, rel=1e-6)


def test_a_rest_ends_at_a_voltage():
    """Relaxation up after a discharge, and down after a charge; and the rest's own time if it is not met."""
    after = cellsim.simulate(LG, "Discharge at 1C for 20 min; Rest for 1 hour until 3.9 V")
    assert after.endings[-1] == Ending.UPPER_VOLTAGE and after["Voltage [V]"][-1] == pytest.approx(3.9, abs=1e-6)
    V = cellsim.simulate(LG, "Charge at 1C for 10 min; Rest for 1 hour", soc=0.5).at("Voltage [V]", [601.0, 4200.0])
    amid = float(V.mean())
    after = cellsim.simulate(LG, f"Charge at 1C for 10 min; Rest for 1 hour until below {amid!r} V", soc=0.5)
    assert V[0] > amid + 1e-3 and after.endings[-1] == Ending.LOWER_VOLTAGE
    assert after["Voltage [V]"][-1] == pytest.approx(amid, abs=1e-6) and 601.0 < after.t[-1] < 4200.0
    after = cellsim.simulate(LG, "Rest for 1 hour until below 3 V", soc=0.7)
    assert after.endings == (Ending.DURATION,)


def test_no_step_ends_at_a_time_that_no_one_gave():
    """200 Ohm takes the cell empty in days; a capacity stated too small shortens nothing."""
    slow = cellsim.simulate(LG, "Discharge at 200 Ohm until 2.5 V")
    assert slow.endings == (Ending.LOWER_VOLTAGE,)
    # the charge between open-circuit voltages of 4.2 and 2.5 V: at 20 mA nothing else counts (0.1 mV, 1e-4 of it)
    whole = cellsim.simulate(LG, "Discharge at 0.02 A until 2.5 V")
    assert slow.discharge_capacity == pytest.approx(whole.discharge_capacity, rel=1e-3)
    small = cellsim.load(LG).with_({"cell/nominal capacity": 1.0})
    one = [cellsim.simulate(cell, "Discharge at 1 A until 2.5 V").t[-1] for cell in (LG, small)]
    assert one[1] == pytest.approx(one[0], rel=1e-4)  # the meshes differ with the C-rate: 1 mV on a steep end


def test_a_step_that_meets_no_limit_says_so():
    """A rest that waits for a temperature it does not reach."""
    result = cellsim.simulate(LG, "Rest until temperature above 310 K; Discharge at 1C", heat=True)
    assert result.endings == (Ending.NO_LIMIT_MET,)
    assert str(result).splitlines()[0].startswith("stopped in step 1") and "no limit" in result.termination


def test_what_flows_both_ways_is_counted_both_ways():
    """A hold that first takes charge back and then gives it: the sums are those of the stored current."""
    result = cellsim.simulate(LG, "Discharge at 2C for 10 minutes; Hold at 3.645 V for 1 hour", soc=0.7, accuracy=1e-5)
    held, rows = result.steps[1], result.step_index == 1
    t, I = result.t[rows], result["Current [A]"][rows]
    fine = np.linspace(t[0], t[-1], 200001)
    current = np.interp(fine, t, I)
    # the trapezoidal rule on the rows of an accurate run; an earlier analysis at 1 mV found 0.104 and 0.099 A.h
    assert held.discharge_capacity == pytest.approx(np.trapezoid(np.maximum(current, 0), fine) / 3600.0, rel=2e-3)
    assert held.charge_capacity == pytest.approx(np.trapezoid(np.maximum(-current, 0), fine) / 3600.0, rel=2e-3)
    assert held.discharge_capacity == pytest.approx(0.104, abs=1e-3)
    assert held.charge_capacity == pytest.approx(0.099, abs=1e-3)
    net = result["Discharge capacity [A.h]"][rows]
    assert held.discharge_capacity - held.charge_capacity == pytest.approx(net[-1] - net[0], abs=1e-12)


def test_steps_in_surroundings_of_their_own_use_the_laws_of_that_temperature():
    """Without heat a step at -20 degC is that of a cell at -20 degC, wherever the run began."""
    mesh = cellsim.DFN((8, 4, 8), 8)
    result = cellsim.simulate(
        LG,
        "Rest for 1 s at ambient -20 degC; Discharge at 1C for 10 min at ambient -20 degC; Discharge at 1C for 10 min",
        mesh,
        temperature=333.15,
        soc=0.9,
    )
    cold = cellsim.simulate(LG, "Rest for 1 s; Discharge at 1C for 10 min", mesh, temperature=253.15, soc=0.9)
    assert result.endings == (Ending.DURATION,) * 3
    rows = result.step_index == 1
    # the very same equations, laws and mesh: rounding only
    np.testing.assert_allclose(result["Voltage [V]"][rows], cold["Voltage [V]"][cold.step_index == 1], atol=1e-10)
    np.testing.assert_allclose(
        result["Plating margin [V]"][rows], cold["Plating margin [V]"][cold.step_index == 1], atol=1e-10
    )
    assert set(np.round(result["Cell temperature [K]"], 9)) == {253.15, 333.15}


def test_leaving_the_temperatures_of_the_laws_stops_the_run_and_is_called_that():
    """A heater without end; no one asked for a temperature limit.

    In a small sodium cell a large one makes 4 K per millisecond, and the end of the range is missed by microkelvins.
    """
    hold, cooled = "Hold plating margin at 83 mV for 0.03 seconds with heater 790 W; Rest for 1 s", 185.8
    many = [
        ("chayambuka2022", hold, cellsim.Lumped(heat_transfer_coefficient=cooled), T) for T in (280.0, 285.0, 290.0)
    ]
    for cell, steps, heat, T in ((LG, "Heat at 50 W for 10 hours; Discharge at 1C", True, 298.15), *many):
        result = cellsim.simulate(cell, steps, heat=heat, temperature=T, soc=1.0)
        assert result.endings == (Ending.TEMPERATURE_RANGE,)
        assert "temperature range" in str(result).splitlines()[0]
    asked = cellsim.simulate(LG, "Heat at 50 W until 40 degC; Discharge at 1C for 1 s", heat=True, soc=0.5)
    assert asked.endings == (Ending.TEMPERATURE, Ending.DURATION)


@pytest.mark.parametrize("cell", ["danilov2011", "lfp_peo_li"])
def test_a_cell_at_the_edge_of_its_range_can_leave_it(cell):
    """A positive electrode filled to 1, charged."""
    result = cellsim.simulate(cell, "Charge at C/3 for 10 min", soc=0.0)
    assert result.endings == (Ending.DURATION,)


def test_an_empty_negative_electrode_can_be_charged_and_not_discharged():
    """The edge counts in the direction in which the current drives the surface."""
    cell = cellsim.load(LG).with_({"negative electrode/minimum stoichiometry": 0.0})
    assert cellsim.simulate(cell, "Charge at C/20 for 1 hour", soc=0.0).endings == (Ending.DURATION,)
    there = cellsim.simulate(cell, "Discharge at C/20 for 1 hour", soc=0.0, force=True)
    assert there.endings[0] in (Ending.PARTICLE_EMPTY, Ending.LOWER_VOLTAGE) and there.t[-1] < 60.0


def test_too_many_steps_are_the_first_thing_that_is_said():
    """And the run is as long as what was done."""
    result = cellsim.simulate(LG, "Repeat 5:\n Rest for 10 s\n End", max_steps=3)
    assert len(result.steps) == 3 and str(result).splitlines()[0] == "stopped after 3 steps, the most that are allowed"
    whole = cellsim.simulate(LG, "Repeat 2:\n Rest for 10 s\n End")
    assert whole.termination == "the protocol is complete" and not str(whole).startswith("stopped")


@pytest.mark.parametrize("heat", [None, True])
@pytest.mark.parametrize(
    "cell, first, then",
    [
        (LG, "Discharge at 1C for 20 min", "Rest for 10 min; Discharge at 1C for 10 min"),
        (LG, "Charge at 1C until 4.1 V", "Hold at 4.1 V until C/10"),
        ("target_nmc811_lpscl_li", "Discharge at C/2 for 20 min", "Charge at C/3 for 10 min"),
    ],
)
def test_a_run_split_in_two_is_the_run_in_one(cell, first, then, heat):
    """Bit for bit: a step begins anew either way."""
    model, how = cellsim.DFN((6, 3, 6), 6), {"soc": 0.8, "heat": heat}
    whole = cellsim.simulate(cell, f"{first}; {then}", model, **how)
    begun = cellsim.simulate(cell, first, model, **how)
    rest = cellsim.simulate(cell, then, start=begun, heat=heat)
    rows = whole.step_index > 0
    for name in ("Voltage [V]", "State of charge", "Cell temperature [K]"):
        np.testing.assert_allclose(rest[name], whole[name][rows], rtol=0.0, atol=1e-12)
    assert rest.steps[-1].discharge_capacity == pytest.approx(whole.steps[-1].discharge_capacity, abs=1e-14)
    assert rest["Discharge capacity [A.h]"][0] == 0.0


def test_what_a_run_cannot_go_on_from_is_refused(tmp_path):
    """Another cell, a second start, a result that holds no state."""
    begun = cellsim.simulate(LG, "Rest for 10 s")
    with pytest.raises(ProtocolError, match="variation of it"):
        cellsim.simulate(cellsim.load(LG).with_({"separator/thickness": 1e-5}), "Rest for 1 s", start=begun)
    for more in ({"soc": 0.5}, {"temperature": 300.0}, {"voltage": 4.0}, {"model": cellsim.SPM()}):
        with pytest.raises(ProtocolError, match="leave out"):
            cellsim.simulate(LG, "Rest for 1 s", start=begun, **more)
    begun.save(tmp_path / "run.nc")
    for lost in (cellsim.Result.load(tmp_path / "run.nc"), pickle.loads(pickle.dumps(begun)), "run.nc"):
        with pytest.raises(ProtocolError, match="does not hold the state"):
            cellsim.simulate(LG, "Rest for 1 s", start=lost)


def test_a_coarse_mesh_carried_on_is_said():
    """A rest's mesh is not that of a fast discharge."""
    begun = cellsim.simulate(LG, "Rest for 10 min", soc=0.9)
    fast = cellsim.simulate(LG, "Discharge at 3C for 5 min", start=begun)
    assert any("coarser" in remark for remark in fast.remarks) and "note:" in str(fast)
    same = cellsim.simulate(LG, "Rest for 10 min", start=begun)
    assert not same.remarks


def test_the_charge_of_a_hold_is_the_integral_of_its_stored_current():
    """Random holds at the default accuracy, by Simpson's rule on rows and their middles.

    The error of a step's charge is held below half a thousandth of the charge, or of a hundredth of the capacity where
    that is more; a run of some tens of steps gathers a few of these: 0.4 % and 4e-5.
    """
    rng = np.random.default_rng(7)
    for name in ("lgm50_chen2020", "leaf_2018", "sony_vtc5a", "target_nmc811_lpscl_li"):
        cell = cellsim.load(name)
        low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
        for soc, dV, seconds in zip(
            rng.uniform(0.2, 0.8, 8), rng.uniform(-0.2, 0.2, 8), 10 ** rng.uniform(1, 4, 8), strict=True
        ):
            V = min(max(open_circuit_voltage(cell, soc) + dV, low + 0.01), high - 0.01)
            result = cellsim.simulate(cell, cellsim.Step("voltage", float(V), float(seconds)), soc=soc)
            t, I = result.t, result["Current [A]"]
            q = np.sum((t[2::2] - t[:-2:2]) * (I[:-2:2] + 4.0 * I[1::2] + I[2::2])) / 6.0 / 3600.0
            passed = result.discharge_capacity + result.charge_capacity
            net = result.discharge_capacity - result.charge_capacity
            assert abs(q - net) < 4e-3 * passed + 4e-5 * cell.nominal_capacity, (name, soc, V, seconds)


def test_a_load_ends_at_the_lower_cut_off_voltage_also_where_the_next_time_step_is_below_zero():
    """The particles of this SPM are full within a time step, beyond which a resistance draws a negative current."""
    how = {"soc": 0.0, "temperature": 347.8208130910949, "model": "SPM"}
    along = cellsim.Profile((0.0, 264.8), (718.2, 1547.0))
    run = cellsim.simulate("minnmann2021", cellsim.Step("resistance", along), **how)
    even = cellsim.simulate("minnmann2021", cellsim.Step("resistance", 718.5), **how)
    for found in (run, even):
        assert found.endings == (Ending.LOWER_VOLTAGE,)
        assert found["Voltage [V]"][-1] == pytest.approx(2.0, abs=1e-6) and found["Voltage [V]"].min() > 1.999


@pytest.mark.parametrize("load", [("power", 0.05), ("resistance", 2.0)])
def test_a_load_of_a_cell_below_zero_is_at_its_lower_cut_off_voltage(load):
    """Its positive electrode is filled beyond what it takes up, so that the power would charge it."""
    cell = cellsim.load("marquis2019").half_cell("positive")
    cell = cell.with_({"positive electrode/maximum stoichiometry": 1.0})
    assert cellsim.models.open_circuit_voltage(cell, 0.0, 298.15) < 0.0
    run = cellsim.simulate(cell, cellsim.Step(*load), soc=0.0)
    assert run.endings == (Ending.LOWER_VOLTAGE,) and run.t[-1] == 0.0
