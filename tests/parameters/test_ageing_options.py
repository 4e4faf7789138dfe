"""Options of ageing of a cell: kept by files and pickles, and refused in one sentence where they cannot be."""

import pickle

import pytest

import cellsim
from cellsim.errors import ParameterError
from cellsim.parameters import Cell

SET, OFF = cellsim.load("okane2022"), cellsim.load("okane2022").with_ageing(False)
NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
LITHIUM = "target_nmc811_lpscl_li"


def test_options_are_kept_by_files_and_pickles():
    """The same content, hash and options; and what is left out stays as it is."""
    cell = OFF.with_({"negative electrode/SEI resistivity": 1e5}).with_ageing({"SEI": "ec reaction limited"})
    for again in (Cell.from_json(cell.to_json(), cell.name), pickle.loads(pickle.dumps(cell))):
        assert again.digest() == cell.digest() and again.options(NEGATIVE) == cell.options(NEGATIVE)
    assert cell.options(NEGATIVE)["SEI film resistance"] == "distributed" and cell.options(POSITIVE)["SEI"] == "none"
    assert cell.value("negative electrode/SEI resistivity") == 1e5
    more = SET.with_ageing({"lithium plating": "none", "lithium plating porosity change": False})
    assert more.options(NEGATIVE)["SEI"] == SET.options(NEGATIVE)["SEI"] and more.digest() != SET.digest()


def test_a_pair_is_for_either_electrode():
    """As in PyBaMM; a text of the mechanics is for both, of the SEI for the negative one."""
    cell = OFF.with_ageing({"particle mechanics": ("swelling and cracking", "swelling only")})
    assert [cell.options(part)["particle mechanics"] for part in (NEGATIVE, POSITIVE)] == [
        "swelling and cracking",
        "swelling only",
    ]
    both = OFF.with_ageing({"particle mechanics": "swelling only"})
    assert both.options(POSITIVE)["particle mechanics"] == "swelling only"


def test_without_ageing_no_option_is_left():
    """Of any packaged set; those that have none stay the same."""
    assert not set(OFF.to_json()[NEGATIVE]) & {"SEI", "lithium plating", "particle mechanics"}
    plain = cellsim.load("lgm50_chen2020")
    assert plain.with_ageing(False).digest() == plain.digest()


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("okane2022", {"SEI": "fast"}, "okane2022: ageing 'SEI' 'fast': choose one of 'none', 'reaction limited'"),
        ("okane2022", {"sei law": "none"}, "okane2022: ageing 'sei law': unknown option"),
        ("okane2022", {"SEI": {"law": 1}}, "ageing 'SEI' .*: choose one of"),
        ("okane2022", {"SEI": ["none"] * 3}, "ageing 'SEI' .*: choose one of"),
        ("okane2022", "none", "okane2022: ageing 'none': give False, or options such as"),
        ("okane2022", ["SEI"], "ageing .*: give False, or options such as"),
        ("okane2022", ("SEI", "none"), "ageing .*: give False, or options such as"),
        (
            "lgm50_chen2020",
            {"SEI": "reaction limited"},
            "negative electrode/SEI: 'reaction limited' needs 'SEI partial",
        ),
        ("lgm50_chen2020", {"SEI on cracks": True}, "SEI on cracks: 'true' needs 'particle mechanics'"),
        (LITHIUM, {"SEI": "reaction limited"}, "the negative electrode is lithium metal, not particles"),
        (LITHIUM, {"lithium plating": "reversible"}, "the negative electrode is lithium metal, not particles"),
    ],
)
def test_wrong_options_are_refused_in_a_sentence(name, options, message):
    with pytest.raises(ParameterError, match=message):
        cellsim.load(name).with_ageing(options)


def test_what_rests_on_an_option_falls_with_it():
    """okane2022 lets plated lithium fill pores, and the SEI grow on cracks."""
    plain = cellsim.load("okane2022").with_ageing({"lithium plating": "none", "particle mechanics": "swelling only"})
    options = plain.options("negative electrode")
    assert options["lithium plating porosity change"] == options["SEI on cracks"] == "false"
    assert options["SEI porosity change"] == "true"
