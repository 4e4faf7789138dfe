"""Processes of this machine, for many short jobs, which on threads are limited by the GIL: loky's, as a `pool.Pool`."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..support.files import optional
from .jobs import TOGETHER, Finished, Job, Stream
from .pool import Pool, on_pool

IDLE = 300  # s, after which processes without work end
TASK = 5e-2  # s that a task is to last: what it takes to send one is little beside that
ORPHANED = 1.0  # s between two looks whether the process that gives out the work is still there


def on_processes(jobs: Iterable[Job], processes: int, finished: Callable[[Finished], object]) -> Stream:
    """As `on_pool`, on so many processes, which are started when they are needed and kept for the next call."""
    loky = optional("loky", "processes")

    def make() -> Any:
        return loky.get_reusable_executor(
            max_workers=processes, timeout=IDLE, initializer=_watch, initargs=(os.getpid(),)
        )

    yield from on_pool(jobs, Pool(None, make, workers=processes, slice=TASK, most=TOGETHER), finished)


def _watch(parent: int) -> None:
    """In a process of the pool: end with the one that gives out the work, and leave interrupts to that one."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHANED)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "getppid"):
        threading.Thread(target=look, daemon=True).start()
