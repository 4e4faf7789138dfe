"""The clauses that follow the task of a step: for, until, (period), at ambient, with heater, starting at."""

from typing import Any

from ..quantities import BY_NAME, FLOWS, LIMITS
from ..step import Limit, moment
from .reader import Reader

UNNAMED = tuple(name for name in LIMITS if not BY_NAME[name].measured_in)  # limits that their unit identifies


def clauses(r: Reader) -> dict[str, Any]:
    """The keyword arguments of a `Step` that the following words give."""
    given: dict[str, Any] = {}
    until: list[Limit] = []
    while True:
        start = r.start
        if r.accept("or"):
            if not (given or until):
                r.fault_at(start, "'or' joins two ends of a step, and there is none before it")
            if r.accept("for") or not r.accept("until") and r.sees_time:
                _for(r, given, until)
            else:
                limits(r, until)
        elif r.accept("for"):
            _for(r, given, until)
        elif r.accept("until"):
            limits(r, until)
        elif r.accept_mark("("):
            _put(r, given, start, "period", r.amount("time").value)
            r.need("period")
            r.need_mark(")")
        elif r.accept("at"):
            r.need("ambient")
            _put(r, given, start, "temperature", r.amount("temperature").value)
        elif r.accept("with"):
            _with(r, given, start)
        elif r.accept("starting"):
            r.need("at")
            if not r.sees_kind("string"):
                r.fail("a start time is in quotes", '"2026-01-01 08:00"')
            _put(r, given, start, "start_time", r.build(start, moment, r.take().text[1:-1]))
        else:
            break
    if not (r.at_end or r.sees_break or r.sees("end")):
        r.fail(r.unread, "';'", "a new line", "then")
    if until:
        given["until"] = tuple(until)
    return given


def _with(r: Reader, given: dict[str, Any], start: int) -> None:
    """Sources of heat."""
    if r.accept("self-heating"):
        _put(r, given, start, "self_heating", True)
    elif r.accept("heater"):
        r.accept("at")
        _put(r, given, start, "heater", r.amount("power").value)
    else:
        r.fail("'with' needs a source of heat", "heater", "self-heating")


def _put(r: Reader, given: dict[str, Any], start: int, key: str, value: object) -> None:
    if key in given:
        r.fault_at(start, f"a second {key.replace('_', '-')}: leave out one of them")
    given[key] = value


def _for(r: Reader, given: dict[str, Any], until: list[Limit]) -> None:
    """A duration, or a charge that passes."""
    start = r.start
    amount = r.amount("time", "capacity")
    if amount.quantity == "capacity":
        until.append(r.build(start, Limit, "capacity", amount.value))
    else:
        _put(r, given, start, "duration", amount.value)


def limits(r: Reader, until: list[Limit]) -> None:
    """Append one or several limits, separated by commas."""
    while True:
        until.append(_limit(r))
        if not r.sees_mark(",") or r.sees_break:
            return
        r.accept_mark(",")


def _limit(r: Reader) -> Limit:
    start = r.start
    quantity = r.accept_choice(LIMITS)
    side = r.side() or ""
    if quantity == "soc":
        value = r.state_of_charge()
    elif quantity:
        value = r.amount(BY_NAME[quantity].measure).value
    else:
        value, quantity = r.limit(*UNNAMED)
    if side and side not in LIMITS[quantity].sides or quantity in FLOWS and value <= 0.0:
        side, value = _implied(r, start, quantity, side, value)
    return r.build(start, Limit, quantity, value, side)


def _implied(r: Reader, start: int, quantity: str, side: str, value: float) -> tuple[str, float]:
    """No side and the value of a limit that is reached from one side only: that side may be written, not another one.

    A negative current is a charge current, as in PyBaMM: it falls in magnitude when it rises to the value.
    """
    reached = LIMITS[quantity].reached
    only = "above" if reached in ("charge passed", "rising") or quantity == "current" and value < 0.0 else "below"
    if side and side != only and reached != "state of charge":
        r.fault_at(start, f"a limit of {quantity} is reached from the other side only: leave out {side!r}")
    return "", abs(value) if quantity == "current" and side else value
