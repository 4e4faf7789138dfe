"""Variables under PyBaMM's names: against a run of PyBaMM, sums that must close, and what they cost."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

import cellsim
from cellsim.models.materials.tables import conductivity
from cellsim.models.volumes import transport_efficiency
from cellsim.simulation import kept_states
from cellsim.simulation.plots.display import fine
from cellsim.simulation.variables.series import over

CHEN = "lgm50_chen2020"
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "variables_pybamm.json").read_text())
AIM = 1e-4  # V, the accuracy asked for; the reference is free of mesh error to about the same
STEPS = "Discharge at 1C for 20 min; Rest for 5 min; Charge at C/2 for 5 min"
PARTS = (
    ("Battery open-circuit voltage [V]", 1.0),
    ("Battery negative particle concentration overpotential [V]", -1.0),
    ("Battery positive particle concentration overpotential [V]", 1.0),
    ("X-averaged battery negative reaction overpotential [V]", -1.0),
    ("X-averaged battery positive reaction overpotential [V]", 1.0),
    ("X-averaged battery concentration overpotential [V]", 1.0),
    ("X-averaged battery electrolyte ohmic losses [V]", 1.0),
    ("X-averaged battery negative solid phase ohmic losses [V]", -1.0),
    ("X-averaged battery positive solid phase ohmic losses [V]", 1.0),
    ("Contact overpotential [V]", -1.0),
)


@pytest.fixture(scope="module")
def chen():
    return cellsim.simulate(CHEN, "Discharge at 1C for 3000 s", soc=None, accuracy=AIM)


@pytest.fixture(scope="module")
def short():
    return cellsim.simulate(CHEN, STEPS)


def tolerance(name, largest):
    """Potentials: the accuracy asked for.  Amounts and charges: no mesh error, to the tolerance of PyBaMM's solver.
    Other averages: 1e-4, what such an error of a potential is of a few tenths of a volt."""
    if "[V]" in name:
        return AIM
    if "[Ohm]" in name:
        return AIM / 5.0  # at 5 A
    return largest * (1e-7 if "Total" in name or "Throughput" in name or "capacity" in name else 2e-4)


@pytest.mark.parametrize("name", [n for n, found in REFERENCE["variables"].items() if "x" not in found])
def test_series_are_those_of_pybamm(chen, name):
    theirs = np.array(REFERENCE["variables"][name]["values"])
    ours = chen.at(name, REFERENCE["times"])
    assert np.abs(ours - theirs).max() < tolerance(name, np.abs(theirs).max())


@pytest.mark.parametrize("name", [n for n, found in REFERENCE["variables"].items() if "x" in found])
def test_fields_are_those_of_pybamm(chen, name):
    """To 1 % of the largest value: they are read between the points of a coarse mesh, along straight lines."""
    found = REFERENCE["variables"][name]
    theirs, axis = np.array(found["values"]), chen[chen.variables.dims(name)[1]]
    ours = np.array([np.interp(found["x"], axis, row) for row in chen.at(name, REFERENCE["times"])])
    assert np.abs(ours - theirs).max() < 0.01 * np.abs(theirs).max()


CASES = {
    "DFN": (CHEN, "DFN", {}),
    "SPM": (CHEN, "SPM", {}),
    "SPMe": (CHEN, "SPMe", {}),
    "heat": (CHEN, "DFN", {"heat": True}),
    "lithium metal, solid": ("target_nmc811_lpscl_li", "DFN", {}),
    "resistances": ("sony_vtc5a", "DFN", {}),
    "ageing": ("okane2022", "DFN", {}),
    "half cell": (cellsim.load(CHEN).half_cell("negative", cutoffs=(0.0, 2.0)), "SPMe", {}),
}


@pytest.mark.parametrize("case", CASES)
def test_parts_of_the_voltage_add_up(case):
    """To rounding, in every model; a discharge loses in every part, and without a current contacts take nothing."""
    cell, model, more = CASES[case]
    run = cellsim.simulate(cell, STEPS, model, **more)
    V = run["Voltage [V]"]
    assert np.abs(sum(sign * run[name] for name, sign in PARTS) - V).max() < 1e-13 * V.max()
    end = np.flatnonzero(run.step_index == 0)[-1]
    for name, sign in PARTS[3:]:
        assert sign * run[name][end] < 1e-9, name
    rest = run.step_index == 1
    assert np.abs(run["Contact overpotential [V]"][rest]).max() == 0.0


def test_parts_of_the_voltage_of_a_film_add_up():
    """To rounding; of lithium | lithium the ohmic part is current times path.

    That within 0.03 mV: it is what the others leave, and laws of kinetics are tables, good to 1e-3 of an overpotential.
    """
    run = cellsim.simulate("danilov2011", "Discharge at 3C for 10 min; Charge at 1.6C for 5 min")
    assert np.abs(sum(sign * run[name] for name, sign in PARTS) - run["Voltage [V]"]).max() < 1e-12
    cell = cellsim.load(CHEN).symmetric_cell("lithium")
    run = cellsim.simulate(cell, "Discharge at 1C for 5 min; Rest for 1 min", soc=0.5)
    salt, system = run["Electrolyte concentration [mol.m-3]"], run.final_state.model.discretise(cell, run.temperature)
    path = (system.volume["left"] + system.volume["right"])[1:-1]
    ohmic = -run["Current density [A.m-2]"] * (path / cell.law("electrolyte/conductivity")(salt[:, 1:-1], 298.15)).sum(
        axis=1
    )
    np.testing.assert_allclose(run["X-averaged electrolyte ohmic losses [V]"], ohmic, atol=3e-5)


@pytest.mark.parametrize("model", ["DFN", "SPMe"])
def test_parts_of_the_voltage_with_a_host_add_up(model):
    """Also where lithium, voids and interphase evolve; what an SPMe leaves to the electrolyte is Ohm's law.

    To 0.3 mV: at the knee, where rows between steps are interpolated, and 1e-6 V for most rows.
    """
    more = {"vanishing charge": 180.0, "host capacity": 5e4, "void share": 1.0, "interphase conductivity": 1e-6}
    cell = cellsim.load("target_nmc811_lpscl_li").with_({f"negative electrode/{k}": v for k, v in more.items()})
    run = cellsim.simulate(cell, "Discharge at C/3 until 2.8 V; Rest for 10 min", model)
    assert np.abs(sum(sign * run[name] for name, sign in PARTS) - run["Voltage [V]"]).max() < 1e-12
    end = run["Negative electrode bulk open-circuit potential [V]"]
    assert end[-1] > end[0] > 0.0
    if model == "SPMe":
        kappa = conductivity(cell, run.temperature)(np.array([cell.value("electrolyte/initial concentration")]))[0]
        paths = [
            cell.value(f"{p}/thickness") / transport_efficiency(cell, p) for p in ("separator", "positive electrode")
        ]
        ohmic = -run["Current density [A.m-2]"] * (paths[0] + paths[1] / 3.0) / kappa
        off = np.abs(run["X-averaged electrolyte ohmic losses [V]"] - ohmic)
        assert off.max() < 3e-4 and np.median(off) < 1e-6


def test_the_temperature_of_the_surroundings_is_that_of_each_step():
    steps = "Discharge at 1C for 10 s; Rest for 10 s at ambient 35 degC"
    for heat in (True, False):
        run = cellsim.simulate(CHEN, steps, heat=heat, ambient=290.0)
        expected = np.where(run.step_index == 0, 290.0, 308.15)
        np.testing.assert_allclose(run["Ambient temperature [K]"], expected, rtol=1e-15)
    after = cellsim.simulate(CHEN, "Rest for 10 s", start=run, ambient=300.0)
    assert (run + after)["Ambient temperature [C]"][-1] == pytest.approx(26.85, abs=1e-9)


def test_currents_reach_both_collectors_and_add_up(short):
    """Ionic and electronic current make up that of the cell at every face; only ions cross the separator."""
    ionic, electronic = short["Electrolyte current density [A.m-2]"], short["Electrode current density [A.m-2]"]
    x, current = short["x_f [m]"], short["Current density [A.m-2]"][:, None]
    cell = cellsim.load(CHEN)
    layers = [cell.value(f"{part}/thickness") for part in ("negative electrode", "separator", "positive electrode")]
    assert x[0] == 0.0 and x[-1] == pytest.approx(sum(layers), rel=1e-12)
    solid = (x < layers[0] * (1 - 1e-9)) | (x > (layers[0] + layers[1]) * (1 + 1e-9))
    scale = np.abs(current).max()
    assert np.abs((ionic + electronic - current)[:, solid]).max() < 1e-12 * scale
    assert np.abs((ionic - current)[:, ~solid]).max() < 1e-6 * scale  # the tolerance of Newton's method
    assert np.abs(ionic[:, -1]).max() < 1e-6 * scale


@pytest.mark.parametrize("cell", [CHEN, "target_nmc811_lpscl_li"])
def test_layers_of_the_electrolyte_are_parts_of_the_whole(cell):
    """Their fields and places, side by side; lithium metal has no layer of its own."""
    run = cellsim.simulate(cell, "Discharge at 1C for 60 s")
    layers = ["Negative", "Separator", "Positive"][cell != CHEN :]
    for quantity in ("concentration [mol.m-3]", "potential [V]"):
        whole = run[f"Electrolyte {quantity}"]
        parts = np.concatenate([run[f"{layer} electrolyte {quantity}"] for layer in layers], axis=1)
        np.testing.assert_array_equal(parts, whole[:, -parts.shape[1] :])
    places = np.concatenate([run[f"x_{layer[0].lower()} [m]"] for layer in layers])
    np.testing.assert_array_equal(places, run["x [m]"][-places.size :])
    assert places.size == run["x [m]"].size - (cell != CHEN)
    names = [f"{layer} electrolyte concentration [mol.m-3]" for layer in layers]
    spans = [fine(run, name, run[name])[0][[0, -1]] for name in names]  # in pictures layers meet at their ends
    assert all(left[1] == pytest.approx(right[0]) for left, right in zip(spans[:-1], spans[1:], strict=True))
    assert len(run.plot(names, times=2).axes) >= len(names)


def test_a_variable_that_was_not_simulated_names_what_it_needs(short):
    for name, words in (
        ("Loss of lithium inventory [%]", "no such ageing was simulated: see cell.with_ageing"),
        ("X-averaged negative SEI thickness [m]", "no such ageing"),
        ("Total heating [W]", "give heat=True"),
        ("Seperator porosity", "did you mean 'Separator porosity'"),
        ("voltage", "did you mean 'Voltage "),
    ):
        with pytest.raises(KeyError, match=words):
            short[name]


def test_amounts_are_the_same_in_all_units(short):
    """Stoichiometries times the largest concentration, and salt in mol from salt per volume."""
    cell, area = cellsim.load(CHEN), cellsim.load(CHEN).value("cell/electrode area")
    for side in ("Negative", "Positive"):
        c_max = cell.value(f"{side.lower()} electrode/maximum concentration")
        for name in (f"{side} particle", f"X-averaged {side.lower()} particle", f"{side} particle surface"):
            np.testing.assert_allclose(short[f"{name} concentration [mol.m-3]"], c_max * short[f"{name} concentration"])
        held = short[f"Average {side.lower()} particle concentration [mol.m-3]"] * area
        for key in ("thickness", "active material volume fraction"):
            held = held * cell.value(f"{side.lower()} electrode/{key}")
        np.testing.assert_allclose(held, short[f"Total lithium in {side.lower()} electrode [mol]"], rtol=1e-12)
    salt = sum(
        short[f"X-averaged {layer} electrolyte concentration [mol.m-3]"]
        * cell.value(f"{part}/thickness")
        * cell.value(f"{part}/electrolyte volume fraction")
        for layer, part in (
            ("negative", "negative electrode"),
            ("separator", "separator"),
            ("positive", "positive electrode"),
        )
    )
    np.testing.assert_allclose(salt * area, short["Total lithium in electrolyte [mol]"], rtol=1e-12)
    np.testing.assert_allclose(short["Time [min]"] * 60.0, short["Time [s]"], rtol=1e-15)
    np.testing.assert_allclose(
        short["Electrolyte concentration [Molar]"] * 1e3, short["Electrolyte concentration [mol.m-3]"]
    )


@pytest.mark.parametrize("model", ["SPMe", "DFN"])
def test_heat_by_its_origin(model):
    """It adds up to rounding, and each part is that of PyBaMM at the same current and contact resistance.

    To 1 %: on PyBaMM's 40 even volumes currents at the separator are off by half a volume of 40.
    """
    cell = cellsim.load(CHEN).with_({"cell/series resistance": 5e-4})
    run = cellsim.simulate(cell, "Discharge at 1C for 1800 s", model, heat=True, accuracy=AIM)
    parts = ("Irreversible electrochemical heating [W]", "Ohmic heating [W]", "Lumped contact resistance heating [W]")
    assert np.abs(sum(run[name] for name in parts) / run["Irreversible heating [W]"] - 1.0).max() < 1e-12
    area = cell.value("cell/electrode area")
    for words in ("Total heating", "Ohmic heating"):
        np.testing.assert_allclose(run[f"{words} per unit electrode-pair area [W.m-2]"] * area, run[f"{words} [W]"])
    made = cell.to_pybamm(temperature=298.15)
    pybamm = pytest.importorskip("pybamm")
    points = {"x_n": 40, "x_s": 20, "x_p": 40, "r_n": 40, "r_p": 40}
    times, solver = np.array([600.0, 1800.0]), pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8)
    theirs = pybamm.Simulation(
        made.model(model, heat=True), parameter_values=made.parameter_values, solver=solver, var_pts=points
    ).solve([0.0, 1800.0], t_interp=times)
    for name in parts:
        np.testing.assert_allclose(run.at(name, times), theirs[name](times), rtol=0.01)


@pytest.mark.parametrize("kind", ["chayambuka2022", "lgm50_composite", "target_nmc811_lpscl_li", "danilov2011"])
def test_all_that_is_answered_has_its_shape_and_is_finite(kind):
    """Of sodium, composites, lithium metal and thin films, with heat where the cell has it, in every model."""
    for model in (None, "SPMe", "SPM") if kind != "danilov2011" else (None,):
        run = cellsim.simulate(kind, "Discharge at C/3 for 60 s; Rest for 10 s", model, heat=kind != "danilov2011")
        names = run.keys()  # more than those that tables keep
        for name in names:
            dims, values = run.variables.dims(name), run[name]
            assert values.ndim == len(dims), name
            assert all(values.shape[k] == run[axis].size for k, axis in enumerate(dims)), name
            assert np.isfinite(values).all() or "3E" in name, name


def test_extremes_bound_what_they_are_of(short):
    for of in ("particle concentration", "particle surface concentration"):
        field = short[f"Positive {of}"].reshape(short.t.size, -1)
        np.testing.assert_array_equal(short[f"Minimum positive {of}"], field.min(axis=1))
        np.testing.assert_array_equal(short[f"Maximum positive {of}"], field.max(axis=1))


def test_what_passes_is_counted_in_both_directions(short):
    assert short["Throughput capacity [A.h]"][-1] == pytest.approx(5.0 / 3.0 + 2.5 / 12.0, rel=1e-9)
    assert short["Discharge capacity [A.h]"][-1] == pytest.approx(5.0 / 3.0 - 2.5 / 12.0, rel=1e-9)
    energy = short["Throughput energy [W.h]"][-1]
    assert energy == pytest.approx(short.discharge_energy + short.charge_energy, rel=1e-9)


def test_potentials_against_a_reference_electrode(short):
    """They differ by the voltage, and at rest the negative one is its open-circuit potential, once relaxed."""
    negative, positive = (short[f"{side} electrode 3E potential [V]"] for side in ("Negative", "Positive"))
    np.testing.assert_allclose(positive - negative, short["Voltage [V]"], atol=1e-14)
    start = short["X-averaged negative electrode open-circuit potential [V]"][0]
    run = cellsim.simulate(CHEN, "Rest for 10 s")
    assert run["Negative electrode 3E potential [V]"][-1] == pytest.approx(start, abs=1e-9)


def test_a_variable_costs_nothing_until_it_is_asked_for():
    """Neither a run, nor its names, nor whether a name is there computes one."""
    run = cellsim.simulate(CHEN, "Rest for 1 s")
    names = run.keys()
    assert len(names) > 150
    assert "X-averaged reaction overpotential [V]" in run
    assert run.cycles[0].steps[0].keys() == names
    assert not run.variables.kept
    run["Battery open-circuit voltage [V]"]
    assert set(run.variables.kept) == {"Bulk open-circuit voltage [V]"}


@pytest.mark.parametrize("room", (kept_states.ROOM, 0), ids=("states kept", "states made again"))
def test_variables_of_the_last_state_alone_are_those_of_the_run(room, monkeypatch):
    """All that do not count from the start of a run, of a cell that ages, and of parts of its run.

    A sum over one row and over many is in another order: rounding, of a loss in % relative to 100.
    """
    monkeypatch.setattr(kept_states, "ROOM", room)
    monkeypatch.setattr(kept_states, "LEAST", min(room, kept_states.LEAST))
    run = cellsim.simulate("okane2022", "Charge at 1C for 20 min; Rest for 1 s", soc=0.5, heat=True)
    last, compared = run.variables.last(), 0
    for name in run:
        if run.variables.dims(name)[0] == "Time [s]" and not any(word in name for word in ("hroughput", "retention")):
            rounding = 1e-13 if "[%]" in name else 1e-15
            assert last[name][0] == pytest.approx(run[name][-1], rel=1e-12, abs=rounding), name
            compared += 1
    assert compared > 80 and last["Time [s]"].shape == (1,)
    part = run.cycles[0].variables
    assert part.last()["Voltage [V]"] == part["Voltage [V]"][-1]


def test_lost_lithium_is_that_of_the_side_reactions():
    """Of a cell that ages: lithium leaves particles for nothing but what is listed; plated lithium included."""
    run = cellsim.simulate("okane2022", "Charge at 1C for 20 min", soc=0.5)
    assert run["Loss of lithium to negative SEI [mol]"][0] == 0.0  # the film as made is not lost, as in PyBaMM
    missing = run["Total lithium capacity in particles [A.h]"]
    taken = sum(run[name] for name in run if name.startswith("Loss of capacity to"))
    lost = run["Loss of active material in negative electrode [%]"][-1]
    assert missing[0] - missing[-1] == pytest.approx(taken[-1] - taken[0], rel=1e-3 + lost)
    assert run["Loss of lithium inventory [%]"][-1] == pytest.approx(
        100 * (missing[0] - missing[-1]) / missing[0], rel=1e-2
    )


def test_many_rows_at_as_many_temperatures_are_soon_known():
    """Each row of a run with heat has its own temperature: all variables of 2,000 rows in seconds, each finite."""
    heat = cellsim.Lumped(heat_transfer_coefficient=100.0)
    result = cellsim.simulate("chayambuka2022", "Charge at C/2 (2 s period)", "SPMe", soc=0.0, heat=heat)
    assert np.unique(result["Cell temperature [K]"]).size > 1000
    began = time.process_time()
    assert all(np.isfinite(result[name]).all() for name in result)
    assert time.process_time() - began < 3.0


def test_a_quotient_of_a_current_next_to_nothing_is_none():
    """Not infinite: 0.1 V over the smallest currents that a float can be."""
    assert over(np.array([0.1, 0.1, 0.0, 0.1]), np.array([5e-324, 0.0, 0.0, 0.05])).tolist() == [0.0, 0.0, 0.0, 2.0]
