"""Ageing overlays: what they change, that results name them, and what is refused, in a sentence."""

import json
import pickle

import pytest

import cellsim
from cellsim import ParameterError
from cellsim.kernels.layout import unknowns
from cellsim.models.volumes import surface_area
from cellsim.parameters.catalogue.ageing import OF_METAL, OPTIONS, QUANTITIES, SIDES
from cellsim.parameters.formats.overlay import FOLDER, METHODS
from cellsim.parameters.load import home
from cellsim.physics.constants import F

NEGATIVE, POSITIVE = SIDES
DIFFUSIVITY = f"{NEGATIVE}/SEI solvent diffusivity"
CELLS = ("sony_vtc5a", "okane2022", "nmc811_lpscl_graphite")  # liquid without ageing, with it, and solid
LIQUID_ONLY = ("li2022",)  # no solvent is used up in a solid electrolyte


def content(name="kirkaldy2024"):
    """The content of a packaged overlay, a copy."""
    return json.loads((home() / FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def wrote(tmp_path):
    """A function that writes an overlay and gives its path."""

    def write(raw):
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(raw), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("overlay", cellsim.overlays())
def test_overlay_states_what_the_file_says(name, overlay):
    """Every option and quantity, with a source that the cell lists and a method that claims nothing of this cell."""
    if overlay in LIQUID_ONLY and cellsim.load(name).kind == "solid":
        with pytest.raises(ParameterError, match="dry-out: no solvent is used up in a solid electrolyte"):
            cellsim.with_overlay(name, overlay)
        return
    cell, raw = cellsim.with_overlay(name, overlay), content(overlay)
    assert cell.name == name and raw["description"]
    for part in SIDES:
        for key, record in raw.get(part, {}).items():
            if key in OF_METAL:
                assert not cell.has(f"{part}/{key}") or key in QUANTITIES
            elif key in OPTIONS:
                assert cell.options(part)[key] == record
            else:
                found = cell.record(f"{part}/{key}")
                assert cell.value(f"{part}/{key}") == record["value"] and found.unit == QUANTITIES[key].unit
                assert found.method in METHODS and cell.sources[found.source] == raw["sources"][record["source"]]
    assert any(overlay in remark and "not fitted to it" in remark for remark in cell.remarks)
    other = f"laws are of a {raw.get('kind', 'liquid')} electrolyte"
    assert (other in " ".join(cell.remarks)) == (cell.kind != raw.get("kind", "liquid"))


def test_overlay_lends_lithium_metal_its_quantities():
    """And the positive electrode its options; every result says that they are assumed for this cell."""
    cell, raw = cellsim.with_overlay("target_nmc811_lpscl_li", "solid_wear"), content("solid_wear")
    for part in SIDES:
        for key, record in raw[part].items():
            assert (cell.options(part)[key] if key in OPTIONS else cell.value(f"{part}/{key}")) == (
                record if key in OPTIONS else record["value"]
            )
    result = cellsim.simulate(cell, "Rest for 1 minute", model=cellsim.SPM(), soc=0.5)
    assert "ageing overlay solid_wear" in result.remarks[0]


def test_overlay_leaves_the_rest():
    """Of a set that ages by itself, the other mechanisms stay on; what is no part of ageing is untouched."""
    before, after = cellsim.load("okane2022"), cellsim.with_overlay("okane2022", "kirkaldy2024")
    assert after.options(NEGATIVE) == before.options(NEGATIVE) and after.options(POSITIVE) == before.options(POSITIVE)
    assert after.value(DIFFUSIVITY) == 2.2e-20 != before.value(DIFFUSIVITY)
    laid = {f"{NEGATIVE}/{key}" for key in content()[NEGATIVE]}
    rows = [{row[0]: row for row in cell.provenance().rows if row[0] not in laid} for cell in (before, after)]
    assert rows[0] == rows[1]


def test_results_name_the_overlay(tmp_path):
    """In a variation, after pickling and saving too; not where all ageing is turned off."""
    cell = cellsim.with_overlay("okane2022", "kirkaldy2024").with_({f"{NEGATIVE}/initial SEI thickness": 6e-9})
    for one in (cell, pickle.loads(pickle.dumps(cell)), cell.with_ageing({"loss of active material": "none"})):
        result = cellsim.simulate(one, "Rest for 1 minute", model=cellsim.SPM(), soc=0.5)
        assert "ageing overlay kirkaldy2024" in result.remarks[0] and "assumed for this cell" in result.remarks[0]
        assert "kirkaldy2024" in str(result)
    path = tmp_path / "again.json"
    path.write_text(json.dumps(cell.to_json()), encoding="utf-8")
    with pytest.warns(cellsim.CellsimWarning, match="kirkaldy2024"):
        again = cellsim.load(path)
    assert again.remarks == cell.remarks
    quiet = cellsim.simulate(cell.with_ageing(False), "Rest for 1 minute", model=cellsim.SPM(), soc=0.5)
    assert not any("overlay" in remark for remark in quiet.remarks)


def test_overlay_ages_the_cell():
    """A month at rest: closed form of growth by diffusion, L^2 = L_0^2 + 2 V D c t / z; 1e-3 is the run's own error."""
    cell, days = cellsim.with_overlay("lgm50_chen2020", "kirkaldy2024"), 30.0
    model = cellsim.SPM()
    run = cellsim.simulate(cell, f"Rest for {days:g} days", model=model, soc=0.8, temperature=298.15)
    sys = model.discretise(cell, 298.15)
    lithium = unknowns(sys, run.final_state.state).sei[0, 0] / sys.volume[0]["dx"] / F  # [mol/m3]
    V, D, c, z, L_0 = (
        cell.value(f"{NEGATIVE}/{key}")
        for key in (
            "SEI partial molar volume",
            "SEI solvent diffusivity",
            "bulk solvent concentration",
            "ratio of lithium moles to SEI moles",
            "initial SEI thickness",
        )
    )
    L = (L_0**2 + 2.0 * V * D * c * days * 86400.0 / z) ** 0.5
    assert L > 2.0 * L_0
    assert lithium * V / z / surface_area(cell, NEGATIVE) == pytest.approx(L, rel=1e-3)


def test_electrodes_without_particles_stay_as_they_are():
    """Lithium metal: the positive electrode alone ages, and the remark says so; nothing left to age is refused."""
    before, after = cellsim.load("lfp_peo_li"), cellsim.with_overlay("lfp_peo_li", "okane2022")
    assert after.options(NEGATIVE) == {} and after.options(POSITIVE)["loss of active material"] == "stress-driven"
    own = [[row for row in cell.provenance().rows if row[0].startswith(NEGATIVE)] for cell in (before, after)]
    assert own[0] == own[1]
    assert "negative electrode is lithium metal, to which it does not apply" in " ".join(after.remarks)
    for name in ("lfp_peo_li", "danilov2011"):
        with pytest.raises(ParameterError, match=f"negative electrode of {name} is lithium metal") as found:
            cellsim.with_overlay(name, "kirkaldy2024")
        assert "\n" not in str(found.value)


def test_pores_stay_where_the_set_states_a_transport_efficiency(wrote):
    """Which says nothing of the efficiency at another porosity."""
    raw = cellsim.load("lgm50_chen2020").to_json()
    raw[NEGATIVE]["transport efficiency"] = raw[NEGATIVE].pop("bruggeman exponent") | {"value": 0.125}
    cell = cellsim.with_overlay(cellsim.Cell.from_json(raw, "mine"), "okane2022")
    assert (
        cell.options(NEGATIVE)["SEI porosity change"]
        == cell.options(NEGATIVE)["lithium plating porosity change"]
        == "false"
    )
    assert cell.options(NEGATIVE)["lithium plating"] == "partially reversible"
    assert "keep their volume" in " ".join(cell.remarks)


def test_a_source_of_the_same_key_stays_apart(wrote):
    """The set's chen2020 remains what it was; the overlay's gets a key of its own."""
    raw = content()
    raw["sources"] = {"chen2020": {"citation": "Another paper of that name"}}
    for record in raw[NEGATIVE].values():
        if isinstance(record, dict):
            record["source"] = "chen2020"
    cell, before = cellsim.with_overlay("lgm50_chen2020", wrote(raw)), cellsim.load("lgm50_chen2020")
    assert cell.sources["chen2020"] == before.sources["chen2020"]
    assert cell.record(f"{NEGATIVE}/thickness").source == "chen2020"
    assert cell.sources[cell.record(DIFFUSIVITY).source]["citation"] == "Another paper of that name"


SEI, RATE = "SEI", "SEI solvent diffusivity"
FAULTS = [  # what is changed in a valid overlay, words of the sentence
    (lambda raw: raw.pop("title"), "title: missing"),
    (lambda raw: raw.update(description=3), "description: missing"),
    (lambda raw: raw.update(sources={}), "sources: missing; list every source"),
    (lambda raw: raw.update(kind="gas"), 'kind: must be "liquid" or "solid", found \'gas\''),
    (lambda raw: raw.update(format=2), "format: must be 1, found 2"),
    (lambda raw: raw.update(cell={}), "cell: not part of an ageing overlay"),
    (lambda raw: raw.pop(NEGATIVE), "ages nothing; add a section"),
    (lambda raw: raw.update({NEGATIVE: []}), "negative electrode: must be an object"),
    (lambda raw: raw[NEGATIVE].update(thickness=raw[NEGATIVE][RATE]), "negative electrode/thickness: not of ageing"),
    (lambda raw: raw[NEGATIVE][RATE].update(method="fitted"), "method 'fitted'; choose literature or assumed"),
    (lambda raw: raw[NEGATIVE][RATE].pop("method"), "method None; choose literature"),
    (lambda raw: raw[NEGATIVE][RATE].update(unit="cm2.s-1"), "unit 'cm2.s-1'; expected 'm2.s-1': convert the value"),
    (lambda raw: raw[NEGATIVE][RATE].update(source="nobody"), "source 'nobody' is not in sources"),
    (lambda raw: raw[NEGATIVE][RATE].update(value=1.0), "value 1 m2.s-1 is outside 0 to 1e-06"),
    (lambda raw: raw[NEGATIVE].update({RATE: 2.2e-20}), "must be a record with value, unit, source and method"),
    (lambda raw: raw[NEGATIVE].pop(RATE), "'solvent-diffusion limited' needs 'SEI solvent diffusivity' [m2.s-1]"),
    (lambda raw: raw[NEGATIVE].update(SEI="rust"), "must be one of 'none', 'reaction limited'"),
]


@pytest.mark.parametrize("change, words", FAULTS, ids=[words[:40] for _, words in FAULTS])
def test_faults_are_told_in_a_sentence(wrote, change, words):
    """With the file, the place and the remedy; the cell stays usable."""
    raw = content()
    change(raw)
    with pytest.raises(ParameterError) as found:
        cellsim.with_overlay("lgm50_chen2020", wrote(raw))
    text = str(found.value)
    assert words in text and "mine" in text and len(text.splitlines()) == 1


@pytest.mark.parametrize(
    "overlay, words",
    [
        ("kirkaldy", "did you mean 'kirkaldy2024'"),
        (2024, "a name or the path of a .json file, not 2024"),
        ("nowhere.json", "nowhere.json: cannot be read"),
    ],
)
def test_unknown_overlays_are_refused(overlay, words):
    """By name, type and path."""
    with pytest.raises(ParameterError, match=words) as found:
        cellsim.with_overlay("lgm50_chen2020", overlay)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("overlay", cellsim.overlays())
def test_readme_names_every_overlay(overlay):
    """An overlay that is added gets its line."""
    assert f"| `{overlay}` |" in (home() / "README.md").read_text(encoding="utf-8")
