"""What makers state: records with their conditions and sources, and words for every fault of a file."""

import json
import re

import numpy as np
import pytest
import yaml
from changed_content import changed
from pytest import approx
from rich.console import Console

import cellsim
from cellsim import ClaimError
from cellsim.studies.claim_audit.maker_claims import FOLDER, NEEDS
from cellsim.studies.claim_audit.nearest import against_nearest
from cellsim.studies.claim_audit.report.tables import claims_table

GOOD = {
    "maker": "Acme",
    "product": "cell",
    "sources": {"paper": {"citation": "A paper", "access": "seen"}},
    "figures": [
        {
            "quantity": "charge time",
            "value": 15,
            "unit": "min",
            "status": "measured",
            "source": "paper",
            "confidence": "high",
            "conditions": {"level": "cell", "window": [10, 80], "areal capacity": 5.0},
        }
    ],
}


@pytest.fixture(scope="module")
def found():
    return cellsim.maker_claims()


@pytest.fixture
def read(tmp_path):
    """Claims of a folder with one file, which is GOOD with changes: path of keys -> value, None to delete."""

    def made(changes):
        content = changed(GOOD, changes)
        (tmp_path / "acme.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        return cellsim.maker_claims(tmp_path)

    return made


def pick(found, product, quantity, value):
    return next(f for f in found if (f.product, f.quantity, f.value) == (product, quantity, value))


def test_all_makers_are_there(found):
    makers = {f.maker.split(" (")[0] for f in found}
    assert makers == {
        "BYD",
        "BloombergNEF",
        "Blue Solutions",
        "CATL",
        "Donut Lab",
        "Factorial",
        "Hyundai",
        "Idemitsu",
        "KETI",
        "Nissan",
        "QuantumScape",
        "SAIC",
        "Samsung",
        "Samsung SDI",
        "Solid Power",
        "Toyota",
    }
    assert "Audi" in {maker for maker, _, _ in found.notes}  # considered it once; stated nothing
    assert len(found.notes) == len(list(FOLDER.glob("*.yaml")))


def test_every_figure_has_a_source_and_says_how_it_is_known(found):
    """What is from memory has no address and low confidence; everything else can be looked up."""
    for f in found:
        assert f.source and f.access in ("seen", "second-hand", "memory")
        if f.access == "memory":
            assert f.confidence == "low" and not f.url
        else:
            assert f.url.startswith("http")


def test_what_is_not_stated_is_what_the_quantity_needs_and_the_source_does_not_give(found):
    for f in found:
        assert set(f.not_stated) | (set(NEEDS[f.quantity][1]) & set(f.conditions)) == set(NEEDS[f.quantity][1])
        assert not set(f.not_stated) & set(f.conditions)
    qse5 = pick(found, "QSE-5, B sample", "gravimetric energy density", 301.0)
    assert qse5.not_stated == ("pressure", "areal capacity") and qse5.status == "measured"
    solstice = pick(found, "Solstice", "gravimetric energy density", 450.0)
    assert "level" in solstice.not_stated and solstice.status == "target" and solstice.text == "up to 450 Wh/kg"


def test_the_energy_densities_of_one_cell_give_a_density_that_a_cell_can_have(found):
    """844 Wh/L over 301 Wh/kg is 2.8 kg/L: a pair of misread figures would not be between those of
    Li6PS5Cl (1.9) and of NMC (4.8).
    """
    product = "QSE-5, B sample"
    ratio = (
        pick(found, product, "volumetric energy density", 844.0).value
        / pick(found, product, "gravimetric energy density", 301.0).value
    )
    assert 1.9 < ratio < 4.8


def test_derived_figures_are_the_arithmetic_they_show(found):
    """Each line evaluates, with its own numbers, to the number it ends with (three digits)."""
    shown = [(f, line) for f in found for line in f.derived]
    assert {f.product for f, _ in shown} >= {"FEST", "QSE-5, B sample", "single-layer prototypes, 2020 to 2022"}
    for _, line in shown:
        if line.startswith("mean rate"):
            high, low, minutes, rate = map(float, re.search(r"\((\S+) - (\S+)\) % / (\S+) min = (\S+)C", line).groups())
            assert rate == approx((high - low) / 100.0 * 60.0 / minutes, rel=5e-3)
        else:
            rate, areal, density = map(float, re.search(r"(\S+)C x (\S+) mAh/cm² = (\S+) mA/cm²", line).groups())
            assert density == approx(rate * areal, rel=5e-3)
    assert len(shown) == sum(f.quantity == "charge time" and "window" in f.conditions for f in found) + sum(
        f.quantity == "charge time" and {"window", "areal capacity"} <= set(f.conditions) for f in found
    )


def test_a_charge_from_10_to_80_percent_in_15_minutes_is_2_8_c(read):
    """And at 5 mAh/cm² 14 mA/cm²."""
    assert read({}).figures[0].derived == (
        "mean rate (80 - 10) % / 15 min = 2.8C",
        "mean current density 2.8C x 5 mAh/cm² = 14 mA/cm²",
    )
    assert read({("figures", 0, "conditions"): {}}).figures[0].derived == ()


def test_claims_are_filtered(found):
    """By a part of the maker's name, a part of the quantity, the year of the source."""
    nissan = found.filtered(maker="nissan")
    assert {f.maker for f in nissan} == {"Nissan"} and {maker for maker, _, _ in nissan.notes} == {"Nissan"}
    assert {f.quantity for f in found.filtered(kind="cost")} == {"cost", "cost over a baseline"}
    assert all(f.date.startswith("2025") for f in found.filtered(year=2025))
    capacity = found.filtered("Nissan", "production capacity", 2025).figures
    assert [(f.value, f.text) for f in capacity] == [(0.1, "0.1 GWh a year")]
    for wrong, words in (
        ({"maker": "Nisan"}, "maker 'Nisan': no claim; did you mean 'Nissan'"),
        ({"kind": "price"}, "kind 'price': no claim"),
        ({"year": 1999}, "year '1999': no claim"),
    ):
        with pytest.raises(ClaimError) as fault:
            found.filtered(**wrong)
        assert words in str(fault.value)


def test_energy_densities_are_compared_with_the_nearest_set(found):
    """The ratio shown is that of the stated figure to capacity times mean voltage over mass; sets exist."""
    compared = [(f, against_nearest(f)) for f in found if against_nearest(f)]
    assert compared and {f.nearest for f in found} - {""} <= set(cellsim.cells())
    for f, line in compared:
        ratio, own = map(float, re.match(r"(\S+) times the (\S+) Wh", line).groups())
        assert ratio == approx(np.max(f.value) / own, rel=0.01)
        assert ("within reach" in line) == (ratio <= 1.0)


def test_records_and_tables_hold_the_same_figures(found):
    frame, records = found.to_pandas(), json.loads(json.dumps(found.to_json()))
    assert len(frame) == len(found) == sum(len(r["figures"]) for r in records)
    blue = frame[(frame["maker"] == "Blue Solutions") & (frame["quantity"] == "energy density over a baseline")].iloc[0]
    assert (blue["value"], blue["upper"]) == (1.3, 1.4)
    assert [r["note"] for r in records if r["maker"] == "Hyundai"][0].startswith("No figure for a product was found")


def test_the_terminal_shows_every_figure_and_source(found):
    """On a wide terminal nothing is cut; on a narrow one nothing is lost but line ends move."""
    for width in (300, 80):
        with Console(width=width, record=True, file=open("/dev/null", "w")) as console:
            console.print(claims_table(found))
        text = "".join(console.export_text().split())
        assert text.startswith("Audi:electricsupercarwithsolid-statebatteriesOneinterview")  # no empty table
        for f in found:
            if width == 300:
                for words in (f.text, f.source, f.url, *f.derived):
                    assert "".join(words.split()) in text
        assert "frommemory" in text and "second-hand" in text if width == 300 else "QuantumScape" in text


def test_the_command_prints_tables_or_records(monkeypatch, capsys, found):
    from cellsim import cli

    for arguments in ((), ("--json",)):
        monkeypatch.setattr("sys.argv", ["cellsim", "claims", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert not end.value.code
        out = capsys.readouterr().out
        assert json.loads(out) == json.loads(json.dumps(found.to_json())) if arguments else "Solstice" in out


BAD = {
    "unknown quantity": (
        {("figures", 0, "quantity"): "charging time"},
        "figures/0: quantity 'charging time' is unknown; choose one of",
    ),
    "wrong unit": ({("figures", 0, "unit"): "s"}, "figures/0: unit 's': a charge time is given in 'min'"),
    "no value": ({("figures", 0, "value"): None}, "figures/0/value.*missing; add it"),
    "not a number": ({("figures", 0, "value"): "fast"}, "figures/0/value.*valid number"),
    "three values": ({("figures", 0, "value"): [1, 2, 3]}, r"figures/0: value: give a number or \[low, high\]"),
    "infinite": ({("figures", 0, "value"): float("inf")}, "figures/0/value.*finite"),
    "no source": ({("figures", 0, "source"): "press"}, "figures/0/source: 'press' is not one of sources; add it"),
    "promoted": (
        {("sources", "paper", "access"): "memory"},
        "figures/0/confidence: must be low for a source from memory",
    ),
    "no access": ({("sources", "paper", "access"): None}, "sources/paper/access: missing; add it"),
    "unknown access": ({("sources", "paper", "access"): "heard"}, "sources/paper/access: .*'seen', 'second-hand' or"),
    "not a date": ({("sources", "paper", "date"): "spring"}, "sources/paper/date: "),
    "not an address": ({("sources", "paper", "url"): "javascript:x"}, "sources/paper/url: "),
    "unknown condition": (
        {("figures", 0, "conditions", "loading"): "5"},
        "figures/0/conditions/loading: unknown key; known: level, .*areal capacity",
    ),
    "falling window": ({("figures", 0, "conditions", "window"): [80, 10]}, "window: give two increasing numbers"),
    "nothing found": ({("figures",): []}, "figures: empty; state in note"),
    "no sources": ({("sources",): {}}, "sources: empty; name at least one"),
    "unknown key": (
        {("colour",): "red"},
        "colour: unknown key; known: maker, product, nearest set, note, sources, figures",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_faulty_file_is_explained(read, what):
    """Each sentence names the file, the place in it, and what to do."""
    changes, words = BAD[what]
    with pytest.raises(ClaimError, match=f"acme.yaml: (the file: )?.*{words}"):
        read(changes)


def test_all_faults_are_named_at_once(read):
    with pytest.raises(ClaimError) as fault:
        read({("maker",): None, ("figures", 0, "status"): "dreamt", ("colour",): "red"})
    assert len(str(fault.value).splitlines()) == 3


def test_files_that_hold_no_claims_are_explained(tmp_path):
    with pytest.raises(ClaimError, match="contains no .yaml files"):
        cellsim.maker_claims(tmp_path)
    for text, words in (("- a list", "contains no keys; start with maker"), ("a: [", "not valid YAML"), ("\xff", "")):
        (tmp_path / "acme.yaml").write_text(text, encoding="latin-1")
        with pytest.raises(ClaimError, match=f"acme.yaml: .*{words}"):
            cellsim.maker_claims(tmp_path)
