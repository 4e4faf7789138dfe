"""Protocols to and from `pybamm.Experiment`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..errors import ProtocolError
from ..support.renamed import warn
from .language.write import line
from .nodes import CCCV, Condition, Node, Repeat
from .profiles import Profile
from .program import CAPACITY, RETENTION
from .quantities import BY_NAME, CONTROLS, LIMITS, Quantity
from .step import Limit, Step

CLASSES = {role.pybamm[0]: name for name, role in CONTROLS.items() if role.pybamm}
TERMINATIONS = {cls: name for name, role in LIMITS.items() for cls in role.pybamm}
LONGEST_PROFILE = 2_000_000  # points of a drive cycle, its repetitions written out
MOST_STEPS = 100_000


def from_pybamm(experiment: Any) -> tuple[tuple[Node, ...], tuple[Condition, ...]]:
    """(nodes, whenever) of an experiment.  A tuple of several steps becomes a repeated block, equal ones in a row one.

    Raises ProtocolError naming the step that has no counterpart.
    """
    if not hasattr(experiment, "cycle_lengths"):
        raise ProtocolError(f"give a pybamm.Experiment, not {type(experiment).__name__}")
    made = [_from_step(s, f"step {number} ({s})") for number, s in enumerate(experiment.steps, 1)]
    nodes: list[Node] = []
    at = 0
    for length in experiment.cycle_lengths:
        body, at = tuple(made[at : at + length]), at + length
        if length == 1:
            nodes.append(body[0])
        elif nodes and isinstance(nodes[-1], Repeat) and nodes[-1].nodes == body:
            nodes[-1] = Repeat(body, nodes[-1].times + 1)
        else:
            nodes.append(Repeat(body))
    return tuple(nodes), tuple(_whenever(experiment.termination))


def _whenever(termination: Mapping[str, Any]) -> Iterator[Condition]:
    for name, value in termination.items():
        number, unit = value if isinstance(value, tuple | list) else (value, "")
        name = {"%": RETENTION, "Ah": CAPACITY}.get(unit, name)
        side = BY_NAME[name].pybamm_stop if name in BY_NAME else ""
        if not side:
            raise ProtocolError(f"experiment termination by {name} has no counterpart here; leave it out")
        yield Condition(name, side, float(number) / 100.0 if name == RETENTION else float(number))


def _from_step(s: Any, label: str) -> Step:
    """One step of PyBaMM."""
    control = CLASSES.get(type(s).__name__)
    if control is None:
        raise ProtocolError(f"{label}: a {type(s).__name__} has no counterpart here")
    target = _target(s, label)
    if target == 0.0 and control == "resistance":
        raise ProtocolError(f"{label}: a resistance of 0 Ohm is a short circuit, which is not simulated; give another")
    if not isinstance(target, Profile) and target == 0.0 and control != "voltage":
        control = "rest"
    until = tuple(x for t in s.termination if (x := _from_termination(t, s, target, control, label)) is not None)
    duration = None if s.uses_default_duration else _number(s.duration, "duration", label)
    if isinstance(target, Profile):
        control = "current" if control == "rest" else control
        duration = None if duration == target.duration else duration
    if control in ("rest", "voltage") and duration is None and not until:
        duration = float(s.duration)
    temperature, period = (
        None if getattr(s, name) is None else _number(getattr(s, name), name, label)
        for name in ("temperature", "period")
    )
    try:
        return Step(control, target, duration, until, temperature, period, start_time=s.start_time)
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _number(value: Any, what: str, label: str) -> float:
    """A number of a step; PyBaMM allows symbols as well, which are refused."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError, NotImplementedError):
        raise ProtocolError(
            f"{label}: its {what} is not a number, but of type {type(value).__name__}; give a number"
        ) from None


def _target(s: Any, label: str) -> float | Profile:
    value = s.input_value
    if isinstance(value, int | float | np.number):
        return _number(value, "value", label)
    if not s.is_drive_cycle:
        raise ProtocolError(f"{label}: its value is a function or an input parameter; give a number or an array")
    try:
        t, v = np.array(value, float).T
        if s.duration > t[-1] > 0.0:  # PyBaMM repeats it, one time step after its end
            turns, gap = int(np.ceil(s.duration / t[-1])), t[1] - t[0]
            if turns * t.size > LONGEST_PROFILE:
                raise ProtocolError(f"repeated {turns} times it has more than {LONGEST_PROFILE} points; shorten it")
            t, v = np.concatenate([t + (t[-1] + gap) * k for k in range(turns)]), np.tile(v, turns)
        return Profile(tuple(t.tolist()), tuple(v.tolist()))
    except (ProtocolError, ValueError, TypeError) as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _from_termination(t: Any, s: Any, target: float | Profile, control: str, label: str) -> Limit | None:
    """A limit; None where PyBaMM does not evaluate it.

    In PyBaMM every operator on a current means that its magnitude has fallen.  A voltage without an operator ends a
    charge when it rises and a discharge when it falls; the first value of a drive cycle gives its direction, and a
    rest has none.
    """
    quantity = TERMINATIONS.get(type(t).__name__)
    if quantity is None:
        raise ProtocolError(f"{label}: a {type(t).__name__} has no counterpart here")
    value, side = _number(t.value, "termination", label), {"<": "below", ">": "above", None: ""}[t.operator]
    role = LIMITS[quantity]
    if not role.rest and control == "rest":
        raise ProtocolError(f"{label}: a rest passes no current: it cannot end at a limit of {quantity}; leave it out")
    if quantity == "current" and side:
        if (side == "below") != (value >= 0.0):
            raise ProtocolError(
                f"{label}: ends when the current is {t.operator} {value:g} A; only a current that "
                "falls to a value has a counterpart here"
            )
        value, side = abs(value), ""
    if role.pybamm_sided and not side and (control == "rest" or isinstance(target, Profile)):
        side = {"charge": "above", "discharge": "below"}.get(s.direction, "")
        if not side:
            warn(
                f"{label}: PyBaMM does not end a step that begins without a current at {value:g} V, so the "
                f"limit is left out; write '< {value:g} V' or '> {value:g} V'"
            )
            return None
    try:
        return Limit(quantity, value, side if role.pybamm_sided else "")
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def to_pybamm(protocol: Any) -> Any:
    """The `pybamm.Experiment` of a `Protocol`.  Raises ProtocolError naming what PyBaMM cannot do."""
    try:
        import pybamm
    except ImportError:
        raise ProtocolError("to_pybamm: PyBaMM is not installed: pip install pybamm") from None

    if protocol.force:
        raise ProtocolError(
            "force: PyBaMM cannot go beyond the cut-off voltages of its parameters; change those "
            "there, and leave out force"
        )
    if sum(map(_count, protocol.nodes)) > MOST_STEPS:
        raise ProtocolError(f"more than {MOST_STEPS} steps, repetitions counted, are too many for PyBaMM")
    conditions: list[Any] = []
    for node in protocol.nodes:
        if isinstance(node, Repeat):
            conditions.extend([tuple(_flat(node.nodes))] * node.times)
        else:
            conditions.extend(_flat((node,)))
    made = [tuple(_to_step(pybamm, s) for s in c) if isinstance(c, tuple) else _to_step(pybamm, c) for c in conditions]
    ends = []
    for c in protocol.whenever:
        row = BY_NAME.get(c.quantity)
        if row is None or c.side != row.pybamm_stop:
            raise ProtocolError(f"PyBaMM cannot end an experiment when the {c.quantity} is {c.side} a value")
        ends.append(_end(c, row))
        if [end.split()[-1] for end in ends].count(ends[-1].split()[-1]) > 1:
            raise ProtocolError(f"PyBaMM ends an experiment at one {ends[-1].split()[-1]} only: leave out {ends[-1]!r}")
    return pybamm.Experiment(made, termination=ends or None)


def _end(c: Condition, row: Quantity) -> str:
    """A termination of an experiment."""
    if c.quantity == RETENTION:
        return f"{100.0 * c.value:.12g}% capacity"
    return f"{c.value!r} Ah capacity" if c.quantity == CAPACITY else f"{c.value!r} {row.unit}"


def _count(node: Node) -> int:
    """Number of steps of a node, repetitions counted."""
    if isinstance(node, Repeat):
        return node.times * sum(map(_count, node.nodes))
    return 2 if isinstance(node, CCCV) else 1


def _flat(nodes: Iterable[Node]) -> Iterator[Step]:
    """Steps of nodes, repetitions written out."""
    for node in nodes:
        if isinstance(node, Step):
            yield node
        elif isinstance(node, Repeat):
            yield from list(_flat(node.nodes)) * node.times
        elif isinstance(node, CCCV):
            if node.duration is not None or len(node.hold.until) > 1:
                raise ProtocolError(f"{line(node)}: PyBaMM cannot limit a charge and its hold together")
            yield from node.steps
        else:
            raise ProtocolError(f"{line(node)}: PyBaMM has no jumps, and no stops within an experiment")


def _to_step(pybamm: Any, s: Step) -> Any:
    """One step; raises ProtocolError if PyBaMM has no counterpart."""
    names = CONTROLS[s.control].pybamm
    if not names:
        raise ProtocolError(f"{s.summary}: PyBaMM cannot control the {s.control}")
    if s.heater or s.self_heating:
        raise ProtocolError(f"{s.summary}: PyBaMM has no heater")
    more = {
        "duration": s.duration,
        "termination": [_to_termination(pybamm, s, x) for x in s.until] or None,
        "period": s.period,
        "temperature": s.temperature,
        "start_time": s.start_time,
    }
    target: Any = s.target
    if isinstance(target, Profile):
        target = np.column_stack([target.times, target.values])
    try:
        make = getattr(pybamm.step, names[1])
        return make(**more) if s.control == "rest" else make(target, **more)
    except (ValueError, TypeError) as fault:
        raise ProtocolError(f"{s.summary}: PyBaMM refuses it ({fault})") from None


def _to_termination(pybamm: Any, s: Step, x: Limit) -> Any:
    role = LIMITS[x.quantity]
    if not role.pybamm or x.side and not role.pybamm_sided:
        raise ProtocolError(f"{s.summary}: PyBaMM cannot end a step at {x}")
    if role.pybamm_sided and not x.side and (isinstance(s.target, Profile) or s.control == "rest"):
        raise ProtocolError(f"{s.summary}: PyBaMM needs a side, above or below {x}")
    return getattr(pybamm.step, role.pybamm[0])(x.value, {"below": "<", "above": ">", "": None}[x.side])
