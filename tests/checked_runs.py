"""What must be true of any run, whatever the cell and the protocol: asked of its result alone.

`faults(cell, protocol, how, result)` gives a sentence for each thing that is not.
"""

import math

import numpy as np

from cellsim.errors import Ending
from cellsim.models import ACCURACY, capacity_between_cutoffs, open_circuit_voltage
from cellsim.models.electrodes import has_foil
from cellsim.physics.constants import F
from cellsim.protocols import Profile
from cellsim.protocols.quantities import FLOWS, HELD
from cellsim.protocols.step import LONGEST

# relative: the equations conserve lithium and what is left is rounding, of salt over long steps mostly; usual runs are
# held to 1e-10 in test_simulation.py
LITHIUM = 1e-6
HALVED = 0.5  # share of a current by which it changes from row to row where these do not resolve it
CHARGE, LEAST = 4e-3, 4e-5  # of the charge passed, of the nominal capacity: see tests/protocols/test_limits.py on holds
EDGE = 1e-4  # of a stoichiometry from 0 or 1 a surface is at the edge
DRY = 1e-3  # of the initial salt is none
VOLTS, SHARE, KELVIN = 1e-5, 1e-5, 1e-4  # an ending is located to 1e-9 s or 1e-12 of a step: what is left is rounding
ROUNDED = 6e-4  # relative, of numbers printed to four digits
TIME_EPS = 1e-6  # s


def faults(cell, protocol, how, result) -> list[str]:
    """Sentences on what cannot be; empty if all is well.

    how: arguments of `simulate`.  A result that comes with a SolveError is asked the same.
    """
    found = list(_clock(result)) + list(_finite(cell, result))
    if found:
        return found
    found += _lithium(cell, result)
    steps = replayed(protocol, cell, how, result)
    if isinstance(steps, str):
        return [*found, steps]
    found += _heat(cell, how, steps, result)
    for k, (step, outcome) in enumerate(zip(steps, result.steps, strict=True)):
        rows = np.flatnonzero(result.step_index == k)
        where = f"step {k + 1} ({outcome.step}; {outcome.message})"
        found += [
            f"{where}: {text}"
            for text in (
                *_charge(cell, how, step, outcome, rows, result),
                *_ending(cell, how, step, outcome, rows, result, k),
            )
        ]
    return found


def _clock(result):
    """Times go on, and each step begins where the last one ended."""
    t, k = result.t, result.step_index  # a step of 1e-12 s ends at the same float as it began after a day
    if not np.isfinite(t).all() or (np.diff(t) < 0.0).any():
        yield "the clock is not finite or goes back"
    now = 0.0
    for n, step in enumerate(result.steps):
        if (
            not math.isfinite(step.t_start + step.t_end)
            or abs(step.t_start - now) > 1e-9 * max(now, 1.0)
            or step.t_end < step.t_start
        ):
            yield f"step {n + 1} runs from {step.t_start!r} to {step.t_end!r} s after {now!r} s"
        now = step.t_end
        rows = t[k == n]
        if rows.size and abs(rows[-1] - step.t_end) > 1e-9 * max(now, 1.0):
            yield f"step {n + 1} ends at {step.t_end!r} s, its last row at {rows[-1]!r} s"


def _finite(cell, result):
    """No number that is none, but for a critical current where none is known."""
    for name in result:
        if not np.isfinite(result[name]).all() and name != "Critical current margin [A.m-2]":
            yield f"{name} is not finite"
    for step in result.steps:
        passed = (step.discharge_capacity, step.charge_capacity, step.discharge_energy, step.charge_energy)
        if not all(math.isfinite(x) and x >= 0.0 for x in passed):
            yield f"{step.step}: charge and energy {passed}"


def _lithium(cell, result):
    """Electrodes exchange it, with what ages in them; the electrolyte keeps its salt."""
    names = [f"Total lithium in {e} electrode [mol]" for e in ("negative", "positive")]
    moved = result["Discharge capacity [A.h]"] * 3600.0 / F
    aged = [name for name in result if name.startswith("Loss of lithium ") and name.endswith("[mol]")]
    positive = result[names[1]] + sum(result[name] for name in aged if "positive" in name)
    salt = result["Total lithium in electrolyte [mol]"]
    scale = max(abs(positive).max(), capacity_between_cutoffs(cell) * 3600.0 / F)
    moved = moved - moved[0]

    def off(amount, sign):
        return np.abs(amount - amount[0] - sign * moved).max() / scale

    if off(positive, 1.0) > LITHIUM:
        yield f"lithium of the positive electrode is off by {off(positive, 1.0):.2g}"
    if not has_foil(cell):
        negative = result[names[0]] + sum(result[name] for name in aged if "negative" in name)
        if off(negative, -1.0) > LITHIUM:
            yield f"lithium of the negative electrode is off by {off(negative, -1.0):.2g}"
    if cell.value("electrolyte/recombination rate") == 0.0:
        change = np.abs(salt / salt[0] - 1.0).max()
        if change > LITHIUM:
            yield f"the salt is off by {change:.2g}"
    if "Lithium metal [mol]" in set(result):
        metal = sum(
            result[n]
            for n in (
                "Lithium metal [mol]",
                "Lithium in host [mol]",
                "Dead lithium [mol]",
                "Lithium in interphase [mol]",
            )
        )
        if off(metal, -1.0) > LITHIUM:
            yield "lithium of the metal electrode does not follow the charge"


def _heat(cell, how, steps, result):
    """What is made, added and lost is what warms the cell: by the temperatures at the ends.

    Newton's method leaves something open each time that the load changes, at the points of a profile, too.
    """
    if not how.get("heat"):
        return
    lost, made, heater = (result[f"{x} [J]"] for x in ("Heat lost to surroundings", "Heat generated", "Heater energy"))
    from cellsim import Lumped

    body = (Lumped() if how["heat"] is True else how["heat"]).of(cell)
    stored = body.heat_capacity * (result["Cell temperature [K]"] - result["Cell temperature [K]"][0])
    net = made + heater - lost
    off = np.abs(stored - (net - net[0])).max()
    scale = max(np.abs(made).max(), np.abs(lost).max(), np.abs(heater).max(), body.heat_capacity)  # of 1 K
    loads = sum(len(x.target.times) if isinstance(x.target, Profile) else 1 for x in steps)
    if off > max(1e-8 * scale * loads, 1e-6):  # J
        yield f"heat is off by {off:.3g} J of {scale:.3g} J"


def replayed(protocol, cell, how, result):
    """The steps of the run as `Step` objects, by going through the protocol again with what the result says.

    A sentence where the protocol says something else than what was done.
    """
    walk = protocol.walk(how["max_steps"]) if "max_steps" in how else protocol.walk()
    step, steps = next(walk), []
    for k, outcome in enumerate(result.steps):
        if step is None or step.summary != outcome.step:
            return f"step {k + 1} was {outcome.step!r}, the protocol says {step.summary!r}"
        steps.append(step)
        if outcome.ending.stops_run:
            if k + 1 < len(result.steps):
                return f"the run went on after {outcome.message}"
            if not result.termination.startswith("stopped"):
                return f"the run stopped and says {result.termination!r}"
            return steps
        rows = np.flatnonzero(result.step_index <= k)
        last = int(rows[-1]) if rows.size else 0
        values = {
            "voltage": result["Voltage [V]"][last],
            "current": result["Current [A]"][last],
            "c-rate": result["C-rate"][last],
            "current density": result["Current density [A.m-2]"][last],
            "soc": result["State of charge"][last],
            "temperature": result["Cell temperature [K]"][last],
        }
        for name, of in (
            ("plating margin", "Plating margin [V]"),
            ("critical current margin", "Critical current margin [A.m-2]"),
            ("cell capacity", "Capacity [A.h]"),
        ):
            if of in set(result):
                values[name] = result[of][last]
        if outcome.t_end == 0.0:  # nothing has begun: conditions look at the cell at rest, which no row shows
            values |= {
                "current": 0.0,
                "c-rate": 0.0,
                "current density": 0.0,
                "soc": how["soc"],
                "voltage": open_circuit_voltage(cell, how["soc"], how["temperature"]),
            }
        try:
            step = walk.send(outcome, values)
        except StopIteration:
            step = None
    if step is not None:
        return f"the run ended before {str(step)!r}, saying {result.termination!r}"
    return steps


def _charge(cell, how, step, outcome, rows, result):
    """The charge that is reported is that of the stored current, by Simpson's rule on rows and their middles.

    CHARGE and LEAST belong to an accuracy of 1 mV: local errors, and so theirs, are in proportion to it.
    """
    share = max(how.get("accuracy", ACCURACY) / ACCURACY, 1.0)
    if rows.size < 3:
        return
    t, I = result.t[rows], result["Current [A]"][rows]
    out, back = outcome.discharge_capacity, outcome.charge_capacity
    net, passed = out - back, out + back
    if step.control in ("rest", *FLOWS) and not isinstance(step.target, Profile):
        amps = step.target * amperes(cell).get(step.control, 1.0)
        q, clock = amps * (t[-1] - t[0]) / 3600.0, abs(amps) * np.spacing(t[-1]) / 3600.0  # which counts from the start
        if abs(q - net) > 1e-9 * abs(q) + clock + 1e-12 * cell.nominal_capacity:
            yield f"a current of {amps:g} A passed {net!r} instead of {q!r} A.h"
        if not np.allclose(I, amps, rtol=1e-9, atol=1e-12):
            yield "the stored current is not the one asked for"
        return
    q = simpson(t, I) / 3600.0
    rough = abs(np.trapezoid(I, t) / 3600.0 - q)  # how far the rows themselves leave the integral open
    change, least = np.abs(np.diff(I)), HALVED * np.maximum(np.abs(I[1:]), np.abs(I[:-1]))
    rough = max(rough, float(np.sum((0.5 * change * np.diff(t))[change > least])) / 3600.0)  # bound of a monotone one
    if abs(q - net) > share * (CHARGE * passed + LEAST * cell.nominal_capacity) + rough:
        yield f"charge {net:.6g} A.h, the integral of the stored current is {q:.6g} A.h"


def simpson(t, y):
    """Integral of y over t by parabolas through three points, which need not be evenly spaced."""
    total = 0.0
    for a, b, c in zip(range(0, t.size - 2, 2), range(1, t.size - 1, 2), range(2, t.size, 2), strict=False):
        h, left = t[c] - t[a], t[b] - t[a]
        if not 0.1 < left / h < 0.9:  # stored at a multiple of the period: straight lines
            total += 0.5 * ((y[a] + y[b]) * left + (y[b] + y[c]) * (h - left))
            continue
        right = h - left
        total += h / 6.0 * (y[a] * (2.0 - right / left) + y[b] * h * h / (left * right) + y[c] * (2.0 - left / right))
    if t.size % 2 == 0:
        total += 0.5 * (t[-1] - t[-2]) * (y[-1] + y[-2])
    return float(total)


def amperes(cell):
    """A for one of each unit of current."""
    return {"c-rate": cell.nominal_capacity, "current density": cell.value("cell/electrode area")}


def _values(quantity, step):
    return [x for x in step.until if x.quantity == quantity]


def _ending(cell, how, step, outcome, rows, result, k):
    """The quantity of the ending is at its limit at the end of the step."""
    ending, took = outcome.ending, outcome.t_end - outcome.t_start
    at_once = took == 0.0
    before = np.flatnonzero(result.step_index < k)
    last = int(rows[-1]) if rows.size else int(before[-1]) if before.size else 0
    V = result["Voltage [V]"][last] if rows.size else _said(outcome.message)
    if step.duration is not None and took > step.duration + 1e-9 * outcome.t_end + TIME_EPS:
        yield f"took {took!r} of {step.duration!r} s"
    if ending == Ending.DURATION:
        if step.duration is None or abs(took - step.duration) > 1e-9 * outcome.t_end + TIME_EPS:
            yield f"the duration is {step.duration!r}, it took {took!r} s"
    elif ending in (Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE):
        # of cut-off voltages that one counts towards which the current flows: a profile may turn beyond the other, but
        # not one of resistances, which discharge
        I = result["Current [A]"][rows] if rows.size else np.ones(1)
        turned = isinstance(step.target, Profile) and step.control != "resistance" and abs(I[-1]) < 1e-6 * abs(I).max()
        slack = ROUNDED * abs(V)  # of a printed one
        if rows.size:
            slack = VOLTS + _within_an_instant(result["Time [s]"][rows], result["Voltage [V]"][rows])
        yield from _voltage_ending(cell, step, ending, V, at_once or turned, slack)
    elif ending == Ending.CURRENT:
        I = abs(result["Current [A]"][last])
        amps = [x.value * amperes(cell).get(x.quantity, 1.0) for x in step.until if x.quantity in FLOWS]
        least = 1e-3 * cell.nominal_capacity
        if rows.size and not at_once and not any(abs(I - a) <= SHARE * max(a, least) for a in amps):
            yield f"the current is {I:g} A, the limits {amps}"
        if not amps:
            yield "there is no limit of current"
    elif ending == Ending.CAPACITY:
        passed = outcome.discharge_capacity - outcome.charge_capacity
        soc = result["State of charge"][last]
        whole = capacity_between_cutoffs(cell)
        near = [abs(abs(passed) - x.value) < 1e-7 * max(x.value, whole) for x in _values("capacity", step)]
        sense = 0.0 if step.control in HELD else step.target  # no profile ends at a state of charge
        near += [abs(soc - x.value) < 1e-7 or at_once and (soc - x.value) * sense < 1e-7 for x in _values("soc", step)]
        if not any(near):
            yield f"passed {passed:g} A.h, state of charge {soc:g}"
    elif ending in (Ending.PARTICLE_EMPTY, Ending.PARTICLE_FULL):
        yield from _particle_ending(cell, ending, result, last)
    elif ending == Ending.ELECTROLYTE_DEPLETED:
        c = result["Minimum electrolyte concentration [mol.m-3]"][last]
        if c > DRY * cell.value("electrolyte/initial concentration"):
            yield f"the salt is at {c:g} mol/m3"
    elif ending == Ending.TEMPERATURE:
        found = {"temperature": "Cell temperature [K]", "maximum temperature": "Maximum cell temperature [K]"}
        off = [abs(result[of][last] - x.value) for quantity, of in found.items() for x in _values(quantity, step)]
        if not off or not at_once and min(off) > KELVIN:
            yield f"the temperature is {off} K from the limits"
    elif ending in (Ending.PLATING_MARGIN, Ending.CRITICAL_CURRENT):
        name, of = (
            ("plating margin", "Plating margin [V]")
            if ending == Ending.PLATING_MARGIN
            else ("critical current margin", "Critical current margin [A.m-2]")
        )
        limits = [x.value for x in _values(name, step)]
        if (
            not limits
            or rows.size
            and not at_once
            and min(abs(result[of][last] - x) for x in limits)
            > 1e-5 * max(1.0, abs(result["Current density [A.m-2]"][last]))
        ):
            yield f"the {name} is {result[of][last]:.6g}, the limits {limits}"
    elif ending == Ending.UNREACHABLE:
        if step.control in ("rest", *FLOWS):
            yield "a current has always a solution"
    elif ending == Ending.NO_LIMIT_MET:
        if took < LONGEST * (1 - 1e-9):
            yield f"no limit met after {took:g} s"
    elif ending == Ending.TEMPERATURE_RANGE and not how.get("heat"):
        yield "without heat there is no range of temperatures to leave"


def _said(message):
    """The voltage that a message ends with."""
    return float(message.split(" V after")[0].split()[-1])


def _within_an_instant(t, V):
    """By how much the voltage changes in the time that an ending is located to, at the end of a step [V]."""
    return 1e-9 * abs((V[-1] - V[-2]) / (t[-1] - t[-2])) if t.size > 1 and t[-1] > t[-2] else 0.0


def _voltage_ending(cell, step, ending, V, at_once, slack):
    lower = ending == Ending.LOWER_VOLTAGE
    cut = cell.value(f"cell/{'lower' if lower else 'upper'} voltage cut-off")
    side = "below" if lower else "above"
    limits = [x.value for x in _values("voltage", step) if x.side in ("", side)] + [cut]
    beyond = [x - V if lower else V - x for x in limits]
    if at_once and max(beyond) < -slack or not at_once and min(map(abs, beyond)) > slack:
        yield f"the voltage is {V:.8g} V, the limits {limits}"


def _particle_ending(cell, ending, result, last):
    edges = []
    for name in ("Negative", "Positive"):
        key = f"{name} particle surface concentration [mol.m-3]"
        if key in set(result):
            x = result[key][last] / cell.value(f"{name.lower()} electrode/maximum concentration")
            edges.append(x.min() if ending == Ending.PARTICLE_EMPTY else 1.0 - x.max())
    if min(edges) > EDGE:
        yield f"the surfaces are {', '.join(f'{x:.2g}' for x in edges)} from the edge"
