"""What the steps of a run ask of a mesh: the largest current, how long loads last, and the temperatures."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..models import capacity_between_cutoffs
from ..models.electrodes import PARTS, is_film, is_metal, lithium_content, phases
from ..models.initial import at_rest, resting, stoichiometries
from ..models.materials.tables import diffusivity_factor, varies
from ..models.memo import kept
from ..models.particle_mesh import Near, uneven_of
from ..models.resolution import current_driven, diffusivity, drop_at, electrode_numbers
from ..physics.constants import F
from ..protocols import Profile
from ..protocols.quantities import FLOWS
from ..protocols.step import COLDEST, HOTTEST, Step

HOURS = 7200.0  # loads that last longer ask for nothing besides [s]
NEAR, LAST = 0.5, 0.3  # a voltage limit further away [V], and from an end of the state of charge, is not looked at
MOMENTS = np.geomspace(1e-6, 0.2, 60)  # when it is looked for, over the time for the whole capacity
SOONER, LEAST = 0.1, 1e-2  # share of the time until then that is asked for, too; s
STEEP, STEEPEST, SLOWEST = 2.0, 30.0, 30.0  # of a `Near`: V, which is for potentials next to their ends; ratio
SPIKE = 3.0  # the current that a held voltage begins with falls to this part of it within seconds


class Demand(NamedTuple):
    """What `resolved` of a model is asked for."""

    rate: float  # largest C-rate
    times: tuple[float, ...]  # how long loads last, of those that last for less than HOURS [s]
    temperatures: tuple[float, ...]  # of the surroundings [K]
    near: Near | None = None  # a limit that the first step soon meets


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
    near = soon(cell, T, V, soc, steps[0]) if steps else None
    early = () if near is None else (near.time, SOONER * near.time)
    times = {t for t in (*map(lasting, steps), *early) if t < HOURS}
    around = {float(t) for t in (ambient, *(step.temperature for step in steps)) if isinstance(t, int | float)}
    return Demand(
        max(rates(cell, T, V, steps)),
        tuple(sorted(times)),
        tuple(sorted(t for t in around if COLDEST < t < HOTTEST and t != T)),
        near,
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


def soon(cell, T, V, soc, step) -> Near | None:
    """The nearest voltage limit that a step of a current meets, if that is soon.

    From rest at T [K], V [V] and a state of charge (None: not known): when the open-circuit potentials at the surfaces
    have changed by what ohmic drop and kinetics leave of the way there, diffusion being that where the step begins.
    """
    if soc is None or step.control not in FLOWS or isinstance(step.target, Profile) or step.target == 0.0:
        return None
    sign, end = (1.0, "lower") if step.target > 0.0 else (-1.0, "upper")
    limits = [x.value for x in step.until if x.quantity == "voltage"]
    way = min(sign * (V - x) for x in (*limits, cell.value(f"cell/{end} voltage cut-off")))
    if way <= 0.0 or (way >= NEAR and (soc if sign > 0.0 else 1.0 - soc) > LAST):
        return None
    c_rate = rate(cell, T, V, step)
    current = c_rate * cell.nominal_capacity / cell.value("cell/electrode area")
    left = max(way - drop_at(cell, T, current), 0.0)
    t = MOMENTS * capacity_between_cutoffs(cell) / (c_rate * cell.nominal_capacity) * 3600.0
    changed, steep, slower, surfaces = 0.0 * t, np.full(t.size, STEEP), 1.0, []
    for part, x, way_in in zip(PARTS, stoichiometries(cell, soc), (-sign, sign), strict=True):
        if is_metal(cell, part):
            surfaces.append(np.full(t.size + 1, x))
            continue
        rise, ratio = _risen(cell, T, part, x, way_in * current, t)
        surfaces.append(np.clip(x + way_in * np.concatenate([[0.0], rise]), 0.0, 1.0))
        U = resting(cell, part, surfaces[-1], T)
        change = np.abs(U[1:] - U[0])
        changed, steep, slower = changed + change, np.maximum(steep, change / rise), max(slower, ratio)
    there = int(np.argmax(changed >= left))
    if changed[there] < left:
        return None
    ends = tuple((float(x[0]), float(x[there + 1])) for x in surfaces)
    return Near(max(float(t[there]), LEAST), min(float(steep[there]), STEEPEST), min(slower, SLOWEST), ends)


def _risen(cell, T, part, x, current, t):
    """Change of the stoichiometry at the surfaces of an electrode after times t [s], and `Near.slower` there.

    current [A/m2], of which positive ones fill the particles; x: stoichiometry before.  2 S sqrt(t D / (pi R2)) at
    first, 3 S t D / R2 + S / 5 at last, if D is constant.
    """
    if is_film(cell, part):
        thickness = cell.value(f"{part}/thickness")
        mean, ends, per, one = diffusivity(cell, part, T), 1.0 / 3.0, 1.0, part
        S, time = abs(current) * thickness / (F * lithium_content(cell, part) * mean), thickness**2 / mean
    else:
        ends, per, one = 0.2, 3.0, phases(cell, part)[0]
        n = electrode_numbers(cell, one, T, abs(current))
        mean, S, time = diffusivity(cell, one, T), n.S, n.time
    here = cell.law(f"{one}/particle diffusivity")(np.array([x]), T)[0] * diffusivity_factor(cell, one, T)
    slower = mean / max(float(here), 1e-3 * mean)
    if varies(cell, one) and one == part:
        way, found = math.copysign(1.0, current), uneven_of(cell, one, T)
        run = found.run(x, found.high if current > 0.0 else found.low)
        surfaces = run.surfaces(x + way * per * S * t / time, way * S * mean)
        rise = np.maximum.accumulate(way * (surfaces - x))
    else:
        gradient = ends * -np.expm1(-2.0 / ends * np.sqrt(t / (time * slower * np.pi)))
        rise = S * (per * t / time + slower * gradient)
    return np.maximum(rise, 1e-12), slower
