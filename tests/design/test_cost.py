"""The price of a cell: bills, plants, price scenarios, draws, and words for every fault of a file."""

import numpy as np
import pytest
import yaml
from changed_content import changed
from pytest import approx

import cellsim
from cellsim import ParameterError
from cellsim.design import build
from cellsim.design.cost import CostModel, bill_of, draws, materials_of, plant_file, plants, prices, scenarios
from cellsim.design.cost.bill import PACKAGED
from cellsim.design.cost.floors import CARBONATE_IN, ladder, lithium_value
from cellsim.design.cost.model import press_output
from cellsim.design.cost.production import production
from cellsim.design.cost.values import DECILE, Value, Yield
from cellsim.design.pack import compression

SOLID, LIQUID = "target_nmc811_lpscl_li", "nmc811_pouch_modern"
LISTED = sorted(yaml.safe_load(PACKAGED.read_text(encoding="utf-8"))["cells"])
ORIGIN = {"unit": "1", "source": "own", "method": "assumed", "date": "2026"}


def model(name=SOLID, size=30.0, level="cell", rule="batpac", choices=None, scenario="2028", plant=None):
    """A price model with a round energy; nothing is simulated."""
    cell = cellsim.load(name)
    made_of = materials_of(cell)
    whole = plant_file.load_file(plant or made_of.plant, made_of.choices | (choices or {}))
    return CostModel(bill_of(cell, 330.0, made_of), whole, prices.load_file(scenario), size, level, rule)


@pytest.mark.parametrize("name", LISTED)
def test_bill_weighs_what_the_cell_weighs(name):
    """Every mass of layers and housing is bought, to rounding."""
    cell = cellsim.load(name)
    assert bill_of(cell, 1.0).mass == approx(build(cell).mass, rel=1e-12)


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("scenario", scenarios())
def test_every_listed_cell_has_a_price_in_every_scenario(name, scenario):
    assert 0.0 < float(model(name, level="pack", scenario=scenario).breakdown().total) < 1e5


@pytest.mark.parametrize("seed", range(20))
def test_price_rises_with_prices_and_falls_with_yields(seed):
    """Any set of dearer materials makes the price rise, any set of better yields makes it fall."""
    rng = np.random.default_rng(seed)
    m = model([SOLID, LIQUID][seed % 2], level=["cell", "pack"][seed // 2 % 2], size=float(10 ** rng.uniform(-1, 1.7)))
    now = float(m.breakdown().total)
    for prefix, better in (("price/", False), ("yield/", True), ("factor/", False)):
        paths = [p for p in m.inputs if p.startswith(prefix)]
        some = [p for p in paths if rng.random() < 0.5] or paths[:1]
        for path in some:
            value = m.inputs[path].value
            moved = value + rng.uniform(0.1, 0.9) * ((1.0 - value) if better else value)
            change = float(m.breakdown({path: moved}).total) - now
            assert change < 0.0 if better else change > 0.0, path


def test_ranges_are_quantiles():
    """Low and high at the deciles, the value at the median; yields stay between 0 and 1 however far out."""
    price = Value(value=70.0, low=35.0, high=150.0, **ORIGIN)
    assert [float(price.at(z)) for z in (-DECILE, 0.0, DECILE)] == approx([35.0, 70.0, 150.0], rel=1e-12)
    share = Yield(value=0.9, low=0.8, high=0.95, **ORIGIN)
    assert [float(share.at(z)) for z in (-DECILE, 0.0, DECILE)] == approx([0.8, 0.9, 0.95], rel=1e-12)
    assert np.all((share.at(np.linspace(-8, 8, 99)) > 0.0) & (share.at(np.linspace(-8, 8, 99)) < 1.0))


def test_draws_follow_lithium():
    """Rank correlation of two prices is that of their products of weights: 6/pi asin(w w'/2) of normal deviates."""
    drawn = draws(model().inputs, 20000)
    ranks = [np.argsort(np.argsort(drawn[f"price/{name}"])) for name in ("NMC811 cathode", "Li6PS5Cl")]
    expected = 6.0 / np.pi * np.arcsin(0.5 * 0.7 * 0.5)
    assert np.corrcoef(*ranks)[0, 1] == approx(expected, abs=4.0 / np.sqrt(20000))  # four standard errors


def test_models_share_the_draws_of_what_they_share():
    ours, theirs = draws(model().inputs, 50), draws(model(LIQUID).inputs, 50)
    assert np.array_equal(ours["price/NMC811 cathode"], theirs["price/NMC811 cathode"])


def test_six_tenths_rule_below_the_calibrated_size():
    """Equal where calibrated; below, labour and equipment per kWh follow the power 0.6 - 1 of the size, to rounding."""
    for size in (5.0, 30.0):
        both = [float(model(size=size, rule=rule).breakdown().total) for rule in ("batpac", "six-tenths")]
        assert both[0] == approx(both[1], rel=1e-12)
    small, large = (model(LIQUID, size=size, rule="six-tenths").breakdown() for size in (0.1, 1.0))
    for part in ("labour", "equipment", "buildings"):
        assert getattr(small, part) / getattr(large, part) == approx(0.1 ** (0.6 - 1.0), rel=1e-12)


def test_press_by_hand():
    """0.3 m3 filled to 40 %, W.h/L of the stack, three loads an hour, 7,000 h, 65 % of them."""
    m = model()
    by_hand = 300.0 * 0.4 * m.bill.energy / m.bill.stack_volume * 3.0 * 7000.0 * 0.65 * 1e-9
    assert press_output(m) == approx(by_hand, rel=1e-12)
    assert press_output(model(LIQUID)) is None


def test_floors():
    """The reference's arithmetic, printed to two or three digits."""
    assert [round(cost) for _, cost in ladder()] == [113, 46, 25, 14]
    assert lithium_value(12.0) == approx(9.9, abs=0.05) and CARBONATE_IN["lithium metal"] == approx(5.32, abs=0.005)


def test_variants_of_a_line():
    """A dry cathode needs less equipment and no solvent; evaporated lithium has a step of its own."""
    wet, dry = model(), model(choices={"cathode": "dry"})
    assert float(dry.breakdown().equipment) < float(wet.breakdown().equipment)
    assert "solvent lost" in wet.breakdown().materials and "solvent lost" not in dry.breakdown().materials
    assert "lithium evaporation" in model(choices={"anode": "lithium evaporated"}).plant.steps
    assert "pressing" not in model(choices={"press": "none"}).plant.steps


def test_lithium_by_area_and_by_mass():
    """20 um are in the price of the foil, the rest is bought as metal; a line that evaporates buys metal only."""
    thin, thick = model(), model("lab_nmc811_lpscl_li")
    assert "price/lithium metal" not in thin.inputs
    item = next(i for i in thick.bill.items if i.component == "lithium excess")
    kept = 0.94 * 0.99 * 0.99 * 0.90  # lithium, slitting, stacking, cells
    beyond = (item.mass - 0.0107 * item.area) * 90.0
    expected = 1.06656 * (2.5 * item.area + beyond) / kept / (1e-3 * thick.bill.energy)
    assert float(thick.breakdown().materials["lithium excess"]) == approx(expected, rel=1e-12)
    evaporated = model(choices={"anode": "lithium evaporated"})
    item = next(i for i in evaporated.bill.items if i.component == "lithium excess")
    expected = 1.06656 * 90.0 * item.mass / kept / (1e-3 * evaporated.bill.energy)
    assert float(evaporated.breakdown().materials["lithium excess"]) == approx(expected, rel=1e-12)
    assert "price/lithium foil" not in evaporated.inputs


def test_compression_hardware_is_that_of_the_operating_pressure():
    """Mass by the mechanics of design/pack, 3 USD/kg, the overhead of materials; none in a pack of liquid cells."""
    cell, m = cellsim.load(SOLID), model(level="pack")
    design = build(cell)
    share = compression(cell.value("cell/operating pressure"), design.mass / design.volume).mass_share
    expected = 1.06656 * 3.0 * share * design.mass / 0.330
    assert float(m.breakdown().materials["compression hardware"]) == approx(expected, rel=1e-12)
    assert "compression hardware" not in model(LIQUID, level="pack").breakdown().materials


def test_needs_of_a_plant():
    """Sums over the steps are those of the price."""
    m = model(size=10.0)
    p, b = production(m), m.breakdown()
    assert p.hours_per_kwh == approx(float(b.yearly("labour")) / 1e7, rel=1e-12)
    assert p.equipment_per_kwh == approx(float(b.yearly("equipment")) / 1e7, rel=1e-12)
    assert p.presses is not None and p.presses[0] * p.presses[1] == approx(10.0 / 0.9, rel=1e-12)


@pytest.mark.parametrize("name", plants())
def test_a_printed_plant_is_the_same_plant(name, tmp_path):
    copied = tmp_path / "mine.yaml"
    copied.write_text(yaml.safe_dump(plant_file.composed(name)), encoding="utf-8")
    assert plant_file.load_file(str(copied)) == plant_file.load_file(name)


def edited(tmp_path, base, content, changes):
    """A file with some entries of `content` changed: path of keys -> value, None to delete.

    It extends `base` and has the changed entries only, unless something is missing from the whole.
    """
    content = changed(content, changes)
    if None not in changes.values():
        parts = {path[0]: content[path[0]] for path in changes}
        entries = {key: {path[1] for path in changes if path[0] == key and len(path) > 1} for key in parts}
        content = {"extends": base} | {
            key: {k: v for k, v in part.items() if k in entries[key]} if entries[key] else part
            for key, part in parts.items()
        }
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(file)


CATHODE = ("prices", "NMC811 cathode")


@pytest.mark.parametrize(
    "changes, words",
    [
        ({(*CATHODE, "date"): None}, "prices/NMC811 cathode/date: missing"),
        ({(*CATHODE, "value"): -3.0, (*CATHODE, "low"): -4.0}, "prices/NMC811 cathode: value -3: is negative"),
        ({(*CATHODE, "value"): -3.0}, "prices/NMC811 cathode: value -3: is negative; give"),
        ({(*CATHODE, "date"): "soon"}, "prices/NMC811 cathode/date: give a date with its year"),
        ({(*CATHODE, "low"): 30.0}, "low 30, value 21 and high 29 are not in order"),
        ({(*CATHODE, "high"): None}, "give both low and high"),
        ({(*CATHODE, "unit"): "EUR/kg"}, "unit 'EUR/kg'"),
        ({(*CATHODE, "source"): "gossip"}, "'gossip' is not one of sources"),
        ({(*CATHODE, "method"): "guessed"}, "prices/NMC811 cathode/method"),
        ({(*CATHODE, "colour"): "red"}, "unknown key"),
    ],
)
def test_faults_of_price_files(tmp_path, changes, words):
    with pytest.raises(ParameterError, match="^mine.yaml: ") as fault:
        prices.load_file(edited(tmp_path, "2028", prices.composed("2028"), changes))
    assert words in str(fault.value)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({("yields", "cells", "value"): 1.2, ("yields", "cells", "high"): 1.3}, "a yield is above 0 and at most 1"),
        ({("yields", "coating", "value"): 1.2}, "yields/coating: value 1.2: a yield is above 0 and at most 1"),
        ({("yields", "glueing"): {"value": 0.5, **ORIGIN}}, "yields: unknown step 'glueing'; did you mean"),
        ({("steps", "stacking", "scales with"): "moons"}, "scales with 'moons'"),
        ({("factors", "stacking", "steps"): ["staking"]}, "factors/stacking: unknown step 'staking'; did you mean"),
        ({("passes", "lithium"): ["lithum"]}, "passes/lithium: unknown yield 'lithum'"),
        ({("values", "wage"): None}, "values/wage: missing"),
        ({("values", "wages"): {"value": 1.0, **ORIGIN}}, "values/wages: unknown"),
        ({("overheads", "profit"): None}, "overheads/profit: missing"),
        ({("steps", "stacking", "labour"): -1.0}, "steps/stacking/labour"),
        ({("drop",): ["forming"]}, "drop: unknown step 'forming'; did you mean 'formation'"),
        ({("choices",): {"cathode": "moist"}}, "choices/cathode: unknown variant 'moist'"),
        ({("drop",): 5}, "drop: give a list of steps"),
        ({("yields",): [1, 2]}, "yields: give a mapping of names"),
        ({("choices",): {"cathode": {"dry": 1}}}, "choices/cathode: give the name of a variant"),
        ({("factors", "stacking"): 2.0}, "factors/stacking: give steps"),
        ({("factors", "stacking", "low"): 0.0}, "the lower end of a range is above 0"),
        ({("overheads", "life of equipment", "value"): 0.0}, "overheads/life of equipment: is 0"),
        ({("choices",): {"sauce": "hot"}}, "choices: unknown group 'sauce'"),
    ],
)
def test_faults_of_plant_files(tmp_path, changes, words):
    with pytest.raises(ParameterError, match="^mine.yaml: ") as fault:
        plant_file.load_file(edited(tmp_path, "sulfide", plant_file.composed("sulfide"), changes))
    assert words in str(fault.value)


def test_faults_of_arguments(tmp_path):
    """Unknown names come with the nearest ones; a cell without materials and a line that cannot make it are refused."""
    cell = cellsim.load(SOLID)
    for wrong, words in (
        (lambda: plant_file.load_file("sulphide"), "unknown plant 'sulphide'; did you mean 'sulfide'"),
        (lambda: prices.load_file("2029"), "unknown price scenario '2029'; did you mean '2028'"),
        (lambda: prices.load_file(str(tmp_path / "none.yaml")), "none.yaml"),
        (lambda: materials_of(cellsim.load("marquis2019")), "marquis2019: what it is made of is not stated"),
        (lambda: bill_of(cell, 0.0), "give an energy in Wh above 0"),
        (lambda: model(size=0.0), "size 0: give GWh a year"),
        (lambda: model(level="car"), "choose one of cell, pack"),
        (lambda: model(rule="thumb"), "choose one of batpac, six-tenths"),
        (lambda: model(plant="liquid"), "has no line for the"),
        (lambda: model().breakdown({"price/gold": 1.0}), "price/gold: no input of this price"),
    ):
        with pytest.raises(ParameterError) as fault:
            wrong()
        assert words in str(fault.value)
