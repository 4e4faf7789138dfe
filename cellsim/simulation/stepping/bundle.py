"""Many runs in one kernel call, where only numbers are asked for: what they came to, in bulk.

A run whose steps are known beforehand needs nothing of Python between its start and its end.  The steps of many such
runs, of whatever cells, are handed to one call, and times, currents, voltages and amounts are taken from its rows: bit
for bit those of the `Result` that `simulate` makes, without one.  A run that has no fixed course, or in which anything
is not as usual (a step that ends at once or with the cell, a failure, a number that is not finite), is left to
`simulate`.
"""

import math
import operator
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
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
from ..outcome import gains, may_turn, message_of, moved, one_way
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
    voltage: tuple[float, float, float]
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
    runs = [(starts[k], cast(_Common, common[id(starts[k].run)])) for k in chosen]
    call = Many([(of.sizes, start.record, of.state, of.tasks.words, of.room) for start, of in runs], starts)
    yield Call(march.march, call)
    status, rows = call.words[:, 0], call.words[:, 1]
    usual = ((status >= 0) & (rows > 0) & ENDS[np.maximum(status, 0)]).tolist()
    each, rows, V, at = status.tolist(), rows.tolist(), call.words[:, 2].view(float).tolist(), 0
    done = []
    for k, (start, of), buffer in zip(chosen, runs, call.buffers, strict=True):
        here, at = slice(at, at + len(of.lasting)), at + len(of.lasting)
        if all(usual[here]):
            ended = _Done(k, start, of, buffer.states[: sum(rows[here])], buffer.times, each[here], rows[here], V[here])
            if ended.is_whole:
                done.append(ended)
    for ended, figures in zip(done, _figures(done, names) if done else (), strict=True):
        found[ended.place] = figures
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


class _Done(NamedTuple):
    """A run all steps of which have ended, in the memory of the call."""

    place: int  # among the runs
    start: Start
    common: _Common
    states: Array  # (rows, N)
    times: Array  # since their steps began [s]
    status: list[int]  # of each step
    rows: list[int]
    V: list[float]  # terminal voltage at its end [V]

    @property
    def is_whole(self) -> bool:
        """Whether a result is made of these states as they are, and no step without a duration met no limit."""
        if not all(map(operator.or_, self.common.lasting, [ending != Ending.DURATION for ending in self.status])):
            return False
        return keeps(self.states) and math.isfinite(np.add.reduce(self.states, axis=None))

    def variables(self, t: Array) -> Any:
        """As those of its Result; t: times of the run (rows,) [s]."""
        run = self.start.itself()
        plan = run.plan
        around = partial(np.repeat, [plan.around(step) for step in self.common.tasks.steps], self.rows)
        late = Late.of(t), Late.of(self.states)
        return Variables.of(plan.cell, run.sys, plan.model, *late, run.begun.soc, None, around)


def _figures(done: Sequence[_Done], names: Sequence[str]) -> list[Figures | None]:
    """Those of some runs; None of one with a step that took no time."""
    few = np.concatenate([one.states.take(one.common.columns, axis=1) for one in done])
    t = np.concatenate([one.times[: len(one.states)] for one in done])
    whole = np.cumsum([0, *(len(one.states) for one in done)]).tolist()  # rows where runs begin
    of_step = [rows for one in done for rows in one.rows]
    ends = np.cumsum(of_step)
    spans = _spans(t[ends - 1].tolist(), [len(one.rows) for one in done])
    t += np.repeat([began for span in spans for began, _ in span], of_step)
    U = np.concatenate([one.common.voltages(few[a:b]) for one, a, b in zip(done, whole, whole[1:], strict=False)])
    area, per_hour = (
        np.repeat(one, np.diff(whole))
        for one in zip(*((each.common.run.plan.area, each.common.run.plan.per_hour) for each in done), strict=True)
    )
    through = iter(((few[ends - 1, :3] - few[ends - of_step, :3]) * per_hour[ends - 1, None]).tolist())  # steps
    gained, turns = gains(few, per_hour[:-1])
    least, most = (f.reduceat(U, whole[:-1]).tolist() for f in (np.minimum, np.maximum))
    series = {"Time [s]": t, "Current [A]": few[:, 0] * area, "Voltage [V]": U}
    more, found = any(name not in series for name in names), []
    for one, span, a, b, low, high in zip(done, spans, whole, whole[1:], least, most, strict=False):
        sums, at = [0.0] * 4, a
        for may, rows in zip(one.common.turning, one.rows, strict=True):
            here, at, amounts = slice(at, at + rows), at + rows, one_way(*next(through))
            if may:
                between = slice(here.start, here.stop - 1)
                voltage = partial(_voltage_of, one.common.run.sys, one.states[here.start - a :])
                scale = one.common.run.plan.per_hour
                amounts = moved(few[here], gained[:, between], turns[between], scale, t[here], voltage)
            sums = [x + y for x, y in zip(sums, amounts, strict=True)]
        ending, end = Ending(one.status[-1]), span[-1][1]
        message = message_of(ending, one.V[-1], float(t[b - one.rows[-1]]), end)
        others = one.variables(t[a:b]) if more else {}
        kept = [series[name][a:b] if name in series else np.array(others[name]) for name in names]
        took_time = all(end > began for began, end in span)
        ended = Figures(ending, message, end, tuple(sums), (float(U[b - 1]), low, high), kept)
        found.append(ended if took_time else None)
    return found


def _spans(lasted: list[float], steps: list[int]) -> list[list[tuple[float, float]]]:
    """When the steps of runs began and ended [s], from how long each took, and how many each run has."""
    found, at = [], 0
    for many in steps:
        t0, span = 0.0, []
        for lasts in lasted[at : at + many]:
            span.append((t0, t0 + lasts))
            t0 += lasts
        found.append(span)
        at += many
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
