"""The steps of a protocol on a group of cells: interval by interval, to the limits at which they end."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending, ProtocolError, SolveError
from ...kernels.call.calls import Coroutine
from ...kernels.layout import CURRENT, VOLTAGE
from ...protocols import Profile, Protocol, Step
from ...protocols.nodes import MOMENT
from ...protocols.program import MAX_STEPS
from ...protocols.quantities import BY_NAME
from ..history.step import StepResult
from ..outcome import gains, message_of, moved
from .group import Group, Load, Solved, begun, volts_of
from .record import ParallelRun

FIRST = 1e-2  # duration of the interval in which a step is switched on [s]; later ones are longer by this factor:
GROWTH = 2.0
HOUR = 1.0 / 3600.0  # from A.s to A.h
SHORTEST = 0.05  # interval at which a step ends that a cell cannot go on with [s]
NEAREST = 1e-6  # so close to a limit a step ends, if not at the limit [s]
ROWS = 200_000  # the most intervals of a step
MARGIN, CURRENT_MARGIN = "Plating margin [V]", "Critical current margin [A.m-2]"
# how far before a limit a step may end: V, parts of the current, of the charge, K, V, A/m2
INSIDE = {
    Ending.LOWER_VOLTAGE: 1e-4,
    Ending.UPPER_VOLTAGE: 1e-4,
    Ending.CURRENT: 1e-4,
    Ending.CAPACITY: 1e-9,
    Ending.TEMPERATURE: 1e-3,
    Ending.PLATING_MARGIN: 1e-4,
    Ending.CRITICAL_CURRENT: 1e-3,
}
Margins = dict[Ending, float]


class Row(NamedTuple):
    """A moment of a run; fields as in `ParallelRun`."""

    t: float
    voltage: float
    currents: NDArray[np.float64]
    temperatures: NDArray[np.float64]
    socs: NDArray[np.float64]
    made: float
    lost: float
    step: int


class Now(Mapping[str, float]):
    """The present state of a group, by the names and in the units of `quantities.CONDITIONS`.

    Temperatures are those of the surface, which is the last cell, and of the warmest one; margins the smallest.
    """

    def __init__(self, run: "Running") -> None:
        self._run = run

    def __getitem__(self, name: str) -> float:
        group, row = self._run.group, self._run.present
        current = float(row.currents.sum())
        direct: dict[str, Callable[[], float]] = {
            "voltage": lambda: row.voltage,
            "current": lambda: current,
            "current density": lambda: current / self._run.area,
            "c-rate": lambda: current / sum(c.nominal_capacity for c in group.cells),
            "soc": self._run.soc,
            "temperature": lambda: float(row.temperatures[-1]),
            "maximum temperature": lambda: float(row.temperatures.max()),
        }
        if name in direct:
            return direct[name]()
        each = [float(r[BY_NAME[name].variable][-1]) for r in self._run.runs]
        return sum(each) if name == "cell capacity" else min(each)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass
class Running:
    """A group during a run.  area [m2]: of its electrodes; loads: of a step, what is asked of the group."""

    group: Group
    area: float
    loads: Callable[["Running", Step], Load]
    interval: float
    period: float | None = None
    rows: list[Row] = field(default_factory=list)
    runs: Any = ()  # of the cells, in the last interval
    present: Any = None  # the last moment, as a row
    done: list[StepResult] = field(default_factory=list)

    def soc(self) -> float:
        """State of charge of the group."""
        group = self.group
        socs = np.array([s.soc for s in group.states])
        return float(socs @ np.array([c.nominal_capacity for c in group.cells])) / sum(
            c.nominal_capacity for c in group.cells
        )

    def now(self) -> Now:
        """Its present state."""
        return Now(self)

    def row(self, t: float, V: float, currents: NDArray[np.float64]) -> Row:
        """The present moment t [s] of the run."""
        states, group = self.group.states, self.group
        kelvins, socs = np.array([s.cell_temperature for s in states]), np.array([s.soc for s in states])
        return Row(t, V, currents, kelvins, socs, group.made, group.lost, len(self.done))


def run_group(
    running: Running, model: Any, T: float, socs: Any, protocol: Protocol, max_steps: int = MAX_STEPS
) -> Coroutine[ParallelRun]:
    """A whole run: the steps of a protocol from rest at T [K]; socs: state of charge of each cell."""
    group, rows, done = running.group, running.rows, running.done
    running.runs = yield from begun(group, model, T, socs, FIRST)
    walk, t0, before = protocol.walk(max_steps), 0.0, np.zeros(len(group.cells))
    running.present = running.row(0.0, float(volts_of(running.runs).mean()), before)
    step: Step | None = next(walk)
    while step is not None:
        load = running.loads(running, step)
        first = len(rows)
        ending = yield from _step(Course(running, load, t0), before)
        here = rows[first:]
        t1 = here[-1].t if here else t0
        passed = _passed(here)
        place = walk.label, walk.index, walk.cycle, protocol.clock(t0)
        words = message_of(ending, running.present.voltage, t0, t1, not here and not ending.is_failure)
        done.append(StepResult(step.summary, ending, words, t0, t1, *passed, isinstance(step.target, Profile), *place))
        t0, before = t1, rows[-1].currents if rows else before
        step = None if ending.stops_run else _after(walk, done[-1], running)
    if not rows and not done[-1].ending.is_failure:
        raise ProtocolError(
            f"{done[-1].step}: a cell is beyond its limits at once ({done[-1].ending.sentence}); give a smaller load, "
            "or another state of charge"
        )
    reason = walk.reason or f"stopped in step {len(done)} ({done[-1].step}): {done[-1].message}"
    if done[-1].ending.is_failure:
        raise SolveError(
            f"cells in parallel: step {len(done)} ({done[-1].step}): no common voltage within the attempts at an "
            "interval; give a shorter interval; the result up to there is in `.result`",
            _recorded(running, reason) if rows else None,
        )
    return _recorded(running, reason)


def _after(walk: Any, outcome: StepResult, running: Running) -> Step | None:
    """The step that follows, if any does."""
    try:
        following: Step = walk.send(outcome, running.now())
        return following
    except StopIteration:
        return None


def _recorded(running: Running, reason: str) -> ParallelRun:
    rows = running.rows
    t, V, currents, kelvins, socs, made, lost, steps = (np.array(column) for column in zip(*rows, strict=True))
    group, done = running.group, tuple(running.done)
    numbers = t, V, currents, kelvins, socs, done[-1].ending, group.mismatch, group.even, made, lost
    return ParallelRun(*numbers, done, steps, reason)


def _passed(rows: list[Row]) -> tuple[float, float, float, float]:
    """Charge delivered and taken in [A.h] and the same of energy [W.h] of a step; currents are linear between rows."""
    if len(rows) < 2:
        return 0.0, 0.0, 0.0, 0.0
    t, V, I = (np.array(x) for x in zip(*((r.t, r.voltage, r.currents.sum()) for r in rows), strict=True))
    add = np.diff(t)[:, None] * 0.5 * np.array([I[1:] + I[:-1], (I * V)[1:] + (I * V)[:-1]]).T
    few = np.column_stack([I, np.vstack([np.zeros(2), np.cumsum(add, axis=0)])])
    gained, turns = gains(few, HOUR)
    found: tuple[float, float, float, float] = moved(few, gained, turns, HOUR, t, lambda k: V[k])
    return found


@dataclass
class Course:
    """A step on its way.  begins [s]: of the run; t [s]: since then; passed [A.s]: charge; near: its margins at t."""

    running: Running
    load: Load
    begins: float
    t: float = 0.0
    passed: float = 0.0
    near: Margins = field(default_factory=dict)

    def __post_init__(self) -> None:
        step, wanted = self.load.step, self.running.interval
        if step.duration is not None and step.duration / wanted > ROWS:
            raise ProtocolError(
                f"{step.summary}: {step.duration / wanted:.3g} intervals of {wanted:g} s, and a step has at most "
                f"{ROWS}; give a longer interval"
            )

    @property
    def corner(self) -> float:
        """The next time that an interval ends at [s]: of the profile, a multiple of interval or period, the end."""
        step, found = self.load.step, [self.load.control.duration]
        if isinstance(step.target, Profile):
            k = int(np.searchsorted(step.target.times, self.t + MOMENT, side="right"))
            found.extend(step.target.times[k : k + 1])
        for period in (self.running.interval, step.period or self.running.period):
            found.extend([(math.floor((self.t + MOMENT) / period) + 1.0) * period] if period else [])
        return min(found)

    def even(self, most: float) -> float:
        """A length of equal intervals to the next corner [s], of at most `most`."""
        left = self.corner - self.t
        return left / math.ceil(left / most * (1.0 - 1e-12))

    def after(self, trial: Solved, dt: float, begin: NDArray[np.float64]) -> tuple[Margins, float]:
        """Margins to the limits of the step after an interval, positive until one is met, and the charge passed."""
        ctl, V, area, found = self.load.control, trial.V, self.running.area, {}
        I, passed = float(trial.currents.sum()) / area, self.passed + 0.5 * dt * float((begin + trial.currents).sum())
        if ctl.mode != VOLTAGE:
            found[Ending.LOWER_VOLTAGE] = V - (max(ctl.v_lo, ctl.v_below) if I > 0.0 else ctl.v_below)
            found[Ending.UPPER_VOLTAGE] = (min(ctl.v_hi, ctl.v_above) if I < 0.0 else ctl.v_above) - V
        elif ctl.i_end > 0.0:
            found[Ending.CURRENT] = abs(I) / ctl.i_end - 1.0
        found[Ending.CURRENT] = min(found.get(Ending.CURRENT, math.inf), 1.0 - abs(I) / ctl.i_top)
        charge, scale = passed / area, 1.0 + min(abs(ctl.q_hi), abs(ctl.q_lo))
        found[Ending.CAPACITY] = min(ctl.q_hi - charge, charge - ctl.q_lo) / scale
        kelvins = [r.final_state.cell_temperature for r in trial.runs]
        found[Ending.TEMPERATURE] = min(ctl.T_hi - kelvins[-1], kelvins[-1] - ctl.T_lo, ctl.T_top - max(kelvins))
        for ending, name, limit in (
            (Ending.PLATING_MARGIN, MARGIN, ctl.plating),
            (Ending.CRITICAL_CURRENT, CURRENT_MARGIN, ctl.critical),
        ):
            if limit > -math.inf:
                found[ending] = min(float(r[name][-1]) for r in trial.runs) - limit
        return {ending: margin for ending, margin in found.items() if margin < math.inf}, passed

    def solved(self, dt: float) -> Coroutine["Tried"]:
        """An interval of dt [s] from here."""
        running, load, begin = self.running, self.load, self.running.rows[-1].currents
        guess = begin
        if load.control.mode == CURRENT:
            guess = begin + (load.at(self.t + dt) - begin.sum()) * running.group.even
        trial = yield from running.group.solved(begin, guess, dt, load, self.t + dt)
        return Tried(dt, trial, *(({}, 0.0) if trial.stopped is not None else self.after(trial, dt, begin)))

    def go(self, tried: "Tried") -> None:
        """Go on to the end of an interval."""
        running, trial = self.running, tried.trial
        assert trial is not None
        running.group.take(trial, tried.dt)
        self.t, self.near, self.passed, running.runs = self.t + tried.dt, tried.margins, tried.passed, trial.runs
        running.present = running.row(self.begins + self.t, trial.V, trial.currents)
        running.rows.append(running.present)


class Tried(NamedTuple):
    """An interval of dt [s], the margins after it and the charge passed in the step [A.s]."""

    dt: float
    trial: Solved | None
    margins: Margins
    passed: float = 0.0

    @property
    def first(self) -> Ending:
        """The ending with the smallest margin."""
        return min(self.margins, key=self.margins.__getitem__)

    @property
    def between(self) -> float:
        """Mismatch of the voltages in its middle [V]."""
        return 0.0 if self.trial is None else self.trial.between

    @property
    def within(self) -> bool:
        """Whether no limit is met, and no cell ended."""
        stopped = self.trial is not None and self.trial.stopped is not None
        return not stopped and min(self.margins.values(), default=1.0) > 0.0


def _step(course: Course, before: NDArray[np.float64]) -> Coroutine[Ending]:
    """A step; before (cells,): currents until then [A].  Returns why it ended."""
    running, load = course.running, course.load
    group, last = running.group, load.control.duration
    group.surrounded(load.control.T_around)
    dt = min(FIRST, course.corner)
    guess = load.at(dt) * group.even if load.control.mode == CURRENT else before
    trial = yield from group.solved(before, guess, dt, load, dt, switched=True)
    if trial.stopped is not None:
        return _stopped(load, trial)
    tried = Tried(dt, trial, *course.after(trial, dt, trial.currents))
    if not tried.within:
        return tried.first
    running.rows.append(running.row(course.begins, trial.begins, trial.currents))
    course.go(tried)
    most = GROWTH * dt
    while course.t < last - MOMENT:
        ending, most = yield from _interval(course, min(most, running.interval))
        if ending is not None:
            return ending
    return Ending.DURATION if load.step.duration is not None else Ending.NO_LIMIT_MET


def _interval(course: Course, most: float) -> Coroutine[tuple[Ending | None, float]]:
    """An interval of at most so many seconds, or less to a limit; why the step ends with it, and the length to follow.

    It is halved while voltages, and what the step asks for, differ in its middle by more than the accuracy.
    Beyond a limit it is looked for by regula falsi, with a bisection each third time.
    """
    accuracy = course.running.group.accuracy
    late = yield from course.solved(course.even(most))
    while late.within and late.between > accuracy and late.dt > 2.0 * SHORTEST:
        late = yield from course.solved(0.5 * late.dt)
    if late.within:
        course.go(late)
        return None, late.dt * (GROWTH if GROWTH**2 * late.between < accuracy else 1.0)  # of second order
    early, attempts = Tried(0.0, None, course.near), 0
    while True:
        trial, ending = late.trial, None
        limited = trial is not None and trial.stopped is None
        if limited:
            beyond = [k for k, margin in late.margins.items() if margin <= 0.0]
            close = late.dt - early.dt <= NEAREST or any(early.margins.get(k, 1.0) <= INSIDE[k] for k in beyond)
            ending = late.first if close else None
        elif trial is not None and late.dt - early.dt <= SHORTEST:
            ending = _stopped(course.load, trial)
        if early.trial is not None and (ending is not None or not limited):
            course.go(early)
        if ending is not None or early.trial is not None and not limited:
            return ending, early.dt
        attempts += 1
        part = _aimed(early.margins, late.margins) if limited and attempts % 3 else 0.5
        tried = yield from course.solved(early.dt + part * (late.dt - early.dt))
        early, late = (tried, late) if tried.within else (early, tried)


def _aimed(before: Margins, after: Margins) -> float:
    """Part of an interval after which a margin is half of what a step may end at, if it changes evenly."""
    parts = [
        (before[k] - 0.5 * INSIDE[k]) / (before[k] - margin)
        for k, margin in after.items()
        if margin <= 0.0 and k in before
    ]
    return min(max(min(parts, default=0.5), 1e-3), 1.0 - 1e-3)


def _stopped(load: Load, trial: Solved) -> Ending:
    """Why a cell ended; one that a held voltage drives far beyond the cut-offs cannot give what is asked for."""
    assert trial.stopped is not None
    voltage = trial.stopped in (Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE)
    return Ending.UNREACHABLE if voltage and load.control.mode == VOLTAGE else trial.stopped
