"""Constraints of a charge as text: "plating margin >= 10 mV, temperature <= 55 degC, current <= 6C"."""

from dataclasses import replace
from typing import Any

from ...errors import ProtocolError
from ...parameters import load
from ...protocols.language.reader import Reader
from ...protocols.quantities import CONSTRAINED, CONSTRAINTS
from ...simulation.control import factor
from ...support.arguments import shown
from .constrained import ChargeConstraints

# in the order in which they are written
NAMES = tuple(sorted(CONSTRAINTS, key=lambda name: CONSTRAINTS[name].front is None))
SIGN = {"above": ">=", "below": "<="}


def read_limits(text: str, cell: Any) -> ChargeConstraints:
    """The `ChargeConstraints` that a text names, separated by commas.

    cell: a `Cell` or a name; a current in A or mA/cm2 is converted to its C-rate.
    Raises ProtocolError with carets below the faulty words.
    """
    cell = load(cell)
    given: dict[str, float] = {}
    try:
        r = Reader(text)
        while True:
            _one(r, cell, given)
            if r.at_end:
                break
            r.need_mark(",")
    except ProtocolError as fault:
        raise ProtocolError(
            str(fault)
            .replace("protocol, ", "limits, ", 1)
            .replace("the step ends too early", "the limits end too early")
        ) from None
    return ChargeConstraints(**given)


def in_words(limits: ChargeConstraints) -> str:
    """The text from which `read_limits` makes these limits, without `least_c_rate` and `longest`."""
    parts = []
    for name in NAMES:
        role, value = CONSTRAINTS[name], value_of(limits, name)
        if value is not None:
            space = "" if role.unit == "C" else " "
            parts.append(f"{name} {SIGN[role.side]} {value:.10g}{space}{role.unit}")
    return ", ".join(parts)


def value_of(limits: ChargeConstraints, name: str) -> float | None:
    """One limit in the unit in which it is written; None if it is not set."""
    role = CONSTRAINTS[name]
    value = getattr(limits, role.field)
    return None if value is None else role.factor * (value - role.zero)


def with_limit(limits: ChargeConstraints, name: str, value: float | None) -> ChargeConstraints:
    """The same limits with another value of one of them, in the unit in which it is written; None: without it."""
    role = CONSTRAINTS[name]
    changed: dict[str, Any] = {role.field: None if value is None else value / role.factor + role.zero}
    return replace(limits, **changed)


def _one(r: Reader, cell: Any, given: dict[str, float]) -> None:
    """Read one limit into `given`."""
    start = r.start
    name = r.choice(NAMES)
    role = CONSTRAINTS[name]
    if role.field in given:
        r.fault_at(start, f"a second limit of {name}: leave out one of them")
    at, side = r.start, r.side()
    if side is None:
        r.fail(r.unread, f"'{SIGN[role.side]}'")
    if side != role.side:
        r.fault_at(
            at,
            f"a limit of {name} is a {'least' if role.side == 'above' else 'largest'} value: "
            f"write {name} {SIGN[role.side]} ...",
        )
    amount = r.amount(*role.units)
    value = amount.value
    if amount.quantity != CONSTRAINED[name].measure:  # another unit of a current
        value *= factor(cell, amount.quantity) / factor(cell, CONSTRAINED[name].name)
    given[role.field] = value


def limits_of(limits: Any, cell: Any) -> ChargeConstraints:
    """`ChargeConstraints` from themselves, from text, or from None for the defaults.  Raises ProtocolError."""
    if limits is None or isinstance(limits, ChargeConstraints):
        return limits or ChargeConstraints()
    if isinstance(limits, str):
        return read_limits(limits, cell)
    raise ProtocolError(
        f"limits {shown(limits)}: give text, such as 'plating margin >= 10 mV, current <= 4C', or "
        "cellsim.ChargeConstraints(...)"
    )
