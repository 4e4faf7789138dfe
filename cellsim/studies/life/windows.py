"""Windows and capacity at equilibrium of a cell that ages, cycle by cycle."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import CellsimError
from ...models.health.esoh import ElectrodeSOH, Inventory, half_cells, inventory, solved
from ...models.health.potentials import HalfCells
from ...parameters import Cell

EQUILIBRIUM = "Capacity of equilibrium [A.h]"
SOH = ("x_100", "y_100", "x_0", "y_0")
COLUMNS = (*SOH, EQUILIBRIUM)


class Windows:
    """A function of the summary of a cycle; each search starts from the windows of the cycle before."""

    def __init__(self, cell: Cell) -> None:
        self.near: ElectrodeSOH | None = None
        self.low, self.high = (cell.value(f"cell/{end} voltage cut-off") for end in ("lower", "upper"))
        self.cells: HalfCells | None = None
        try:
            self.metal, self.cells = not np.isfinite(inventory(cell).Q_n), half_cells(cell)
        except CellsimError:
            return

    def __call__(self, row: Mapping[str, Any]) -> dict[str, float]:
        """COLUMNS; none of them where they cannot be found."""
        if self.cells is None:
            return {}
        Q_n = np.inf if self.metal else float(row["Negative electrode capacity [A.h]"])
        Q_p, Q_Li = row["Positive electrode capacity [A.h]"], row["Total lithium capacity in particles [A.h]"]
        try:
            self.near = solved(self.cells, Inventory(Q_n, float(Q_p), float(Q_Li)), self.low, self.high, self.near)
        except CellsimError:
            return {}
        full, empty = self.near.full, self.near.empty
        return dict(zip(COLUMNS, (full.x, full.y, empty.x, empty.y, self.near.capacity), strict=True))
