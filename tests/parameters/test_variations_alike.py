"""Variations of one cell in the same quantities: the second is checked and noted as the first."""

import numpy as np
import pytest

import cellsim
from cellsim.errors import ParameterError

CELL = "lgm50_chen2020"
NUMBERS = {
    "diffusivities": {
        "negative electrode/particle diffusivity": (4e-14, 2.5e-14),
        "positive electrode/particle diffusivity": (4e-15, 5e-15),
    },
    "what the windows follow from": {
        "positive electrode/thickness": (7e-5, 7.8e-5),
        "separator/thickness": (1e-5, 2e-5),
    },
    "a window": {"negative electrode/maximum stoichiometry": (0.85, 0.9)},
    "cut-off voltages": {"cell/upper voltage cut-off": (4.1, 4.15)},
    "a number for what was a law": {"electrolyte/conductivity": (1.0, 0.9)},
    "a quantity that the set does not give": {"cell/tab thermal conductance": (0.1, 0.2)},
}


def fresh():
    """The cell, of which nothing was varied yet."""
    return cellsim.Cell.from_json(cellsim.load(CELL).to_json(), CELL)


def same(one, other):
    """Content, laws, provenance, remarks, and the hash that runs are kept by."""
    assert one == other and hash(one) == hash(other) and one.digest() == other.digest()
    assert one.provenance() == other.provenance() and one.remarks == other.remarks
    assert {path: one.law(path) for path in one} == {path: other.law(path) for path in other}
    assert dict(one.changes) == dict(other.changes) and one.phases("negative electrode") == ()


@pytest.mark.parametrize("name", NUMBERS)
def test_the_second_variation_is_what_it_would_be_as_the_first(name):
    """Whatever was varied before, and with another method and source, too."""
    cell, changes = fresh(), NUMBERS[name]
    first, second = ({path: pair[k] for path, pair in changes.items()} for k in (0, 1))
    cell.with_(first)
    same(cell.with_(second), fresh().with_(second))
    cell.with_(first, method="fitted", source="a fit")
    same(cell.with_(second, method="fitted", source="a fit"), fresh().with_(second, method="fitted", source="a fit"))
    same(cell.with_(second), fresh().with_(second))
    assert cell.with_({path: np.float64(x) for path, x in second.items()}) == cell.with_(second)


@pytest.mark.parametrize("wrong", (float("nan"), -1e-14, 1.0, True, None, "4e-14 *", 10**400, [1e-14]), ids=str)
def test_a_wrong_number_gives_its_sentence(wrong):
    """After right ones as at first."""
    said, path = [], "negative electrode/particle diffusivity"
    cell = fresh()
    for _ in range(2):
        with pytest.raises(ParameterError) as fault:
            cell.with_({path: wrong})
        said.append(str(fault.value))
        cell.with_({path: 4e-14})
    assert said[0] == said[1] and path in said[0]


def test_quantities_that_contradict_each_other_are_refused():
    """Fractions that are right one by one and too much together."""
    cell = fresh()
    pores, void = "negative electrode/electrolyte volume fraction", "negative electrode/void volume fraction"
    cell.with_({pores: 0.2, void: 0.01})
    with pytest.raises(ParameterError, match="add up to"):
        cell.with_({pores: 0.24, void: 0.2})
    cell.with_({"cell/lower voltage cut-off": 2.6, "cell/upper voltage cut-off": 4.1})
    with pytest.raises(ParameterError, match="must be below the upper one"):
        cell.with_({"cell/lower voltage cut-off": 4.15, "cell/upper voltage cut-off": 4.1})


def test_a_law_after_numbers_is_a_law():
    """And numbers after a law are numbers."""
    path, cell = "negative electrode/particle diffusivity", fresh()
    cell.with_({path: 4e-14})
    assert not cell.with_({path: "4e-14 * (1 + x)"}).is_number(path)
    other = fresh()
    other.with_({path: "4e-14 * (1 + x)"})
    same(other.with_({path: 3e-14}), cell.with_({path: 3e-14}))
