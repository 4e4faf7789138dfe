"""Check-ups: what a cycler would measure on a cell that ages, or on a copy of it."""

from dataclasses import dataclass, field
from typing import Any

from ...errors import CellsimError, Ending, ProtocolError
from ...parameters import Cell
from ...simulation.result import Result
from ...simulation.run import simulate
from ...simulation.start import FinalState

CHECKUP = (
    "after a discharge at C/3, a charge at C/3 with the voltage held until C/50 and an hour of rest: slow capacity: "
    "discharge at C/20; capacity at 1C; resistance: after a discharge at C/3 to half of the slow capacity and an hour "
    "of rest, the fall of the voltage in 10 s and 600 s of a pulse of C/2, over its current; a discharge also ends "
    "where lithium metal is exhausted; each of the three begins with a copy of the same full cell, or, on the cell "
    "itself, after another such charge"
)
SLOW, FAST, PULSE = "C/20", "1C", "C/2"
FAULT = "Fault"  # in the place of what a check-up measures: why it was not completed
AWAY = 1e-6  # of the charge that a check-up took, left over when the cell is brought back


@dataclass
class Checkups:
    """The check-ups of a life.

    real: the cell itself is measured, else a copy.  measured: what was found, by cycle, or {FAULT: why not}.
    """

    cell: Cell
    heat: Any = None
    real: bool = False
    measured: dict[int, Any] = field(default_factory=dict)

    def begin(self, state: FinalState) -> None:
        """Measure a copy of the fresh cell."""
        self.measured[0] = self._tried(state, False)[0]

    def at(self, n: int, aged: Any) -> Any:
        """Measure the cell after a cycle, an `Aged`; that after the check-up if it is real, else None."""
        self.measured[n], runs = self._tried(aged.end, self.real)
        for run in runs if self.real else ():
            aged = aged.counted(run)
        return aged if self.real and runs else None

    def _tried(self, state: FinalState, real: bool) -> tuple[dict[str, Any], list[Result]]:
        try:
            return measured(self.cell, state, self.heat, real)
        except CellsimError as fault:
            return {FAULT: str(fault)}, []

    def remarks(self) -> list[str]:
        """On check-ups that the cell did not complete."""
        failed = {n: found[FAULT] for n, found in sorted(self.measured.items()) if FAULT in found}
        return [f"the check-up after cycle {n} was not completed: {why}" for n, why in failed.items()]


def checkup(cell: Cell, state: FinalState, heat: Any = None) -> dict[str, float]:
    """Capacities [Ah] at C/20 and 1C, and resistances [Ohm] after 10 s and 600 s at half charge; see CHECKUP.

    state: stays as it is.  The ageing during the check-up is that of the copy.  Raises ProtocolError where the cell
    cannot do it.
    """
    return measured(cell, state, heat)[0]


def measured(
    cell: Cell, state: FinalState, heat: Any = None, real: bool = False
) -> tuple[dict[str, float], list[Result]]:
    """What `checkup` finds, and the runs; if it is real, these follow each other, back to the charge of the state."""
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    fill = f"Charge at C/3 until {high:.10g} V; Hold at {high:.10g} V until C/50; Rest for 1 hour"
    runs: list[Result] = []

    def done(steps: str, start: FinalState | None) -> Result:
        result = simulate(cell, steps, start=start, heat=heat)
        if result.stopped_early and result.steps[-1].ending != Ending.LITHIUM_EXHAUSTED:
            raise ProtocolError(f"{cell.name}: the check-up is not completed: {result.termination}")
        runs.append(result)
        return result

    empty = done(f"Discharge at C/3 until {low:.10g} V", state).final_state
    full = done(fill, empty).final_state
    found: dict[str, float] = {}
    for rate, name in ((SLOW, "Capacity at C/20 [A.h]"), (FAST, "Capacity at 1C [A.h]")):
        result = done(f"Discharge at {rate} until {low:.10g} V", full)
        found[name] = result.steps[-1].discharge_capacity
        full = done(fill, result.final_state).final_state if real else full
    half = 0.5 * found["Capacity at C/20 [A.h]"]
    result = done(f"Discharge at C/3 for {half:.9g} Ah; Rest for 1 hour; Discharge at {PULSE} for 600 s", full)
    start = result.steps[-1].t_start
    rest = float(result["Voltage [V]"][result.step_index == len(result.steps) - 2][-1])
    current = float(result["Current [A]"][-1])
    for seconds in (10.0, 600.0):
        V = float(result.at("Voltage [V]", [min(start + seconds, float(result.t[-1]))])[0])
        found[f"Resistance after {seconds:g} s [Ohm]"] = (rest - V) / current
    if real:
        away = sum(run.discharge_capacity - run.charge_capacity for run in runs)
        if away > 0.0:
            back = done(f"Charge at C/3 for {away:.10g} Ah or until {high:.10g} V", result.final_state)
            left = away - back.charge_capacity
            if left > AWAY * away:
                done(f"Hold at {high:.10g} V until C/50 or until {left:.10g} Ah", back.final_state)
        elif away < 0.0:
            done(f"Discharge at C/3 for {-away:.10g} Ah or until {low:.10g} V", result.final_state)
    return found, runs
