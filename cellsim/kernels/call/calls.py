"""Kernel calls and the coroutines that ask for them, so that the kernels of many runs can be called together.

A coroutine here is a generator that yields a `Call` and is sent its `Reply`, or yields `Together` and is sent a list of
values, and that returns its value.  Coroutines are composed with `yield from`.
"""

import time
from collections.abc import Callable, Generator, Sequence
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ...support.compile import has_machine_code, records
from .record import STARTING, TASK, Arguments, Many, outcomes

T = TypeVar("T")
Coroutine = Generator[Any, Any, T]
FEW = 4096  # rows of pieces that are joined at the end; more are put together as they come


class Rows:
    """Pieces of one array, each appended to the last, in memory to size: no more of it than there are rows.

    A piece that stays alone is handed out as it is.
    """

    def __init__(self):
        self.count, self.pieces, self.whole = 0, [], None

    def __len__(self):
        return self.count

    def append(self, piece):
        """Take in an array (rows, ...)."""
        if self.whole is None and (not self.pieces or self.count + len(piece) <= FEW):
            self.pieces.append(piece)
        else:
            if self.whole is None:
                self.whole, at = np.empty((0, *piece.shape[1:])), 0
                for early in self.pieces:
                    self._take(early, at)
                    at += len(early)
                self.pieces = []
            self._take(piece, self.count)
        self.count += len(piece)

    def _take(self, piece, at):
        if at + len(piece) > len(self.whole):  # grown in place where the system can
            self._resize(at + len(piece) + max(1024, at // 8))
        self.whole[at : at + len(piece)] = piece

    def _resize(self, rows):
        self.whole.resize((rows, *self.whole.shape[1:]), refcheck=False)

    def joined(self) -> np.ndarray:
        """The pieces as one array, after which no more are taken in."""
        if self.whole is None:
            return self.pieces[0] if len(self.pieces) == 1 else np.concatenate(self.pieces)
        self._resize(self.count)
        return self.whole


class Call(NamedTuple):
    """A kernel to be called."""

    kernel: Callable
    arguments: Arguments | Many  # of one run, or of several


class Outcome(NamedTuple):
    """What a call did of one step."""

    status: int
    rows: int
    V: float  # terminal voltage [V]


class Reply(NamedTuple):
    """What comes back of a call."""

    steps: Sequence[Outcome]  # that were begun, at least one
    spent: float  # processor time [s]; 0 of calls without machine code


def perform(calls) -> list[Reply]:
    """Make some calls, those of one kernel together, without the GIL."""
    replies: list = [None] * len(calls)
    for kernel in dict.fromkeys(call.kernel for call in calls):
        chosen = [k for k, call in enumerate(calls) if call.kernel is kernel]
        words = np.concatenate([calls[k].arguments.words for k in chosen])
        tasks = np.ndarray(len(words), TASK, words)
        counts, began = has_machine_code(kernel), time.thread_time()
        kernel(records(tasks))
        spent = (time.thread_time() - began) / len(chosen) if counts else 0.0
        of_all, at = outcomes(words), 0
        for k in chosen:
            steps = len(calls[k].arguments.words)
            calls[k].arguments.words[:, :3] = words[at : at + steps, :3]  # what a TASK returns
            replies[k] = Reply(begun(of_all[at : at + steps]), spent)
            at += steps
    return replies


def performed(call: Call) -> Reply:
    """Make one call; of a first one no one asks how long it takes, and the system takes long to tell."""
    arguments = call.arguments
    counts = arguments.words[0, 0] != STARTING and has_machine_code(call.kernel)
    began = time.thread_time() if counts else 0.0
    call.kernel(records(arguments.record))
    spent = time.thread_time() - began if counts else 0.0
    return Reply(begun(outcomes(arguments.words)), spent)


def begun(found: Sequence[tuple[int, int, float]]) -> list[Outcome]:
    """Those of the steps of a run that a kernel has begun."""
    return [Outcome(*one) for one in takewhile(lambda one: one[0] != STARTING, found)]


class Together(NamedTuple):
    """Independent coroutines to be run side by side; the reply is the list of their values, in order.

    If some of them fail, the exception of the first of those is raised where they were asked for.
    """

    coroutines: Sequence[Coroutine]


def finish(coroutine: Coroutine[T]) -> T:
    """The value of a coroutine, its calls being made one after the other.  Raises what the coroutine does."""
    resume: Callable[[Any], Any] = coroutine.send
    reply: Any = None
    try:
        while True:
            asked = resume(reply)
            try:
                reply = [finish(each) for each in asked.coroutines] if isinstance(asked, Together) else performed(asked)
                resume = coroutine.send
            except Exception as fault:
                resume, reply = coroutine.throw, fault
    except StopIteration as end:
        return end.value
