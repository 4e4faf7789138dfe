"""Cycles and years to 80 % of the capacity: no sentence of the announcement, and therefore no verdict.

Baselines age by overlays, constants of another cell, whose range is the only uncertainty that is known; solid cells
whose ageing nobody measured are not known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import Field, TypeAdapter

from ....errors import CellsimError
from ....models import SPM, capacity_between_cutoffs
from ....parameters import Cell
from ....parameters.formats.lent import lent
from ....support.sourced import Sourced, Strict
from ...life.age import age
from ...life.cycle_map import ages_within_runs
from ...life.store import store
from ..maker_claims import maker_claims

FLEETS = Path(__file__).with_name("fleets.yaml")
LEFT = 0.8  # of the capacity
DUTY = "Charge at C/3 until {high:g} V; Hold at {high:g} V until C/20; Discharge at 1C until {low:g} V"
IN_WORDS = "full cycles of C/3 and 1C"
SOC, YEARS, CYCLES = 0.7, 20.0, 2000  # of the storage, and how far is looked
TOLERANCE = 2e-2  # of the capacity by jumps: constants of another cell deserve no more
CELSIUS = (25.0, 45.0)
UNKNOWN = (
    "no rate of ageing is known: growth of the interphase, loss of contact and voids were measured on no such cell"
)
KINDS = ("cycle life", "retention of capacity", "retention of energy")


@dataclass(frozen=True)
class LifeRow:
    """A cell at a temperature [K]: cycles, and years of storage, to 80 % of the first capacity.

    Infinite where that is beyond CYCLES or YEARS; None where it is not known, and `reason` says why.  constants: whose.
    stated: lives that makers state of the most alike cells, with their conditions, and what fleets of cars with such
    cells lost; nothing is computed from them.
    """

    cell: str
    kind: str
    temperature: float
    cycles: float | None
    years: float | None
    constants: str
    reason: str = ""
    stated: tuple[str, ...] = ()


def life_of(cell: Cell, temperature: float, overlay: str = "") -> LifeRow:
    """The life of a cell at a temperature [K] with the constants of an overlay, or its own."""
    if not overlay and not ages_within_runs(cell):
        return LifeRow(cell.name, cell.kind, temperature, None, None, "", UNKNOWN, _stated(cell))
    try:
        aged = lent(cell, overlay) if overlay else cell
        low, high = (cell.value(f"cell/{which} voltage cut-off") for which in ("lower", "upper"))
        life = age(
            aged,
            DUTY.format(low=low, high=high),
            CYCLES,
            model=SPM(),
            temperature=temperature,
            soc=0.0,
            tolerance=TOLERANCE,
        )
        stored = store(aged, YEARS, soc=SOC, temperature=temperature, model=SPM(), points=12)
    except CellsimError as fault:
        return LifeRow(cell.name, cell.kind, temperature, None, None, "", str(fault))
    cycles = float(life.cycles) if life.end else math.inf
    whose = f"{overlay}, of another cell" if overlay else "its own set"
    years = _years(stored, capacity_between_cutoffs(cell))
    return LifeRow(cell.name, cell.kind, temperature, cycles, years, whose, stated=_stated(cell))


def _years(stored, first: float) -> float:
    """When the capacity at equilibrium falls to LEFT of the first, in the root of time, or the cell ends before.

    Infinite if neither happens.
    """
    share = stored.table["Capacity of equilibrium [A.h]"].to_numpy() / first
    root = np.sqrt(stored.table["Time [h]"].to_numpy() / 8766.0)
    below = np.flatnonzero(share <= LEFT)
    if not below.size:
        return float(root[-1] ** 2) if stored.end else math.inf
    k = int(below[0])
    before = (1.0, 0.0) if k == 0 else (share[k - 1], root[k - 1])
    at = before[1] + (root[k] - before[1]) * (before[0] - LEFT) / (before[0] - share[k])
    return float(at**2)


def range_of(rows: Sequence[LifeRow]) -> str:
    """Cycles and years of one cell at one temperature over the constants that were lent, in words."""
    known = [r for r in rows if r.cycles is not None]
    if not known:
        return "not known"

    def span(values: list[float], most: float, digits: int) -> str:
        low, high = (f"more than {most:g}" if math.isinf(v) else f"{v:.{digits}f}" for v in (min(values), max(values)))
        return low if low == high else f"{low} to {high}"

    cycles = span([r.cycles for r in known if r.cycles is not None], CYCLES, 0)
    return f"{cycles} cycles, {span([r.years for r in known if r.years is not None], YEARS, 1)} years stored"


def _stated(cell: Cell) -> tuple[str, ...]:
    """Lives that makers state of the most alike cells, and what fleets of cars lost, in words."""
    makers = tuple(
        f"{f.maker}, {f.product}: {f.quantity} {f.text} ({', '.join(f.stated) or 'no condition stated'})"
        for f in maker_claims()
        if f.nearest == cell.name and f.quantity in KINDS and f.access != "memory"
    )
    return makers + tuple(str(fleet) for fleet in fleets() if cell.name in fleet.cells)


class Fleet(Strict):
    """Capacity that cars in use lost: percent a year at an age, over a number of cars."""

    cells: tuple[str, ...] = Field(min_length=1)
    of: str
    loss: Sourced
    low: float = Field(gt=0.0)
    high: float = Field(gt=0.0)
    age: float = Field(gt=0.0)
    cars: int = Field(gt=0)

    def __str__(self) -> str:
        return (
            f"{self.of} in use lost {self.loss.value:g} % of their capacity a year ({self.low:g} to {self.high:g}) at "
            f"the age of {self.age:g} years, in the mean of {self.cars} cars ({self.loss.source})"
        )


@lru_cache
def fleets() -> tuple[Fleet, ...]:
    """What fleets of cars lost."""
    import yaml

    return tuple(TypeAdapter(list[Fleet]).validate_python(yaml.safe_load(FLEETS.read_text(encoding="utf-8"))))
