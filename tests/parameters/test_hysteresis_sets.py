"""Parameter sets with open-circuit hysteresis: faults in one sentence, variations, files."""

import json

import pytest

import cellsim
from cellsim import ParameterError
from cellsim.models import open_circuit_voltage

N = "negative electrode/"
LITHIATION, DELITHIATION = "lithiation open-circuit potential", "delithiation open-circuit potential"
CHEN = cellsim.load("lgm50_chen2020")
U = CHEN.law(N + "open-circuit potential").expression
BRANCHES = {N + LITHIATION: f"{U} - 0.02", N + DELITHIATION: f"{U} + 0.02"}
RATES = {N + "lithiation hysteresis decay rate": 20.0, N + "delithiation hysteresis decay rate": 30.0}
WRONG = {
    "one branch": ({N + LITHIATION: U}, "is one branch of a hysteresis; add 'delithiation open-circuit potential' [V]"),
    "crossing": (
        {N + LITHIATION: f"{U} + 0.01*(x - 0.5)", N + DELITHIATION: U},
        "crosses the branch of lithiation at x = 0.5003 and is up to 4.11 mV below it between 0.02",
    ),
    "decay rate 0": ({N + "lithiation hysteresis decay rate": 0.0}, "is outside 1e-12 to 1e+06"),
    "negative decay rate": ({N + "hysteresis decay rate at unit slope": -1.0}, "is outside 1e-30 to 1e+30"),
    "decay rate below 0 somewhere": (
        {N + "lithiation hysteresis decay rate": "20*(x - 0.1)"},
        "outside 1e-12 to 1e+06; check it",
    ),
    "state": ({N + "initial hysteresis state": 1.5}, "is outside -1 to 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_faults_of_hysteresis_are_one_sentence_with_the_place(case):
    """Which quantity of which electrode, what is wrong, and what to do."""
    changes, words = WRONG[case]
    with pytest.raises(ParameterError) as fault:
        CHEN.with_(changes)
    text = str(fault.value)
    assert words in text and text.startswith("variation of lgm50_chen2020: negative electrode/") and "\n" not in text


ASKED = {  # argument of `with_hysteresis`, changes before, words
    "unknown": ("Axen", BRANCHES, "hysteresis 'Axen': give one of 'single', 'current sigmoid'"),
    "number": (3, BRANCHES, "hysteresis 3: give one of 'single'"),
    "three": (("single",) * 3, BRANCHES, "or a pair of them"),
    "no branches": ("current sigmoid", {}, "no electrode states both branches; give 'lithiation open-circuit"),
    "positive without": (
        ("single", "current sigmoid"),
        BRANCHES,
        "positive electrode/hysteresis: 'current sigmoid' needs 'lithiation open-circuit potential' [V]",
    ),
    "no rates": (
        "one-state hysteresis",
        BRANCHES,
        "needs 'lithiation hysteresis decay rate' [1], 'delithiation hysteresis decay rate' [1]; add it, or choose",
    ),
    "no switch": (
        "one-state differential capacity hysteresis",
        BRANCHES | {N + "hysteresis decay rate at unit slope": 2.0},
        "needs 'hysteresis switching factor' [1]; add it, or choose 'single'",
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_models_of_hysteresis_that_a_set_has_not_the_quantities_for(case):
    """One sentence that names them."""
    model, changes, words = ASKED[case]
    with pytest.raises(ParameterError) as fault:
        CHEN.with_(changes).with_hysteresis(model)
    assert words in str(fault.value) and "\n" not in str(fault.value)


def test_metal_and_films_have_no_hysteresis():
    """The key is refused where there are no particles."""
    raw = cellsim.load("target_nmc811_lpscl_li").to_json()
    raw["negative electrode"]["hysteresis"] = "single"
    with pytest.raises(ParameterError, match="an electrode of lithium metal has no hysteresis; remove it"):
        cellsim.Cell.from_json(raw, "metal")


def test_a_cell_with_hysteresis_comes_back_from_its_file(tmp_path):
    """The same laws, model and hash of the content; variations, overlays and options of ageing keep it."""
    cell = CHEN.with_(BRANCHES | RATES).with_hysteresis("one-state hysteresis")
    path = tmp_path / "cell.json"
    path.write_text(json.dumps(cell.to_json()), encoding="utf-8")
    again = cellsim.load(path)
    assert again.digest() == cell.digest()
    assert [again.hysteresis(f"{side} electrode") for side in ("negative", "positive")] == [
        "one-state hysteresis",
        "single",
    ]
    for other in (
        cell.with_({"separator/thickness": 2e-5}),
        cell.with_ageing({"lithium plating": "none"}),
        cellsim.with_overlay(cell, "kirkaldy2024"),
    ):
        assert other.hysteresis("negative electrode") == "one-state hysteresis"
    assert cell.with_hysteresis("single").hysteresis("negative electrode") == "single"
    assert cell.with_hysteresis(("current sigmoid", "single")).hysteresis("negative electrode") == "current sigmoid"


def test_states_of_charge_are_those_of_the_equilibrium_potential():
    """Windows, balance and open-circuit voltage do not know the branches."""
    cell = CHEN.with_(BRANCHES | RATES).with_hysteresis("one-state hysteresis")
    for end in ("minimum", "maximum"):
        assert cell.value(f"{N}{end} stoichiometry") == CHEN.value(f"{N}{end} stoichiometry")
    assert open_circuit_voltage(cell, 0.4) == open_circuit_voltage(CHEN, 0.4)
