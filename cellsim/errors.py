"""Exceptions and warnings of cellsim, and the reasons why a step ends."""

from enum import IntEnum
from typing import Any


class Ending(IntEnum):
    """Reason why a step ended.  Only SOLVER_* are failures of the solver."""

    DURATION = 0
    LOWER_VOLTAGE = 1
    UPPER_VOLTAGE = 2
    CURRENT = 3
    CAPACITY = 4
    PARTICLE_EMPTY = 5
    PARTICLE_FULL = 6
    ELECTROLYTE_DEPLETED = 7
    TEMPERATURE = 8
    PLATING_MARGIN = 9
    CRITICAL_CURRENT = 10
    LITHIUM_EXHAUSTED = 11
    UNREACHABLE = 12
    SOLVER_STEP_TOO_SMALL = 13
    SOLVER_TIME_BUDGET = 14
    NO_LIMIT_MET = 15
    TEMPERATURE_RANGE = 16
    SOLVER_NOT_FINITE = 17
    SOLVER_MEMORY = 18
    PORES_CLOGGED = 19
    MATERIAL_LOST = 20

    @property
    def is_failure(self) -> bool:
        """True for a failure of the solver; results up to that time are kept."""
        return self.name.startswith("SOLVER_")

    @property
    def stops_run(self) -> bool:
        """True if no further step can follow: the cell is exhausted, the solver failed, or no limit was reached."""
        return self.is_failure or self in _STOPPERS

    @property
    def sentence(self) -> str:
        """The reason as a sentence."""
        return _SENTENCES[self]


_STOPPERS = (
    Ending.PARTICLE_EMPTY,
    Ending.PARTICLE_FULL,
    Ending.ELECTROLYTE_DEPLETED,
    Ending.LITHIUM_EXHAUSTED,
    Ending.UNREACHABLE,
    Ending.NO_LIMIT_MET,
    Ending.TEMPERATURE_RANGE,
    Ending.PORES_CLOGGED,
    Ending.MATERIAL_LOST,
)
_SENTENCES = {
    Ending.DURATION: "reached the end of the step",
    Ending.LOWER_VOLTAGE: "reached the lower voltage limit",
    Ending.UPPER_VOLTAGE: "reached the upper voltage limit",
    Ending.CURRENT: "the current reached its limit",
    Ending.CAPACITY: "reached the requested charge or state of charge",
    Ending.PARTICLE_EMPTY: "the surface of a particle was depleted of lithium",
    Ending.PARTICLE_FULL: "the surface of a particle was saturated with lithium",
    Ending.ELECTROLYTE_DEPLETED: "the electrolyte was depleted of salt",
    Ending.TEMPERATURE: "reached the temperature limit",
    Ending.PLATING_MARGIN: "the margin to lithium plating reached its limit",
    Ending.CRITICAL_CURRENT: "the margin to the critical current reached its limit",
    Ending.LITHIUM_EXHAUSTED: "the lithium of the negative electrode was exhausted",
    Ending.UNREACHABLE: "the cell cannot deliver what the step asks for from this state",
    Ending.SOLVER_STEP_TOO_SMALL: "solver failure: the time step became too small",
    Ending.SOLVER_TIME_BUDGET: "solver failure: the step used up its time budget",
    Ending.NO_LIMIT_MET: "no limit of the step was reached within the maximum duration of a step",
    Ending.TEMPERATURE_RANGE: "the cell left the temperature range of the tabulated material laws",
    Ending.PORES_CLOGGED: "the pores of an electrode were clogged",
    Ending.MATERIAL_LOST: "the active material of an electrode was lost",
    Ending.SOLVER_NOT_FINITE: "solver failure: a number was not finite",
    Ending.SOLVER_MEMORY: "the rows of the run exceed the maximum size of a result, 2 GB; give fewer steps or a longer "
    "period",
}


class CellsimError(Exception):
    """Base class of all exceptions that cellsim raises for invalid input or a failed calculation."""


class ParameterError(CellsimError):
    """A parameter file or a variation of a cell is invalid; the message lists every fault."""


class ProtocolError(CellsimError):
    """A protocol, or an argument of a simulation, is invalid."""


class ClaimError(CellsimError):
    """A claim file is invalid; the message lists every fault."""


class ReportError(CellsimError):
    """A report or result file cannot be written or read."""


class SolveError(CellsimError):
    """The integration failed; `result` holds the partial result."""

    def __init__(self, message: str, result: Any) -> None:
        super().__init__(message)
        self.result = result

    def __reduce__(self) -> tuple[type, tuple[str, Any]]:
        return type(self), (str(self), self.result)


class CellsimWarning(UserWarning):
    """A remark on a run or a cell that does not invalidate it."""
