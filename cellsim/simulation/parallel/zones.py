"""Zones of a stack or a jelly roll: layers at temperatures of their own, which share the voltage and exchange heat.

Each zone is a cell of its share of the electrodes, whose laws are at its own temperature, in parallel with the others
(`cells`).  Over an interval it sees the mean temperatures of its neighbours as part of its surroundings, so that what
one loses the other gains, and no interval is too long to be stable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...design.thermal import Lumped
from ...design.thermal_network import ThermalNetwork
from ...errors import ParameterError
from ...kernels.call.calls import Coroutine, finish
from ...models import ACCURACY, default_model, model_of
from ...models.kinds import sized
from ...parameters import Cell, load
from ...protocols import Profile
from ...support.arguments import number
from ...support.renamed import by_name
from ..result import Result
from .cells import SAME, SHORT_LOAD, Group, ParallelRun, load_of, run_group

ZONES = 5
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

    def advanced(self, begin: Array, end: Array, dt: float) -> Coroutine[list[Result]]:
        """As of any cells, among neighbours that have the mean temperatures `mean`."""
        around = (self.loss * self.around + self.link @ self.mean + self.owed / dt) / self._all
        self.ambient = around.tolist()
        return (yield from super().advanced(begin, end, dt))

    def moved(self, runs: Sequence[Result], dt: float) -> float:
        """How far the mean temperatures of the zones are from what their neighbours saw, which is set anew.

        A zone whose surroundings are warmer by 1 K is warmer by 1 - phi in the mean: exact but for what its heat
        changes by.  Differences count by the heat that is not passed on, too, which is owed.
        """
        heat = [r["Heat lost to surroundings [J]"] for r in runs]
        had = np.array(self.ambient) + np.array([lost[-1] - lost[0] for lost in heat]) / (self._all * dt)
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
    current: float | Profile,
    *,
    heat: ThermalNetwork | None = None,
    duration: float | None = None,
    soc: float | None = 1.0,
    interval: float = 20.0,
    model: Any = None,
    temperature: float | None = None,
    ambient: float | None = None,
    accuracy: float = ACCURACY,
) -> ParallelRun:
    """Simulate a cell whose layers have temperatures of their own, share its voltage and exchange heat.

    The zones are the nodes of `heat`, from the core to the surface, as `heat.of(cell).chain` lists them with their
    places and shares; those of `ThermalNetwork(nodes=5)` unless given.  Each has laws, states of charge and a current
    of its own.
    current: of the cell [A], discharge positive, a number or a `Profile` over time.  duration [s]: of the run; else
    that of the profile, or until the voltage reaches a cut-off of the cell.  interval [s]: the step of what zones have
    in common; halve it to see what it costs.  soc, model, temperature [K], ambient [K], accuracy [V]: as in `simulate`.
    Columns of the result are zones.
    Raises ParameterError, ProtocolError, SolveError.
    """
    cell, heat = load(cell), ThermalNetwork(nodes=ZONES) if heat is None else heat
    if not isinstance(heat, ThermalNetwork) or heat.nodes < 2:
        given = f"{heat.nodes} node" if isinstance(heat, ThermalNetwork) else type(heat).__name__
        raise ParameterError(f"heat {given}: give a ThermalNetwork of two nodes or more, or use simulate()")
    interval = number("interval", interval, "give seconds above 0", above=0.0)
    soc = number("soc", soc, "give a state of charge from 0 to 1", low=0.0, high=1.0, none=True)
    profile, duration = load_of(current, duration)
    T = cell.temperature(temperature)
    around = number("ambient", ambient, "give kelvins from 150 to 500", low=150.0, high=500.0, none=True)
    cell = sized(cell, accuracy)
    rate = max(0.1, 2.0 * profile.peak / cell.nominal_capacity)
    loads = (max(interval, SHORT_LOAD),)
    meshed = (model_of(model) or default_model(cell)).resolved(cell, T, rate, accuracy, loads)
    stack = _stack(cell, heat, T if around is None else around, T)
    return finish(run_group(stack, meshed, T, [soc] * heat.nodes, profile, duration, interval))


def _stack(cell: Cell, heat: ThermalNetwork, around: float, T: float) -> Stack:
    """The zones of a cell, all at T [K] in surroundings at `around`."""
    body = heat.of(cell)
    share, between, loss = (np.array([row[k] for row in body.chain]) for k in (1, 2, 3))
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
