"""Execution of a protocol: its flat program, and the sequence of steps that depends on their outcomes."""

import math
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from ..errors import Ending, ProtocolError
from .language.scan import nearest
from .language.write import line
from .nodes import CCCV, MOMENT, Condition, Goto, Label, Node, Repeat, Stop, steps_in
from .step import LONGEST, Step

MAX_STEPS = 100_000  # a protocol is stopped after so many steps,
IDLE = 10_000  # or so many instructions in a row without a step
CAPACITY, RETENTION = OF_CYCLES = ("cell capacity", "capacity retention")  # quantities that belong to a whole cycle
Block = tuple[int, ...]  # places of the nested blocks around a node, from the outermost one


class Op(NamedTuple):
    """An instruction of the flat program."""

    kind: str  # step, goto, stop, repeat (the end of a block), cycle (the start of a cycle)
    node: Any = None
    target: int = 0  # place to which it may jump
    label: str = ""  # of a step: the label directly before it
    positions: tuple[int, ...] = ()  # of a step, or of a charge and its hold: positions in `Protocol.steps`
    begins: float | None = None  # when a step with a start time starts, from the start of the protocol [s]
    ends: float = math.inf  # when the next one does


def flatten(nodes: Iterable[Node], whenever: Sequence[Condition] = ()) -> list[Op]:
    """The program of nodes; raises ProtocolError for jumps to unknown labels and for loops that never end."""
    program: list[Op] = []
    labels: dict[str, tuple[Block, int]] = {}  # name: (block, place)
    jumps: list[tuple[Block, int]] = []
    positions = {step: k for k, step in enumerate(dict.fromkeys(steps_in(nodes)))}
    _append(program, nodes, (), labels, jumps, positions)
    for block, k in jumps:
        goto = program[k].node
        home, place = labels.get(goto.label, (None, 0))
        if home is None or block[: len(home)] != home:
            near = nearest(goto.label, labels)
            raise ProtocolError(
                f"goto {goto.label}: there is no label of that name in this block or a block around it"
                + (f"; did you mean {near!r}?" if near else "")
            )
        program[k] = Op("goto", goto, place)
    _check(program, bool(whenever))
    return _timed(program)


def start_time(node: Any) -> datetime | None:
    """The start time of a step, or of a charge and its hold."""
    found: datetime | None = getattr(node.charge if isinstance(node, CCCV) else node, "start_time", None)
    return found


def _timed(program: list[Op]) -> list[Op]:
    """The program with the clock of its start times, in seconds; raises ProtocolError where they make no sense."""
    timed = [k for k, op in enumerate(program) if op.kind == "step" and start_time(op.node) is not None]
    if not timed:
        return program
    first = next(k for k, op in enumerate(program) if op.kind == "step")
    if timed[0] != first:
        raise ProtocolError(f"{line(program[first].node)}: the first step needs a start time, as a later one has one")
    if any(op.kind == "goto" for op in program):
        raise ProtocolError("a protocol with start times cannot jump: leave out goto, or the start times")
    moments = {k: found for k in timed if (found := start_time(program[k].node)) is not None}
    at = {k: (found - moments[first]).total_seconds() for k, found in moments.items()}
    turns = [(op.target, k) for k, op in enumerate(program) if op.kind == "repeat" and op.node.times > 1]
    for k, before in zip(timed, [first, *timed], strict=False):
        if any(a <= k <= b for a, b in turns):
            raise ProtocolError(f"{line(program[k].node)}: a step with a start time cannot be repeated; leave one out")
        if k != first and not at[k] > at[before]:
            raise ProtocolError(f"{line(program[k].node)}: starts before the step before it; give a later start time")
    ends = math.inf
    for k in range(len(program) - 1, -1, -1):
        program[k] = program[k]._replace(ends=ends)
        if k in at:
            program[k], ends = program[k]._replace(begins=at[k]), at[k]
    return program


def _append(
    program: list[Op],
    nodes: Iterable[Node],
    block: Block,
    labels: dict[str, tuple[Block, int]],
    jumps: list[tuple[Block, int]],
    positions: dict[Step, int],
) -> None:
    """Append the instructions of a block."""
    label = ""
    for node in nodes:
        if not block and isinstance(node, Step | CCCV):
            program.append(Op("cycle"))
        if isinstance(node, Label):
            if node.name in labels:
                raise ProtocolError(f"label {node.name}: there are two of that name")
            labels[node.name] = (block, len(program))
            label = node.name
            continue
        if isinstance(node, Goto):
            jumps.append((block, len(program)))
            program.append(Op("goto", node))
        elif isinstance(node, Stop):
            program.append(Op("stop", node))
        elif isinstance(node, Repeat):
            first = len(program)
            if not block:
                program.append(Op("cycle"))
            _append(program, node.nodes, (*block, first), labels, jumps, positions)
            program.append(Op("repeat", node, first))
        else:
            steps = node.steps if isinstance(node, CCCV) else (node,)
            program.append(Op("step", node, label=label, positions=tuple(positions[s] for s in steps)))
        label = ""


def _check(program: list[Op], watched: bool) -> None:
    """Raise ProtocolError for faults that are known without a run; watched: whether conditions may end it anywhere."""
    for op in program:
        if op.kind == "step":
            break
        if getattr(op.node, "condition", None) is not None:
            raise ProtocolError(f"{line(op.node)}: a condition needs a step before it")
    for k, op in enumerate(program):
        if op.kind != "goto" or op.target > k:
            continue
        between = program[op.target : k]
        if not any(o.kind == "step" for o in between):
            raise ProtocolError(f"{line(op.node)}: there is no step between the label and the jump back")
        leaves = any(o.kind == "stop" or o.kind == "goto" and not op.target <= o.target <= k for o in between)
        if op.node.condition is None and op.node.times is None and not leaves and not watched:
            raise ProtocolError(
                f"{line(op.node)}: this never ends; give a number of times or a condition, or put a "
                "'stop if' or a goto out of the loop between the label and the jump back"
            )


class Walk:
    """The sequence of steps: `step = next(walk)`, then `step = walk.send(outcome, values)` until StopIteration.

    cycle: number of the cycle to which the last step belongs, from 1; at the top level each step is a cycle, and so
    is each repetition of a block, as in PyBaMM.
    count: steps so far.
    label: the `Label` directly before the last step, "" if there is none.
    index: position of the last step in `Protocol.steps`, where it is as written (what is run may have a shorter
    duration or a smaller limit of capacity); -1 for a rest until a start time.
    reason: why the protocol ended, in words; "" while it is running.
    program, at, turns, charges: instructions, the place of the last step, how often each jump was taken, and whether
    the step is the charge of a charge and a hold.
    """

    def __init__(self, program: Sequence[Op], whenever: Sequence[Condition], max_steps: int = MAX_STEPS) -> None:
        self.cycle, self.count, self.reason, self.label = 0, 0, "", ""
        self.index = -1
        self.program, self.whenever, self._most = program, whenever, max_steps
        self._clock: float = 0.0
        self._ends = math.inf  # when the next step with a start time begins
        self._around: float | None = None  # the surroundings of the last step
        self._last: tuple[Any, Mapping[str, float]] | None = None
        self._first: float | None = None  # capacity after the first cycle [A.h], if shares of it are asked for
        self.at, self.charges = 0, False
        self.turns: dict[int, int] = {}
        self._steps = self._run()

    def __iter__(self) -> Iterator[Step]:
        return self

    @property
    def timed(self) -> bool:
        """Whether the durations of later steps may depend on when they begin."""
        return self._ends < math.inf or any(c.quantity == "time" for c in self.whenever)

    def __next__(self) -> Step:
        """The first step."""
        return next(self._steps)

    def send(self, outcome: Any, values: Mapping[str, float]) -> Step:
        """The next step, after a finished one.

        outcome: has .ending (an `Ending`), .t_start and .t_end [s], .discharge_capacity and .charge_capacity [Ah].
        values: the present state of the cell by the names and in the units of `quantities.CONDITIONS`; only those that
        a condition compares are looked up.
        Raises StopIteration at the end, with the reason in `.reason`.
        """
        self._clock += outcome.t_end - outcome.t_start
        self._last = (outcome, values)
        return self._steps.send(None)

    def _holds(self, condition: Condition | None) -> bool:
        if condition is None or self._last is None:
            return condition is None
        if condition.quantity == RETENTION:  # of the capacity after the first cycle
            now = float(self._last[1][CAPACITY]) / self._first if self._first else 1.0
            return now >= condition.value if condition.side == "above" else now <= condition.value
        return condition.holds(self._last[0], self._last[1], self._clock)

    def _run(self) -> Generator[Step, None, None]:
        at, idle, turns = 0, 0, self.turns
        while at < len(self.program):
            op = self.program[at]
            if op.kind == "cycle":
                self._end_of_cycle()
            if op.kind == "cycle" or op.kind == "step":  # the rest belongs to the cycle before
                following = op if op.kind == "step" else self.program[at + 1]
                self._ends = math.inf
                if following.begins is not None:
                    yield from self._wait(following.begins)
            if op.kind == "step" and not self.reason:
                idle = 0
                self.label = op.label
                self._ends, self.at = op.ends, at
                yield from self._do(op.node, op.positions)
                if self.reason:
                    return
            at, idle = self._next(op, at, turns), idle + 1
            if self.reason:
                return
            if idle > IDLE:
                self.reason = f"stopped: {IDLE} instructions in a row without a step"
                return
        self.reason = "the protocol is complete"

    def _compares(self) -> bool:
        """Whether shares of the first capacity are asked for anywhere."""
        asked = (*self.whenever, *(op.node.condition for op in self.program if op.kind in ("goto", "stop")))
        return any(c is not None and c.quantity == RETENTION for c in asked)

    def _end_of_cycle(self) -> None:
        """What is asked for after each cycle, as in PyBaMM: the capacity that the cell has left."""
        if self._last is None or self.reason:
            return
        if self._first is None and self._compares():
            self._first = float(self._last[1][CAPACITY])
        for condition in self.whenever:
            if condition.quantity in OF_CYCLES and self._holds(condition):
                self.reason = _because(condition)
                return

    def _wait(self, begins: float) -> Generator[Step, None, None]:
        """A rest until the start time of a step [s]."""
        left = begins - self._clock
        while left > MOMENT and not self.reason:
            self.label = ""
            yield from self._one(Step("rest", 0.0, min(left, LONGEST), temperature=self._around), -1)
            left = begins - self._clock

    def _next(self, op: Op, at: int, turns: dict[int, int]) -> int:
        """The place of the next instruction."""
        if op.kind == "cycle":
            self.cycle += 1
        elif op.kind == "stop" and self._holds(op.node.condition):
            self.reason = f"ended by the protocol: {line(op.node)}"
        elif op.kind in ("goto", "repeat"):
            if op.kind == "repeat" or self._holds(op.node.condition):
                return self.turn(op, at, turns)
            turns[at] = 0
        return at + 1

    def turn(self, op: Op, at: int, turns: dict[int, int]) -> int:
        """The place after a jump that is wanted, as often as it may be taken."""
        most = op.node.times if op.kind == "goto" else op.node.times - 1
        turns[at] = turns.get(at, 0) + 1
        if most is None or turns[at] <= most:
            if op.kind == "goto":
                self._leave(at, op.target, turns)
            return op.target
        turns[at] = 0
        return at + 1

    def _leave(self, at: int, target: int, turns: dict[int, int]) -> None:
        """A jump out of a block resets the count of its repetitions."""
        for k, op in enumerate(self.program):
            if op.kind == "repeat" and op.target <= at < k and not op.target <= target <= k:
                turns.pop(k, None)

    def _do(self, node: Step | CCCV, positions: tuple[int, ...]) -> Generator[Step, None, None]:
        if isinstance(node, Step):
            yield from self._one(node, positions[0])
            return
        began = self._clock
        self.charges = True
        yield from self._one(node.steps[0], positions[0])
        self.charges = False
        if self._last is None:
            return
        outcome, left = self._last[0], None
        if node.duration is not None:
            left = node.duration - (self._clock - began)
        if self.reason or outcome.ending != Ending.UPPER_VOLTAGE or (left is not None and left < MOMENT):
            return
        hold = _less_charge(node.hold, outcome.charge_capacity)
        if hold is not None:
            yield from self._one(hold if left is None else replace(hold, duration=left), positions[1])

    def _one(self, step: Step, index: int) -> Generator[Step, None, None]:
        """One step, and the conditions that end the protocol after any step."""
        if self.count >= self._most:
            self.reason = f"stopped after {self._most} steps, the most that are allowed"
            return
        if self._ends - self._clock <= MOMENT:
            self.reason = f"stopped: {step.summary} would begin at the start time of a later step"
            return
        end = self._ends
        for c in self.whenever:
            if c.quantity == "time" and c.side == "above":
                end = min(end, c.value)
        if end < math.inf:
            left = max(end - self._clock, MOMENT)
            if step.duration is None or step.duration > left:
                step = replace(step, duration=left)
        self.count += 1
        self.index = index
        self._around = step.temperature
        yield step
        for condition in self.whenever:
            if condition.quantity not in OF_CYCLES and self._holds(condition):
                self.reason = _because(condition)
                return


def _because(condition: Condition) -> str:
    """Why the protocol ended."""
    return f"ended by the protocol: {line(Stop(condition)).replace('if', 'whenever', 1)}"


def _less_charge(step: Step, passed: float) -> Step | None:
    """The step with its limits of capacity reduced by the charge passed [Ah]; None if nothing is left."""
    if not any(x.quantity == "capacity" for x in step.until):
        return step
    until = []
    for x in step.until:
        if x.quantity == "capacity":
            if x.value - passed <= 0.0:
                return None
            x = replace(x, value=x.value - passed)
        until.append(x)
    return replace(step, until=tuple(until))
