"""Jobs: the contract between what a study computes and the engine that computes it.

A job is a function and its arguments.  The function returns its value, or a coroutine that yields kernel calls
(`calls.Coroutine`) and then returns it; a job of several runs composes their coroutines with `yield from`, or runs
them side by side with `calls.Together`.  Whoever runs it (`threads`, `processes`) sees kernel calls only, and a job
gives the same value wherever it runs.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from ..errors import CellsimError
from ..kernels.call.calls import Call, Coroutine, Reply, Together, finish, perform
from ..kernels.call.record import Arguments, recycle
from ..support.first_calls import machine_code_only

T = TypeVar("T")
MOST, SLICE = 32, 2e-2  # kernel calls of a batch at most, and how long it should keep a worker busy [s]
GROUP = 16  # jobs that run together in one thread, at most
BULK, TOGETHER = 0.2, 64  # how long jobs done in bulk may take [s], and how many: the more, the less each takes


class WorkerLost(RuntimeError):
    """A job has no value because the process that ran it ended, or because it could not be sent to one."""


class Packed(Protocol):
    """Values of several jobs in a form that takes less to be sent."""

    def values(self) -> list[Any]:
        """Each."""


class Job(NamedTuple):
    """`function(*arguments)`, whose value, or that of the coroutine it returns, is the value of the job.

    reuse: the memory of its kernel calls may be given to others when it has ended, as the value holds no view of the
    states of a run.  For processes function, arguments and value must be such as can be pickled.
    together: of such jobs, a function of the arguments of several, which returns a coroutine of their values in one
    kernel call, None of a job that has to be run by itself; it raises nothing that `function` does.
    pack: of such jobs, makes of the values of several what is sent from process to process in their place.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    reuse: bool = False
    together: Callable[[Sequence[tuple[Any, ...]]], Coroutine[list[Any]]] | None = None
    pack: "Callable[[Sequence[Any]], Packed] | None" = None

    def coroutine(self) -> Coroutine[Any]:
        """The job in any case as a coroutine, which raises what the function does."""
        try:
            made = self.function(*self.arguments)
        except Exception as fault:
            return _ended(None, fault)
        return made if isinstance(made, Generator) else _ended(made)


def _ended(value: Any, fault: Exception | None = None) -> Coroutine[Any]:
    """A coroutine that has nothing left to do."""
    if fault is not None:
        raise fault
    return value
    yield


class Finished(NamedTuple):
    """What became of one job: its value, or the exception that ended it.  number: from 0, in the order of the jobs."""

    number: int
    job: Job
    value: Any = None
    fault: Exception | None = None

    @property
    def failure(self) -> str:
        """Why there is no value, in words; "" if there is one."""
        return "" if self.fault is None else words_of(self.fault)


Item = tuple[int, Job]  # with its number
Stream = Generator[Finished, None, None]  # of every job, in order


def words_of(fault: Exception) -> str:
    """An exception in words: those of cellsim are sentences, others need their type."""
    return str(fault) if isinstance(fault, CellsimError | WorkerLost) else f"{type(fault).__name__}: {fault}"


class Task:
    """A coroutine in progress: of a job, or one of several that a coroutine runs side by side."""

    def __init__(self, coroutine: Coroutine, parent: "Task | None" = None, reuse: bool = False):
        self.coroutine: Coroutine | None = coroutine
        self.parent = parent
        self.buffers: list | None = parent.buffers if parent is not None else [] if reuse else None
        self.call: Call | None = None
        self.children: Sequence[Task] = ()
        self.unfinished = 0
        self.value: Any = None
        self.fault: Exception | None = None

    @property
    def root(self) -> "Task":
        """The task of the job; looked up, as one that refers to itself would wait for the garbage collector."""
        task = self
        while task.parent is not None:
            task = task.parent
        return task

    @property
    def ended(self) -> bool:
        """Whether there is a value or a fault."""
        return self.coroutine is None

    def resume(self, reply: Any) -> Any:
        """Run to the next `Call` or `Together` and return it; None if the coroutine ends."""
        assert self.coroutine is not None
        try:
            asked = self.coroutine.throw(reply) if isinstance(reply, BaseException) else self.coroutine.send(reply)
        except StopIteration as stop:
            self.value = stop.value
        except Exception as fault:  # of one job, whatever it is: it must not end the others
            self.fault = fault
        else:
            if isinstance(asked, Call):
                self.call = asked
                if self.buffers is not None and isinstance(asked.arguments, Arguments):
                    self.buffers.append(asked.arguments.buffer)
            return asked
        self.call = self.coroutine = None
        if self.buffers and self.parent is None and self.fault is None:
            recycle(self.buffers)
        return None


def advance(task: Task, reply: Any) -> list[Task]:
    """Resume a task with what it asked for (an exception is raised in it); returns the tasks that now need a kernel.

    These are the task itself, its children, or, where it ended as the last one of several, those of its parent.
    """
    asked = task.resume(reply)
    if isinstance(asked, Together):
        task.children = [Task(each, task) for each in asked.coroutines]
        task.unfinished = len(task.children)
        return (
            [each for child in task.children for each in advance(child, None)] if task.children else advance(task, [])
        )
    if asked is not None:
        return [task]
    parent = task.parent
    if parent is None:
        return []
    parent.unfinished -= 1
    if parent.unfinished:
        return []
    faults = [child.fault for child in parent.children if child.fault is not None]
    values = [child.value for child in parent.children]
    parent.children = ()
    return advance(parent, faults[0] if faults else values)


def replies_of(calls: Sequence[Call]) -> list[Reply | Exception]:
    """What `perform` returns, or for each call that fails its exception."""
    try:
        return list(perform(calls))
    except Exception as fault:  # that of one of them, which must not end the others
        return [fault] if len(calls) == 1 else [reply for call in calls for reply in replies_of([call])]


def run_one(number: int, job: Job) -> Finished:
    """A job from its start to its end, in this thread."""
    return run_together([(number, job)])[0]


def run_together(items: Sequence[tuple[int, Job]]) -> list[Finished]:
    """Jobs from their start to their end, in this thread; kernels that they ask for at one time are called together.

    So neither Python nor the kernels find the caches of the processor full of the other's after every call.  Machine
    code only: what cases give does not depend on which of them came first.
    """
    machine_code_only()
    known = finish(in_bulk([job for _, job in items]))
    roots = {k: Task(job.coroutine(), reuse=job.reuse) for k, (_, job) in enumerate(items) if k not in known}
    asking = [each for root in roots.values() for each in advance(root, None)]
    while asking:
        replies = replies_of([task.call for task in asking if task.call])
        asking = [each for task, reply in zip(asking, replies, strict=True) for each in advance(task, reply)]
    return [
        Finished(*item, known[k]) if k in known else Finished(*item, roots[k].value, roots[k].fault)
        for k, item in enumerate(items)
    ]


def in_bulk(jobs: Sequence[Job]) -> Coroutine[dict[int, Any]]:
    """The values, by place, of those jobs that can be done together, a coroutine.

    A job alone is run by itself: where jobs are so long that each has a turn of its own, none is to be done twice.
    """
    how = jobs[0].together
    if how is None or len(jobs) == 1 or any(job.together is not how for job in jobs):
        return {}
    try:
        values = yield from how([job.arguments for job in jobs])
    except Exception:  # for want of memory, say; each is run by itself then
        return {}
    return {k: value for k, value in enumerate(values) if value is not None}


def run_here(items: Iterable[tuple[int, Job]], many: int = 1) -> Stream:
    """Jobs in this thread, in order: short ones whose memory is used again in groups, others one by one.

    many: how many to begin with.
    """
    source = iter(items)
    while group := list(islice(source, many)):
        began = time.thread_time()
        done = run_together(group)
        spent = time.thread_time() - began
        yield from done
        slice, most = (BULK, TOGETHER) if all(job.together for _, job in group) else (SLICE, GROUP)
        many = batch_size(many, len(group), spent, slice, most) if all(job.reuse for _, job in group) else 1


def batch_size(many: int, calls: int, spent: float, slice: float = SLICE, most: int = MOST) -> int:
    """How many calls to give a worker at once, after `many`, where so many calls took so long [s]."""
    return int(min(max(1.0, slice * calls / max(spent, 1e-9)), 2 * many, most))


class _Unknown(Exception):
    """A search asks for a value that is not known yet."""


def searched(
    search: Callable[[Callable[[float], float]], T], function: Callable[[float], Coroutine[float]]
) -> Coroutine[T]:
    """What `search` returns when it is given a function of one number, which here is a coroutine.

    search: calls the function that it is given and must be deterministic, as root finders and minimisers of SciPy are:
    it begins anew whenever it asks for a value that is not known yet, and finds again those that are.
    """
    known: dict[float, float] = {}

    def look_up(x: float) -> float:
        x = float(x)
        if x not in known:
            raise _Unknown(x)
        return known[x]

    while True:
        try:
            return search(look_up)
        except _Unknown as asked:
            x = asked.args[0]
        known[x] = yield from function(x)
