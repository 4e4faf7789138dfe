"""Double layers that are charged within a run: data of `kernels.equations.electrode.double_layer`, and their state."""

from typing import Any

from ...errors import ParameterError
from ...parameters import Cell
from ..electrodes import PARTS

CAPACITY = "double-layer capacity"


def capacities(cell: Cell) -> tuple[float, float]:
    """Capacities of both electrodes that are charged within a run [F/m2 of reacting surface]; 0 without.

    Raises ParameterError if the cell asks for them and neither electrode has any.
    """
    if not cell.charges_double_layers:
        return 0.0, 0.0
    found = tuple(cell.value(f"{part}/{CAPACITY}") for part in PARTS)
    if not any(found):
        raise ParameterError(
            f"{cell.name}: surface form 'differential' charges double layers, and neither electrode has a "
            f"{CAPACITY!r} [F/m2]; give one with `with_`, or leave the option out"
        )
    return found[0], found[1]


def uncharged(y: Any) -> None:
    """The state of double layers at rest into the fields y of a state: no current, at the potentials there."""
    y.j_dl[...], y.v_dl[...] = 0.0, y.phi_s - y.phi_e
