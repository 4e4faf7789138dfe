"""Protocols to and from `pybamm.Experiment`."""
import warnings

import numpy as np

from ..errors import CellsimWarning, ProtocolError
from .language.write import limit, line, step
from .nodes import CCCV, Condition, Repeat
from .profiles import Profile
from .step import Limit, Step

CLASSES = {"Current": "current", "CRate": "c-rate", "Voltage": "voltage", "Power": "power", "Resistance": "resistance",
           "Rest": "rest"}
LIMITS = {"VoltageTermination": "voltage", "CurrentTermination": "current", "CRateTermination": "c-rate",
          "CrateTermination": "c-rate"}
LONGEST_PROFILE = 2_000_000  # points of a drive cycle, its repetitions written out
MOST_STEPS = 100_000


def from_pybamm(experiment):
    """(nodes, whenever) of an experiment.  A tuple of several steps is a cycle; equal ones in a row are one."""
    if not hasattr(experiment, "cycle_lengths"):
        raise ProtocolError(f"give a pybamm.Experiment, not {type(experiment).__name__}")
    made = [_from_step(s, f"step {number} ({s})") for number, s in enumerate(experiment.steps, 1)]
    nodes: list = []
    at = 0
    for length in experiment.cycle_lengths:
        body, at = tuple(made[at:at + length]), at + length
        if length == 1:
            nodes.append(body[0])
        elif nodes and isinstance(nodes[-1], Repeat) and nodes[-1].nodes == body:
            nodes[-1] = Repeat(body, nodes[-1].times + 1)
        else:
            nodes.append(Repeat(body))
    return tuple(nodes), tuple(_whenever(experiment.termination))


def _whenever(termination):
    for name, value in termination.items():
        if name == "voltage":
            yield Condition("voltage", "below", float(value[0]))
        elif name == "time":
            yield Condition("time", "above", float(value))
        else:
            raise ProtocolError(f"experiment termination by {name}: a capacity that fades needs ageing, "
                                "which is not modelled; leave it out")


def _from_step(s, label):
    """One step of PyBaMM."""
    control = CLASSES.get(type(s).__name__)
    if control is None:
        raise ProtocolError(f"{label}: a {type(s).__name__} has no counterpart here")
    if s.start_time is not None:
        raise ProtocolError(f"{label}: a start time has no counterpart here; put a rest before the step")
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
    around = {name: None if getattr(s, name) is None else _number(getattr(s, name), name, label)
              for name in ("temperature", "period")}
    try:
        return Step(control, target, duration, until, **around)
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _number(value, what, label):
    """A number of a step, which may also be a symbol of PyBaMM."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError, NotImplementedError):
        raise ProtocolError(f"{label}: its {what} is no number but a {type(value).__name__}; give a number") from None


def _target(s, label):
    value = s.input_value
    if isinstance(value, int | float | np.number):
        return _number(value, "value", label)
    if not s.is_drive_cycle:
        raise ProtocolError(f"{label}: its value is a function or an input parameter; give a number or an array")
    try:
        t, v = np.array(value, float).T
        if s.duration > t[-1] > 0.0:  # PyBaMM starts it again, one time step after its end
            turns, gap = int(np.ceil(s.duration / t[-1])), t[1] - t[0]
            if turns * t.size > LONGEST_PROFILE:
                raise ProtocolError(f"repeated {turns} times it has more than {LONGEST_PROFILE} points; shorten it")
            t, v = np.concatenate([t + (t[-1] + gap) * k for k in range(turns)]), np.tile(v, turns)
        return Profile(t, v)
    except (ProtocolError, ValueError, TypeError) as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _from_termination(t, s, target, control, label):
    """A limit; None where PyBaMM does not look at it.

    PyBaMM's signs of a current are ways to say that its magnitude has fallen.  A voltage without a sign ends a charge
    from below and a discharge from above; a drive cycle is what its first value is, and a rest is neither.
    """
    quantity = LIMITS.get(type(t).__name__)
    if quantity is None:
        raise ProtocolError(f"{label}: a {type(t).__name__} has no counterpart here")
    value, side = _number(t.value, "termination", label), {"<": "below", ">": "above", None: ""}[t.operator]
    if quantity != "voltage" and control == "rest":
        raise ProtocolError(f"{label}: a rest passes no current: it cannot end at a limit of {quantity}; leave it out")
    if quantity == "current" and side:
        if (side == "below") != (value >= 0.0):
            raise ProtocolError(f"{label}: ends when the current is {t.operator} {value:g} A; only a current that "
                                "falls to a value has a counterpart here")
        value, side = abs(value), ""
    if quantity == "voltage" and not side and (control == "rest" or isinstance(target, Profile)):
        side = {"charge": "above", "discharge": "below"}.get(s.direction, "")
        if not side:
            warnings.warn(f"{label}: PyBaMM does not end a step that begins with no current at {value:g} V, and the "
                          f"limit is left out; write '< {value:g} V' or '> {value:g} V'", CellsimWarning, stacklevel=6)
            return None
    try:
        return Limit(quantity, value, side if quantity == "voltage" else "")
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def to_pybamm(protocol):
    """The experiment of a protocol."""
    try:
        import pybamm
    except ImportError:
        raise ProtocolError("to_pybamm: PyBaMM is not installed: pip install pybamm") from None

    if protocol.force:
        raise ProtocolError("force: PyBaMM cannot go beyond the cut-off voltages of its parameters; change those "
                            "there, and leave out force")
    if sum(map(_count, protocol.nodes)) > MOST_STEPS:
        raise ProtocolError(f"more than {MOST_STEPS} steps, cycles written out, are too many for PyBaMM")
    conditions: list = []
    for node in protocol.nodes:
        if isinstance(node, Repeat):
            conditions.extend([tuple(_flat(node.nodes))] * node.times)
        else:
            conditions.extend(_flat((node,)))
    made = [tuple(_to_step(pybamm, s) for s in c) if isinstance(c, tuple) else _to_step(pybamm, c) for c in conditions]
    ends = []
    for c in protocol.whenever:
        if (c.quantity, c.side) not in (("voltage", "below"), ("time", "above")):
            raise ProtocolError(f"PyBaMM cannot end an experiment when the {c.quantity} is {c.side} a value")
        ends.append(f"{c.value!r} V" if c.quantity == "voltage" else f"{c.value!r} s")
    return pybamm.Experiment(made, termination=ends or None)


def _count(node) -> int:
    """How many steps a node is, cycles written out."""
    if isinstance(node, Repeat):
        return node.times * sum(map(_count, node.nodes))
    return 2 if isinstance(node, CCCV) else 1


def _flat(nodes):
    """Steps of nodes, cycles written out."""
    for node in nodes:
        if isinstance(node, Step):
            yield node
        elif isinstance(node, Repeat):
            yield from list(_flat(node.nodes)) * node.times
        elif isinstance(node, CCCV):
            if node.duration is not None or len(node.hold.until) > 1:
                raise ProtocolError(f"{line(node)}: PyBaMM cannot bound a charge and its hold together")
            yield from node.steps
        else:
            raise ProtocolError(f"{line(node)}: PyBaMM has no jumps, and no ends within an experiment")


def _to_step(pybamm, s):
    """One step; raises if PyBaMM has no such thing."""
    makers = {"current": pybamm.step.current, "c-rate": pybamm.step.c_rate, "voltage": pybamm.step.voltage,
              "power": pybamm.step.power, "resistance": pybamm.step.resistance}
    if s.control != "rest" and s.control not in makers:
        raise ProtocolError(f"{step(s)}: PyBaMM cannot control the {s.control}")
    if s.heater or s.self_heating:
        raise ProtocolError(f"{step(s)}: PyBaMM has no heater")
    more = {"duration": s.duration, "termination": [_to_termination(pybamm, s, x) for x in s.until] or None,
            "period": s.period, "temperature": s.temperature}
    target = s.target
    if isinstance(target, Profile):
        target = np.column_stack([target.times, target.values])
    try:
        return pybamm.step.rest(**more) if s.control == "rest" else makers[s.control](target, **more)
    except (ValueError, TypeError) as fault:
        raise ProtocolError(f"{step(s)}: PyBaMM refuses it ({fault})") from None


def _to_termination(pybamm, s, x):
    kinds = {"voltage": pybamm.step.VoltageTermination, "current": pybamm.step.CurrentTermination,
             "c-rate": pybamm.step.CRateTermination}
    if x.quantity not in kinds or x.quantity != "voltage" and x.side:
        raise ProtocolError(f"{step(s)}: PyBaMM cannot end a step at {limit(x)}")
    if x.quantity == "voltage" and not x.side and (isinstance(s.target, Profile) or s.control == "rest"):
        raise ProtocolError(f"{step(s)}: for PyBaMM say whether it ends above or below {limit(x)}")
    return kinds[x.quantity](x.value, {"below": "<", "above": ">", "": None}[x.side])


