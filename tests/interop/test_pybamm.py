"""Cells from PyBaMM and back: runs agree, laws lose nothing, and what has no counterpart is refused in a sentence."""

import os
import warnings

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import ParameterError
from cellsim.errors import CellsimWarning

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
pybamm = pytest.importorskip("pybamm")

VOLTAGE = "Voltage [V]"
HALF = {"working electrode": "positive"}
REFUSED = {"Sulzer2019": "lead-acid", "ECM_Example": "equivalent circuit"}
THERE_AND_BACK = (
    "lgm50_chen2020",
    "lgm50_oregan2022",
    "leaf_2010",
    "sony_vtc5a",
    "nmc811_lpscl_si",
    "target_nmc811_lpscl_li",
)
COVERED = [n for n in pybamm.parameter_sets if n not in REFUSED and not n.startswith("cellsim_")]


def from_pybamm(*given, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellsimWarning)
        return cellsim.from_pybamm(*given, **more)


def discharged(cell, rate=1.0):
    return cellsim.simulate(cell, [cellsim.discharge(rate)], accuracy=1e-4, ageing=False)


def apart(one, other):
    """Largest difference [V] of two runs over the first 98 % of the shorter one: beyond, the knee is one of time."""
    t = np.linspace(0.0, 0.98 * min(one.t[-1], other.t[-1]), 200)
    return np.max(np.abs(one.at(VOLTAGE, t) - other.at(VOLTAGE, t)))


def fine(model):
    """Shells that are thinner towards the surface, to which concentrations are continued by a parabola."""
    sub, methods = dict(model.default_submesh_types), dict(model.default_spatial_methods)
    curve = {"extrapolation": {"order": {"gradient": "quadratic", "value": "quadratic"}}}
    for key in [key for key in sub if key.endswith(" particle")]:
        sub[key] = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right"})
        methods[key] = pybamm.FiniteVolume(curve)
    return {"submesh_types": sub, "spatial_methods": methods}


@pytest.mark.parametrize("name", COVERED)
def test_every_lithium_ion_set_becomes_a_cell(name):
    """What is not carried over is said, and every value has PyBaMM's citation."""
    said = "no heat capacity" if name == "MSMR_Example" else "not used"  # all that the example has is carried over
    with pytest.warns(CellsimWarning, match=said):
        cell = cellsim.from_pybamm(name)
    assert cell.name == name and any(said in remark for remark in cell.remarks)
    metal = "Li metal" if "half" in name or name == "Xu2019" else ""
    assert cell.text("negative electrode/type") == ("lithium metal" if metal else "porous")
    record = cell.record("positive electrode/thickness")
    assert (record.method, record.source) == ("literature", "pybamm")
    assert "which cites" in cell.sources["pybamm"]["citation"] and "second-hand" in cell.sources["pybamm"]["note"]


def test_there_are_seventeen():
    assert len(COVERED) == 17


@pytest.mark.parametrize("name", REFUSED)
def test_sets_without_a_counterpart_are_refused(name):
    with pytest.raises(ParameterError, match=REFUSED[name]) as fault:
        cellsim.from_pybamm(name)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("name", THERE_AND_BACK)
def test_there_and_back_is_the_same_run(name):
    """To 0.1 mV.  Laws are the same functions; tables are sampled again to 0.02 mV."""
    cell = cellsim.load(name)
    values, options, _ = cell.to_pybamm()
    back = from_pybamm(values, options)
    assert apart(discharged(cell), discharged(back)) < 1e-4


@pytest.mark.parametrize("name", ["Chen2020", "Prada2013", "Xu2019"])
def test_pybamm_runs_alike(name):
    """1C of PyBaMM, to the half millivolt that an exchange aims at; its shells are finer towards the surface."""
    cell = from_pybamm(name)
    options = HALF if cell.text("negative electrode/type") == "lithium metal" else {}
    values = pybamm.ParameterValues(name)
    values.set_initial_state(1.0, options=options)
    values["Current function [A]"] = values["Nominal cell capacity [A.h]"]
    model = pybamm.lithium_ion.DFN(options)
    points = {"x_n": 40, "x_s": 10, "x_p": 40, "r_n": 30, "r_p": 30}
    theirs = pybamm.Simulation(model, parameter_values=values, var_pts=points, **fine(model)).solve([0.0, 3500.0])
    ours = discharged(cell)
    t = np.linspace(10.0, 0.95 * min(theirs.t[-1], ours.t[-1]), 100)
    assert np.sqrt(np.mean((theirs[VOLTAGE](t) - ours.at(VOLTAGE, t)) ** 2)) < 5e-4


def test_resistance_of_an_interface_is_that_at_the_temperature_of_the_run():
    """Of a cell at 60 degC with an activation energy: per area, 1 / exp(-E/R (1/T - 1/T_ref)) of the stated one."""
    cell = cellsim.load("samsung_agc_2020")
    T, T_ref = cell.value("cell/ambient temperature"), cell.value("cell/reference temperature")
    E = cell.value("negative electrode/interface resistance activation energy")
    assert T_ref != T and E > 0.0
    stated = cell.value("negative electrode/interface resistance") / cell.value("negative electrode/contact fraction")
    factor = np.exp(E / 8.314462618 * (1.0 / T - 1.0 / T_ref))
    values = cell.to_pybamm().parameter_values
    sheet = values["Contact resistance [Ohm]"] * cell.value("cell/electrode area")
    assert sheet == approx(stated * factor + cell.value("cell/series resistance"), rel=1e-6)


def test_changed_values_are_marked():
    values = pybamm.ParameterValues("Chen2020")
    values["Separator thickness [m]"] = 2e-5
    cell = from_pybamm(values)
    assert cell.record("separator/thickness").method == "assumed"
    assert "Chen2020" in cell.sources["given"]["citation"]
    assert cell.record("separator/electrolyte volume fraction").method == "literature"


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"Separator thickness [m]": "[input]"}, None, "Separator thickness"),
        ({"Separator porosity": lambda x, y, z: 0.3 + 0.0 * x}, None, "is a function"),
        ({"Number of cells connected in series to make a battery": 3}, None, "single"),
        ({"Ambient temperature [K]": lambda y, z, t: 298.15 + t}, None, "function of time"),
        ({}, {"particle phases": "2"}, "leave it out"),
        ({}, {"particle size": "distribution"}, "no counterpart"),
        ({}, {"no option": "1"}, "PyBaMM refuses"),
        ({}, {"working electrode": "positive"}, "lithium metal electrode"),
        (
            {"Negative electrode exchange-current density [A.m-2]": lambda c, s, m, T: 1.0 + s / m * c / 1000.0},
            None,
            "no product",
        ),
    ],
    ids=lambda given: "a function" if "function" in str(given) else str(given),
)
def test_what_would_make_a_run_wrong_is_refused(changes, options, words):
    values = pybamm.ParameterValues("Chen2020")
    values.update(changes)
    with pytest.raises(ParameterError, match=words) as fault:
        cellsim.from_pybamm(values, options)
    assert "from_pybamm" in str(fault.value)


@pytest.mark.parametrize("given", [3, None, "Chen2021", {}], ids=str)
def test_other_arguments_are_refused(given):
    with pytest.raises(ParameterError, match=r"from_pybamm.*(did you mean 'Chen2020|give the name)"):
        cellsim.from_pybamm(given)


def test_a_film_is_refused_and_so_are_states_of_lithium_that_pybamm_lacks():
    with pytest.raises(ParameterError, match="film without particles"):
        cellsim.to_pybamm("danilov2011")
    voids = cellsim.load("target_nmc811_lpscl_li").with_({"negative electrode/void share": 0.5})
    with pytest.raises(ParameterError, match="voids in lithium"):
        voids.to_pybamm()


def test_a_conductivity_goes_there_and_back_as_a_law():
    """Of stoichiometry and temperature, with an activation energy: the same numbers; a number stays one."""
    key, x = "positive electrode/electronic conductivity", np.linspace(0.05, 0.95, 7)
    cell = cellsim.load("lgm50_chen2020").with_({key: "(0.02 + 0.3*(1 - x)**2)*exp(1 - 298.15/T)"})
    cell = cell.with_({f"{key} activation energy": 8000.0})
    values, options, _ = cell.to_pybamm()
    back = from_pybamm(values, options)
    for T in (280.0, 298.15, 320.0):
        faster = np.exp(8000.0 / 8.31446261815324 * (1.0 / 298.15 - 1.0 / T))
        assert back.law(key)(x, T) == approx(cell.law(key)(x, T) * faster, rel=1e-9)
    assert back.law("negative electrode/electronic conductivity").value == approx(215.0)


def test_a_conductivity_by_a_table_of_the_temperature_has_an_activation_energy():
    """Which is said: a table here is of the stoichiometry; right at the reference temperature and 15 K above."""
    values, knots = pybamm.ParameterValues("Chen2020"), np.array([273.15, 298.15, 313.15, 333.15])
    name, sigma = "Positive electrode conductivity [S.m-1]", np.array([0.1, 0.18, 0.25, 0.3])
    values[name] = lambda sto, T: pybamm.Interpolant(knots, sigma, T)
    cell, key = from_pybamm(values), "positive electrode/electronic conductivity"
    assert cell.value(key) == approx(0.18)
    E = cell.value(f"{key} activation energy")
    assert 0.18 * np.exp(E / 8.31446261815324 * (1.0 / 298.15 - 1.0 / 313.15)) == approx(0.25, rel=1e-9)
    assert any(name in said and "activation energy" in said for said in cell.remarks)


def test_contact_resistance_is_taken_with_pybamms_option_only():
    values = pybamm.ParameterValues("Chen2020")
    values["Contact resistance [Ohm]"] = 0.01
    assert not from_pybamm(values).has("cell/series resistance")
    cell = from_pybamm(values, {"contact resistance": "true"})
    assert cell.value("cell/series resistance") == approx(0.01 * cell.value("cell/electrode area"))


def test_ageing_goes_there_and_back():
    """Options and rates: the cell that comes back loses the same, and PyBaMM plates the same on 20 volumes to 1 %.

    What plates follows the potential at the separator exponentially: 0.25 mV of it are 1 %.
    """
    cell = cellsim.load("okane2022")
    values, options, lost = there = cell.to_pybamm(ageing=True)
    assert not lost
    back = from_pybamm(values, options)
    parts = ("negative electrode", "positive electrode")
    assert [back.options(part) for part in parts] == [cell.options(part) for part in parts]
    steps = "Discharge at 1C for 30 min; Charge at 1C for 12 min"
    one, other = (cellsim.simulate(c, steps, accuracy=1e-4) for c in (cell, back))
    name = "Loss of capacity to negative lithium plating [A.h]"
    assert other[name][-1] == approx(one[name][-1], rel=1e-4)
    experiment = pybamm.Experiment([tuple(steps.split("; "))])
    solver = pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8)
    simulation = pybamm.Simulation(there.model(), parameter_values=values, experiment=experiment, solver=solver)
    theirs = simulation.solve(calc_esoh=False)
    assert theirs[name].entries[-1] == approx(one[name][-1], rel=0.01)


def test_ageing_of_pybamms_own_set():
    """The exchange current of Mohtat's plating is a constant: the law of Yang 2017; Chen's set has none."""
    cell = from_pybamm("Mohtat2020", {"lithium plating": "irreversible"})
    assert cell.options("negative electrode")["lithium plating"] == "Yang2017"
    with pytest.raises(ParameterError, match="plating"):
        cellsim.from_pybamm("Chen2020", {"lithium plating": "irreversible"})
    with pytest.raises(ParameterError, match="nothing ages against lithium metal"):
        cellsim.from_pybamm("Xu2019", {"SEI": "ec reaction limited"})
    with pytest.raises(ParameterError, match="lithium metal"):
        cellsim.to_pybamm("nmc_llzo_li", ageing=True)
    with pytest.raises(ParameterError, match="choose one of"):
        cellsim.from_pybamm("Chen2020", {"SEI": "constant"})


def test_heat_goes_there_and_back():
    """PyBaMM's lumped model warms as here, by some kelvins: 2 % are left to the coarse meshes of both."""
    cell = cellsim.load("enertech_ai2020")
    there = cell.to_pybamm()
    back = from_pybamm(there.parameter_values)
    assert back.value("cell/heat capacity") == approx(cellsim.Lumped().of(cell).heat_capacity, rel=1e-9)
    ours = cellsim.simulate(cell, "Discharge at 1C for 20 min", heat=True)
    experiment = pybamm.Experiment(["Discharge at 1C for 20 minutes"])
    values = there.parameter_values
    theirs = pybamm.Simulation(there.model(heat=True), parameter_values=values, experiment=experiment)
    rise = theirs.solve(calc_esoh=False)["Volume-averaged cell temperature [K]"].entries[-1] - 298.15
    assert rise == approx(ours["Cell temperature [K]"][-1] - 298.15, rel=0.02) and rise > 1.0


def test_exchange_current_of_lithium_keeps_its_exponent():
    """Of Xu 2019: c_e to the power 0.3, where the root is the law without a shape; and there and back."""
    cell = from_pybamm("Xu2019")
    path = "negative electrode/exchange-current electrolyte shape"
    c = np.array([250.0, 1000.0, 2500.0])
    assert cell.law(path)(c, 298.15) == approx((c / 1000.0) ** -0.2, rel=1e-12)
    values, options, _ = cell.to_pybamm()
    back = from_pybamm(values, options)
    assert back.law(path)(c, 298.15) == approx(cell.law(path)(c, 298.15), rel=1e-12)
