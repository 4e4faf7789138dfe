"""Lives that are killed and go on, files of lives, and states of any cycle."""

import json
import multiprocessing
import os
import signal

import numpy as np
import pytest

from cellsim import SPM, Life, ReportError, age, age_in_use, simulate, store, with_overlay
from cellsim.ensemble.journal import journal_of
from cellsim.studies.life.saved import life_journal

CYCLE = "Discharge at 1C until 2.5 V; Rest for 10 minutes; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20"
MODEL = SPM(6)


class Killed(BaseException):
    """As a signal would, at an arbitrary place."""


def killed_after(n):
    def progress(done, of):
        if done >= n:
            raise Killed

    return progress


def same(a, b):
    """Tables, ends, bounds and states, bit for bit."""
    assert a.table.equals(b.table) and a.end == b.end and a.bound == b.bound and a.simulated == b.simulated
    assert set(a.states) == set(b.states)
    for n, state in a.states.items():
        assert np.array_equal(state.state, b.states[n].state)


@pytest.mark.parametrize("on", ["copy", "cell"])
@pytest.mark.parametrize("jump", [True, False], ids=["jumps", "every cycle"])
def test_a_killed_life_goes_on_to_the_same_end(tmp_path, monkeypatch, jump, on):
    """Killed twice, once between two states in the journal; check-ups and kept states are there, too."""
    pytest.importorskip("pyarrow")
    how = {"cycles": 30, "model": MODEL, "jump": jump, "checkups": 20, "keep": [6], "until": None}
    how |= {"checkups_on": on, **({"checkups": 8} if on == "cell" else {})}
    whole, path = age("okane2022", CYCLE, **how), tmp_path / "life.parquet"
    monkeypatch.setattr(life_journal, "OFTEN", 0.0)
    with pytest.raises(Killed):
        age("okane2022", CYCLE, **how, path=path, progress=killed_after(5))
    monkeypatch.setattr(life_journal, "OFTEN", 1e9)  # what comes now has no state to go on from
    with pytest.raises(Killed):
        age("okane2022", CYCLE, **how, path=path, progress=killed_after(12))
    assert journal_of(path).exists() and not path.exists()
    begun = []
    found = age("okane2022", CYCLE, **how, path=path, progress=lambda n, of: begun.append(n))
    same(found, whole)
    assert begun[0] > 4, "it began anew"
    assert path.exists() and not journal_of(path).exists()
    same(Life.load(path), whole)


def test_a_life_judged_at_equilibrium_goes_on_with_the_search_where_it_was(tmp_path, monkeypatch):
    """Windows are found from those of the cycle before, to the last digit."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(life_journal, "OFTEN", 0.0)
    how, path = {"cycles": 80, "model": MODEL, "until": "90% equilibrium capacity"}, tmp_path / "life.parquet"
    with pytest.raises(Killed):
        age("okane2022", CYCLE, **how, path=path, progress=killed_after(20))
    same(age("okane2022", CYCLE, **how, path=path), age("okane2022", CYCLE, **how))


OVERLAID = with_overlay("lgm50_chen2020", "kirkaldy2024")
DAY = "Discharge at C/2 for 30 min; Charge at C/3 until 4.1 V; Hold at 4.1 V until C/20"
MONTHS = np.array([0, 2, 6, 10, 16, 20, 24, 24, 18, 12, 6, 2]) + 273.15
YEARS = {
    "one temperature": ({"years": 0.5, "temperatures": 298.15}, 60),
    "seasons": ({"years": 1.3, "temperatures": MONTHS, "until": None}, 430),  # in a month of two days
    "an end": ({"years": 1.3, "temperatures": MONTHS, "until": "97% equilibrium capacity"}, 60),
    "every day": ({"years": 0.15, "temperatures": MONTHS, "jump": False}, 45),
}


@pytest.mark.parametrize("name", YEARS)
def test_years_of_use_that_are_killed_go_on_to_the_same_end(tmp_path, monkeypatch, name):
    """Twice, the second time before anything new is in the journal."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(life_journal, "OFTEN", 0.0)
    how, last = YEARS[name]
    whole, path, begun = age_in_use(OVERLAID, DAY, model=MODEL, **how), tmp_path / "life.parquet", []
    for n in (last, 0):
        with pytest.raises(Killed):
            age_in_use(OVERLAID, DAY, model=MODEL, **how, path=path, progress=killed_after(n))
    found = age_in_use(OVERLAID, DAY, model=MODEL, **how, path=path, progress=lambda n, of: begun.append(n))
    same(found, whole)
    assert begun[0] > 20 and path.exists() and not journal_of(path).exists()
    same(Life.load(path), whole)
    assert found.unfinished == whole.unfinished and found.remarks == whole.remarks


def test_storage_that_is_killed_goes_on_to_the_same_end(tmp_path):
    """With check-ups; of other years nothing is used, and resume=False begins anew."""
    pytest.importorskip("pyarrow")
    how, path = {"soc": 0.8, "model": MODEL, "points": 8, "checkups": True}, tmp_path / "life.parquet"
    whole, begun = store("okane2022", 2.0, **how), []
    with pytest.raises(Killed):
        store("okane2022", 2.0, **how, path=path, progress=killed_after(5))
    found = store("okane2022", 2.0, **how, path=path, progress=lambda n, of: begun.append(n))
    same(found, whole)
    assert begun == [6, 7, 8] and not journal_of(path).exists()
    same(Life.load(path), whole)
    for other in ({"years": 3.0}, {"resume": False}):
        with pytest.raises(Killed):
            store("okane2022", **{"years": 2.0, **how}, path=path, progress=killed_after(5))
        with pytest.raises(Killed):
            store("okane2022", **{"years": 2.0, **how, **other}, path=path, progress=killed_after(1))


def test_a_journal_of_another_life_is_not_used(tmp_path):
    """Another rate, another life: it begins at its first cycle, and gives what it gives without a journal."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "life.parquet"
    with pytest.raises(Killed):
        age("okane2022", CYCLE, 6, model=MODEL, path=path, progress=killed_after(4))
    begun = []
    other = CYCLE.replace("1C", "2C")
    found = age("okane2022", other, 6, model=MODEL, path=path, progress=lambda n, of: begun.append(n))
    assert begun[0] == 1
    same(found, age("okane2022", other, 6, model=MODEL))


def _aged_in_a_process(path):
    age("okane2022", CYCLE, 10_000, model=MODEL, jump=False, until=None, path=path)


def test_a_process_that_is_killed_leaves_a_journal_to_go_on_from(tmp_path, monkeypatch):
    """SIGKILL in the middle of whatever it does; a shorter life of the same inputs has another key and begins anew."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "life.parquet"
    process = multiprocessing.get_context("fork").Process(target=_aged_in_a_process, args=(path,))
    process.start()
    while not journal_of(path).exists() or journal_of(path).read_bytes().count(b'"row"') < 8:
        assert process.is_alive()
        process.join(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    begun = []

    def progress(n, of):
        begun.append(n)
        if len(begun) > 2:
            raise Killed

    with pytest.raises(Killed):
        age("okane2022", CYCLE, 10_000, model=MODEL, jump=False, until=None, path=path, progress=progress)
    assert begun[0] >= 1 and not path.exists()


def test_states_of_any_cycle_are_found_again(tmp_path):
    """Kept, or recomputed from the nearest kept one, from a file: the next cycle is the one of the life."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "life.parquet"
    life = age("okane2022", CYCLE, 8, model=MODEL, jump=False, keep=[4], until=None, path=path)
    again = Life.load(path)
    for n in (0, 3, 4, 7):
        result = simulate(again.cell, CYCLE, start=again.state(n))
        assert result.discharge_capacity == life.table.loc[n + 1, "Discharge capacity [A.h]"]
    with pytest.raises(Exception, match="cycle 9"):
        again.state(9)


def test_a_changed_file_is_refused(tmp_path):
    """A number of the table, and one of the metadata."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = tmp_path / "life.parquet"
    age("okane2022", CYCLE, 2, model=MODEL, until=None, path=path)
    good = pandas.read_parquet(path)
    worse = good.copy()
    worse.iloc[1, 3] += 1e-9
    worse.to_parquet(path)
    with pytest.raises(ReportError, match="differ from those that were saved"):
        Life.load(path)
    meta = json.loads(good.attrs["cellsim"])
    good.attrs["cellsim"] = json.dumps({**meta, "end": "never"})
    good.to_parquet(path)
    with pytest.raises(ReportError, match="differ from those that were saved"):
        Life.load(path)
    (tmp_path / "other.parquet").write_bytes(b"PAR1")
    with pytest.raises(ReportError, match="is not a saved life, or damaged"):
        Life.load(tmp_path / "other.parquet")
