"""Protocols: lists of frozen steps.  Discharge is positive."""
import math
from dataclasses import dataclass
from pathlib import Path

from ..errors import ProtocolError
from ..support.arguments import chosen, file_path, flag, listed, number, shown, whole
from .profiles import Profile, read_profile, two_columns

CONTROLS = {"current": "A", "c-rate": "C", "current density": "A.m-2", "voltage": "V", "power": "W",
            "resistance": "Ohm", "rest": "", "plating margin": "V", "critical current margin": "A.m-2",
            "temperature": "K"}
FLOWS = ("current", "c-rate", "current density")  # different units of one thing
HELD = ("voltage", "plating margin", "critical current margin", "temperature")  # a state is held: 0 is a target
QUANTITIES = {"voltage": "V", "current": "A", "c-rate": "C", "current density": "A.m-2", "capacity": "A.h",
              "soc": "0..1", "temperature": "K", "plating margin": "V", "critical current margin": "A.m-2"}
SIGNED = ("plating margin", "critical current margin")  # limits that may be below zero
SIDED = ("voltage", "temperature")  # limits that may be reached from either side
LONGEST = 1e7  # no step lasts longer than this [s]
COLDEST, HOTTEST = 150.0, 500.0  # temperatures a step may name [K]
MOST_CYCLES = 100_000


@dataclass(frozen=True)
class Limit:
    """Where a step stops: a quantity of QUANTITIES and its value, in the unit that stands there.

    side: of a voltage or a temperature, "above" or "below" the value is where the step stops.  Without it
    a voltage stops a discharge from above and a charge from below, and a temperature (or the voltage of a
    rest or a profile) from whichever side the step starts on.  Currents, current densities and C-rates are
    magnitudes to which that of a held state falls, or with "above" rises; a capacity is the charge passed in
    the step, either way.  A margin, to lithium plating [V] or to the critical current [A/m2], stops a step
    when it falls to the value.
    """

    quantity: str
    value: float
    side: str = ""

    def __post_init__(self):
        chosen("limit on", self.quantity, QUANTITIES)
        if not isinstance(self.side, str) or self.side not in ("", "above", "below"):
            raise ProtocolError(f"limit {self.quantity}, side {shown(self.side)}: choose above or below, or leave it "
                                "out")
        if self.side and self.quantity not in SIDED and not (self.side == "above" and self.quantity in FLOWS):
            raise ProtocolError(f"a limit of {self.quantity} is reached from one side only: leave out {self.side!r}")
        signed = self.quantity in SIGNED
        object.__setattr__(self, "value", number(
            f"limit {self.quantity} =", self.value, f"give a finite number{'' if signed else ', zero or more'} "
            f"[{QUANTITIES[self.quantity]}]", low=-math.inf if signed else 0.0))
        if self.quantity == "soc" and self.value > 1.0:
            raise ProtocolError(f"limit soc = {self.value!r}: a state of charge lies between 0 and 1")


@dataclass(frozen=True)
class Step:
    """One thing the cycler does.

    control: one of CONTROLS, target in the unit that stands there; discharge positive.  A margin (a
    charge at whatever current keeps it) and a temperature (likewise; the largest current that does not
    heat the cell beyond it) are held as a voltage is.
    target: a number, or a `Profile` of it over time.
    duration [s]: needed for a rest; other steps end at the cell's cut-off voltages at the latest,
    and one that follows a profile at the last time of that.
    temperature [K]: of the surroundings during this step, that of the run unless given.
    period [s]: as that of `simulate`, for this step.
    heater [W]: electrical heating from outside.  self_heating: what the cell delivers is turned into
    heat within it.  Either needs a run with heat.
    until: limits besides; the first one reached ends the step.  While a profile is followed a
    voltage below that at the start is a lower limit, one above it an upper limit, and a capacity
    is the net charge.
    """

    control: str
    target: float | Profile = 0.0
    duration: float | None = None
    until: tuple[Limit, ...] = ()
    temperature: float | None = None
    period: float | None = None
    heater: float = 0.0
    self_heating: bool = False

    def __post_init__(self):
        chosen("control", self.control, CONTROLS)
        object.__setattr__(self, "until", checked_limits(self.until))
        self._check_around()
        if isinstance(self.target, Profile):
            self._check_profile()
        else:
            self._check_target()
        self._check_limits()

    def _check_around(self):
        found = {
            "temperature": kelvin("temperature of the surroundings", self.temperature),
            "period": seconds("period", self.period),
            "heater": number("heater", self.heater, "give a finite number of watts, zero or more", low=0.0),
            "self_heating": flag("self_heating", self.self_heating)}
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def _check_target(self):
        object.__setattr__(self, "target", number(f"{self.control} target", self.target, "give a finite number"
                                                  + f" [{CONTROLS[self.control]}]" * (self.control != "rest")))
        object.__setattr__(self, "duration", seconds("duration", self.duration))
        if self.control == "rest" and self.target != 0.0:
            raise ProtocolError(f"a rest with the target {self.target!r}: leave out the target")
        if self.control == "voltage" and self.target < 0.0:
            raise ProtocolError(f"voltage {self.target!r} V: a cell's voltage is not below 0")
        if self.control == "temperature" and not COLDEST < self.target < HOTTEST:
            raise ProtocolError(f"temperature {self.target!r} K: give kelvin, between {COLDEST:g} and {HOTTEST:g}")
        if self.control == "rest" and self.duration is None and not self.until:
            raise ProtocolError("a rest needs a duration in seconds, or a temperature to end at")
        if self.control not in ("rest", *HELD) and self.target == 0.0:
            raise ProtocolError(f"{self.control} 0 is a rest: use rest(seconds)")
        if self.control in HELD and self.duration is None and not self.until:
            raise ProtocolError(f"a held {self.control} needs a duration or a current to end at")

    def _check_profile(self):
        last = self.target.duration
        if self.control == "rest":
            raise ProtocolError("a rest follows no profile: control its current, c-rate, power or voltage")
        if self.duration is None and last > LONGEST:
            raise ProtocolError(f"the profile lasts {last:g} s, and a step at most {LONGEST:g} s: give a duration, or "
                                "cut the profile into several steps")
        object.__setattr__(self, "duration", last if self.duration is None else seconds("duration", self.duration))
        if self.duration > last:
            raise ProtocolError(f"duration {self.duration:g} s: the profile ends at {last:g} s; give at most that")
        if any(x.quantity == "soc" for x in self.until):
            raise ProtocolError("a profile cannot end at a state of charge: use a capacity, or a voltage")

    def _check_limits(self):
        """Limits that contradict each other or the target."""
        seen: dict[tuple[str, str], float] = {}
        either = isinstance(self.target, Profile) or self.control == "rest"
        for x in self.until:
            same = (x.quantity, x.side)
            if same in seen and not (x.quantity == "temperature" and not x.side or x.quantity == "voltage" and either):
                raise ProtocolError(f"two limits of {x.quantity}, {seen[same]:g} and {x.value:g} "
                                    f"{QUANTITIES[x.quantity]}: only one of them can be reached; leave out the other")
            seen[same] = x.value
            if seen.get((x.quantity, "above"), math.inf) <= seen.get((x.quantity, "below"), -math.inf):
                raise ProtocolError(f"the limits of {x.quantity} leave no room between them: above "
                                    f"{seen[x.quantity, 'above']:g}, below {seen[x.quantity, 'below']:g}")
            if x.quantity == self.control and self.control in HELD:
                raise ProtocolError(f"the step holds the {self.control}: it cannot end at another one")
            if self.control == "rest" and x.quantity in (*FLOWS, "capacity", "soc"):
                raise ProtocolError(f"a rest passes no current: it cannot end at a limit of {x.quantity}")
            if x.quantity == self.control and not isinstance(self.target, Profile) and _at_once(x, abs(self.target)):
                raise ProtocolError(f"the limit {x.quantity} {x.value:g} {QUANTITIES[x.quantity]} is reached at once: "
                                    f"the step runs at {abs(self.target):g}; a limit of {x.quantity} ends a held state")

    def __str__(self):
        unit = CONTROLS[self.control]
        if isinstance(self.target, Profile):
            return (f"{self.control} profile of {len(self.target.times)} points for {self.duration:g} s"
                    + "".join(f" until {x.quantity} {x.value:g}" for x in self.until))
        what = {"rest": "rest", "voltage": f"hold {self.target:g} V",
                **{name: f"hold {name} at {self.target:g} {unit}" for name in HELD[1:]}}.get(
            self.control, f"{'discharge' if self.target > 0 else 'charge'} at {abs(self.target):g} {unit}")
        time = f" for {self.duration:g} s" if self.duration else ""
        return what + time + "".join(f" until {x.quantity} {x.side} {x.value:g}".replace("  ", " ") for x in self.until)


def _at_once(limit, magnitude):
    """Whether a current of that magnitude is at its limit."""
    return magnitude >= limit.value if limit.side == "above" else magnitude <= limit.value


def checked_limits(until) -> tuple[Limit, ...]:
    """The limits of a step, of which a single one may stand alone.  Raises ProtocolError."""
    if isinstance(until, Limit):
        return (until,)
    wanted = "give a Limit or a list of them, such as cellsim.Limit('voltage', 3.0)"
    found = tuple(listed("until", until, wanted))
    for x in found:
        if not isinstance(x, Limit):
            raise ProtocolError(f"until {shown(x)}: {wanted}")
    return found


def seconds(name, value) -> float | None:
    """A time that a step may last [s], or None.  Raises ProtocolError."""
    return number(name, value, f"give seconds as a number above 0 and at most {LONGEST:g} s, such as 600", above=0.0,
                  high=LONGEST, none=True)


def kelvin(name, value) -> float | None:
    """A temperature [K], or None.  Raises ProtocolError."""
    return number(name, value, f"give kelvin, between {COLDEST:g} and {HOTTEST:g}, such as 298.15 for 25 degC",
                  above=COLDEST, below=HOTTEST, none=True)


def _limits(until_voltage, until):
    volts = () if until_voltage is None else (Limit("voltage", until_voltage),)
    return checked_limits(until) + volts


def _c_rate(value):
    return abs(number("c_rate", value, "give a C-rate as a finite number, such as 0.5"))


def discharge(c_rate=1.0, until_voltage=None, duration=None, until=()) -> Step:
    """Discharge at a constant C-rate, by default to the cell's lower cut-off voltage."""
    return Step("c-rate", _c_rate(c_rate), duration, _limits(until_voltage, until))


def charge(c_rate=1.0, until_voltage=None, duration=None, until=()) -> Step:
    """Charge at a constant C-rate, by default to the cell's upper cut-off voltage."""
    return Step("c-rate", -_c_rate(c_rate), duration, _limits(until_voltage, until))


def hold(voltage, until_c_rate=0.05, duration=None) -> Step:
    """Hold a voltage [V] until the current has fallen to a C-rate."""
    until = () if until_c_rate is None else (Limit("c-rate", until_c_rate),)
    return Step("voltage", voltage, duration, until)


def rest(seconds) -> Step:
    """No current."""
    return Step("rest", 0.0, seconds)


def profile(source, control="current", *, until=()) -> Step:
    """A `Step` that follows a measured load.

    source: path of a text file with two columns, time [s] and value, separated by commas or blanks
    (lines that begin with # are left out, one heading is allowed), or an array (n, 2) of the same.
    control: "current" [A] (default), "c-rate", "current density" [A/m2], "power" [W], "resistance" [Ohm] or
    "voltage" [V]; discharge positive.
    until: a `Limit` or several.  The step also ends at the cell's cut-off voltages.
    Raises ProtocolError.
    """
    chosen("control", control, CONTROLS)
    if isinstance(source, str | Path):
        target = read_profile(file_path("profile", source, error=ProtocolError))
    else:
        target = Profile(*two_columns(source).T)
    return Step(control, target, None, checked_limits(until))


def cycle(steps, times=1) -> list[Step]:
    """A list of steps, repeated so many times."""
    times = whole("cycle: times", times, f"give a whole number from 1 to {MOST_CYCLES}", high=MOST_CYCLES)
    return (listed("cycle", steps, "give a list of steps") if not isinstance(steps, Step) else [steps]) * times
