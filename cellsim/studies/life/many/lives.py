"""Several lives side by side: what `age_many`, `life_map` and `uncertain_lives` return, and how they run."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ....ensemble.engine import Progress, reporting
from ....ensemble.jobs import Job
from ....ensemble.resumable import KINDS, recording
from ....parameters import Cell
from ....protocols import Protocol
from ....support.arguments import file_path, listed, numbers
from ....support.files import optional, write_table
from ....support.renamed import by_names
from ..prepare import aged_cell, by_equilibrium, checked, margin_of
from ..saved.states import heat_said
from .one_life import CAPACITY, COLUMNS, CYCLE, one_life, worded

PICTURES = (".png", ".svg", ".pdf")
LIFE = "Life"
JUDGED = ("Lasts", "Cycles")  # columns that are there even where no life is
CELLS = "give a cell, a list of cells or {label: cell}"


@by_names
@dataclass(frozen=True)
class Lives:
    """Several lives.

    table: a pandas DataFrame, a row for each: its labels, "Lasts" (no end of life in the cycles asked for), "Cycles",
    "Time [h]", "Throughput capacity [A.h]", capacities of the first and the last cycle, what took the lithium, the
    bound of the error from jumps, "End" (why it ended) and "Failure" (why there is no life).
    curves: "Life" (row of the table), "Cycle number" and "Discharge capacity [A.h]" of the simulated cycles.
    labels: names of the columns by which the lives differ.  kind: "side by side", "map" or "uncertain".
    remarks: notes, one sentence each.
    """

    table: Any = field(repr=False)
    curves: Any = field(repr=False)
    labels: tuple[str, ...]
    kind: str
    until: Any
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    def quantiles(self, shares: Iterable[float] = (0.05, 0.5, 0.95)) -> dict[float, float]:
        """Cycles at which so many of the lives have ended; infinite beyond the cycles simulated.

        Lives that failed are left out.
        """
        shares = numbers("shares", list(shares), "give shares from 0 to 1, such as [0.05, 0.5]", low=0.0, high=1.0)
        lived = self.table[self.table["Failure"] == ""]
        cycles = np.sort(np.where(lived["Lasts"], np.inf, lived["Cycles"].astype(float)))
        if not cycles.size:
            return {float(share): float("nan") for share in shares}
        return {float(s): float(cycles[max(int(np.ceil(s * cycles.size)) - 1, 0)]) for s in shares}

    def save(self, path: str | PathLike[str]) -> None:
        """Write the table to .parquet or .csv, or the picture to .png, .svg or .pdf; nothing half-written."""
        target = file_path("path", path, (*KINDS, *PICTURES))
        if target.suffix in PICTURES:
            self.plot(target)
        else:
            write_table(self.table, target)

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Capacity over cycles of every life, or cycles to the end of life over two labels; a matplotlib Figure."""
        from .plots_lives import plot_lives

        return plot_lives(self, path)

    def __str__(self) -> str:
        lines = [self._line(row) for row in self.table.to_dict("records")] if len(self.table) <= 40 else []
        failed = int((self.table["Failure"] != "").sum())
        summed = self.kind == "uncertain" or not lines
        if summed:
            lines = [f"{len(self)} lives until {self.until}: {self._ended()}"] if failed < len(self) else []
        if failed:
            first = next(why for why in self.table["Failure"] if why)
            why = f", of the first: {first}" if summed else ""
            lines.append(f"{failed} of {len(self)} lives failed; the column Failure says why{why}")
        return "\n".join([*lines, *(f"note: {remark}" for remark in self.remarks)])

    def _ended(self) -> str:
        """After how many cycles how many of the lives have ended."""
        cycles = self.quantiles()
        known = ", ".join(f"{100 * s:g} % after {n:.0f}" for s, n in cycles.items() if np.isfinite(n))
        later = ", ".join(f"{100 * s:g} %" for s, n in cycles.items() if not np.isfinite(n))
        said = [f"ended {known} cycles"] * bool(known) + [f"{later} not within the cycles simulated"] * bool(later)
        return "; ".join(said)

    @property
    def _judged(self) -> str:
        return "Equilibrium capacity [%]" if by_equilibrium(self.until) else "Capacity [%]"

    def _line(self, row: Mapping[str, Any]) -> str:
        name = ", ".join(worded(label, row[label]) for label in self.labels) or "life"
        if row["Failure"]:
            return f"{name}: {row['Failure']}"
        how = f"{row['Cycles']:.0f} cycles, {row['Time [h]'] / 24.0:.4g} days, {row[self._judged]:.1f} %"
        return f"{name}: {how}; {row['End'] or 'lasts'}"


@dataclass(frozen=True)
class LifeCase:
    """One of several lives: cell, changes to it, the protocol of a cycle, arguments of `age`, and labels."""

    cell: Cell
    protocol: Protocol
    how: Mapping[str, Any]
    labels: Mapping[str, Any]
    changes: Mapping[str, float] = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        """All that the life depends on, of JSON's kinds of values."""
        how = {**self.how, "heat": heat_said(self.how.get("heat")), "model": repr(self.how.get("model"))}
        return {
            "cell": self.cell.digest(),
            "changes": dict(self.changes),
            "protocol": self.protocol.to_json(None),
            "how": how,
        }


def run_lives(
    kind: str, cases: list[LifeCase], path: Any, progress: Progress, threads: int | None, processes: int | None
) -> Lives:
    """All lives; with a path, lives that an interrupted study has done are not done again."""
    for how in (case.how for case in cases):
        margin_of(how.get("until"))
        checked(how["accuracy"], None)
    workers = {"threads": 1 if threads is None and processes is None else threads, "processes": processes}
    said = [case.said() for case in cases]
    with ExitStack() as stack:
        report = stack.enter_context(reporting(progress))
        recorder = stack.enter_context(recording(path, KINDS, **workers))
        done = [0]

        def counted() -> None:
            done[0] += 1
            report(done[0], len(cases))

        found = recorder.values(
            said,
            lambda number, _: Job(
                one_life, (cases[number].cell, cases[number].changes, cases[number].protocol, cases[number].how)
            ),
            counted=counted,
        )
        lives = _lives(kind, cases, found)
        if path is not None:
            lives.save(path)
    return lives


def _lives(kind: str, cases: list[LifeCase], found: list[dict[str, Any]]) -> Lives:
    pd = optional("pandas")
    labels = tuple(dict.fromkeys(name for case in cases for name in case.labels))
    table = pd.DataFrame([{**case.labels, **one["row"]} for case, one in zip(cases, found, strict=True)])
    table = table.reindex(columns=[*labels, *(name for name in COLUMNS if name in table or name in JUDGED)])
    curves = pd.concat([pd.DataFrame({LIFE: k, **one["curve"]}) for k, one in enumerate(found)], ignore_index=True)
    curves = curves.astype({LIFE: int, CYCLE: int, CAPACITY: float})
    if "Failure" in table:
        table["Failure"] = table["Failure"].fillna("")
    remarks = tuple(dict.fromkeys(remark for one in found for remark in one.get("remarks", ())))
    return Lives(table, curves, labels, kind, cases[0].how.get("until"), remarks)


def ageing_cells(cells: Any, ageing: Any) -> dict[str, Cell]:
    """Cells by label, in which something ages.  Raises ParameterError, ProtocolError."""
    if isinstance(cells, Mapping):
        return {str(name): aged_cell(cell, ageing) for name, cell in cells.items()}
    several = [cells] if isinstance(cells, str | Cell | PathLike) else listed("cells", cells, CELLS)
    loaded = [aged_cell(cell, ageing) for cell in several]
    names: dict[str, Cell] = {}
    for cell in loaded:
        name, k = cell.name, 2
        while name in names:
            name, k = f"{cell.name} ({k})", k + 1
        names[name] = cell
    return names
