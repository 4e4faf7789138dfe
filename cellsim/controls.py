"""A step of a protocol in the kernels' terms, and what a run cannot be asked for."""
from collections.abc import Mapping

import numpy as np

from .errors import ProtocolError
from .kernels import system
from .kernels.heat import heats_and_margins
from .kernels.stage import terminal_voltage
from .kernels.system import SINGLE_FLUX, TAIL, Control
from .models import capacity_between_cutoffs
from .models.heat import reach
from .models.parts import has_foil
from .protocols import Profile
from .protocols.steps import FLOWS, HELD
from .protocols.units import ZERO_CELSIUS

X_EDGE = 1e-6  # a particle surface this close to 0 or 1 counts as empty or full
C_EDGE = 1e-10  # salt below this fraction of the initial concentration counts as depleted
MODES = {"current": system.CURRENT, "c-rate": system.CURRENT, "current density": system.CURRENT,
         "rest": system.CURRENT, "voltage": system.VOLTAGE,
         "power": system.POWER, "resistance": system.RESISTANCE, "plating margin": system.PLATING,
         "critical current margin": system.CRITICAL, "temperature": system.TEMPERATURE}
UNSCALED = ("current density", "voltage", "plating margin", "critical current margin", "temperature")
DAY = 86400.0
BEGIN = 0.5  # C-rate from which the current that holds a temperature is looked for


def scale(cell, step) -> float:
    """From the unit of a step's target to the kernels'."""
    area = cell.value("cell/electrode area")
    if step.control in UNSCALED:
        return 1.0
    return {"c-rate": cell.nominal_capacity / area, "resistance": area}.get(step.control, 1.0 / area)


def rate(cell, step) -> float:
    """Magnitude of the C-rate of a step, as far as it is known beforehand; 1 for a held state."""
    nominal = cell.nominal_capacity
    target = max(map(abs, step.target.values)) if isinstance(step.target, Profile) else abs(step.target)
    area = cell.value("cell/electrode area")
    return {"c-rate": target, "current": target / nominal, "rest": 0.0, "current density": target * area / nominal,
            "power": target / (nominal * cell.value("cell/lower voltage cut-off"))}.get(step.control, 1.0)


def check(cell, sys, step, warms):
    """Refuse what the cell, the model or the run has no answer to; `warms`: whether it is a run with heat."""
    asked = {step.control, *(limit.quantity for limit in step.until)}
    if "plating margin" in asked and (sys.model == SINGLE_FLUX or has_foil(cell)):
        why = "plates lithium all the time" if has_foil(cell) else "is run with SPMe, which has no potential there"
        raise ProtocolError(f"{step}: {cell.name} {why}; a plating margin needs a porous negative electrode, "
                            "in DFN or SPM")
    if "critical current margin" in asked and not np.isfinite(sys.heat.critical):
        key, known = "negative electrode/critical current density", cell.value("cell/reference temperature")
        why, give = ("no critical current", "[A.m-2]") if not cell.has(key) else (
            f"its critical current at {known - ZERO_CELSIUS:g} degC only", "activation energy [J.mol-1]")
        raise ProtocolError(f"{step}: {cell.name} states {why}; give {key} {give}")
    if not warms and ("temperature" in asked or step.heater or step.self_heating):
        raise ProtocolError(f"{step}: needs a run with heat; ask simulate for heat=True")
    if step.control == "temperature" and sys.model == SINGLE_FLUX:
        raise ProtocolError(f"{step}: SPMe cannot hold a temperature; take DFN or SPM")


class Now(Mapping):
    """How the cell of a run is, by the names that a protocol's conditions know."""

    def __init__(self, run):
        self._run = run
        self._tail = run.state[run.state.size - TAIL:]
        self._known = {
            "voltage": lambda: terminal_voltage(run.sys, run.state), "current": self._current, "soc": run.soc,
            "c-rate": lambda: self._current() / run.cell.nominal_capacity,
            "current density": lambda: self._tail[system.I], "temperature": lambda: self._tail[system.T],
            "plating margin": lambda: self._margins()[2], "critical current margin": lambda: self._margins()[3]}

    def _current(self):
        return self._tail[system.I] * self._run.area

    def _margins(self):
        out, state = np.zeros((1, 4)), self._run.state
        V = np.array([terminal_voltage(self._run.sys, state)])
        heats_and_margins(self._run.sys, state[None], system.allocate(self._run.sys), V, out)
        return out[0]

    def __getitem__(self, name):
        return float(self._known[name]())

    def __iter__(self):
        return iter(self._known)

    def __len__(self):
        return len(self._known)


def control(run, step) -> Control:
    """The step per unit of electrode area, from the state the run is in."""
    cell, area, now = run.cell, run.area, run.state[run.state.size - TAIL + system.T]
    nominal = cell.nominal_capacity
    target = step.target.values[0] if isinstance(step.target, Profile) else step.target
    held = step.control in HELD
    falls = target > 0 and not held
    v_lo, v_hi = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    T_lo, T_hi = reach(run.sys.T, run.sys.heat) if run.sys.heat.capacity > 0.0 else (0.0, np.inf)
    i_top = np.inf
    limit = {"current": 0.0, "capacity": np.inf, "plating margin": -np.inf, "critical current margin": -np.inf}
    for x in step.until:
        if x.quantity in FLOWS:
            amps = x.value * {"c-rate": nominal, "current density": area}.get(x.quantity, 1.0)
            limit["current"], i_top = (limit["current"], amps) if x.side else (amps, i_top)
        elif x.quantity == "soc":
            left = run.soc() - x.value
            left = abs(left) if held else left if falls else -left
            limit["capacity"] = max(left, 0.0) * capacity_between_cutoffs(cell)
        elif x.quantity == "voltage":
            v_lo, v_hi = (x.value, v_hi) if _downwards(run, step, x, falls) else (v_lo, x.value)
        elif x.quantity == "temperature":
            below = x.side == "below" if x.side else x.value < now
            T_lo, T_hi = (x.value, T_hi) if below else (T_lo, x.value)
        else:
            limit[x.quantity] = x.value
    duration = _duration(step, target, nominal, area)
    return Control(MODES[step.control], float(target * scale(cell, step)), float(duration), v_lo, v_hi,
                   limit["current"] / area, limit["capacity"] * 3600.0 / area, X_EDGE, C_EDGE * run.sys.c_ref,
                   run.around(step), step.heater / area, float(step.self_heating), T_lo, T_hi,
                   limit["plating margin"], limit["critical current margin"], i_top / area, -BEGIN * nominal / area)


def _downwards(run, step, limit, falls):
    """Whether a limit of voltage is met from above."""
    if limit.side:
        return limit.side == "below"
    if isinstance(step.target, Profile) or step.control == "rest":
        return limit.value < terminal_voltage(run.sys, run.state)
    return falls


def _duration(step, target, nominal, area):
    if step.duration is not None:
        return step.duration
    a_rate = abs(target) * {"c-rate": 1.0, "current": 1.0 / nominal, "current density": area / nominal,
                            "power": 0.2 / nominal}.get(step.control, 0.0)
    return 4.0 * 3600.0 / a_rate if a_rate > 0.0 else DAY
