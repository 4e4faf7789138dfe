"""The fastest charge that keeps to limits: at every moment the largest current that all of them allow.

It is a protocol like any other: a step for each limit, which holds that limit until another one is met, and
jumps from each step to the limit that ended it.  One run finds it; there is nothing to optimise.
"""
import math
import re
from dataclasses import dataclass, fields, replace

from ...ensemble.case import known_options
from ...errors import ProtocolError
from ...models.electrodes import has_foil
from ...parameters import load
from ...protocols import Condition, Goto, Label, Limit, Protocol, Step, Stop
from ...protocols.program import MAX_STEPS
from ...simulation.result import Result
from ...simulation.run import simulate
from ...support.arguments import number, shown

# what is held lies so much within its limit, so that the limit itself is not met again at once
WITHIN = {"voltage": 1e-4, "plating margin": 1e-4, "critical current margin": 1e-2, "temperature": 0.1}
# K before its limit at which a temperature counts as met: hardly warmer than what is then held, as a cell that is
# hardly warmer than its surroundings cannot cool down, and yet so much that the solver's errors do not meet it again
MET = 0.07
JUMPS = 20  # between the same two limits in a row
STEPS = 200  # of a whole ride, which takes three or four; as many mean that it goes round in circles
AT_MOST = 0.99  # share of the largest current above which a step counts as ended by it
RISING = ("voltage", "temperature")  # limits met from below; margins are met from above


@dataclass(frozen=True)
class Limits:
    """What a charge must keep to; None: no such limit.

    c_rate: largest current.  voltage [V]: at most; the upper cut-off of the cell if None.
    plating_margin [V]: at least, of cells with a porous negative electrode.
    critical_current_margin [A/m2]: at least, of cells with lithium metal.
    temperature [K]: of the cell, at most; needs a run with heat.
    least_c_rate: the charge gives up where the current has fallen to this.
    longest [s]: it also gives up after so long, with what comes before it.
    """

    c_rate: float = 4.0
    voltage: float | None = None
    plating_margin: float | None = None
    critical_current_margin: float | None = None
    temperature: float | None = None
    least_c_rate: float = 0.02
    longest: float = 24.0 * 3600.0

    def __post_init__(self):
        for f in fields(self):
            value = number(f"limits: {f.name} =", getattr(self, f.name), "give a finite number", none=f.default is None)
            object.__setattr__(self, f.name, value)
        number("limits: temperature =", self.temperature, "give kelvin, between 150 and 500", above=150.0, below=500.0,
               none=True)
        if not 0.0 < self.least_c_rate < self.c_rate:
            raise ProtocolError(f"limits: least_c_rate {self.least_c_rate:g} and c_rate {self.c_rate:g}: give a least "
                                "current above 0 and a larger one")
        if not self.longest > 0.0:
            raise ProtocolError(f"limits: longest = {self.longest:g}: give a time above 0 [s]")

    def of(self, cell) -> dict[str, float]:
        """The limits besides the current that this cell has, by name, in V, A/m2 and K."""
        top = cell.value("cell/upper voltage cut-off")
        found = {"voltage": top if self.voltage is None else self.voltage,
                 "plating margin": None if has_foil(cell) else self.plating_margin,
                 "critical current margin": self.critical_current_margin if has_foil(cell) else None,
                 "temperature": self.temperature}
        return {name: float(value) for name, value in found.items() if value is not None}


def bounds(limits: Limits, cell) -> dict[str, Limit]:
    """The limits besides the current that `cell` has, as limits of a step."""
    return {name: Limit(name, value, "above" if name in RISING else "") for name, value in limits.of(cell).items()}


def check_window(start, end):
    """Raises ProtocolError unless a charge leads from start to end."""
    wanted = "a state of charge lies between 0 and 1"
    for name, value in (("start", start), ("end", end)):
        number(f"charge: {name}", value, wanted, low=0.0, high=1.0)
    if not start < end:
        raise ProtocolError(f"charge from {start!r} to {end!r}: states of charge lie between 0 and 1, and the first "
                            "is less")


def arrived(result, end) -> bool:
    """Whether a charge ended at the state of charge asked for."""
    return abs(result["State of charge"][-1] - end) < 1e-6


@dataclass(frozen=True)
class Ride:
    """A charge along its limits.

    result: all of it.  active: what bounded the current, ("current" or a limit, start [s], end [s]) one after
    the other.  protocol: the charge as a protocol, `print(ride.protocol)`.
    reached: whether it came to the state of charge asked for.
    limits: those kept to.
    """

    result: Result
    active: tuple[tuple[str, float, float], ...]
    protocol: Protocol
    reached: bool
    limits: Limits

    @property
    def reason(self) -> str:
        """Why it did not get there, in words; "" if it did."""
        if self.reached:
            return ""
        if self.result.t[-1] >= self.limits.longest - 1e-3:
            return f"gave up after {self.limits.longest / 3600.0:.3g} hours"
        if len(self.result.steps) >= STEPS:
            return f"gave up after {STEPS} steps from one limit to another"
        return self.result.steps[-1].message

    @property
    def duration(self) -> float:
        """How long it took [s], without what went before; infinite if it did not get there."""
        return self.active[-1][2] - self.active[0][1] if self.reached else math.inf

    def __repr__(self):
        parts = " -> ".join(f"{name} {(end - start) / 60.0:.3g} min" for name, start, end in self.active)
        return f"{self.result.cell}: {parts}" + ("" if self.reached else f"; ended: {self.reason}")


def riding(cell, limits: Limits, to=0.8) -> Protocol:
    """The protocol that charges `cell` to a state of charge along `limits`.

    At every moment the current is the largest that all limits allow, within the small distances of WITHIN.
    Raises ProtocolError for a limit that no charge can keep to.
    """
    known = bounds(limits, cell)
    met = {name: replace(x, value=x.value - MET) if name == "temperature" else x for name, x in known.items()}
    nodes: list = []
    for name in ("current", *known):
        others = {other: limit for other, limit in met.items() if other != name}
        until = (Limit("soc", to), *others.values())
        if name == "current":
            step = Step("c-rate", -limits.c_rate, limits.longest, until)
        else:
            inside = -WITHIN[name] if name in RISING else WITHIN[name]
            step = Step(name, known[name].value + inside, limits.longest,
                        (*until, Limit("c-rate", limits.least_c_rate), Limit("c-rate", limits.c_rate, "above")))
        nodes += [Label(_word(name)), step, Stop(Condition("ending", "soc"))]
        nodes += [Goto(_word(other), Condition("ending", other), JUMPS) for other in others]
        if name != "current":
            nodes.append(Goto("current", Condition("c-rate", "above", AT_MOST * limits.c_rate), JUMPS))
        nodes.append(Stop())
    return Protocol([f"Stop whenever time above {limits.longest:.10g} s", *nodes])


def ride(cell, limits: Limits | None = None, *, soc=0.1, to=0.8, before=(), model=None, heat=None,
         **how) -> Ride:
    """Charge a cell as fast as `limits` allow, from one state of charge to another.

    before: steps or text that come first, such as a heater; `soc` is where those begin.
    heat: as of `simulate`; a run with heat if there is a limit of temperature and it is not said.
    how: further arguments of `simulate`: temperature, ambient, period, accuracy and so on.
    Raises what `simulate` does; a SolveError carries the run up to there.
    """
    cell = load(cell)
    limits = Limits() if limits is None else limits
    if not isinstance(limits, Limits):
        raise ProtocolError(f"ride: limits {shown(limits)}: give cellsim.Limits(...), such as cellsim.Limits(c_rate=2)")
    check_window(soc, to)
    known_options("ride:", how)
    main = riding(cell, limits, to)
    protocol = main if isinstance(before, str | tuple | list) and not before else Protocol([before, main])
    heat = limits.temperature is not None if heat is None else heat
    most = STEPS if protocol is main else MAX_STEPS  # what comes before may have any number of them
    result = simulate(cell, protocol, model, soc=soc, heat=heat, max_steps=most, **how)
    names = {_untimed(str(step)): name for name, step in zip(("current", *limits.of(cell)), main.steps, strict=True)}
    active = tuple((names[_untimed(s.step)], s.t_start, s.t_end) for s in result.steps if _untimed(s.step) in names)
    reached = bool(active) and arrived(result, to)
    return Ride(result, _joined(active), protocol, reached, limits)


def _joined(active):
    """Without steps that ended at once."""
    lasting = tuple(a for a in active if a[2] > a[1])
    return lasting or active[:1]


def _untimed(step):
    """A step in words without its duration, which is what is left of the whole ride's."""
    return re.sub(r" for \S+ s\b", "", step)


def _word(name):
    return name.replace(" ", "_")
