"""Parameter sets with laws of charge transfer: faults in one sentence, variations, files."""

import json

import pytest

import cellsim
from cellsim import ParameterError

N, P = "negative electrode/", "positive electrode/"
CHEN = cellsim.load("lgm50_chen2020")
SYMMETRIC, ASYMMETRIC = "symmetric Butler-Volmer", "asymmetric Butler-Volmer"
ASKED = {  # argument of `with_kinetics`, changes before, words
    "unknown": ("Tafel", {}, f"kinetics 'Tafel': give one of '{SYMMETRIC}', '{ASYMMETRIC}', 'linear', 'Marcus'"),
    "number": (3, {}, f"kinetics 3: give one of '{SYMMETRIC}'"),
    "three": (("linear",) * 3, {}, "or a pair of them"),
    "phases": ((("linear", "linear"), "linear"), {}, "the negative electrode has 1 materials; give one of"),
    "no coefficient": (
        (SYMMETRIC, ASYMMETRIC),
        {},
        f"positive electrode/intercalation kinetics: '{ASYMMETRIC}' needs 'anodic transfer coefficient' [1]; add it, "
        f"or choose '{SYMMETRIC}'",
    ),
    "no energy": (
        ("Marcus", "linear"),
        {},
        "negative electrode/intercalation kinetics: 'Marcus' needs 'reorganisation",
    ),
}
WRONG = {
    "coefficient": ({N + "anodic transfer coefficient": 1.0}, "value 1 is outside 0.05 to 0.95; check it"),
    "energy": ({P + "reorganisation energy": 300.0}, "value 300 eV is outside 0.01 to 5; check it and its unit"),
}


@pytest.mark.parametrize("case", ASKED)
def test_laws_that_a_set_has_not_the_quantities_for(case):
    """One sentence that names them."""
    law, changes, words = ASKED[case]
    with pytest.raises(ParameterError) as fault:
        CHEN.with_(changes).with_kinetics(law)
    assert words in str(fault.value) and "\n" not in str(fault.value)


@pytest.mark.parametrize("case", WRONG)
def test_faults_of_numbers_of_laws_are_one_sentence_with_the_place(case):
    changes, words = WRONG[case]
    with pytest.raises(ParameterError) as fault:
        CHEN.with_(changes)
    assert words in str(fault.value) and "\n" not in str(fault.value)


def test_metal_has_no_intercalation_kinetics():
    """The key is refused where there are no particles; a text of `with_kinetics` passes lithium by."""
    cell = cellsim.load("target_nmc811_lpscl_li")
    raw = cell.to_json()
    raw["negative electrode"]["intercalation kinetics"] = "linear"
    with pytest.raises(ParameterError, match="an electrode of lithium metal has no intercalation kinetics; remove it"):
        cellsim.Cell.from_json(raw, "metal")
    linear = cell.with_kinetics("linear")
    assert linear.kinetics("positive electrode") == "linear" and linear.kinetics("negative electrode") == SYMMETRIC


def test_a_cell_with_a_law_comes_back_from_its_file(tmp_path):
    """Electrodes and phases; variations keep it; a misspelt law of a phase is a fault at its place."""
    silicon = "negative electrode/secondary"
    cell = cellsim.load("lgm50_composite").with_({f"{silicon}/reorganisation energy": 0.3})
    cell = cell.with_kinetics(((SYMMETRIC, "Marcus"), "linear"))
    path = tmp_path / "cell.json"
    path.write_text(json.dumps(cell.to_json()))
    again = cellsim.load(path)
    assert again.to_json() == cell.to_json()
    for one in (again, again.with_({"separator/thickness": 2e-5})):
        assert one.kinetics(silicon) == "Marcus" and one.kinetics("positive electrode") == "linear"
        assert one.kinetics("negative electrode/primary") == SYMMETRIC
    raw = cell.to_json()
    raw["negative electrode"]["phases"]["secondary"]["intercalation kinetics"] = "marcus"
    with pytest.raises(ParameterError, match="negative electrode/secondary/intercalation kinetics: must be one of"):
        cellsim.Cell.from_json(raw, "misspelt")
    raw["negative electrode"]["phases"]["secondary"].pop("intercalation kinetics")
    raw["negative electrode"]["intercalation kinetics"] = "Marcus"
    with pytest.raises(ParameterError, match="each phase has its own; move it to the phases"):
        cellsim.Cell.from_json(raw, "whole")
