"""Double layers that are charged within a run: against PyBaMM, closed forms, the impedance, and whatever cell there is.

CELLSIM_DOUBLE_LAYER_RUNS: how many random cells, 20 unless given.
"""

import json
import os
import random

import numpy as np
import pytest
from alternating import impedance_in_time
from pytest import approx
from random_cells import cell as random_cell
from reference_cases import columns
from reference_cells import DOUBLE_LAYER_PULSES, single_ion, with_double_layers

import cellsim
from cellsim import DFN, SPM, ParameterError, SPMe, Step
from cellsim.kernels import layout
from cellsim.models import initial_state
from cellsim.models.electrodes import has_film
from cellsim.physics.constants import F, R

RUNS = int(os.environ.get("CELLSIM_DOUBLE_LAYER_RUNS", "20"))
V = "Voltage [V]"
N, P = "negative electrode/", "positive electrode/"
CAPACITY = "double-layer capacity"
CHEN = cellsim.load("lgm50_chen2020")
LAYERED = with_double_layers(CHEN)
SOLID = cellsim.load("target_nmc811_lpscl_li").with_({N + CAPACITY: 0.05, P + CAPACITY: 0.1})
SMALL = {"DFN": DFN((8, 3, 8), 8, 1e6), "SPMe": SPMe((6, 3, 6), 8, 1e6), "SPM": SPM(8, 1e6)}
PULSES = [Step("c-rate", 2.0, 0.005), Step("rest", 0.0, 0.005), Step("c-rate", -1.0, 0.02), Step("rest", 0.0, 0.1)]


@pytest.fixture(scope="module")
def reference():
    """Column by column: times [s], and voltages [V] by model and load."""
    return columns("pybamm_double_layers.csv")


@pytest.mark.parametrize("name", ("DFN", "SPM", "half cell"))
def test_pulses_agree_with_pybamm(reference, name):
    """1 ms to 1 s, either way, from a hundredth of each on: 0.5 mV at every point.

    The reference is good to 0.1 mV, the mesh here is chosen for 0.1 mV; the rest is room for either's steps in time.
    """
    cell, model, soc = {
        "DFN": (LAYERED, DFN(), 0.5),
        "SPM": (LAYERED, SPM(), 0.5),
        "half cell": (with_double_layers(single_ion()), DFN(), None),
    }[name]
    steps = [Step("c-rate", rate, time) if rate else cellsim.rest(time) for rate, time in DOUBLE_LAYER_PULSES]
    run = cellsim.simulate(cell, steps, model, soc=soc, accuracy=1e-4, rtol=1e-6)
    off = run.at(V, reference["time_s"] * (1.0 - 1e-9)) - reference[f"{name} pulses"]
    assert np.max(np.abs(off)) < 5e-4


@pytest.mark.parametrize("model", ("DFN", "SPM"))
def test_a_discharge_agrees_with_pybamm(reference, model):
    """1C from full; as above."""
    run = cellsim.simulate(LAYERED, cellsim.discharge(1.0), getattr(cellsim, model)(), accuracy=1e-4, rtol=1e-6)
    off = run.at(V, reference[f"{model} discharge time_s"]) - reference[f"{model} discharge"]
    assert np.max(np.abs(off)) < 5e-4


@pytest.mark.parametrize("f", (1.0, 30.0, 1000.0))
@pytest.mark.parametrize("kind, cell", [("DFN", CHEN), ("SPMe", CHEN), ("SPM", CHEN), ("DFN", SOLID)])
def test_a_small_alternating_current_gives_the_impedance(kind, cell, f):
    """1 Hz to 1 kHz at 2 % of 1C, on one mesh: 0.1 % of the modulus.  A polygon of 128 points is a sine to 0.02 %."""
    if cell is CHEN:
        cell = LAYERED
    model = {"DFN": DFN((40, 6, 40), 24, 1e8), "SPMe": SPMe((12, 6, 12), 24, 1e8), "SPM": SPM(24, 1e8)}[kind]
    how = {"points": 128, "periods": 6, "settled": 4, "soc": 0.5, "rtol": 1e-9, "surface_form": "differential"}
    found = impedance_in_time(cell, f, 0.02 * cell.nominal_capacity, model, **how)
    there = cellsim.impedance(cell, [f], soc=0.5, model=model).impedance[0]
    assert abs(found / there - 1.0) < 1e-3


def test_a_small_current_charges_two_capacitors_behind_resistances():
    """V = V_0 - I sum R_ct (1 - exp(-t / R_ct C)) of both electrodes, in closed form.

    1e-4 of the final drop: that of particles and nonlinear kinetics at a thousandth of 1C is less.
    """
    cell, current = LAYERED, 1e-3
    run = cellsim.simulate(cell, Step("c-rate", current, 0.02), SPM(30, 1e9), soc=0.5, rtol=1e-9)
    t, I = run["Time [s]"], run["Current density [A.m-2]"][0]
    names = ("negative", "positive")
    i0 = [run[f"X-averaged {name} electrode exchange current density [A.m-2]"][0] for name in names]
    sys = run.final_state.model.discretise(cell, 298.15)
    area = [sys.volume["area"][sys.volume["side"] == side].sum() for side in (0, 1)]
    rct = [R * 298.15 / F / x for x in i0]
    drop = sum(I / a * r * (1.0 - np.exp(-t / (r * 0.2))) for r, a in zip(rct, area, strict=True))
    concentration = run["Negative particle concentration overpotential [V]"]
    concentration = concentration - run["Positive particle concentration overpotential [V]"]
    bulk = run["Bulk open-circuit voltage [V]"][0] - run["Bulk open-circuit voltage [V]"]
    found = run[V][0] - run[V] - concentration - bulk
    # particles delay charge transfer by their own overpotential, which is compared at the end of the pulse only
    assert found[-1] == approx(drop[-1], rel=2e-2)
    early = t < 2e-4
    assert found[early] + concentration[early] == approx(drop[early], abs=2e-3 * drop[-1])


@pytest.mark.parametrize("kind", SMALL)
def test_without_capacity_it_is_the_run_without_double_layers(kind):
    """1e-9 F/m2: 1e-8 s after each jump the voltage is that of the algebraic form to 1 uV; off, bit for bit."""
    steps, at = PULSES[:2], [1e-4, 4e-3, 5.1e-3, 9e-3]
    plain = cellsim.simulate(CHEN, steps, SMALL[kind], soc=0.5, rtol=1e-8)
    tiny = CHEN.with_({N + CAPACITY: 1e-9, P + CAPACITY: 1e-9})
    run = cellsim.simulate(tiny, steps, SMALL[kind], soc=0.5, rtol=1e-8, surface_form="differential")
    assert run.at(V, at) == approx(plain.at(V, at), abs=1e-6)
    off = cellsim.simulate(LAYERED, steps, SMALL[kind], soc=0.5, rtol=1e-8, surface_form="false")
    assert np.array_equal(off[V], plain[V]) and off.final_state.state.size == plain.final_state.state.size
    one = CHEN.with_({P + CAPACITY: 0.2})
    run = cellsim.simulate(one, steps, SMALL[kind], soc=0.5, surface_form="differential")
    assert not run["X-averaged negative electrode double-layer current density [A.m-2]"].any()


@pytest.mark.parametrize("kind", SMALL)
def test_at_first_the_double_layers_take_all_of_a_jump(kind):
    """The reaction goes on as it was, all that changes is ohmic: as the impedance at a high frequency says."""
    current = 1e-3
    run = cellsim.simulate(LAYERED, Step("c-rate", current, 1e-6), SMALL[kind], soc=0.5, rtol=1e-9)
    assert np.abs(run["Interfacial current density [A.m-2]"][0]).max() < 1e-6
    jump = (cellsim.models.open_circuit_voltage(CHEN, 0.5) - run[V][0]) / (current * CHEN.nominal_capacity)
    there = cellsim.impedance(LAYERED, [1e10], SMALL[kind], soc=0.5).impedance[0].real
    assert jump == approx(there, rel=1e-3, abs=1e-7)


@pytest.mark.parametrize("cell", (LAYERED, SOLID.with_surface_form("differential")), ids=("liquid", "metal"))
@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("how", ("steps", "profile"))
def test_currents_add_up_and_charge_is_kept(kind, cell, how):
    """Reactions and double layers carry the terminal current at every row, to 1e-9 of it.

    What has left particles is charge passed and what double layers have taken, to 1e-10 of all lithium.
    """
    t = np.array([0.0, 0.004, 0.0041, 0.008, 0.0081, 0.02])
    load = PULSES if how == "steps" else cellsim.profile(np.column_stack([t, [3.0, 3.0, -1.0, -1.0, 0.0, 0.0]]))
    run = cellsim.simulate(cell, load, SMALL[kind], soc=0.5)
    assert all(ending == cellsim.Ending.DURATION for ending in run.endings)
    sys = run.final_state.model.discretise(cell, run.final_state.temperature)
    volume, end, area = sys.volume, run.final_state.state, cell.value("cell/electrode area")
    I, ionic = run["Current density [A.m-2]"], run["Electrolyte current density [A.m-2]"]
    last = int(np.flatnonzero(volume["side"] == 0)[-1]) + 1  # the face to the separator
    assert np.abs(ionic[:, last] - I).max() < 1e-9 * np.abs(I).max()
    assert np.abs(ionic[:, -1]).max() < 1e-9 * np.abs(I).max()
    y, first = layout.unknowns(sys, end), layout.unknowns(sys, initial_state(cell, sys, 0.5))
    for side, part in enumerate(("negative", "positive")):
        here, name = volume["side"] == side, f"Total lithium in {part} electrode [mol]"
        if name in run:
            taken = ((y.v_dl - first.v_dl) * volume["C_dl"] * volume["area"])[here].sum()
            lithium = run[name] * F / area
            left = lithium[0] - lithium[-1] + taken - (1.0, -1.0)[side] * y.cell["Q"]
            assert abs(taken) > 1e-7 and abs(left) < 1e-10 * lithium[0]


def test_what_double_layers_store_is_not_heat():
    """Two pulses, and rests until they are forgotten: the energy that the cell gave and its heat add up to the same.

    With and without double layers, which end as they began.  2e-3 of the heat: what particles have not forgotten.
    """
    steps, lump = [Step("c-rate", 3.0, 2e-3), Step("rest", 0.0, 0.3)] * 2, cellsim.Lumped(1e9, 0.0, 1.0)
    found = []
    for form in ("false", "differential"):
        run = cellsim.simulate(LAYERED, steps, SMALL["DFN"], soc=0.5, heat=lump, rtol=1e-7, surface_form=form)
        found.append((run["Heat generated [J]"][-1], 3600.0 * run["Discharge energy [W.h]"][-1]))
    (plain, given), (heat, more) = found
    assert more - given > 0.2 * plain  # less is lost where double layers give the current
    assert heat + more == approx(plain + given, abs=2e-3 * plain)


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("control", ("4.0 V", "20 W", "0.2 Ohm"))
def test_any_control_jumps(kind, control):
    """A held voltage, a power and a resistance from rest: no failure, and at once what was asked for.

    2e-3: states halfway between steps are interpolated, and in an SPM the first power is that before the drop of 5 mV.
    """
    words = {"4.0 V": "Hold at 3.9 V for 0.1 s", "20 W": "Discharge at 20 W for 0.1 s"}
    cell = LAYERED.with_({"cell/series resistance": 1e-4})  # of an SPM nothing else limits the first current
    run = cellsim.simulate(cell, words.get(control, "Discharge at 0.2 Ohm for 0.1 s"), SMALL[kind], soc=0.5)
    assert run.endings == (cellsim.Ending.DURATION,) and np.isfinite(run[V]).all()
    asked = {"4.0 V": run[V] / 3.9, "20 W": run["Power [W]"] / 20.0}
    assert asked.get(control, run[V] / run["Current [A]"] / 0.2) == approx(1.0, rel=2e-3)


def test_composite_and_ageing_cells_have_them_too():
    """Charge as above, of a composite electrode and of one that grows an SEI; DFN and SPMe."""
    composite = with_double_layers(cellsim.load("lgm50_composite"))
    ages = with_double_layers(cellsim.load("okane2022"))
    for cell in (composite, ages):
        for kind in ("DFN", "SPMe"):
            run = cellsim.simulate(cell, PULSES, SMALL[kind], soc=0.5)
            sys = run.final_state.model.discretise(cell, 298.15)
            y = layout.unknowns(sys, run.final_state.state)
            first = layout.unknowns(sys, initial_state(cell, sys, 0.5))
            taken = (y.v_dl - first.v_dl) * sys.volume["C_dl"] * sys.volume["area"]
            taken = taken[sys.volume["side"] == 1].sum()
            lithium = run["Total lithium in positive electrode [mol]"] * F / cell.value("cell/electrode area")
            assert abs(lithium[0] - lithium[-1] + taken + y.cell["Q"]) < 1e-10 * lithium[0]
            assert run[V][1:3].max() - run[V][1:3].min() < 0.02 < run[V][0] - run[V].min()


@pytest.mark.parametrize("number", range(RUNS))
def test_random_cells_run_and_keep_their_lithium(number):
    """Pulses and profiles on cells that a user may make: no NaN, no failure of the solver, lithium to 1e-10."""
    rng = random.Random(f"double layers {number}")
    cell, _ = random_cell(rng)
    if has_film(cell):
        cell = CHEN
    layers = {f"{side} electrode/{CAPACITY}": 10.0 ** rng.uniform(-3.0, 1.0) for side in ("negative", "positive")}
    cell = cell.with_(layers).with_surface_form("differential")
    model = rng.choice((DFN((5, 3, 4), 6), SPMe((5, 3, 4), 6), SPM(6), DFN()))
    rates = [10.0 ** rng.uniform(-1.0, 0.7) * rng.choice((1.0, -1.0)) for _ in range(3)]
    times = [10.0 ** rng.uniform(-5.0, 1.0) for _ in range(6)]
    steps = [Step("rest", 0.0, t) if k % 2 else Step("c-rate", rates[k // 2], t) for k, t in enumerate(times)]
    run = cellsim.simulate(cell, steps, model, soc=rng.uniform(0.2, 0.9), heat=rng.random() < 0.3 or None)
    about = f"{number}: {cell.name}, {model}, {steps}: {run.termination}"
    assert np.isfinite(run.final_state.state).all() and np.isfinite(run[V]).all(), about
    assert not any(ending.is_failure for ending in run.endings), about


def test_wrong_forms_and_cells_without_capacity_are_named():
    with pytest.raises(ParameterError, match="surface form 'diff': give one of 'false', 'algebraic', 'differential'"):
        CHEN.with_surface_form("diff")
    with pytest.raises(ParameterError, match="neither electrode has a 'double-layer capacity'"):
        cellsim.simulate(CHEN, cellsim.discharge(1.0), surface_form="differential")
    with pytest.raises(ParameterError, match="thin-film model charges no double layers"):
        cellsim.simulate("danilov2011", cellsim.discharge(1.0), surface_form="differential")


def test_a_cell_with_the_option_comes_back_from_its_file(tmp_path):
    """The option is in the file; the same cell without it is another one."""
    path = tmp_path / "layered.json"
    path.write_text(json.dumps(LAYERED.to_json()), encoding="utf-8")
    again = cellsim.load(path)
    assert again.charges_double_layers and not again.with_surface_form("false").charges_double_layers
    assert again.with_surface_form("differential") is again
    assert LAYERED.with_({P + "thickness": 7e-5}).charges_double_layers
