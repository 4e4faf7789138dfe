"""Windows and capacity at equilibrium of a cell that ages, cycle by cycle."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import CellsimError
from ...models.electrodes import PARTS, is_composite, lithium_content
from ...models.health.esoh import Inventory, half_cells, inventory, solved
from ...models.health.potentials import HalfCells
from ...parameters import Cell

EQUILIBRIUM = "Capacity of equilibrium [A.h]"
SOH = ("x_100", "y_100", "x_0", "y_0")
POTENTIALS = ("Un(x_100)", "Up(y_100)", "Un(x_0)", "Up(y_0)")  # V
IN_PARTICLES = "Total lithium capacity in particles [A.h]"
COLUMNS = (*SOH, *POTENTIALS, EQUILIBRIUM)


class Windows:
    """A function of the summary of a cycle; each search starts from the windows of the cycle before."""

    def __init__(self, cell: Cell) -> None:
        self.near: tuple[float, float] | None = None  # `ElectrodeSOH.ends` of the last row
        self.low, self.high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
        self.cells: HalfCells | None = None
        self.cell, self.made = cell, {part: _made(cell, part) for part in PARTS if is_composite(cell, part)}
        self.why = ""  # there are none
        self.metal = False
        try:
            self.metal, self.cells = not np.isfinite(inventory(cell).Q_n), half_cells(cell)
        except CellsimError as fault:
            self.why = str(fault)

    def of_all(self, columns: Mapping[str, Any]) -> list[dict[str, float]]:
        """Those of summaries one after the other, given as columns; an empty list for a cell that has none."""
        if self.cells is None:
            return []
        phases = (f"{part.capitalize()} {phase}" for part, made in self.made.items() for phase in made)
        electrodes = ("Positive electrode", *(() if self.metal else ("Negative electrode",)), *phases)
        names = IN_PARTICLES, *(f"{one} capacity [A.h]" for one in electrodes)
        return [
            self(dict(zip(names, row, strict=True))) for row in zip(*(columns[name] for name in names), strict=True)
        ]

    def _cells(self, row: Mapping[str, Any], fresh: HalfCells) -> HalfCells:
        """The potentials of the electrodes, whose phases may have lost different shares."""
        if not self.made:
            return fresh
        left = {
            part: [float(row[f"{part.capitalize()} {phase} capacity [A.h]"]) / Q for phase, Q in made.items()]
            for part, made in self.made.items()
        }
        return half_cells(self.cell, left=left)

    def __call__(self, row: Mapping[str, Any]) -> dict[str, float]:
        """COLUMNS; none of them where they cannot be found."""
        if self.cells is None:
            return {}
        Q_n = np.inf if self.metal else float(row["Negative electrode capacity [A.h]"])
        Q_p, Q_Li = row["Positive electrode capacity [A.h]"], row[IN_PARTICLES]
        try:
            amounts = Inventory(Q_n, float(Q_p), float(Q_Li))
            soh = solved(self._cells(row, self.cells), amounts, self.low, self.high, self.near)
        except CellsimError as fault:
            self.why = str(fault)
            return {}
        self.near, full, empty = soh.ends, soh.full, soh.empty
        ends = (full.x, full.y, empty.x, empty.y, full.U_n, full.U_p, empty.U_n, empty.U_p)
        return dict(zip(COLUMNS, (*ends, soh.capacity), strict=True))


def _made(cell: Cell, part: str) -> dict[str, float]:
    """What each phase of a composite electrode holds as made, in any unit."""
    return {phase: lithium_content(cell, f"{part}/{phase}") for phase in cell.phases(part)}
