"""Many runs in one kernel call, where only numbers are asked for: what they came to, in bulk.

A run whose steps are known beforehand needs nothing of Python between its start and its end.  The steps of many such
runs, of whatever cells, are handed to one call, and times, currents, voltages and amounts are taken from its rows: bit
for bit those of the `Result` that `simulate` makes, without one.  A run that has no fixed course, or in which anything
is not as usual (a step that ends at once or with the cell, a failure, a number that is not finite), is left to
`simulate`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending
from ...kernels.call.calls import Call, Coroutine
from ...kernels.call.record import GOES_ON, Many, recycle
from ...kernels.equations.held_controls import at_terminals
from ...kernels.integrators import ndf as march
from ...kernels.integrators.stage import terminal_voltage
from ...kernels.layout import CELL, State
from ...numerics.fields import Sizes, places
from ..kept_states import Late, keeps
from ..outcome import gains, may_turn, message_of, moved, totals
from ..variables import Variables
from .ahead import Tasks, room_for
from .running import Prepared

Array = NDArray[Any]
ENDS = np.array([GOES_ON >> e & 1 == 1 and e != Ending.TEMPERATURE for e in range(max(Ending) + 1)])  # or of the laws


class Figures(NamedTuple):
    """What a run came to; amounts as in `Result`, of the voltage [V] the last, the least and the largest one."""

    ending: Ending  # of the last step
    message: str
    duration: float  # s
    amounts: tuple[float, ...]
    voltage: tuple[float, ...]
    series: list[Array]  # variables over time (times,), those that were asked for


class Start(NamedTuple):
    """How a run begins: as `run`, or as one that differs from it in its particles alone."""

    run: Prepared
    record: Array  # `packed_system` of its System,
    particles: Any = None  # to which it points beside that of `run`
    own: Callable[[], Prepared] | None = None  # makes it as it would be made by itself

    def itself(self) -> Prepared:
        """The run by itself."""
        return self.run if self.own is None else self.own()


def figures_of(starts: Sequence[Start], names: Sequence[str]) -> Coroutine[list[Figures | None]]:
    """What each run came to, with the variables of these names; None of one that has to be simulated by itself.

    A coroutine of one kernel call.
    """
    found: list[Figures | None] = [None] * len(starts)
    common = {id(start.run): _Common.of(start.run) for start in {id(start.run): start for start in starts}.values()}
    chosen = [k for k, start in enumerate(starts) if common[id(start.run)] is not None]
    if not chosen:
        return found
    runs = [_Run(starts[k], cast(_Common, common[id(starts[k].run)])) for k in chosen]
    call = Many([(of.sizes, start.record, of.state, of.tasks.words, of.room) for start, of in runs], starts)
    yield Call(march.march, call)
    done = _Done.of(runs, call)
    figures = _figures(done, names) if done.runs else ()
    for place, one in zip(done.places, figures, strict=True):
        found[chosen[place]] = one
    recycle(call.buffers)
    return found


class _Common(NamedTuple):
    """What runs have in common that differ in their particles alone."""

    run: Prepared
    tasks: Tasks
    lasting: list[bool]  # whether each step has a duration
    turning: list[bool]  # whether the current may change its sign in it
    sizes: Sizes
    columns: Array
    state: Array
    room: int

    @classmethod
    def of(cls, run: Prepared) -> "_Common | None":
        """Those of a run; None of one without a fixed course."""
        if run.course is None:
            return None
        tasks, sizes = run.plan.tasks(run.rtol, run.given.period or 0.0), run.sys.sizes
        lasting, turning = [s.duration is not None for s in tasks.steps], [may_turn(s) for s in tasks.steps]
        room = room_for(len(lasting), run.plan.room)
        return cls(run, tasks, lasting, turning, sizes, _columns(sizes), run.begun.state, room)

    def voltages(self, few: Array) -> Array:
        """At the terminals (rows,) [V], of its `columns`."""
        sys = self.run.sys
        R_end = few[:, 4] if sys.counts["conducting"] else sys.volume["end"][-1]
        return np.asarray(at_terminals(sys, few[:, 3], few[:, 0], R_end)[0])


class _Run(NamedTuple):
    """One of the runs of a call."""

    start: Start
    common: _Common

    def variables(self, t: Array, states: Array, rows: Sequence[int]) -> Any:
        """As those of its Result; t: times of the run (rows,) [s]; rows: of each step."""
        run = self.start.itself()
        plan = run.plan
        around = partial(np.repeat, [plan.around(step) for step in self.common.tasks.steps], rows)
        late = Late.of(t), Late.of(states)
        return Variables.of(plan.cell, run.sys, plan.model, *late, run.begun.soc, None, around)


class _Done(NamedTuple):
    """Runs all steps of which have ended as usual, in the memory of the call; arrays (steps,) are of all their steps.

    A result would be made of their states as they are, and no step without a duration met no limit.
    """

    places: list[int]  # among the runs of the call
    runs: list[_Run]
    states: list[Array]  # (rows, N) of each run
    times: list[Array]  # since their steps began [s]
    steps: Array  # (runs,), how many each has
    status: Array  # (steps,)
    rows: Array  # (steps,)
    V: Array  # terminal voltage at the end of each (steps,) [V]

    @classmethod
    def of(cls, runs: Sequence[_Run], call: Many) -> "_Done":
        """Those of the runs of a call."""
        status, rows, steps = call.words[:, 0], call.words[:, 1], np.array([len(run.common.lasting) for run in runs])
        lasting, firsts = np.concatenate([run.common.lasting for run in runs]), np.cumsum(steps) - steps
        usual = (status >= 0) & (rows > 0) & ENDS[np.maximum(status, 0)] & (lasting | (status != Ending.DURATION))
        whole = np.logical_and.reduceat(usual, firsts)
        taken = np.where(whole, np.add.reduceat(rows, firsts), 0).tolist()
        states = [buffer.states[:many] for buffer, many in zip(call.buffers, taken, strict=True)]
        places = [k for k, many in enumerate(taken) if many and keeps(states[k]) and _is_finite(states[k][-1])]
        kept = np.zeros(len(runs), bool)
        kept[places] = True
        of_steps = np.repeat(kept, steps)
        return cls(
            places,
            [runs[k] for k in places],
            [states[k] for k in places],
            [call.buffers[k].times[: taken[k]] for k in places],
            steps[places],
            status[of_steps],
            rows[of_steps],
            call.words[of_steps, 2].view(float),
        )


def _is_finite(states: Array) -> bool:
    """Whether all numbers are finite; those of states are none whose squares are not."""
    flat = states.ravel()
    return math.isfinite(flat @ flat)


class _Steps(NamedTuple):
    """Where the steps of some runs are (steps,)."""

    first: Array  # row
    last: Array  # row
    run: Array
    number: Array  # in their run, from 0
    of_runs: Array  # first step of each run (runs,)

    @classmethod
    def of(cls, done: _Done) -> "_Steps":
        """Those of runs whose rows are one behind the other."""
        ends, of_runs = np.cumsum(done.rows), np.cumsum(done.steps) - done.steps
        run = np.repeat(np.arange(len(done.runs)), done.steps)
        return cls(ends - done.rows, ends - 1, run, np.arange(len(run)) - of_runs[run], of_runs)

    def spans(self, t: Array) -> tuple[Array, Array]:
        """When they begin and end in their runs (steps,) [s]; t (rows,): since each began."""
        of_all = np.zeros((len(self.of_runs), int(self.number.max()) + 2))
        of_all[self.run, self.number + 1] = t[self.last]
        of_all = of_all.cumsum(axis=1)
        return of_all[self.run, self.number], of_all[self.run, self.number + 1]

    def sums(self, amounts: Array) -> list[list[float]]:
        """Of each run, of amounts (steps, 4), added one after the other as those of a Result are."""
        found = np.zeros((len(self.of_runs), amounts.shape[1]))
        for k in range(int(self.number.max()) + 1):
            here = self.number == k
            found[self.run[here]] += amounts[here]
        return found.tolist()


def _figures(done: _Done, names: Sequence[str]) -> list[Figures | None]:
    """Those of some runs; None of one with a step that took no time, or with a number that is not finite.

    Whatever is taken of the states is looked at, and their last one: what is not finite once in a run, in which every
    row is the one before with a change, remains so.
    """
    few = np.concatenate([s.take(run.common.columns, axis=1) for s, run in zip(done.states, done.runs, strict=True)])
    t, steps = np.concatenate(done.times), _Steps.of(done)
    begins, ends = steps.spans(t)
    t += np.repeat(begins, done.rows)
    final = steps.of_runs + done.steps - 1  # steps
    whole = [0, *(steps.last[final] + 1).tolist()]  # rows where runs begin
    U = np.concatenate([of.voltages(few[whole[a] : whole[b]]) for of, a, b in _alike(done.runs)])
    plans, rows = [run.common.run.plan for run in done.runs], np.diff(whole)
    area, per_hour = (np.repeat(one, rows) for one in ([p.area for p in plans], [p.per_hour for p in plans]))
    sums = steps.sums(_amounts(done, steps, few, t, per_hour))
    voltages = U[steps.last[final]], *(f.reduceat(U, whole[:-1]) for f in (np.minimum, np.maximum))
    finite = np.isfinite(np.add.reduceat(few, whole[:-1]).sum(axis=1) + np.add.reduceat(t, whole[:-1]))
    usual = np.logical_and.reduceat(ends > begins, steps.of_runs) & finite
    columns = *(each[final] for each in (done.status, done.V, begins, ends)), usual, *voltages
    series, found = {"Time [s]": t, "Current [A]": few[:, 0] * area, "Voltage [V]": U}, list[Figures | None]()
    more = any(name not in series for name in names)
    for k, (status, V, begin, end, fits, *voltage) in enumerate(zip(*(each.tolist() for each in columns), strict=True)):
        if not fits or more and not _is_finite(done.states[k]):
            found.append(None)
            continue
        ending, a, b = Ending(status), whole[k], whole[k + 1]
        others = done.runs[k].variables(t[a:b], done.states[k], done.rows[steps.run == k]) if more else {}
        kept = [series[name][a:b] if name in series else np.array(others[name]) for name in names]
        found.append(Figures(ending, message_of(ending, V, begin, end), end, tuple(sums[k]), tuple(voltage), kept))
    return found


def _alike(runs: Sequence[_Run]) -> Iterator[tuple[_Common, int, int]]:
    """What neighbouring runs have in common, and where they begin and end among the runs."""
    at = 0
    for _, some in groupby(runs, lambda run: id(run.common)):
        first = at
        at += sum(1 for _ in some)
        yield runs[first].common, first, at


def _amounts(done: _Done, steps: _Steps, few: Array, t: Array, per_hour: Array) -> Array:
    """What `outcome.passed` returns of each step (steps, 4)."""
    _, q, e = (few[steps.last, :3] - few[steps.first, :3]).T * per_hour[steps.last]
    found = np.maximum([q, -q, e, -e], 0.0).T  # as `outcome.one_way`
    turning = np.flatnonzero(np.concatenate([run.common.turning for run in done.runs]))
    if turning.size:
        gained, turns = gains(few, per_hour[:-1])
        so_far = np.concatenate([[0], np.cumsum(turns)])
        turned = so_far[steps.last] > so_far[steps.first]
        columns = (each[turning].tolist() for each in (steps.first, steps.last, steps.run, turned))
        for k, a, b, r, may in zip(turning.tolist(), *columns, strict=True):
            if not may:
                found[k] = totals(gained[:, a:b])
                continue
            run, here = done.runs[r].common.run, slice(a, b + 1)
            voltage = partial(_voltage_of, run.sys, done.states[r][a - int(steps.first[steps.of_runs[r]]) :])
            found[k] = moved(few[here], gained[:, a:b], turns[a:b], run.plan.per_hour, t[here], voltage)
    return found


def _voltage_of(sys: Any, states: Array, row: int) -> float:
    """Terminal voltage in a row [V]."""
    return float(terminal_voltage(sys, states[row]))


@lru_cache(maxsize=64)
def _columns(sizes: Sizes) -> Array:
    """Where in a state are current, charge, energy, the last potential, and its resistance to the collector, if any."""
    where, names = places(State, sizes), CELL.names or ()
    end = where["phi_s"].stop - 1
    cell = (where["cell"].start + names.index(name) for name in ("I", "Q", "E"))
    return np.array([*cell, end, where["R_end"].start if dict(sizes)["conducting"] else end])
