"""Parameter files: every fault in one clear sentence, immutable cells, provenance, schema, README."""

import copy
import dataclasses
import json
import random
import re
from pathlib import Path

import pytest

import cellsim
from cellsim.design import build
from cellsim.parameters import Cell
from cellsim.parameters.catalogue import METHODS, flattened
from cellsim.parameters.load import home, read
from cellsim.parameters.schema import json_schema

M50, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
THICKNESS, OCP = "negative electrode/thickness", "positive electrode/open-circuit potential"
GONE = object()


def changed(*changes, name=M50):
    """The content of a packaged file with values at paths replaced, or removed where GONE."""
    raw = cellsim.load(name).to_json()
    for path, value in changes:
        *parents, last = path.split("/") if path.count("/") else [path]
        place = raw
        for key in parents:
            place = place[key]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return raw


def said(raw):
    """The message about a file's content."""
    with pytest.raises(cellsim.ParameterError) as refused:
        Cell.from_json(raw, "mine", "mine.json")
    return str(refused.value)


FAULTS = [  # change, then the place and the remedy that the message must name
    (f"{THICKNESS}", GONE, ["negative electrode/thickness: missing", "add it in m"]),
    ("electrolyte", GONE, ["electrolyte: missing section", "add it"]),
    ("title", GONE, ["title: missing", "give it as a string"]),
    ("kind", "gas", ["kind: must be", "liquid", "solid"]),
    ("format", 2, ["format: must be 1", "another version"]),
    ("sources", {}, ["sources: missing", "list every source"]),
    ("sources/chen2020/citation", GONE, ["sources/chen2020", "citation: missing", "add it"]),
    ("elektrolyte", {}, ["elektrolyte: unknown section", "did you mean 'electrolyte'"]),
    ("negative electrode/thicknes", {}, ["negative electrode/thicknes: unknown", "did you mean 'thickness'"]),
    (f"{THICKNESS}/unit", "um", ["thickness: unit 'um'", "expected 'm'", "convert"]),
    (f"{THICKNESS}/value", "85e-6", ["thickness", "number", "found '85e-6'"]),
    (f"{THICKNESS}/value", None, ["thickness", "exactly one of value, expression or table"]),
    (f"{THICKNESS}/value", True, ["thickness", "found True"]),
    (f"{THICKNESS}/value", float("nan"), ["thickness: value nan is not finite", "give a number"]),
    (f"{THICKNESS}/value", float("inf"), ["thickness: value inf is not finite"]),
    (f"{THICKNESS}/value", 10**400, ["thickness: value: input should be a valid number"]),
    (f"{THICKNESS}/value", -85e-6, ["thickness: value -8.5e-05 m is outside 1e-07 to 0.01", "check it and its unit"]),
    (f"{THICKNESS}/value", 85.2, ["thickness: value 85.2 m is outside"]),
    (f"{THICKNESS}/method", GONE, ["thickness", "method: missing", "add it"]),
    (f"{THICKNESS}/source", GONE, ["thickness", "source: missing", "add it"]),
    (f"{THICKNESS}/method", "guessed", ["thickness: method 'guessed'", "choose one of measured"]),
    (f"{THICKNESS}/source", "chen2021", ["source 'chen2021' is not in sources", "did you mean 'chen2020'"]),
    (f"{THICKNESS}/values", 1.0, ["values: unknown key", "remove it"]),
    (f"{THICKNESS}/expression", "x", ["thickness", "exactly one of value, expression or table"]),
    (THICKNESS, 85e-6, ["thickness: must be a record with value, unit, source and method"]),
    ("negative electrode/type", "silicon", ["negative electrode/type: must be one of", "'lithium metal'"]),
    ("negative electrode/type", ["porous"], ["negative electrode/type: must be one of"]),
    ("design/format", "button", ["design/format: must be one of", "'pouch'", "found 'button'"]),
    ("design/can height", GONE, ["design/can height: missing", "a cylindrical cell needs it"]),
    ("positive electrode/bruggeman exponent", GONE, ["positive electrode: give exactly one of", "found none"]),
    (
        "separator/transport efficiency",
        {"value": 0.5, "unit": "1", "source": "chen2020", "method": "assumed"},
        ["separator: give exactly one of", "'bruggeman exponent', 'transport efficiency'"],
    ),
    (
        "negative electrode/active material volume fraction/value",
        0.8,
        ["negative electrode: volume fractions", "add up to 1.05, above 1", "lower one"],
    ),
    ("cell/lower voltage cut-off/value", 4.5, ["cell/lower voltage cut-off: must be below the upper"]),
    (
        "negative electrode/thickness/value",
        60e-6,
        [
            "maximum stoichiometry: the windows of the electrodes differ in charge",
            "3.629 Ah",
            "5.153 Ah",
            "check thicknesses",
        ],
    ),
    ("positive electrode/minimum stoichiometry/value", 0.9, ["minimum stoichiometry: must be below the maximum"]),
]


@pytest.mark.parametrize("path, value, words", FAULTS, ids=[f"{path}={str(value)[:12]}" for path, value, _ in FAULTS])
def test_a_fault_is_one_sentence_with_file_place_and_remedy(path, value, words):
    """One change, one line; removing a section or all sources takes more with it."""
    lines = said(changed((path, value))).splitlines()
    assert any(all(word in line for word in words) for line in lines), lines
    assert all(line.startswith("mine.json: ") for line in lines)
    if path not in ("sources", "negative electrode/type"):
        assert len(lines) == 1, lines


def as_expression(text, **more):
    """A record of the positive electrode's potential."""
    return {"expression": text, "unit": "V", "source": "chen2020", "method": "fitted"} | more


@pytest.mark.parametrize(
    "text, words",
    [
        ("x.__class__", ["Attribute is not allowed", "use numbers, x, T"]),
        ("__import__('os')", ["only exp, log"]),
        ("(lambda: 4)()", ["only exp, log"]),
        ("4 if x else 3", ["IfExp is not allowed"]),
        ("4 - y", ["'y' is not known"]),
        ("4 - x*", ["not an arithmetic expression"]),
        ("9**9**9**9", ["gives inf at x = 0.001", "finite from 0.001 to 0.999"]),
        ("4 + log(x - 0.5)", ["gives nan"]),
        ("4/(x - 0.5)", ["gives inf at x = 0.5"]),
        ("400*x", ["outside -1 to 10"]),
        ("x" + "+x" * 300, ["nested deeper"]),
    ],
)
def test_a_law_that_cannot_be_is_refused_with_its_reason(text, words):
    """Not allowed, not finite somewhere in its range, or not physical."""
    (line,) = said(changed((OCP, as_expression(text)))).splitlines()
    assert all(word in line for word in (f"mine.json: {OCP}", *words)), line


def test_a_table_must_cover_the_window():
    """Stoichiometries 0.26 to 0.85 lie outside a table from 0.4."""
    record = as_expression("") | {"table": {"x": [0.4, 1.0], "y": [4.0, 3.0]}}
    del record["expression"]
    (line,) = said(changed((OCP, record))).splitlines()
    assert "the table covers 0.4 to 1, not the window 0.26" in line and "extend the table" in line


def test_a_number_is_not_a_law():
    """Where only a number makes sense, an expression is refused."""
    record = {"expression": "1e-4", "unit": "m", "source": "chen2020", "method": "measured"}
    assert "must be a number: only material laws" in said(changed((THICKNESS, record)))


def test_all_faults_are_reported_at_once():
    """Those of single values, those of laws, and those between values that are sound themselves."""
    message = said(
        changed(
            (THICKNESS + "/value", -1.0),
            ("separator/thickness/unit", "mm"),
            ("title", GONE),
            ("electrolyte/typo", {}),
            (OCP, as_expression("1/(x - 0.5)")),
            ("cell/lower voltage cut-off/value", 5.0),
            ("positive electrode/electrolyte volume fraction/value", 0.9),
        )
    )
    assert len(message.splitlines()) == 7
    for place in (
        THICKNESS,
        "separator/thickness",
        "title",
        "electrolyte/typo",
        OCP,
        "cell/lower voltage cut-off",
        "positive electrode: volume fractions",
    ):
        assert f"mine.json: {place}" in message


@pytest.mark.parametrize(
    "content, words",
    [
        ("{", ["line 1", "not valid JSON"]),
        ("", ["not valid JSON"]),
        ("[1]", ["must contain a JSON object", "README"]),
        ('{"title": "a", "title": "b"}', ["'title' appears twice", "remove one"]),
        ('{"title": NaN}', ["NaN is not a number", "finite"]),
        ('{"title": -Infinity}', ["-Infinity is not a number"]),
        ("[" * 100_000, ["nested too deeply"]),
        (b"\xff\xfe\x00", ["cannot be read", "not text in UTF-8"]),
    ],
)
def test_a_file_that_is_no_parameter_file_is_refused(tmp_path, content, words):
    """Broken JSON, doubled keys, NaN, other encodings: with the name of the file."""
    path = tmp_path / "odd.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(cellsim.ParameterError) as refused:
        cellsim.load(path)
    assert "odd.json" in str(refused.value) and all(word in str(refused.value) for word in words)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path):
    """Absent, or a folder."""
    (tmp_path / "folder.json").mkdir()
    for name in ("absent.json", "folder.json"):
        with pytest.raises(cellsim.ParameterError, match=f"{name}: cannot be read"):
            cellsim.load(tmp_path / name)


@pytest.mark.parametrize(
    "name, near",
    [
        ("lgm50_chen", "lgm50_chen2020"),
        ("Leaf2018", "leaf_2018"),
        ("marquis", "marquis2019"),
        ("zzz", "known: bonkile2024"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(name, near):
    """And lists all where none is near."""
    with pytest.raises(cellsim.ParameterError) as refused:
        cellsim.load(name)
    assert f"unknown cell '{name}'" in str(refused.value) and near in str(refused.value)


def places(raw, path=()):
    """Every key of a nested object."""
    for key, value in raw.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from places(value, (*path, key))


def test_mutilated_files_load_or_are_refused():
    """500 seeded mutilations, up to three at a time: a Cell or a ParameterError, nothing else."""
    draw, junk = random.Random(3), [None, True, 0, -1, 1e300, 10**400, "", "x", [], {}, [1], {"value": 1}, float("nan")]
    refused = 0
    for _ in range(500):
        raw = cellsim.load(draw.choice([M50, TARGET])).to_json()
        for *parents, last in draw.sample(list(places(raw)), draw.randint(1, 3)):
            place = raw
            for key in parents:
                place = place.get(key) if isinstance(place, dict) else None
            if isinstance(place, dict) and last in place:
                if draw.random() < 0.3:
                    del place[last]
                else:
                    place[last] = copy.deepcopy(draw.choice(junk))
        try:
            Cell.from_json(raw, "mutilated")
        except cellsim.ParameterError as fault:
            refused += 1
            assert all(line.startswith("mutilated: ") for line in str(fault).splitlines())
    assert refused > 300  # most mutilations matter


def test_a_cell_cannot_be_changed():
    """Neither through its fields nor through what it hands out."""
    cell = cellsim.load(M50)
    before, key = cell.to_json(), hash(cell)
    with pytest.raises(dataclasses.FrozenInstanceError):
        cell.name = "mine"
    with pytest.raises(dataclasses.FrozenInstanceError):
        cell.record(THICKNESS).unit = "um"
    with pytest.raises(TypeError):
        cell._records[THICKNESS] = None
    cell.to_json()["cell"].clear()
    cell.sources.clear()
    raw = cell.to_json()
    other = Cell.from_json(raw, "other")
    raw["cell"].clear()
    assert other.nominal_capacity == cell.nominal_capacity
    assert cell.to_json() == before and hash(cell) == key and cell == cellsim.load(M50)


def test_equal_cells_are_one_key():
    """So that results can be cached by cell."""
    one, two = (cellsim.load(M50).with_({THICKNESS: 80e-6}) for _ in range(2))
    assert one == two and hash(one) == hash(two) and one != cellsim.load(M50)
    assert len({one, two, cellsim.load(M50)}) == 2


def test_a_variation_is_checked_and_marked_as_assumed():
    """The value moves, its record says from where, the rest and the original stay."""
    cell = cellsim.load(M50)
    thin = cell.with_({THICKNESS: 60e-6, OCP: "4.2 - x"})
    assert thin.value(THICKNESS) == 60e-6 and cell.value(THICKNESS) == 85.2e-6
    record = thin.record(THICKNESS)
    assert (record.method, record.source) == ("assumed", "variation") and "8.52e-05" in record.note
    assert thin.law(OCP).expression == "4.2 - x"
    moved = (
        THICKNESS,
        OCP,
        *(
            f"{part} electrode/{end} stoichiometry"
            for part in ("negative", "positive")
            for end in ("minimum", "maximum", "initial")
        ),
    )  # they follow: test_balance.py
    same = [row for row in cell.provenance().rows if row[0] not in moved]
    assert [row for row in thin.provenance().rows if row[0] not in moved] == same
    assert thin.with_({}).value(THICKNESS) == 60e-6


def test_the_number_of_pairs_may_be_fractional_in_a_variation():
    """A sweep over thickness fills a given pouch with 41.5 pairs as well as with 42."""
    cell = cellsim.load(TARGET).with_({"design/number of electrode pairs": 41.5})
    assert build(cell).thickness < build(cellsim.load(TARGET)).thickness


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"negative electrode/thicknes": 1e-4}, ["unknown quantity", "negative electrode/thickness"]),
        ({"thickness": 1e-4}, ["thickness: unknown quantity"]),
        ({"design/format": "pouch"}, ["unknown quantity"]),
        ({THICKNESS: -1e-4}, ["outside 1e-07 to 0.01"]),
        ({THICKNESS: "x"}, ["must be a number"]),
        ({THICKNESS: None}, ["give a number or an expression, found None"]),
        ({THICKNESS: True}, ["found True"]),
        ({THICKNESS: [1e-4]}, ["give a number or an expression"]),
        ({THICKNESS: float("nan")}, ["not finite"]),
        ({OCP: "import os"}, ["not an arithmetic expression"]),
        ({OCP: "1/(x - 0.5)"}, ["gives inf"]),
    ],
)
def test_a_variation_that_cannot_be_is_refused(changes, words):
    """In the same words as a file, naming the cell that was varied."""
    with pytest.raises(cellsim.ParameterError) as refused:
        cellsim.load(M50).with_(changes)
    assert all(word in str(refused.value) for word in (M50, *words))


def test_asking_for_what_is_not_there_is_answered():
    """A near name for a typo; a law is no number; an absent optional value has its neutral default."""
    cell = cellsim.load(M50)
    for call in (cell.value, cell.law, cell.record):
        with pytest.raises(cellsim.ParameterError, match="did you mean 'negative electrode/thickness'"):
            call("negative electrode/thicknes")
    with pytest.raises(cellsim.ParameterError, match="is a law"):
        cell.value(OCP)
    assert not cell.has("cell/series resistance") and cell.value("cell/series resistance") == 0.0


@pytest.mark.parametrize("name", cellsim.cells())
def test_provenance_adds_up(name):
    """One row per record of the file; counts and shares of the methods are complete."""
    raw, table = flattened(read(home() / f"{name}.json")), cellsim.load(name).provenance()
    records = [
        r
        for section in raw.values()
        if isinstance(section, dict)
        for r in section.values()
        if isinstance(r, dict) and "method" in r
    ]
    assert len(table.rows) == len(records) == sum(table.counts.values())
    assert table.counts == {m: sum(r["method"] == m for r in records) for m in METHODS}
    assert sum(table.score.values()) == pytest.approx(1.0, rel=1e-12)
    assert sum(float(share) for share in re.findall(r"(\d+) %", str(table))) == pytest.approx(100.0, abs=2.5)
    assert {row[3] for row in table.rows} == set(raw["sources"])  # every source is used, every use is listed


@pytest.mark.parametrize("name", cellsim.cells())
def test_packaged_sets_follow_the_published_schema(name):
    """Editors that know the schema and cellsim itself agree."""
    import jsonschema

    raw = read(home() / f"{name}.json")
    jsonschema.Draft202012Validator(json_schema()).validate(raw)
    assert raw["$schema"] == "cell.schema.json" and (home() / raw["$schema"]).is_file()


def test_published_schema_is_the_current_one():
    """After a change of names.py: python -m cellsim.parameters.schema > parameter_sets/cell.schema.json"""
    assert json.loads((home() / "cell.schema.json").read_text(encoding="utf-8")) == json_schema()


def representable(value):
    """JSON has neither NaN nor infinity."""
    return not isinstance(value, float) or abs(value) < 1e300


@pytest.mark.parametrize(
    "path, value, _", [case for case in FAULTS if case[0].startswith(THICKNESS) and representable(case[1])][:7]
)
def test_schema_and_loader_refuse_the_same_records(path, value, _):
    """Missing, wrong unit, text, null, boolean, out of range: the editor underlines what the loader refuses.

    NaN and infinity are left to the loader: JSON has neither.
    """
    import jsonschema

    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(changed((path, value))))


def readme():
    """The text of parameter_sets/README.md."""
    return Path(home() / "README.md").read_text(encoding="utf-8")


def test_readme_example_is_a_valid_file(tmp_path):
    """The example loads, and the one thickness in it can be changed as the text says."""
    path = tmp_path / "my.json"
    path.write_text(re.search(r"```json\n(.*?)```", readme(), re.DOTALL)[1], encoding="utf-8")
    cell = cellsim.load(path)
    assert cell.name == "my" and build(cell).mass > 0.0
    import jsonschema

    jsonschema.Draft202012Validator(json_schema()).validate(read(path))


def test_readme_names_every_set_and_method():
    """A set that is added gets its line."""
    text = readme()
    assert all(f"`{name}`" in text for name in cellsim.cells())
    assert all(f"`{method}`" in text for method in METHODS)


def test_a_variation_with_a_source_can_be_saved_and_read(tmp_path):
    """Windows that follow from the lithium inventory name a source of their own, which is in the file."""
    cell = cellsim.load("lgm50_chen2020").with_({"positive electrode/thickness": 8e-5}, source="my measurement")
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(cell.to_json()), encoding="utf-8")
    again = cellsim.load(path)
    for key in ("thickness", "maximum stoichiometry", "minimum stoichiometry"):
        assert again.value(f"positive electrode/{key}") == cell.value(f"positive electrode/{key}")
    assert any(s["citation"] == "my measurement" for s in again.sources.values())
