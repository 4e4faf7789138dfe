"""Parts of a protocol besides steps: repeated blocks, jumps, stops and their conditions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..errors import ProtocolError
from ..support.arguments import chosen, listed, number, shown, whole
from .profiles import Profile
from .quantities import BY_NAME, CONDITIONS, ENDED_BY, FLOWS
from .step import Step

MOST_TIMES = 10**6  # most repetitions of a block or a jump
MOMENT = 1e-6  # shorter times count as none [s]
DEEPEST = 20  # levels of nested blocks


@dataclass(frozen=True)
class Condition:
    """Compares the cell after the last step with a value.

    quantity: one of `quantities.CONDITIONS`, compared with `value` in its unit, or "ending".  Currents are
    magnitudes; the capacity is the charge passed in the last step; time counts from the start of the protocol.
    side: "above" or "below" (both include the value itself); for an ending, one of `quantities.ENDED_BY`.
    """

    quantity: str
    side: str
    value: float = 0.0

    def __post_init__(self) -> None:
        if self.quantity == "ending":
            chosen("ended by", self.side, ENDED_BY)
            return
        chosen("condition on", self.quantity, CONDITIONS)
        chosen(f"condition on {self.quantity}, side", self.side, ("above", "below"))
        object.__setattr__(self, "value", number(f"condition on {self.quantity}:", self.value, "give a finite number"))

    def holds(self, outcome: Any, values: Mapping[str, float], elapsed: float) -> bool:
        """Whether it is true.  outcome, values: as in `Walk.send`; elapsed [s]: since the start of the protocol."""
        if self.quantity == "ending":
            return outcome.ending.name in {ending.name for ending in ENDED_BY[self.side]}
        if self.quantity == "time":
            value = elapsed + MOMENT if self.side == "above" else elapsed
        elif self.quantity == "capacity":
            value = abs(outcome.discharge_capacity) + abs(outcome.charge_capacity)
        else:
            try:
                value = float(values[self.quantity])
            except KeyError:
                raise ProtocolError(f"a condition compares the {self.quantity}, which this run does not have") from None
            value = abs(value) if self.quantity in FLOWS else value
        return value >= self.value if self.side == "above" else value <= self.value

    @property
    def asks(self) -> frozenset[str]:
        """The quantity of the cell's state that a run must have to evaluate it, if any."""
        row = BY_NAME.get(self.quantity)
        return frozenset((self.quantity,)) if row is not None and row.variable else frozenset()


@dataclass(frozen=True)
class Repeat:
    """A block of nodes that is run `times` times; each time is a cycle."""

    nodes: tuple[Node, ...]
    times: int = 1
    depth: int = field(default=1, init=False, repr=False, compare=False)  # levels of nested blocks

    def __post_init__(self) -> None:
        nodes = tuple(listed("repeat", self.nodes, "give a list of steps"))
        for node in nodes:
            if not isinstance(node, Step | Repeat | CCCV | Label | Goto | Stop):
                raise ProtocolError(f"repeat {shown(node)}: give a list of steps")
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "times", _checked_times("repeat", self.times))
        depth = 1 + max((n.depth for n in nodes if isinstance(n, Repeat)), default=0)
        if depth > DEEPEST:
            raise ProtocolError(f"more than {DEEPEST} nested blocks; write some of them one after the other")
        object.__setattr__(self, "depth", depth)
        if not any(map(has_step, self.nodes)):
            raise ProtocolError("a repeated block needs a step")


@dataclass(frozen=True)
class Label:
    """A place in the protocol to which a `Goto` leads."""

    name: str

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and self.name.isidentifier() and self.name.isascii()):
            raise ProtocolError(f"label {shown(self.name)}: give one word of letters, digits and _")


@dataclass(frozen=True)
class Goto:
    """Continues at a label, if the condition holds, at most `times` times in a row."""

    label: str
    condition: Condition | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        Label(self.label)  # checks the name
        _check_condition(self.condition)
        if self.times is not None:
            object.__setattr__(self, "times", _checked_times(f"goto {self.label}", self.times))


@dataclass(frozen=True)
class Stop:
    """Ends the protocol, if the condition holds."""

    condition: Condition | None = None

    def __post_init__(self) -> None:
        _check_condition(self.condition)


@dataclass(frozen=True)
class CCCV:
    """A charge to a voltage, then a hold at that voltage, together at most `duration` [s].

    The hold is skipped if the charge ends by anything but its voltage.
    """

    charge: Step
    hold: Step
    duration: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.charge, Step) or not isinstance(self.hold, Step):
            raise ProtocolError("CCCV: give two steps, a charge and a hold")
        bounds = [x.value for x in self.charge.until if x.quantity == "voltage"]
        if self.hold.control != "voltage" or bounds != [self.hold.target]:
            raise ProtocolError("CCCV: the charge must end at the voltage that is held")
        if isinstance(self.charge.target, Profile) or not self.charge.target < 0.0:
            raise ProtocolError("CCCV: the first step must be a charge at a constant current or power")
        both = [
            [x for x in s.until if x.quantity not in drop]
            for s, drop in ((self.charge, ("voltage",)), (self.hold, FLOWS))
        ]
        alike = both[0] == both[1] and self._circumstances(self.charge) == self._circumstances(self.hold)
        if not alike or self.charge.duration:
            raise ProtocolError(
                "CCCV: the charge and the hold must have the same further limits and circumstances, "
                "and the duration is given for both together"
            )
        if self.hold.start_time is not None:
            raise ProtocolError("CCCV: the start time is that of the charge; leave out that of the hold")
        ends = len(both[1]) < len(self.hold.until)
        if self.hold.duration != (None if ends else self.duration):
            raise ProtocolError("CCCV: give a current at which the hold ends, or a duration of both steps")
        if self.duration is not None:
            replace(self.charge, duration=self.duration)  # checks the duration

    @staticmethod
    def _circumstances(step: Step) -> tuple[float | None, float | None, float, bool]:
        return step.temperature, step.period, step.heater, step.self_heating

    @property
    def rate(self) -> float:
        """Magnitude of the charge's target [unit of its control]."""
        return math.nan if isinstance(self.charge.target, Profile) else abs(self.charge.target)

    @property
    def voltage(self) -> float:
        """The voltage that is held [V]."""
        return math.nan if isinstance(self.hold.target, Profile) else self.hold.target

    @property
    def steps(self) -> tuple[Step, Step]:
        """Charge and hold, each with the common duration."""
        if self.duration is None:
            return self.charge, self.hold
        return replace(self.charge, duration=self.duration), replace(self.hold, duration=self.duration)


def _checked_times(what: str, times: Any) -> int:
    return int(whole(f"{what}, times", times, f"give a whole number from 1 to {MOST_TIMES}", high=MOST_TIMES))


def _check_condition(condition: Condition | None) -> None:
    if condition is not None and not isinstance(condition, Condition):
        raise ProtocolError(f"condition {shown(condition)}: give a Condition, or leave it out")


Node: TypeAlias = Step | Repeat | CCCV | Label | Goto | Stop


def has_step(node: Node) -> bool:
    """Whether the node is a step or contains one."""
    return isinstance(node, Step | CCCV | Repeat)


def conditions_in(nodes: Iterable[Node]) -> Iterator[Condition]:
    """All conditions of nodes."""
    for node in nodes:
        if isinstance(node, Goto | Stop) and node.condition is not None:
            yield node.condition
        elif isinstance(node, Repeat):
            yield from conditions_in(node.nodes)


def steps_in(nodes: Iterable[Node]) -> Iterator[Step]:
    """All steps of nodes, in the order in which they are written."""
    for node in nodes:
        if isinstance(node, Step):
            yield node
        elif isinstance(node, CCCV):
            yield from node.steps
        elif isinstance(node, Repeat):
            yield from steps_in(node.nodes)


def steps_ahead(nodes: Iterable[Node]) -> Iterator[Step]:
    """The same, blocks as often as they are repeated; conditions and jumps are not looked at."""
    for node in nodes:
        if isinstance(node, Repeat):
            for _ in range(node.times):
                yield from steps_ahead(node.nodes)
        else:
            yield from steps_in([node])
