"""The fastest charge with which a cell lasts a number of cycles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import CellsimError, ProtocolError, SolveError
from ...models import ACCURACY
from ...parameters import Cell
from ...protocols import Protocol
from ...simulation.run import simulate
from ...support.arguments import number, numbers, shown, text, whole
from ...support.files import optional
from ...support.renamed import by_name
from .age import age
from .life_table import Life
from .prepare import aged_cell, margin_of

RATES = (0.3, 4.0)  # C
GRID = 4  # rates between which the search brackets, ends among them, evenly spaced in the logarithm
REST = "Rest for 10 min"


@dataclass(frozen=True)
class FastestThatLasts:
    """The fastest charge that lasts.

    rate: C-rate of the charge at constant current, None if none of those tried lasts.  life: its `Life`; None too.
    minutes: that the fresh, empty cell takes until 80 % of the charge is in it; NaN if there is none.
    limit: what the next faster rate lost most to, as the column of its life; "" if nothing limits.
    reason: the outcome in a sentence.
    tried: a pandas DataFrame over "C-rate": "Lasts", "Cycles" until the end, "First capacity [A.h]" (a charge that is
    too fast fills the cell less), "Capacity [%]" of the first at the last cycle, "Minutes to 80 %", "End".
    lives: every life, by rate.
    """

    cell: Cell
    rate: float | None
    life: Life | None
    minutes: float
    limit: str
    reason: str
    tried: Any = field(repr=False)
    lives: Mapping[float, Life] = field(repr=False)

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Capacity over the cycles at every rate that was tried, as a matplotlib Figure."""
        from .plots_fit import plot_lasting

        return plot_lasting(self, path)

    def __str__(self) -> str:
        notes = {remark for life in self.lives.values() for remark in life.remarks}
        return "\n".join([f"{self.cell.name}: {self.reason}", self.tried.to_string(), *(f"note: {n}" for n in notes)])


@by_name
def fastest_that_lasts(
    cell: Any,
    cycles: int = 1000,
    *,
    rates: tuple[float, float] = RATES,
    until: Any = "80% capacity",
    charge: str | None = None,
    discharge: str | None = None,
    resolution: float = 0.03,
    ageing: Any = None,
    model: Any = None,
    temperature: Any = None,
    heat: Any = None,
    ambient: Any = None,
    accuracy: float = ACCURACY,
    tolerance: float = 1e-3,
    progress: Callable[[float, Life], Any] | None = None,
) -> FastestThatLasts:
    """The largest C-rate of a charge with which a cell lasts so many cycles.

    rates: (lowest, highest) C-rate.  until: the end of life, as in `age`.
    charge, discharge: the cycle, which begins with the charge of the empty cell, as text with {rate} for the C-rate;
    CC-CV to the upper cut-off until C/20, and 1C to the lower cut-off and ten minutes of rest unless given.
    resolution: to which share the rate is found.  The search looks at the highest rate, at a few lower ones until one
    lasts, and bisects between that and the one above: where slower charges last less long (as a film that knows only
    time grows more in them), the answer is the fastest that lasts to within these few rates.
    Mechanisms that depend on the place in an electrode, plating above all, need the DFN, the model unless given.
    The others as in `age`.  progress: function (rate, life) called after each life.
    Raises ParameterError and ProtocolError, also where no rate completes its first cycles.
    A rate that does not, such as one that does not fill the cell, does not last; `tried` says why.
    """
    cell = aged_cell(cell, ageing)
    whole("cycles", cycles, "give a number of cycles, at least 2", low=2)
    wanted = "give the lowest and the highest C-rate, such as (0.5, 4)"
    ends = numbers("rates", rates, wanted, low=1e-3, high=1000.0, least=2)
    if ends.size != 2 or not ends[0] < ends[1]:
        raise ProtocolError(f"rates {', '.join(f'{x:g}' for x in ends[:4])}: {wanted}")
    number("resolution", resolution, "give a share from 0.001 to 0.5", low=1e-3, high=0.5)
    if margin_of(until) is None:
        raise ProtocolError('until None: a charge lasts until an end of life; give one such as "80% capacity"')
    low, high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
    into = f"Charge at {{rate}}C until {high:.10g} V\nHold at {high:.10g} V until C/20" if charge is None else charge
    out = f"Discharge at 1C until {low:.10g} V\n{REST}" if discharge is None else discharge
    if not isinstance(into, str) or "{rate}" not in into:
        wanted = "give text with {rate} where the C-rate belongs, such as 'Charge at {rate}C until 4.2 V'"
        raise ProtocolError(f"charge {shown(into)}: {wanted}")
    how = {"model": model, "temperature": temperature, "heat": heat, "ambient": ambient, "accuracy": accuracy}
    search = _Rates(cell, cycles, (into, text("discharge", out)), until, how, tolerance, progress)
    return search.run(float(ends[0]), float(ends[1]), resolution)


class _Rates:
    """One search in progress."""

    def __init__(
        self,
        cell: Cell,
        cycles: int,
        cycle: tuple[str, str],
        until: Any,
        how: dict[str, Any],
        tolerance: float,
        progress: Callable[[float, Life], Any] | None,
    ) -> None:
        self.cell, self.cycles, self.cycle, self.until = cell, cycles, cycle, until
        self.how, self.tolerance, self.progress = how, tolerance, progress
        self.lives: dict[float, Life] = {}
        self.failed: dict[float, str] = {}  # rates that have no life, and why
        self.steps(1.0)  # raises for what is none

    def steps(self, rate: float) -> tuple[Protocol, Protocol]:
        """Charge and discharge."""
        into, out = (part.replace("{rate}", f"{rate:.10g}") for part in self.cycle)
        return Protocol(into), Protocol(out)

    def lasts(self, rate: float) -> bool:
        """Whether the cell lasts with charges at this rate."""
        said = "\n".join(self.cycle).replace("{rate}", f"{rate:.10g}")
        try:
            if not simulate(self.cell, said, soc=0.0, **self.how).discharge_capacity > 0.0:
                raise ProtocolError(f"{self.cell.name}: at {rate:.3g}C the first discharge gives no charge")
            life = age(self.cell, said, self.cycles, soc=0.0, until=self.until, tolerance=self.tolerance, **self.how)
        except (ProtocolError, SolveError) as fault:  # such as a charge that does not fill the cell
            self.failed[rate] = str(fault)
            return False
        self.lives[rate] = life
        if self.progress is not None:
            self.progress(rate, life)
        return not life.end

    def run(self, low: float, high: float, resolution: float) -> FastestThatLasts:
        """Search, and say what came of it."""
        if self.lasts(high):
            return self._found(high, None, f"even the fastest charge tried, {high:.3g}C, lasts {self.cycles} cycles")
        above, below = high, None
        for rate in np.geomspace(high, low, GRID)[1:].tolist():
            if self.lasts(rate):
                below = rate
                break
            above = rate
        if not self.lives:
            raise ProtocolError(
                f"no charge from {low:.3g}C to {high:.3g}C has a life: {list(self.failed.values())[-1]}"
            )
        if below is None:
            longest = max(life.cycles for life in self.lives.values())
            return self._found(
                None,
                max(self.lives, key=lambda rate: self.lives[rate].cycles),
                f"no charge from {low:.3g}C to {high:.3g}C lasts {self.cycles} cycles; the longest life is {longest}",
            )
        while above > below * (1.0 + resolution):
            middle = float(np.sqrt(above * below))
            if self.lasts(middle):
                below = middle
            else:
                above = middle
        return self._found(
            below, above, f"the fastest charge that lasts {self.cycles} cycles is {below:.3g}C; {above:.3g}C does not"
        )

    def _found(self, rate: float | None, limiting: float | None, reason: str) -> FastestThatLasts:
        minutes = {each: self.minutes(each) for each in self.lives}
        limit = ""
        if limiting in self.failed:
            reason += f": {self.failed[limiting]}"
        elif limiting is not None:
            losses = self.lives[limiting].losses()
            limit = max(losses, key=lambda name: losses[name]) if losses else ""
            what = limit.removeprefix("Loss of capacity to ").removesuffix(" [A.h]")
            if what:
                reason += f", which loses most to {what}"
        return FastestThatLasts(
            self.cell,
            rate,
            None if rate is None else self.lives[rate],
            float("nan") if rate is None else minutes[rate],
            limit,
            reason,
            self._table(minutes),
            dict(sorted(self.lives.items())),
        )

    def _table(self, minutes: Mapping[float, float]) -> Any:
        rows = []
        for rate, life in sorted(self.lives.items()):
            known = life.table["Discharge capacity [A.h]"].dropna()
            first, last = float(known.iloc[0]), float(known.iloc[-1])
            rows.append(
                {
                    "C-rate": rate,
                    "Lasts": not life.end,
                    "Cycles": life.cycles,
                    "First capacity [A.h]": first,
                    "Capacity [%]": 100.0 * last / first if first else float("nan"),
                    "Minutes to 80 %": minutes[rate],
                    "End": life.end,
                }
            )
        rows += [{"C-rate": rate, "Lasts": False, "Cycles": 0, "End": why} for rate, why in self.failed.items()]
        return optional("pandas").DataFrame(rows).set_index("C-rate").sort_index()

    def minutes(self, rate: float) -> float:
        """That the fresh cell takes until 80 % of a charge is in it; NaN if it cannot."""
        try:
            charged = simulate(self.cell, self.steps(rate)[0], soc=0.0, **self.how)
        except CellsimError:
            return float("nan")
        passed = charged["Discharge capacity [A.h]"]
        into_it = passed[0] - passed
        return float(np.interp(0.8 * into_it[-1], into_it, charged.t)) / 60.0
