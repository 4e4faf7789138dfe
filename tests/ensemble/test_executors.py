"""Ensembles on executors: the same numbers, tasks of the right length, and nothing lost with a worker that dies."""

import os
import signal
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest
from pytest import approx

import cellsim
from cellsim import DFN, Case, simulate_many
from cellsim.ensemble import pool
from cellsim.ensemble.engine import run_jobs
from cellsim.ensemble.jobs import Job
from cellsim.errors import ProtocolError

CHEN, THICK = "lgm50_chen2020", "separator/thickness"
SMALL = DFN((4, 2, 4), 4)


def charges(n):
    """Cases whose voltages differ."""
    cell = cellsim.load(CHEN)
    return [Case(cell, cellsim.discharge(2.0), SMALL, changes={THICK: 1e-5 * (1 + k / n)}) for k in range(n)]


class Brittle(Executor):
    """Runs tasks at once; one that holds a deadly number breaks it, as it breaks a ProcessPoolExecutor."""

    made = 0

    def __init__(self, deadly=()):
        self.deadly, self.broken, self.sizes = deadly, False, []
        Brittle.made += 1

    def submit(self, fn, items):
        if self.broken:
            raise BrokenProcessPool("broken")
        future = Future()
        self.sizes.append(len(items))
        if any(number in self.deadly for number, _ in items):
            self.broken = True
            future.set_exception(BrokenProcessPool("a worker ended"))
        else:
            future.set_result(fn(items))
        return future


def pause(n, seconds=0.0):
    """A job."""
    time.sleep(seconds)
    return n * n


def test_threads_of_an_executor_give_what_threads_give():
    """Bit for bit, in order, with one failure in its row."""
    some = [*charges(5), Case(CHEN, cellsim.discharge(2.0), SMALL, changes={THICK: -1.0})]
    here = simulate_many(some, threads=1)
    with ThreadPoolExecutor(2) as executor:
        there = simulate_many(some, executor=executor)
    assert [o.failure for o in there.outcomes] == [o.failure for o in here.outcomes] and len(there.failures) == 1
    for a, b in zip(here.results[:5], there.results[:5], strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("seconds", [0.0, 10.0])
def test_a_deadly_job_is_found_by_halving_or_one_by_one(monkeypatch, seconds):
    """Two of 300 jobs; the others have their values.  By halving, a job of n is found with at most 1 + log2(n) deaths
    for each; one by one with one death for each; and one for the task in which each was."""
    monkeypatch.setattr(pool, "RESTART", -1.0 if seconds else 1e9)
    Brittle.made = 0
    found = list(run_jobs([Job(pause, (k,)) for k in range(300)], executor=lambda: Brittle((77, 250))))
    assert [done.number for done in found] == list(range(300))
    assert [done.number for done in found if done.fault] == [77, 250]
    assert all(done.value == done.number**2 for done in found if not done.fault)
    assert "the process that ran it ended" in found[77].failure
    assert Brittle.made - 1 <= 2 * (2 + np.log2(300) if seconds else 2)


def test_an_executor_that_breaks_for_good_loses_only_what_was_not_done():
    """One that is given, not made: what it did stays, and the rest says why there is nothing."""
    found = list(run_jobs([Job(pause, (k,)) for k in range(400)], executor=Brittle((200,))))
    failed = [done.number for done in found if done.fault]
    assert len(found) == 400 and 200 in failed and min(failed) > 0
    assert all("was not run, as the executor broke" in found[k].failure for k in failed)
    assert all(done.value == done.number**2 for done in found if not done.fault)


def test_tasks_last_about_what_they_should():
    """Jobs of 5 ms in tasks of 50: from one on the number doubles until they do; 10 at most, as a pause is never
    shorter than asked."""
    executor = Brittle()
    tasks = pool.Pool(executor, slice=0.05, workers=1)
    found = list(pool.on_pool([Job(pause, (k, 0.005)) for k in range(100)], tasks, lambda done: None))
    assert len(found) == 100 and max(executor.sizes) <= 10 and executor.sizes[0] == 1
    assert np.median(executor.sizes[5:-1]) >= 4


def test_the_last_tasks_are_smaller_and_nothing_is_read_far_ahead():
    """No worker may begin a whole task when the others have none: the last one is the least allowed, an eighth."""
    read = 0

    def jobs():
        nonlocal read
        for k in range(2000):
            read += 1
            yield Job(pause, (k,))

    executor, furthest = Brittle(), 0
    found = pool.on_pool(jobs(), pool.Pool(executor, slice=60.0, most=64, workers=2), lambda done: None)
    for k, done in enumerate(found):
        assert done.number == k and done.value == k * k
        furthest = max(furthest, read - k)
    assert sum(executor.sizes) == 2000 and max(executor.sizes) == 64 and executor.sizes[-1] <= 64 // pool.SMALLER
    assert furthest <= (1 + 1) * pool.AHEAD * 2 * 64  # two tasks a worker under way, and as many looked at


@pytest.mark.parametrize(
    "how, words",
    [
        ({"executor": 3}, "executor 3: give an executor"),
        ({"executor": lambda: 3}, "the function gives 3"),
        ({"executor": ThreadPoolExecutor(1), "threads": 2}, "give one of them"),
    ],
)
def test_what_is_no_executor_is_refused(how, words):
    with pytest.raises(ProtocolError, match=words):
        simulate_many(charges(1), **how)


class Deadly(float):
    """A temperature that ends the process that wants to use it."""

    def __float__(self):
        os._exit(1)


@pytest.fixture(scope="module")
def cluster():
    """Two processes of Dask that are replaced when they die; a task that kills one is not tried again by Dask."""
    dask, distributed = pytest.importorskip("dask"), pytest.importorskip("distributed")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as found,
        distributed.Client(found) as client,
    ):
        yield client


def test_a_worker_of_dask_is_killed_and_nothing_is_missing(cluster, tmp_path):
    """60 of 60, bit for bit as on workers that live, in memory and in a file; to 1e-9 V as here, as a process that
    compiled its kernels may differ in the last digits."""
    executor, some = cluster.get_executor(pure=False), charges(60)
    whole = simulate_many(some, executor=executor, keep="Voltage [V]")
    killed = []

    def kill(done, total):
        if done > 10 and not killed:
            killed.append(next(iter(cluster.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    found = simulate_many(some, executor=executor, keep="Voltage [V]", progress=kill)
    assert len(killed) == 1 and not whole.failures and not found.failures and len(found) == 60
    for k, (a, b) in enumerate(zip(whole.results, found.results, strict=True)):
        assert np.array_equal(a["Voltage [V]"], b["Voltage [V]"])
        if k % 20 == 0:
            assert a["Voltage [V]"] == approx(some[k].run()["Voltage [V]"], abs=1e-9)
    import pandas as pd

    path = tmp_path / "runs.parquet"
    simulate_many(some[:10], executor=executor, path=path, resume=True)
    frame = pd.read_parquet(path)
    for k in range(10):
        assert np.array_equal(frame["Voltage [V]"][frame["Case"] == k], whole.results[k]["Voltage [V]"])


def test_a_case_that_kills_workers_of_dask_has_its_row(cluster):
    """And only it."""
    some = charges(8)
    some[5] = Case(CHEN, cellsim.discharge(2.0), SMALL, temperature=Deadly(298.15), labels={"what": "deadly"})
    found = simulate_many(some, executor=cluster.get_executor(pure=False), keep="Voltage [V]")
    assert [o.number for o in found.failures] == [5] and found.outcomes[5].labels == {"what": "deadly"}
    assert "the process that ran it ended" in found.outcomes[5].failure
    assert all(r is not None for k, r in enumerate(found.results) if k != 5)
