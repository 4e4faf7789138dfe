"""A step of a protocol in the kernels' terms, and what a run cannot be asked for."""
import math
from collections.abc import Mapping

import numpy as np

from ..errors import ProtocolError
from ..kernels import layout
from ..kernels.equations.thermal import heats_and_margins
from ..kernels.integrators.stage import terminal_voltage
from ..kernels.layout import SINGLE_FLUX, Control, unknowns
from ..kernels.scratch import allocate
from ..models import capacity_between_cutoffs
from ..models.electrodes import has_foil
from ..models.thermal_laws import reach
from ..protocols import Profile
from ..protocols.language.units import ZERO_CELSIUS
from ..protocols.step import FLOWS, HELD, LONGEST

X_EDGE = 1e-6  # a particle surface this close to 0 or 1 counts as empty or full
# salt below this fraction of the initial concentration counts as depleted, but not in pores whose neighbours take over
C_EDGE = 1e-10
MODES = {"current": layout.CURRENT, "c-rate": layout.CURRENT, "current density": layout.CURRENT,
         "rest": layout.CURRENT, "voltage": layout.VOLTAGE,
         "power": layout.POWER, "resistance": layout.RESISTANCE, "plating margin": layout.PLATING,
         "critical current margin": layout.CRITICAL, "temperature": layout.TEMPERATURE}
UNSCALED = ("current density", "voltage", "plating margin", "critical current margin", "temperature")
HOURS = 40.0  # over the C-rate of a current, that a step lasts at most if it has no duration and meets no limit
LEAST_CHARGE = 0.01  # of the nominal capacity: of less charge an error counts absolutely
BEGIN = 0.5  # C-rate from which the current that holds a temperature is looked for


def scale(cell, step) -> float:
    """From the unit of a step's target to the kernels'."""
    area = cell.value("cell/electrode area")
    if step.control in UNSCALED:
        return 1.0
    return {"c-rate": cell.nominal_capacity / area, "resistance": area}.get(step.control, 1.0 / area)


def check_known(cell, sys, asked, what):
    """Refuse `what` if it asks for a quantity that the cell or the model has no answer to."""
    if "plating margin" in asked and (sys.model == SINGLE_FLUX or has_foil(cell)):
        why = "plates lithium all the time" if has_foil(cell) else "is run with SPMe, which has no potential there"
        raise ProtocolError(f"{what}: {cell.name} {why}; a plating margin needs a porous negative electrode, "
                            "in DFN or SPM")
    if "critical current margin" in asked and not np.isfinite(sys.heat.critical):
        key, known = "negative electrode/critical current density", cell.value("cell/reference temperature")
        why, give = ("no critical current", "[A.m-2]") if not cell.has(key) else (
            f"its critical current at {known - ZERO_CELSIUS:g} degC only", "activation energy [J.mol-1]")
        raise ProtocolError(f"{what}: {cell.name} states {why}; give {key} {give}")


def check(cell, sys, step, warms):
    """Refuse a step that the cell, the model or the run has no answer to; `warms`: whether it is a run with heat."""
    asked = {step.control, *(limit.quantity for limit in step.until)}
    check_known(cell, sys, asked, step)
    if not warms and ("temperature" in asked or step.heater or step.self_heating):
        raise ProtocolError(f"{step}: needs a run with heat; ask simulate for heat=True")
    if step.control == "temperature" and sys.model == SINGLE_FLUX:
        raise ProtocolError(f"{step}: SPMe cannot hold a temperature; take DFN or SPM")


class Now(Mapping):
    """How the cell of a run is, by the names that a protocol's conditions know."""

    def __init__(self, run):
        self._run = run
        self._state = unknowns(run.sys, run.state)
        self._known = {
            "voltage": lambda: terminal_voltage(run.sys, run.state), "current": self._current, "soc": run.soc,
            "c-rate": lambda: self._current() / run.cell.nominal_capacity,
            "current density": lambda: self._state.cell["I"], "temperature": lambda: self._state.T[0],
            "plating margin": lambda: self._margins()[2], "critical current margin": lambda: self._margins()[3]}

    def _current(self):
        return self._state.cell["I"] * self._run.area

    def _margins(self):
        out, state = np.zeros((1, 4)), self._run.state
        V = np.array([terminal_voltage(self._run.sys, state)])
        heats_and_margins(self._run.sys, state[None], allocate(self._run.sys), V, out)
        return out[0]

    def __getitem__(self, name):
        return float(self._known[name]())

    def __iter__(self):
        return iter(self._known)

    def __len__(self):
        return len(self._known)


def control(run, step) -> Control:
    """The step per unit of electrode area, from the state the run is in.

    A limit is a bound on its own side, whichever way the current flows, so that one at or behind the start ends the
    step at once; only the cell's cut-off voltages, and a state of charge under a given current, go by the direction.
    """
    cell, area, nominal = run.cell, run.area, run.cell.nominal_capacity
    target = step.target.values[0] if isinstance(step.target, Profile) else step.target
    below, above = _bounds(run, step, target)
    cut_offs = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    v_lo, v_hi = (cut if not math.isfinite(asked) else asked
                  for cut, asked in zip(cut_offs, (below["voltage"], above["voltage"]), strict=True))
    T_lo, T_hi = temperature_range(run)
    return Control(
        mode=MODES[step.control], target=float(target * scale(cell, step)),
        duration=_duration(step, target, nominal, area),
        v_lo=v_lo, v_hi=v_hi, v_below=below["voltage"], v_above=above["voltage"],
        i_end=max(below["flow"], 0.0) / area, i_top=above["flow"] / area, i_begin=-BEGIN * nominal / area,
        q_lo=below["charge"] * 3600.0 / area, q_hi=above["charge"] * 3600.0 / area,
        q_least=LEAST_CHARGE * nominal * 3600.0 / area,
        x_edge=X_EDGE, c_edge=0.0 if run.sys.model == layout.POROUS else C_EDGE * run.sys.c_ref,
        T_around=run.around(step), heater=step.heater / area, own=float(step.self_heating),
        T_lo=max(T_lo, below["temperature"]), T_hi=min(T_hi, above["temperature"]),
        plating=below["plating margin"], critical=below["critical current margin"])


def temperature_range(run) -> tuple[float, float]:
    """Temperatures between which the laws of a run hold [K]; without heat it stays where it is."""
    return reach(run.sys.T, run.sys.heat) if run.warms else (0.0, np.inf)


def _bounds(run, step, target) -> tuple[dict, dict]:
    """Where the step ends from above and from below: "voltage" [V], "temperature" [K], the magnitude "flow" [A], the
    margins, and the "charge" passed [A.h, discharge positive].  The narrowest of several limits counts.
    """
    names = ("voltage", "temperature", "flow", "charge", "plating margin", "critical current margin")
    below, above = dict.fromkeys(names, -math.inf), dict.fromkeys(names, math.inf)

    def from_above(name, value):
        below[name] = max(below[name], value)

    def from_below(name, value):
        above[name] = min(above[name], value)

    falls = target > 0 and step.control not in HELD
    for x in step.until:
        if x.quantity in FLOWS:
            amps = x.value * {"c-rate": run.cell.nominal_capacity, "current density": run.area}.get(x.quantity, 1.0)
            (from_below if x.side else from_above)("flow", amps)
        elif x.quantity == "capacity":
            from_below("charge", x.value)
            from_above("charge", -x.value)
        elif x.quantity == "soc":
            left = (run.soc() - x.value) * capacity_between_cutoffs(run.cell)
            either = step.control in HELD
            if left >= 0.0 if either else falls:
                from_below("charge", left)
            if left <= 0.0 if either else not falls:
                from_above("charge", left)
        elif x.quantity in ("voltage", "temperature"):
            (from_above if _downwards(run, step, x, falls) else from_below)(x.quantity, x.value)
        else:
            from_above(x.quantity, x.value)
    return below, above


def _downwards(run, step, limit, falls):
    """Whether a limit of voltage or temperature is met from above."""
    if limit.side:
        return limit.side == "below"
    if limit.quantity == "temperature":
        return limit.value < unknowns(run.sys, run.state).T[0]
    if isinstance(step.target, Profile) or step.control == "rest":
        return limit.value < terminal_voltage(run.sys, run.state)
    return falls


def _duration(step, target, nominal, area) -> float:
    """How long a step may last [s]: as said, or so long that a current would have passed many times the charge."""
    if step.duration is not None:
        return float(step.duration)
    a_rate = abs(target) * {"c-rate": 1.0, "current": 1.0 / nominal, "current density": area / nominal}.get(
        step.control, 0.0)
    return max(LONGEST, HOURS * 3600.0 / a_rate if a_rate > 0.0 else 0.0)
