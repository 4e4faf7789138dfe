"""The numbers that `simulate` is given, checked."""

from typing import Any, NamedTuple

from ..errors import ProtocolError
from ..models import model_of
from ..protocols.step import LONGEST, kelvin
from ..support.arguments import by_value, number, whole

USUAL = 0.5  # local errors over the accuracy [1/V], of potentials that change by a volt or two over all stoichiometries


class Given(NamedTuple):
    """What `simulate` is given besides the cell and the steps, checked."""

    model: Any
    temperature: float | None
    ambient: float | None
    soc: float | None
    voltage: float | None
    period: float | None
    accuracy: float
    rtol: float | None
    time_budget: float
    max_steps: int

    def tolerance(self, share: float = 1.0) -> float:
        """Tolerance of local errors, which unless given follows from the accuracy; share: `Begun.share`."""
        return USUAL * self.accuracy * share if self.rtol is None else self.rtol


@by_value
def checked(
    model: Any,
    temperature: Any,
    ambient: Any,
    soc: Any,
    voltage: Any,
    period: Any,
    accuracy: Any,
    rtol: Any,
    time_budget: Any,
    max_steps: Any,
) -> Given:
    """The same, from the arguments.  Raises ParameterError, ProtocolError."""
    model = model_of(model)
    kelvins = kelvin("temperature", temperature), kelvin("ambient", ambient)
    return Given(model, *kelvins, *where(soc, voltage), *how(period, accuracy, rtol, time_budget, max_steps))


def where(soc, voltage):
    """State of charge and voltage [V] of a start, checked."""
    soc = number(
        "soc",
        soc,
        "a state of charge lies between 0 and 1, such as 0.8; for a voltage write voltage=4.0",
        low=0.0,
        high=1.0,
        none=True,
    )
    voltage = number("voltage", voltage, "give the open-circuit voltage of the start in volts, such as 4.0", none=True)
    if voltage is not None and soc is not None and soc != 1.0:  # which is its default
        raise ProtocolError(f"soc {soc:g} and voltage {voltage:g}: give one of them")
    return soc, voltage


def how(period, accuracy, rtol, time_budget, max_steps):
    """The numbers that say how a run is computed, checked."""
    accuracy = number("accuracy", accuracy, "choose between 1e-6 and 0.1 V", low=1e-6, high=1e-1)
    return (
        number(
            "period",
            period,
            f"give seconds as a number above 0 and at most {LONGEST:g}, such as 10",
            above=0.0,
            high=LONGEST,
            none=True,
        ),
        accuracy,
        number("rtol", rtol, "choose between 1e-10 and 0.1", low=1e-10, high=1e-1, none=True),
        number(
            "time_budget",
            time_budget,
            "give seconds of processor time as a number above 0, such as 60",
            above=0.0,
            finite=False,
        ),
        whole("max_steps", max_steps, "give a whole number, at least 1"),
    )
