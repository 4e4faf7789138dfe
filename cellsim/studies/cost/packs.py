"""Prices of packs for the vehicles of a study."""

from collections.abc import Iterable, Mapping

from ...design.cost import is_listed
from ...parameters import Cell, load
from ..vehicles.segments import PackPrice
from .study import PRICES, SIZE, cost

TODAY = "nmc811_pouch_modern"  # cells of today's packs, as far as their price is concerned


def pack_prices(
    cells: Iterable[Cell | str],
    energies: Mapping[str, float] | None = None,
    *,
    today: Cell | str = TODAY,
    prices: str = PRICES,
    size: float = SIZE,
) -> dict[str, PackPrice]:
    """{name: price of a pack} of the cells whose materials are listed, beside that of a pack of liquid cells.

    energies: {name: energy of a cell [Wh]}, simulated where not given.  prices, size: as of `cost`, for both.
    Raises ParameterError, SolveError.
    """
    energies = dict(energies or {})

    def quantiles(cell: Cell) -> tuple[float, float, float]:
        return cost(cell, prices=prices, size=size, level="pack", energy=energies.get(cell.name)).quantiles

    listed = [cell for cell in map(load, cells) if is_listed(cell)]
    theirs = quantiles(load(today))[1] if listed else 0.0
    return {cell.name: PackPrice(quantiles(cell), theirs, prices) for cell in listed}
