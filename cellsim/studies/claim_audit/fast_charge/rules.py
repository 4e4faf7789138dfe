"""Times of a baseline's charge: as sold, rated, safe."""

from collections.abc import Callable, Generator
from typing import Any

from ....design.thermal import Lumped
from ....errors import CellsimError, ClaimError
from ....kernels.call.calls import Coroutine
from ....parameters import Cell
from ....simulation.run import simulate_coroutine
from ...charging.measured_charges import known as charges_as_sold
from ...charging.named_protocols import named
from ...charging.study import minutes_to
from ..records import ChargingClaim
from .ways import ACCURACY, time_coroutine


def rated_time(claim: ChargingClaim, cell: Cell, temperature: float) -> Coroutine[float]:
    """Minutes of the rated charge, with heat."""
    result = yield from simulate_coroutine(
        cell,
        named(cell, claim.rated, claim.start, claim.end),
        soc=claim.start,
        temperature=temperature,
        heat=Lumped(),
        accuracy=ACCURACY,
    )
    return minutes_to(result, claim.end)


def sold_minutes(claim: ChargingClaim, cell: Cell) -> float | None:
    """The fastest published charge of cars with such cells [min], over the states of charge of the claim, or None.

    It is known from 10 to 80 %, and in proportion for other states of charge.
    """
    record = charges_as_sold().get(cell.name)
    return None if record is None else record.minutes * (claim.end - claim.start) / 0.7


def sold_time(claim: ChargingClaim, cell: Cell, temperature: float) -> float:
    """`sold_minutes` as a job, which finds nothing where they are not known."""
    minutes = sold_minutes(claim, cell)
    if minutes is None:
        raise ClaimError(f"{cell.name}: no published charge of cars with such cells")
    return minutes


RULES: dict[str, Callable[[ChargingClaim, Cell, float], Any]] = {
    "as sold": sold_time,
    "rated": rated_time,
    "safe": time_coroutine,
}


def time_by(rule: str, claim: ChargingClaim, cell: Cell, temperature: float) -> Coroutine[float | None]:
    """Minutes by one of RULES, a coroutine; None for a cell that cannot be charged like this."""
    try:
        made = RULES[rule](claim, cell, temperature)
        return float((yield from made) if isinstance(made, Generator) else made)
    except CellsimError:
        return None
