"""Measured current, voltage and temperature over time, with what is wrong with the record."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ProtocolError
from ..support.arguments import listed, number, shown
from ..support.files import optional
from ..support.renamed import by_names
from .bdf import LEAST, write_bdf

MOST_LOST = 0.05  # share of the rows that a repair may drop
GAP, LONG = 20.0, 600.0  # an interval is a gap beyond so many times the median, and so many seconds
LISTED = 8  # row numbers that a sentence names
TIME, CURRENT, VOLTAGE, TEMPERATURE = "Time [s]", "Current [A]", "Voltage [V]", "Cell temperature [K]"


@by_names
@dataclass(frozen=True)
class CyclerData:
    """A measured record: t [s], current [A] (discharge positive) and voltage [V], arrays (n,).

    temperature: (n,) [K], or None.  step: (n,) steps counted from 0 in their order, new where step, cycle or, without
    both, the sense of the current changes.  cycle: (n,) as in the file, or 0.
    name: of the file.  format: of the file, or "".  rows: (n,) rows of the file, from 1 below the header.
    faults: missing values, times that repeat or go back, gaps, one sentence each with row numbers.
    remarks: how columns were understood.
    """

    name: str
    t: NDArray[np.float64] = field(repr=False)
    current: NDArray[np.float64] = field(repr=False)
    voltage: NDArray[np.float64] = field(repr=False)
    temperature: NDArray[np.float64] | None = field(repr=False)
    step: NDArray[np.int64] = field(repr=False)
    cycle: NDArray[np.int64] = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)
    format: str = ""
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.t.size

    def __repr__(self) -> str:
        hours = float(np.nanmax(self.t) - np.nanmin(self.t)) / 3600.0 if len(self) else 0.0
        lines = [f"{self.name}: {len(self)} rows, {len(np.unique(self.step))} steps, {hours:.4g} h"]
        lines[0] += f", {self.format}" if self.format else ""
        lines += [f"  fault: {text}" for text in self.faults] + [f"  note: {text}" for text in self.remarks]
        return "\n".join(lines)

    def repaired(self) -> "CyclerData":
        """The record without rows that lack a value or whose time does not rise; gaps stay, and are still named.

        A time that repeats where one step follows another is put a microsecond later instead.
        Raises ProtocolError if more than 5 % of the rows would go, as where a column holds the time of the step.
        """
        whole = np.isfinite(self.t) & np.isfinite(self.current) & np.isfinite(self.voltage)
        t = np.where(whole, self.t, -np.inf)
        follows = np.concatenate([[False], (t[1:] == t[:-1]) & (np.diff(self.step) != 0) & whole[1:]])
        t = np.where(follows, t + LEAST, t)
        before = np.concatenate([[-np.inf], np.maximum.accumulate(t)[:-1]])
        keep = whole & (t > before)
        gone = int((~keep).sum())
        if gone > MOST_LOST * len(self):
            raise ProtocolError(
                f"{self.name}: a repair would drop {gone} of {len(self)} rows; the time may be that of each step: "
                "name the total time with mapping"
            )
        said = [f"{gone} rows were dropped"] if gone else []
        said += [f"{follows.sum()} rows were put a microsecond later"] if follows.any() else []
        return replace(self, t=t)._of(keep, (*self.remarks, *said))

    def part(
        self,
        *,
        steps: Iterable[int] | None = None,
        cycles: Iterable[int] | None = None,
        start: float | None = None,
        end: float | None = None,
    ) -> "CyclerData":
        """Rows of some steps, of some cycles, and from start to end [s], both included; times begin at 0 again.

        Raises ProtocolError if none is left.
        """
        keep = np.ones(len(self), bool)
        for name, given, column in (("steps", steps, self.step), ("cycles", cycles, self.cycle)):
            if given is not None:
                numbers = listed(f"part: {name}", given, "give a list of whole numbers")
                keep &= np.isin(column, [number(f"part: {name}", value, "give whole numbers") for value in numbers])
        lo = number("part: start", start, "give seconds", none=True)
        hi = number("part: end", end, "give seconds", none=True)
        keep &= (self.t >= (-np.inf if lo is None else lo)) & (self.t <= (np.inf if hi is None else hi))
        if not keep.any():
            raise ProtocolError(
                f"{self.name}: no row is left of steps {shown(steps)}, cycles {shown(cycles)}, {lo}, {hi}"
            )
        found = self._of(keep, self.remarks)
        return replace(found, t=found.t - found.t[0], step=found.step - found.step[0])

    def _of(self, keep: NDArray[np.bool_], remarks: tuple[str, ...]) -> "CyclerData":
        arrays = {name: getattr(self, name)[keep] for name in ("t", "current", "voltage", "step", "cycle", "rows")}
        warm = None if self.temperature is None else self.temperature[keep]
        found = faults_of(arrays["t"], (arrays["current"], arrays["voltage"]), arrays["rows"])
        return replace(self, **arrays, temperature=warm, faults=found, remarks=remarks)

    def rising(self, what: str) -> "CyclerData":
        """This record, if it has no fault but gaps.  Raises ProtocolError with the first one; what: needs it."""
        bad = [text for text in self.faults if not text.startswith("gap")]
        if bad or len(self) < 2:
            why = bad[0] if bad else f"{len(self)} rows"
            raise ProtocolError(
                f"{what}: {self.name}: {why}; repair it (read_cycler(..., repair=True)) or choose a part"
            )
        return self

    def load(self, control: str) -> tuple[Any, Any]:
        """Times from 0 [s] and what a run with that control follows: current [A], power [W] or voltage [V].

        Raises ProtocolError for another control and for faults of the record.
        """
        whole = self.rising("profile")
        known = {"current": self.current, "power": self.current * self.voltage, "voltage": self.voltage}
        if control not in known:
            raise ProtocolError(f"profile: {self.name}: control {shown(control)}: a record has {', '.join(known)}")
        return whole.t - whole.t[0], known[control]

    def to_pandas(self) -> Any:
        """A pandas DataFrame under the names of a `Result`, which `read_cycler` reads."""
        columns = {TIME: self.t, "Step": self.step, "Cycle": self.cycle, CURRENT: self.current, VOLTAGE: self.voltage}
        if self.temperature is not None:
            columns[TEMPERATURE] = self.temperature
        return optional("pandas").DataFrame(columns)

    def to_bdf(self, path: str | PathLike[str]) -> None:
        """Write a file of the Battery Data Format (.bdf, .bdf.csv, .bdf.parquet), as `Result.to_bdf` does."""
        write_bdf(path, self.t, self.current, self.voltage, self.temperature, self.step, self.cycle)


def faults_of(t: NDArray[Any], values: Iterable[NDArray[Any]], rows: NDArray[Any]) -> tuple[str, ...]:
    """What is wrong with times (n,) [s] and values (n,), one sentence a kind."""
    missing = ~np.isfinite(t)
    for column in values:
        missing |= ~np.isfinite(column)
    found = [f"no value {_at(rows[missing])}"] if missing.any() else []
    known = np.isfinite(t)
    t, rows = t[known], rows[known]
    apart = np.diff(t)
    for words, bad in (("the time repeats", apart == 0.0), ("the time goes back", apart < 0.0)):
        if bad.any():
            k = int(np.argmax(bad))
            found.append(f"{words} {_at(rows[1:][bad])}: {t[k + 1]:.10g} s after {t[k]:.10g} s")
    rises = apart[apart > 0.0]
    if rises.size:
        long = apart > max(LONG, GAP * float(np.median(rises)))
        if long.any():
            k = int(np.argmax(long))
            found.append(f"gap before {_at(rows[1:][long]).removeprefix('in ')}: {apart[k]:.6g} s without a row")
    return tuple(found)


def _at(rows: NDArray[Any]) -> str:
    named = ", ".join(str(row) for row in rows[:LISTED].tolist())
    return f"in row{'s' * (rows.size > 1)} {named}" + (f" and {rows.size - LISTED} more" if rows.size > LISTED else "")
