"""Calibration finds what made a curve; the calibrated and the warm sets do what their files say."""

from pathlib import Path

import numpy as np
import pytest
from pytest import approx
from same_text import same_but_for_last_digits

import cellsim
from cellsim.studies.validation.lines import fast_charge, sony, warm

CHEN = "lgm50_chen2020"
R, H = "cell/series resistance", "cell/heat capacity"
STEP = (cellsim.charge(2.0),)
DOCS = Path(__file__).parents[2] / "docs"


def made(changes, **options):
    """A run of a varied cell as if it had been measured, at 40 times."""
    options = {"soc": 0.1, "temperature": 298.15} | options
    result = cellsim.simulate(cellsim.load(CHEN).with_(changes), list(STEP), cellsim.SPM(), heat=True, **options)
    t = np.linspace(1.0, result.t[-1], 40)
    return cellsim.MeasuredRun(
        "made",
        t,
        result.at("Voltage [V]", t),
        STEP,
        options | {"model": cellsim.SPM()},
        result.at("Cell temperature [K]", t),
    )


def test_calibration_finds_the_values_that_made_a_curve():
    """0.5 mOhm m2 and 70 J/K, sought over a factor of 30 and 4; to 2 %: runs are good to 1 mV of 49 of ohmic drop."""
    run = made({R: 5e-4, H: 70.0})
    found = cellsim.calibrate(cellsim.load(CHEN), [run], {R: (1e-4, 3e-3), H: (30.0, 120.0)})
    assert found.values == {R: approx(5e-4, rel=0.02), H: approx(70.0, rel=0.02)}
    voltage, temperature = found.rms["made"]
    assert voltage < 1e-3 and temperature < 0.1 and found.at_bounds == ()


def test_a_calibration_is_the_same_on_one_thread_and_on_two():
    """Bit for bit; progress counts every time all runs were simulated."""
    told = []
    run, free = made({R: 5e-4}), {R: (1e-4, 1e-3), H: (30.0, 120.0)}
    one = cellsim.calibrate(CHEN, run, free, evaluations=3, threads=1)
    two = cellsim.calibrate(CHEN, run, free, evaluations=3, threads=2, progress=lambda *x: told.append(x))
    assert repr(one) == repr(two) and one.evaluations == two.evaluations
    assert told[-1] == (two.evaluations, None) and [n for n, _ in told] == sorted({n for n, _ in told})


def test_a_value_that_ends_at_its_bound_is_named():
    """The true resistance lies above the bounds."""
    found = cellsim.calibrate(cellsim.load(CHEN), [made({R: 5e-4})], {R: (1e-5, 1e-4)}, evaluations=20)
    assert found.at_bounds == (R,)


def test_what_a_fit_changes_is_marked_in_the_cell():
    """A variation, not the packaged value with its source."""
    found = cellsim.calibrate(cellsim.load(CHEN), [made({R: 5e-4})], {R: (1e-4, 1e-3)}, evaluations=3)
    assert "changed from" in found.cell.record(R).note


@pytest.mark.parametrize(
    "free, message",
    [
        ({}, "no free parameters given"),
        ({R: (0.0, 1.0)}, "two rising numbers above 0"),
        ({R: (2.0, 1.0)}, "two rising numbers above 0"),
        ({R: "abc"}, "two rising numbers"),
        ("abc", "section/quantity"),
        ({"cell/series resistanc": (1e-4, 1e-3)}, "did you mean"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(free, message):
    """In a sentence that names the quantity."""
    with pytest.raises(cellsim.ParameterError, match=message):
        cellsim.calibrate(cellsim.load(CHEN), made({R: 5e-4}), free)


AREA, D = "cell/electrode area", "positive electrode/particle diffusivity"


@pytest.mark.parametrize(
    "path, share, protocol, soc",
    [
        (AREA, 0.8, "Discharge at 5 A until 2.5 V", 1.0),
        (AREA, 2.0, "Discharge at 5 A until 2.5 V", 1.0),
        ("negative electrode/thickness", 0.85, "Charge at 2.5 A until 4.2 V", 0.1),
    ],
)
def test_a_run_that_ends_too_early_at_first_is_found_all_the_same(path, share, protocol, soc):
    """The first cell is empty, or full, long before the measurement is; 1 %: runs are good to 1 mV of hundreds."""
    cell = cellsim.load(CHEN)
    seen = cellsim.simulate(cell, protocol, cellsim.SPM(), soc=soc)
    t = np.linspace(1.0, seen.t[-1], 40)
    run = cellsim.MeasuredRun("seen", t, seen.at("Voltage [V]", t), protocol, {"model": "SPM", "soc": soc})
    truth = cell.value(path)
    found = cellsim.calibrate(cell.with_({path: share * truth}), run, {path: (0.3 * truth, 3.0 * truth)})
    assert found.success and found.values[path] == approx(truth, rel=0.01), found
    assert found.evaluations > 1 and "converged" in found.reason


def test_a_quantity_of_about_one_moves():
    """Steps of the search are of its logarithm, which is 0 there: 1.0 is where it starts, 1.3 what made the curve."""
    scale = "cell/heat transfer coefficient"
    cell = cellsim.load(CHEN).with_({scale: 1.0})
    result = cellsim.simulate(cell.with_({scale: 1.3}), list(STEP), cellsim.SPM(), soc=0.1, heat=True, ambient=280.0)
    t = np.linspace(1.0, result.t[-1], 20)
    run = cellsim.MeasuredRun(
        "made",
        t,
        result.at("Voltage [V]", t),
        STEP,
        {"soc": 0.1, "model": "SPM", "ambient": 280.0},
        result.at("Cell temperature [K]", t),
    )
    found = cellsim.calibrate(cell, [run], {scale: (0.5, 2.0)})
    assert found.values[scale] == approx(1.3, rel=0.02)  # 0.02 K of the 1 K or so that it makes


def test_what_cannot_be_described_is_said_to_be_so():
    """A resistance cannot bring 0.5 V down; and one step of the search does not suffice."""
    run = made({R: 5e-4})
    low = cellsim.MeasuredRun("low", run.t, run.voltage - 0.5, run.steps, run.options)
    found = cellsim.calibrate(cellsim.load(CHEN), low, {R: (1e-5, 1e-4)}, evaluations=5)
    assert not found.success and "'low' differs by" in found.reason and repr(found).startswith("not calibrated")
    short = cellsim.calibrate(cellsim.load(CHEN), run, {R: (1e-5, 3e-3)}, evaluations=1)
    assert not short.success


def test_fitted_values_are_said_to_be_fitted():
    """Method and source, which names the runs; another calibration gets a source of its own."""
    run = made({R: 5e-4})
    found = cellsim.calibrate(CHEN, [run], {R: (1e-4, 1e-3)}, evaluations=3)
    record = found.cell.record(R)
    assert record.method == "fitted" and "made" in found.cell.sources[record.source]["citation"]
    other = found.cell.with_({H: 60.0}, method="fitted", source="another fit")
    assert other.record(H).source != record.source and other.record(R) == record
    assert cellsim.Cell.from_json(other.to_json(), "again").record(H).method == "fitted"
    assert found.cell.with_({R: 1e-4}).record(R).method == "assumed"


T3, V3 = [0.0, 10.0, 20.0], [3.9, 3.89, 3.88]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("a", T3, [3.9, np.nan, 3.88], "Rest for 1 h"), "voltage: number 2 is nan"),
        (("a", T3, V3[:2], "Rest for 1 h"), "2 values of voltage for 3 times"),
        (("a", T3[::-1], V3, "Rest for 1 h"), "times must rise"),
        (("a", T3, V3, "Rest for 1 h", {"socc": 0.8}), "did you mean 'soc'"),
        (("a", T3, V3, "Rest for 1 h", {}, [25.0, 25.1, 25.2]), "of degC add 273.15"),
        (("a", T3, V3, 3), "a protocol is made of"),
        (("a", "abc", V3, "Rest for 1 h"), "give finite times"),
        ((1, T3, V3, "Rest for 1 h"), "give a name"),
    ],
)
def test_measured_runs_that_make_no_sense_are_refused(arguments, message):
    """When they are made, not in the middle of a search."""
    with pytest.raises(cellsim.ProtocolError, match=message):
        cellsim.MeasuredRun(*arguments)


@pytest.mark.parametrize(
    "steps",
    [
        "Discharge at 1C",
        cellsim.discharge(1.0),
        [cellsim.discharge(1.0)],
        cellsim.Protocol("Discharge at 1C"),
        (cellsim.discharge(1.0),),
    ],
)
def test_measured_runs_take_what_simulate_takes(steps):
    """Text, a step, a protocol or a list; lists of numbers, too."""
    differences, _ = cellsim.MeasuredRun("a", T3, V3, steps, {"model": "SPM"}).differences(cellsim.load(CHEN))
    assert differences.shape == (3,) and np.isfinite(differences).all()


def test_runs_are_wanted():
    """And names of their own."""
    run = cellsim.MeasuredRun("a", T3, V3, "Rest for 1 h")
    for runs, message in (([], "at least one"), ([run, run], "same name"), ("a", "MeasuredRun or a list")):
        with pytest.raises(cellsim.ProtocolError, match=message):
            cellsim.calibrate(CHEN, runs, {R: (1e-4, 1e-3)})


def test_every_fitted_value_of_the_sony_cell_says_what_it_was_fitted_to():
    """Eight of them, each with its residual; nothing that was fitted bears another source."""
    cell = cellsim.load("sony_vtc5a")
    records = [cell.record(row[0]) for row in cell.provenance().rows if row[3] == "fit"]
    assert len(records) == 8
    assert all(q.method == "fitted" and "rms" in q.note and "1C and 3C" in q.note for q in records)


def test_predictions_of_the_sony_cell_are_ordered_as_they_must_be():
    """More charge in the warmth and at a lower rate; a greater rise at a higher rate; 4.2 V ends each."""
    cell = cellsim.load("sony_vtc5a")
    found = {(r, T): sony.predict(cell, r, T) for r in (1, 3, 5) for T in (0, 25, 50)}
    assert all(c.ending == "upper voltage" for c in found.values())
    for r in (1, 3, 5):
        assert found[r, 0].charge < found[r, 25].charge < found[r, 50].charge
    for T in (0, 25, 50):
        assert found[1, T].charge > found[3, T].charge > found[5, T].charge
        assert found[1, T].hottest < found[3, T].hottest < found[5, T].hottest


def test_table_of_predictions_is_that_of_the_documentation():
    """Row by row within 1 in the last digit, between machines."""
    rows = lambda text: [x for x in text.splitlines() if x[:3].strip("| ").isdigit() and x.count("|") == 9]  # noqa: E731
    written, ours = rows((DOCS / "sony.md").read_text(encoding="utf-8")), rows(sony.table())
    assert len(written) == len(sony.RATES)
    assert same_but_for_last_digits("\n".join(written), "\n".join(ours)) == []


def test_a_claimed_charge_is_met_by_a_cell_that_can():
    """70 % at 4C take 10.5 min if the voltage allows: with 0.5 mAh/cm² at 45 degC it does."""
    cell = fast_charge.cell_of("nmc_llzo_li", 0.5)
    assert fast_charge.minutes(cell, (10, 80), 45, 4.0) == (approx(10.5, rel=0.02), approx(80.0))
    assert cell.nominal_capacity / cell.value("cell/electrode area") == approx(5.0, rel=1e-9)


def test_heat_brings_the_warm_runs_nearer_to_their_measurement():
    """The voltage error of the LG M50 at 1C falls by a fifth, as it does with PyBaMM (46 to 35 mV)."""
    assert warm.differences(warm.LG)[0] < 0.82 * warm.differences(warm.LG, None)[0]
