"""Everything that can go wrong or come to an end, said once, in words."""
from enum import IntEnum


class Ending(IntEnum):
    """Why a step ended.  Physical limits are endings; only SOLVER_* are failures of the solver."""

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

    @property
    def is_failure(self) -> bool:
        """True where the solver gave up; the result up to that moment is kept."""
        return self.name.startswith("SOLVER_")

    @property
    def stops_run(self) -> bool:
        """True where no further step follows: the cell or the solver is at its end, or nothing ended the step."""
        return self.is_failure or self in _STOPPERS

    @property
    def sentence(self) -> str:
        """The ending in words."""
        return _SENTENCES[self]


_STOPPERS = (Ending.PARTICLE_EMPTY, Ending.PARTICLE_FULL, Ending.ELECTROLYTE_DEPLETED, Ending.LITHIUM_EXHAUSTED,
             Ending.UNREACHABLE, Ending.NO_LIMIT_MET, Ending.TEMPERATURE_RANGE)
_SENTENCES = {
    Ending.DURATION: "reached the end of the step",
    Ending.LOWER_VOLTAGE: "reached the lower voltage limit",
    Ending.UPPER_VOLTAGE: "reached the upper voltage limit",
    Ending.CURRENT: "the current reached its limit",
    Ending.CAPACITY: "reached the requested charge or state of charge",
    Ending.PARTICLE_EMPTY: "the surface of a particle ran empty of lithium",
    Ending.PARTICLE_FULL: "the surface of a particle filled up with lithium",
    Ending.ELECTROLYTE_DEPLETED: "the electrolyte was depleted of salt",
    Ending.TEMPERATURE: "reached the temperature limit",
    Ending.PLATING_MARGIN: "the margin to lithium plating fell to its limit",
    Ending.CRITICAL_CURRENT: "the margin to the critical current fell to its limit",
    Ending.LITHIUM_EXHAUSTED: "the lithium of the negative electrode was used up",
    Ending.UNREACHABLE: "the cell cannot deliver what the step asks for from this state",
    Ending.SOLVER_STEP_TOO_SMALL: "solver failure: the time step became too small",
    Ending.SOLVER_TIME_BUDGET: "solver failure: the step used up its time budget",
    Ending.NO_LIMIT_MET: "no limit of the step was met in the longest time that a step may last",
    Ending.TEMPERATURE_RANGE: "the cell left the range of temperatures in which its laws are known to this run",
    Ending.SOLVER_NOT_FINITE: "solver failure: a number was not finite",
    Ending.SOLVER_MEMORY: "the rows of the run fill what a result may keep, 2 GB: give fewer steps or a longer period",
}


class CellsimError(Exception):
    """Base class: catch this to catch everything cellsim raises on purpose."""


class ParameterError(CellsimError):
    """A parameter file or a variation of a cell is at fault; the message lists every fault."""


class ProtocolError(CellsimError):
    """A protocol step asks for something that makes no sense."""


class ClaimError(CellsimError):
    """A claim file is at fault; the message lists every fault."""


class ReportError(CellsimError):
    """A report or result file cannot be written or read."""


class SolveError(CellsimError):
    """The integrator could not finish; the partial result is in `.result`."""

    def __init__(self, message, result):
        super().__init__(message)
        self.result = result

    def __reduce__(self):
        return type(self), (str(self), self.result)


class CellsimWarning(UserWarning):
    """Something that a user should know about a run or a cell, and that does not make it wrong by itself."""
