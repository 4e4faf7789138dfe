"""The engine of studies: the same values on any number of workers, failures that keep their row, work that resumes."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, minimize_scalar

import cellsim
from cellsim import DFN, Case
from cellsim.ensemble import resumable
from cellsim.ensemble.engine import run_jobs, values_of
from cellsim.ensemble.jobs import Job, run_here, run_one, searched
from cellsim.ensemble.journal import journal_of
from cellsim.errors import ParameterError, ProtocolError, SolveError
from cellsim.kernels.call.calls import Together, finish
from cellsim.studies import uncertainty
from cellsim.studies.charging import maps as charging_maps
from cellsim.studies.charging import study as charging
from cellsim.studies.claim_audit import charging_claim as claimed
from cellsim.studies.claim_audit import energy_claim
from cellsim.studies.claim_audit.charging_claim import charging_claim
from cellsim.studies.claim_audit.claim_file import load_charging_claim, load_claim
from cellsim.studies.claim_audit.fast_charge import frontier
from cellsim.studies.claim_audit.report import page
from cellsim.studies.uncertainty import sample_rows

CHEN, TARGET = "lgm50_chen2020", "target_nmc811_lpscl_li"
AT_25 = replace(load_charging_claim(), temperatures=(298.15,))
SMALL = DFN((4, 2, 4), 4)
SHORT = {"start": 0.1, "end": 0.2, "limits": "plating margin >= 0 mV, current <= 3C"}


# coroutines and jobs


def half(x):
    """A coroutine without kernel calls."""
    if x < 0:
        raise ParameterError(f"{x} is negative")
    return 0.5 * x
    yield


def halves(numbers):
    """The sum of some of them, run side by side, and what it says of a failure."""
    try:
        return sum((yield Together([half(x) for x in numbers])))
    except ParameterError as fault:
        return str(fault)


@pytest.mark.parametrize("numbers, value", [([2.0, 4.0], 3.0), ([], 0), ([2.0, -1.0, -2.0], "-1.0 is negative")])
def test_coroutines_side_by_side_give_their_values_or_the_first_failure(numbers, value):
    """In order, with any number of workers; a failure is raised where they were asked for."""
    assert finish(halves(numbers)) == value == run_one(0, Job(halves, (numbers,))).value
    assert values_of([Job(halves, (numbers,))] * 3, threads=2) == [value] * 3


@pytest.mark.parametrize(
    "search",
    [lambda f: brentq(f, 0.0, 2.0, xtol=1e-12), lambda f: minimize_scalar(f, bounds=(0.0, 2.0), method="bounded").x],
)
def test_a_search_over_a_coroutine_is_the_search_over_a_function(search):
    """Bit for bit, each value being computed once."""

    def f(x):
        return (x - 0.7) * math.exp(x)

    asked = []

    def coroutine(x):
        asked.append(x)
        return f(x)
        yield

    assert finish(searched(search, coroutine)) == search(f) and len(asked) == len(set(asked))


def test_a_failure_in_a_search_ends_it():
    """As it would without the engine."""
    with pytest.raises(ParameterError, match="negative"):
        finish(searched(lambda f: brentq(f, -1.0, 1.0), half))


def test_runs_side_by_side_are_the_runs_alone():
    """Kernel calls of several coroutines within one job, on one thread and on two, among other jobs."""
    some = [Case(CHEN, cellsim.discharge(rate), SMALL) for rate in (1.0, 2.0, 3.0)]

    def together():
        return (yield Together([case.coroutine() for case in some]))

    for threads in (1, 2):
        for results in values_of([Job(together)] * 3, threads=threads):
            for case, result in zip(some, results, strict=True):
                assert np.array_equal(result["Voltage [V]"], case.run()["Voltage [V]"])


def test_short_jobs_of_one_thread_advance_in_groups_that_change_nothing():
    """Runs of any number of steps, a failure and a fault among them, in order; what is not short, or keeps its memory,
    goes alone."""
    begun = []

    def job(steps, soc):
        begun.append(soc)
        if soc is None:
            raise ZeroDivisionError("no start")
        return (yield from Case(CHEN, steps, SMALL, soc=soc).coroutine())["Voltage [V]"].copy()

    steps = [cellsim.discharge(2.0), cellsim.rest(10.0), [cellsim.discharge(1.0, duration=9.0), cellsim.rest(9.0)]]
    given = [(steps[k % 3], soc) for k, soc in enumerate([0.5, None, 0.7, 2.0, *np.linspace(0.3, 0.9, 8).tolist()])]
    alone = [run_one(k, Job(job, one)) for k, one in enumerate(given)]
    begun.clear()
    counts, found = [], []
    for done in run_here(enumerate(Job(job, one, reuse=True) for one in given)):
        counts.append(len(begun))
        found.append(done)
    assert [done.number for done in found] == list(range(12)) and max(np.diff(counts)) > 1
    for one, done in zip(alone, found, strict=True):
        assert one.failure == done.failure and np.array_equal(one.value, done.value)
    assert found[1].failure == "ZeroDivisionError: no start" and "soc 2" in found[3].failure
    begun.clear()
    assert [len(begun) for _ in run_here(enumerate(Job(job, one) for one in given))] == list(range(1, 13))


@pytest.mark.parametrize("threads", [1, 2])
def test_jobs_end_in_any_order_and_come_back_in_theirs(threads):
    """One that fails, in whatever way, has its reason; a long one holds back nobody's end."""

    def job(steps):
        if steps is None:
            raise ZeroDivisionError("no steps")
        run = yield from Case(CHEN, steps, SMALL).coroutine()
        return run.t[-1]

    long = cellsim.cycle([cellsim.rest(10.0)], 60)
    jobs = [Job(job, (steps,)) for steps in (long, None, *[cellsim.rest(1.0)] * 4)]
    ended = []
    found = list(run_jobs(jobs, threads=threads, finished=lambda done: ended.append(done.number)))
    assert [done.number for done in found] == list(range(6)) == sorted(ended)
    assert [done.value for done in found] == [600.0, None, 1.0, 1.0, 1.0, 1.0]
    assert found[1].failure == "ZeroDivisionError: no steps" and not found[0].failure
    assert threads == 1 or ended[-1] == 0


@pytest.mark.parametrize(
    "how, words",
    [
        ({"threads": 0}, "threads 0"),
        ({"processes": 1.5}, "processes 1.5"),
        ({"threads": 1, "processes": 1}, "give one of them"),
    ],
)
def test_workers_that_make_no_sense_are_refused(how, words):
    """By every study that takes them."""
    for study in (
        lambda **x: cellsim.charge_map(CHEN, "temperature", [298.15], "c-rate", [1.0], **x),
        lambda **x: cellsim.charge_study(CHEN, **x),
        lambda **x: cellsim.robust_charge(CHEN, **x),
        lambda **x: cellsim.audit(**x),
        lambda **x: charging_claim([TARGET], [CHEN], **x),
    ):
        with pytest.raises(ProtocolError, match=words):
            study(**how)


# studies


def small_audit(**how):
    """Of one cell and one baseline, charges at one temperature, few draws, maps of few points, a page of text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(energy_claim, "AREAL", np.linspace(20.0, 80.0, 3))
        patch.setattr(energy_claim, "LAYER", {name: axis[::6] for name, axis in energy_claim.LAYER.items()})
        patch.setattr(frontier, "AREAL", (1.0, 4.0))
        patch.setattr(frontier, "OTHER", {"critical current": (1.0, 9.0), "temperature": (25.0, 45.0)})
        patch.setattr(claimed, "OTHER", frontier.OTHER)
        patch.setattr(claimed, "SETS", claimed.SETS[:1])
        patch.setattr(page, "write_page", lambda audit, path, begun: path.write_text(str(audit), encoding="utf-8"))
        patch.setattr(energy_claim, "draws", partial(uncertainty.draws, samples=6))
        return cellsim.audit(
            load_claim(cells=[TARGET], baselines=["leaf_2018"]), charging=AT_25, only=["energy", "charging"], **how
        )


STUDIES = {
    "map": lambda **how: (
        cellsim.charge_map(CHEN, "temperature", [288.15, 298.15], "c-rate", [1.0, 2.0], **SHORT, **how).minutes
    ),
    "front": lambda **how: cellsim.pareto(CHEN, "plating margin", [0.0, 20.0], **SHORT, **how).minutes,
    "study": lambda **how: repr(
        cellsim.charge_study(CHEN, ["cc-cv 2C", "fastest"], [288.15, 298.15], **SHORT, **how).charges
    ),
    "robust": lambda **how: cellsim.robust_charge(CHEN, samples=3, **SHORT, **how).minutes,
    "uncertainty": lambda **how: uncertainty.sample(cellsim.load(CHEN), 1.0, 298.15, 4, **how),
}
ALSO = {
    "fleet": lambda **how: repr(cellsim.fleet_charge(CHEN, samples=2, **SHORT, **how)),
    "fastest": lambda **how: repr(
        cellsim.fastest_charge(
            CHEN, "temperature <= 30 degC, current <= 4C", 0.1, 0.3, temperature=298.15, accuracy=5e-3, **how
        )
    ),
    "claim": lambda **how: repr(charging_claim([TARGET], [CHEN], AT_25, **how)),
    "audit": lambda **how: str(small_audit(**how)),
}


@pytest.mark.parametrize("name", [*STUDIES, *ALSO])
def test_a_study_is_the_same_on_one_thread_and_on_two(name):
    """Bit for bit."""
    study = {**STUDIES, **ALSO}[name]
    assert np.array_equal(study(threads=1), study(threads=2))


@pytest.mark.parametrize("name", ["map", "uncertainty"])
def test_a_study_in_processes_is_that_on_threads(name):
    """To 1e-9, as a process that compiled its kernels may differ in the last digit."""
    assert STUDIES[name](processes=2) == pytest.approx(STUDIES[name](threads=1), rel=1e-9)


@pytest.mark.parametrize("name", STUDIES)
def test_progress_counts_every_job(name):
    """One by one up to all of them."""
    told = []
    STUDIES[name](threads=2, progress=lambda *x: told.append(x))
    total = told[0][1]
    assert total >= 2 and told == [(k + 1, total) for k in range(total)]


STAGED = {  # studies of several stages, by the suffix of what they write
    "fleet": (".csv", lambda **how: repr(cellsim.fleet_charge(CHEN, samples=3, **SHORT, **how))),
    "audit": (".html", lambda **how: _shown(small_audit(**how))),
}


def _shown(audit):
    return repr((audit.comparisons, [m.ratio.tolist() for m in audit.maps], audit.charging)).replace("np.float64", "")


@pytest.mark.parametrize("name", STAGED)
def test_a_study_of_stages_goes_on_where_it_stopped(name, tmp_path, monkeypatch):
    """Stopped halfway, it takes up what its journal has and finds the same, to the last digit."""
    suffix, study = STAGED[name]
    path = tmp_path / f"study{suffix}"
    ran, real = [], resumable.Recorder.values

    def stops(self, cases, job_of, **how):
        def counting(number, case):
            ran.append(case)
            return job_of(number, case)

        if len(ran) > stop:
            raise KeyboardInterrupt
        return real(self, cases, counting, **how)

    monkeypatch.setattr(resumable.Recorder, "values", stops)
    stop = math.inf
    whole = study(threads=1)
    everything, stop = len(ran), len(ran) // 2
    ran.clear()
    with pytest.raises(KeyboardInterrupt):
        study(threads=1, path=path)
    done, stop = len(ran), math.inf
    assert journal_of(path).is_file() and not path.exists() and done < everything
    ran.clear()
    assert study(threads=1, path=path) == whole
    assert len(ran) == everything - done and [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "study",
    [
        lambda **how: cellsim.fastest_charge(CHEN, "temperature <= 30 degC, current <= 4C", 0.1, 0.2, **how),
        lambda **how: cellsim.staged_charge(CHEN, "current <= 2C", 0.1, 0.2, stages=1, budget=3, **how),
    ],
    ids=["fastest", "staged"],
)
def test_a_search_counts_its_charges(study):
    """One by one; how many there will be is not known."""
    told = []
    study(temperature=298.15, accuracy=5e-3, progress=lambda *x: told.append(x))
    assert len(told) > 3 and told == [(k + 1, None) for k in range(len(told))]


def some_fail(monkeypatch, module, name, faults):
    """Calls of a function of a module from now on, of which some raise: {number of the call: exception}."""
    calls, real = [], getattr(module, name)

    def maybe(*given, **how):
        calls.append(given)
        if len(calls) - 1 in faults:
            raise faults[len(calls) - 1]
        return real(*given, **how)

    monkeypatch.setattr(module, name, maybe)
    return calls


FAULTS = {1: SolveError("it gave up", None), 2: ZeroDivisionError("of a bug")}


def test_a_point_that_fails_keeps_its_place_with_the_reason(monkeypatch):
    """A solver's failure and a fault of any other kind; the other points are those without."""
    whole = STUDIES["map"](threads=1)
    some_fail(monkeypatch, charging_maps, "constrained_charge_coroutine", FAULTS)
    found = cellsim.charge_map(CHEN, "temperature", [288.15, 298.15], "c-rate", [1.0, 2.0], **SHORT, threads=1)
    assert found.failures.ravel().tolist() == ["", "it gave up", "ZeroDivisionError: of a bug", ""]
    assert np.isnan(found.minutes.ravel()).tolist() == [False, True, True, False]
    assert np.array_equal(found.minutes.ravel()[[0, 3]], whole.ravel()[[0, 3]])
    assert found.to_pandas()["failure"].tolist()[1] == "it gave up"


def test_a_charge_and_a_cell_that_fail_keep_their_rows(monkeypatch):
    """A fault of any kind is the row's ending or failure, and what was drawn beside it is not touched."""
    with monkeypatch.context() as patch:
        some_fail(patch, charging, "simulate_coroutine", FAULTS)
        rows = cellsim.charge_study(CHEN, ["cc-cv 2C"], [288.15, 293.15, 298.15, 303.15], **SHORT, threads=1).charges
    assert [r.ending for r in rows[1:3]] == ["it gave up", "ZeroDivisionError: of a bug"]
    assert [math.isfinite(r.minutes) for r in rows] == [True, False, False, True]
    cell = cellsim.load(CHEN)
    whole = sample_rows(cell, 1.0, 298.15, 4, threads=1)
    some_fail(monkeypatch, uncertainty, "build", FAULTS)
    rows = sample_rows(cell, 1.0, 298.15, 4, threads=1)
    assert [r["failure"] for r in rows] == ["", "it gave up", "ZeroDivisionError: of a bug", ""]
    assert rows[0] == whole[0] and rows[3] == whole[3] and math.isnan(rows[1]["gravimetric"])
    assert uncertainty.sample(cell, 1.0, 298.15, 4, threads=1).shape == (4, 2)


WORK = {
    "map": (charging_maps, "point"),
    "front": (charging_maps, "point"),
    "study": (charging, "_one"),
    "uncertainty": (uncertainty, "density_of"),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", WORK)
def test_an_interrupted_study_computes_only_what_is_missing(name, threads, tmp_path, monkeypatch):
    """Ctrl-C in the middle leaves what is done in the journal; the file is that of one never interrupted."""
    whole, path = STUDIES[name](threads=1, path=tmp_path / "whole.csv"), tmp_path / "study.csv"

    def stop(done, total):
        if 2 * done >= total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        STUDIES[name](threads=threads, path=path, progress=stop)
    done = journal_of(path).read_text().count("\n")
    told = []
    computed = some_fail(monkeypatch, *WORK[name], {})
    assert np.array_equal(STUDIES[name](threads=threads, path=path, progress=lambda *x: told.append(x)), whole)
    assert len(computed) + done == len(told) and 0 < done < len(told) and not journal_of(path).exists()
    pd.testing.assert_frame_equal(pd.read_csv(path), pd.read_csv(tmp_path / "whole.csv"))


def test_a_failure_that_is_no_result_is_tried_again(tmp_path, monkeypatch):
    """What the solver says is kept in the journal; a fault of another kind is in this file only."""
    path = tmp_path / "map.csv"

    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        some_fail(patch, charging_maps, "constrained_charge_coroutine", FAULTS)
        STUDIES["map"](threads=1, path=path, progress=stop)
    minutes = STUDIES["map"](threads=1, path=path)
    assert np.isnan(minutes.ravel()).tolist() == [False, True, False, False]
