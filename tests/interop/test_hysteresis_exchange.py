"""Open-circuit hysteresis in sets of PyBaMM and in BPX files, both ways."""

import json

import numpy as np
import pytest
from pytest import approx
from reference_cells import HYSTERESIS_MODELS, hysteresis

import cellsim

N, P = "negative electrode/", "positive electrode/"
X = np.linspace(0.05, 0.85, 9)
LAWS = (
    "lithiation open-circuit potential",
    "delithiation open-circuit potential",
    "lithiation hysteresis decay rate",
    "delithiation hysteresis decay rate",
)
NUMBERS = ("hysteresis decay rate at unit slope", "hysteresis switching factor", "initial hysteresis state")
OPTION = "open-circuit potential"


@pytest.mark.parametrize("how", HYSTERESIS_MODELS)
def test_hysteresis_goes_to_pybamm_and_back(how):
    """Laws at stoichiometries and numbers to rounding, and the option."""
    cell = hysteresis(how)
    values, options, lost = cell.to_pybamm()
    assert options[OPTION] == (how, how) and not any("dQ/dU" in words for words in lost)
    with pytest.warns(cellsim.CellsimWarning):
        back = cellsim.from_pybamm(values, options)
    for part in (N, P):
        assert back.hysteresis(part[:-1]) == how
        for key in LAWS:
            assert back.law(part + key)(X, 298.15) == approx(cell.law(part + key)(X, 298.15), rel=1e-9)
        for key in NUMBERS:
            assert back.value(part + key) == approx(cell.value(part + key), rel=1e-12)


def test_a_rate_for_the_capacity_becomes_one_for_unit_slope():
    """PyBaMM's 100 and 2: over the square of the capacity of one pair of electrodes [A.h], here 5.827."""
    values, _, _ = hysteresis(HYSTERESIS_MODELS[2]).to_pybamm()
    values.update(
        {"Negative particle hysteresis decay rate": 100.0, "Negative particle hysteresis switching factor": 3.0}
    )
    with pytest.warns(cellsim.CellsimWarning, match="raises a negative dQ/dU to it"):
        back = cellsim.from_pybamm(values, {OPTION: "one-state differential capacity hysteresis"})
    capacity = 33133.0 * 0.75 * 85.2e-6 * 96485.33212 * 0.1027 / 3600.0
    assert back.value(N + NUMBERS[0]) == approx(100.0 / capacity**3, rel=1e-6)
    assert any("even whole number" in words for words in back.to_pybamm().lost)


def test_the_branches_of_pybamms_silicon_are_those_of_the_packaged_set():
    """Chen2020_composite with an option for each phase; our set has the same polynomials."""
    options = {"particle phases": ("2", "1"), OPTION: (("single", "current sigmoid"), "single")}
    with pytest.warns(cellsim.CellsimWarning):
        cell = cellsim.from_pybamm("Chen2020_composite", options)
    ours, silicon = cellsim.load("lgm50_composite").with_hysteresis("current sigmoid"), N + "secondary"
    for one in (cell, ours):
        assert one.hysteresis(silicon) == "current sigmoid" and one.hysteresis(N + "primary") == "single"
    for key in LAWS[:2]:
        assert cell.law(f"{silicon}/{key}")(X, 298.15) == approx(ours.law(f"{silicon}/{key}")(X, 298.15), abs=1e-9)
    assert ours.to_pybamm().options[OPTION] == (("single", "current sigmoid"), "single")


def test_hysteresis_in_a_bpx_file_comes_back(tmp_path):
    """Branches, one decay rate and the initial state; two rates are said to be lost."""
    rate = dict.fromkeys((N + key for key in LAWS[2:]), 17.0)
    cell = hysteresis(HYSTERESIS_MODELS[1]).with_(rate).with_hysteresis((HYSTERESIS_MODELS[1], "single"))
    path = tmp_path / "cell.json"
    written = cellsim.to_bpx(cell, path)
    electrode = written.content["Parameterisation"]["Negative electrode"]
    assert electrode["OCP hysteresis decay constant"] == 17.0 and not any("rates" in words for words in written.lost)
    with pytest.warns(cellsim.CellsimWarning, match="branches of a hysteresis without a decay constant"):
        back = cellsim.load(path)  # of the positive electrode
    assert [back.hysteresis(part[:-1]) for part in (N, P)] == [HYSTERESIS_MODELS[1], "single"]
    assert back.value(N + "initial hysteresis state") == 0.5
    for key in LAWS[:2]:
        assert back.law(N + key)(X, 298.15) == approx(cell.law(N + key)(X, 298.15), abs=2e-5)
    differ = cellsim.to_bpx(hysteresis(HYSTERESIS_MODELS[1]))
    assert any("decay rates of the hysteresis that differ or vary" in words for words in differ.lost)
    import pybamm

    values = pybamm.ParameterValues.create_from_bpx_obj(json.loads(path.read_text(encoding="utf-8")))
    assert values["Negative particle lithiation hysteresis decay rate"] == 17.0
    assert values["Initial hysteresis state in negative electrode"] == 0.5
