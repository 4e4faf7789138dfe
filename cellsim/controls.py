"""A step of a protocol in the kernels' terms, and what a run cannot be asked for."""
import numpy as np

from .errors import ProtocolError
from .kernels import system
from .kernels.stage import voltage
from .kernels.system import SINGLE_FLUX, TAIL, Control
from .models import capacity_between_cutoffs
from .models.heat import reach
from .models.parts import has_foil
from .protocols import Profile

X_EDGE = 1e-6  # a particle surface this close to 0 or 1 counts as empty or full
C_EDGE = 1e-10  # salt below this fraction of the initial concentration counts as depleted
MODES = {"current": system.CURRENT, "c-rate": system.CURRENT, "rest": system.CURRENT, "voltage": system.VOLTAGE,
         "power": system.POWER, "resistance": system.RESISTANCE, "plating margin": system.PLATING,
         "critical current margin": system.CRITICAL, "temperature": system.TEMPERATURE}
PER_AREA = ("current", "power")  # kernels have these per unit of electrode area
UNSCALED = ("voltage", "plating margin", "critical current margin", "temperature")
DAY = 86400.0
BEYOND = 1e-3  # V that a held voltage may lie outside the cut-offs


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
    return {"c-rate": target, "current": target / nominal, "rest": 0.0,
            "power": target / (nominal * cell.value("cell/lower voltage cut-off"))}.get(step.control, 1.0)


def check(cell, sys, step, warms, force):
    """Refuse what the cell, the model or the run has no answer to; `warms`: whether it is a run with heat."""
    asked = {step.control, *(limit.quantity for limit in step.until)}
    if "plating margin" in asked and (sys.model == SINGLE_FLUX or has_foil(cell)):
        why = "plates lithium all the time" if has_foil(cell) else "is run with SPMe, which has no potential there"
        raise ProtocolError(f"{step}: {cell.name} {why}; a plating margin needs a porous negative electrode, "
                            "in DFN or SPM")
    if "critical current margin" in asked and not np.isfinite(sys.heat.critical):
        raise ProtocolError(f"{step}: {cell.name} states no critical current; "
                            "give negative electrode/critical current density [A.m-2]")
    if not warms and ("temperature" in asked or step.heater or step.self_heating):
        raise ProtocolError(f"{step}: needs a run with heat; ask simulate for heat=True")
    if step.control == "temperature" and sys.model == SINGLE_FLUX:
        raise ProtocolError(f"{step}: SPMe cannot hold a temperature; take DFN or SPM")
    lo, hi = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    if step.control == "voltage" and not isinstance(step.target, Profile) and not force and not (
            lo - BEYOND <= step.target <= hi + BEYOND):
        raise ProtocolError(f"{step}: {cell.name} is meant for {lo:g} to {hi:g} V; "
                            "pass force=True to do it all the same")


def control(run, step) -> Control:
    """The step per unit of electrode area, from the state the run is in."""
    cell, area, now = run.cell, run.area, run.state[run.state.size - TAIL + system.T]
    nominal = cell.nominal_capacity
    target = step.target.values[0] if isinstance(step.target, Profile) else step.target
    falls = target > 0
    v_lo, v_hi = cell.value("cell/lower voltage cut-off"), cell.value("cell/upper voltage cut-off")
    T_lo, T_hi = reach(run.sys.T) if run.sys.heat.capacity > 0.0 else (0.0, np.inf)
    limit = {"current": 0.0, "capacity": np.inf, "plating margin": -np.inf, "critical current margin": -np.inf}
    for x in step.until:
        if x.quantity in ("c-rate", "current density"):
            limit["current"] = x.value * (nominal if x.quantity == "c-rate" else area)
        elif x.quantity == "soc":
            left = run.soc() - x.value
            limit["capacity"] = max(left if falls else -left, 0.0) * capacity_between_cutoffs(cell)
        elif x.quantity == "voltage":
            if isinstance(step.target, Profile):
                falls = x.value < voltage(run.sys, run.state)
            v_lo, v_hi = (x.value, v_hi) if falls else (v_lo, x.value)
        elif x.quantity == "temperature":
            T_lo, T_hi = (x.value, T_hi) if x.value < now else (T_lo, x.value)
        else:
            limit[x.quantity] = x.value
    return Control(MODES[step.control], float(target * scale(cell, step)), float(_duration(step, target, nominal)),
                   v_lo, v_hi, limit["current"] / area, limit["capacity"] * 3600.0 / area, X_EDGE,
                   C_EDGE * run.sys.c_ref, run.around(step), step.heater / area, float(step.self_heating), T_lo, T_hi,
                   limit["plating margin"], limit["critical current margin"])


def _duration(step, target, nominal):
    if step.duration is not None:
        return step.duration
    a_rate = abs(target) * {"c-rate": 1.0, "current": 1.0 / nominal, "power": 0.2 / nominal}.get(step.control, 0.0)
    return 4.0 * 3600.0 / a_rate if a_rate > 0.0 else DAY
