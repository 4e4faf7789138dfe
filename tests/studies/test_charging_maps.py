"""Maps, fronts and uncertain cells, and studies that are interrupted: every row is the charge itself, and kept."""

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
from cellsim.ensemble import journal
from cellsim.ensemble.journal import journal_of
from cellsim.ensemble.resumable import run_resumably
from cellsim.studies.charging import maps as charging_maps
from cellsim.studies.charging import study as charging
from cellsim.studies.charging.fleet import replayed
from cellsim.studies.charging.study import charge_study
from cellsim.studies.uncertainty import varied_cells
from cellsim.support import compile as _jit

CHEN = "lgm50_chen2020"
ROOT = Path(__file__).parents[2]


def small(kind, path, progress=None):
    """A study of 10 rows, or a map of 6 rows of 2 points, each saved."""
    if kind == "study":
        charge_study(
            CHEN, ["cc-cv 1C", "fastest"], [283.15, 288.15, 293.15, 298.15, 303.15], path=path, progress=progress
        )
    else:
        cellsim.charge_map(
            CHEN,
            "temperature",
            [288.15, 298.15],
            "c-rate",
            [0.5, 1.0, 1.5, 2.0, 2.5, 3.0],
            path=path,
            progress=progress,
        )


SLOWLY = """
import sys, time
from test_charging_maps import small
small(*sys.argv[1:], lambda done, total: time.sleep(0.1))  # so that there is a half-way
"""


def rows_of(path):
    """Cells of a table, numbers as such.  A process that has compiled the kernels and one that loads them may differ
    in the last digit."""
    for word in path.read_text().replace("\n", ",").split(","):
        try:
            yield float(word)
        except ValueError:
            yield word


@pytest.mark.parametrize(
    "kind, cases, work", [("study", 10, (charging, "_one", 1)), ("map", 12, (charging_maps, "point", 1))]
)
def test_a_killed_study_goes_on_where_it_stopped(kind, cases, work, tmp_path, monkeypatch):
    """Killed half-way: whole rows in the journal; the rest is done; the file is that of one never killed."""
    path, whole = tmp_path / "killed.csv", tmp_path / "whole.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, kind, str(path)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
    )
    lines, patience = journal_of(path), time.monotonic() + 120.0
    while not (lines.is_file() and lines.read_text().count("\n") >= 2):
        assert time.monotonic() < patience and process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    done = lines.read_text().count("\n")
    assert 2 <= done < cases and not path.exists()
    with lines.open("a") as file:
        file.write('{"case": "cut sho')  # what a crash may leave
    module, name, each = work
    computed, real = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *x: (computed.append(1), real(*x))[1])
    small(kind, path)
    assert len(computed) == each * (cases - done) and not lines.exists()
    small(kind, whole)
    for one, other in zip(rows_of(path), rows_of(whole), strict=True):
        assert one == approx(other, rel=1e-9, nan_ok=True) if isinstance(other, float) else one == other


def test_rows_of_another_version_are_not_taken_up(tmp_path, monkeypatch):
    """A journal of other sources is left aside, and any source counts."""
    path, computed = tmp_path / "study.csv", []

    def compute(case):
        computed.append(case["x"])
        if len(computed) == 2:
            raise RuntimeError
        return {"square": case["x"] ** 2}

    with pytest.raises(RuntimeError):
        run_resumably([{"x": 1}, {"x": 2}], compute, path)
    monkeypatch.setattr(journal, "version", lambda: "another")
    run_resumably([{"x": 1}, {"x": 2}], compute, path)
    assert computed == [1, 2, 1, 2]
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "riding.py").write_text("JUMPS = 20")
    monkeypatch.setattr(_jit, "HERE", tmp_path)
    monkeypatch.setattr(_jit, "sources", _jit.sources.__wrapped__)  # which a process asks for once
    before = _jit.digest(_jit.EVERYTHING)
    (tmp_path / "studies" / "riding.py").write_text("JUMPS = 30")
    assert _jit.digest(_jit.EVERYTHING) != before


def _stop_at_once(done, total):
    """A user who interrupts after the first row."""
    raise RuntimeError


def test_a_map_has_the_times_of_its_rides_and_goes_on_where_it_stopped(tmp_path):
    """Each point is the ride itself; one saved row by row, and taken up from a journal of one row, is the same."""
    import pandas

    limits = "plating margin >= 0 mV, temperature <= 55 degC"
    axes = ("temperature", [283.15, 298.15, 313.15], "c-rate", [0.5, 2.0])
    plain = cellsim.charge_map(CHEN, *axes, limits=limits)
    alone = cellsim.constrained_charge(
        CHEN,
        cellsim.ChargeConstraints(c_rate=2.0, plating_margin=0.0, temperature=328.15),
        temperature=298.15,
        accuracy=5e-3,
        heat=True,
    )
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
    table = pandas.read_parquet(path)
    assert table["minutes"].tolist() == plain.minutes.ravel().tolist()
    assert table["temperature [K]"].tolist() == [283.15, 298.15, 313.15] * 2


def test_a_map_reaches_beyond_where_a_charge_can_start():
    """At and above the limit of temperature it never gets there, and nothing else is lost."""
    found = cellsim.charge_map(
        CHEN, "temperature", [298.15, 318.05, 333.15], "c-rate", [1.0], limits="temperature <= 45 degC"
    )
    assert math.isfinite(found.minutes[0, 0]) and np.all(np.isinf(found.minutes[0, 1:]))


def test_a_larger_margin_costs_time(tmp_path):
    """The front of time over margin rises throughout; colder limits of temperature cost time as well."""
    import pandas

    front = cellsim.pareto(CHEN, "plating margin", [0.0, 10.0, 30.0], limits="current <= 4C")
    assert np.all(np.diff(front.minutes) > 0.0)
    front = cellsim.pareto(CHEN, "temperature", [308.15, 318.15, 328.15], limits="current <= 2C")
    assert np.all(np.diff(front.minutes) < 0.0)
    front.plot(tmp_path / "front.png")
    saved = cellsim.pareto(
        CHEN, "temperature", [308.15, 318.15, 328.15], limits="current <= 2C", path=tmp_path / "front.csv"
    )
    assert repr(saved) == repr(front) and "45 °C" in repr(front)
    assert pandas.read_csv(tmp_path / "front.csv")["temperature [K]"].tolist() == [308.15, 318.15, 328.15]
    with pytest.warns(DeprecationWarning, match="start_temperature"):
        assert front.temperature == 25.0


def test_the_worst_of_uncertain_cells_is_slower_than_the_middle_one():
    """The 95 % quantile lies above the median; as many cells as asked for."""
    found = cellsim.robust_charge(CHEN, limits="plating margin >= 0 mV, current <= 4C", samples=12)
    assert found.worst >= np.median(found.minutes) and found.minutes.size == 12


def test_a_fleet_charged_alike_needs_a_margin():
    """The current found is that of the nominal cell with the margin; counted anew, as many cells keep to the limit.

    A step less of margin does not do; each cell knowing its own limits needs none.
    """
    limits = "plating margin >= 0 mV, current <= 4C"
    found = cellsim.fleet_charge(CHEN, limits=limits, samples=20, end=0.5)
    assert found.bare < 0.95 <= found.share and found.margin > 0.0 and found.minutes > found.minutes_bare

    def keeping(margin):
        held = cellsim.ChargeConstraints(c_rate=4.0, plating_margin=1e-3 * margin)
        how = {"temperature": 298.15, "heat": True, "accuracy": 5e-3, "soc": 0.1}
        step = cellsim.profile(replayed(cellsim.constrained_charge(CHEN, held, to=0.5, **how).result))
        runs = [cellsim.simulate(cell, step, **how) for cell in varied_cells(cellsim.load(CHEN), 20)]
        return np.mean([run["Plating margin [V]"].min() >= -1e-4 for run in runs])

    assert keeping(found.margin) == found.share and keeping(0.0) == found.bare
    assert keeping(found.margin - 10.0 / 16.0) < 0.95
    assert f"{found.margin:.3g} mV" in repr(found) and found.current[:, 1].max() < 0.0


def test_a_replayed_run_is_the_same_run():
    """Current over time as a profile: the cell comes to the same state of charge and voltage."""
    along = cellsim.constrained_charge(
        CHEN, cellsim.ChargeConstraints(c_rate=3.0, plating_margin=0.0), to=0.6, temperature=298.15
    )
    again = cellsim.simulate(CHEN, cellsim.profile(replayed(along.result)), soc=0.1, temperature=298.15)
    assert again["State of charge"][-1] == approx(0.6, abs=1e-3)
    assert again["Plating margin [V]"].min() == approx(along.result["Plating margin [V]"].min(), abs=2e-3)


def test_a_fleet_over_no_limit_is_refused():
    """Said with what to give; where no margin does, it is infinite."""
    with pytest.raises(cellsim.ProtocolError, match="plating margin >= 0 mV"):
        cellsim.fleet_charge(CHEN, limits="current <= 4C")
    never = cellsim.fleet_charge(CHEN, limits="plating margin >= 150 mV", samples=2)
    assert never.margin == math.inf == never.minutes and never.share == 0.0


def test_an_unknown_axis_is_refused():
    """The message lists those there are."""
    with pytest.raises(cellsim.ProtocolError, match="choose one of temperature"):
        cellsim.charge_map(CHEN, "colour", [1.0], "temperature", [298.15])
    with pytest.raises(cellsim.ParameterError, match="critical current density"):
        cellsim.charge_map(CHEN, "critical current", [1.0], "temperature", [298.15])
    with pytest.raises(cellsim.ProtocolError, match="no such limit"):
        cellsim.pareto(CHEN, "critical current margin", [0.0])
