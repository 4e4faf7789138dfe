"""What the steps of a run ask of a mesh: the largest current, how long loads last, and the temperatures."""

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from ..models import capacity_between_cutoffs
from ..models.electrodes import PARTS, is_film, is_metal, lithium_content, per_rate, phases
from ..models.initial import at_rest, resting, stoichiometries, voltage_at_rest
from ..models.materials.tables import diffusivity_factor, varies
from ..models.memo import kept_whenever
from ..models.particle_mesh import Near, uneven_of
from ..models.resolution import current_driven, diffusivity, drop_at, electrode_numbers
from ..physics.constants import F
from ..protocols import Profile
from ..protocols.nodes import steps_ahead
from ..protocols.quantities import DRIVEN, FLOWS
from ..protocols.step import COLDEST, HOTTEST, Step

HOURS = 7200.0  # loads that last longer ask for nothing besides [s]
NEAR, LAST = 0.5, 0.3  # a voltage limit further away [V], and from an end of the state of charge, is not looked at
MOMENTS = np.geomspace(1e-6, 0.2, 60)  # when it is looked for, over the time for the whole capacity
WHOLE = np.concatenate([np.geomspace(1e-6, 1e-2, 20), np.linspace(0.02, 1.1, 109)])  # the same, however far it is
SOONER, LEAST = 0.1, 1e-2  # share of the time until then that is asked for, too; s
STEEP, STEEPEST, SLOWEST = 2.0, 30.0, 30.0  # of a `Near`: V, which is for potentials next to their ends; ratio
AHEAD = 400  # steps of a protocol that are looked through for such limits
WINDOW = 2.0  # to within this factor the time is found that a profile takes to a limit
SPIKE = 3.0  # the current that a held voltage begins with falls to this part of it within seconds


class Demand(NamedTuple):
    """What `resolved` of a model is asked for."""

    rate: float  # largest C-rate
    times: tuple[float, ...]  # how long loads last, of those that last for less than HOURS [s]
    temperatures: tuple[float, ...]  # of the surroundings [K]
    near: tuple[Near, ...] = ()  # limits that steps soon meet


@lru_cache(maxsize=64)
def demand_at_rest(protocol, ambient, soc):
    """A function (cell, T) that returns the Demand of a protocol on a cell at rest at a state of charge."""

    def make(cell, T):
        _, _, U_n, U_p = kept_whenever(at_rest(soc), cell, T)
        near = () if soc is None else limits_ahead(cell, T, U_p - U_n, soc, protocol)
        return demand(cell, T, U_p - U_n, protocol.steps, ambient, near)

    return make


def demand_going_on(cell, T, V, soc, protocol, ambient) -> Demand:
    """The same of a cell that is not at rest, but at a voltage [V]; limits are looked for as if it rested before."""
    soc = min(max(soc, 0.0), 1.0)
    near = limits_ahead(cell, T, voltage_at_rest(cell, soc, T), soc, protocol)
    return demand(cell, T, V, protocol.steps, ambient, near)


def limits_ahead(cell, T, V, soc, protocol) -> tuple[Near, ...]:
    """The limits that a protocol meets soon, from rest at T [K], V [V] and a state of charge."""
    return tuple(dict.fromkeys(soon_met(cell, T, V, soc, islice(steps_ahead(protocol.nodes), AHEAD))))


def demand(cell, T, V, steps, ambient=None, near=()) -> Demand:
    """The Demand of steps on a cell at T [K] and the voltage V, ambient [K] around it where a step says nothing.

    near: the limits that they soon meet.
    """
    early = [share * one.time for one in near for share in (1.0, SOONER)]
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

    A power is taken at the least voltage, but half of the largest one at least, in magnitude where it is not above 0; a
    resistance in series with that of the cell.
    """
    nominal, area = cell.nominal_capacity, cell.value("cell/electrode area")
    low, high = (cell.value(f"cell/{which} voltage cut-off") for which in ("lower", "upper"))
    values = np.abs(step.target.values) if isinstance(step.target, Profile) else np.array([abs(step.target)])
    largest = float(values.max())
    volts = max(low, 0.5 * high) if high > 0.0 else 0.5 * max(abs(low), abs(high))
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
        "power": largest / (nominal * volts),
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


def soon_met(cell, T, V, soc, steps) -> Iterator[Near]:
    """The voltage limits that steps meet soon, from rest at T [K], V [V] and a state of charge.

    Of the first load, and of later ones but those that go back from a limit.  Where a load ended is estimated as is
    `soon`, but for held voltages, which end in equilibrium.
    """
    loads = [x for x in steps if isinstance(x.target, Profile) or x.target != 0.0]
    asked = _may_be_near(loads)
    looked_at, after = set(), {}  # loads by the state of charge, and those after them with their voltages
    for k, step in enumerate(loads[: asked[-1] + 1] if asked else []):
        key = step, round(soc, 3)
        if k in asked and key not in looked_at:
            looked_at.add(key)
            near = soon(cell, T, V, soc, step)
            if near is not None:
                yield near
        if k < asked[-1]:
            if key not in after:
                left = _left(cell, T, V, soc, step)
                if left is None:
                    return
                after[key] = left, voltage_at_rest(cell, left, T)
            soc, V = after[key]


def _may_be_near(loads) -> list[int]:
    """Numbers of the loads that may begin next to the limit that they go to."""
    found, before = [], None
    for k, load in enumerate(loads):
        way = _way(load)
        if way == 0.0:
            continue
        lasts = before is None or isinstance(before.target, Profile) or before.duration is not None
        if lasts or way == _way(before):
            found.append(k)
        before = load
    return found


def _way(step) -> float:
    """1 if a load discharges, -1 if it charges, 0 if it holds something."""
    if step.control not in DRIVEN:
        return 0.0
    mean = np.trapezoid(step.target.values, step.target.times) if isinstance(step.target, Profile) else step.target
    return float(np.sign(mean))


def _left(cell, T, V, soc, step):
    """State of charge after a load, from rest at V [V]; None if nothing says it."""
    sign, of = _way(step), np.linspace(0.0, 1.0, 401)
    if step.control == "voltage":
        return float(np.interp(left_at(cell, V, step), np.maximum.accumulate(voltage_at_rest(cell, of, T)), of))
    if sign == 0.0:
        return soc if step.control in DRIVEN else None
    until = step.target.duration if isinstance(step.target, Profile) else step.duration
    duration = np.inf if until is None else until
    mean, largest = Loads(cell, T, V, step, sign)(duration)
    mean -= Loads(cell, T, V, step, -sign)(duration)[0]
    if mean <= 0.0:
        return soc
    C = sign * mean * cell.nominal_capacity / capacity_between_cutoffs(cell) / 3600.0
    later = soc - C * duration
    if LAST < later < 1.0 - LAST:
        return float(later)
    unit = per_rate(cell)
    course = _course(cell, T, soc, sign, mean * unit, WHOLE)
    left = max(_to_limit(cell, V, step, sign) - drop_at(cell, T, largest * unit), 0.0)
    met = np.interp(left, np.maximum.accumulate(course.changed), course.t)
    return float(min(max(soc - C * min(met, duration), 0.0), 1.0))


def soon(cell, T, V, soc, step) -> Near | None:
    """The nearest voltage limit that a step meets, if that is soon; None if it is no load that drives a current.

    From rest at T [K], V [V] and a state of charge: when the open-circuit potentials at the surfaces have changed by
    what ohmic drop and kinetics leave of the way there, diffusion being that where the step begins.  What a profile
    drives until then counts as its mean, for the drop as its largest value.
    """
    if step.control not in DRIVEN:
        return None
    found = (_met(cell, T, V, soc, step, sign) for sign in (1.0, -1.0))
    return min((near for near in found if near is not None), key=lambda near: near.time, default=None)


def _to_limit(cell, V, step, sign) -> float:
    """Voltage from V to the nearest limit by discharging (sign 1) or charging (-1) [V]."""
    limits = [x.value for x in step.until if x.quantity == "voltage"]
    cut_off = cell.value(f"cell/{'lower' if sign > 0.0 else 'upper'} voltage cut-off")
    return min(sign * (V - x) for x in (*limits, cut_off))


def _met(cell, T, V, soc, step, sign) -> Near | None:
    """As `soon`, by discharging (sign 1) or charging (-1)."""
    way = _to_limit(cell, V, step, sign)
    if way <= 0.0 or (way >= NEAR and (soc if sign > 0.0 else 1.0 - soc) > LAST):
        return None
    loads = Loads(cell, T, V, step, sign)
    if not isinstance(step.target, Profile):
        return _met_by(cell, T, soc, sign, way, *loads(np.inf))
    early, late, near = LEAST, step.target.duration, None
    while late > WINDOW * early:
        until = late if near is None else math.sqrt(early * late)
        met = _met_by(cell, T, soc, sign, way, *loads(until))
        if met is not None and met.time <= until:
            late, near = until, met
        elif near is None:
            return None
        else:
            early = until
    return near


class Loads:
    """(mean, largest) C-rate in one direction that a step drives until a time [s], 0 if it goes the other way."""

    def __init__(self, cell, T, V, step, sign):
        self.largest = float(rate(cell, T, V, step))
        self.times, self.values = np.array([0.0, np.inf]), np.array([step.target, step.target])
        if isinstance(step.target, Profile):
            self.times, self.values = np.array(step.target.times), np.array(step.target.values)
        if step.control == "resistance":
            ohms = np.abs(self.values)
            self.values = np.divide(ohms.min(), ohms, out=np.ones(ohms.size), where=ohms > 0.0)
        self.values = np.maximum(sign * self.values / np.abs(self.values).max(), 0.0)

    def __call__(self, until):
        if self.times[-1] == np.inf:
            return self.largest * self.values[0], self.largest * self.values[0]
        k = int(np.searchsorted(self.times, until))
        t = np.append(self.times[:k], until)
        x = np.append(self.values[:k], np.interp(until, self.times, self.values))
        return self.largest * float(np.trapezoid(x, t)) / until, self.largest * float(x.max())


def _met_by(cell, T, soc, sign, way, mean, largest) -> Near | None:
    """As `soon`, by a C-rate, and for the drop by its largest value; way: to the limit [V]."""
    if mean <= 0.0:
        return None
    unit = per_rate(cell)
    left = max(way - drop_at(cell, T, largest * unit), 0.0)
    course = _course(cell, T, soc, sign, mean * unit, MOMENTS)
    there = int(np.argmax(course.changed >= left))
    if course.changed[there] < left:
        return None
    ends = tuple((float(x[0]), float(x[there + 1])) for x in course.surfaces)
    time, steep = max(float(course.t[there]), LEAST), min(float(course.steep[there]), STEEPEST)
    return Near(time, steep, min(course.slower, SLOWEST), ends, largest)


class Course(NamedTuple):
    """How a constant current moves the open-circuit potentials at the surfaces."""

    t: Any  # times (n,) [s]
    changed: Any  # sum of the changes of both potentials until then (n,) [V]
    steep: Any  # `Near.steep` until then (n,) [V]
    slower: float  # `Near.slower`
    surfaces: list[Any]  # stoichiometries at the surfaces of each electrode, at rest and then (n + 1,)


def _course(cell, T, soc, sign, current, moments) -> Course:
    """The Course of a current density [A/m2] from rest, at moments over the time for the whole capacity."""
    t = moments * capacity_between_cutoffs(cell) / (current * cell.value("cell/electrode area")) * 3600.0
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
    return Course(t, changed, steep, slower, surfaces)


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
    gradient = ends * -np.expm1(-2.0 / ends * np.sqrt(t / (time * slower * np.pi)))
    rise = S * (per * t / time + slower * gradient)
    if varies(cell, one) and one == part:
        way, found = math.copysign(1.0, current), uneven_of(cell, one, T)
        run = found.run(x, found.high if current > 0.0 else found.low)
        surfaces = np.maximum.accumulate(way * (run.surfaces(x + way * per * S * t / time, way * S * mean) - x))
        rise = np.where(surfaces < abs(run.surface[-1] - x), surfaces, np.maximum(surfaces, rise))
    return np.maximum(rise, 1e-12), slower
