"""The engine: runs jobs (`jobs.Job`) on threads, processes or an executor, with progress, for studies and ensembles."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from ..errors import ProtocolError
from ..support.arguments import shown, whole
from ..support.background import processors
from ..support.first_calls import machine_code_only
from .jobs import Finished, Job, Stream, run_here
from .pool import executor_pool, on_pool
from .processes import on_processes
from .threads import on_threads

C = TypeVar("C", contravariant=True)
V = TypeVar("V", covariant=True)
Progress = bool | Callable[[int, int | None], object] | None
MOST_WORKERS = 1000


def run_jobs(
    jobs: Iterable[Job],
    *,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
    finished: Callable[[Finished], object] = lambda done: None,
) -> Stream:
    """Run jobs and yield what became of each, in order; a failure of one does not affect the others.

    threads: to run kernels in, as many as the processors of this process unless given; what is not a kernel runs in
    the calling thread.  With one thread everything does, job by job, short ones in small groups.
    processes: so many processes instead, for many short jobs on many cores.
    executor: one with the interface of concurrent.futures instead, on this machine or on others, or a function that
    makes one.
    finished: called in the calling thread as soon as a job has ended, in whatever order that is.
    Close the iterator (contextlib.closing) if it is not used to its end.  Raises ProtocolError for wrong numbers.
    """
    machine_code_only()
    workers, here = workers_of(threads, processes, executor)
    if executor is not None:
        return on_pool(jobs, executor_pool(executor), finished)
    if not here:
        return on_processes(jobs, workers, finished)
    return on_threads(jobs, workers, finished) if workers > 1 else _one_by_one(jobs, finished)


def _one_by_one(jobs: Iterable[Job], finished: Callable[[Finished], object]) -> Stream:
    for done in run_here(enumerate(jobs)):
        finished(done)
        yield done


def values_of(
    jobs: Iterable[Job],
    *,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
    finished: Callable[[Finished], object] = lambda done: None,
) -> list[Any]:
    """The values of jobs, in order.  Raises the exception of the first one that fails."""
    values: list[Any] = []
    running = run_jobs(jobs, threads=threads, processes=processes, executor=executor, finished=finished)
    with closing(running) as found:
        for each in found:
            values.append(value_of(each))
    return values


def value_of(done: Finished) -> Any:
    """The value of a job.  Raises the exception that ended it."""
    if done.fault is not None:
        raise done.fault
    return done.value


class Store(Protocol[C, V]):
    """Where what became of cases is kept, so that an interrupted study does not compute it again."""

    def find(self, number: int, case: C) -> V | None:
        """What is kept of a case, None if it has to be computed."""

    def keep(self, number: int, case: C, done: Finished) -> V:
        """Keep what became of a case, and return what `find` will."""


def run_cases(
    cases: Iterable[C],
    job_of: Callable[[int, C], Job],
    store: Store[C, V],
    *,
    threads: int | None = None,
    processes: int | None = None,
    executor: Any = None,
) -> Generator[V, None, None]:
    """What became of every case, in order: found in the store, or computed and kept there as soon as it has ended.

    job_of: makes the job of a case from its number and it.  Close the iterator if it is not used to its end.
    """
    known: dict[int, V] = {}
    running: dict[int, tuple[int, Any]] = {}
    due = 0

    def missing() -> Iterator[Job]:
        begun = 0
        for number, case in enumerate(cases):
            found = store.find(number, case)
            if found is None:
                running[begun] = number, case
                begun += 1
                yield job_of(number, case)
            else:
                known[number] = found

    def keep(done: Finished) -> None:
        number, case = running.pop(done.number)
        known[number] = store.keep(number, case, done)

    running_jobs = run_jobs(missing(), threads=threads, processes=processes, executor=executor, finished=keep)
    with closing(running_jobs) as jobs:
        for _ in jobs:
            while due in known:
                yield known.pop(due)
                due += 1
    while due in known:
        yield known.pop(due)
        due += 1


def usual_processes() -> int | None:
    """As many processes as this one has processors, where there are two and `loky` is installed; else None."""
    many, _ = workers_of(None)
    return many if many > 1 and find_spec("loky") is not None else None


def workers_of(threads: Any, processes: Any = None, executor: Any = None) -> tuple[int, bool]:
    """How many workers to use, and whether they are threads: those of this process's processors unless either is given.

    Raises ProtocolError.
    """
    if sum(each is not None for each in (threads, processes, executor)) > 1:
        raise ProtocolError(
            f"threads{', ' * (executor is not None) or ' or '}processes"
            f"{' or executor' * (executor is not None)}: give one of them"
        )
    if threads is None and processes is None:
        return processors(), True
    name, given = ("threads", threads) if processes is None else ("processes", processes)
    return whole(name, given, f"give a whole number from 1 to {MOST_WORKERS}", high=MOST_WORKERS), processes is None


@contextmanager
def reporting(progress: Progress, what: str = "simulating") -> Iterator[Callable[[int, int | None], object]]:
    """A function (done, total) that reports progress: to a function, by a bar for True, or to nobody for None.

    Raises ProtocolError for anything else.
    """
    if progress is None or progress is False:
        yield lambda done, total: None
    elif callable(progress):
        yield progress
    elif progress is not True:
        raise ProtocolError(
            f"progress {shown(progress)}: give True, or a function of the numbers of cases done and in all"
        )
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
