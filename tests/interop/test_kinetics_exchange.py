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
