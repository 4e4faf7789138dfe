"""What a kernel is called with: one record of numbers and addresses for each run, and the memory that it works in.

To hand a system to a kernel as the forty arrays and numbers that it consists of takes Python longer than some
kernels run.  An array of records takes nothing, and the steps of many runs share one call, during which other
threads have Python's lock.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from struct import Struct
from typing import Annotated, Any, NamedTuple

import numpy as np

from ...errors import Ending
from ...numerics.fields import WORD, Field, Place, Sizes, begin, packed, packed_dtype, packing, places
from ...support.compile import inlined
from ..integrators.ndf_history import Memory
from ..layout import Control, State, System, copy
from ..scratch import Work

STARTING = -2  # status of a step that has not begun
FINDING = -2  # instead of an ending: the integrator finds its time steps itself
COURSE = 4  # numbers of a time step that is noted
NO_KNOTS, NO_COURSE, NOTHING = np.zeros((0, 2)), np.zeros((0, COURSE)), np.zeros(0)
GOES_ON = sum(1 << e for e in Ending if not e.stops_run)  # endings, as bits, after which a next step may begin


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
    most: Annotated[int, Field("", "rows of the step in one call, at most")]
    knots: Annotated[np.ndarray, Field("", "time [s] and target of the corners of a profile", "corners", 2)]
    course: Annotated[
        np.ndarray,
        Field(
            "",
            "of each time step: h [s], order, end [s] or along a profile the parts that rows divide it into, whether "
            "the geometry is renewed after it",
            "steps",
            COURSE,
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
    follows: Annotated[
        int,
        Field(
            "",
            "0: begins at the first row; 1: where the step of the TASK before ended, and writes behind it; 2: so, "
            "but charge, energy and heat are counted from there",
        ),
    ]
    system: Annotated[System, Field("", "the cell")]
    control: Annotated[Control, Field("", "the step")]
    run: Annotated[Run, Field("", "how it is computed")]


TASK = packed_dtype(Task)
WORDS = TASK.itemsize // WORD
_FIRST = Struct("=qqd")  # status, rows and V, with which a Task begins
_FLOAT = Struct("=d")
_FOLLOWS = begin(TASK, "follows") // WORD
_SYSTEM, _CONTROL, _RUN = (begin(TASK, name) for name in ("system", "control", "run"))
_HOW = Struct(packing(Run).format.removesuffix(packing(Room).format[1:]))  # a Run without its room
PLACE_OF_SYSTEM = slice(_SYSTEM // WORD, _CONTROL // WORD)  # among the words of a TASK
PLACE_OF_ROOM = slice((_RUN + begin(TASK["run"], "room")) // WORD, WORDS)

PLACE_OF_GRAINS = begin(TASK["system"], "grain") // WORD  # the address of a System's, in what `packed_system` returns

REMEMBERED = 64  # arrays whose addresses are kept, as variations of a cell share most of theirs
_addresses: dict[int, tuple[Any, int]] = {}  # id of an array: (it, which keeps the id its own, address)
_groups: dict[int, tuple[Any, tuple[Any, ...]]] = {}  # id of a group: (it, its numbers)


def address(array: Any) -> int:
    """Where the numbers of an array, or of a record, are.  Raises ValueError for an array that is not contiguous."""
    found = _addresses.get(id(array))
    if found is None:
        whole = array if isinstance(array, np.ndarray) else np.frombuffer(array, np.uint8)
        if not whole.flags.c_contiguous:
            raise ValueError("kernels take arrays that are contiguous")
        found = _remember(_addresses, array, whole.ctypes.data)
    return found[1]


def _remember(known: dict[int, tuple[Any, Any]], one: Any, of_it: Any) -> tuple[Any, Any]:
    """Keep what is known of an object under its id, in place of the oldest of too many; for threads, too."""
    if len(known) >= REMEMBERED:
        known.pop(next(iter(list(known))), None)
    found = known[id(one)] = one, of_it
    return found


SPARE = 128  # buffers of one size that are kept to be used again
_spare: dict[int, list[tuple[np.ndarray, int]]] = {}  # length: arrays that are free, and where they are


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
            free.append((whole, buffer.at))


def _array_of(length: int) -> tuple[np.ndarray, int]:
    """An array of that length, with whatever is in it, and where it is."""
    try:
        return _spare[length].pop()  # at once: threads may want the same
    except (KeyError, IndexError):
        made = np.empty(length)
        return made, made.ctypes.data


def packed_system(sys: System) -> np.ndarray:
    """The part of a record that belongs to a System, which has to be kept alive; in integers of 8 bytes."""
    return np.frombuffer(packing(System).pack(*packed(sys, address, _shared)), np.int64)


def _shared(group: Any) -> tuple[Any, ...]:
    """The numbers of a group of a System, which variations of a cell often share."""
    found = _groups.get(id(group))
    if found is None:
        found = _remember(_groups, group, packed(group, address))
    return found[1]


@lru_cache(maxsize=256)
def _room(rows: int, sizes: Sizes) -> tuple[Place, ...]:
    return tuple(places(Room, (("rows", rows), *sizes)).values())


class Buffer:
    """The arrays of a `Room` for so many rows, in one array.  What is never written takes no memory."""

    def __init__(self, rows: int, sizes: Sizes, memory: np.ndarray | None = None) -> None:
        where = _room(rows, sizes)
        self.whole, self.at = whole, at = _array_of(where[-1].stop)
        times, states, remembered, _ = where
        self.times, self.memory = whole[: times.stop], whole[remembered.start : remembered.stop]
        self.states = whole[states.start : states.stop].reshape(states.shape)
        self.packed = [n for p in where for n in (at + WORD * p.start, *p.shape)]
        if memory is not None:
            self.memory[:] = memory


def outcomes(words: np.ndarray) -> list[tuple[int, int, float]]:
    """Status, rows and V of each TASK (tasks, WORDS); STARTING of a step that has not begun."""
    data = words.data.cast("B")
    return [_FIRST.unpack_from(data, at) for at in range(0, len(data), WORD * WORDS)]


class Begun(NamedTuple):
    """A step as kernels begin it."""

    control: Control
    every: float  # the others: see `Run`
    first: float
    knots: np.ndarray = NO_KNOTS
    course: np.ndarray = NO_COURSE
    ending: int = FINDING
    anew: bool = False  # of a step that follows: charge, energy and heat are counted from there


def tasks_of(steps: Sequence[Begun], rows: int, rtol: float, q_start: float, highest: int) -> np.ndarray:
    """A TASK for each of the steps of a run (steps, WORDS), without system and room; arguments as in `Run`."""
    words = np.zeros((len(steps), WORDS), np.int64)
    data = words.data.cast("B")
    for k, one in enumerate(steps):
        at = WORD * WORDS * k
        _FIRST.pack_into(data, at, STARTING, 0, 0.0)
        words[k, _FOLLOWS] = 0 if k == 0 else 2 if one.anew else 1
        packing(Control).pack_into(data, at + _CONTROL, *one.control)
        _HOW.pack_into(
            data,
            at + _RUN,
            rtol,
            q_start,
            one.every,
            one.first,
            highest,
            rows,
            *(address(one.knots), len(one.knots)),
            *(address(one.course), len(one.course), one.ending),
        )
    return words


class Arguments:
    """The arrays of one run, and the record of them that a kernel is called with: the `words` of one TASK, or several.

    Of several each is a step of the run, the first one the present step: the others follow it in the same call, as far
    as the one before has ended such that a next one may begin, and there is room for all rows of a call; else they
    remain STARTING.

    The memory contract.  The record holds addresses, and a kernel neither owns nor counts what they point to: whoever
    calls one keeps the `Arguments` until it returns, and `Arguments` keep the system, the knots and the buffer that
    the record points to.  A kernel writes to the buffer and to status, rows and V, and to nothing else: systems are
    shared between runs.  The rows of a buffer may be looked at, as views, until it is given back by `recycle`, after
    which other runs write to it: give back only what no view is kept of.  `renew` replaces the buffer and carries on
    what the integrator remembers; the rows of the one before stay as they are.
    """

    def __init__(self, sys: System, record: np.ndarray) -> None:
        self.words = np.zeros((1, WORDS), np.int64)  # a row for each TASK; the first word is the status
        self.take(sys, record)

    def take(self, sys: System, record: np.ndarray) -> None:
        """Another system, and what `packed_system` makes of it."""
        self.sys, self.sizes, self.packed = sys, sys.sizes, record
        self._lay(len(self.words))

    def _lay(self, steps: int) -> None:
        """Room for so many TASKs."""
        if len(self.words) != steps:
            self.words = np.zeros((steps, WORDS), np.int64)
        self.record = np.ndarray(steps, TASK, self.words)
        self.words[:, PLACE_OF_SYSTEM] = self.packed

    def begin(
        self,
        state: np.ndarray,
        step: Begun,
        rows: int,
        rtol: float,
        q_start: float,
        highest: int,
        then: Sequence[Begun] = (),
        room: int = 0,
    ) -> None:
        """Set out from a state (N,) on a step, for so many rows at a time; the others as in `Run`.

        then: the steps that may follow in the same call, into a buffer of `room` rows for all of them.
        """
        begun = step, *then
        self.set_out(state, begun, tasks_of(begun, rows, rtol, q_start, highest), max(rows, room))

    def set_out(self, state: np.ndarray, begun: Sequence[Begun], tasks: np.ndarray, room: int) -> None:
        """As `begin`, of `tasks_of` the steps, into a buffer of `room` rows for all of them."""
        self.begun, self.buffer = begun, Buffer(room, self.sizes)
        self.buffer.states[0] = state
        self.words = tasks.copy()
        self._lay(len(tasks))
        self.words[:, PLACE_OF_ROOM] = self.buffer.packed

    def again(self, state: np.ndarray) -> None:
        """Set out on the same steps from another state (N,), into the same buffer."""
        self.words[:, 0], self.buffer.states[0] = STARTING, state

    def renew(self, status: int, step: int = 0, q_start: float = 0.0) -> None:
        """Carry on with a step after a call that returned `status`, with a new buffer for the next rows.

        step: its number, from 0, among those of the call; the earlier ones are done.  q_start [C/m2]: charge passed
        before it, of a later one than the first.
        """
        self.buffer = Buffer(self.buffer.times.size, self.sizes, self.buffer.memory)
        if step:
            self.words = self.words[step:].copy()
            self._lay(len(self.words))
            self.words[0, _FOLLOWS] = 0
            _FLOAT.pack_into(self.words.data.cast("B"), _RUN + begin(TASK["run"], "q_start"), q_start)
        self.words[0, 0] = status
        self.words[:, PLACE_OF_ROOM] = self.buffer.packed


class Many:
    """Arguments of several runs in one call, each set out on steps of its own: `words` are their TASKs in turn.

    The memory contract is that of `Arguments`.
    """

    def __init__(self, runs: Sequence[tuple[Sizes, Any, np.ndarray, np.ndarray, int]], keep: Any) -> None:
        """runs: of each the sizes of its System, what `packed_system` makes of that, its first state (N,), `tasks_of`
        its steps, and the rows of its buffer; keep: what the records point to."""
        sizes, records, states, tasks, rooms = zip(*runs, strict=True)
        self.kept, steps = keep, [len(each) for each in tasks]
        self.buffers = [Buffer(room, of) for room, of in zip(rooms, sizes, strict=True)]
        self.words = np.concatenate(tasks)
        self.words[:, PLACE_OF_SYSTEM] = np.repeat(records, steps, axis=0)
        self.words[:, PLACE_OF_ROOM] = np.repeat([buffer.packed for buffer in self.buffers], steps, axis=0)
        self.record = np.ndarray(len(self.words), TASK, self.words)
        for buffer, state in zip(self.buffers, states, strict=True):
            buffer.states[0] = state
