"""Limits of a charge in words: "plating margin >= 10 mV, temperature <= 55 degC, voltage <= 4.2 V, current <= 6C"."""
from dataclasses import replace

from ...errors import ProtocolError
from ...parameters import load
from ...protocols.language.reader import Reader
from ...support.arguments import shown
from .constrained import Limits

# name: (the field of Limits, which side of the value is allowed, the quantities its unit may be of)
KNOWN = {"plating margin": ("plating_margin", "above", ("voltage",)),
         "critical current margin": ("critical_current_margin", "above", ("current density",)),
         "temperature": ("temperature", "below", ("temperature",)),
         "voltage": ("voltage", "below", ("voltage",)),
         "current": ("c_rate", "below", ("c-rate", "current", "current density"))}
# name: (unit a limit is written in, how many of them are the unit in `Limits`, what is 0 in it)
WRITTEN = {"plating margin": ("mV", 1e3, 0.0), "critical current margin": ("mA/cm2", 0.1, 0.0),
           "temperature": ("degC", 1.0, 273.15), "voltage": ("V", 1.0, 0.0), "current": ("C", 1.0, 0.0)}
SIGN = {"above": ">=", "below": "<="}


def read_limits(text, cell) -> Limits:
    """The `Limits` that a text names, separated by commas.

    cell: a `Cell` or a name; a current in A or mA/cm2 is turned into its C-rate.
    Raises ProtocolError with a caret under the word at fault.
    """
    cell = load(cell)
    found: dict[str, float] = {}
    try:
        r = Reader(text)
        while True:
            _one(r, cell, found)
            if r.at_end:
                break
            r.need_mark(",")
    except ProtocolError as fault:
        raise ProtocolError(str(fault).replace("protocol, ", "limits, ", 1)
                            .replace("the step ends too early", "the limits end too early")) from None
    return Limits(**found)


def in_words(limits) -> str:
    """The text that `read_limits` turns into these limits, but for when a charge gives up."""
    said = ((name, value_of(limits, name), SIGN[side]) for name, (_, side, _) in KNOWN.items())
    return ", ".join(f"{name} {sign} {value:.10g}{'' if name == 'current' else ' '}{WRITTEN[name][0]}"
                     for name, value, sign in said if value is not None)


def value_of(limits, name) -> float | None:
    """One limit in the unit it is written in."""
    value, (_, factor, zero) = getattr(limits, KNOWN[name][0]), WRITTEN[name]
    return None if value is None else factor * (value - zero)


def with_limit(limits, name, value) -> Limits:
    """The same limits with another value of one of them, in the unit it is written in; None: without it."""
    _, factor, zero = WRITTEN[name]
    return replace(limits, **{KNOWN[name][0]: None if value is None else value / factor + zero})


def _one(r, cell, found):
    """Read one limit into `found`."""
    start = r.start
    name = r.choice(KNOWN)
    field, side, quantities = KNOWN[name]
    if field in found:
        r.fault_at(start, f"a second limit of {name}: leave out one of them")
    at, said = r.start, r.side()
    if said is None:
        r.fail(r.unread, f"'{SIGN[side]}'")
    if said != side:
        r.fault_at(at, f"a limit of {name} is a {'least' if side == 'above' else 'largest'} value: "
                       f"write {name} {SIGN[side]} ...")
    amount = r.amount(*quantities)
    one_c = {"current": cell.nominal_capacity,
             "current density": cell.nominal_capacity / cell.value("cell/electrode area")}
    found[field] = amount.value / one_c[amount.quantity] if name == "current" and amount.quantity in one_c \
        else amount.value


def limits_of(limits, cell) -> Limits:
    """`Limits`, a text of them, or None for those of the cell."""
    if limits is None or isinstance(limits, Limits):
        return limits or Limits()
    if isinstance(limits, str):
        return read_limits(limits, cell)
    raise ProtocolError(f"limits {shown(limits)}: give text, such as 'plating margin >= 10 mV, current <= 4C', or "
                        "cellsim.Limits(...)")
