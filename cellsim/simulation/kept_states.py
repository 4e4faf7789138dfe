"""The states of a run: kept, or of long runs made again by the same kernel calls when they are asked for."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import CellsimError
from ..kernels.call.calls import Call, Rows, perform
from ..kernels.call.record import Arguments, packed_system, recycle
from ..kernels.layout import CELL, Numbers, State, System
from ..numerics.fields import Sizes, places

Array = NDArray[Any]

ROOM = 2**25  # bytes of whole states that a run keeps; of what comes later only `Few`
LEAST = 2**13  # bytes of a step that are not worth it
NOTHING = np.zeros(0)


class Late:
    """Rows of a run as one array, put together when it is first asked for."""

    def __init__(self, rows: Rows) -> None:
        """rows: to which no more are appended."""
        self._rows: Rows | None = rows
        self._array = rows.joined() if rows.whole is not None else None

    @classmethod
    def of(cls, array: Array) -> "Late":
        """One that is there already."""
        rows = Rows()
        rows.append(array)
        return cls(rows)

    def __call__(self) -> Any:
        if self._rows is not None:
            self._array, self._rows = self._rows.joined(), None
        return self._array

    @property
    def pieces(self) -> list[Any]:
        """The rows as they were written, before they are put together; then that one array."""
        return self._rows.pieces if self._rows is not None and self._rows.whole is None else [self()]


def keeps(states: Array) -> bool:
    """Whether a run keeps so many states as they are."""
    return states.nbytes <= ROOM


class Few:
    """What most variables are made of, named as in a state: last potential, its resistance to the current collector if
    it is stored, numbers of the cell, temperatures."""

    def __init__(self, sys: System, rows: Array) -> None:
        """rows (times, numbers): those of `columns`."""
        cell = 1 + int(sys.counts["conducting"])
        self.phi_s, self.R_end = rows[:, :1], rows[:, 1:cell]
        self.cell, self.T = Numbers(rows, cell), rows[:, cell + len(CELL.names or ()) :]

    @staticmethod
    def columns(sys: System) -> Array:
        """Where in a state they are."""
        return _columns(sys.sizes)


@lru_cache(maxsize=64)
def _columns(sizes: Sizes) -> Array:
    where = places(State, sizes)
    more = (where[name] for name in ("R_end", "cell", "T"))
    return np.array([where["phi_s"].stop - 1, *(at for place in more for at in range(place.start, place.stop))])


class March(NamedTuple):
    """The kernel calls of one step, to be made again."""

    kernel: Callable[..., Any]
    sys: System
    begun: tuple[Any, ...]  # what `Arguments.begin` was given

    def again(self, rows: int) -> Array:
        """The first rows (rows, N) of the step."""
        arguments, states = Arguments(self.sys, packed_system(self.sys)), Rows()
        arguments.begin(*self.begun)
        while True:
            done, buffer = perform([Call(self.kernel, arguments)])[0].steps[0], arguments.buffer
            states.append(buffer.states[: done.rows].copy())
            if len(states) >= rows or not done.rows:
                recycle([buffer])
                return states.joined()[:rows]
            arguments.renew(done.status)
            recycle([buffer])


class KeptStates:
    """The states (times, N) of a run, one step after the other: up to ROOM as they are, then columns of `Few`."""

    def __init__(self, sys: System) -> None:
        self.sys = sys
        self.kept = Rows()  # states of the steps without a March
        self.steps: list[tuple[int, Array, March | None]] = []  # rows, their columns of `Few` if there is a March
        self.bytes = 0
        self.ranges: list[Array] = []  # least and largest states (2, N) of the others
        self.first = self.final = NOTHING  # the first and the last state (N,)

    @cached_property
    def columns(self) -> Array:
        """Those of `Few`."""
        return Few.columns(self.sys)

    def __len__(self) -> int:
        return sum(rows for rows, _, _ in self.steps)

    def append(self, states: Array, march: March | None) -> None:
        """Take in the rows of one step; march: how to make them again, if that is known."""
        self.final = states[-1].copy()
        self.first = self.first if self.steps else states[0].copy()
        if march is None or self.bytes + states.nbytes <= ROOM or states.nbytes <= LEAST:
            self.bytes += states.nbytes
            self.kept.append(states)
            self.steps.append((len(states), NOTHING, None))
            return
        both = np.stack([states.min(axis=0), states.max(axis=0)])
        if self.ranges:
            both = np.stack([np.minimum(both[0], self.ranges[0][0]), np.maximum(both[1], self.ranges[0][1])])
        self.ranges = [both]
        self.steps.append((len(states), states[:, self.columns], march))

    def settle(self) -> Any:
        """After the last step: a function that returns all states (times, N), this one unless all are kept."""
        return self if self.ranges else Late(self.kept)

    def _pieces(self, of_kept: Callable[[Array], Array], again: Callable[[int, Array, March], Array]) -> Rows:
        """The rows of all steps, made of those that are kept and of the others."""
        found, at = Rows(), 0
        kept = self.kept.joined() if len(self.kept) else np.zeros((0, 0))
        for rows, few, march in self.steps:
            found.append(of_kept(kept[at : at + rows]) if march is None else again(rows, few, march))
            at += rows if march is None else 0
        return found

    def few(self) -> Few:
        """Of all rows what is always kept."""
        found = self._pieces(lambda states: states[:, self.columns], lambda rows, few, march: few).joined()
        at = 0
        for k, (rows, _, march) in enumerate(self.steps):
            if march is not None:  # no second copy
                self.steps[k] = rows, found[at : at + rows], march
            at += rows
        return Few(self.sys, found)

    def ends(self) -> Array:
        """States (few, N) with the least and the largest value of every unknown among them."""
        kept = [self.kept.joined()] if len(self.kept) else []
        return np.concatenate([*(np.stack([states.min(axis=0), states.max(axis=0)]) for states in kept), *self.ranges])

    def __call__(self) -> Array:
        """All rows (times, N).  Raises CellsimError if a step does not come out the same again."""

        def again(rows: int, few: Array, march: March) -> Array:
            states = march.again(rows)
            if not np.array_equal(states[:, self.columns], few):
                raise CellsimError("the states of this run cannot be made again: was cellsim changed since?")
            return states

        return self._pieces(lambda states: states, again).joined()


def ends_of(states: Any) -> Array:
    """States (few, N) among which every unknown has its least and its largest value, of what `settle` returns."""
    return states.ends() if isinstance(states, KeptStates) else np.asarray(states())


def kept_of(times: Late, states: Any) -> tuple[Array, Array]:
    """Times (rows,) [s] and states (rows, N) that are there without being made again, of what `settle` returns."""
    if not isinstance(states, KeptStates):
        return times(), np.asarray(states())
    here = np.repeat([march is None for _, _, march in states.steps], [rows for rows, _, _ in states.steps])
    return times()[here], states.kept.joined() if here.any() else np.zeros((0, 0))
