"""A cell as text, as a summary for notebooks, and by key."""

import dataclasses

import pytest

import cellsim
from cellsim import ParameterError

CHEN, R = "lgm50_chen2020", "cell/series resistance"


def test_a_cell_shows_what_it_is():
    cell = cellsim.load(CHEN).with_({"negative electrode/thickness": 1e-4})
    text, page = str(cell), cell._repr_html_()
    for words in ("lgm50_chen2020", "5 Ah", "2.5 to 4.2 V", "porous, 100 µm", "negative electrode/thickness"):
        assert words in text and words in page, words
    evil = dataclasses.replace(cell, name="<script>")
    assert "<script>" not in evil._repr_html_()


@pytest.mark.parametrize("name", cellsim.cells())
def test_every_packaged_cell_has_a_card(name):
    assert name in cellsim.load(name)._repr_html_()


def test_values_by_key():
    """Numbers as numbers, laws as laws; keys are the paths of the file, and what is not there is said."""
    cell = cellsim.load(CHEN)
    assert cell["separator/thickness"] == cell.value("separator/thickness")
    assert cell["electrolyte/conductivity"] is cell.law("electrolyte/conductivity")
    assert cell[R] == 0.0  # by default
    assert "separator/thickness" in cell and R not in cell
    assert list(cell) == cell.keys() == cell._ipython_key_completions_() and len(cell) == len(cell.keys())
    with pytest.raises(ParameterError, match="did you mean"):
        cell["separator/thicknes"]
