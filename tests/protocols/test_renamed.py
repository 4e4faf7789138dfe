"""Quantities under their old names: read for one release, with a warning that names the new key."""

import warnings

import jsonschema
import pytest

import cellsim
from cellsim.parameters.schema import json_schema
from cellsim.studies.ageing import aged

TARGET = "target_nmc811_lpscl_li"
OLD = {part: f"{part} electrode/interphase growth" for part in ("positive", "negative")}
NEW = {
    "positive": "positive electrode/cycling interphase growth",
    "negative": "negative electrode/calendar interphase growth",
}


def old_content():
    """The content of a set with both quantities under their names of 0.1.0."""
    raw = cellsim.load(TARGET).with_({NEW["positive"]: 29e-4, NEW["negative"]: 2e-4}).to_json()
    for part, path in NEW.items():
        section = raw[f"{part} electrode"]
        section["interphase growth"] = section.pop(path.partition("/")[2])
    return raw


def test_a_file_with_old_keys_loads_and_warns():
    """Both keys of 0.1.0, which had one name and two meanings; the content that is written has the new ones."""
    with pytest.warns(cellsim.CellsimWarning) as caught:
        cell = cellsim.Cell.from_json(old_content(), "mine")
    assert {str(w.message) for w in caught} == {
        f"mine: {OLD[part]} is now {NEW[part]}; the old name is read until the next release" for part in OLD
    }
    assert cell.value(NEW["positive"]) == 29e-4 and cell.value(NEW["negative"]) == 2e-4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cellsim.Cell.from_json(cell.to_json(), "mine") == cell


@pytest.mark.parametrize("part", OLD)
def test_a_variation_and_a_look_under_the_old_path_warn(part):
    with pytest.warns(cellsim.CellsimWarning, match=NEW[part]):
        cell = cellsim.load(TARGET).with_({OLD[part]: 1e-4})
    assert cell == cellsim.load(TARGET).with_({NEW[part]: 1e-4}) and cell.value(NEW[part]) == 1e-4
    for look in (cell.value, cell.law, cell.record, cell.has):
        with pytest.warns(cellsim.CellsimWarning, match=NEW[part]):
            assert look(OLD[part]) is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert aged(cell, cycles=10.0, hours=10.0) != cell


def test_a_quantity_under_both_names_is_refused():
    raw = old_content()
    raw["negative electrode"]["calendar interphase growth"] = raw["negative electrode"]["interphase growth"]
    with pytest.raises(cellsim.ParameterError, match="negative electrode/interphase growth: unknown quantity"):
        cellsim.Cell.from_json(raw, "mine")


def test_the_schema_marks_the_old_keys():
    """An editor shows them as deprecated; they are no errors."""
    schema = json_schema()
    assert not list(jsonschema.Draft202012Validator(schema).iter_errors(old_content()))
    kinds = [k for k in schema["properties"]["negative electrode"]["oneOf"] if "phases" not in k["properties"]]
    assert all(kind["properties"]["interphase growth"]["deprecated"] for kind in kinds)


def test_every_packaged_set_states_the_material_of_its_electrolyte():
    assert all(cellsim.load(name).material for name in cellsim.cells())


def test_an_unknown_material_is_refused():
    raw = cellsim.load(TARGET).to_json()
    raw["electrolyte"]["material"] = "glass"
    with pytest.raises(cellsim.ParameterError, match="electrolyte/material: must be one of .*found 'glass'"):
        cellsim.Cell.from_json(raw, "mine")
    del raw["electrolyte"]["material"]
    assert cellsim.Cell.from_json(raw, "mine").material == ""
