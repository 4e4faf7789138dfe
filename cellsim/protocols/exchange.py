"""Protocols to and from `pybamm.Experiment`."""
import numpy as np

from ..errors import ProtocolError
from .nodes import CCCV, Condition, Repeat
from .profiles import Profile
from .steps import Limit, Step
from .write import limit, line, step

CLASSES = {"Current": "current", "CRate": "c-rate", "Voltage": "voltage", "Power": "power", "Resistance": "resistance",
           "Rest": "rest"}
LIMITS = {"VoltageTermination": "voltage", "CurrentTermination": "current", "CRateTermination": "c-rate",
          "CrateTermination": "c-rate"}


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
    until = tuple(_from_termination(t, target, label) for t in s.termination)
    duration = None if s.uses_default_duration else float(s.duration)
    if isinstance(target, Profile):
        control = "current" if control == "rest" else control
        duration = None if duration == target.duration else duration
    elif target == 0.0 and control != "voltage":
        control, until = "rest", ()
    if control in ("rest", "voltage") and duration is None and not until:
        duration = float(s.duration)
    around = {"temperature": s.temperature, "period": s.period}
    around = {k: None if v is None else float(v) for k, v in around.items()}
    try:
        return Step(control, target, duration, until, **around)
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _target(s, label):
    value = s.input_value
    if isinstance(value, int | float | np.number):
        return float(value)
    if not s.is_drive_cycle:
        raise ProtocolError(f"{label}: its value is a function or an input parameter; give a number or an array")
    t, v = np.array(value, float).T
    if s.duration > t[-1]:  # PyBaMM starts it again, one time step after its end
        turns, gap = int(np.ceil(s.duration / t[-1])), t[1] - t[0]
        t, v = np.concatenate([t + (t[-1] + gap) * k for k in range(turns)]), np.tile(v, turns)
    try:
        return Profile(t, v)
    except ProtocolError as fault:
        raise ProtocolError(f"{label}: {fault}") from None


def _from_termination(t, target, label):
    """A limit.  PyBaMM's signs of a current are ways to say that its magnitude has fallen."""
    quantity = LIMITS.get(type(t).__name__)
    if quantity is None:
        raise ProtocolError(f"{label}: a {type(t).__name__} has no counterpart here")
    value, side = float(t.value), {"<": "below", ">": "above", None: ""}[t.operator]
    if quantity == "current" and side:
        if (side == "below") != (value >= 0.0):
            raise ProtocolError(f"{label}: ends when the current is {t.operator} {value:g} A; only a current that "
                                "falls to a value has a counterpart here")
        value, side = abs(value), ""
    return Limit(quantity, value, side if quantity == "voltage" else "")


def to_pybamm(protocol):
    """The experiment of a protocol."""
    import pybamm

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
    if s.control == "rest":
        return pybamm.step.rest(**more)
    target = s.target
    if isinstance(target, Profile):
        target = np.column_stack([target.times, target.values])
    return makers[s.control](target, **more)


def _to_termination(pybamm, s, x):
    kinds = {"voltage": pybamm.step.VoltageTermination, "current": pybamm.step.CurrentTermination,
             "c-rate": pybamm.step.CRateTermination}
    if x.quantity not in kinds or x.quantity != "voltage" and x.side:
        raise ProtocolError(f"{step(s)}: PyBaMM cannot end a step at {limit(x)}")
    if x.quantity == "voltage" and not x.side and (isinstance(s.target, Profile) or s.control == "rest"):
        raise ProtocolError(f"{step(s)}: for PyBaMM say whether it ends above or below {limit(x)}")
    return kinds[x.quantity](x.value, {"below": "<", "above": ">", "": None}[x.side])


