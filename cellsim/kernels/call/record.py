"""What a kernel is called with: one record of numbers and addresses for each run, and the memory that it works in.

To hand a system to a kernel as the forty arrays and numbers that it consists of takes Python longer than some
kernels run.  An array of records takes nothing, and the steps of many runs share one call, during which other
threads have Python's lock.
"""

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct
from typing import Annotated, Any, NamedTuple

import numpy as np

from ...numerics.fields import WORD, Field, Place, Sizes, begin, packed, packed_dtype, packing, places
from ...support.compile import inlined
from ..integrators.ndf_history import Memory
from ..layout import Control, State, System, copy
from ..scratch import Work

STARTING = -2  # status of a step that has not begun
FINDING = -2  # instead of an ending: the integrator finds its time steps itself
COURSE = 4  # numbers of a time step that is noted
NO_KNOTS, NO_COURSE, NOTHING = np.zeros((0, 2)), np.zeros((0, COURSE)), np.zeros(0)


class Room(NamedTuple):
    """What a kernel writes, one behind the other in one buffer."""

    times: Annotated[np.ndarray, Field("s", "times of the rows, from the start of the step", "rows")]
    states: Annotated[np.ndarray, Field("", "states, one a row", "rows", State)]
    memory: Annotated[np.ndarray, Field("", "what the integrator remembers from call to call", Memory)]
    scratch: Annotated[np.ndarray, Field("", "scratch memory", Work)]


class Run(NamedTuple):
    """How a step is computed."""

    rtol: Annotated[float, Field("", "tolerance of the local error")]
    q_start: Annotated[float, Field("C/m2", "charge passed before the step")]
    every: Annotated[float, Field("s", "states are also stored at its multiples; 0: at none")]
    first: Annotated[float, Field("s", "first time step")]
    highest: Annotated[int, Field("", "highest order of the integrator")]
    knots: Annotated[np.ndarray, Field("", "time [s] and target of the corners of a profile", "corners", 2)]
    course: Annotated[
        np.ndarray,
        Field(
            "", "of each time step: h [s], order, end [s], whether the geometry is renewed after it", "steps", COURSE
        ),
    ]
    ending: Annotated[
        int,
        Field(
            "",
            "FINDING: time steps are found, and noted in `course` as far as it reaches; else those are repeated, "
            "until the margin to this errors.Ending vanishes at the last one, or RUNNING: until its time is over",
        ),
    ]
    room: Annotated[Room, Field("", "where the kernel writes")]


class Task(NamedTuple):
    """Everything a kernel is called with for one run, and what it returns."""

    status: Annotated[int, Field("", "STARTING, or what the kernel returned: endings.RUNNING, or an errors.Ending")]
    rows: Annotated[int, Field("", "rows written in this call")]
    V: Annotated[float, Field("V", "terminal voltage of the last of them")]
    system: Annotated[System, Field("", "the cell")]
    control: Annotated[Control, Field("", "the step")]
    run: Annotated[Run, Field("", "how it is computed")]


TASK = packed_dtype(Task)
WORDS = TASK.itemsize // WORD
_FIRST = Struct("=qqd")  # status, rows and V, with which a Task begins
_SYSTEM, _CONTROL, _RUN = (begin(TASK, name) for name in ("system", "control", "run"))
_ROOM = _RUN + begin(TASK["run"], "room")

REMEMBERED = 64  # arrays whose addresses are kept, as variations of a cell share most of theirs
_addresses: dict[int, tuple[Any, int]] = {}  # id of an array: (it, which keeps the id its own, address)


def address(array: Any) -> int:
    """Where the numbers of an array, or of a record, are.  Raises ValueError for an array that is not contiguous."""
    found = _addresses.get(id(array))
    if found is None:
        whole = array if isinstance(array, np.ndarray) else np.frombuffer(array, np.uint8)
        if not whole.flags.c_contiguous:
            raise ValueError("kernels take arrays that are contiguous")
        found = array, whole.ctypes.data
        if len(_addresses) >= REMEMBERED:
            _addresses.pop(next(iter(list(_addresses))), None)
        _addresses[id(array)] = found
    return found[1]


SPARE = 128  # buffers of one size that are kept to be used again
_spare: dict[int, list[np.ndarray]] = {}  # length: arrays that are free


@inlined
def begin_with(s, rows):
    """Rows (k, N) of zeros, but the first one, which is the state s."""
    for k in range(1, rows.shape[0]):
        for i in range(s.size):
            rows[k, i] = 0.0
    copy(s, rows[0])


def recycle(buffers: Iterable["Buffer"]) -> None:
    """Take back buffers that no one will look at any more, see `Arguments`.

    To have memory from the system and to return it takes a tenth of a short run, and more where threads share it.
    """
    for buffer in buffers:
        whole, buffer.whole = buffer.whole, NOTHING  # once: no two runs may be given the same memory
        if whole is NOTHING:
            continue
        if len(_spare) > 8:
            _spare.clear()
        free = _spare.setdefault(whole.size, [])
        if len(free) < SPARE:
            free.append(whole)


def _array_of(length: int) -> np.ndarray:
    """An array of that length, with whatever is in it."""
    try:
        return _spare[length].pop()  # at once: threads may want the same
    except (KeyError, IndexError):
        return np.empty(length)


def packed_system(sys: System) -> np.ndarray:
    """The part of a record that belongs to a System, which has to be kept alive; in integers of 8 bytes."""
    return np.frombuffer(packing(System).pack(*packed(sys, address)), np.int64)


@lru_cache(maxsize=256)
def _room(rows: int, sizes: Sizes) -> tuple[Place, ...]:
    return tuple(places(Room, (("rows", rows), *sizes)).values())


class Buffer:
    """The arrays of a `Room` for so many rows, in one array.  What is never written takes no memory."""

    def __init__(self, rows: int, sizes: Sizes, memory: np.ndarray | None = None) -> None:
        where = _room(rows, sizes)
        self.whole = whole = _array_of(where[-1].stop)
        times, states, remembered, _ = where
        self.times, self.memory = whole[: times.stop], whole[remembered.start : remembered.stop]
        self.states = whole[states.start : states.stop].reshape(states.shape)
        at = whole.ctypes.data
        self.packed = [n for p in where for n in (at + WORD * p.start, *p.shape)]
        if memory is not None:
            self.memory[:] = memory


class Arguments:
    """The arrays of one run, and the record of them that a kernel is called with: the `words` of one TASK.

    The memory contract.  The record holds addresses, and a kernel neither owns nor counts what they point to: whoever
    calls one keeps the `Arguments` until it returns, and `Arguments` keep the system, the knots and the buffer that
    the record points to.  A kernel writes to the buffer and to status, rows and V, and to nothing else: systems are
    shared between runs.  The rows of a buffer may be looked at, as views, until it is given back by `recycle`, after
    which other runs write to it: give back only what no view is kept of.  `renew` replaces the buffer and carries on
    what the integrator remembers; the rows of the one before stay as they are.
    """

    def __init__(self, sys: System, record: np.ndarray) -> None:
        self.words = np.zeros(WORDS, np.int64)  # of the record; the first one is the status
        self.record = np.ndarray(1, TASK, self.words)
        self.take(sys, record)

    def take(self, sys: System, record: np.ndarray) -> None:
        """Another system, and what `packed_system` makes of it."""
        self.sys, self.sizes = sys, sys.sizes
        self.words[_SYSTEM // WORD : _CONTROL // WORD] = record

    def outcome(self) -> tuple[int, int, float]:
        """Status, rows and V that the kernel returned."""
        status, rows, V = _FIRST.unpack_from(self.words.data)
        return status, rows, V

    def begin(
        self,
        state: np.ndarray,
        control: Control,
        rows: int,
        rtol: float,
        q_start: float,
        every: float,
        first: float,
        highest: int,
        knots: np.ndarray = NO_KNOTS,
        course: np.ndarray = NO_COURSE,
        ending: int = FINDING,
    ) -> None:
        """Set out from a state (N,) on a step, for so many rows at a time; the others as in `Run`."""
        self.knots, self.course, self.buffer = knots, course, Buffer(rows, self.sizes)
        self.buffer.states[0] = state
        self.words[0] = STARTING
        packing(Control).pack_into(self.words.data, _CONTROL, *control)
        packing(Run).pack_into(
            self.words.data,
            _RUN,
            *(rtol, q_start, every, first, highest),
            *(address(knots), len(knots), address(course), len(course), ending),
            *self.buffer.packed,
        )

    def renew(self, status: int) -> None:
        """Carry on after a call that returned `status`, with a new buffer for the next rows."""
        self.buffer = Buffer(self.buffer.times.size, self.sizes, self.buffer.memory)
        self.words[0] = status
        packing(Room).pack_into(self.words.data, _ROOM, *self.buffer.packed)
