"""What one simulation carries from step to step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...kernels.call.record import Arguments
from ...kernels.integrators.ndf_history import MAX_ORDER
from ...kernels.layout import System
from ...models import capacity_between_cutoffs
from ...parameters import Cell
from ...protocols import Protocol
from ..control import Now
from ..plan import Plan
from ..settings import Given
from ..start import Begun, ground
from ..stopping import Ask
from .ahead import MOST, Ahead
from .guess import Course


class Prepared(NamedTuple):
    """A run that is about to begin, all that it was given being checked."""

    plan: Plan
    begun: Begun
    given: Given
    protocol: Protocol
    asks: Sequence[Ask]  # functions to ask after each cycle whether it ends

    @property
    def sys(self) -> System:
        """The cell on its mesh, where the run begins."""
        return self.plan.sys

    @property
    def rtol(self) -> float:
        """Tolerance of local errors."""
        return self.given.tolerance(self.begun.share)

    @property
    def course(self) -> Course | None:
        """The steps of the run, if they are known beforehand and fit into one kernel call."""
        found, plan = self.plan.course, self.plan
        if found is None or self.asks or len(found.places) > min(self.given.max_steps, 1 + MOST):
            return None
        return found if plan.warms or self.begun.state[plan.at_T] == plan.sys.T else None

    def running(self) -> "Running":
        """The run, at its beginning."""
        plan, begun, given = self.plan, self.begun, self.given
        calls = Ahead(Arguments(plan.sys, plan.record))
        return Running(plan, calls, begun.state, begun.soc, self.rtol, given.period or 0.0, given.time_budget)


@dataclass
class Running:
    """What one simulation carries from step to step."""

    plan: Plan
    calls: Ahead
    state: np.ndarray
    soc0: float
    rtol: float
    every: float
    time_budget: float
    max_order: int = MAX_ORDER
    stored: int = 0  # rows so far

    @property
    def cell(self) -> Cell:
        """The cell."""
        return self.plan.cell

    @property
    def model(self) -> Any:
        """Its model, on a mesh."""
        return self.plan.model

    @property
    def sys(self) -> System:
        """The cell on its mesh."""
        return self.calls.arguments.sys

    def soc(self) -> float:
        """State of charge by the charge passed so far."""
        plan = self.plan
        return float(self.soc0 - self.state[plan.at_Q] * plan.per_hour / capacity_between_cutoffs(plan.cell))

    def now(self) -> Now:
        """The present state of the cell, for conditions."""
        return Now(self)

    def system_at(self, T: float) -> System:
        """The cell at another temperature [K], of a run without heat."""
        return ground(self.plan.cell, self.plan.model, T, None).sys

    def take_on(self, T: float) -> None:
        """Bring a run without heat to the temperature T [K] of a step: laws are those of exactly that temperature."""
        if self.sys.T != T:
            _, sys, record, _ = ground(self.plan.cell, self.plan.model, T, None)
            self.calls.arguments.take(sys, record)
