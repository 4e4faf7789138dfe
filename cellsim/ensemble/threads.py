"""Thread back end of the engine: interleaves the kernel calls of many jobs.

Kernels release the GIL, so that threads share them; everything else runs in the calling thread.  Each job makes the
kernel calls it would make alone, so that its value does not depend on the number of threads.
"""
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ..kernels.call.calls import Reply
from .jobs import Finished, Job, Stream, Task, advance, replies_of

AHEAD = 2  # batches in flight per worker
MOST, SLICE = 64, 2e-2  # kernel calls of a batch at most, and how long it should keep a worker busy [s]


def on_threads(jobs: Iterable[Job], threads: int, finished: Callable[[Finished], object]) -> Stream:
    """Every job's `Finished`, in order; only a bounded number of jobs is taken from the source ahead of that.

    finished: called in this thread as soon as each job has ended, in whatever order that is.
    Several short kernel calls make one batch, as a thread that asks for the GIL waits longer than they take.
    """
<<<<<<< 01f6ea84b4af3e1bd155044dd0f76ee858c79d92

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
=======
    source, many = enumerate(jobs), 1
    begun = due = 0  # jobs taken from the source, and yielded
    numbers: dict[Task, tuple[int, Job]] = {}
    done: dict[int, Finished] = {}
>>>>>>> 057a788e141eb86ec32b2aaf8357949efac938b4
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cellsim")
    waiting: deque[tuple[list[Task], Future]] = deque()  # batches in flight
    try:
        while True:
            room = AHEAD * threads * MOST - (begun - due) if len(waiting) < AHEAD * threads else 0
            moves: list[tuple[Task, object]] = []
            for number, job in islice(source, min(many, room)):
                task = Task(job.coroutine(), reuse=job.reuse)
                numbers[task] = number, job
                moves.append((task, None))
            begun += len(moves)
            if not moves:
                if not waiting:
                    return
                tasks, called = _next(waiting)
                replies = called.result()
                many = batch_size(many, len(tasks), sum(r.spent for r in replies if isinstance(r, Reply)))
                moves = list(zip(tasks, replies, strict=True))
            asking: list[Task] = []
            for task, reply in moves:
                asking += advance(task, reply)
                if task.root.ended:
                    number, job = numbers.pop(task.root)
                    done[number] = Finished(number, job, task.root.value, task.root.fault)
                    finished(done[number])
            for first in range(0, len(asking), many):
                batch = asking[first:first + many]
                waiting.append((batch, pool.submit(replies_of, [task.call for task in batch if task.call])))
            while due in done:
                yield done.pop(due)
                due += 1
    finally:
        pool.shutdown(cancel_futures=True)


def _next(waiting: deque[tuple[list[Task], Future]]) -> tuple[list[Task], Future]:
    """A batch that is done, or the oldest one."""
    for k, (_, called) in enumerate(waiting):
        if called.done():
            found = waiting[k]
            del waiting[k]
            return found
    return waiting.popleft()


def batch_size(many: int, calls: int, spent: float) -> int:
    """How many calls to give a worker at once, after `many`, where so many calls took so long [s]."""
    return int(min(max(1.0, SLICE * calls / max(spent, 1e-9)), 2 * many, MOST))
