"""What one simulation carries from step to step."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.integrators.ndf_history import MAX_ORDER
from ...kernels.layout import System
from ...models import capacity_between_cutoffs
from ...parameters import Cell
from ..plan import Plan
from ..start import ground
from .ahead import Ahead


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

    def system_at(self, T: float) -> System:
        """The cell at another temperature [K], of a run without heat."""
        return ground(self.plan.cell, self.plan.model, T, None).sys

    def take_on(self, T: float) -> None:
        """Bring a run without heat to the temperature T [K] of a step: laws are those of exactly that temperature."""
        if self.sys.T != T:
            _, sys, record, _ = ground(self.plan.cell, self.plan.model, T, None)
            self.calls.arguments.take(sys, record)
