"""Protocols: lists of frozen steps.  Discharge is positive."""
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ProtocolError
from .profiles import Profile

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
        if self.quantity not in QUANTITIES:
            raise ProtocolError(f"limit on {self.quantity!r}: choose one of {', '.join(QUANTITIES)}")
        if self.side not in ("", "above", "below"):
            raise ProtocolError(f"limit {self.quantity}, side {self.side!r}: choose above or below, or leave it out")
        if self.side and self.quantity not in SIDED and not (self.side == "above" and self.quantity in FLOWS):
            raise ProtocolError(f"a limit of {self.quantity} is reached from one side only: leave out {self.side!r}")
        if not math.isfinite(self.value) or (self.value < 0.0 and self.quantity not in SIGNED):
            raise ProtocolError(f"limit {self.quantity} = {self.value!r}: give a finite number, zero or more")
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
        if self.control not in CONTROLS:
            raise ProtocolError(f"control {self.control!r}: choose one of {', '.join(CONTROLS)}")
        object.__setattr__(self, "until", (self.until,) if isinstance(self.until, Limit) else tuple(self.until))
        self._check_around()
        if isinstance(self.target, Profile):
            self._check_profile()
        else:
            self._check_target()
        self._check_limits()

    def _check_around(self):
        if self.temperature is not None and not COLDEST < self.temperature < HOTTEST:
            raise ProtocolError(f"temperature {self.temperature!r} K of the surroundings: give kelvin, between "
                                f"{COLDEST:g} and {HOTTEST:g}")
        if self.period is not None and not 0.0 < self.period <= LONGEST:
            raise ProtocolError(f"period {self.period!r} s: must be above 0 and at most {LONGEST:g} s")
        if not 0.0 <= self.heater < math.inf:
            raise ProtocolError(f"heater {self.heater!r} W: give a finite number, zero or more")

    def _check_target(self):
        if not isinstance(self.target, int | float) or not math.isfinite(self.target):
            raise ProtocolError(f"{self.control} target {self.target!r}: give a finite number")
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
        if self.duration is not None and not 0.0 < self.duration <= LONGEST:
            raise ProtocolError(f"duration {self.duration!r} s: must be above 0 and at most {LONGEST:g} s")

    def _check_profile(self):
        last = self.target.duration
        if self.control == "rest":
            raise ProtocolError("a rest follows no profile: control its current, c-rate, power or voltage")
        if self.duration is None:
            object.__setattr__(self, "duration", last)
        if not 0.0 < self.duration <= min(last, LONGEST):
            raise ProtocolError(f"duration {self.duration!r} s: must be above 0 and at most {min(last, LONGEST):g} s, "
                                "the end of the profile")
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


def _limits(until_voltage, until, duration):
    limits = tuple(until) if isinstance(until, Sequence) else (until,)
    return limits + ((Limit("voltage", until_voltage),) if until_voltage is not None else ())


def discharge(c_rate=1.0, until_voltage=None, duration=None, until=()) -> Step:
    """Discharge at a constant C-rate, by default to the cell's lower cut-off voltage."""
    return Step("c-rate", abs(c_rate), duration, _limits(until_voltage, until, duration))


def charge(c_rate=1.0, until_voltage=None, duration=None, until=()) -> Step:
    """Charge at a constant C-rate, by default to the cell's upper cut-off voltage."""
    return Step("c-rate", -abs(c_rate), duration, _limits(until_voltage, until, duration))


def hold(voltage, until_c_rate=0.05, duration=None) -> Step:
    """Hold a voltage [V] until the current has fallen to a C-rate."""
    until = () if until_c_rate is None else (Limit("c-rate", until_c_rate),)
    return Step("voltage", voltage, duration, until)


def rest(seconds) -> Step:
    """No current."""
    return Step("rest", 0.0, seconds)


def cycle(steps, times=1) -> list[Step]:
    """A list of steps, repeated."""
    if times < 1:
        raise ProtocolError(f"cycle({times} times): repeat at least once")
    return list(steps) * times
