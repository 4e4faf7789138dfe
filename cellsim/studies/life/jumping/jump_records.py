"""What lives by jumping over cycles are given and what they return: the map of one cycle, progress, the life."""

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass, field, fields
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
State = TypeVar("State")
Row = TypeVar("Row")


class CycleMap(Protocol[State, Row]):
    """One cycle of a cell, as the jumps see it.

    Contents are whatever must be extrapolated and is not forgotten within a cycle; counters such as hours and charge
    passed are contents of weight 0.  A cycle should repeat to about 1e-7: noise is multiplied by the length of a jump.
    """

    weights: Array  # (n,): error of the capacity, as a share of the first, that an error of 1 in a content stands for

    def advance(self, state: State) -> tuple[State, Row]:
        """State and summary one cycle later.  Raises a CellsimError if the cell cannot do the cycle."""

    def contents(self, state: State) -> Array:
        """Slow contents (n,): amounts, and products where a product is conserved, such as eps c_e."""

    def renewed(self, state: State, contents: Array) -> State:
        """A state with other slow contents, fast states as they are.  Raises a CellsimError for impossible contents."""

    def capacity(self, row: Row) -> float:
        """Discharge capacity of a cycle [Ah], or another positive number that is to be accurate."""


class Jump(NamedTuple):
    """An accepted jump: from the end of cycle `start` over `length` cycles; estimated error and noise, per capacity."""

    start: int
    length: int
    order: int
    error: float
    noise: float


@dataclass(frozen=True)
class Progress(Generic[State]):
    """Where a life stands after a cycle: all that is needed to go on.

    state: after `cycle` cycles.  first: capacity of the first cycle.  positions, slopes, uncertain: the slopes
    remembered, in cycles and per cycle, and their uncertainty by the weights of the map; what aged the cell between two
    cycles is counted in the positions before it as the cycles that would have.  wanted, order: length of the
    next jump and order of its predictor.  error, noise: sums so far, the latter in quadrature; shift, shaken: the same
    in cycles, each over the rate of change where it was made.  worst: bound of the error of the capacity of all cycles
    so far.  waiting: cycles to simulate before the next jump is tried, and pause: after its rejection.  strict: number
    by which the errors allowed are divided.  capacities: (cycle, capacity) of the last reported cycles.  margin: that
    of the last one.  healing: the next cycles that heal what a visit disturbed, of which neither slope nor capacity is
    remembered.
    """

    cycle: int
    state: State
    first: float = 0.0
    positions: tuple[float, ...] = ()
    slopes: tuple[Array, ...] = field(default=(), repr=False)
    uncertain: tuple[float, ...] = ()
    wanted: float = 3.0
    order: int = 3
    error: float = 0.0
    shift: float = 0.0
    noise: float = 0.0
    shaken: float = 0.0
    worst: float = 0.0
    pause: int = 0
    waiting: int = 0
    strict: float = 1.0
    capacities: tuple[tuple[int, float], ...] = ()
    margin: float = np.inf
    healing: int = 0


@dataclass(frozen=True)
class Snapshot(Generic[State, Row]):
    """A life in progress, after a reported cycle: all that it takes to go on with it.

    turn: number of the pass; before: cycles simulated in earlier ones.  longest: limit of the length of jumps.
    numbers, rows, states, jumps, rejected, failed, end, at, simulated: those of this pass, as in `Life`.  upper: a
    cycle beyond the end of life and its margin; beyond: jumps beyond it since the last accepted one.
    """

    turn: int
    before: int
    longest: int
    at: Progress[State]
    numbers: list[int]
    rows: MutableSequence[Row]
    states: dict[int, State]
    jumps: list[Jump]
    rejected: int
    failed: int
    beyond: int
    upper: tuple[int, float] | None
    end: str
    simulated: int


RUNNING = tuple(f.name for f in fields(Snapshot) if f.name not in ("longest", "simulated"))


@dataclass(frozen=True)
class Life(Generic[State, Row]):
    """What a life came to.

    cycles (m,), rows [m]: cycles that were simulated and count, and their summaries.  states: by cycle, of the cycles
    asked for.  jumps: accepted ones.  simulated: all cycles that were computed, those for healing, for slopes, in
    rejected jumps and in earlier passes included.  rejected, failed: jumps repeated because of their error, and because
    a cycle failed.  bound: of the error of the capacity of any of the cycles, over the first capacity; `met`: whether
    it is within the tolerance.  end: why the life ended ("" if it did not).
    """

    cycles: Array
    rows: Sequence[Row] = field(repr=False)
    states: dict[int, State] = field(repr=False)
    jumps: tuple[Jump, ...] = field(repr=False)
    simulated: int
    rejected: int
    failed: int
    bound: float
    tolerance: float
    end: str
    last: Progress[State] = field(repr=False)

    @property
    def met(self) -> bool:
        """Whether the bound is within the tolerance."""
        return self.bound <= self.tolerance
