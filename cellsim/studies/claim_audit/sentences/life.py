"""Cycles and years to 80 % of the capacity: no sentence of the announcement, and therefore no verdict.

Baselines age by an overlay, constants of another cell; solid cells whose ageing nobody measured are not known.
"""

import math
from dataclasses import dataclass

import numpy as np

from ....errors import CellsimError
from ....models import SPM, capacity_between_cutoffs
from ....parameters import Cell
from ....parameters.formats import with_overlay
from ....physics.constants import ZERO_CELSIUS
from ...life.age import age, store
from ...life.cycle_map import ages_within_runs
from ..maker_claims import maker_claims

OVERLAY = "kirkaldy2024"  # for liquid cells; states an activation energy, unlike safari2009
LEFT = 0.8  # of the capacity
DUTY = "Charge at C/3 until {high:g} V; Hold at {high:g} V until C/20; Discharge at 1C until {low:g} V"
IN_WORDS = "full cycles of C/3 and 1C"
SOC, YEARS, CYCLES = 0.7, 20.0, 3000  # of the storage, and how far is looked
TOLERANCE = 5e-3  # of the capacity by jumps: constants of another cell deserve no more
CELSIUS = (25.0, 45.0)
KINDS = ("cycle life", "retention of capacity", "retention of energy")


@dataclass(frozen=True)
class LifeRow:
    """A cell at a temperature [K]: cycles, and years of storage, to 80 % of the first capacity.

    Infinite where that is beyond CYCLES or YEARS; None where it is not known, and `reason` says why.  constants: whose.
    """

    cell: str
    kind: str
    temperature: float
    cycles: float | None
    years: float | None
    constants: str
    reason: str = ""

    @property
    def number(self) -> str:
        """In words."""
        if self.cycles is None:
            return "not known"
        cycles = f"more than {CYCLES}" if math.isinf(self.cycles) else f"{self.cycles:.0f}"
        years = self.years
        kept = "" if years is None else f", {f'more than {YEARS:g}' if math.isinf(years) else f'{years:.1f}'} years stored"
        return f"{cycles} cycles{kept}"


def life_of(cell: Cell, temperature: float) -> LifeRow:
    """The life of a cell at a temperature [K]."""
    if cell.kind != "liquid" and not ages_within_runs(cell):
        return LifeRow(cell.name, cell.kind, temperature, None, None, "", _unknown(cell))
    try:
        aged = cell if ages_within_runs(cell) else with_overlay(cell, OVERLAY)
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
        stored = store(aged, YEARS, soc=SOC, temperature=temperature, model=SPM())
    except CellsimError as fault:
        return LifeRow(cell.name, cell.kind, temperature, None, None, "", str(fault))
    cycles = float(life.cycles) if life.end else math.inf
    whose = f"ageing overlay {OVERLAY}: another cell's" if aged is not cell else "its own set"
    return LifeRow(cell.name, cell.kind, temperature, cycles, _years(stored, capacity_between_cutoffs(cell)), whose)


def _years(stored, first: float) -> float:
    """When the capacity at equilibrium falls to LEFT of the first, in the root of time; infinite if it does not."""
    share = stored.table["Capacity of equilibrium [A.h]"].to_numpy() / first
    root = np.sqrt(stored.table["Time [h]"].to_numpy() / 8766.0)
    below = np.flatnonzero(share <= LEFT)
    if not below.size:
        return math.inf
    k = int(below[0])
    before = (1.0, 0.0) if k == 0 else (share[k - 1], root[k - 1])
    at = before[1] + (root[k] - before[1]) * (before[0] - LEFT) / (before[0] - share[k])
    return float(at**2)


def _unknown(cell: Cell) -> str:
    """Why a life is not known, and what makers state of the most alike cells."""
    said = [
        f"{f.quantity} {f.text} ({', '.join(f.stated)})"
        for f in maker_claims()
        if f.nearest == cell.name and f.quantity in KINDS and f.access != "memory"
    ]
    stated = f"; stated of the most alike cell: {'; '.join(said)}" if said else ""
    return (
        "its set states no rate of ageing, as growth of the interphase, loss of contact and voids were measured on no "
        f"cell like it{stated}"
    )


def celsius(row: LifeRow) -> str:
    """The temperature of a row in °C."""
    return f"{row.temperature - ZERO_CELSIUS:g}"
