"""Charge protocols by name, as text of the protocol language; `end` is a state of charge in percent.

cc-cv RATE            constant current to the upper cut-off voltage, which is then held, with never more current
multistage RATE       RATE, three quarters and half of it, a third of the way each, then a hold
boost RATE            twice RATE for five minutes, then cc-cv
pulse RATE            RATE for a minute, ten seconds of rest, and so on, then a hold
plating-margin RATE   RATE until lithium plating is 10 mV away, which is then held
temperature-hold RATE RATE until the cell is at 45 degC, which is then held by the current
preheated RATE        a heater of 10 W per A.h until 40 degC, then cc-cv
fastest               the largest current that the limits of the study allow, at every moment (`constrained_charge`)
"""

import re

from ...errors import ProtocolError
from ...protocols import Protocol
from ...support.arguments import near

THEN = "\nStop if ended by soc\n"
HOLD = "Hold at {top} V until {end}% SOC or until C/50"
CC_CV = (
    "Label cc\nCharge at {rate}C until {end}% SOC"
    + THEN
    + "Hold at {below} V until {end}% SOC or until C/50 or until above {rate}C"
    + THEN
    + "Goto cc if c-rate above {nearly}C, at most 50 times"
)
TEXTS = {
    "cc-cv": CC_CV,
    "multistage": (
        "Charge at {rate}C until {first}% SOC\nCharge at {rate_2}C until {second}% SOC\n"
        "Charge at {rate_3}C until {end}% SOC" + THEN + HOLD
    ),
    "boost": "Charge at {double}C for 5 min or until {end}% SOC" + THEN + CC_CV,
    "pulse": (
        "Label on\nCharge at {rate}C for 60 s or until {end}% SOC"
        + THEN
        + "Goto done if ended by voltage\nRest for 10 s\nGoto on 1000 times\nLabel done\n"
        + HOLD
    ),
    "plating-margin": (
        "Charge at {rate}C until plating margin 10 mV or until {end}% SOC"
        + THEN
        + "Goto full if ended by voltage\nHold plating margin at 10 mV until {end}% SOC or until C/50"
        + THEN
        + "Label full\n"
        + HOLD
    ),
    "temperature-hold": (
        "Charge at {rate}C until above 45 degC or until {end}% SOC"
        + THEN
        + "Goto full if ended by voltage\nHold temperature at 45 degC until {end}% SOC or until C/50"
        + THEN
        + "Label full\n"
        + HOLD
    ),
    "preheated": "Heat at {watts} W until above 40 degC\n" + CC_CV,
}
FASTEST = "fastest"
NAMES = (*TEXTS, FASTEST)
CALL = re.compile(r"\s*([a-z-]+)(?:\s+([0-9.]+)\s*C)?\s*", re.IGNORECASE)
MOST = 1000.0  # C-rate
HEATER = 10.0  # W per A.h of capacity
WITHIN = 1e-4  # V below the cut-off that is held, so that the current there is below the charger's largest


def named(cell, said, start, end) -> Protocol | None:
    """The protocol that `said` names, such as "cc-cv 2C", or is; None for "fastest".  Raises ProtocolError."""
    found = CALL.fullmatch(said)
    if found is None:
        return Protocol(said)
    name = found[1].lower()
    if name == FASTEST:
        return None
    if name not in TEXTS:
        raise ProtocolError(f"charge protocol {said[:60]!r}: {near(name, NAMES)}; or give steps as text")
    try:
        rate = float(found[2] or 1.0)
    except ValueError:  # several points
        rate = 0.0
    if not 0.0 < rate <= MOST:
        raise ProtocolError(
            f"charge protocol {said[:40]!r}: {found[2][:40]!r} is no C-rate above 0 and up to "
            f"{MOST:g}; write for example {name} 2C"
        )
    third, top = (end - start) / 3.0, cell.value("cell/upper voltage cut-off")
    values = {
        "rate": rate,
        "rate_2": 0.75 * rate,
        "rate_3": 0.5 * rate,
        "double": 2.0 * rate,
        "end": 100.0 * end,
        "first": 100.0 * (start + third),
        "second": 100.0 * (start + 2.0 * third),
        "top": top,
        "below": top - WITHIN,
        "nearly": 0.99 * rate,
        "watts": HEATER * cell.nominal_capacity,
    }
    return Protocol(TEXTS[name].format(**{k: f"{v:.10g}" for k, v in values.items()}))
