"""What cycles do to a solid cell, as a cell: interphases that grow, contacts and connections that are lost."""
import math

from ..errors import ProtocolError
from ..models.electrodes import NEGATIVE, PARTS, is_metal
from ..models.volumes import pressure, surface_area
from ..physics.interphase import coated, cycle_resistance, storage_resistance
from ..physics.mechanics import connection_loss_rate, contact_loss_rate, excess_strain
from ..physics.transport import arrhenius

HOUR = 3600.0
PER_CYCLE, PER_TIME = ("interphase growth", "contact loss", "connection loss"), ("interphase growth",)
LEAST = 0.01  # of a contact fraction or a utilisation


def aged(cell, cycles=0.0, hours=0.0, temperature=None):
    """The cell after so many cycles and hours at a temperature [K] (its ambient one unless given).

    Growth and losses are those the parameter set states, nothing by default; the numbers that change are
    film resistance, contact fraction and utilisation of porous electrodes and the interface resistance of
    lithium.  Capacity lost to interphases is not booked.  Raises ProtocolError, also where the set states no rate
    at all for what is asked: the cell would come back as it was.
    """
    for name, value in (("cycles", cycles), ("hours", hours)):
        if not 0.0 <= value < 1e7:
            raise ProtocolError(f"{name} {value!r}: give a number from 0 to 10 million")
    if cycles == 0.0 and hours == 0.0:
        return cell
    _check_rates(cell, cycles, hours)
    T = cell.temperature(temperature)
    changes = {}
    for part in PARTS:
        of_part = _lithium(cell, hours, T) if is_metal(cell, part) else _porous(cell, part, float(cycles))
        changes |= {f"{part}/{key}": value for key, value in of_part.items()
                    if value != cell.value(f"{part}/{key}")}
    return cell.with_(changes) if changes else cell


def _check_rates(cell, cycles, hours):
    """Refuse cycles and hours of which nothing in the cell takes notice."""
    per_cycle = [f"{part}/{key}" for part in PARTS if not is_metal(cell, part) for key in PER_CYCLE]
    per_time = [f"{part}/{key}" for part in PARTS if is_metal(cell, part) for key in PER_TIME]
    asked = per_cycle * (cycles > 0.0) + per_time * (hours > 0.0)
    if not any(cell.has(path) and cell.value(path) > 0.0 for path in asked):
        by = f"state one of {', '.join(asked)}" if asked else "give cycles: it has no lithium that ages with time"
        raise ProtocolError(f"{cell.name}: nothing about it changes in {cycles:g} cycles and {hours:g} hours, as its "
                            f"parameter set states no rate; {by} (there are no rules for liquid cells' side reactions)")


def _porous(cell, part, cycles) -> dict[str, float]:
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    P = pressure(cell)
    excess = excess_strain(get("volume change"), P, get("contact strength"), get("electrolyte modulus"))[0]
    theta, u = get("contact fraction"), get("utilisation")
    rate, slope = contact_loss_rate(theta, excess, P, get("contact loss"), get("contact healing"), theta)[:2]
    loss, loss_slope = connection_loss_rate(u, excess, get("connection loss"))[:2]
    b = coated(get("interphase growth"), get("coating coverage"), get("coating factor"))[0]
    growth = cycle_resistance(cycles, 0.0, b)[0]
    return {"contact fraction": max(theta + rate * _relaxing(slope, cycles), LEAST),
            "utilisation": max(u + loss * _relaxing(loss_slope, cycles), LEAST),
            "film resistance": get("film resistance") + growth * surface_area(cell, part) * get("thickness")}


def _relaxing(slope, cycles) -> float:
    """Integral over cycles of exp(slope N): what a rate linear in its variable makes of its first value."""
    return math.expm1(slope * cycles) / slope if slope else cycles


def _lithium(cell, hours, T) -> dict[str, float]:
    get = lambda key: cell.value(f"{NEGATIVE}/{key}")  # noqa: E731
    T_ref = cell.value("cell/reference temperature")
    faster = math.sqrt(arrhenius(get("interphase growth activation energy"), T, T_ref))
    growth = storage_resistance(hours * HOUR, get("interphase growth"), HOUR)[0] if hours else 0.0
    return {"interface resistance": get("interface resistance") + growth * faster}
