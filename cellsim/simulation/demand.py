"""What the steps of a run ask of a mesh: the largest current, how long loads last, and the temperatures."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..models import capacity_between_cutoffs
from ..models.initial import at_rest, voltage_at_rest
from ..models.memo import kept
from ..models.resolution import current_driven
from ..protocols import Profile
from ..protocols.quantities import FLOWS
from ..protocols.step import COLDEST, HOTTEST, Step

HOURS = 7200.0  # loads that last longer ask for nothing besides [s]
NEAR = 0.5  # distance of a voltage limit from which on it is not looked at [V]
SLOPE, LEAST = 0.02, 0.1  # of the state of charge, over which the open-circuit voltage is taken to be straight; s
SOONER = 0.1  # share of the time by the open-circuit voltage after which diffusion has taken a step to its limit
SPIKE = 3.0  # the current that a held voltage begins with falls to this part of it within seconds


class Demand(NamedTuple):
    """What `resolved` of a model is asked for."""

    rate: float  # largest C-rate
    times: tuple[float, ...]  # how long loads last, of those that last for less than HOURS [s]
    temperatures: tuple[float, ...]  # of the surroundings [K]


@lru_cache(maxsize=64)
def demand_at_rest(steps, ambient, soc):
    """A function (cell, T) that returns the Demand of steps (a tuple) on a cell at rest at a state of charge."""

    def make(cell, T):
        _, _, U_n, U_p = kept(at_rest(soc), cell, T)
        return demand(cell, T, U_p - U_n, steps, ambient, soc)

    return make


def demand(cell, T, V, steps, ambient=None, soc=None) -> Demand:
    """The Demand of steps on a cell at T [K] and the voltage V, ambient [K] around it where a step says nothing.

    soc: state of charge, of a cell at rest, from which the first step may soon meet a limit; None if it is not known.
    """
    times = {t for t in (*map(lasting, steps), *(soon(cell, T, V, soc, step) for step in steps[:1])) if t < HOURS}
    around = {float(t) for t in (ambient, *(step.temperature for step in steps)) if isinstance(t, int | float)}
    return Demand(
        max(rates(cell, T, V, steps)),
        tuple(sorted(times)),
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


def soon(cell, T, V, soc, step) -> float:
    """About how long a step of a current lasts until the nearest voltage limit is met [s]; infinite if that is far.

    From rest at T [K], V [V] and a state of charge (None: not known): what ohmic drop and kinetics leave of the way
    there, along the open-circuit voltage as it begins.
    """
    if soc is None or step.control not in FLOWS or isinstance(step.target, Profile) or step.target == 0.0:
        return np.inf
    discharges = step.target > 0.0
    limits = [x.value for x in step.until if x.quantity == "voltage"]
    limits.append(cell.value(f"cell/{'lower' if discharges else 'upper'} voltage cut-off"))
    way = min((V - x if discharges else x - V) for x in limits)
    if not 0.0 < way < NEAR:
        return np.inf
    c_rate, area = rate(cell, T, V, step), cell.value("cell/electrode area")
    left = way * (1.0 - c_rate * cell.nominal_capacity / area / current_driven(cell, T, way))
    gone = min(max(soc - SLOPE, 0.0), 1.0) if discharges else max(min(soc + SLOPE, 1.0), 0.0)
    change = abs(voltage_at_rest(cell, gone, T) - V)
    if left <= 0.0 or gone == soc:
        return LEAST
    share = SOONER * left * abs(gone - soc) / max(change, 1e-9)
    return max(share * capacity_between_cutoffs(cell) / (c_rate * cell.nominal_capacity) * 3600.0, LEAST)
