"""Ensembles in processes: the same numbers, and failures that stay where they are."""
import os
import pickle
import threading

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Case, cases, simulate_many
from cellsim.errors import CellsimError, ProtocolError

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
    varied = cases(CHEN, [cellsim.charge(1.0), cellsim.hold(4.2)], changes={THICK: [1e-5, 2e-5, 3e-5]}, soc=[0.1, 0.5],
                   model=SMALL)
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
    bad = [Case(CHEN, cellsim.discharge(2.0), SMALL, changes={THICK: -1.0}),
           Case(CHEN, [cellsim.rest(1.0), cellsim.charge(1.0)], SMALL, soc=0.1, period=0.01, time_budget=0.0),
           Case(CHEN, cellsim.discharge(2.0), SMALL, temperature=threading.Lock())]
    found = simulate_many([x for each in bad for x in (GOOD, each)], processes=2, keep=["Voltage [V]"])
    expected = GOOD.run()["Voltage [V]"]
    for result in found.results[::2]:
        assert result["Voltage [V]"] == approx(expected, abs=1e-9)
    for outcome, words in zip(found.outcomes[1::2], (THICK, "time budget", "cannot be sent"), strict=True):
        assert words in outcome.failure


def test_a_process_that_dies_is_told_in_words_and_the_next_call_works():
    """The cases that it was at, and what to do."""
    with pytest.raises(CellsimError, match="a process ended while it ran cases 0 to 0; .* give fewer processes"):
        simulate_many([Case(CHEN, cellsim.discharge(2.0), SMALL, changes={THICK: Deadly()})], processes=2)
    assert not simulate_many([GOOD], processes=2).failures


@pytest.mark.parametrize("how, words", [({"threads": 2, "processes": 2}, "give one of them"),
                                        ({"processes": 0}, "processes 0: give a whole number")])
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
