"""Steps that kernels take ahead of the protocol, so that Python does not stand between two steps.

What follows a step is mostly known before it ends: the next line of the protocol.  A kernel is called for the present
step and for those that are likely to follow it; each begins where the one before has ended.  What they come to waits
here until the protocol asks for the next step.  If that is another one, because a condition holds or a step ended in
another way, they are thrown away: a run gives the same, bit for bit, as if each step had been asked for alone.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...kernels.call.calls import Call, Coroutine
from ...kernels.call.record import Arguments, Begun, recycle
from ...protocols import Step

MOST = 15  # steps ahead in one call,
BUFFERS = 4  # whose rows have so much room as that many calls for a step
WRONG = 2  # guesses of a run that may be wrong; after that it makes no more


class Piece(NamedTuple):
    """What one kernel call did of one step."""

    step: Step
    place: int  # among the steps of the call
    status: int
    V: float  # terminal voltage at the end [V]
    times: np.ndarray  # (rows,), since the step began [s]
    states: np.ndarray  # (rows, N)
    spent: float  # processor time of the call [s]


class Whole(NamedTuple):
    """What one kernel call did of all steps of a run."""

    pieces: Sequence[Piece]
    states: np.ndarray  # (rows, N) of all of them


class Tasks(NamedTuple):
    """All steps of a run that are known beforehand."""

    steps: Sequence[Step]
    begun: Sequence[Begun]
    words: np.ndarray  # `record.tasks_of` them


def room_for(steps: int, rows: int) -> int:
    """Rows of the buffer of a call for some steps, of which each has so many at most."""
    return BUFFERS * rows if steps > 1 else rows


class Ahead:
    """The kernel calls of a run, and what they did of steps that the protocol has not asked for yet."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self._steps: Sequence[Step] = []  # of the last call
        self._pieces: deque[Piece] = deque()  # of the steps after the present one
        self._wrong = 0

    @property
    def guesses(self) -> bool:
        """Whether it is worth while to look ahead."""
        return self._wrong < WRONG

    def drop(self) -> None:
        """Throw away what was done ahead."""
        if self._pieces:
            self._wrong += 1
            self._pieces.clear()

    def take(self, step: Step) -> Piece | None:
        """What the last call did of the next step, if it did; else the next call is for that step."""
        if self._pieces and self._pieces[0].step is step:
            return self._pieces.popleft()
        self.drop()
        return None

    def begin(self, kernel: Any, step: Step, then: Sequence[tuple[Step, Begun]], *begun: Any) -> Coroutine[Piece]:
        """The first call for a step; then: steps that are likely to follow; begun: what `Arguments.begin` is given."""
        self._steps = [step, *(one for one, _ in then)]
        state, own, rows, rtol, q_start, highest = begun
        others = [one for _, one in then]
        self.arguments.begin(state, own, rows, rtol, q_start, highest, others, room_for(1 + len(then), rows))
        yield from self._call(kernel)
        return self._pieces.popleft()

    def all_of(self, kernel: Any, tasks: Tasks, state: np.ndarray, rows: int) -> Coroutine[Whole | None]:
        """One call for all steps of a run, whose pieces are kept; None if not all have come to an end in it.

        rows: of a step in a call.
        """
        self._steps = tasks.steps
        self.arguments.set_out(state, tasks.begun, tasks.words, room_for(len(tasks.steps), rows))
        states = yield from self._call(kernel)
        pieces = tuple(self._pieces)
        return Whole(pieces, states) if len(pieces) == len(tasks.steps) and pieces[-1].status >= 0 else None

    def taken(self) -> None:
        """All that the last call did is what was asked for."""
        self._pieces.clear()

    def go_on(self, kernel: Any, piece: Piece, status: int, q_start: float) -> Coroutine[Piece]:
        """The next call for a step of which the last one did a piece; q_start [C/m2]: charge passed before it."""
        self._steps = self._steps[piece.place :]
        self.arguments.renew(status, piece.place, q_start)
        yield from self._call(kernel)
        return self._pieces.popleft()

    def _call(self, kernel: Any) -> Coroutine[np.ndarray]:
        """Make the call; keeps its pieces and returns their states (rows, N)."""
        reply, buffer = (yield Call(kernel, self.arguments)), self.arguments.buffer
        rows = sum(n for _, n, _ in reply.steps)
        times, states = buffer.times[:rows], buffer.states[:rows]
        if 2 * rows < buffer.times.size:  # copies, where a buffer would be kept for few rows
            times, states = times.copy(), states.copy()
            if reply.steps[-1].status >= 0:  # the memory of the integrator is not needed any more
                recycle([buffer])
        self._pieces.extend(_cut(self._steps, reply, times, states))
        return states


def _cut(steps: Sequence[Step], reply: Any, times: np.ndarray, states: np.ndarray) -> Iterable[Piece]:
    """The pieces of a call."""
    at = 0
    for place, (step, (status, rows, V)) in enumerate(zip(steps, reply.steps, strict=False)):
        yield Piece(step, place, status, V, times[at : at + rows], states[at : at + rows], reply.spent)
        at += rows
