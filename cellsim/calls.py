"""Calls of kernels: what a run asks for, turn by turn, so that the kernels of many runs can be called together."""
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ._jit import records
from .kernels.task import TASK, Buffer


class Call(NamedTuple):
    """A kernel to be called with a TASK."""

    kernel: Callable
    task: tuple
    buffer: Buffer  # what its addresses belong to, besides the system of the run
    knots: np.ndarray


class Reply(NamedTuple):
    """What comes back of a call."""

    status: int
    rows: int
    V: float  # terminal voltage [V]
    spent: float  # processor time [s]


def perform(calls) -> list[Reply]:
    """Make some calls; those of one kernel together, without Python's lock."""
    replies: list = [None] * len(calls)
    for kernel in dict.fromkeys(call.kernel for call in calls):
        chosen = [k for k, call in enumerate(calls) if call.kernel is kernel]
        tasks, began = np.array([calls[k].task for k in chosen], TASK), time.thread_time()
        kernel(records(tasks))
        spent = (time.thread_time() - began) / len(chosen)
        for k, task in zip(chosen, tasks, strict=True):
            replies[k] = Reply(int(task["status"]), int(task["rows"]), float(task["V"]), spent)
    return replies


def finish(turns):
    """What a `course` returns, all of its calls made at once."""
    replies: list = [None]
    try:
        while True:
            replies = perform([turns.send(replies[0])])
    except StopIteration as end:
        return end.value
