"""A protocol as it unfolds: one step after another, each depending on how the last one went."""
from dataclasses import replace
from typing import NamedTuple

from ..errors import Ending, ProtocolError
from .language.scan import nearest
from .language.write import line
from .nodes import CCCV, MOMENT, Condition, Goto, Label, Repeat, Stop
from .step import Step

MAX_STEPS = 100_000  # a protocol is stopped after so many steps
IDLE = 10_000  # and after so many jumps without a step


class Op(NamedTuple):
    """An instruction of the flat program."""

    kind: str  # step, goto, stop, repeat (the end of a cycle), cycle (the start of one)
    node: object = None
    target: int = 0  # where it may jump to


def flatten(nodes, whenever=()) -> list[Op]:
    """The program of nodes; raises ProtocolError for jumps that lead nowhere or never end."""
    program: list[Op] = []
    labels: dict[str, tuple] = {}  # name: (block, place); a block is the way to it from the top
    jumps: list[tuple] = []  # (block, place)
    _append(program, nodes, (), labels, jumps)
    for block, k in jumps:
        goto = program[k].node
        home, place = labels.get(goto.label, (None, 0))
        if home is None or block[:len(home)] != home:
            near = nearest(goto.label, labels)
            raise ProtocolError(f"goto {goto.label}: there is no label of that name in this block or around it"
                                + (f"; did you mean {near!r}?" if near else ""))
        program[k] = Op("goto", goto, place)
    _check(program, bool(whenever))
    return program


def _append(program, nodes, block, labels, jumps):
    """Add the nodes of a block."""
    for node in nodes:
        if not block and isinstance(node, Step | CCCV):
            program.append(Op("cycle"))
        if isinstance(node, Label):
            if node.name in labels:
                raise ProtocolError(f"label {node.name}: there are two of that name")
            labels[node.name] = (block, len(program))
        elif isinstance(node, Goto):
            jumps.append((block, len(program)))
            program.append(Op("goto", node))
        elif isinstance(node, Stop):
            program.append(Op("stop", node))
        elif isinstance(node, Repeat):
            first = len(program)
            if not block:
                program.append(Op("cycle"))
            _append(program, node.nodes, (*block, first), labels, jumps)
            program.append(Op("repeat", node, first))
        else:
            program.append(Op("step", node))


def _check(program, watched):
    """What can be known without a run."""
    for op in program:
        if op.kind == "step":
            break
        if getattr(op.node, "condition", None) is not None:
            raise ProtocolError(f"{line(op.node)}: a condition needs a step before it")
    for k, op in enumerate(program):
        if op.kind != "goto" or op.target > k:
            continue
        between = program[op.target:k]
        if not any(o.kind == "step" for o in between):
            raise ProtocolError(f"{line(op.node)}: there is no step between the label and the jump back")
        leaves = any(o.kind == "stop" or o.kind == "goto" and not op.target <= o.target <= k for o in between)
        if op.node.condition is None and op.node.times is None and not leaves and not watched:
            raise ProtocolError(f"{line(op.node)}: this never ends; give the times or a condition, or put a "
                                "'stop if' or a goto that leads out between the label and the jump back")


class Walk:
    """Steps one after another: `step = next(walk)`, then `step = walk.send(outcome, values)` until StopIteration.

    cycle: the number of the cycle the last step belongs to, from 1; at the top level each step is a cycle
    of its own, and so is each turn of a repeat, as in PyBaMM.
    count: steps so far.
    reason: why it ended, in words; "" as long as it goes on.
    """

    def __init__(self, program, whenever, max_steps=MAX_STEPS):
        self.cycle, self.count, self.reason = 0, 0, ""
        self._program, self._whenever, self._most = program, whenever, max_steps
        self._clock: float = 0.0
        self._last: tuple | None = None
        self._steps = self._run()

    def __iter__(self):
        return self

    def __next__(self) -> Step:
        """The first step."""
        return next(self._steps)

    def send(self, outcome, values) -> Step:
        """The next step, after a finished one.

        outcome: has .ending (an `Ending`), .t_start and .t_end [s], .discharge_capacity and
        .charge_capacity [A.h].  values: a mapping of how the cell is now: "voltage" [V], "current" [A],
        "c-rate", "current density" [A/m2], "soc" (0..1), "temperature" [K], "plating margin" [V],
        "critical current margin" [A/m2]; only what a condition asks for is looked up.
        Raises StopIteration at the end, with the reason in `.reason`.
        """
        self._clock += outcome.t_end - outcome.t_start
        self._last = (outcome, values)
        return self._steps.send(None)

    def _holds(self, condition: Condition | None) -> bool:
        if condition is None or self._last is None:
            return condition is None
        return condition.holds(self._last[0], self._last[1], self._clock)

    def _run(self):
        at, idle, turns = 0, 0, {}
        while at < len(self._program):
            op = self._program[at]
            if op.kind == "step":
                idle = 0
                yield from self._do(op.node)
                if self.reason:
                    return
            at, idle = self._next(op, at, turns), idle + 1
            if self.reason:
                return
            if idle > IDLE:
                self.reason = f"stopped: {IDLE} jumps without a step"
                return
        self.reason = "the protocol came to its end"

    def _next(self, op, at, turns):
        """Where to go on."""
        if op.kind == "cycle":
            self.cycle += 1
        elif op.kind == "stop" and self._holds(op.node.condition):
            self.reason = f"the protocol said: {line(op.node)}"
        elif op.kind in ("goto", "repeat"):
            most = op.node.times if op.kind == "goto" else op.node.times - 1
            wanted = op.kind == "repeat" or self._holds(op.node.condition)
            turns[at] = turns.get(at, 0) + 1
            if wanted and (most is None or turns[at] <= most):
                if op.kind == "goto":
                    self._leave(at, op.target, turns)
                return op.target
            turns[at] = 0
        return at + 1

    def _leave(self, at, target, turns):
        """A jump out of a cycle begins that anew."""
        for k, op in enumerate(self._program):
            if op.kind == "repeat" and op.target <= at < k and not op.target <= target <= k:
                turns.pop(k, None)

    def _do(self, node):
        if isinstance(node, Step):
            yield from self._one(node)
            return
        began = self._clock
        yield from self._one(node.charge if node.duration is None else replace(node.charge, duration=node.duration))
        outcome, left = self._last[0], None
        if node.duration is not None:
            left = node.duration - (self._clock - began)
        if self.reason or outcome.ending != Ending.UPPER_VOLTAGE or (left is not None and left < MOMENT):
            return
        hold = _less_charge(node.hold, outcome.charge_capacity)
        if hold is not None:
            yield from self._one(hold if left is None else replace(hold, duration=left))

    def _one(self, step):
        """One step, and what ends the protocol after any."""
        if self.count >= self._most:
            self.reason = f"stopped: it took {self._most} steps and did not end"
            return
        end = min((c.value for c in self._whenever if c.quantity == "time" and c.side == "above"), default=None)
        if end is not None:
            left = max(end - self._clock, MOMENT)
            if step.duration is None or step.duration > left:
                step = replace(step, duration=left)
        self.count += 1
        yield step
        for condition in self._whenever:
            if self._holds(condition):
                self.reason = f"the protocol said: {line(Stop(condition)).replace('if', 'whenever', 1)}"
                return


def _less_charge(step, passed):
    """The step with its limit of charge less by what has passed; None if nothing is left."""
    until = []
    for x in step.until:
        if x.quantity == "capacity":
            if x.value - passed <= 0.0:
                return None
            x = replace(x, value=x.value - passed)
        until.append(x)
    return replace(step, until=tuple(until))


