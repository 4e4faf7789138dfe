"""Protocols to text; reading the text gives the same nodes."""

from collections.abc import Iterable, Iterator

from ...errors import ProtocolError
from ..nodes import CCCV, Condition, Goto, Label, Node, Repeat, Stop
from ..step import Step
from ..step_text import circumstances, starting
from .units import written


def write(nodes: Iterable[Node], whenever: Iterable[Condition] = (), force: bool = False) -> str:
    """The canonical text of a protocol, one instruction per line."""
    head = (["Force"] if force else []) + [f"Stop whenever {_condition(c)}" for c in whenever]
    return "\n".join([*head, *_lines(nodes, "")])


def _lines(nodes: Iterable[Node], indent: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Repeat):
            yield f"{indent}Repeat {node.times}:"
            yield from _lines(node.nodes, indent + "  ")
            yield f"{indent}End"
        else:
            yield indent + line(node)


def line(node: Node) -> str:
    """One node other than a repeated block."""
    if isinstance(node, Step):
        return str(node)
    if isinstance(node, CCCV):
        return _cccv(node)
    if isinstance(node, Label):
        return f"Label {node.name}"
    if isinstance(node, Stop):
        return "Stop" if node.condition is None else f"Stop if {_condition(node.condition)}"
    if isinstance(node, Goto):
        times = "" if node.times is None else f"{node.times} times"
        if node.condition is None:
            return f"Goto {node.label} {times}".rstrip()
        return f"Goto {node.label} if {_condition(node.condition)}" + (f", at most {times}" if times else "")
    raise ProtocolError(f"{node!r} cannot stand in a protocol")


def _condition(c: Condition) -> str:
    if c.quantity == "ending":
        return f"ended by {c.side}"
    value = written(c.value, c.quantity)
    return f"{c.quantity} {c.side} {value.removesuffix(' SOC')}"


def _cccv(node: CCCV) -> str:
    charge, hold = node.charge, node.hold
    rate, top = node.rate, node.voltage
    text = f"CCCV at {written(rate, charge.control)} to {written(top, 'voltage')}"
    ends = [f"for {written(node.duration, 'time')}"] if node.duration is not None else []
    ends += [f"until {x}" for x in hold.until]
    words = [text, " or ".join(ends), *circumstances(charge.temperature, charge.period, charge.heater)]
    return " ".join([*words, *["with self-heating"] * charge.self_heating, *starting(charge.start_time)])
