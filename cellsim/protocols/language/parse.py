"""The protocol language: text to nodes.  docs/protocols.md describes the grammar."""

from pathlib import Path
from typing import Any, NamedTuple

from ..drive_cycles import CYCLES, load
from ..nodes import CCCV, DEEPEST, Condition, Goto, Label, Node, Repeat, Stop
from ..profiles import Profile, named, read_profile
from ..quantities import BY_NAME, CONDITIONS, DRIVEN, ENDED_BY, FLOWS, FOLLOWED, HELD
from ..step import Limit, Step
from .clauses import clauses
from .reader import Amount, Reader


class Parsed(NamedTuple):
    """A text that has been read."""

    nodes: tuple[Node, ...]
    whenever: tuple[Condition, ...]  # end the protocol after any step
    force: bool


class _Header:
    """What holds for the whole protocol, collected while its text is read."""

    def __init__(self) -> None:
        self.whenever: list[Condition] = []
        self.force = False


def parse(text: str, files: bool | str | Path = True) -> Parsed:
    """Read a protocol; raises ProtocolError with carets below the faulty words.

    files: which files the text may name, see `profiles.named`.
    """
    header = _Header()
    nodes = _block(Reader(text, files), header, 0)
    return Parsed(nodes, tuple(header.whenever), header.force)


def _block(r: Reader, header: _Header, depth: int) -> tuple[Node, ...]:
    """Nodes up to the end of the text or, within a block, to the word end."""
    nodes: list[Node] = []
    while True:
        while r.accept_break():
            pass
        if r.at_end:
            return tuple(nodes)
        if depth and r.accept("end"):
            r.accept("repeat")
            return tuple(nodes)
        node = _item(r, header, depth)
        if node is not None:
            nodes.append(node)
        if not r.accept_break() and not r.at_end and not (depth and r.sees("end")):
            r.fail(r.unread, "';'", "a new line", "then")


def _item(r: Reader, header: _Header, depth: int) -> Node | None:
    """One instruction; None for those that hold for the whole protocol."""
    start = r.start
    if r.accept("force"):
        header.force = True
        return None
    if r.accept("repeat"):
        return _repeat(r, header, depth, start)
    if r.accept("label"):
        return r.build(start, Label, r.name("a name"))
    if r.accept("goto"):
        return _goto(r, start)
    if r.accept("stop"):
        if r.accept("whenever"):
            header.whenever.append(_condition(r))
            return None
        return Stop(_condition(r) if r.accept("if") else None)
    return _step(r, start)


def _repeat(r: Reader, header: _Header, depth: int, start: int) -> Repeat:
    times = r.count()
    r.accept("times")
    r.need_mark(":")
    if depth >= DEEPEST:
        r.fault_at(start, f"more than {DEEPEST} nested blocks")
    return r.build(start, Repeat, _block(r, header, depth + 1), times)


def _goto(r: Reader, start: int) -> Goto:
    label = r.name("a label")
    times: int | None = None
    condition: Condition | None = None
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


def _condition(r: Reader) -> Condition:
    start = r.start
    if r.accept("ended"):
        r.need("by")
        return Condition("ending", r.choice(ENDED_BY))
    quantity = r.choice(CONDITIONS)
    side = r.side()
    if side is None:
        r.fail(f"a condition on {quantity} needs a comparison", "above", "below", "'>'", "'<'")
    return r.build(start, Condition, quantity, side, _amount_of(r, quantity))


def _amount_of(r: Reader, quantity: str) -> float:
    """A number in a unit of the quantity."""
    if BY_NAME[quantity].measure == "soc":
        value = r.state_of_charge()
        r.accept("soc")
        return value
    return r.amount(BY_NAME[quantity].measure).value


def _step(r: Reader, start: int) -> Step | CCCV:
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
    r.fail(
        r.unread,
        "charge",
        "discharge",
        "hold",
        "rest",
        "run",
        "cccv",
        "heat",
        "self-heat",
        "repeat",
        "goto",
        "label",
        "stop",
        "force",
        *(["end"] if r.sees("end") else []),
    )


def _finish(r: Reader, start: int, control: str, target: float | Profile, **more: Any) -> Step:
    """The step, with the clauses that follow."""
    given = clauses(r)
    if more.get("heater"):
        if given.get("heater"):
            r.fault_at(start, "two heaters: give one power")
        given.pop("heater", None)
    return r.build(start, Step, control, target, **(given | more))


def _driven(r: Reader, start: int, sign: float) -> Step:
    r.need("at")
    amount = r.amount(*DRIVEN, "voltage")
    if amount.value < 0.0 and amount.quantity != "voltage":
        r.fault_between(amount.start, amount.end, "'charge' and 'discharge' give the direction: leave out the minus")
    if amount.quantity == "voltage":
        if sign < 0.0:
            r.fault_between(
                amount.start,
                amount.end,
                "a charge runs at a current or a power; for a voltage write 'hold at'",
                [BY_NAME[name].noun for name in DRIVEN],
            )
        return _finish(r, start, "voltage", amount.value)
    if amount.value == 0.0:
        return _rest(r, start, amount)
    return _finish(r, start, amount.quantity, sign * amount.value)


def _rest(r: Reader, start: int, amount: Amount) -> Step:
    """A step whose current or power is given as 0."""
    if amount.quantity == "resistance":
        r.fault_between(amount.start, amount.end, "a resistance of 0 is a short circuit, which is not simulated")
    return _finish(r, start, "rest", 0.0)


def _hold(r: Reader, start: int) -> Step:
    name = r.accept_choice(HELD)
    if name is not None:
        r.need("at")
        return _finish(r, start, name, r.amount(BY_NAME[name].measure).value)
    if not r.accept("at") and not r.sees_number:
        r.fail("'hold' needs a quantity or a value", "at", *HELD)
    amount = r.amount("voltage", *DRIVEN)  # as in PyBaMM, a current may be held: it is a discharge
    if amount.value < 0.0 and amount.quantity != "voltage":
        r.fault_between(
            amount.start, amount.end, "a held value cannot be negative: charge or discharge give the direction"
        )
    if amount.value == 0.0 and amount.quantity != "voltage":
        return _rest(r, start, amount)
    return _finish(r, start, amount.quantity, amount.value)


def _cccv(r: Reader, start: int) -> CCCV:
    r.need("at")
    rate = r.amount(*DRIVEN)
    r.need("to")
    top = r.amount("voltage")
    given = clauses(r)
    duration, until = given.pop("duration", None), given.pop("until", ())
    ends = tuple(x for x in until if x.quantity in FLOWS)
    both = tuple(x for x in until if x.quantity not in FLOWS)
    if not ends and duration is None:
        r.fail("a CCCV needs an end of its hold", "until with a current", "for with a time")
    when = {"start_time": given.pop("start_time", None)}
    first = (Limit("voltage", top.value), *both)
    charge = r.build(start, Step, rate.quantity, -abs(rate.value), None, first, **given, **when)
    hold = r.build(start, Step, "voltage", top.value, None if ends else duration, (*ends, *both), **given)
    return r.build(start, CCCV, charge, hold, duration)


def _run(r: Reader, start: int) -> Step:
    """A profile: a packaged drive cycle, a file, or points."""
    profile, control = _source(r, start)
    if r.accept("in"):
        control = r.unit(*FOLLOWED)[0]
    if not r.sees_phrase("at ambient") and r.accept("at"):
        peak = r.amount(*FOLLOWED)
        r.need("peak")
        control = peak.quantity
        profile = r.build(start, profile.to_peak, peak.value)
    return _finish(r, start, control, profile)


def _source(r: Reader, start: int) -> tuple[Profile, str]:
    """The profile, and the control that its values are of unless the text says otherwise."""
    if r.sees_kind("string"):
        path = r.take().text[1:-1]
        return r.build(start, lambda: read_profile(named(path, r.files), path)), "current"
    if r.accept_mark("["):
        return _points(r, start), "current"
    name = r.choice(CYCLES, "a file in quotes", "'['")
    control = CYCLES[name]
    if r.accept("of"):
        from ..cycles.vehicles import names

        name = f"{name} of {r.choice(names())}"
        if r.sees_before_number("with"):
            r.take()
            name = f"{name} with {r.count()} cells"
            r.need("cells")
    return r.build(start, load, name), control


def _points(r: Reader, start: int) -> Profile:
    """[time: value, time: value, ...]"""
    times: list[float] = []
    values: list[float] = []
    while True:
        times.append(r.number("a time in s"))
        r.need_mark(":")
        values.append(r.number("a value"))
        if not r.accept_mark(","):
            break
    r.need_mark("]")
    return r.build(start, Profile, tuple(times), tuple(values))
