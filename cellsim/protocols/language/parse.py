"""The protocol language: text to nodes.  The grammar is in docs/protocols.md."""
from typing import NamedTuple

from ..drive_cycles import CYCLES, load
from ..nodes import CCCV, DEEPEST, ENDED_BY, LOOKS, Condition, Goto, Label, Repeat, Stop
from ..profiles import Profile, named, read_profile
from ..step import FLOWS, Limit, Step
from .clauses import clauses
from .reader import Reader

DRIVEN = (*FLOWS, "power", "resistance")
FOLLOWED = (*DRIVEN, "voltage")  # controls that can follow a profile


class Parsed(NamedTuple):
    """What a text says."""

    nodes: tuple
    whenever: tuple  # conditions that end the protocol after any step
    force: bool


def parse(text, files=True) -> Parsed:
    """Read a protocol; raises ProtocolError with a caret under the word at fault.

    files: which files the text may name, see `profiles.named`.
    """
    reader = Reader(text, files)
    parsed: tuple[list, list] = ([], [False])
    nodes = _block(reader, parsed, 0)
    return Parsed(nodes, tuple(parsed[0]), parsed[1][0])


def _block(r, parsed, depth):
    """Nodes up to the end of the text or, within a cycle, to the word end."""
    nodes = []
    while True:
        while r.accept_break():
            pass
        if r.at_end:
            return tuple(nodes)
        if depth and r.accept("end"):
            r.accept("repeat")
            return tuple(nodes)
        node = _item(r, parsed, depth)
        if node is not None:
            nodes.append(node)
        if not r.accept_break() and not r.at_end and not (depth and r.sees("end")):
            r.fail(r.unread, "';'", "a new line", "then")


def _item(r, parsed, depth):
    start = r.start
    if r.accept("force"):
        parsed[1][0] = True
        return None
    if r.accept("repeat"):
        return _repeat(r, parsed, depth, start)
    if r.accept("label"):
        return r.build(start, Label, r.name("a name"))
    if r.accept("goto"):
        return _goto(r, start)
    if r.accept("stop"):
        if r.accept("whenever"):
            parsed[0].append(_condition(r))
            return None
        return Stop(_condition(r) if r.accept("if") else None)
    return _step(r, start)


def _repeat(r, parsed, depth, start):
    times = r.count()
    r.accept("times")
    r.need_mark(":")
    if depth >= DEEPEST:
        r.fault_at(start, f"cycles within cycles: more than {DEEPEST}")
    return r.build(start, Repeat, _block(r, parsed, depth + 1), times)


def _goto(r, start):
    label, times, condition = r.name("a label"), None, None
    if r.accept("if"):
        condition = _condition(r)
        r.accept_mark(",")
        if r.accept("at"):
            r.need("most")
            times = r.count()
            r.need("times")
    elif r.sees_number:
        times = r.count()
        r.need("times")
    return r.build(start, Goto, label, condition, times)


def _condition(r):
    start = r.start
    if r.accept("ended"):
        r.need("by")
        return Condition("ending", r.choice(ENDED_BY))
    quantity = r.choice(LOOKS)
    side = r.side()
    if side is None:
        r.fail(f"a condition compares the {quantity}", "above", "below", "'>'", "'<'")
    return r.build(start, Condition, quantity, side, _amount_of(r, quantity))


def _amount_of(r, quantity):
    """A number in a unit of the quantity."""
    wanted = {"plating margin": "voltage", "critical current margin": "current density"}.get(quantity, quantity)
    if wanted == "soc":
        value = r.state_of_charge()
        r.accept("soc")
        return value
    return r.amount(wanted).value


def _step(r, start):
    if r.accept("charge"):
        return _driven(r, start, -1.0)
    if r.accept("discharge"):
        return _driven(r, start, 1.0)
    if r.accept("hold"):
        return _hold(r, start)
    if r.accept("rest"):
        return _finish(r, start, "rest", 0.0)
    if r.accept("run"):
        return _run(r, start)
    if r.accept("cccv", "cc-cv"):
        return _cccv(r, start)
    if r.accept("heat"):
        r.need("at")
        return _finish(r, start, "rest", 0.0, heater=r.amount("power").value)
    if r.accept("self-heat"):
        r.need("at")
        return _finish(r, start, "power", r.amount("power").value, self_heating=True)
    r.fail(r.unread, "charge", "discharge", "hold", "rest", "run", "cccv", "heat", "self-heat",
           "repeat", "goto", "label", "stop", "force", *(["end"] if r.sees("end") else []))


def _finish(r, start, control, target, **more):
    """The step, with the clauses that follow."""
    found = clauses(r)
    if more.get("heater"):
        if found.get("heater"):
            r.fault_at(start, "two heaters: give one power")
        found.pop("heater", None)
    return r.build(start, Step, control, target, **(found | more))


def _driven(r, start, sign):
    r.need("at")
    found = r.amount(*DRIVEN, "voltage")
    if found.value < 0.0:
        r.fault_between(found.start, found.end, "the direction is said by charge or discharge: leave out the minus")
    if found.quantity == "voltage":
        if sign < 0.0:
            r.fault_between(found.start, found.end, "a charge runs at a current or a power; for a voltage write "
                            "'hold at'", ("a current", "a C-rate", "a current density", "a power", "a resistance"))
        return _finish(r, start, "voltage", found.value)
    if found.value == 0.0:
        return _none(r, start, found)
    return _finish(r, start, found.quantity, sign * found.value)


def _none(r, start, found):
    """No current, or no power."""
    if found.quantity == "resistance":
        r.fault_between(found.start, found.end, "a resistance of 0 is a short circuit, which is not simulated")
    return _finish(r, start, "rest", 0.0)


def _hold(r, start):
    for name, unit in (("plating margin", "voltage"), ("critical current margin", "current density"),
                       ("temperature", "temperature"), ("voltage", "voltage")):
        if r.accept_phrase(name):
            r.need("at")
            return _finish(r, start, name, r.amount(unit).value)
    if not r.accept("at") and not r.sees_number:
        r.fail("hold what?", "at", "voltage", "plating margin", "critical current margin", "temperature")
    found = r.amount("voltage", *DRIVEN)  # PyBaMM holds a current, too: as a discharge
    if found.value < 0.0:
        r.fault_between(found.start, found.end, "what is held is not below 0: charge or discharge say the direction")
    if found.value == 0.0 and found.quantity != "voltage":
        return _none(r, start, found)
    return _finish(r, start, found.quantity, found.value)


def _cccv(r, start):
    r.need("at")
    rate = r.amount(*DRIVEN)
    r.need("to")
    top = r.amount("voltage")
    found = clauses(r)
    duration, until = found.pop("duration", None), found.pop("until", ())
    ends = tuple(x for x in until if x.quantity in FLOWS)
    both = tuple(x for x in until if x.quantity not in FLOWS)
    if not ends and duration is None:
        r.fail("a CCCV needs an end of its hold", "until with a current", "for with a time")
    charge = r.build(start, Step, rate.quantity, -abs(rate.value), None, (Limit("voltage", top.value), *both), **found)
    hold = r.build(start, Step, "voltage", top.value, None if ends else duration, (*ends, *both), **found)
    return r.build(start, CCCV, charge, hold, duration)


def _run(r, start):
    """A drive cycle: one of the package, a file, or points."""
    profile, control = _source(r, start)
    if r.accept("in"):
        control = r.unit(*FOLLOWED)[0]
    if not r.sees_phrase("at ambient") and r.accept("at"):
        peak = r.amount(*FOLLOWED)
        r.need("peak")
        control = peak.quantity
        profile = r.build(start, profile.to_peak, peak.value)
    return _finish(r, start, control, profile)


def _source(r, start):
    if r.sees_kind("string"):
        path = r.take().text[1:-1]
        return r.build(start, lambda: read_profile(named(path, r.files), path)), "current"
    if r.accept_mark("["):
        return _points(r, start), "current"
    name = r.choice(CYCLES, "a file in quotes", "'['")
    return load(name), CYCLES[name]


def _points(r, start):
    """[time: value, time: value, ...]"""
    times, values = [], []
    while True:
        times.append(r.number("a time in s"))
        r.need_mark(":")
        values.append(r.number("a value"))
        if not r.accept_mark(","):
            break
    r.need_mark("]")
    return r.build(start, Profile, times, values)
