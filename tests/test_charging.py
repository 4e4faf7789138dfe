"""Charge studies: figures that follow from the run, names, resumption, and the claim of a shorter time."""
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim.report.charging import _margin
from cellsim.studies import charging_claim as claim
from cellsim.studies.charging import PLATING, STRAYS, charge_study
from cellsim.studies.charging_protocols import TEXTS, named
from cellsim.studies.fastest import distances
from cellsim.studies.limits import read_limits
from cellsim.studies.resumable import journal_of, run_resumably

CHEN, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", TEXTS)
def test_every_named_protocol_reaches_the_state_of_charge(name):
    """From 10 to 70 %, at 25 degC."""
    study = charge_study(CHEN, [f"{name} 1.5C"], end=0.7)
    assert math.isfinite(study.charges[0].minutes), study


def test_figures_are_those_of_the_run():
    """Time, peak, margins and efficiency, each from the result by another way; energy balances to 5 %.

    What is taken in is what the open circuit stores and what becomes heat, but for entropy, of which the LG M50
    set has none, and gradients that have not relaxed.
    """
    study = charge_study(CHEN, ["cc-cv 2C"])
    row, result = study.charges[0], next(iter(study.results.values()))
    assert row.minutes == approx(result.t[-1] / 60.0) and result["State of charge"][-1] == approx(0.8, abs=1e-6)
    assert row.peak == approx(result["Cell temperature [K]"].max() - 273.15)
    assert row.plating == approx(1e3 * result["Plating margin [V]"].min())
    fine = np.linspace(0.0, result.t[-1], 20001)
    margin = np.interp(fine, result.t, result["Plating margin [V]"])
    assert row.minutes_plating == approx(np.mean(margin < -STRAYS[PLATING]) * row.minutes, abs=0.02)
    assert row.efficiency * result.charge_energy + row.heat == approx(result.charge_energy, rel=0.05)
    assert math.isnan(row.critical) and math.isnan(row.short)  # not stated, and not zero


def test_a_margin_held_at_its_limit_is_not_beyond_it():
    """A fastest charge along the critical current counts no minute below 0; one a little faster counts nearly all."""
    study = charge_study(TARGET, ["fastest"])
    row, result = study.charges[0], next(iter(study.results.values()))
    assert row.critical < 0.0 and row.minutes_critical == 0.0  # as far as the solver's errors go, and no further
    assert "0.0" in _margin(row.critical, 0.0) and "-" not in _margin(row.critical, 0.0)
    rate = -1.01 * result["C-rate"].min()
    beyond = charge_study(TARGET, [f"Charge at {rate:.4f}C until 80% SOC"]).charges[0]
    assert -0.06 < beyond.critical < -0.001 and beyond.minutes_critical > 0.5 * beyond.minutes


def test_a_charger_never_gives_more_than_its_rate():
    """Also while the voltage is held and the cell warms up from 0 degC."""
    study = charge_study(TARGET, ["cc-cv 2C"], [0.0])
    assert next(iter(study.results.values()))["C-rate"].min() >= -2.0 * 1.001


def test_colder_is_slower_and_less_safe():
    """Minutes fall and the margin rises from -10 to 40 degC."""
    rows = charge_study(CHEN, ["cc-cv 1C"], [-10.0, 15.0, 40.0]).charges
    assert rows[0].minutes > rows[1].minutes > rows[2].minutes
    assert rows[0].plating < rows[1].plating < rows[2].plating


@pytest.mark.parametrize("said, words", [("cc-vc 1C", "did you mean 'cc-cv'|nearest|cc-cv"), ("Chrge at 1C", "Chrge")])
def test_an_unknown_protocol_is_refused_before_anything_runs(said, words):
    """With what it may have meant."""
    with pytest.raises(cellsim.ProtocolError, match=words):
        charge_study(CHEN, [said])


@pytest.mark.parametrize("text, words", [("plating margin >= 10 furlong", "furlong"),
                                         ("voltage >= 4 V", "largest value"),
                                         ("current <= 2C, current <= 3C", "second limit")])
def test_limits_in_words_are_read_or_refused(text, words):
    """A caret or a sentence; units are turned into those of the kernels."""
    with pytest.raises(cellsim.ProtocolError, match=words):
        read_limits(text, CHEN)
    found = read_limits("plating margin >= 10 mV, temperature <= 55 degC, current <= 10 A", CHEN)
    assert (found.plating_margin, found.temperature, found.c_rate) == (approx(0.01), approx(328.15), approx(2.0))


@pytest.mark.parametrize("cell, limits", [
    (CHEN, "plating margin >= 0 mV, current <= 4C"), (CHEN, "temperature <= 35 degC, current <= 3C"),
    (TARGET, "critical current margin >= 0 mA/cm2, current <= 4C")], ids=["plating", "temperature", "critical current"])
def test_both_ways_to_the_fastest_charge_agree(cell, limits):
    """A staged optimum does not beat the ride along the limits by more than 1 %, nor lose by more than 3 %.

    Neither passes a limit in any row, to 1e-4 of 1 V, 1 K or 1 A/m2.  Where temperature binds the ride at the best
    largest current is no slower than the greedy one.
    """
    how = {"temperature": 298.15, "accuracy": 3e-3}
    along = cellsim.fastest_charge(cell, limits, 0.1, 0.6, **how)
    staged = cellsim.staged_charge(cell, limits, 0.1, 0.6, **how)
    assert staged.reached and 0.99 < staged.duration / along.duration < 1.03, (along, staged)
    for run in (along.result, staged.result):
        assert min(distances(run, along.limits, cellsim.load(cell)).values()) > -1e-4
    assert along.duration <= along.greedy.duration


KILLED = """
import sys, time
from cellsim.studies.resumable import run_resumably
def compute(case):
    time.sleep(0.1)
    return {"square": case["x"] ** 2}
run_resumably([{"x": x} for x in range(20)], compute, sys.argv[1])
"""


def test_a_killed_study_goes_on_where_it_stopped(tmp_path):
    """Killed half-way: the journal has whole rows only; the second run does the rest, and the file is the same."""
    path = tmp_path / "study.csv"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], env=os.environ | {"PYTHONPATH": str(ROOT)})
    journal, patience = journal_of(path), time.monotonic() + 60.0
    while not (journal.is_file() and journal.read_text().count("\n") >= 5):
        assert time.monotonic() < patience and process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    done = journal.read_text().count("\n")
    assert 5 <= done < 20 and not path.exists()
    with journal.open("a") as file:
        file.write('{"case": "cut sho')  # what a crash may leave
    computed = []

    def compute(case):
        computed.append(case["x"])
        return {"square": case["x"] ** 2}

    rows = run_resumably([{"x": x} for x in range(20)], compute, path)
    assert rows == [{"x": x, "square": x**2} for x in range(20)] and len(computed) == 20 - done
    assert path.is_file() and not journal.exists()


def test_a_study_written_and_read_again_is_the_same(tmp_path):
    """Rows of a resumed study equal those of one in memory, bit for bit."""
    import pandas

    path = tmp_path / "study.parquet"
    kept = charge_study(CHEN, ["cc-cv 1C"], [25.0, 40.0], path=path)
    plain = charge_study(CHEN, ["cc-cv 1C"], [25.0, 40.0])
    for a, b in zip(kept.charges, plain.charges, strict=True):
        assert repr(a) == repr(b)
    assert len(pandas.read_parquet(path)) == 2


def test_the_charging_claim_is_judged_by_the_times_themselves():
    """Ratio and verdict from the two times; a needed critical current, where there is one, does make it hold."""
    rated = claim.charging_claim([TARGET], [CHEN], temperatures=(25.0,))
    assert {v.rule for v in rated} == {"safe", "rated"}
    for v in rated:
        assert v.ratio == approx(v.minutes / v.baseline_minutes) and v.holds == (v.ratio <= claim.FACTOR * 1.001)
        assert v.word in ("holds", "holds only if", "does not hold")
    cell = cellsim.load(TARGET)
    found = claim.conditions(cell, 25.0, 30.0)
    assert "critical current" in {name for name, *_ in found}
    for name, value, now, _ in found:
        better = claim.WAYS[name][0](cell, value / now)
        assert claim.time_of(better, 25.0) == approx(30.0, rel=0.05)


def test_named_protocols_are_the_ones_that_are_documented():
    """Each name of the module's text is known, and the other way round."""
    from cellsim.studies import charging_protocols

    for name in (*TEXTS, "fastest"):
        assert f"    {name} " in charging_protocols.__doc__
    assert named(cellsim.load(CHEN), "fastest", 0.1, 0.8) is None


def _stop_at_once(done, total):
    """A user who interrupts after the first row."""
    raise RuntimeError


def test_a_map_has_the_times_of_its_rides_and_goes_on_where_it_stopped(tmp_path):
    """Each point is the ride itself; one saved row by row, and taken up from a journal of one row, is the same."""
    limits = "plating margin >= 0 mV, temperature <= 55 degC"
    axes = ("temperature", [10.0, 25.0, 40.0], "c-rate", [0.5, 2.0])
    plain = cellsim.charge_map(CHEN, *axes, limits=limits)
    alone = cellsim.ride(CHEN, cellsim.Limits(c_rate=2.0, plating_margin=0.0, temperature=328.15), temperature=298.15,
                         accuracy=5e-3, heat=True)
    assert plain.minutes[1, 1] == alone.duration / 60.0 and plain.minutes.shape == (2, 3)
    assert np.all(np.isfinite(plain.minutes)) and np.all(np.diff(plain.minutes[:, 1]) < 0.0)
    path = tmp_path / "map.parquet"
    kept = cellsim.charge_map(CHEN, *axes, limits=limits, path=path)
    assert np.array_equal(kept.minutes, plain.minutes) and path.is_file()
    with pytest.raises(RuntimeError):
        cellsim.charge_map(CHEN, *axes, limits=limits, path=tmp_path / "b.csv", progress=_stop_at_once)
    assert journal_of(tmp_path / "b.csv").read_text().count("\n") == 1
    again = cellsim.charge_map(CHEN, *axes, limits=limits, path=tmp_path / "b.csv")
    assert np.array_equal(again.minutes, plain.minutes)
    plain.plot(tmp_path / "map.png")


def test_a_larger_margin_costs_time():
    """The front of time over margin rises throughout; colder limits of temperature cost time as well."""
    front = cellsim.pareto(CHEN, "plating margin", [0.0, 10.0, 30.0], limits="current <= 4C")
    assert np.all(np.diff(front) > 0.0)
    front = cellsim.pareto(CHEN, "temperature", [35.0, 45.0, 55.0], limits="current <= 2C")
    assert np.all(np.diff(front) < 0.0)


def test_the_worst_of_uncertain_cells_is_slower_than_the_middle_one():
    """The 95 % quantile lies above the median; as many cells as asked for."""
    found = cellsim.robust_charge(CHEN, limits="plating margin >= 0 mV, current <= 4C", samples=12)
    assert found.worst >= np.median(found.minutes) and found.minutes.size == 12


def test_an_unknown_axis_is_refused():
    """The message lists those there are."""
    with pytest.raises(cellsim.ProtocolError, match="choose from temperature"):
        cellsim.charge_map(CHEN, "colour", [1.0], "temperature", [25.0])
    with pytest.raises(cellsim.ParameterError, match="critical current density"):
        cellsim.charge_map(CHEN, "critical current", [1.0], "temperature", [25.0])
    with pytest.raises(cellsim.ProtocolError, match="no such limit"):
        cellsim.pareto(CHEN, "critical current margin", [0.0])


def test_a_cell_that_cannot_be_charged_takes_no_other_with_it():
    """Sinzig's set states no critical current; the verdicts on the others are those without it."""
    alone = claim.charging_claim([TARGET], [CHEN], temperatures=(25.0,))
    assert claim.charging_claim(["sinzig2024", TARGET], [CHEN], temperatures=(25.0,)) == alone


def test_a_cell_and_its_variation_are_two_rows():
    """A number tells them apart."""
    cell = cellsim.load(CHEN)
    thinner = cell.with_({"separator/thickness": 8e-6})
    study = charge_study([cell, thinner], ["cc-cv 1C"])
    assert [c.cell for c in study.charges] == [f"{CHEN} (1)", f"{CHEN} (2)"] and len(study.results) == 2
    assert study.charges[0].minutes != study.charges[1].minutes
