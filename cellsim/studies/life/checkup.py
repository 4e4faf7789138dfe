"""Check-ups: what a cycler would measure on a copy of an aged cell."""

from typing import Any

from ...errors import Ending, ProtocolError
from ...parameters import Cell
from ...simulation.result import Result
from ...simulation.run import simulate
from ...simulation.start import FinalState

CHECKUP = (
    "after a discharge at C/3, a charge at C/3 with the voltage held until C/50 and an hour of rest: slow capacity: "
    "discharge at C/20; capacity at 1C; resistance: after a discharge at C/3 to half of the slow capacity and an hour "
    "of rest, the fall of the voltage in 10 s and 600 s of a pulse of C/2, over its current; a discharge also ends "
    "where lithium metal is exhausted"
)
SLOW, FAST, PULSE = "C/20", "1C", "C/2"


def checkup(cell: Cell, state: FinalState, heat: Any = None) -> dict[str, float]:
    """Capacities [Ah] at C/20 and 1C, and resistances [Ohm] after 10 s and 600 s at half charge; see CHECKUP.

    state: stays as it is.  The ageing during the check-up is that of the copy.  Raises ProtocolError where the cell
    cannot do it.
    """
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    fill = f"Charge at C/3 until {high:.10g} V; Hold at {high:.10g} V until C/50; Rest for 1 hour"

    def done(steps: str, start: FinalState | None) -> Result:
        result = simulate(cell, steps, start=start, heat=heat)
        if result.stopped_early and result.steps[-1].ending != Ending.LITHIUM_EXHAUSTED:
            raise ProtocolError(f"{cell.name}: the check-up is not completed: {result.termination}")
        return result

    empty = done(f"Discharge at C/3 until {low:.10g} V", state).final_state
    full = done(fill, empty).final_state
    found: dict[str, float] = {}
    for rate, name in ((SLOW, "Capacity at C/20 [A.h]"), (FAST, "Capacity at 1C [A.h]")):
        found[name] = done(f"Discharge at {rate} until {low:.10g} V", full).steps[-1].discharge_capacity
    half = 0.5 * found["Capacity at C/20 [A.h]"]
    result = done(f"Discharge at C/3 for {half:.9g} Ah; Rest for 1 hour; Discharge at {PULSE} for 600 s", full)
    start = result.steps[-1].t_start
    rest = float(result["Voltage [V]"][result.step_index == len(result.steps) - 2][-1])
    current = float(result["Current [A]"][-1])
    for seconds in (10.0, 600.0):
        V = float(result.at("Voltage [V]", [min(start + seconds, float(result.t[-1]))])[0])
        found[f"Resistance after {seconds:g} s [Ohm]"] = (rest - V) / current
    return found
