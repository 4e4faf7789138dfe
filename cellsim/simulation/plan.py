"""What runs of one cell with one protocol have in common: found out and checked once, and kept for the next run."""

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from ..errors import ProtocolError
from ..kernels.call.record import NO_KNOTS, TASK, tasks_of
from ..kernels.call.record import Begun as Begins
from ..kernels.integrators import ndf as march
from ..kernels.integrators import tr_bdf2 as following
from ..kernels.integrators.ndf_history import MAX_ORDER
from ..kernels.layout import CELL, CURRENT, Control, State, System
from ..models.memo import kept
from ..models.thermal_laws import Body, reach
from ..numerics.fields import Sizes, places
from ..parameters import Cell
from ..protocols import Profile, Protocol, Step
from ..protocols.check import check_start, check_voltages, first_step
from ..support.arguments import by_value
from ..support.compile import FOLLOW, SOLVER, announce
from ..support.first_calls import compile_ahead
from .control import check, check_known, control, depends_on_state, scale
from .start import Begun, FinalState, Ground, at_start, body_of, going_on, ground
from .stepping.ahead import MOST as AHEAD
from .stepping.ahead import Tasks
from .stepping.guess import course_of

ROWS, LEAST_ROWS = 256, 16  # states kept per call of the kernel, fewer of large ones:
NUMBERS = 500_000  # so many numbers, so that a call takes no longer than a fraction of a second
MOST = 2**31  # bytes of states that a result keeps
PREPARED = 512  # steps of a plan that are kept ready


class Ready(NamedTuple):
    """A step as the kernels take it."""

    control: Control
    kernel: Any
    knots: np.ndarray  # of a profile
    first: float  # first time step [s]

    def begins(self, every: float) -> Begins:
        """It as kernels begin it; every [s]: states are also stored at its multiples."""
        return Begins(self.control, every, self.first, self.knots)


class Outline(NamedTuple):
    """What a plan without heat looks at in a System, and nothing else of it."""

    model: int
    sizes: Sizes
    T: float
    c_ref: float
    critical: float  # of its `heat`

    @classmethod
    def of(cls, sys: System) -> "Outline":
        """That of a System."""
        return cls(sys.model, sys.sizes, sys.T, sys.c_ref, sys.heat.critical)

    @property
    def counts(self) -> dict[str, int]:
        """As in the System."""
        return dict(self.sizes)

    @property
    def heat(self) -> "Outline":
        """What there is of it."""
        return self


class Plan:
    """A protocol made ready for a cell.  Runs share it, and write to nothing but to the steps that it keeps ready."""

    record: np.ndarray  # `Ground.record`

    def __init__(self, cell: Cell, protocol: Protocol, model: Any, sys: Any, warms: bool, ambient: float) -> None:
        """sys: a System, or without heat an `Outline`.  warms: whether heat is simulated.

        ambient [K]: of the surroundings, where a step does not say it.
        Raises ProtocolError for steps that the cell, the model or the run cannot do.
        """
        self.cell, self.protocol, self.ambient = cell, protocol, ambient
        self.model, self.sys, self.warms = model, sys, warms
        self.area, self.nominal = cell.value("cell/electrode area"), cell.nominal_capacity
        self.per_hour = self.area / 3600.0
        # temperatures between which the laws hold [K]; unlimited without heat, as the temperature is constant
        bounds: tuple[float, float] = reach(self.sys.T, self.sys.heat) if self.warms else (0.0, np.inf)
        self.coldest, self.warmest = bounds
        where = places(State, self.sys.sizes)
        self.size = next(reversed(where.values())).stop
        first = where["cell"].start
        self.at_I, self.at_Q, self.at_E = (first + (CELL.names or ()).index(name) for name in ("I", "Q", "E"))
        self.at_T = where["T"].start
        self.room = max(LEAST_ROWS, min(ROWS, NUMBERS // self.size))
        self.elsewhere = not self.warms and any(self.around(step) != self.sys.T for step in protocol.steps)
        self._ready: dict[Step, Ready] = {}
        self._tasks: dict[tuple[float, float], Tasks] = {}
        announce(FOLLOW if any(isinstance(s.target, Profile) for s in protocol.steps) else SOLVER)
        check_known(cell, self.sys, protocol.asks, "a condition")
        for each in protocol.steps:
            check(cell, self.sys, each, self.warms)
        check_voltages(protocol, cell)
        self.first_step, self._has_periods = first_step(protocol.nodes), any(s.period for s in protocol.steps)
        if protocol.needs_heat and not self.warms:
            raise ProtocolError("the protocol asks for a temperature of the cell; ask simulate for heat=True")
        given = all(not depends_on_state(each) and not isinstance(each.target, Profile) for each in protocol.steps)
        # of a protocol whose steps and controls are known beforehand
        self.course = course_of(protocol.walk(), 1 + AHEAD) if given and not self.elsewhere else None
        run = SimpleNamespace(cell=cell, plan=self, sys=sys)
        for each in protocol.steps[:PREPARED]:
            if not depends_on_state(each):
                self.ready(run, each)

    def on(self, cell: Cell, ground: Ground) -> "Plan":
        """The plan for a cell and its System, of one for a cell that it does not differ from in what a plan reads."""
        made = copy(self)
        made.cell, made.sys, made.record, made._ready = cell, ground.sys, ground.record, self._ready.copy()
        return made

    def around(self, step: Step) -> float:
        """Temperature of the surroundings during a step [K]."""
        return self.ambient if step.temperature is None else float(step.temperature)

    def ready(self, run: Any, step: Step) -> Ready:
        """A step as the kernels take it from the present state of a run."""
        found = self._ready.get(step)
        if found is None:
            ctl, kernel, knots = control(run, step), march.march, NO_KNOTS
            if isinstance(step.target, Profile):
                kernel, knots = following.follow, step.target.knots(scale(self.cell, step))
            found = Ready(ctl, kernel, knots, self._first(ctl))
            if not depends_on_state(step) and len(self._ready) < PREPARED:
                self._ready[step] = found
        return found

    def tasks(self, rtol: float, every: float) -> Tasks:
        """The steps of the course as kernels take them; every [s]: states are also stored at its multiples."""
        found = self._tasks.get((rtol, every))
        if found is None:
            assert self.course is not None
            steps = [place.step for place in self.course.places]
            run = SimpleNamespace(cell=self.cell, plan=self, sys=self.sys)
            begun = [ready.begins(float(step.period or every)) for step in steps for ready in [self.ready(run, step)]]
            found = Tasks(steps, begun, tasks_of(begun, self.room, rtol, 0.0, MAX_ORDER))
            if len(self._tasks) < PREPARED:
                self._tasks[rtol, every] = found
        return found

    def _first(self, ctl: Control) -> float:
        """A first time step [s] over which nothing much can happen yet."""
        rate = abs(ctl.target) / (self.nominal / self.area) if ctl.mode == CURRENT else 1.0
        return min(1e-3 * ctl.duration, 0.02 / max(rate, 0.2))

    def check(self, begun: Begun, every: float) -> None:
        """Raise ProtocolError for a first step that is at its end at the start, and for too many rows."""
        self._check_rows(every)
        check_start(self.first_step, {"soc": begun.soc, "voltage": begun.voltage, "temperature": begun.temperature})

    def _check_rows(self, every: float) -> None:
        """Raise ProtocolError for a step whose rows would not fit into a result; every [s]: states also stored."""
        for step in self.protocol.steps if every or self._has_periods else ():
            period, lasts = float(step.period or every), step.duration or 0.0
            if period > 0.0 and lasts / period > (most := most_rows(self.size)):
                raise ProtocolError(
                    f"{step.summary}: a period of {period:g} s stores {lasts / period:.3g} rows, and a result on "
                    f"this mesh keeps {most}; give a period of at least {1.1 * lasts / most:.2g} s"
                )


@by_value
def planned(
    cell: Cell,
    protocol: Protocol,
    model: Any,
    temperature: float | None,
    soc: float | None,
    voltage: float | None,
    heat: Any,
    accuracy: float,
    ambient: float | None,
) -> tuple[Plan, Begun]:
    """The plan of a run that begins at rest, and its beginning; arguments checked."""
    begun = at_start(cell, model, temperature, soc, voltage, heat, protocol, accuracy, ambient)
    return _plan(cell, protocol, begun.model, begun.sys.T, body_of(heat, cell), _around(begun, ambient)), begun


def continued(
    end: FinalState, protocol: Protocol, heat: Any, accuracy: float, ambient: float | None
) -> tuple[Plan, Begun]:
    """The plan of a run that begins where another one ended, and its beginning; arguments checked."""
    begun = going_on(end, heat, protocol, accuracy, ambient)
    return _plan(end.cell, protocol, begun.model, begun.sys.T, body_of(heat, end.cell), _around(begun, ambient)), begun


def _around(begun: Begun, ambient: float | None) -> float:
    return begun.ambient if ambient is None else float(ambient)


@lru_cache(maxsize=64)
def _plan(cell: Cell, protocol: Protocol, model: Any, T: float, body: Body | None, ambient: float) -> Plan:
    found = ground(cell, model, T, body)
    if found.warms:
        made = Plan(cell, protocol, model, found.sys, True, ambient)
    else:
        made = kept(_of_variations(protocol, model, Outline.of(found.sys), ambient), cell, T)
    return made.on(cell, found)


def shared_plan(plan: Plan, find: Callable[..., Any]) -> None:
    """Find what plan variations of a cell share, of one without heat; find: as `kept`."""
    find(_of_variations(plan.protocol, plan.model, Outline.of(plan.sys), plan.ambient), plan.cell, plan.sys.T)


@lru_cache(maxsize=64)
def _of_variations(protocol: Protocol, model: Any, sys: Outline, ambient: float) -> Callable[[Any, float], Plan]:
    """A function (cell, T) that returns a plan which variations of a cell share."""
    return lambda cell, T: Plan(cell, protocol, model, sys, False, ambient)


def prepare_profiles() -> None:
    """Have the kernel of profiles compiled by another process, if that is still to be done: it takes the longest."""
    compile_ahead(following.follow, np.zeros(0, TASK))


def most_rows(size: int) -> int:
    """How many states of so many numbers a result may keep."""
    return int(MOST / (8 * (1 + size)))
