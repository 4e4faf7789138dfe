"""The parts of a step that follow its target: for, until, (period), at ambient, with heater."""
from ..step import FLOWS, SIDED, SIGNED, Limit

NAMED = ("voltage", "current density", "current", "c-rate", "soc", "temperature", "capacity", *SIGNED)
LIMIT_UNITS = ("voltage", *FLOWS, "temperature", "capacity", "soc")


def clauses(r) -> dict:
    """The keywords of a `Step` that the following words say."""
    found: dict = {}
    until: list[Limit] = []
    while True:
        start = r.start
        if r.accept("or"):
            if not (found or until):
                r.fault_at(start, "'or' joins two ends, and there is none before it")
            if r.accept("for") or not r.accept("until") and r.sees_time:
                _for(r, found, until)
            else:
                limits(r, until)
        elif r.accept("for"):
            _for(r, found, until)
        elif r.accept("until"):
            limits(r, until)
        elif r.accept_mark("("):
            _put(r, found, start, "period", r.amount("time").value)
            r.need("period")
            r.need_mark(")")
        elif r.accept("at"):
            r.need("ambient")
            _put(r, found, start, "temperature", r.amount("temperature").value)
        elif r.accept("with"):
            if r.accept("self-heating"):
                _put(r, found, start, "self_heating", True)
            elif r.accept("heater"):
                r.accept("at")
                _put(r, found, start, "heater", r.amount("power").value)
            else:
                r.fail("with what?", "heater", "self-heating")
        else:
            break
    if not (r.at_end or r.sees_break or r.sees("end")):
        r.fail(r.unread, "';'", "a new line", "then")
    if until:
        found["until"] = tuple(until)
    return found


def _put(r, found, start, key, value):
    if key in found:
        r.fault_at(start, f"a second {key.replace('_', '-')}: leave out one of them")
    found[key] = value


def _for(r, found, until):
    """A time, or a charge."""
    start = r.start
    amount = r.amount("time", "capacity")
    if amount.quantity == "capacity":
        until.append(r.build(start, Limit, "capacity", amount.value))
    else:
        _put(r, found, start, "duration", amount.value)


def limits(r, until):
    """One or several limits, joined by commas or 'or'."""
    while True:
        until.append(_limit(r))
        if not r.sees_mark(",") or r.sees_break:
            return
        r.accept_mark(",")


def _limit(r):
    start = r.start
    name = r.accept_choice(NAMED)
    side = r.side()
    if name == "soc":
        value, quantity = r.state_of_charge(), "soc"
    elif name in SIGNED:
        value, quantity = r.amount("voltage" if name == "plating margin" else "current density").value, name
    elif name:
        value, quantity = r.amount(name).value, name
    else:
        value, quantity = r.limit(*LIMIT_UNITS)
    rises = quantity in FLOWS and side == "above" and value > 0.0  # of a held state
    if quantity not in SIDED and side and not rises:  # the side from which it is reached may be said, not changed
        natural = "above" if quantity == "capacity" or quantity == "current" and value < 0.0 else "below"
        if side != natural and quantity != "soc":
            r.fault_at(start, f"a limit of {quantity} is reached from the other side only: leave out {side!r}")
        side, value = "", abs(value) if quantity == "current" else value  # as PyBaMM's signed currents
    return r.build(start, Limit, quantity, value, side or "")


