"""Ensembles in processes: the same numbers, and failures that stay where they are."""

import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Case, cases, simulate_many
from cellsim.ensemble import pool
from cellsim.errors import ProtocolError

CHEN = "lgm50_chen2020"
SMALL = DFN((4, 2, 4), 4)
THICK = "separator/thickness"
GOOD = Case(CHEN, cellsim.discharge(2.0), SMALL)


class Deadly:
    """Something that ends the process in which it is unpacked."""

    def __reduce__(self):
        return os._exit, (1,)


def test_processes_give_what_threads_give(tmp_path):
    """To 1e-9 of a volt, as a process that compiled its kernels may differ in the last digits; labels, messages and
    order are the same, and so is a file."""
    varied = cases(
        CHEN, [cellsim.charge(1.0), cellsim.hold(4.2)], changes={THICK: [1e-5, 2e-5, 3e-5]}, soc=[0.1, 0.5], model=SMALL
    )
    here, there = (simulate_many(varied, keep=["Voltage [V]"], **how) for how in ({"threads": 1}, {"processes": 2}))
    for a, b, one, other in zip(here.results, there.results, here.outcomes, there.outcomes, strict=True):
        assert b["Voltage [V]"] == approx(a["Voltage [V]"], abs=1e-9)
        assert (one.number, one.labels, one.ending) == (other.number, other.labels, other.ending)
        assert [s.step for s in a.steps] == [s.step for s in b.steps]
    path = tmp_path / "runs.parquet"
    simulate_many(varied, path=path, processes=2)
    import pandas as pd

    frame = pd.read_parquet(path)
    for number, result in enumerate(here.results):
        assert frame["Voltage [V]"][frame["Case"] == number].to_numpy() == approx(result["Voltage [V]"], abs=1e-9)


def test_a_case_that_fails_or_cannot_be_sent_disturbs_no_other():
    """A parameter, the solver, and something that cannot be pickled at fault, between sound cases."""
    bad = [
        Case(CHEN, cellsim.discharge(2.0), SMALL, changes={THICK: -1.0}),
        Case(CHEN, [cellsim.rest(1.0), cellsim.charge(1.0)], SMALL, soc=0.1, period=0.01, time_budget=1e-9),
        Case(CHEN, cellsim.discharge(2.0), SMALL, temperature=threading.Lock()),
    ]
    found = simulate_many([x for each in bad for x in (GOOD, each)], processes=2, keep=["Voltage [V]"])
    expected = GOOD.run()["Voltage [V]"]
    for result in found.results[::2]:
        assert result["Voltage [V]"] == approx(expected, abs=1e-9)
    for outcome, words in zip(found.outcomes[1::2], (THICK, "time budget", "cannot be sent"), strict=True):
        assert words in outcome.failure


DEADLY = Case(CHEN, cellsim.discharge(2.0), SMALL, changes={THICK: Deadly()}, labels={"what": "deadly"})


def test_a_dead_process_takes_only_its_own_case_with_it(tmp_path):
    """Two of twelve cases end their process: each has its row and says so, all others have their results, in memory
    as in a file (there with one process, as every death costs the start of all of them), and the next call works."""
    some = [
        Case(CHEN, cellsim.discharge(2.0), SMALL, soc=soc, labels={"what": "good"}) for soc in (1.0, 0.9, 0.8, 0.7, 0.6)
    ]
    mixed = [some[0], DEADLY, *some[1:], DEADLY, *some]
    expected = [None if case is DEADLY else case.run()["Voltage [V]"] for case in mixed]
    told = []
    found = simulate_many(mixed, processes=2, keep=["Voltage [V]"], progress=lambda *x: told.append(x))
    assert [o.number for o in found.outcomes] == list(range(12)) and told[-1] == (12, 12)
    for outcome, result, voltage in zip(found.outcomes, found.results, expected, strict=True):
        if voltage is None:
            assert outcome.failure.startswith("the process that ran it ended") and outcome.labels == {"what": "deadly"}
            assert result is None
        else:
            assert not outcome.failure and result["Voltage [V]"] == approx(voltage, abs=1e-9)
    path = tmp_path / "runs.parquet"
    found = simulate_many(mixed[:6], processes=1, path=path)
    import pandas as pd

    frame = pd.read_parquet(path)
    assert set(frame["Case"]) == {0, 2, 3, 4, 5} and len(found.failures) == 1
    assert not simulate_many([GOOD], processes=1).failures


def test_where_every_process_ends_no_more_are_started(monkeypatch):
    """After two in a row, for this test, and none of the rows is missing."""
    monkeypatch.setattr(pool, "IN_A_ROW", 2)
    found = simulate_many([DEADLY] * 4, processes=1)
    assert len(found) == len(found.failures) == 4
    assert sum(o.failure.startswith("the process that ran it ended") for o in found.outcomes) == 2
    assert "was not run, as 2 cases before it ended" in found.outcomes[-1].failure


PARENT = """
import sys
import time
import cellsim
from cellsim import Case, DFN, simulate_many
many = [Case("lgm50_chen2020", cellsim.cycle([cellsim.rest(60.0)], 50), DFN((4, 2, 4), 4)) for _ in range(100000)]
simulate_many(many, processes=2, keep="Voltage [V]", progress=lambda done, total: print(done, flush=True))
"""


def children(pid):
    """Processes that a process has started."""
    return [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are listed in /proc")
def test_a_killed_parent_leaves_no_processes_behind():
    """They end within a few of the seconds in which they look for it; a process of that name may only be another's."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline().strip() == "1"
    started = children(parent.pid)
    assert len(started) >= 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    patience = time.monotonic() + 60.0
    while any(_runs(pid) for pid in started):
        assert time.monotonic() < patience
        time.sleep(0.1)


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "how, words",
    [({"threads": 2, "processes": 2}, "give one of them"), ({"processes": 0}, "processes 0: give a whole number")],
)
def test_processes_that_make_no_sense_are_refused(how, words):
    with pytest.raises(ProtocolError, match=words):
        simulate_many([GOOD], **how)


def test_cells_and_results_can_be_pickled():
    """As between processes: an equal cell, the same one each time, and all variables bit for bit."""
    cell = cellsim.load(CHEN).with_({THICK: 2e-5})
    again, twice = pickle.loads(pickle.dumps(cell)), pickle.loads(pickle.dumps(cell))
    assert again == cell and hash(again) == hash(cell) and twice is again
    result = cellsim.simulate(cell, cellsim.discharge(2.0), SMALL)
    other = pickle.loads(pickle.dumps(result))
    assert list(other) == list(result) and other.steps == result.steps
    for name in result:
        assert np.array_equal(other[name], result[name]) and other.variables.dims(name) == result.variables.dims(name)
