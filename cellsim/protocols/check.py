"""What a cell cannot do, known before a run."""
from collections.abc import Mapping

from ..errors import ProtocolError
from .language.write import limit, step
from .nodes import CCCV, Repeat
from .profiles import Profile
from .step import FLOWS, Limit, Step

SLACK = 1e-6  # V beyond a cut-off that is rounding
FLOWING = (*FLOWS, "power", "resistance")
REACHED = 1e-3  # V, or a thousandth of a state of charge, by which a limit must be passed to be called violated


def check(protocol, cell, start: Mapping | None = None) -> None:
    """Raise ProtocolError for the first step that goes beyond the cell's cut-off voltages, unless forced.

    start: how the cell is at the beginning, any of "voltage" [V, at rest], "soc" (0..1) and
    "temperature" [K]; with it a first step is refused whose limit is already violated.
    """
    low, high = (cell.value(f"cell/{side} voltage cut-off") for side in ("lower", "upper"))
    if not protocol.force:
        for s in protocol.steps:
            for name, value in _voltages(s):
                if not low - SLACK <= value <= high + SLACK:
                    side = "above the upper" if value > high else "below the lower"
                    raise ProtocolError(f"{step(s)}: {name} {value:g} V lies {side} cut-off voltage of {cell.name}, "
                                        f"{high if value > high else low:g} V; write 'force' before the steps or give "
                                        "force=True if that is meant")
    first = _first(protocol.nodes)
    past = violated(first, start) if isinstance(first, Step) and start else None
    if past is not None and start:
        raise ProtocolError(f"{step(first)}: the limit {limit(past)} is already violated at the start, where the "
                            f"{past.quantity} is {start[past.quantity]:.4g}")


def violated(s: Step, now: Mapping) -> Limit | None:
    """The first limit of a step that lies behind the cell as it is now (see `check`), if any does."""
    if isinstance(s.target, Profile):
        return None
    falls = s.target > 0.0
    for x in s.until:
        if x.quantity not in now or x.quantity not in ("voltage", "soc", "temperature"):
            continue
        down = x.side == "below" if x.side else falls
        if not x.side and (x.quantity == "temperature" or s.control not in FLOWING):
            continue  # reached from whichever side the cell is on
        beyond = x.value - now[x.quantity] if down else now[x.quantity] - x.value
        if beyond > REACHED:
            return x
    return None


def _voltages(s):
    """Voltages a step asks for, with what they are."""
    if s.control == "voltage":
        values = s.target.values if isinstance(s.target, Profile) else (s.target,)
        yield "the voltage", min(values)
        yield "the voltage", max(values)
    for x in s.until:
        if x.quantity == "voltage":
            yield "the limit", x.value


def _first(nodes):
    for node in nodes:
        if isinstance(node, Repeat):
            return _first(node.nodes)
        if isinstance(node, CCCV):
            return node.charge
        if isinstance(node, Step):
            return node
    return None
