"""What a life came to: a table of its cycles, its end, and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import ProtocolError
from ...parameters import Cell
from ...protocols import Protocol
from ...simulation.run import simulate
from ...simulation.start import FinalState
from ...support.arguments import file_path, number, whole
from ...support.files import optional, replacing
from ...support.renamed import by_names
from .checkup import FAULT
from .cycle_map import Stopped
from .health.knee import Knee, find_knee
from .health.summary import under_their_names
from .prepare import by_equilibrium
from .saved.life_file import read_life, write_life
from .saved.rows import Rows
from .windows import COLUMNS, EQUILIBRIUM, Windows

HAZARD = "Hazard of a short"
DAYS = "Day"  # index of the table of a life in use
KINDS = (".parquet", ".csv", ".png", ".svg", ".pdf")


def table_of(
    cell: Cell, cycles: Any, rows: Rows, measured: Mapping[int, Mapping[str, Any]], name: str = "Cycle number"
) -> Any:
    """A pandas DataFrame: for each cycle its summary, electrode state of health, and check-up if there is one."""
    pd = optional("pandas")
    table = pd.DataFrame({name: np.asarray(cycles, int), **{key: np.array(x) for key, x in rows.columns.items()}})
    health = Windows(cell).of_all(rows.columns)
    for key in COLUMNS:
        table[key] = [found.get(key, np.nan) for found in health] or np.nan
    if measured:
        numbers = ({key: x for key, x in each.items() if key != FAULT} for each in measured.values())
        found = pd.DataFrame([{name: n, **each} for n, each in zip(measured, numbers, strict=True)])
        table = table.merge(found, on=name, how="outer")
    return table.set_index(name)


@by_names
@dataclass(frozen=True)
class Life:
    """The life of a cell.

    table: a pandas DataFrame, a row for each simulated cycle (columns under PyBaMM's names), indexed by the
    cycle number; amounts in Ah are those of the whole cell.  end: why it ended, "" if all cycles were done.
    states: ends of the cycles that were kept, by cycle.  jumped: how cycles were jumped over; None for storage.
    remarks: notes, one sentence each.  start: the cell before the first cycle.  how: arguments of `simulate` that held
    in every cycle; None where cycles differ, and for storage.  unfinished: the row of the cycle after the last one, as
    far as it came, if the cell could not complete it; else None.  until: the end of life that was asked for.
    """

    cell: Cell
    protocol: Protocol
    table: Any = field(repr=False)
    end: str = ""
    states: Mapping[int, FinalState] = field(default_factory=dict, repr=False)
    jumped: Any = field(default=None, repr=False)
    remarks: tuple[str, ...] = ()
    start: FinalState | None = field(default=None, repr=False)
    how: Mapping[str, Any] | None = field(default=None, repr=False)
    unfinished: Mapping[str, float] | None = field(default=None, repr=False)
    until: Any = None

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Life":
        """A life from a `.parquet` file that `save` wrote, with its table, kept states and ends.

        Raises ReportError for any other file, and if a number in it was changed.
        """
        return cls(**read_life(path))

    def state(self, cycle: int) -> FinalState:
        """The cell after a cycle, 0 for before the first one, which `simulate(cell, ..., start=state)` continues from.

        One that was kept, or simulated from the nearest kept one before it, every cycle in between.  After a check-up
        on the cell itself it is that of the cell afterwards.
        Raises ProtocolError for storage, where cycles differ, and for a cycle that the cell did not complete.
        """
        cycle = whole("cycle", cycle, "give the number of a cycle, 0 for the fresh cell", low=0)
        if cycle in self.states:
            return self.states[cycle]
        if self.start is None or self.how is None:
            raise ProtocolError(f"cycle {cycle}: its state was not kept, and this life has no cycles to repeat")
        if cycle > self.cycles:
            raise ProtocolError(f"cycle {cycle}: the life has {self.cycles} cycles")
        known = {0: self.start, **self.states}
        nearest = max(n for n in known if n <= cycle)
        state = known[nearest]
        for _ in range(nearest, cycle):
            result = simulate(self.cell, self.protocol, start=state, **self.how)
            if result.steps[-1].ending.stops_run or result.stopped_early:
                raise Stopped(result.termination, result)
            state = result.final_state
        return state

    @property
    def bound(self) -> float:
        """Bound of the error of the capacity from jumping over cycles, as a share of the first capacity."""
        return float(self.jumped.bound) if self.jumped is not None else 0.0

    @property
    def simulated(self) -> int:
        """Cycles that were computed."""
        return int(self.jumped.simulated) if self.jumped is not None else 0

    @property
    def cycles(self) -> int:
        """The last cycle."""
        return int(self.table.index[-1])

    @property
    def judged(self) -> str:
        """Column of the capacity that falls, and that `bound` is of: that of the cycles, or that at equilibrium.

        The latter of a life in use or in storage, and where the end of life says so.
        """
        cycled = "Discharge capacity [A.h]" in self.table and self.table.index.name != DAYS
        cycled = cycled and not by_equilibrium(self.until)
        return "Discharge capacity [A.h]" if cycled else EQUILIBRIUM

    @property
    def summary_variables(self) -> Any:
        """The rows of the table under the names of PyBaMM's `summary_variables`, as a pandas DataFrame.

        With "Change in ..." (from the begin of each cycle to its end) and the electrode state of health.  In every
        column the amounts are those of the whole cell, and the area is that of all its electrode pairs.
        """
        return under_their_names(self.table, self.cell.value("cell/electrode area"))

    def capacity(self, cycles: Any) -> Any:
        """Capacity `judged` [Ah] at cycle numbers, by shape-preserving cubic interpolation between simulated ones."""
        from scipy.interpolate import PchipInterpolator

        known = self.table[self.judged].dropna()
        return PchipInterpolator(known.index.to_numpy(float), known.to_numpy(), extrapolate=False)(
            np.asarray(cycles, float)
        )

    def shorted(self, share: float) -> float:
        """Cycles after which a share of cells, 0 to 1, has a short by lithium, from the hazard that was added up.

        By linear interpolation of the hazard between simulated cycles; infinite if it takes longer than this life.
        Raises ProtocolError if the parameter set states no hazard.
        """
        share = number(
            "share", share, "give a share of the cells above 0 and below 1, such as 0.05", above=0.0, below=1.0
        )
        if HAZARD not in self.table:
            raise ProtocolError(
                f"{self.cell.name}: its parameter set states no hazard of a short; add negative electrode/short hazard"
            )
        known, wanted = self.table[HAZARD].dropna(), -np.log1p(-share)
        if not len(known) or known.iloc[-1] < wanted:
            return float("inf")
        passed = np.concatenate([[0.0], known.to_numpy()])
        return float(np.interp(wanted, passed, np.concatenate([[0.0], known.index.to_numpy(float)])))

    def knee(self) -> Knee:
        """Onset and knee of the capacity over the cycles."""
        known = self.table[self.judged].dropna()
        return find_knee(known.index.to_numpy(float), known.to_numpy())

    def _shorts(self) -> str:
        """When 5 % and 50 % of cells have a short, in words."""
        unit = str(self.table.index.name).partition(" ")[0].lower()
        words = []
        for share in (0.05, 0.5):
            n = self.shorted(share)
            when = f"by {unit} {np.ceil(n):.0f}" if np.isfinite(n) else f"later than {unit} {self.cycles}"
            words.append(f"{100.0 * share:g} % of the cells {when}")
        return ", ".join(words)

    def losses(self) -> dict[str, float]:
        """What took the lithium, and the loss of active material, at the end [Ah]."""
        last = self.table.iloc[-1]
        return {
            key: float(last[key]) for key in last.index if key.startswith("Loss of capacity to") and last[key] != 0.0
        }

    def save(self, path: str | PathLike[str]) -> None:
        """Write all to .parquet, the table to .csv, or a picture to .png, .svg or .pdf; nothing half-written.

        A `.parquet` file is a table for any program, and `Life.load` reads everything back, kept states included.
        """
        target = file_path("path", path, KINDS)
        if target.suffix in (".png", ".svg", ".pdf"):
            self.plot(target)
            return
        if target.suffix == ".parquet":
            write_life(self, target)
            return
        with replacing(target) as partial:
            self.table.to_csv(partial)

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Capacity, what took the lithium, and active material over the cycles, as a matplotlib Figure."""
        from .plots import plot_life

        return plot_life(self, path)

    def __str__(self) -> str:
        table = self.table
        lines = [f"{self.cell.name}: {self.end}" if self.end else f"{self.cell.name}: done"]
        last = table.iloc[-1]
        if "Discharge capacity [A.h]" in table:
            known, unit = table[self.judged].dropna(), "days" if table.index.name == DAYS else "cycles"
            share = known.iloc[-1] / known.iloc[0] if known.iloc[0] > 0.0 else 0.0
            days, passed = last["Time [h]"] / 24.0, last["Throughput capacity [A.h]"]
            time = f"{days / 365.25:.4g} years" if unit == "days" else f"{self.cycles} cycles, {days:.4g} days"
            lines.append(f"  {time}, {passed:.4g} Ah charged and discharged")
            what = "capacity at equilibrium" if by_equilibrium(self.until) else "capacity"
            lines.append(f"  {what} {known.iloc[0]:.4g} -> {known.iloc[-1]:.4g} Ah ({100.0 * share:.1f} %)")
            sure = f"error of the capacity by jumps at most {100.0 * self.bound:.2g} %"
            lines.append(f"  {self.simulated} {unit} simulated, {sure}")
        else:
            lines.append(
                f"  {last['Time [h]'] / 8766.0:.4g} years, {last['Voltage [V]']:.4g} V: "
                f"capacity at equilibrium {last['Capacity of equilibrium [A.h]']:.4g} Ah"
            )
        lines.append(f"  loss of lithium inventory {last['Loss of lithium inventory [%]']:.3g} %")
        lines += [f"  {key[0].lower()}{key[1:].replace(' [A.h]', '')}: {x:.3g} Ah" for key, x in self.losses().items()]
        if self.unfinished is not None:
            out, lost = (self.unfinished[key] for key in ("Discharge capacity [A.h]", "Loss of lithium inventory [%]"))
            which = f"{str(table.index.name).partition(' ')[0].lower()} {self.cycles + 1}"
            lines.append(f"  {which}, not completed: {out:.4g} Ah, loss of lithium inventory {lost:.3g} %")
        if HAZARD in table:
            lines.append(f"  shorts: {self._shorts()}")
        lines += [f"  note: {remark}" for remark in self.remarks]
        return "\n".join(lines)
