"""What the steps of a run ask of a mesh: the largest current, how long loads last, and the temperatures."""

from typing import NamedTuple

import numpy as np

from ..models.resolution import current_driven
from ..protocols import Profile
from ..protocols.quantities import FLOWS
from ..protocols.step import COLDEST, HOTTEST, Step

HOURS = 7200.0  # loads that last longer ask for nothing besides [s]
SPIKE = 3.0  # the current that a held voltage begins with falls to this part of it within seconds


class Demand(NamedTuple):
    """What `resolved` of a model is asked for."""

    rate: float  # largest C-rate
    times: tuple[float, ...]  # how long loads last, of those that last for less than HOURS [s]
    temperatures: tuple[float, ...]  # of the surroundings [K]


def demand(cell, T, V, steps, ambient=None) -> Demand:
    """The Demand of steps on a cell at T [K] and the voltage V, ambient [K] around it where a step says nothing."""
    around = {float(t) for t in (ambient, *(step.temperature for step in steps)) if isinstance(t, int | float)}
    return Demand(
        max(rates(cell, T, V, steps)),
        tuple(sorted({t for t in map(lasting, steps) if t < HOURS})),
        tuple(sorted(t for t in around if COLDEST < t < HOTTEST and t != T)),
    )


def rates(cell, T, V, steps):
    """Magnitude of the C-rate of each step, as far as it is known beforehand; V: voltage before the first one."""
    for step in steps:
        yield rate(cell, T, V, step)
        V = left_at(cell, V, step)


def left_at(cell, V, step) -> float:
    """Voltage at which a step ends, if it can be known, else V [V]."""
    if step.control == "voltage":
        return step.target.values[-1] if isinstance(step.target, Profile) else step.target
    limits = [x.value for x in step.until if x.quantity == "voltage"]
    if limits or isinstance(step.target, Profile) or step.duration is not None or step.control not in FLOWS:
        return limits[0] if limits else V
    return cell.value(f"cell/{'lower' if step.target > 0.0 else 'upper'} voltage cut-off")


def rate(cell, T, V, step: Step) -> float:
    """Magnitude of the C-rate of a step from the voltage V on; 1 at least where a state is held.

    A power is taken at the least voltage, but half of the largest one at least; a resistance in series with that of
    the cell.
    """
    nominal, area = cell.nominal_capacity, cell.value("cell/electrode area")
    low, high = (cell.value(f"cell/{which} voltage cut-off") for which in ("lower", "upper"))
    values = np.abs(step.target.values) if isinstance(step.target, Profile) else np.array([abs(step.target)])
    largest = float(values.max())
    if step.control == "voltage":
        jump = float(np.abs(values - V).max())
        return max(1.0, current_driven(cell, T, jump) * area / nominal / SPIKE) if jump > 0.0 else 1.0
    if step.control == "resistance":
        return current_driven(cell, T, high, float(values.min()) * area) * area / nominal
    return {
        "c-rate": largest,
        "current": largest / nominal,
        "rest": 0.0,
        "current density": largest * area / nominal,
        "power": largest / (nominal * max(low, 0.5 * high)),
    }.get(step.control, 1.0)


def lasting(step: Step) -> float:
    """How long the load of a step lasts [s]; infinite where only a limit ends it.

    What a mesh misses after a change of load fades, and its square adds up to that of the change.  So a profile
    counts as steps of its largest value that last for its duration over the sum of the squares of its changes, from
    one turn to the next, in units of that value.
    """
    if not isinstance(step.target, Profile):
        return np.inf if step.duration is None else step.duration
    values = np.array(step.target.values)
    changes = np.diff(values)
    changes = changes[changes != 0.0]
    if changes.size == 0:
        return step.target.duration
    turns = np.flatnonzero(np.sign(changes[1:]) != np.sign(changes[:-1])) + 1
    swings = np.add.reduceat(changes, np.concatenate([[0], turns]))
    largest = np.ptp(values) if step.control == "voltage" else np.abs(values).max()
    return float(step.target.duration * largest**2 / (swings**2).sum())
