"""Ends of a whole protocol as text, as in PyBaMM: "80% capacity", "4 Ah capacity", "4 Ah", "2.5 V", "12 h"."""

import re
from typing import Any

from ...errors import ProtocolError
from ...support.arguments import listed, number, shown
from ..nodes import Condition
from ..program import CAPACITY, RETENTION
from .units import UNITS, known, value_of

WANTED = 'give a text such as "80% capacity", "4 Ah capacity", "2.5 V" or "12 h", or a list of them'
_TEXT = re.compile(
    r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%|A\.h|[A-Za-z]+)\s*(?:of the |of )?(capacity)?\s*"
)
_MEANT = {"soc": RETENTION, "capacity": CAPACITY, "voltage": "voltage", "time": "time"}
_SIDES = {"time": "above"}


def conditions_of(termination: Any, name: str = "termination") -> tuple[Condition, ...]:
    """The conditions that texts describe.  Raises ProtocolError."""
    texts = [termination] if isinstance(termination, str) else listed(name, termination, WANTED)
    return tuple(condition_of(each, name) for each in texts)


def condition_of(words: Any, name: str = "termination") -> Condition:
    """The condition that one text describes.  Raises ProtocolError.

    The time since the start, the voltage after a step, the capacity of the cell between its cut-off voltages after a
    cycle, or the share of it that is left of what it was after the first cycle.
    """
    match = _TEXT.fullmatch(words) if isinstance(words, str) else None
    unit = known(match[2]) if match else None
    quantity = _MEANT.get(UNITS[unit][0]) if unit else None
    if match is None or unit is None or quantity is None or (match[3] and quantity in ("voltage", "time")):
        raise ProtocolError(f"{name} {shown(words)}: {WANTED}")
    most = 1.0 if quantity == RETENTION else float("inf")
    value = number(
        f"{name} {shown(words)}:", value_of(float(match[1]), unit), WANTED, above=0.0, high=most, finite=True
    )
    return Condition(quantity, _SIDES.get(quantity, "below"), value)
