"""Nodes to text, such that reading the text gives the same nodes."""
from ...errors import ProtocolError
from ..drive_cycles import CYCLES, load
from ..nodes import CCCV, Condition, Goto, Label, Repeat, Stop
from ..profiles import Profile, named, read_profile
from ..step import FLOWS, HELD, Limit, Step
from .units import written

UNIT_OF = {"current": "A", "c-rate": "C", "current density": "A/m2", "power": "W", "resistance": "Ohm", "voltage": "V"}
UNIT_SAYS = ("voltage", *FLOWS, "soc", "capacity")  # limits whose unit says what they are


def write(nodes, whenever=(), force=False) -> str:
    """The canonical text of a protocol, one instruction a line."""
    head = (["Force"] if force else []) + [f"Stop whenever {_condition(c)}" for c in whenever]
    return "\n".join([*head, *_lines(nodes, "")])


def _lines(nodes, indent):
    for node in nodes:
        if isinstance(node, Repeat):
            yield f"{indent}Repeat {node.times}:"
            yield from _lines(node.nodes, indent + "  ")
            yield f"{indent}End"
        else:
            yield indent + line(node)


def line(node) -> str:
    """One node that is not a cycle, as text."""
    if isinstance(node, Step):
        return step(node)
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
    raise ProtocolError(f"{node!r} is no part of a protocol")


def step(s: Step) -> str:
    """One step as text."""
    text, heater = _task(s)
    for_ = s.duration
    if isinstance(s.target, Profile) and for_ == s.target.duration:
        for_ = None
    ends = ([f"for {written(for_, 'time')}"] if for_ is not None else [])
    ends += [f"until {limit(x)}" for x in s.until]
    return " ".join([text, *([" or ".join(ends)] if ends else []), *_around(s, heater)])


def _around(s, heater):
    """Clauses that say under which circumstances."""
    if s.period is not None:
        yield f"({written(s.period, 'time')} period)"
    if s.temperature is not None:
        yield f"at ambient {written(s.temperature, 'temperature')}"
    if s.heater and heater:
        yield f"with heater {written(s.heater, 'power')}"
    if s.self_heating and not (s.control == "power" and not isinstance(s.target, Profile) and s.target > 0.0):
        yield "with self-heating"


def _task(s):
    """What a step does, and whether its heater is still to be said."""
    if isinstance(s.target, Profile):
        return f"Run {_profile(s.target, s.control)}", True
    if s.control == "rest":
        return (f"Heat at {written(s.heater, 'power')}", False) if s.heater else ("Rest", True)
    if s.control == "voltage":
        return f"Hold at {written(s.target, 'voltage')}", True
    if s.control in HELD:
        return f"Hold {s.control} at {written(s.target, s.control)}", True
    verb = "Discharge" if s.target > 0.0 else "Charge"
    if s.self_heating and s.control == "power" and s.target > 0.0:
        verb = "Self-heat"
    return f"{verb} at {written(abs(s.target), s.control)}", True


def _profile(p: Profile, control):
    """A drive cycle by its name and peak, if that gives it, else its points."""
    base = _base(p.source) if p.source else None
    if base is not None and base.times == p.times:
        name = p.source if p.source in CYCLES else f'"{p.source}"'
        if base.values == p.values:
            return name if control == CYCLES.get(p.source, "current") else f"{name} in {UNIT_OF[control]}"
        if p.peak > 0.0 and base.peak > 0.0 and base.to_peak(p.peak).values == p.values:
            return f"{name} at {written(p.peak, control)} peak"
    points = ", ".join(f"{_plain(t)}: {_plain(v)}" for t, v in zip(p.times, p.values, strict=True))
    return f"[{points}]" + ("" if control == "current" else f" in {UNIT_OF[control]}")


def _base(source):
    """The profile a name or path stands for; None if there is none now or it cannot stand in quotes."""
    if source in CYCLES:
        return load(source)
    if '"' in source or not source.isprintable():
        return None
    try:
        return read_profile(named(source))
    except (ProtocolError, ValueError):
        return None


def _plain(value):
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


def limit(x: Limit) -> str:
    """A limit as text."""
    name = "" if x.quantity in UNIT_SAYS or x.quantity == "temperature" else f"{x.quantity} "
    return name + f"{x.side} " * bool(x.side) + written(x.value, x.quantity)


def _condition(c: Condition) -> str:
    if c.quantity == "ending":
        return f"ended by {c.side}"
    return f"{c.quantity} {c.side} {_amount(c.value, c.quantity)}"


def _amount(value, quantity):
    """A value of a condition; below zero only where its quantity can be."""
    text = written(value, quantity)
    return text.removesuffix(" SOC") if quantity == "soc" else text


def _cccv(node: CCCV) -> str:
    charge, hold = node.charge, node.hold
    rate = abs(float(charge.target))  # type: ignore[arg-type]  # CCCV has checked that it is a number
    text = f"CCCV at {written(rate, charge.control)} to {written(hold.target, 'voltage')}"
    parts = ([f"for {written(node.duration, 'time')}"] if node.duration is not None else [])
    parts += [f"until {limit(x)}" for x in hold.until]
    return " ".join([text, " or ".join(parts), *_around(charge, True)])


