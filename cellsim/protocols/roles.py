"""The roles that a quantity of `quantities.TABLE` has in a protocol, and its units."""

import math
from dataclasses import dataclass
from typing import Literal

Scale = Literal["absolute", "per area", "times area", "capacity per area", "charge per area"]
Need = Literal["", "heat", "porous negative electrode", "porous electrodes", "lithium-metal electrode"]


@dataclass(frozen=True)
class Unit:
    """A unit of the language: value in the quantity's unit = number * factor / divisor + zero."""

    spellings: tuple[str, ...]  # upper and lower case do not matter; the first one is written
    factor: float = 1.0
    divisor: float = 1.0  # so that 3 mA is exactly 3 / 1000
    zero: float = 0.0


@dataclass(frozen=True)
class ControlRole:
    """The quantity as the control of a step.

    kind: "driven": a target with a direction (Charge at, Discharge at); "held": a state (Hold at), for which 0 is a
    target like any other; "rest": no current.
    mode: name of the control mode in the kernels.
    profile: whether the target may be a `Profile`.
    pybamm: class of pybamm.step with this control, and the function of pybamm.step that makes one; empty: none.
    """

    kind: Literal["driven", "held", "rest"]
    mode: str
    profile: bool = False
    pybamm: tuple[str, ...] = ()


@dataclass(frozen=True)
class LimitRole:
    """The quantity as a limit at which a step ends.

    reached: "by direction": without a side, from above in a discharge and from below in a charge; "by position": from
    whichever side the step starts on; "falling", "rising": when it does so to the value; "charge passed": when so much
    has passed;
    "state of charge": in the direction of the current.
    sides: sides that may be given explicitly, and then hold whatever `reached` says.
    below, above: fields of the kernels' `Control` with the value that ends a step when it is fallen to or risen to.
    signed: whether the value may be below zero; highest: largest value.
    rest, profile: whether a rest, or a step that follows a profile, may end at it.
    at_start: whether it is known before a run, so that a limit that is already violated is refused.
    pybamm: classes of PyBaMM's terminations, the first one being made; sided: whether they keep their operator.
    """

    reached: Literal["by direction", "by position", "falling", "rising", "charge passed", "state of charge"]
    below: str
    above: str = ""
    sides: tuple[str, ...] = ()
    signed: bool = False
    highest: float = math.inf
    rest: bool = True
    profile: bool = True
    at_start: bool = False
    pybamm: tuple[str, ...] = ()
    pybamm_sided: bool = False


@dataclass(frozen=True)
class ConstraintRole:
    """The quantity as a constraint of a charge.

    name: in text.  field: of the record of constraints.  side: which side of the value is allowed.
    units: quantities in whose units it may be given.  unit: in which it is written; value * factor - zero * factor
    is the number in that unit.  inside: how far within the constraint it is held [unit of the quantity].
    front: range of values over which a Pareto front may be drawn [unit], None: no front.
    margin: first margin that is tried for a fleet [unit].
    """

    name: str
    field: str
    side: Literal["above", "below"]
    units: tuple[str, ...]
    unit: str
    factor: float = 1.0
    zero: float = 0.0
    inside: float = 0.0
    front: tuple[float, float] | None = None
    margin: float = 0.0
