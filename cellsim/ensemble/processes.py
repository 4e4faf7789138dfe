"""An ensemble in processes: for many short cases, most of whose time is Python's, which runs one thread a process.

A process that ends takes with it only the case that it was at.  Which one that was is found by running those that
were away once more, one after the other; the others get their results, from new processes.
"""
import os
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from ..support.compile import is_warm
from ..support.files import optional
from .threads import AHEAD, Outcome, handful, run_case

IDLE = 300  # s, after which processes without work end
ORPHANED = 1.0  # s between two looks whether the process that gives out the work is still there
IN_A_ROW = 5  # cases that end their process, with none that does not in between, after which no more are run
ENDED, NOT_RUN = "the process that ran it ended", "was not run"
NOT_KEPT = ENDED, NOT_RUN  # beginnings of failures of cases that are run again when an ensemble goes on


def on_processes(cases, processes, keep, columns) -> Iterator:
    """(Outcome, Result) of every case, in order, as `ensemble.run_case` gives them."""
    source, many = enumerate(cases), 1
    pool = _Pool(processes, keep, columns)
    waiting: deque = deque()  # (handful of cases, its future; None where a process ended and they have to run again)
    if not is_warm():  # compile once, and not in every process
        for item in islice(source, 1):
            yield run_case(*item, keep, columns)
    try:
        while True:
            while len(waiting) < AHEAD * processes and (taken := list(islice(source, many))):
                waiting.append((taken, pool.submit(taken)))
            if not waiting:
                return
            taken, future = waiting.popleft()
            try:
                found, spent = pool.again(taken) if future is None else pool.result(taken, future)
            except BrokenProcessPool:
                pool.renew()
                waiting.appendleft((taken, None))
                waiting = deque((items, None if _broken(other) else other) for items, other in waiting)
                continue
            if pool.found:  # the case that ended its process: the others may run beside each other again
                waiting = deque((items, pool.submit(items) if other is None else other) for items, other in waiting)
            many = handful(many, len(taken), spent)
            yield from found
    finally:
        for _, future in waiting:
            if future is not None:
                future.cancel()


class _Pool:
    """Processes that are started when they are needed, and anew where one of them ended."""

    def __init__(self, processes, keep, columns):
        self.loky, self.processes, self.given = optional("loky", "processes"), processes, (keep, columns)
        self.found, self.in_a_row = False, 0
        self.renew()

    def renew(self):
        """New processes, once all futures of those before know how they ended."""
        self.executor = self.loky.get_reusable_executor(max_workers=self.processes, timeout=IDLE, initializer=_watch,
                                                        initargs=(os.getpid(),))

    def submit(self, items):
        """The future of some (number, case)."""
        try:
            return self.executor.submit(_several, items, *self.given)
        except BrokenProcessPool:
            self.renew()
            return self.executor.submit(_several, items, *self.given)

    def result(self, items, future):
        """What `_several` returned; if a case cannot be sent, the others are sent without it."""
        self.found = False
        try:
            found = future.result()
        except BrokenProcessPool:
            raise
        except Exception as fault:  # on the way: what fails in a case is told in its outcome
            if len(items) > 1:
                each = [self.result([x], self.submit([x]))[0] for x in items]
                return [one for few in each for one in few], 1.0
            found = [_failed(items[0], f"cannot be sent to another process: {fault}")], 1.0
        self.in_a_row = 0
        return found

    def again(self, items):
        """As `result`, one case at a time, alone: those that end their process get a failure that says so."""
        found, ended = [], False
        for item in items:
            if self.in_a_row >= IN_A_ROW:
                found.append(_failed(item, f"{NOT_RUN}, as {IN_A_ROW} cases before it ended their processes"))
                continue
            try:
                found += self.result([item], self.submit([item]))[0]
            except BrokenProcessPool as fault:
                self.renew()
                self.in_a_row, ended = self.in_a_row + 1, True
                found.append(_failed(item, _how(fault)))
        self.found = ended and self.in_a_row < IN_A_ROW
        return found, 1.0


def _failed(item, why):
    labels = getattr(item[1], "labels", {})
    return Outcome(item[0], dict(labels) if isinstance(labels, dict) else {}, failure=why), None


def _how(fault) -> str:
    """Why there is no result of a case that was alone when its process ended."""
    if "un-serialize" in str(fault):
        return "cannot be sent to another process: it cannot be unpacked there"
    code = re.search(r"\{(.*?)\}", str(fault))
    return f"{ENDED}{f' ({code[1]})' if code else ''}, perhaps for want of memory"


def _broken(future) -> bool:
    """Whether what a future was to give went with a process."""
    if future is None:
        return True
    return future.done() and not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _watch(parent):
    """In a process of the pool: end with the one that gives out the work, however that ends."""
    def look():
        while os.getppid() == parent:
            time.sleep(ORPHANED)
        os._exit(1)

    if hasattr(os, "getppid"):
        threading.Thread(target=look, daemon=True).start()


def _several(items, keep, columns):
    """What becomes of some (number, case), and how long it took [s]."""
    began = time.perf_counter()
    return [run_case(*item, keep, columns) for item in items], time.perf_counter() - began
