"""What a charge costs in lithium and active material, beside the time that it takes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import CellsimError, ProtocolError
from ...kernels.layout import System
from ...models import ACCURACY, initial_state
from ...parameters import Cell
from ...protocols import Protocol
from ...protocols.step import kelvin
from ...simulation.result import Result
from ...simulation.run import simulate
from ...simulation.start import FinalState
from ...support.arguments import listed, number, numbers, text, whole
from ...support.files import optional
from ...support.renamed import by_name
from ..life.cycle_map import ages_within_runs, amounts_of, lost
from ..life.health.row import losses
from ..life.prepare import aged_cell, assumed_rates, fresh_start
from .axes import celsius, not_beaten
from .constrained import check_window
from .named_protocols import FASTEST, named

REACHED = 1e-3  # of the state of charge asked for
TAKEN = {  # what holds lithium that is lost, see `Amounts`
    "lost_film": ("sei", "sei_on_cracks", "metal bound"),
    "lost_dead": ("dead", "metal dead"),
    "lost_active": ("draining",),
}


@dataclass(frozen=True)
class ChargeWear:
    """Time and wear of charges.

    table: a pandas DataFrame, a row for each charge and temperature: "Charge", "Temperature [K]", "Time of charge
    [min]" (infinite if the charge did not reach its end), "Lithium lost [A.h]" in the charge and the discharge after
    it together and by mechanism ("Loss of capacity to ..."), "Loss of lithium inventory [%]" (the same as a share of
    the lithium of the fresh particles), "Loss of active material in ... electrode [%]", both per charge, "Minimum
    plating margin [V]" and "Maximum cell temperature [K]" of the charge, "Ending" (of its last step,
    or why there was no run), and "Best": no other charge at any temperature is as fast and loses as little.
    cycles: the cycle that was measured.  remarks: notes, one sentence each.
    """

    cell: Cell
    table: Any = field(repr=False)
    start: float
    end: float
    cycles: int
    remarks: tuple[str, ...] = ()

    def best(self) -> Any:
        """The rows that no other beats in both time and lithium lost, the fastest first."""
        return self.table[self.table["Best"]].sort_values("Time of charge [min]")

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Lithium lost per charge over time of charge, as a matplotlib Figure."""
        from .plots_study import plot_wear

        return plot_wear(self, path)

    def __str__(self) -> str:
        lines = [f"{self.cell.name}: charges from {100 * self.start:g} to {100 * self.end:g} %, cycle {self.cycles}"]
        for row in self.table.to_dict("records"):
            name, T = row["Charge"].strip().splitlines()[0][:40], celsius(row["Temperature [K]"])
            if np.isnan(row["Lithium lost [A.h]"]):
                lines.append(f"  {name}, {T:g} °C: {row['Ending']}")
                continue
            time = row["Time of charge [min]"]
            took = f"{time:.3g} min" if np.isfinite(time) else f"not charged ({row['Ending']})"
            mark = ", not beaten" if row["Best"] else ""
            lines.append(f"  {name}, {T:g} °C: {took}, {1e3 * row['Lithium lost [A.h]']:.3g} mAh lost{mark}")
        return "\n".join([*lines, *(f"  note: {remark}" for remark in self.remarks)])


@by_name
def charge_wear(
    cell: Any,
    charges: str | Iterable[str],
    temperatures: Iterable[float] = (298.15,),
    *,
    start: float = 0.1,
    end: float = 0.8,
    discharge: str | None = None,
    cycles: int = 3,
    ageing: Any = None,
    model: Any = None,
    heat: Any = None,
    accuracy: float = ACCURACY,
    rtol: float | None = 1e-5,
) -> ChargeWear:
    """Time of charges, and the lithium and active material that each takes, by mechanism.

    charges: names as in `charge_study` with a rate ("cc-cv 2C"), or texts of steps.  temperatures [K]: at the start
    and of the surroundings.  start, end: states of charge (0..1) of the charge; discharge: how the cell gets back, as
    text, "Discharge at C/2 until 10% SOC" for a start of 0.1 unless given.
    cycles: so many cycles of charge and discharge are simulated from the fresh cell, and the last of them is measured:
    the first ones are not typical, as films on new surfaces grow fast.  It is measured from the end of a discharge to
    the next one, so that plated lithium that comes back does not count as lost.
    ageing, model, heat, accuracy, rtol: as in `age`.  A charge that fails is a row with the reason.
    Raises ParameterError and ProtocolError before anything is run, also for a cell in which nothing ages.
    """
    cell = aged_cell(cell, ageing)
    check_window(start, end)
    wanted = "give names of charge protocols or texts of steps, such as ['cc-cv 1C', 'cc-cv 2C']"
    said = [charges] if isinstance(charges, str) else listed("charges", charges, wanted)
    steps = {text("charges", each, wanted): _steps(cell, each, start, end) for each in said}
    Ts = [kelvin("temperatures", T) for T in numbers("temperatures", temperatures, "give kelvin, such as [298.15]")]
    if not steps or not Ts:
        raise ProtocolError(f"charge wear: {wanted}, and at least one temperature")
    number("rtol", rtol, "give a number above 0 and below 0.1, or None", above=0.0, below=0.1, none=True)
    whole("cycles", cycles, "give the cycle to measure, 2 or more", low=2)
    back = Protocol(f"Discharge at C/2 until {100.0 * start:.10g}% SOC" if discharge is None else discharge)
    how = {"heat": heat, "accuracy": accuracy, "rtol": rtol}
    rows = []
    for name, charge in steps.items():
        for T in Ts:
            row = {"Charge": name, "Temperature [K]": T}
            try:
                begun = fresh_start(cell, charge, model, T, start, heat, T, accuracy)
                row |= _Repeated(cell, charge, back, begun, {**how, "ambient": T}).measured(cycles, end)
            except CellsimError as fault:
                row |= {"Time of charge [min]": np.inf, "Lithium lost [A.h]": np.nan, "Ending": str(fault)}
            rows.append(row)
    table = optional("pandas").DataFrame(rows)
    table["Best"] = not_beaten(table["Time of charge [min]"], table["Lithium lost [A.h]"])
    return ChargeWear(cell, table, start, end, cycles, (*cell.remarks, *assumed_rates(cell)))


def _steps(cell: Cell, said: str, start: float, end: float) -> Protocol:
    steps = named(cell, said, start, end)
    if steps is None:
        raise ProtocolError(
            f"charge wear: {FASTEST!r} is a search within limits, not steps to repeat; give steps such as 'cc-cv 2C'"
        )
    return steps


@dataclass
class _Repeated:
    """A charge and a discharge, over and over."""

    cell: Cell
    charge: Protocol
    back: Protocol
    begun: FinalState
    how: dict[str, Any]

    def measured(self, cycles: int, end: float) -> dict[str, Any]:
        """The row of a cycle."""
        sys: System = self.begun.model.discretise(self.cell, self.begun.temperature)
        amounts = amounts_of(self.cell, sys)
        fresh, state = amounts(self.begun.state), self.begun
        for _ in range(cycles):
            before = amounts(state.state)
            charged = self._run(self.charge, state)
            state = self._run(self.back, charged.final_state).final_state
        after = amounts(state.state)
        row: dict[str, Any] = {
            "Time of charge [min]": float(charged.t[-1]) / 60.0 if _reached(charged, end) else np.inf,
            "Lithium lost [A.h]": lost(after) - lost(before),
        }
        row["Loss of lithium inventory [%]"] = 100.0 * row["Lithium lost [A.h]"] / fresh["Q_Li"]
        row |= losses(after, before)
        for key, part in (("Q_n", "negative"), ("Q_p", "positive")):
            if np.isfinite(fresh[key]):
                gone = 100.0 * (before[key] - after[key]) / fresh[key]
                row[f"Loss of active material in {part} electrode [%]"] = gone
        if "Plating margin [V]" in charged:
            row["Minimum plating margin [V]"] = float(np.min(charged["Plating margin [V]"]))
        row["Maximum cell temperature [K]"] = float(np.max(charged["Cell temperature [K]"]))
        row["Ending"] = charged.steps[-1].message
        return row

    def _run(self, steps: Protocol, state: FinalState) -> Result:
        result = simulate(self.cell, steps, start=state, **self.how)
        if result.steps[-1].ending.stops_run:
            raise ProtocolError(result.termination)
        return result


def lost_in(cell: Cell, result: Result) -> dict[str, float]:
    """Lithium that a run of the fresh cell took for good [mAh], by TAKEN; {} for a cell in which nothing ages.

    Plated lithium, which comes back, is not counted.
    """
    end = result.final_state
    if end is None or not ages_within_runs(cell):
        return {}
    sys: System = end.model.discretise(cell, end.temperature)
    amounts = amounts_of(cell, sys)
    before, after = amounts(initial_state(cell, sys, 0.5)), amounts(end.state)
    return {key: 1e3 * sum(after[one] - before[one] for one in holds) for key, holds in TAKEN.items()}


def _reached(result: Result, end: float) -> bool:
    return bool(result["State of charge"][-1] >= end - REACHED)
