"""Windows of a composite set of PyBaMM, which finds none: from its initial lithium and its open-circuit voltages."""

from typing import Any

from ...errors import ParameterError
from ...parameters.catalogue import PHASES
from ...parameters.cell import Cell
from ...parameters.equilibrium import EDGE, NEGATIVE, POSITIVE, Balance
from ..names import INITIAL, OCV, of_side
from .read_pybamm import Reading

NOTE = "from the lithium of PyBaMM's initial state and its open-circuit voltages at 0 and 100 % state of charge"
WITHIN = 0.05  # of the range that lithium leaves an electrode: ends of a window that is not yet known
MINIMUM, MAXIMUM, START = "minimum stoichiometry", "maximum stoichiometry", "initial stoichiometry"


def with_windows(reading: Reading, content: dict[str, Any], name: str) -> dict[str, Any]:
    """The content of a file with windows; content: all of it but those.  Raises ParameterError if there are none."""
    held, lithium = {}, {}
    for part in (NEGATIVE, POSITIVE):
        held[part], lithium[part] = _amounts(content[part])
    ratio, total = held[NEGATIVE] / held[POSITIVE], sum(lithium.values()) / held[POSITIVE]
    low, high = max(EDGE, total - ratio), min(1.0 - EDGE, total)
    low, high = low + WITHIN * (high - low), high - WITHIN * (high - low)
    trial = _written(reading, content, ((total - high) / ratio, (total - low) / ratio), (low, high))
    balance = Balance.of(Cell.from_json(trial, name))
    at = [balance.state_at(reading.number(voltage), total, 0.5 * (low + high)) for voltage in OCV]
    for state, voltage in zip(at, OCV, strict=True):
        if abs(balance.voltage(state.positive, total)[0] - reading.number(voltage)) > 1e-6:
            raise ParameterError(f"from_pybamm: {name}: {voltage}: not reached with the lithium of the initial state")
    empty, full = at
    return _written(reading, content, (empty.negative, full.negative), (full.positive, empty.positive))


def _amounts(section: dict[str, Any]) -> tuple[float, float]:
    """Lithium that an electrode can hold, and that it holds at first, per electrode area [mol/m2]."""
    most = now = 0.0
    for phase in section.get(PHASES, {"": section}).values():
        held = phase["active material volume fraction"]["value"] * phase["maximum concentration"]["value"]
        most, now = most + held, now + held * phase[START]["value"]
    return most * section["thickness"]["value"], now * section["thickness"]["value"]


def _written(reading: Reading, content: dict[str, Any], negative: Any, positive: Any) -> dict[str, Any]:
    """The content with the windows (minimum, maximum) of both electrodes."""
    out = dict(content)
    for part, ends in ((NEGATIVE, negative), (POSITIVE, positive)):
        names = [*OCV, *(of_side(INITIAL, one) for one in (part, *(f"{part}/{p}" for p in reading.phases(part))))]
        records = {k: reading.record(part, k, x, names, NOTE) for k, x in zip((MINIMUM, MAXIMUM), ends, strict=True)}
        out[part] = content[part] | records
    return out
