"""Steps of a protocol and the limits that end them.  Discharge is positive."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ProtocolError
from ..support.arguments import chosen, file_path, flag, listed, number, shown, whole
from ..support.renamed import by_name, by_names
from .profiles import Profile, profile_of, read_profile
from .quantities import BY_NAME, CONTROLS, FLOWS, HELD, LIMITS
from .step_text import MOST_POINTS, limit_text, step_text

LONGEST = 1e7  # no step lasts longer than this [s]
COLDEST, HOTTEST = 150.0, 500.0  # temperatures a step may name [K]
MOST_CYCLES = 100_000


@by_names
@dataclass(frozen=True)
class Limit:
    """Ends a step where a quantity reaches a value: a limit of `quantities.TABLE` and its value, in the unit there.

    side: "above" or "below", of a voltage or a temperature: the side of the value on which the step ends.  Without it
    a voltage ends a discharge when it falls and a charge when it rises to the value, and a temperature (or the voltage
    of a rest or of a profile) ends a step from whichever side it starts on.  Currents, current densities and C-rates
    are magnitudes: the step ends when the current falls to the value, or with "above" when it rises to it.  A capacity
    is the charge passed in the step, in either direction.  A margin, to lithium plating [V] or to the critical current
    [A/m2], ends a step when it falls to the value.
    Raises ProtocolError.  `str(limit)` is its text in the protocol language.
    """

    quantity: str
    value: float
    side: str = ""

    def __post_init__(self) -> None:
        role = LIMITS[chosen("limit on", self.quantity, LIMITS)]
        if not isinstance(self.side, str) or self.side not in ("", "above", "below"):
            raise ProtocolError(
                f"limit {self.quantity}, side {shown(self.side)}: choose above or below, or leave it out"
            )
        if self.side and self.side not in role.sides:
            raise ProtocolError(f"a limit of {self.quantity} is reached from one side only: leave out {self.side!r}")
        unit = BY_NAME[self.quantity].unit
        object.__setattr__(
            self,
            "value",
            number(
                f"limit {self.quantity} =",
                self.value,
                f"give a finite number{'' if role.signed else ', zero or more'} [{unit}]",
                low=-math.inf if role.signed else 0.0,
            ),
        )
        if self.value > role.highest:
            raise ProtocolError(
                f"limit {self.quantity} = {self.value!r}: {BY_NAME[self.quantity].noun} lies between 0 "
                f"and {role.highest:g}"
            )
        if self.side == "above" and self.value == 0.0 and self.quantity in FLOWS:
            raise ProtocolError(f"limit {self.quantity} above 0: every current is; give a number above 0")

    def __str__(self) -> str:
        return limit_text(self.quantity, self.value, self.side)


@by_names
@dataclass(frozen=True)
class Step:
    """One step: what the cycler controls, and until when.

    control: a control of `quantities.TABLE`; target: in the unit there, discharge positive.  A margin (by the largest
    charge current that keeps to it) and a temperature (by the current that heats the cell just to it) are held as a
    voltage is.
    target: a number, or a `Profile` over time.
    duration [s]: required for a rest without a limit; other steps end at the cell's cut-off voltages at the latest, and
    one that follows a profile at its last time.
    temperature [K]: of the surroundings during this step; that of the run unless given.
    period [s]: states are also stored at its multiples, as in `simulate`.
    heater [W]: electrical heating from outside.  self_heating: the energy that the cell delivers is turned into heat
    within it.  Both need a run with heat.
    start_time: date and time at which it starts, a datetime or its text in ISO 8601: the step before ends then, and the
    cell rests until then.  The first step of the protocol must have one, too.
    until: limits; the first one that is reached ends the step.  Along a profile a voltage below that at the start is a
    lower limit, one above it an upper limit, and a capacity is the net charge.
    Raises ProtocolError.  `str(step)` is its text in the protocol language; reading the text gives an equal step.
    """

    control: str
    target: float | Profile = 0.0
    duration: float | None = None
    until: tuple[Limit, ...] = ()
    temperature: float | None = None
    period: float | None = None
    heater: float = 0.0
    self_heating: bool = False
    start_time: datetime | None = None

    def __post_init__(self) -> None:
        chosen("control", self.control, CONTROLS)
        object.__setattr__(self, "until", checked_limits(self.until))
        self._check_circumstances()
        if isinstance(self.target, Profile):
            self._check_profile(self.target)
        else:
            self._check_target(self.target)
        self._check_limits()

    def _check_circumstances(self) -> None:
        checked = {
            "temperature": kelvin("temperature of the surroundings", self.temperature),
            "period": seconds("period", self.period),
            "heater": number("heater", self.heater, "give a finite number of watts, zero or more", low=0.0),
            "self_heating": flag("self_heating", self.self_heating),
            "start_time": moment(self.start_time),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def _check_target(self, target: float) -> None:
        unit = BY_NAME[self.control].unit
        target = number(f"{self.control} target", target, "give a finite number" + f" [{unit}]" * bool(unit))
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "duration", seconds("duration", self.duration))
        if self.control == "rest" and target != 0.0:
            raise ProtocolError(f"a rest with the target {target!r}: leave out the target")
        if self.control == "temperature" and not COLDEST < target < HOTTEST:
            raise ProtocolError(f"temperature {target!r} K: give kelvin, between {COLDEST:g} and {HOTTEST:g}")
        if self.control == "rest" and self.duration is None and not self.until:
            raise ProtocolError("a rest needs a duration in seconds, or a temperature to end at")
        if self.control not in ("rest", *HELD) and target == 0.0:
            raise ProtocolError(f"{self.control} 0 is a rest: use rest(seconds)")
        if self.control in HELD and self.duration is None and not self.until:
            raise ProtocolError(f"a held {self.control} needs a duration or a current to end at")

    def _check_profile(self, target: Profile) -> None:
        last = target.duration
        if self.control == "rest":
            raise ProtocolError("a rest follows no profile: control its current, c-rate, power or voltage")
        if self.duration is None and last > LONGEST:
            raise ProtocolError(
                f"the profile lasts {last:g} s, and a step at most {LONGEST:g} s: give a duration, or "
                "cut the profile into several steps"
            )
        object.__setattr__(self, "duration", last if self.duration is None else seconds("duration", self.duration))
        if self.duration is not None and self.duration > last:
            raise ProtocolError(f"duration {self.duration:g} s: the profile ends at {last:g} s; give at most that")
        for x in self.until:
            if not LIMITS[x.quantity].profile:
                raise ProtocolError(f"a profile cannot end at {BY_NAME[x.quantity].noun}: use a capacity, or a voltage")

    def _check_limits(self) -> None:
        """Limits that contradict each other or the target."""
        seen: dict[tuple[str, str], float] = {}
        either = isinstance(self.target, Profile) or self.control == "rest"
        for x in self.until:
            same, reached = (x.quantity, x.side), LIMITS[x.quantity].reached
            two = reached == "by position" and not x.side or reached == "by direction" and either
            if same in seen and not two:  # two: one on either side
                raise ProtocolError(
                    f"two limits of {x.quantity}, {seen[same]:g} and {x.value:g} "
                    f"{BY_NAME[x.quantity].unit}: only one of them can be reached; leave out the other"
                )
            seen[same] = x.value
            if seen.get((x.quantity, "above"), math.inf) <= seen.get((x.quantity, "below"), -math.inf):
                raise ProtocolError(
                    f"the limits of {x.quantity} contradict each other: above "
                    f"{seen[x.quantity, 'above']:g}, below {seen[x.quantity, 'below']:g}"
                )
            if x.quantity == self.control and self.control in HELD:
                raise ProtocolError(f"the step holds the {self.control}: it cannot end at another one")
            if self.control == "rest" and not LIMITS[x.quantity].rest:
                raise ProtocolError(f"a rest passes no current: it cannot end at a limit of {x.quantity}")
            if x.quantity == self.control and not isinstance(self.target, Profile) and _met(x, abs(self.target)):
                unit = BY_NAME[x.quantity].unit
                raise ProtocolError(
                    f"the limit {x.quantity} {x.value:g} {unit} is reached at once: the "
                    f"step runs at {abs(self.target):g}; a limit of {x.quantity} ends a held state"
                )

    def _text(self, most_points: int | None) -> str:
        return step_text(
            self.control,
            self.target,
            self.duration,
            tuple(map(str, self.until)),
            self.temperature,
            self.period,
            self.heater,
            self.self_heating,
            most_points,
            self.start_time,
        )

    def __str__(self) -> str:
        return self._text(None)

    @cached_property
    def summary(self) -> str:
        """Its text, as in messages and results: of a long profile a few points only."""
        return self._text(MOST_POINTS)


def _met(limit: Limit, magnitude: float) -> bool:
    """Whether a current of that magnitude has reached its limit."""
    return magnitude >= limit.value if limit.side == "above" else magnitude <= limit.value


def checked_limits(until: Limit | Iterable[Limit]) -> tuple[Limit, ...]:
    """Limits as a tuple, from one or several.  Raises ProtocolError."""
    if isinstance(until, Limit):
        return (until,)
    wanted = "give a Limit or a list of them, such as cellsim.Limit('voltage', 3.0)"
    limits = tuple(listed("until", until, wanted))
    for x in limits:
        if not isinstance(x, Limit):
            raise ProtocolError(f"until {shown(x)}: {wanted}")
    return limits


def seconds(name: str, value: Any) -> float | None:
    """A duration of a step [s], or None.  Raises ProtocolError."""
    found: float | None = number(
        name,
        value,
        f"give seconds as a number above 0 and at most {LONGEST:g} s, such as 600",
        above=0.0,
        high=LONGEST,
        none=True,
    )
    return found


def moment(value: Any) -> datetime | None:
    """A date and time of a clock without a time zone, from text as well, or None.  Raises ProtocolError."""
    wanted = 'give a datetime or a text such as "2026-01-01 08:00:00", without a time zone'
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, datetime) or found.tzinfo is not None:
        raise ProtocolError(f"start_time {shown(value)}: {wanted}")
    return found


def kelvin(name: str, value: Any) -> float | None:
    """A temperature [K], or None.  Raises ProtocolError."""
    found: float | None = number(
        name,
        value,
        f"give kelvin, between {COLDEST:g} and {HOTTEST:g}, such as 298.15 for 25 degC",
        above=COLDEST,
        below=HOTTEST,
        none=True,
    )
    return found


def _limits(until_voltage: float | None, until: Limit | Iterable[Limit]) -> tuple[Limit, ...]:
    volts = () if until_voltage is None else (Limit("voltage", until_voltage),)
    return checked_limits(until) + volts


def _c_rate(value: Any) -> float:
    return abs(float(number("c_rate", value, "give a C-rate as a finite number, such as 0.5")))


@by_name
def discharge(
    c_rate: float = 1.0,
    until_voltage: float | None = None,
    duration: float | None = None,
    until: Limit | Iterable[Limit] = (),
) -> Step:
    """Discharge at a constant C-rate, by default to the cell's lower cut-off voltage."""
    return Step("c-rate", _c_rate(c_rate), duration, _limits(until_voltage, until))


@by_name
def charge(
    c_rate: float = 1.0,
    until_voltage: float | None = None,
    duration: float | None = None,
    until: Limit | Iterable[Limit] = (),
) -> Step:
    """Charge at a constant C-rate, by default to the cell's upper cut-off voltage."""
    return Step("c-rate", -_c_rate(c_rate), duration, _limits(until_voltage, until))


@by_name
def hold(voltage: float, until_c_rate: float | None = 0.05, duration: float | None = None) -> Step:
    """Hold a voltage [V] until the current has fallen to a C-rate."""
    until = () if until_c_rate is None else (Limit("c-rate", until_c_rate),)
    return Step("voltage", voltage, duration, until)


@by_name
def rest(seconds: float) -> Step:
    """No current, for so many seconds."""
    return Step("rest", 0.0, seconds)


@by_name
def cycle(steps: Step | Iterable[Step], times: int = 1) -> list[Step]:
    """A list of steps, repeated `times` times."""
    times = whole("cycle: times", times, f"give a whole number from 1 to {MOST_CYCLES}", high=MOST_CYCLES)
    one: list[Step] = [steps] if isinstance(steps, Step) else listed("cycle", steps, "give a list of steps")
    return one * times


@by_name
def profile(source: Any, control: str = "current", *, until: Limit | Iterable[Limit] = ()) -> Step:
    """A step that follows a measured load.

    source: path of a text file with two columns, time [s] and value, separated by commas or blanks (lines that begin
    with # are left out, one heading is allowed), an array (n, 2) of the same, or the `CyclerData` of `read_cycler`,
    whose current, power or voltage is followed.
    control: "current" [A] (default), "c-rate", "current density" [A/m2], "power" [W], "resistance" [Ohm] or
    "voltage" [V]; discharge positive.
    until: a `Limit` or several.  The step also ends at the cell's cut-off voltages.
    Raises ProtocolError.
    """
    from ..cycler.data import CyclerData

    chosen("control", control, CONTROLS)
    if isinstance(source, CyclerData):
        return Step(control, Profile(*source.load(control), source.name), None, checked_limits(until))
    path = isinstance(source, str | Path)
    target = read_profile(file_path("profile", source, error=ProtocolError)) if path else profile_of(source)
    return Step(control, target, None, checked_limits(until))
