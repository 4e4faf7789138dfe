"""Ageing of solid cells between runs: interphase growth, loss of contact and of electronic connection."""

import math

from ..errors import ProtocolError
from ..models.electrodes import NEGATIVE, PARTS, is_metal, values_of
from ..models.volumes import pressure, surface_area
from ..parameters import Cell
from ..physics.interphase import coated, cycle_resistance, storage_resistance
from ..physics.mechanics import connection_loss_rate, contact_loss_rate, excess_strain
from ..physics.transport import arrhenius

HOUR = 3600.0
PER_CYCLE = ("cycling interphase growth", "contact loss", "connection loss")
PER_TIME = ("calendar interphase growth",)
LEAST = 0.01  # lower limit of contact fraction and utilisation


def aged(cell: Cell, cycles: float = 0.0, hours: float = 0.0, temperature: float | None = None) -> Cell:
    """The cell after a number of cycles and hours at a temperature [K], by default its ambient temperature.

    Rates of growth and loss are those of the parameter set (none by default).  They change film resistance, contact
    fraction and utilisation of porous electrodes, and the interface resistance of lithium metal.  Lithium consumed
    by interphases is not accounted for.  Raises ProtocolError, also if the set states no rate for the given cycles
    or hours.
    """
    for name, value in (("cycles", cycles), ("hours", hours)):
        if not 0.0 <= value < 1e7:
            raise ProtocolError(f"{name} {value!r}: give a number from 0 to 10 million")
    if cycles == 0.0 and hours == 0.0:
        return cell
    _check_rates(cell, cycles, hours)
    T = cell.temperature(temperature)
    changes: dict[str, float] = {}
    for part in PARTS:
        of_part = _lithium(cell, hours, T) if is_metal(cell, part) else _porous(cell, part, float(cycles))
        changes |= {f"{part}/{key}": value for key, value in of_part.items() if value != cell.value(f"{part}/{key}")}
    return cell.with_(changes) if changes else cell


def _check_rates(cell: Cell, cycles: float, hours: float) -> None:
    """Refuse cycles or hours for which the cell states no rate of ageing."""
    per_cycle = [f"{part}/{key}" for part in PARTS if not is_metal(cell, part) for key in PER_CYCLE]
    per_time = [f"{part}/{key}" for part in PARTS if is_metal(cell, part) for key in PER_TIME]
    asked = per_cycle * (cycles > 0.0) + per_time * (hours > 0.0)
    if not any(cell.has(path) and cell.value(path) > 0.0 for path in asked):
        by = f"state one of {', '.join(asked)}" if asked else "give cycles: only lithium metal ages with time"
        raise ProtocolError(
            f"{cell.name}: nothing changes in {cycles:g} cycles and {hours:g} hours, as its "
            f"parameter set states no rate of ageing; {by} (side reactions in "
            "liquid cells are not modelled)"
        )


def _porous(cell: Cell, part: str, cycles: float) -> dict[str, float]:
    get = values_of(cell, part)
    P = pressure(cell)
    excess = excess_strain(get("volume change"), P, get("contact strength"), get("electrolyte modulus"))[0]
    theta, u = get("contact fraction"), get("utilisation")
    rate, slope = contact_loss_rate(theta, excess, P, get("contact loss"), get("contact healing"), theta)[:2]
    loss, loss_slope = connection_loss_rate(u, excess, get("connection loss"))[:2]
    b = coated(get("cycling interphase growth"), get("coating coverage"), get("coating factor"))[0]
    growth = cycle_resistance(cycles, 0.0, b)[0]
    return {
        "contact fraction": max(theta + rate * _relaxing(slope, cycles), LEAST),
        "utilisation": max(u + loss * _relaxing(loss_slope, cycles), LEAST),
        "film resistance": get("film resistance") + growth * surface_area(cell, part) * get("thickness"),
    }


def _relaxing(slope: float, cycles: float) -> float:
    """Integral of exp(slope N) over the cycles N: change by a rate linear in its variable, per initial rate."""
    return math.expm1(slope * cycles) / slope if slope else cycles


def _lithium(cell: Cell, hours: float, T: float) -> dict[str, float]:
    get = values_of(cell, NEGATIVE)
    T_ref = cell.value("cell/reference temperature")
    faster = math.sqrt(arrhenius(get("interphase growth activation energy"), T, T_ref))
    growth = storage_resistance(hours * HOUR, get("calendar interphase growth"), HOUR)[0] if hours else 0.0
    return {"interface resistance": get("interface resistance") + growth * faster}
