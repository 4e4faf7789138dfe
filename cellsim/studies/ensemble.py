"""Many simulations at once: an ensemble on a pool of threads.

Kernels run without Python's lock, so threads share the work; each case takes the very turns of
`simulation.course` that a single run takes, so results do not depend on how many threads there are.
"""
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, islice

import numpy as np

from .._jit import announce
from ..errors import CellsimError, ProtocolError, SolveError
from ..files import optional
from ..parameters.check import near
from ..result import Result
from ..simulation import perform
from ..variables import ALIASES, Variables
from .case import Case
from .parquet import Writer

SERIES = ("Time [s]", "Current [A]", "Voltage [V]")  # what is written unless something else is asked for
AHEAD = 2  # handfuls of cases at work or waiting to go on, for each thread
MOST, SLICE = 32, 5e-3  # cases that a thread is given at a time, and how long it should be busy with them [s]


@dataclass(frozen=True)
class Outcome:
    """One case in a row of figures: what it was, how it ended, what it delivered.

    number: from 0, in the order of the cases.  ending: name of the last step's `Ending`, "" if no
    step was run.  failure: "" or why the case failed; figures are then those up to the failure.
    Discharged and charged amounts are sums over the steps.
    """

    number: int
    labels: dict
    ending: str = ""
    message: str = ""
    failure: str = ""
    duration: float = float("nan")  # s
    discharge_capacity: float = float("nan")  # A.h
    charge_capacity: float = float("nan")  # A.h
    discharge_energy: float = float("nan")  # W.h
    charge_energy: float = float("nan")  # W.h
    final_voltage: float = float("nan")  # V
    minimum_voltage: float = float("nan")  # V
    maximum_voltage: float = float("nan")  # V


@dataclass(frozen=True)
class Ensemble:
    """What came out of `simulate_many`, in the order of the cases.

    results: a `Result` a case, up to its failure if it failed on the way, None if it never began;
    the whole is None where the series went to a file.
    """

    outcomes: tuple[Outcome, ...]
    results: tuple[Result | None, ...] | None = None

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The cases that failed."""
        return tuple(o for o in self.outcomes if o.failure)

    def __len__(self):
        return len(self.outcomes)

    def to_pandas(self):
        """A DataFrame with one row for each case: its labels, then the fields of `Outcome`."""
        pd = optional("pandas")
        rows = [{"number": o.number, **o.labels} | {k: v for k, v in asdict(o).items() if k != "labels"}
                for o in self.outcomes]
        return pd.DataFrame(rows)

    def __repr__(self):
        lines = [f"{len(self)} cases, {len(self.failures)} failed"]
        return "\n".join(lines + [f"  case {o.number}: {o.failure}" for o in self.failures[:5]])


def simulate_many(cases: Iterable[Case], *, threads: int | None = None, path=None,
                  progress: bool | Callable[[int, int | None], object] | None = None,
                  keep: Iterable[str] | None = None) -> Ensemble:
    """Simulate many cases on several threads; each gives bit for bit what `simulate` gives.

    cases: an iterable of `Case`, such as `cellsim.cases(...)` makes; a generator is read as needed.
    threads: to run kernels in, as many as the processors this process may use unless given; what is not a kernel
    runs in the calling thread meanwhile, and with one thread everything does.
    path: a `.parquet` file to which the series of all cases are written while they are computed, a
    row for each time: "Case" (its number), the labels, then the variables of `keep`.  Memory then
    does not grow with the number of cases but for their `Outcome`s.  Without path the results are
    kept in memory: all variables, several MB a case, or only those of `keep`.
    keep: names of variables over time; "Time [s]", "Current [A]" and "Voltage [V]" for a file.
    progress: True for a bar, or a function called with the numbers of cases done and in all (None
    if that is not known), in the calling thread.

    A case that fails in any way is recorded in `Outcome.failure` and disturbs no other.  Raises
    ProtocolError for no cases at all, for fewer than one thread and for an unknown variable,
    ReportError if the file cannot be written, all before anything is computed.
    """
    threads = threads_of(threads)
    total = len(cases) if isinstance(cases, Sized) else None
    source = iter(cases)
    first = next(source, None)
    if first is None:
        raise ProtocolError("no cases: give at least one, such as cellsim.cases(cell, cellsim.discharge(1.0))")
    if not isinstance(first, Case):
        raise ProtocolError(f"cases: expected cellsim.Case, found {type(first).__name__}; see cellsim.cases")
    keep = _names(keep, first, path)
    outcomes: list[Outcome] = []
    results: list[Result | None] = []
    with ExitStack() as stack:
        writer = None if path is None else stack.enter_context(Writer.replacing(path, first.labels, keep))
        report = stack.enter_context(_reporter(progress))
        announce()
        for number, (outcome, result) in enumerate(_in_order(chain([first], source), threads, keep, writer)):
            if writer is not None and result is not None:
                writer.add(number, outcome.labels, result)
            elif writer is None:
                results.append(result)
            outcomes.append(outcome)
            report(number + 1, total)
    return Ensemble(tuple(outcomes), None if writer is not None else tuple(results))


class _Course:
    """One case on its way: turn by turn until there is an outcome, whatever happens."""

    def __init__(self, number, case, keep, writer):
        self.number, self.labels, self.keep, self.writer = number, {}, keep, writer
        self.call, self.end, self.turns = None, None, self._turns(case)
        self.go_on(None)

    def go_on(self, reply):
        """Until the next call of a kernel, or the end."""
        try:
            self.call = self.turns.throw(reply) if isinstance(reply, BaseException) else self.turns.send(reply)
        except StopIteration as stop:
            self.call, self.end, self.turns = None, stop.value, None

    def _turns(self, case):
        """Returns (Outcome, Result reduced to `keep`)."""
        result, failure = None, ""
        try:
            if not isinstance(case, Case):
                raise ProtocolError(f"expected cellsim.Case, found {type(case).__name__}")
            self.labels = dict(case.labels)
            if self.writer is not None:
                self.writer.check(self.labels)
            result = yield from case.course()
        except SolveError as fault:
            result, failure = fault.result, str(fault)
        except CellsimError as fault:
            failure = str(fault)
        except Exception as fault:  # a fault of one case, of whatever kind, must not end the others
            failure = f"{type(fault).__name__}: {fault}"
        if result is None:
            return Outcome(self.number, self.labels, failure=failure or "nothing came out"), None
        try:
            outcome = _outcome(self.number, self.labels, result, failure)
            return outcome, result if self.keep is None else _reduced(result, self.keep)
        except Exception as fault:
            return Outcome(self.number, self.labels, failure=failure or f"{type(fault).__name__}: {fault}"), None


def _replies(calls):
    """What `perform` returns, or for each call that fails its exception; and how long it took [s]."""
    began = time.perf_counter()
    try:
        replies = perform(calls)
    except Exception:  # one of them must not end the others
        replies = []
        for call in calls:
            try:
                replies += perform([call])
            except Exception as fault:
                replies.append(fault)
    return replies, time.perf_counter() - began


def _in_order(cases, threads, keep, writer) -> Iterator:
    """(Outcome, Result) of every case, in order; only so many cases are taken from the source ahead of time.

    Here runs whatever is Python, and the threads run kernels only: several short ones in one call, as a thread that
    asks for Python's lock back waits longer than they take.
    """
    source, many, done, due = enumerate(cases), 1, {}, 0
    pool = None if threads == 1 else ThreadPoolExecutor(threads, thread_name_prefix="cellsim")
    waiting: deque = deque()  # handfuls of courses whose kernels are being called
    try:
        while True:
            room = len(waiting) < (1 if pool is None else AHEAD * threads)
            moved = [_Course(*item, keep, writer) for item in islice(source, many)] if room else []
            if not moved:
                if not waiting:
                    return
                moved, replies = waiting.popleft()
                replies, spent = replies() if pool is None else replies.result()
                many = int(min(max(1.0, SLICE * len(moved) / spent), 2 * many, MOST))
                for course, reply in zip(moved, replies, strict=True):
                    course.go_on(reply)
            done |= {course.number: course.end for course in moved if course.turns is None}
            going = [course for course in moved if course.turns is not None]
            if going:
                calls = [course.call for course in going]
                waiting.append((going, partial(_replies, calls) if pool is None else pool.submit(_replies, calls)))
            while due in done:
                yield done.pop(due)
                due += 1
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _outcome(number, labels, result, failure) -> Outcome:
    voltage, last = result["Voltage [V]"], result.steps[-1]
    return Outcome(number, labels, last.ending.name, last.message, failure, float(result.t[-1]),
                   result.discharge_capacity, result.charge_capacity, result.discharge_energy, result.charge_energy,
                   float(voltage[-1]), float(voltage.min()), float(voltage.max()))


def _reduced(result, keep) -> Result:
    """The result with only the variables of `keep`, and none of its states."""
    arrays = {name: (result.variables.dims(name), np.array(result[name])) for name in keep}
    return Result(result.cell, result.model, result.temperature, result.step_index, result.steps,
                  Variables.from_arrays(arrays))


def threads_of(threads) -> int:
    """How many threads to use: as asked, or as many as this process has processors.  Raises ProtocolError."""
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ProtocolError(f"threads {threads!r}: give a whole number, at least 1")
    return threads


def _names(keep, first, path) -> tuple[str, ...] | None:
    """The variables to keep, checked against those of the first case, if that can be built at all."""
    if keep is None and path is None:
        return None
    names = SERIES if keep is None else (keep,) if isinstance(keep, str) else tuple(keep)
    names = tuple(dict.fromkeys(("Time [s]", *names)))
    try:
        known = first.variables()
    except Exception:  # recorded as the failure of that case when it is run
        return names
    for name in names:
        if name not in known and name not in ALIASES:
            raise ProtocolError(f"keep: {name!r} is not a variable of these cases; {near(name, known)}")
        if path is not None and known.dims(name) != ("Time [s]",):
            raise ProtocolError(f"keep: {name!r} is not one number at a time and cannot go to a table; "
                                "leave it out, or give no path")
    return names


@contextmanager
def _reporter(progress):
    """A function (done, total) that tells of progress."""
    if not progress:
        yield lambda done, total: None
    elif callable(progress):
        yield progress
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
            task = bar.add_task("simulating", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
