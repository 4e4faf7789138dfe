"""The cases of an ensemble on their way: turn by turn, one after the other or on a pool of threads.

Kernels run without Python's lock, so threads share the work; each case takes the very turns of
`simulation.course` that a single run takes, so results do not depend on how many threads there are.
"""
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ..errors import CellsimError, ProtocolError, SolveError
from ..kernels.call.calls import Reply, perform
from ..kernels.call.record import recycle
from ..simulation.result import Result
from ..simulation.variables import Variables
from .case import Case
from .parquet import check

AHEAD = 2  # handfuls of cases at work or waiting to go on, for each worker
MOST, SLICE = 64, 2e-2  # cases that a worker is given at a time, and how long it should be busy with them [s]


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


class _Course:
    """One case on its way: turn by turn until there is an outcome, whatever happens."""

    def __init__(self, number, case, keep, columns):
        self.number, self.labels, self.keep, self.columns = number, {}, keep, columns
        self.call, self.end, self.turns = None, None, self._turns(case)
        self.buffers: list = []
        self.go_on(None)

    def go_on(self, reply):
        """Until the next call of a kernel, or the end."""
        try:
            self.call = self.turns.throw(reply) if isinstance(reply, BaseException) else self.turns.send(reply)
            self.buffers.append(self.call.arguments.buffer)
        except StopIteration as stop:
            self.call, self.end, self.turns = None, stop.value, None
            if self.keep is not None:  # copies of what is asked for: no one sees the states
                recycle(self.buffers)

    def _turns(self, case):
        """Returns (Outcome, Result reduced to `keep`)."""
        result, failure = None, ""
        try:
            if not isinstance(case, Case):
                raise ProtocolError(f"expected cellsim.Case, found {type(case).__name__}")
            self.labels = dict(case.labels)
            if self.columns is not None:
                check(self.labels, self.columns)
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


def run_case(number, case, keep, columns) -> tuple[Outcome, Result | None]:
    """One case from its start to its end; keep: variables of its result, columns: `parquet.kinds` of its labels."""
    course = _Course(number, case, keep, columns)
    while course.turns is not None:
        course.go_on(_replies([course.call])[0])
    return course.end


def _replies(calls):
    """What `perform` returns, or for each call that fails its exception."""
    try:
        return perform(calls)
    except Exception as fault:  # that of one of them, which must not end the others
        return [fault] if len(calls) == 1 else [reply for call in calls for reply in _replies([call])]


def on_threads(cases, threads, keep, columns) -> Iterator:
    """(Outcome, Result) of every case, in order; only so many cases are taken from the source ahead of time.

    Here runs whatever is Python, and the threads run kernels only: several short ones in one call, as a thread that
    asks for Python's lock back waits longer than they take.
    """
    source, many = enumerate(cases), 1
    begun = due = 0  # cases taken from the source, and yielded
    done: dict = {}
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cellsim")
    waiting: deque = deque()  # handfuls of courses whose kernels are being called
    try:
        while True:
            room = AHEAD * threads * MOST - (begun - due) if len(waiting) < AHEAD * threads else 0
            moved = [_Course(*item, keep, columns) for item in islice(source, min(many, room))]
            begun += len(moved)
            if not moved:
                if not waiting:
                    return
                moved, called = waiting.popleft()
                replies = called.result()
                many = handful(many, len(moved), sum(r.spent for r in replies if isinstance(r, Reply)))
                for course, reply in zip(moved, replies, strict=True):
                    course.go_on(reply)
            done |= {course.number: course.end for course in moved if course.turns is None}
            going = [course for course in moved if course.turns is not None]
            if going:
                waiting.append((going, pool.submit(_replies, [course.call for course in going])))
            while due in done:
                yield done.pop(due)
                due += 1
    finally:
        pool.shutdown(cancel_futures=True)


def handful(many, cases, spent) -> int:
    """How many cases to give away at once, after `many`, where so many took so long [s]."""
    return int(min(max(1.0, SLICE * cases / max(spent, 1e-9)), 2 * many, MOST))


def _outcome(number, labels, result, failure) -> Outcome:
    voltage, last = result["Voltage [V]"], result.steps[-1]
    return Outcome(number, labels, last.ending.name, last.message, failure, float(result.t[-1]),
                   result.discharge_capacity, result.charge_capacity, result.discharge_energy, result.charge_energy,
                   float(voltage[-1]), float(voltage.min()), float(voltage.max()))


def _reduced(result, keep) -> Result:
    """The result with only the variables of `keep`, and none of its states."""
    arrays = {name: (result.variables.dims(name), np.array(result[name])) for name in keep}
    return Result(result.cell, result.model, result.temperature, result.step_index, result.steps,
                  Variables.from_arrays(arrays), result.termination, result.remarks)
