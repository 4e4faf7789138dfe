"""An ensemble in processes: for many short cases, most of whose time is Python's, which runs one thread a process."""
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice

from .._jit import is_warm
from ..errors import CellsimError
from ..files import optional
from .courses import AHEAD, Outcome, handful, run_case

IDLE = 300  # s, after which processes without work end


def on_processes(cases, processes, keep, columns) -> Iterator:
    """(Outcome, Result) of every case, in order, as `ensemble.run_case` gives them."""
    loky = optional("loky", "processes")
    source, many = enumerate(cases), 1
    waiting: deque = deque()
    if not is_warm():  # compile once, and not in every process
        yield run_case(*next(source), keep, columns)
    pool = loky.get_reusable_executor(max_workers=processes, timeout=IDLE)
    try:
        while True:
            while len(waiting) < AHEAD * processes and (taken := list(islice(source, many))):
                waiting.append((taken, pool.submit(_several, taken, keep, columns)))
            if not waiting:
                return
            taken, future = waiting.popleft()
            found, spent = _result(pool, taken, future, keep, columns)
            many = handful(many, len(taken), spent)
            yield from found
    finally:
        for _, future in waiting:
            future.cancel()


def _several(items, keep, columns):
    """What becomes of some (number, case), and how long it took [s]."""
    began = time.perf_counter()
    return [run_case(*item, keep, columns) for item in items], time.perf_counter() - began


def _result(pool, items, future, keep, columns):
    """What `_several` returned; if a case cannot be sent, the others are sent without it."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool as fault:
        first, last = items[0][0], items[-1][0]
        raise CellsimError(f"a process ended while it ran cases {first} to {last}; it may have run out of memory: give "
                           "fewer processes, or a path") from fault
    except Exception as fault:  # on the way: what fails in a case is told in its outcome
        if len(items) == 1:
            why = f"cannot be sent to another process: {fault}"
            return [(Outcome(items[0][0], {}, failure=why), None)], 1.0
        found = [_result(pool, [x], pool.submit(_several, [x], keep, columns), keep, columns)[0] for x in items]
        return [one for each in found for one in each], 1.0
