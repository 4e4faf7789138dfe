"""Which steps are likely to follow the present one of a protocol."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import NamedTuple

from ...protocols import CCCV, Step
from ...protocols.program import Walk

DONE = SimpleNamespace(t_start=0.0, t_end=0.0)  # an outcome that no one looks at


class Place(NamedTuple):
    """A step where it stands in a protocol, see `Walk`."""

    step: Step
    label: str
    position: int  # `Walk.index`
    cycle: int


class Course(NamedTuple):
    """All steps of a protocol, and why it ends."""

    places: Sequence[Place]
    reason: str


def course_of(walk: Walk, most: int) -> Course | None:
    """The course of a walk that has not begun; None if it depends on how steps end, or has more than so many."""
    if not is_fixed(walk):
        return None
    step: Step = next(walk)
    places: list[Place] = []
    while len(places) < most:
        places.append(Place(step, walk.label, walk.index, walk.cycle))
        try:
            step = walk.send(DONE, {})
        except StopIteration:
            return Course(places, walk.reason)
    return None


def ahead(walk: Walk, most: int) -> list[Step]:
    """A guess at the steps that follow the last one, at most so many: those if no condition holds and charges end at
    their voltage; none where their durations depend on when they begin.
    """
    if walk.timed:
        return []
    found: list[Step] = []
    at, turns = walk.at, dict(walk.turns)
    if walk.charges:
        hold = _hold(walk.program[at].node)
        if hold is None:
            return []
        found.append(hold)
    for _ in range(4 * most):  # instructions
        op = walk.program[at]
        if op.kind == "goto" and op.node.condition is not None:
            break
        at = walk.turn(op, at, turns) if op.kind in ("goto", "repeat") else at + 1
        if at >= len(walk.program) or len(found) >= most:
            break
        op = walk.program[at]
        if op.kind == "step":
            if isinstance(op.node, CCCV) and _hold(op.node) is None:
                break
            found += op.node.steps if isinstance(op.node, CCCV) else (op.node,)
    return found[:most]


def is_fixed(walk: Walk) -> bool:
    """Whether the steps of a protocol are the same ones in the same order, however they end."""
    return not walk.whenever and all(
        op.kind in ("cycle", "repeat") or (op.kind == "step" and isinstance(op.node, Step) and op.begins is None)
        for op in walk.program
    )


def _hold(node: CCCV) -> Step | None:
    """The hold of a charge that ends at its voltage, if that is the same however the charge went."""
    limited = node.duration is not None or any(x.quantity == "capacity" for x in node.hold.until)
    return None if limited else node.hold
