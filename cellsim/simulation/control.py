"""A step of a protocol as the control of the kernels, and checks of what a run can be asked for."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from inspect import signature
from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..kernels import layout as system
from ..kernels.layout import SINGLE_FLUX, Control
from ..models import capacity_between_cutoffs
from ..models.electrodes import has_foil
from ..protocols import Limit, Profile, Step
from ..protocols.quantities import BY_NAME, CONDITIONS, CONTROLS, FLOWS, HELD, LIMITS, ZERO_CELSIUS
from ..protocols.step import LONGEST
from .variables import Variables
from .variables.health import has_host

X_EDGE = 1e-6  # a particle surface this close to 0 or 1 counts as empty or full
# salt below this fraction of the initial concentration counts as depleted, except in pores, where the neighbouring
# volumes take over
C_EDGE = 1e-10
FIELDS = tuple(signature(Control).parameters)
MODES: dict[str, int] = {name: getattr(system, role.mode) for name, role in CONTROLS.items()}
HOURS = 40.0  # longest duration, times the C-rate, of a step that has no duration and meets no limit
LEAST_CHARGE = 0.01  # fraction of the nominal capacity: errors of a smaller charge count as absolute ones
BEGIN = 0.5  # C-rate from which the search for the current that holds a temperature starts
_PER_AREA = {"per area": 1.0, "charge per area": 3600.0}


def factor(cell: Any, quantity: str) -> float:
    """From the unit of a quantity to the unit of the kernels, which count per electrode area."""
    area, scale = cell.value("cell/electrode area"), BY_NAME[quantity].scale
    if scale == "absolute":
        return 1.0
    if scale == "times area":
        return area
    return (cell.nominal_capacity if scale == "capacity per area" else _PER_AREA[scale]) / area


def scale(cell: Any, step: Step) -> float:
    """From the unit of a step's target to the unit of the kernels."""
    return factor(cell, step.control)


def check_known(cell: Any, sys: Any, asked: Iterable[str], what: object) -> None:
    """Refuse `what` if it needs a quantity that the cell or the model does not have.

    asked: names of quantities.  Raises ProtocolError.
    """
    needs = {BY_NAME[name].needs: name for name in asked}
    name = needs.get("porous negative electrode")
    if name and (sys.model == SINGLE_FLUX or has_foil(cell)):
        why = (
            "has a lithium-metal electrode, which plates lithium all the time"
            if has_foil(cell)
            else "is run with SPMe, which has no potential there"
        )
        raise ProtocolError(f"{what}: {cell.name} {why}; a {name} needs a porous negative electrode, in DFN or SPM")
    name = needs.get("porous electrodes")
    if name and (sys.model == system.THIN_FILM or has_host(cell)):
        raise ProtocolError(
            f"{what}: {cell.name} has no stoichiometry windows that follow from its lithium, so that the {name} is not "
            "known; compare the capacity of a step"
        )
    name = needs.get("lithium-metal electrode")
    if name and not np.isfinite(sys.heat.critical):
        key, known = "negative electrode/critical current density", cell.value("cell/reference temperature")
        why, give = (
            ("no critical current", "[A.m-2]")
            if not cell.has(key)
            else (f"its critical current at {known - ZERO_CELSIUS:g} degC only", "activation energy [J.mol-1]")
        )
        raise ProtocolError(f"{what}: {cell.name} states {why}; give {key} {give}")


def check(cell: Any, sys: Any, step: Step, warms: bool) -> None:
    """Refuse a step that the cell, the model or the run cannot do; warms: whether the run has heat.

    Raises ProtocolError.
    """
    asked = {step.control, *(limit.quantity for limit in step.until)}
    for name in asked:
        _check_kernels(name)
    check_known(cell, sys, asked, step.summary)
    if not warms and (step.heater or step.self_heating or any(BY_NAME[name].needs == "heat" for name in asked)):
        raise ProtocolError(f"{step.summary}: needs a run with heat; ask simulate for heat=True")
    if step.control == "temperature" and sys.model == SINGLE_FLUX:
        raise ProtocolError(f"{step.summary}: SPMe cannot hold a temperature; take DFN or SPM")


def _check_kernels(name: str) -> None:
    """Raise ProtocolError for a limit of the table for which the kernels have no field."""
    role = LIMITS.get(name)
    missing = [field for field in (role.below, role.above) if field and field not in FIELDS] if role else []
    if missing:
        raise ProtocolError(
            f"limit on {name}: the kernels have no {', '.join(missing)}; add it to their Control, and "
            "the event that ends a step"
        )


class Now(Mapping[str, float]):
    """The present state of the cell of a run, by the names and in the units of `quantities.CONDITIONS`."""

    def __init__(self, run: Any) -> None:
        self._run, self._state = run, run.state

    @cached_property
    def _variables(self) -> Variables:
        run = self._run
        return Variables.of(run.cell, run.sys, run.model, np.zeros(1), self._state[None], run.soc0)

    def __getitem__(self, name: str) -> float:
        return float(self._variables[BY_NAME[name].variable][0])

    def __iter__(self) -> Iterator[str]:
        return (name for name in CONDITIONS if BY_NAME[name].variable in self._variables)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def control(run: Any, step: Step) -> Control:
    """The step per electrode area, from the present state of the run.

    Each limit holds on its own side whatever the direction of the current, so that a limit that is met or passed at
    the start ends the step at once; only the cell's cut-off voltages, and a state of charge under a given current,
    depend on the direction.
    """
    cell, plan = run.cell, run.plan
    target = step.target.values[0] if isinstance(step.target, Profile) else step.target
    asked = _bounds(run, step, target)
    lower, upper = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    if plan.sys.counts["temperatures"] > 1:  # the surface may be beyond the range of the laws, which see the mean
        asked |= {"T_lo": asked.get("T_lo", -math.inf), "coldest": plan.coldest, "warmest": plan.warmest}
    else:
        asked["T_lo"] = max(plan.coldest, asked.get("T_lo", -math.inf))
        asked["T_hi"] = min(plan.warmest, asked.get("T_hi", math.inf))
    return Control(
        **{
            "mode": MODES[step.control],
            "target": float(target * scale(cell, step)),
            "duration": _duration(cell, step, target),
            "v_lo": asked.get("v_below", lower),
            "v_hi": asked.get("v_above", upper),
            "i_end": 0.0,
            "q_hi": math.inf,
            "x_edge": X_EDGE,
            "c_edge": 0.0 if plan.sys.model == system.POROUS else C_EDGE * plan.sys.c_ref,
            "T_around": plan.around(step),
            "heater": step.heater / plan.area,
            "own": float(step.self_heating),
            "i_begin": -BEGIN * plan.nominal / plan.area,
            "q_least": LEAST_CHARGE * plan.nominal * 3600.0 / plan.area,
        }
        | asked
    )


def depends_on_state(step: Step) -> bool:
    """Whether the control of a step is another one where the cell is in another state."""
    return any(
        LIMITS[x.quantity].reached == "state of charge" or not x.side and not _side_is_known(step, x)
        for x in step.until
    )


def _bounds(run: Any, step: Step, target: float) -> dict[str, float]:
    """The limits of a step as fields of `Control`, in the units of the kernels; of several the narrowest one."""
    bounds: dict[str, float] = {}

    def falling_to(field: str, value: float) -> None:
        bounds[field] = max(bounds.get(field, -math.inf), value)

    def rising_to(field: str, value: float) -> None:
        bounds[field] = min(bounds.get(field, math.inf), value)

    falls = target > 0.0 and step.control not in HELD
    for x in step.until:
        role = LIMITS[x.quantity]
        value = x.value * factor(run.cell, x.quantity)
        if role.reached == "charge passed":
            rising_to(role.above, value)
            falling_to(role.below, -value)
        elif role.reached == "state of charge":
            left = (run.soc() - x.value) * capacity_between_cutoffs(run.cell)
            either = step.control in HELD
            if left >= 0.0 if either else falls:
                rising_to(role.above, left * factor(run.cell, x.quantity))
            if left <= 0.0 if either else not falls:
                falling_to(role.below, left * factor(run.cell, x.quantity))
        elif x.side == "above" or not x.side and not _falls(run, step, x, falls):
            rising_to(role.above, value)
        else:
            falling_to(role.below, value)
    return bounds


def _falls(run: Any, step: Step, limit: Limit, discharges: bool) -> bool:
    """Whether a limit without a side is reached from above."""
    reached = LIMITS[limit.quantity].reached
    if reached == "rising":
        return False
    if not _side_is_known(step, limit):
        return bool(limit.value < run.now()[limit.quantity])
    return discharges if reached == "by direction" else reached == "falling"


def _side_is_known(step: Step, limit: Limit) -> bool:
    """Whether it is known without the state of the cell from which side a limit without a side is reached."""
    reached = LIMITS[limit.quantity].reached
    if reached == "by direction":  # which a rest and a profile do not have
        return step.control != "rest" and not isinstance(step.target, Profile)
    return reached in ("falling", "rising", "charge passed")


def _duration(cell: Any, step: Step, target: float) -> float:
    """How long a step may last [s]: as given, or so long that its current would pass many times the capacity."""
    if step.duration is not None:
        return step.duration
    c_rate = abs(target) * scale(cell, step) / factor(cell, "c-rate") if step.control in FLOWS else 0.0
    return max(LONGEST, HOURS * 3600.0 / c_rate if c_rate > 0.0 else 0.0)
