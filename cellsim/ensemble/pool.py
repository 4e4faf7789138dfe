"""Pool back end of the engine: jobs in tasks on processes, or on whatever executor there is, of this machine or others.

A worker that ends takes nothing with it but the one case that ends it.  Which one that is is found by halving: the
cases that were lost run again with nothing beside them, in ever smaller sets, until one is left that ends its worker;
where they are short, one by one at once.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import closing, suppress
from itertools import islice
from typing import Any

from ..errors import CellsimError, ProtocolError
from ..support.arguments import shown
from ..support.compile import is_warm
from .jobs import TOGETHER, Finished, Item, Job, Packed, Stream, WorkerLost, batch_size, run_here, run_one, words_of
from .threads import AHEAD

TASK, MANY = 1.0, 1000  # s that a task on an executor is to last, and its cases at most
SMALLER = 8  # so many times may tasks be near the end
UNKNOWN = 32  # workers of an executor that does not say how many it has
LOOKED = 10.0  # s after which it is asked again
BACKLOG = 16  # times the cases in flight that may wait for one before them
RESTART = 2.0  # s, about what it takes to start processes anew: shorter sets are run case by case and not halved
IN_A_ROW = 5  # cases that end their worker, with none that does not in between, after which no more are run
ENDED, NOT_RUN = "the process that ran it ended", "was not run"
LOST = (BrokenExecutor, CancelledError)
DASK_LOST = ("KilledWorker", "FutureCancelledError", "NoWorker")  # names, as Dask is imported by who uses it
WANTED = (
    "give an executor with the interface of concurrent.futures, such as ProcessPoolExecutor(8) or "
    "client.get_executor(pure=False) of Dask, or a function that makes one"
)


class Pool:
    """Workers behind an executor, which `make` makes anew where it broke; without it a broken one stays so.

    slice: how long a task is to last [s]; most: its cases at most.  workers: how many there are, None to ask for it.
    """

    def __init__(
        self,
        executor: Executor | None,
        make: Callable[[], Executor] | None = None,
        *,
        workers: int | None = None,
        slice: float = TASK,
        most: int = MANY,
        keeps: bool = True,
    ):
        self.make, self.known, self.slice, self.most, self.keeps = make, workers, slice, most, keeps
        self.looked = -LOOKED
        self.asked = workers or UNKNOWN
        self.broken = ""
        if executor is not None:
            self.executor = executor
        else:
            self.renew()

    def renew(self) -> None:
        """Another executor, where one can be made.  Raises ProtocolError if what is made is none."""
        if self.make is None:
            return
        try:
            self.executor = self.make()
        except Exception as fault:
            raise ProtocolError(f"executor: the function that makes it fails: {words_of(fault)[:300]}") from fault
        if not isinstance(self.executor, Executor):
            raise ProtocolError(f"executor: the function gives {shown(self.executor)}; {WANTED}")

    def close(self) -> None:
        """Shut down the executor if it was made here and is not kept for the next call."""
        if self.make is not None and not self.keeps:
            with suppress(Exception):  # it may be broken
                self.executor.shutdown(wait=True)

    @property
    def workers(self) -> int:
        """How many there are, or may be; a cluster may grow."""
        if self.known is None and time.monotonic() - self.looked > LOOKED:
            self.asked, self.looked = _workers_of(self.executor), time.monotonic()
        return self.asked

    def submit(self, items: list[Item]) -> Future:
        """The future of a task, which has the exception if it cannot even be submitted."""
        try:
            return self.executor.submit(several, items)
        except Exception as fault:
            failed: Future = Future()
            failed.set_exception(fault)
            return failed


def check_executor(executor: Any) -> None:
    """Raise ProtocolError for what is neither an executor nor a function that makes one."""
    if not isinstance(executor, Executor) and not callable(executor):
        raise ProtocolError(f"executor {shown(executor)}: {WANTED}")


def executor_pool(executor: Any) -> Pool:
    """The pool of an executor, or of a function that makes one.  Raises ProtocolError."""
    check_executor(executor)
    return Pool(executor) if isinstance(executor, Executor) else Pool(None, executor, keeps=False)


def _workers_of(executor: Any) -> int:
    """How many workers an executor has: of the standard library and loky, mpi4py, Dask; UNKNOWN of others."""
    with suppress(Exception):  # a cluster that does not answer now
        client = getattr(executor, "_client", None)
        if client is not None:
            return max(1, sum(client.nthreads().values()))
        return max(1, int(getattr(executor, "_max_workers", None) or executor.num_workers))
    return UNKNOWN


def on_pool(jobs: Iterable[Job], pool: Pool, finished: Callable[[Finished], object]) -> Stream:
    """Every job's `Finished`, in order; finished: called in this thread when each has come back."""
    source = enumerate(jobs)
    run = _Run(pool, finished)
    try:
        if not is_warm():  # compile once, and not in every process
            for item in islice(source, 1):
                first = run_one(*item)
                finished(first)
                run.begun = run.due = 1
                yield first
        with closing(run.in_order(source)) as found:
            yield from found
    finally:
        run.stop()
        pool.close()


class _Run:
    """Jobs on a pool: what is in flight, what has come back, and what was lost with a worker and has to run again."""

    def __init__(self, pool: Pool, finished: Callable[[Finished], object]):
        self.pool, self.finished = pool, finished
        self.begun = self.due = 0  # jobs taken, and yielded
        self.many = 1
        self.waiting: list[Item] = []  # read, to know when the end is near
        self.flying: dict[Future, list[Item]] = {}
        self.done: dict[int, Finished] = {}
        self.suspects: list[list[Item]] = []  # sets to run with nothing beside them, the next one last
        self.lost: list[Item] = []  # with a worker, of what is in flight
        self.why: BaseException | None = None
        self.alone = 0  # cases of the set that runs with nothing beside it
        self.in_a_row = 0
        self.each = 0.0  # s that a case takes

    def in_order(self, source: Iterator[Item]) -> Stream:
        """Run all, and yield them in order."""
        while True:
            if self.suspects and not self.flying:
                self._try(self.suspects.pop())
            elif not self.suspects and not self.alone and not self.lost:
                self._fill(source)
            if not self.flying and not self.suspects and not self.lost:
                return
            if self.flying:
                ready, _ = wait(self.flying, return_when=FIRST_COMPLETED)
                for future in sorted(ready, key=lambda f: self.flying[f][0][0]):
                    self._take(self.flying.pop(future), future)
            if not self.flying:
                self._sort_out()
            while self.due in self.done:
                yield self.done.pop(self.due)
                self.due += 1

    def _fill(self, source: Iterator[Item]) -> None:
        room = AHEAD * self.pool.workers
        while len(self.flying) < room and self.begun - self.due < BACKLOG * room * self.many:
            ahead = room * self.many
            self.waiting += islice(source, max(0, ahead - len(self.waiting)))
            if not self.waiting:
                return
            # near the end smaller ones, so that no worker has a long task left when the others have none
            many = min(self.many, -(-max(len(self.waiting), ahead // SMALLER) // room))
            items, self.waiting = self.waiting[:many], self.waiting[many:]
            self.begun += len(items)
            self._submit(items)

    def _submit(self, items: list[Item]) -> None:
        self.flying[self.pool.submit(items)] = items

    def _take(self, items: list[Item], future: Future) -> None:
        """What became of a task."""
        try:
            values, spent = future.result()
        except (Exception, CancelledError) as fault:
            if isinstance(fault, LOST) or type(fault).__name__ in DASK_LOST:
                self.lost, self.why = [*self.lost, *items], fault
            elif len(items) > 1:  # on the way: what fails in a job is in its `Finished`
                for half in _halves(items):
                    self._submit(half)
            else:
                self._end(_lost(items[0], f"cannot be sent to another process: {fault}"))
            return
        self.in_a_row, self.each = 0, spent / len(items)
        self.many = batch_size(self.many, len(items), spent, self.pool.slice, self.pool.most)
        for each in of_task(items, values):
            self._end(each)

    def _end(self, done: Finished) -> None:
        self.finished(done)
        self.done[done.number] = done

    def _try(self, items: list[Item]) -> None:
        """Run a set with nothing beside it, unless so many ended their worker that this has no sense."""
        if self.in_a_row >= IN_A_ROW:
            why = f"{NOT_RUN}, as {IN_A_ROW} cases before it ended their processes"
            for item in items:
                self._end(_lost(item, why))
            return
        self.alone = len(items)
        size = max(1, min(self.many, -(-len(items) // self.pool.workers)))
        for first in range(0, len(items), size):
            self._submit(items[first : first + size])

    def _sort_out(self) -> None:
        """With nothing in flight: of what was lost find out which case did it."""
        lost, alone = sorted(self.lost, key=lambda item: item[0]), self.alone
        self.lost, self.alone = [], 0
        if not lost:
            return
        assert self.why is not None
        if isinstance(self.why, BrokenExecutor):
            self.pool.renew()
            if self.pool.make is None:
                for item in lost:
                    self._end(_lost(item, f"{NOT_RUN}, as the executor broke ({_first_line(self.why)})"))
                return
        if alone == len(lost) == 1:
            self.in_a_row += 1
            self._end(_lost(lost[0], _how(self.why)))
        elif self.each * len(lost) < RESTART or len(lost) == 1:
            self.suspects += [[item] for item in reversed(lost)]
        else:
            self.suspects += reversed(_halves(lost))

    def stop(self) -> None:
        """Keep what is done of an interrupted study, which need not run again, and cancel the rest."""
        for future, items in self.flying.items():
            if not future.cancel() and future.done() and not future.cancelled() and not future.exception():
                for each in of_task(items, future.result()[0]):
                    self.finished(each)
        self.flying.clear()


def _halves(items: list[Item]) -> list[list[Item]]:
    middle = len(items) // 2
    return [items[:middle], items[middle:]]


def of_task(items: list[Item], sent: list[tuple] | Packed) -> list[Finished]:
    """The jobs of a task with what came back of them."""
    values = sent if isinstance(sent, list) else [(value,) for value in sent.values()]
    return [Finished(*item, *value) for item, value in zip(items, values, strict=True)]


def _lost(item: Item, why: str) -> Finished:
    return Finished(*item, None, WorkerLost(why))


def _first_line(fault: BaseException) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:200]


def _how(fault: BaseException) -> str:
    """Why there is no value of a job that was alone when its process ended."""
    if "un-serialize" in str(fault):
        return "cannot be sent to another process: it cannot be unpacked there"
    code = re.search(r"\{(.*?)\}", str(fault)) if isinstance(fault, BrokenExecutor) else None
    return f"{ENDED}{f' ({code[1]})' if code else ''}, perhaps for want of memory"


def several(items: list[Item]) -> tuple[list[tuple] | Packed, float]:
    """(value, fault) of each of some jobs, or their values packed, and how long they took [s]."""
    began, pack = time.perf_counter(), items[0][1].pack
    many = min(len(items), TOGETHER) if all(job.together for _, job in items) else 1  # the task has the right length
    found = [*run_here(items, many)]
    if pack is not None and all(done.fault is None and done.job.pack == pack for done in found):
        return pack([done.value for done in found]), time.perf_counter() - began
    return [_sent(done) for done in found], time.perf_counter() - began


def _sent(done: Finished) -> tuple[Any, Exception | None]:
    fault = done.fault
    if fault is not None and not isinstance(fault, CellsimError):  # of a kind that perhaps cannot be sent back
        fault = RuntimeError(words_of(fault))
    return done.value, fault
