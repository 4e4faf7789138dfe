"""Checks of a protocol against a cell, before a run."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import ProtocolError
from .nodes import CCCV, Node, Repeat
from .profiles import Profile
from .quantities import DRIVEN, LIMITS
from .step import Limit, Step

SLACK = 1e-6  # V beyond a cut-off voltage that count as rounding
REACHED = 1e-3  # V, K, or thousandth of the state of charge, by which a limit must be passed to count as violated


def check(protocol: Any, cell: Any, start: Mapping[str, float] | None = None) -> None:
    """Raise ProtocolError for the first step beyond the cell's cut-off voltages, unless the protocol has `force`.

    protocol: a `Protocol`; cell: a `Cell`.
    start: the initial state, any of "voltage" [V, open circuit], "soc" (0..1) and "temperature" [K]; with it, a first
    step whose limit is already violated is refused as well.
    """
    check_voltages(protocol, cell)
    if start:
        check_start(first_step(protocol.nodes), start)


def check_voltages(protocol: Any, cell: Any) -> None:
    """Raise ProtocolError for the first step beyond the cell's cut-off voltages, unless the protocol has `force`."""
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    if not protocol.force:
        for s in protocol.steps:
            for name, value in _voltages(s):
                if not low - SLACK <= value <= high + SLACK:
                    side = "above the upper" if value > high else "below the lower"
                    raise ProtocolError(
                        f"{s.summary}: {name} {value:g} V lies {side} cut-off voltage of {cell.name}, "
                        f"{high if value > high else low:g} V; write 'force' before the steps or give "
                        "force=True if that is meant"
                    )


def check_start(first: Step | None, start: Mapping[str, float]) -> None:
    """Raise ProtocolError if the first step has a limit that is already violated; start: as in `check`."""
    past = violated(first, start) if first is not None else None
    if past is not None and first is not None:
        raise ProtocolError(
            f"{first.summary}: the limit {past} is already violated at the start, where the "
            f"{past.quantity} is {start[past.quantity]:.4g}"
        )


def violated(s: Step, now: Mapping[str, float]) -> Limit | None:
    """The first limit of a step that the state `now` (see `check`) violates; None if there is none."""
    if isinstance(s.target, Profile):
        return None
    falls = s.target > 0.0
    for x in s.until:
        if x.quantity not in now or not LIMITS[x.quantity].at_start:
            continue
        down = x.side == "below" if x.side else falls
        if not x.side and (LIMITS[x.quantity].reached == "by position" or s.control not in DRIVEN):
            continue  # it is reached from either side
        beyond = x.value - now[x.quantity] if down else now[x.quantity] - x.value
        if beyond > REACHED:
            return x
    return None


def _voltages(s: Step) -> Iterator[tuple[str, float]]:
    """Voltages that a step gives: as its target or as a limit."""
    if s.control == "voltage":
        values = s.target.values if isinstance(s.target, Profile) else (s.target,)
        yield "the voltage", min(values)
        yield "the voltage", max(values)
    for x in s.until:
        if x.quantity == "voltage":
            yield "the limit", x.value


def first_step(nodes: Iterable[Node]) -> Step | None:
    """The first step of a protocol."""
    for node in nodes:
        if isinstance(node, Repeat):
            return first_step(node.nodes)
        if isinstance(node, CCCV):
            return node.charge
        if isinstance(node, Step):
            return node
    return None
