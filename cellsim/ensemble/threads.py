"""Thread back end of the engine: interleaves the kernel calls of many jobs.

Kernels release the GIL, so that threads share them; everything else runs in the calling thread.  Each job makes the
kernel calls it would make alone, so that its value does not depend on the number of threads.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from ..kernels.call.calls import Reply
from .jobs import SLICE, Finished, Item, Job, Stream, Task, advance, batch_size, in_bulk, replies_of
from .jobs import TOGETHER as MOST

AHEAD = 2  # batches in flight per worker
LONG = 5e-2  # how long kernel calls of jobs that are done in bulk should keep a worker busy [s]
FEWEST = 8  # jobs of a batch near the end


def on_threads(jobs: Iterable[Job], threads: int, finished: Callable[[Finished], object]) -> Stream:
    """Every job's `Finished`, in order; only a bounded number of jobs is taken from the source ahead of that.

    finished: called in this thread as soon as each job has ended, in whatever order that is.
    Several short kernel calls make one batch, as a thread that asks for the GIL waits longer than they take.
    """
    source, many, read = enumerate(jobs), 1, deque[Item]()
    begun = due = 0  # jobs taken from the source, and yielded
    alone: dict[Task, tuple[int, Job]] = {}
    bulk: dict[Task, list[tuple[int, Job]]] = {}  # jobs that are done together, as far as they can be
    done: dict[int, Finished] = {}
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cellsim")
    waiting: deque[tuple[list[Task], Future]] = deque()  # batches in flight

    def over(one: Finished) -> None:
        done[one.number] = one
        finished(one)

    try:
        while True:
            room = AHEAD * threads * MOST - (begun - due) if len(waiting) < AHEAD * threads else 0
            moves: deque[tuple[Task, object]] = deque()
            if items := _next_jobs(read, source, many, room, AHEAD * threads):
                begun += len(items)
                moves.append((Task(in_bulk([job for _, job in items])), None))
                bulk[moves[0][0]] = items
            else:
                if not waiting:
                    return
                tasks, called = _next(waiting)
                replies = called.result()
                runs = sum(len(bulk.get(task, (task,))) for task in tasks)
                slice = LONG if any(task in bulk for task in tasks) else SLICE
                many = batch_size(many, runs, sum(r.spent for r in replies if isinstance(r, Reply)), slice, MOST)
                moves.extend(zip(tasks, replies, strict=True))
            asking: list[Task] = []
            while moves:
                task, reply = moves.popleft()
                asking += advance(task, reply)
                root = task.root
                if root in bulk and root.ended:
                    for k, item in enumerate(bulk.pop(root)):
                        if k not in root.value:
                            one = Task(item[1].coroutine(), reuse=item[1].reuse)
                            alone[one] = item
                            moves.append((one, None))
                        else:
                            over(Finished(*item, root.value[k]))
                elif root.ended:
                    over(Finished(*alone.pop(root), root.value, root.fault))
            for first in range(0, len(asking), many):
                batch = asking[first : first + many]
                waiting.append((batch, pool.submit(replies_of, [task.call for task in batch if task.call])))
            while due in done:
                yield done.pop(due)
                due += 1
    finally:
        pool.shutdown(cancel_futures=True)


def _next_jobs(read: deque[Item], source: Iterator[Item], many: int, room: int, batches: int) -> list[Item]:
    """The next ones, at most so many: fewer near the end, so that no thread has much left when the others have none.

    read: jobs that were taken from the source, so many as there is room, to know whether it has more; batches: how
    many are in flight.
    """
    read.extend(islice(source, max(0, room - len(read))))
    if len(read) < room:
        many = min(many, max(FEWEST, -(-len(read) // batches)))
    return [read.popleft() for _ in range(min(many, room, len(read)))]


def _next(waiting: deque[tuple[list[Task], Future]]) -> tuple[list[Task], Future]:
    """A batch that is done, or the oldest one."""
    for k, (_, called) in enumerate(waiting):
        if called.done():
            found = waiting[k]
            del waiting[k]
            return found
    return waiting.popleft()
