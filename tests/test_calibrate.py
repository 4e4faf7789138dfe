"""Calibration finds what made a curve; the calibrated and the warm sets do what their files say."""
import re
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.studies.validation import fast_charge, sony, warm

CHEN = "lgm50_chen2020"
R, H = "cell/series resistance", "cell/heat capacity"
STEP = (cellsim.charge(2.0),)
DOCS = Path(__file__).parents[1] / "docs"


def made(changes, **options):
    """A run of a varied cell as if it had been measured, at 40 times."""
    options = {"soc": 0.1, "temperature": 298.15} | options
    result = cellsim.simulate(cellsim.load(CHEN).with_(changes), list(STEP), cellsim.SPM(), heat=True, **options)
    t = np.linspace(1.0, result.t[-1], 40)
    return cellsim.MeasuredRun("made", t, result.at("Voltage [V]", t), STEP, options | {"model": cellsim.SPM()},
                               result.at("Cell temperature [K]", t))


def test_calibration_finds_the_values_that_made_a_curve():
    """0.5 mOhm m2 and 70 J/K, sought over a factor of 30 and 4; to 2 %: runs are good to 1 mV of 49 of ohmic drop."""
    run = made({R: 5e-4, H: 70.0})
    found = cellsim.calibrate(cellsim.load(CHEN), [run], {R: (1e-4, 3e-3), H: (30.0, 120.0)})
    assert found.values == {R: approx(5e-4, rel=0.02), H: approx(70.0, rel=0.02)}
    voltage, temperature = found.rms["made"]
    assert voltage < 1e-3 and temperature < 0.1 and found.at_bounds == ()


def test_a_value_that_ends_at_its_bound_is_named():
    """The true resistance lies above the bounds."""
    found = cellsim.calibrate(cellsim.load(CHEN), [made({R: 5e-4})], {R: (1e-5, 1e-4)}, evaluations=20)
    assert found.at_bounds == (R,)


def test_what_a_fit_changes_is_marked_in_the_cell():
    """A variation, not the packaged value with its source."""
    found = cellsim.calibrate(cellsim.load(CHEN), [made({R: 5e-4})], {R: (1e-4, 1e-3)}, evaluations=3)
    assert "changed from" in found.cell.record(R).note


@pytest.mark.parametrize("free, message", [({}, "nothing is free"), ({R: (0.0, 1.0)}, "two rising numbers above 0"),
                                           ({R: (2.0, 1.0)}, "two rising numbers above 0")])
def test_bounds_that_make_no_sense_are_refused(free, message):
    """In a sentence that names the quantity."""
    with pytest.raises(cellsim.ParameterError, match=message):
        cellsim.calibrate(cellsim.load(CHEN), [], free)


def test_every_fitted_value_of_the_sony_cell_says_what_it_was_fitted_to():
    """Eight of them, each with its residual; nothing that was fitted bears another source."""
    records = [q for q in sony.load("sony_vtc5a")._records.values() if q.source == "fit"]
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
    numbers = lambda text: np.array([float(x) for x in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)])  # noqa: E731
    rows = lambda text: [x for x in text.splitlines() if x[:3].strip("| ").isdigit() and x.count("|") == 9]  # noqa: E731
    written, ours = rows((DOCS / "sony.md").read_text(encoding="utf-8")), rows(sony.table())
    assert len(written) == len(sony.RATES)
    for a, b in zip(written, ours, strict=True):
        assert numbers(a) == approx(numbers(b), abs=1.01, rel=0.01)


def test_a_claimed_charge_is_met_by_a_cell_that_can():
    """70 % at 4C take 10.5 min if the voltage allows: with 0.5 mA.h/cm2 at 45 degC it does."""
    cell = fast_charge.cell_of("nmc_llzo_li", 0.5)
    assert fast_charge.minutes(cell, (10, 80), 45, 4.0) == (approx(10.5, rel=0.02), approx(80.0))
    assert cell.nominal_capacity / cell.value("cell/electrode area") == approx(5.0, rel=1e-9)


def test_heat_brings_the_warm_runs_nearer_to_their_measurement():
    """The voltage error of the LG M50 at 1C falls by a fifth, as it does with PyBaMM (46 to 35 mV)."""
    assert warm.differences(warm.LG)[0] < 0.82 * warm.differences(warm.LG, None)[0]
