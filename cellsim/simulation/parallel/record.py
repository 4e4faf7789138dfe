"""What a run of cells in parallel, or of zones of a cell, came to."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending
from ...support.files import optional
from ..history.step import StepResult

NONE = 1e-9  # a current of the group counts as none below this part of the sum of its cells' magnitudes
Array = NDArray[np.float64]


@dataclass(frozen=True)
class ParallelRun:
    """A run of cells in parallel.  Discharge is positive.

    times (n,) [s]; voltage (n,) [V]: of the group's terminals; currents (n, cells) [A]; temperatures (n, cells) [K];
    socs (n, cells): states of charge; ending: why the last step ended.
    mismatch [V]: largest difference of the cells' terminal voltages, and of what a step asks for, that was accepted.
    even (cells,): what of the current each would carry in an equal split; zones of a cell by their area.
    heat_made, heat_lost (n,) [J]: in all cells, and from them to their surroundings, since the start; 0 without heat.
    steps: outcome of each step; step_index (n,): into `steps`; termination: why the run ended, as a sentence.
    Where one step follows another, the time appears twice.
    """

    times: Array
    voltage: Array
    currents: Array
    temperatures: Array
    socs: Array
    ending: Ending
    mismatch: float
    even: Array
    heat_made: Array
    heat_lost: Array
    steps: tuple[StepResult, ...]
    step_index: NDArray[np.int64]
    termination: str

    @property
    def current(self) -> Array:
        """Current of the group (n,) [A]."""
        return np.asarray(self.currents.sum(axis=1))

    @property
    def shares(self) -> Array:
        """Each cell's current over that of an equal split (n, cells); NaN where the group has none."""
        whole, most = self.current, np.abs(self.currents).sum(axis=1)
        whole = np.where(np.abs(whole) <= NONE * most, np.nan, whole)
        return np.asarray(self.currents / (self.even * whole[:, None]))

    @property
    def capacity(self) -> float:
        """Charge delivered by the group, net [Ah]."""
        return float(np.trapezoid(self.current, self.times)) / 3600.0

    @property
    def worst_share(self) -> float:
        """The largest current of a cell over that of an equal split, at any time; 1 if the group had no current."""
        shares = self.shares
        return 1.0 if np.isnan(shares).all() else float(np.nanmax(shares))

    def to_pandas(self) -> Any:
        """A pandas DataFrame with a row for each time; columns of cells are numbered from 1."""
        columns: dict[str, Any] = {
            "Time [s]": self.times,
            "Step": self.step_index,
            "Voltage [V]": self.voltage,
            "Current [A]": self.current,
            "Heat generated [J]": self.heat_made,
            "Heat lost to surroundings [J]": self.heat_lost,
        }
        of_each = (
            ("Current of {} [A]", self.currents),
            ("Temperature of {} [K]", self.temperatures),
            ("State of charge of {}", self.socs),
        )
        for name, values in of_each:
            columns |= {name.format(k): column for k, column in enumerate(values.T, 1)}
        return optional("pandas").DataFrame(columns)

    def __str__(self) -> str:
        lines = [f"{step.step}: {step.message}" for step in self.steps]
        apart = (np.ptp(self.temperatures, axis=1).max(), 100.0 * np.ptp(self.socs[-1]))
        lines.append(
            f"{self.termination}; up to {apart[0]:.3g} K apart, at most {self.worst_share:.3g} times an equal share of "
            f"the current, states of charge {apart[1]:.3g} % apart at the end"
        )
        return "\n".join(lines)
