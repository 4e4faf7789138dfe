"""What a protocol is made of besides steps: cycles, jumps, ends, and the conditions they depend on."""
from dataclasses import dataclass, replace

from ..errors import ProtocolError
from ..support.arguments import chosen, listed, number, shown, whole
from .profiles import Profile
from .step import FLOWS, QUANTITIES, Step

MOST_TIMES = 10**6  # a cycle or a jump is not repeated more often than this
MOMENT = 1e-6  # less time than this is none [s]
DEEPEST = 20  # cycles within cycles
# what a condition may look at: the quantities of a limit, the time since the protocol began [s], and why the
# last step ended
LOOKS = {**QUANTITIES, "time": "s"}
# words for endings: how `Ending` names begin or end
ENDED_BY = {"time": "DURATION", "voltage": "VOLTAGE", "current": "CURRENT", "capacity": "CAPACITY", "soc": "CAPACITY",
            "temperature": "TEMPERATURE", "plating margin": "PLATING_MARGIN",
            "critical current margin": "CRITICAL_CURRENT"}


@dataclass(frozen=True)
class Condition:
    """A comparison with how the last step left the cell.

    quantity: one of LOOKS, compared with `value` in its unit, or "ending".  Currents are magnitudes; the
    capacity is what the last step passed; time counts from the start of the protocol.
    side: "above" or "below" (either is also true at the value itself); of an ending, one of ENDED_BY.
    """

    quantity: str
    side: str
    value: float = 0.0

    def __post_init__(self):
        if self.quantity == "ending":
            chosen("ended by", self.side, ENDED_BY)
            return
        chosen("condition on", self.quantity, LOOKS)
        chosen(f"condition on {self.quantity}, side", self.side, ("above", "below"))
        object.__setattr__(self, "value", number(f"condition on {self.quantity}:", self.value, "give a finite number"))

    def holds(self, outcome, values, elapsed) -> bool:
        """Whether it is true; see `Walk.send` for outcome and values, elapsed [s] since the start."""
        if self.quantity == "ending":
            name, wanted = outcome.ending.name, ENDED_BY[self.side]
            return name.startswith(wanted) or self.side == "voltage" and name.endswith(wanted)
        if self.quantity == "time":
            found = elapsed + MOMENT if self.side == "above" else elapsed
        elif self.quantity == "capacity":
            found = abs(outcome.discharge_capacity) + abs(outcome.charge_capacity)
        else:
            try:
                found = float(values[self.quantity])
            except KeyError:
                raise ProtocolError(f"a condition asks for the {self.quantity}, which this run does not know") from None
            found = abs(found) if self.quantity in FLOWS else found
        return found >= self.value if self.side == "above" else found <= self.value


@dataclass(frozen=True)
class Repeat:
    """A cycle: its nodes, `times` times."""

    nodes: tuple
    times: int = 1

    def __post_init__(self):
        nodes = tuple(listed("repeat", self.nodes, "give a list of steps"))
        for node in nodes:
            if not isinstance(node, Step | Repeat | CCCV | Label | Goto | Stop):
                raise ProtocolError(f"repeat {shown(node)}: give a list of steps")
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "times", _checked_times("repeat", self.times))
        depth = 1 + max((n.depth for n in nodes if isinstance(n, Repeat)), default=0)
        if depth > DEEPEST:
            raise ProtocolError(f"more than {DEEPEST} cycles within each other: write them side by side")
        object.__setattr__(self, "depth", depth)
        if not any(map(has_step, self.nodes)):
            raise ProtocolError("a repeated block needs a step")


@dataclass(frozen=True)
class Label:
    """A place to go to."""

    name: str

    def __post_init__(self):
        if not (isinstance(self.name, str) and self.name.isidentifier() and self.name.isascii()):
            raise ProtocolError(f"label {shown(self.name)}: give one word of letters, digits and _")


@dataclass(frozen=True)
class Goto:
    """Go on at a label; at most so many times in a row, if the condition holds."""

    label: str
    condition: Condition | None = None
    times: int | None = None

    def __post_init__(self):
        Label(self.label)  # which checks it
        _check_condition(self.condition)
        if self.times is not None:
            object.__setattr__(self, "times", _checked_times(f"goto {self.label}", self.times))


@dataclass(frozen=True)
class Stop:
    """End the whole protocol here, if the condition holds."""

    condition: Condition | None = None

    def __post_init__(self):
        _check_condition(self.condition)


@dataclass(frozen=True)
class CCCV:
    """A charge up to a voltage, then a hold of that, both within `duration` [s].

    The hold is left out if the charge ended by anything else than its voltage.
    """

    charge: Step
    hold: Step
    duration: float | None = None

    def __post_init__(self):
        if not isinstance(self.charge, Step) or not isinstance(self.hold, Step):
            raise ProtocolError("CCCV: give two steps, a charge and a hold")
        bounds = [x.value for x in self.charge.until if x.quantity == "voltage"]
        if self.hold.control != "voltage" or bounds != [self.hold.target]:
            raise ProtocolError("CCCV: the charge must end at the voltage that is held")
        if isinstance(self.charge.target, Profile) or not self.charge.target < 0.0:
            raise ProtocolError("CCCV: begins with a charge at a constant current or power")
        both = [[x for x in s.until if x.quantity not in drop] for s, drop in
                ((self.charge, ("voltage",)), (self.hold, FLOWS))]
        if both[0] != both[1] or self._around(self.charge) != self._around(self.hold) or self.charge.duration:
            raise ProtocolError("CCCV: the charge and the hold must have the same further limits and surroundings, and "
                                "the duration is that of both")
        ends = len(both[1]) < len(self.hold.until)
        if self.hold.duration != (None if ends else self.duration):
            raise ProtocolError("CCCV: the hold needs a current to end at, or the whole a duration")
        if self.duration is not None:
            replace(self.charge, duration=self.duration)  # which checks it

    @staticmethod
    def _around(step):
        return step.temperature, step.period, step.heater, step.self_heating

    @property
    def steps(self) -> tuple[Step, Step]:
        """Charge and hold, each with the whole duration."""
        if self.duration is None:
            return self.charge, self.hold
        return replace(self.charge, duration=self.duration), replace(self.hold, duration=self.duration)


def _checked_times(what, times) -> int:
    return whole(f"{what}, times", times, f"give a whole number from 1 to {MOST_TIMES}", high=MOST_TIMES)


def _check_condition(condition):
    if condition is not None and not isinstance(condition, Condition):
        raise ProtocolError(f"condition {shown(condition)}: give a Condition, or leave it out")


def has_step(node) -> bool:
    """Whether the cycler does something in this node."""
    return isinstance(node, Step | CCCV | Repeat)


def conditions_in(nodes):
    """All conditions of nodes."""
    for node in nodes:
        if isinstance(node, Goto | Stop) and node.condition is not None:
            yield node.condition
        elif isinstance(node, Repeat):
            yield from conditions_in(node.nodes)


def steps_in(nodes):
    """All steps of nodes, in the order they are written."""
    for node in nodes:
        if isinstance(node, Step):
            yield node
        elif isinstance(node, CCCV):
            yield from node.steps
        elif isinstance(node, Repeat):
            yield from steps_in(node.nodes)
