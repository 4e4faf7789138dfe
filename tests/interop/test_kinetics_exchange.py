"""Laws of charge transfer in sets and models of PyBaMM and in BPX files."""

import numpy as np
import pytest
from pytest import approx
from reference_cells import KINETICS, kinetics

import cellsim

N, P = "negative electrode/", "positive electrode/"
OPTION = "intercalation kinetics"


@pytest.mark.parametrize("law", KINETICS)
def test_laws_go_to_pybamm_and_back(law):
    """The option, and the numbers of the law to the last bit; PyBaMM builds its model with them."""
    cell = kinetics(law)
    out = cell.to_pybamm()
    assert out.options[OPTION] == (law, law)
    out.parameter_values.process_model(out.model("SPM"), inplace=False)
    with pytest.warns(cellsim.CellsimWarning):
        back = cellsim.from_pybamm(out.parameter_values, out.options)
    for part, numbers in zip((N, P), KINETICS[law].values(), strict=True):
        assert back.kinetics(part[:-1]) == law
        for key in numbers.keys() - {"factor"}:
            assert back.value(part + key) == cell.value(part + key)
    assert OPTION not in cellsim.load("lgm50_chen2020").to_pybamm().options


def test_what_a_law_needs_and_a_set_of_pybamm_lacks_is_named():
    with pytest.raises(cellsim.ParameterError, match="'Marcus' needs 'reorganisation energy' \\[eV\\]"):
        cellsim.from_pybamm("Chen2020", {OPTION: "Marcus"})


def test_what_pybamm_lacks_is_refused_with_a_remedy():
    """Coefficients that do not add up to 1, and phases with laws of their own."""
    uneven = kinetics("asymmetric Butler-Volmer").with_({N + "cathodic transfer coefficient": 0.6})
    with pytest.raises(cellsim.ParameterError, match="give 'cathodic transfer coefficient' 0.7"):
        uneven.to_pybamm()
    mixed = cellsim.load("lgm50_composite").with_kinetics((("linear", "symmetric Butler-Volmer"), "linear"))
    with pytest.raises(cellsim.ParameterError, match="one law of charge transfer for all phases"):
        mixed.to_pybamm()


def test_the_law_of_lithium_metal_in_a_half_cell_of_pybamm():
    """A text is that of lithium, too, in PyBaMM: a remark; a pair is not; it goes back as a pair."""
    with pytest.warns(cellsim.CellsimWarning, match="lithium metal reacts by symmetric Butler-Volmer here"):
        cellsim.from_pybamm("Xu2019", {OPTION: "linear", "working electrode": "positive"})
    pair = ("symmetric Butler-Volmer", "linear")
    with pytest.warns(cellsim.CellsimWarning) as heard:
        cell = cellsim.from_pybamm("Xu2019", {OPTION: pair, "working electrode": "positive"})
    assert not any("lithium metal reacts" in str(one.message) for one in heard)
    assert cell.kinetics(P[:-1]) == "linear" and cell.to_pybamm().options[OPTION] == pair


def test_a_bpx_file_says_that_it_has_no_such_law():
    """Once for each electrode, with the number that is lost."""
    lost = cellsim.to_bpx(kinetics("Marcus")).lost
    assert sum("Marcus kinetics; BPX has symmetric Butler-Volmer alone" in words for words in lost) == 2
    assert any("reorganisation energy: 0.3 eV" in words for words in lost)
    assert not any("Butler" in words for words in cellsim.to_bpx("lgm50_chen2020").lost)


def test_a_run_of_pybamm_is_the_same(law="asymmetric Butler-Volmer"):
    """SPM, 1C for 10 minutes from the same state: 1 mV, on PyBaMM's mesh of 20 even shells, after two minutes."""
    import pybamm

    cell = kinetics(law)
    out = cell.to_pybamm(soc=0.9)
    theirs = pybamm.Simulation(out.model("SPM"), parameter_values=out.parameter_values).solve([0.0, 600.0])
    ours = cellsim.simulate(cell, "Discharge at 1C for 10 minutes", cellsim.SPM(), soc=0.9)
    t = np.linspace(120.0, 590.0, 10)
    assert ours.at("Voltage [V]", t) == approx(theirs["Voltage [V]"](t), abs=1e-3)


@pytest.mark.parametrize("law", ["Marcus", "Marcus-Hush-Chidsey"])
def test_a_run_with_heat_is_the_same(law):
    """SPM at 2C that warms by 6 to 13 K, so that the reorganisation energy is divided by another RT.

    0.5 mV rms and 0.05 K, as for other runs with heat; the most is at the beginning of the step.
    """
    pybamm = pytest.importorskip("pybamm")
    values = pybamm.ParameterValues("Chen2020")
    for side in ("Negative", "Positive"):
        values.update({f"{side} electrode reorganization energy [eV]": 0.35}, check_already_exists=False)
        name = f"{side} electrode exchange-current density [A.m-2]"
        values[name] = lambda c_e, c_s, c_max, T, usual=values[name]: 40.0 * usual(c_e, c_s, c_max, T)
    with pytest.warns(cellsim.CellsimWarning):
        cell = cellsim.from_pybamm(values, {OPTION: law})
    values.set_initial_state(0.9)
    model = pybamm.lithium_ion.SPM({OPTION: law, "thermal": "lumped"})
    points = {"x_n": 5, "x_s": 5, "x_p": 5, "r_n": 80, "r_p": 80}
    solver = pybamm.IDAKLUSolver(rtol=1e-7, atol=1e-9)
    run = pybamm.Simulation(model, parameter_values=values, var_pts=points, C_rate=2, solver=solver).solve([0, 900])
    C = float(run["Volume-averaged effective heat capacity [J.K-1.m-3]"].entries[0]) * values["Cell volume [m3]"]
    h = values["Total heat transfer coefficient [W.m-2.K-1]"]
    heat = cellsim.Lumped(C, h, values["Cell cooling surface area [m2]"])
    spm, t = cellsim.SPM(shells=80), np.linspace(20.0, 880.0, 60)
    ours = cellsim.simulate(cell, "Discharge at 10 A for 900 s", spm, soc=0.9, heat=heat, temperature=298.15)
    off = ours.at("Voltage [V]", t) - run["Voltage [V]"](t)
    assert np.sqrt(np.mean(off**2)) < 5e-4
    assert np.abs(ours.at("Cell temperature [K]", t) - run["Volume-averaged cell temperature [K]"](t)).max() < 0.05
    assert ours["Cell temperature [K]"][-1] > 303.0
