"""Prices with uncertainty, conditions that are met when substituted, verdicts that move with the files."""

import io
import json

import numpy as np
import pytest
import yaml
from pytest import approx
from rich.console import Console

from cellsim import ClaimError, ParameterError, cli
from cellsim.design.cost import prices
from cellsim.studies.cost import plots, tables
from cellsim.studies.cost.claim_file import DEFAULT, load_cost_claim
from cellsim.studies.cost.conditions import median_price
from cellsim.studies.cost.study import cost, price_quantiles
from cellsim.studies.cost.verdict import FAILS, HOLDS, ONLY_IF, audit_cost

SOLID, LIQUID = "target_nmc811_lpscl_li", "nmc811_pouch_modern"
ENERGY = {SOLID: 330.0, LIQUID: 322.0, "lab_nmc811_lpscl_li": 234.0, "samsung_agc_2020": 21.6}  # Wh, about


@pytest.fixture(scope="module")
def study():
    return cost(SOLID, energy=ENERGY[SOLID], samples=500)


@pytest.fixture(scope="module")
def audited():
    return audit_cost(load_cost_claim(), ENERGY)


def test_quantiles_and_probability(study):
    """Of the same draws."""
    low, mid, high = study.quantiles
    assert low < mid < high
    assert study.probability(mid) == approx(0.5, abs=0.01) and study.probability(low) == approx(0.1, abs=0.01)
    found = price_quantiles(SOLID, "cell", energy=ENERGY[SOLID], samples=500)
    assert (found.p10, found.p50, found.p90) == study.quantiles
    assert sum(study.methods.values()) == approx(1.0, rel=1e-12)


@pytest.mark.parametrize("target", [150.0, 80.0])
def test_conditions_are_met_when_substituted(target):
    """The median price with the needed value is the target, to the tolerance of the root and of the price's slope."""
    s = cost(SOLID, energy=ENERGY[SOLID], samples=500, targets=[target])
    paths = {"price of Li6PS5Cl": "price/Li6PS5Cl", "yield of cells": "yield/cells", "plant size": "size"}
    solved = 0
    for c in s.conditions[target]:
        if c.name in paths and c.needed is not None:
            path = paths[c.name]
            others = {p: v for p, v in s.favourable.items() if p != path} if c.favourable else {}
            assert median_price(s.model, s.draws, {**others, path: c.needed}) == approx(target, rel=1e-4)
            solved += 1
    assert solved >= 1


def test_impossible_prices_are_called_contradictions(study):
    """A needed price below the value of the lithium inside is one, and does not count as a condition."""
    wrong = [c for c in study.conditions[65.0] if c.contradiction]
    assert wrong and all("contradiction" in c.text and not c.possible for c in wrong)


def test_claim_has_honest_verdicts(audited):
    """Every cell, level and price has one of three words, which follows from its numbers."""
    assert len(audited.verdicts) == 3 * 2 * 2
    for v in audited.verdicts:
        expected = HOLDS if v.quantiles[1] <= v.target else ONLY_IF if any(c.possible for c in v.conditions) else FAILS
        assert v.word == expected and f"it {v.word}" in v.sentence
    assert {(v.level, v.target) for v in audited.headlines} == {(a, b) for a in ("cell", "pack") for b in (75.0, 65.0)}


def test_packs_cost_more_than_their_cells(audited):
    prices_of = {(s.cell.name, s.model.level): s.quantiles[1] for s in audited.studies}
    for name in {n for n, _ in prices_of}:
        assert prices_of[name, "pack"] > prices_of[name, "cell"]


def test_less_expensive_materials(audited):
    """Groups add up to the materials of both cells."""
    for m in audited.materials:
        theirs = sum(pair[1] for pair in m.groups.values())
        assert theirs == approx(float(audited.baseline.breakdown.material), rel=1e-12)


def test_stated_plant_by_hand(audited):
    """100 workers of 2,560 h a shift and year over 100 MWh, 25 USD/h x 0.8 and the overhead of labour; 50 kWh a car."""
    checks = {c.what: c for c in audited.plant}
    assert "2.6 h/kWh with one shift, 7.7 with three" in checks["labour"].stated
    low, high = (2.56 * n * 25.0 * 0.8 * 1.86648 for n in (1, 3))
    assert f"{low:.0f} USD/kWh with one shift, {high:.0f} with three" in checks["cost of that labour"].model
    assert "exceeds" in checks["cost of that labour"].finding
    assert checks["cars and energy"].model.startswith("50 kWh a car")


def test_an_edited_scenario_moves_the_verdict(tmp_path):
    """A copy of a scenario with one price changed; the sentence, probability and word follow."""
    content = prices.composed("2028")
    words = []
    for cathode in (21.0, 60.0):
        entry = content["prices"]["NMC811 cathode"]
        entry.update(value=cathode, low=0.8 * cathode, high=1.3 * cathode)
        file = tmp_path / "mine.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        claim = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
        claim.update(cells=[LIQUID], prices="mine.yaml", levels=["cell"], targets=[{"price": 75, "when": "2028"}])
        (tmp_path / "claim.yaml").write_text(yaml.safe_dump(claim), encoding="utf-8")
        words.append(audit_cost(load_cost_claim(tmp_path / "claim.yaml"), ENERGY).verdicts[0].word)
    assert words[0] == HOLDS and words[1] != HOLDS


def test_an_edited_plant_moves_the_price(tmp_path):
    """A file of three lines that extends a packaged plant."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "extends: sulfide\ntitle: better yield\nyields:\n  cells: {value: 0.99, unit: '1', source: own, "
        "method: assumed, date: '2026'}\n",
        encoding="utf-8",
    )
    better = cost(SOLID, plant=file, energy=ENERGY[SOLID], samples=50)
    assert better.quantiles[1] < cost(SOLID, energy=ENERGY[SOLID], samples=50).quantiles[1]


def test_a_price_that_nothing_contains_is_said(tmp_path):
    """A misspelt material moves no price; an added one that the cell is made of is used without a word."""
    file = tmp_path / "mine.yaml"
    price = "{value: 1, unit: USD/kg, date: '2027', method: assumed, source: own}"
    said = {}
    for name in ("Li6PS5C", "Li6PS5Cl"):
        file.write_text(f'extends: "2028"\nprices: {{{name}: {price}}}\n', encoding="utf-8")
        found = cost(SOLID, prices=file, energy=ENERGY[SOLID], samples=50)
        console = Console(width=500, file=io.StringIO())
        console.print(tables.cost_tables(found))
        said[name] = "is not used" in console.file.getvalue(), found.quantiles
    assert said["Li6PS5C"] == (True, cost(SOLID, energy=ENERGY[SOLID], samples=50).quantiles)
    assert said["Li6PS5Cl"][0] is False and said["Li6PS5Cl"][1] < said["Li6PS5C"][1]


def test_faults_of_claims(tmp_path):
    content = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    for key, value, words in (
        ("targets", [], "targets: empty"),
        ("targets", [{"price": -1, "when": "now"}], "targets/0/price"),
        ("levels", ["car"], "levels/0"),
        ("size", 0, "size"),
        ("colour", "red", "colour: unknown key"),
    ):
        file = tmp_path / "claim.yaml"
        file.write_text(yaml.safe_dump(content | {key: value}), encoding="utf-8")
        with pytest.raises(ClaimError, match="^claim.yaml: ") as fault:
            load_cost_claim(file)
        assert words in str(fault.value)
    with pytest.raises(ParameterError, match="targets"):
        cost(SOLID, targets="cheap", energy=1.0)


def run(monkeypatch, capsys, *words):
    monkeypatch.setattr("sys.argv", ["cellsim", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code, capsys.readouterr()


def test_commands(monkeypatch, capsys, tmp_path):
    """`cost` prints bill, probability and conditions and writes its files; `plant` and `prices` show and print YAML."""
    files = [tmp_path / f"cost{suffix}" for suffix in (".json", ".csv", ".png")]
    options = [word for file in files for word in ("-o", file)]
    code, out = run(monkeypatch, capsys, "cost", SOLID, "--energy", 330, "--production", *options)
    assert code == 0 and "electrolyte layer" in out.out and "What would give 75 USD/kWh" in out.out
    assert json.loads(files[0].read_text(encoding="utf-8"))["probability"].keys() == {"75", "65"}
    assert all(file.stat().st_size > 500 for file in files)
    for command, name in (("plant", "batpac5"), ("prices", "batpac5_2022")):
        assert name in run(monkeypatch, capsys, command)[1].out
        assert "second-hand" in run(monkeypatch, capsys, command, name)[1].out
        assert "sources" in yaml.safe_load(run(monkeypatch, capsys, command, name, "--yaml")[1].out)


@pytest.mark.parametrize(
    "words",
    [
        ("cost", SOLID, "--plant", "sulphide"),
        ("cost", SOLID, "--prices", "2099"),
        ("cost", SOLID, "--size", 0),
        ("cost", SOLID, "--choose", "dry"),
        ("cost", SOLID, "-o", "cost.doc"),
        ("cost", "marquis2019"),
        ("plant", "steel"),
        ("prices", "oil"),
    ],
    ids=lambda words: " ".join(map(str, words)),
)
def test_wrong_commands_end_with_one_sentence(monkeypatch, capsys, words):
    code, out = run(monkeypatch, capsys, *words, *(("--energy", 330) if words[0] == "cost" else ()))
    assert code == 2 and out.err.startswith("cellsim: ") and len(out.err.strip().splitlines()) == 1


def test_pictures_and_tables(audited, study):
    """All of them can be drawn and printed."""
    for figure in (
        plots.waterfall(study),
        plots.price_map(study),
        plots.size_curve(study, 0.1),
        plots.material_groups(audited),
    ):
        assert len(figure.axes) == 1
    console = Console(width=200, file=io.StringIO())
    console.print(tables.cost_audit_lines(audited), tables.cost_tables(study))
    assert np.isfinite(study.samples).all() and "pilot line" in console.file.getvalue()
