"""Zones of a stack or a jelly roll: layers at temperatures of their own, which share the voltage and exchange heat.

Each zone is a cell of its share of the electrodes, whose laws are at its own temperature, in parallel with the others
(`cells`).  Over an interval it sees the mean temperatures of its neighbours as part of its surroundings, so that what
one loses the other gains, and no interval is too long to be stable.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...design.thermal import Lumped
from ...design.thermal_network import ThermalNetwork
from ...errors import ParameterError, ProtocolError
from ...kernels.call.calls import Coroutine, finish
from ...models import ACCURACY, default_model
from ...models.kinds import sized
from ...parameters import Cell, load
from ...protocols import Profile, Protocol, Step
from ...protocols.program import MAX_STEPS
from ...protocols.quantities import HELD
from ...support.arguments import number, shown
from ...support.renamed import by_name
from ..control import control, scale
from ..demand import demand_at_rest
from ..plan import Plan, planned
from ..result import Result
from ..settings import checked
from .cells import load_of
from .group import SAME, Group, Load
from .record import ParallelRun
from .steps import Running, run_group

ZONES = 5
UNEVEN = 2.0  # a zone may have so many times its share of the current, for the mesh
TABS = "cell/tab thermal conductance"
Array = NDArray[np.float64]


@dataclass
class Stack(Group):
    """Zones in a row from core to surface.

    capacity (zones,) [J/K]; loss (zones,) [W/K]: to the surroundings; link (zones, zones) [W/K]: between two;
    around [K]: temperature of the surroundings; mean (zones,) [K]: that the neighbours of a zone see.
    """

    capacity: Array = field(default_factory=lambda: np.zeros(0))
    loss: Array = field(default_factory=lambda: np.zeros(0))
    link: Array = field(default_factory=lambda: np.zeros((0, 0)))
    around: float = 0.0
    mean: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def _all(self) -> Array:
        """Conductance of each zone to all that it loses heat to [W/K]."""
        return np.asarray(self.loss + self.link.sum(axis=1))

    def surrounded(self, T: float) -> None:
        """Take on the temperature of the surroundings [K]."""
        self.around = T

    def advanced(self, begin: Array, end: Array, dt: float, load: Load | None = None) -> Coroutine[list[Result]]:
        """As of any cells, among neighbours that have the mean temperatures `mean`."""
        around = (self.loss * self.around + self.link @ self.mean + self.owed / dt) / self._all
        self.ambient = around.tolist()
        return (yield from super().advanced(begin, end, dt, load))

    def _means(self, runs: Sequence[Result], dt: float) -> Array:
        """Mean temperatures of the zones over an interval [K], by what they lost."""
        heat = [r["Heat lost to surroundings [J]"] for r in runs]
        lost = np.array([each[-1] - each[0] for each in heat])
        return np.asarray(np.array(self.ambient, float) + lost / (self._all * dt))

    def lost_in(self, runs: Sequence[Result], dt: float) -> float:
        """Heat lost to the surroundings during the last interval [J]."""
        return float(self.loss @ (self._means(runs, dt) - self.around)) * dt

    def moved(self, runs: Sequence[Result], dt: float) -> float:
        """How far the mean temperatures of the zones are from what their neighbours saw, which is set anew.

        A zone whose surroundings are warmer by 1 K is warmer by 1 - phi in the mean: exact but for what its heat
        changes by.  Differences count by the heat that is not passed on, too, which is owed.
        """
        had = self._means(runs, dt)
        x = self._all * dt / self.capacity
        off = had - self.mean
        self.lacking = self.link @ off * dt
        largest = float((np.abs(off) * np.maximum(1.0, x)).max())
        if largest > SAME:
            gain = 1.0 + np.expm1(-x) / x
            rows = (gain / self._all)[:, None] * self.link
            self.mean = np.asarray(np.linalg.solve(np.eye(had.size) - rows, had - rows @ self.mean), float)
        return largest


@by_name
def simulate_zones(
    cell: Cell | str,
    steps: Any,
    *,
    heat: ThermalNetwork | None = None,
    duration: float | None = None,
    soc: float | None = 1.0,
    interval: float = 20.0,
    model: Any = None,
    temperature: float | None = None,
    ambient: float | None = None,
    period: float | None = None,
    accuracy: float = ACCURACY,
    max_steps: int = MAX_STEPS,
    force: bool = False,
    termination: Any = (),
) -> ParallelRun:
    """Simulate a cell whose layers have temperatures of their own, share its voltage and exchange heat.

    The zones are the nodes of `heat`, from the core to the surface, as `heat.of(cell).chain` lists them with their
    places and shares; those of `ThermalNetwork(nodes=5)` unless given.  Each has laws, states of charge and a current
    of its own.
    steps: a protocol as in `simulate`; or a current of the cell [A], discharge positive, a number or a `Profile` over
    time, with a duration [s], or until the voltage reaches a cut-off of the cell.
    interval [s]: the longest step of what zones have in common, between whose ends currents are linear; halve it to see
    what it costs.  Limits are met to 0.1 mV, 0.01 % of a current, 1 mK; margins to plating and to the critical current
    are those of the worst zone, a temperature is that of the surface.
    soc, model, temperature [K], ambient [K], period [s], accuracy [V], max_steps, force, termination: as in `simulate`.
    Held are voltages only.  Columns of the result are zones.
    Raises ParameterError, ProtocolError, and SolveError (with the partial `.result`) if the solver itself fails.
    """
    cell, heat = load(cell), ThermalNetwork(nodes=ZONES) if heat is None else heat
    if not isinstance(heat, ThermalNetwork):
        raise ParameterError(f"heat {shown(heat)}: give a ThermalNetwork, whose nodes are the zones")
    interval = number("interval", interval, "give seconds above 0", above=0.0)
    given = checked(model, temperature, ambient, soc, None, period, accuracy, None, 10.0, max_steps)
    protocol = Protocol(_steps_of(steps, duration), force=force, termination=termination)
    for step in protocol.steps:
        if step.control in HELD and step.control != "voltage":
            raise ProtocolError(f"{step.summary}: zones hold a voltage only; use simulate() for a held {step.control}")
    cell, T = sized(cell, given.accuracy), cell.temperature(given.temperature)
    asked = demand_at_rest(protocol, given.ambient, given.soc)(cell, T)
    uneven = UNEVEN if heat.nodes > 1 else 1.0
    meshed = (given.model or default_model(cell)).resolved(
        cell, T, uneven * asked.rate, given.accuracy, asked.times, asked.temperatures, asked.near
    )
    plan, begun = planned(cell, protocol, meshed, T, given.soc, None, heat, given.accuracy, given.ambient)
    plan.check(begun, given.period or 0.0)
    stack = _stack(cell, heat, plan.ambient, T)
    stack.accuracy = given.accuracy
    running = Running(stack, plan.area, _Loads(plan), interval, given.period)
    return finish(run_group(running, meshed, T, [given.soc] * heat.nodes, protocol, given.max_steps))


def _steps_of(steps: Any, duration: Any) -> Any:
    """What the protocol is made of: steps, or a current [A] and its duration [s]."""
    if isinstance(steps, Profile | int | float | np.number) and not isinstance(steps, bool):
        return load_of(steps, duration)
    if duration is not None:
        raise ProtocolError(f"duration {shown(duration)}: steps say themselves how long they last; leave it out")
    return steps


@dataclass(frozen=True)
class _Loads:
    """What steps ask of the zones of a cell together: the controls that the whole cell would have."""

    plan: Plan

    def __call__(self, running: Running, step: Step) -> Load:
        whole = SimpleNamespace(cell=self.plan.cell, plan=self.plan, sys=self.plan.sys)
        whole.soc, whole.now = running.soc, running.now
        asked = control(whole, step)
        if asked.T_lo <= self.plan.coldest:  # zones end themselves where laws do
            asked = asked._replace(T_lo=-math.inf)
        if asked.T_hi >= self.plan.warmest:
            asked = asked._replace(T_hi=math.inf)
        return Load(step, asked, self.plan.area, scale(self.plan.cell, step))


def _stack(cell: Cell, heat: ThermalNetwork, around: float, T: float) -> Stack:
    """The zones of a cell, all at T [K] in surroundings at `around`."""
    body = heat.of(cell)
    chain = body.chain or ((0.0, 1.0, 0.0, body.conductance),)
    share, between, loss = (np.array([row[k] for row in chain]) for k in (1, 2, 3))
    link, n = np.diag(between[:-1], 1), share.size
    link = link + link.T
    parts = ("cell/electrode area", "cell/nominal capacity")
    zones = [cell.with_({key: cell.value(key) * each for key in parts} | {TABS: 0.0}) for each in share.tolist()]
    capacity = body.heat_capacity * share
    lumps = [
        Lumped(C, h, 1.0, heat.heat_of_mixing)
        for C, h in zip(capacity.tolist(), (loss + link.sum(axis=1)).tolist(), strict=True)
    ]
    stack = Stack(zones, np.zeros((n, n)), share, lumps, [None] * n)
    stack.capacity, stack.loss, stack.link, stack.around = capacity, loss, link, around
    stack.mean = np.full(n, T)
    return stack
