"""Thread back end of the engine: interleaves the kernel calls of many jobs.

Kernels release the GIL, so that threads share them; everything else runs in the calling thread.  Each job makes the
kernel calls it would make alone, so that its value does not depend on the number of threads.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ..kernels.call.calls import Reply
from .jobs import MOST, Finished, Job, Stream, Task, advance, batch_size, replies_of

AHEAD = 2  # batches in flight per worker


def on_threads(jobs: Iterable[Job], threads: int, finished: Callable[[Finished], object]) -> Stream:
    """Every job's `Finished`, in order; only a bounded number of jobs is taken from the source ahead of that.

    finished: called in this thread as soon as each job has ended, in whatever order that is.
    Several short kernel calls make one batch, as a thread that asks for the GIL waits longer than they take.
    """
    source, many = enumerate(jobs), 1
    begun = due = 0  # jobs taken from the source, and yielded
    numbers: dict[Task, tuple[int, Job]] = {}
    done: dict[int, Finished] = {}
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
                batch = asking[first : first + many]
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
