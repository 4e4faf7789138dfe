"""Process back end of the engine: for many short jobs, which on threads are limited by the GIL.

A process that ends takes with it only the job it was running.  Which one that was is found by running those that were
in flight once more, one after the other; the others get their values, from new processes.
"""

import os
import re
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from ..errors import CellsimError
from ..support.compile import is_warm
from ..support.files import optional
from .jobs import Finished, Job, Stream, WorkerLost, run_one, words_of
from .threads import AHEAD, batch_size

Item = tuple[int, Job]
IDLE = 300  # s, after which processes without work end
ORPHANED = 1.0  # s between two looks whether the process that gives out the work is still there
IN_A_ROW = 5  # jobs that end their process, with none that does not in between, after which no more are run
ENDED, NOT_RUN = "the process that ran it ended", "was not run"


def on_processes(jobs: Iterable[Job], processes: int, finished: Callable[[Finished], object]) -> Stream:
    """Every job's `Finished`, in order; finished: called in this thread when each has come back."""
    source, many = enumerate(jobs), 1
    pool = _Pool(processes)
    waiting: deque = deque()  # (batch of jobs, its future; None where a process ended and they have to run again)
    if not is_warm():  # compile once, and not in every process
        for item in islice(source, 1):
            first = run_one(*item)
            finished(first)
            yield first
    try:
        while True:
            while len(waiting) < AHEAD * processes and (taken := list(islice(source, many))):
                waiting.append((taken, pool.submit(taken)))
            if not waiting:
                return
            taken, future = waiting[0]
            try:
                found, spent = pool.again(taken) if future is None else pool.result(taken, future)
            except BrokenProcessPool:
                pool.renew()
                waiting[0] = taken, None
                waiting = deque((items, None if _broken(other) else other) for items, other in waiting)
                continue
            waiting.popleft()
            if pool.found:  # the job that ended its process: the others may run beside each other again
                waiting = deque((items, pool.submit(items) if other is None else other) for items, other in waiting)
            many = batch_size(many, len(taken), spent)
            for each in found:
                finished(each)
            yield from found
    finally:
        for items, future in waiting:
            if future is not None and not future.cancel() and future.done() and not future.exception():
                for each in _finished(items, future.result()[0]):  # of an interrupted study: it need not run again
                    finished(each)


class _Pool:
    """Processes that are started when they are needed, and anew where one of them ended."""

    def __init__(self, processes: int):
        self.loky, self.processes = optional("loky", "processes"), processes
        self.found, self.in_a_row = False, 0
        self.renew()

    def renew(self) -> None:
        """New processes, once all futures of those before know how they ended."""
        self.executor = self.loky.get_reusable_executor(
            max_workers=self.processes, timeout=IDLE, initializer=_watch, initargs=(os.getpid(),)
        )

    def submit(self, items: list[Item]) -> Any:
        """The future of a batch of jobs."""
        try:
            return self.executor.submit(_several, items)
        except BrokenProcessPool:
            self.renew()
            return self.executor.submit(_several, items)

    def result(self, items: list[Item], future: Any) -> tuple[list[Finished], float]:
        """What became of a batch, and how long it took [s]; if a job cannot be sent, the others are sent without it."""
        self.found = False
        try:
            values, spent = future.result()
            found = _finished(items, values), spent
        except BrokenProcessPool:
            raise
        except Exception as fault:  # on the way: what fails in a job is in its `Finished`
            if len(items) > 1:
                each = [self.result([item], self.submit([item]))[0] for item in items]
                return [one for few in each for one in few], 1.0
            found = [_lost(items[0], f"cannot be sent to another process: {fault}")], 1.0
        self.in_a_row = 0
        return found

    def again(self, items: list[Item]) -> tuple[list[Finished], float]:
        """As `result`, one job at a time, alone: those that end their process get a failure that says so."""
        found: list[Finished] = []
        ended = False
        for item in items:
            if self.in_a_row >= IN_A_ROW:
                found.append(_lost(item, f"{NOT_RUN}, as {IN_A_ROW} cases before it ended their processes"))
                continue
            try:
                found += self.result([item], self.submit([item]))[0]
            except BrokenProcessPool as fault:
                self.renew()
                self.in_a_row, ended = self.in_a_row + 1, True
                found.append(_lost(item, _how(fault)))
        self.found = ended and self.in_a_row < IN_A_ROW
        return found, 1.0


def _finished(items: list[Item], values: list[tuple]) -> list[Finished]:
    """The jobs of a batch with what came back of them."""
    return [Finished(*item, *value) for item, value in zip(items, values, strict=True)]


def _lost(item: Item, why: str) -> Finished:
    return Finished(*item, None, WorkerLost(why))


def _how(fault: BaseException) -> str:
    """Why there is no value of a job that was alone when its process ended."""
    if "un-serialize" in str(fault):
        return "cannot be sent to another process: it cannot be unpacked there"
    code = re.search(r"\{(.*?)\}", str(fault))
    return f"{ENDED}{f' ({code[1]})' if code else ''}, perhaps for want of memory"


def _broken(future: Any) -> bool:
    """Whether what a future was to give went with a process."""
    if future is None:
        return True
    return future.done() and not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _watch(parent: int) -> None:
    """In a process of the pool: end with the one that gives out the work, and leave interrupts to that one."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHANED)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "getppid"):
        threading.Thread(target=look, daemon=True).start()


def _several(items: list[Item]) -> tuple[list[tuple], float]:
    """(value, fault) of each of some jobs, and how long they took [s]."""
    began = time.perf_counter()
    return [_one(*item) for item in items], time.perf_counter() - began


def _one(number: int, job: Job) -> tuple[Any, Exception | None]:
    done = run_one(number, job)
    fault = done.fault
    if fault is not None and not isinstance(fault, CellsimError):  # of a kind that perhaps cannot be sent back
        fault = RuntimeError(words_of(fault))
    return done.value, fault
