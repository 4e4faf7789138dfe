"""What one step of a run came to."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending, ReportError


@dataclass(frozen=True)
class StepResult:
    """Outcome of one step: times [s], capacities [Ah] and energies [Wh] of this step, all positive.

    Of a `Result` it has the rows of the step, too: `step["Voltage [V]"]`, `step.t`, and `step.result` for tables and
    plots; times are those of the run.
    step: its text in the protocol language (`Step.summary`).
    kinked: it followed a profile, at whose points curves have kinks.
    label: the `Label` directly before the step in the protocol, "" if there is none.
    index: position of the step in `Protocol.steps`; -1 in results of version 0.1.0.
    cycle: number of the cycle it belongs to, from 1; as in PyBaMM a step at the top level of the protocol is a cycle,
    and so is each repetition of a block; 0 in results of version 0.1.0.
    clock: date and time at which it began, in ISO 8601, where the protocol has start times, else "".
    """

    step: str
    ending: Ending
    message: str
    t_start: float
    t_end: float
    discharge_capacity: float
    charge_capacity: float
    discharge_energy: float
    charge_energy: float
    kinked: bool = False
    label: str = ""
    index: int = -1
    cycle: int = 0
    clock: str = ""

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_rows"}

    def _of(self, rows: "Callable[[StepResult], Any]") -> "StepResult":
        """The outcome with what makes a Result of its step."""
        step = copy.copy(self) if "_rows" in self.__dict__ else self
        object.__setattr__(step, "_rows", rows)
        return step

    @property
    def result(self) -> Any:
        """The rows of this step as a `Result`.  Raises ReportError for an outcome that belongs to none."""
        try:
            rows = self.__dict__["_rows"]
        except KeyError:
            raise ReportError("this outcome of a step belongs to no result; take it from result.steps") from None
        return rows(self)

    @property
    def termination(self) -> str:
        """Why it ended, as a sentence."""
        return self.message

    @property
    def t(self) -> NDArray[np.float64]:
        """Times (times,) of the run [s]."""
        found: NDArray[np.float64] = self.result.t
        return found

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """A variable (times, ...) during the step.  Raises UnknownVariable, a KeyError."""
        found: NDArray[np.float64] = self.result[name]
        return found

    def keys(self) -> list[str]:
        """Names of all variables."""
        return list(self.result.keys())

    _ipython_key_completions_ = keys
