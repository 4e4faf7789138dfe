<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
"""The constrained charge: at every moment the largest current that all constraints allow.

It is an ordinary protocol: one step per constraint, which holds that quantity at its limit until another one is met,
and a jump from each step to the constraint that ended it.  One run finds it, without an optimiser.
=======
"""Constrained charge: the largest current that all limits allow, at every time.

The charge is an ordinary protocol with one step per limit.  Each step holds its limit until another limit is reached,
and then jumps to the step of that limit.  A single run gives the fastest charge; no optimisation is needed.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
"""
import math
from dataclasses import dataclass, fields, replace
from typing import Any

from ...ensemble.case import known_options
from ...errors import ProtocolError
from ...kernels.call.calls import Coroutine, finish
from ...models.electrodes import has_foil
from ...parameters import load
from ...protocols import Condition, Goto, Label, Limit, Protocol, Step, Stop
from ...protocols.program import MAX_STEPS
from ...protocols.quantities import CONSTRAINED, CONSTRAINTS, LIMITS
from ...simulation.result import Result
from ...simulation.run import simulate_coroutine
from ...support.arguments import number, shown

<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
# a quantity is held so far within its limit that the limit itself is not met again at once [V, A/m2, K]
WITHIN = {name: role.inside for name, role in CONSTRAINTS.items() if role.inside}
# K below its limit at which a temperature counts as met: only little above the temperature that is then held, as a
# cell that is little warmer than its surroundings cannot cool down, but by more than the error of the solver
MET = 0.07
JUMPS = 20  # between the same two limits in a row
STEPS = 200  # of a whole charge, which takes three or four; so many mean that it jumps in circles
AT_MOST = 0.99  # fraction of the largest current above which a step counts as ended by it
=======
# distance of a held value from its limit, so that the limit is not reached again at once
WITHIN = {"voltage": 1e-4, "plating margin": 1e-4, "critical current margin": 1e-2, "temperature": 0.1}
# distance [K] below its limit at which the temperature limit counts as reached: small, as a cell close to ambient
# temperature cannot cool down to the held temperature, but larger than the errors of the solver
MET = 0.07
JUMPS = 20  # consecutive jumps between the same two limits
STEPS = 200  # maximum of a charge, which usually takes three or four; reached only if it cycles between limits
AT_MOST = 0.99  # fraction of the maximum current above which the current counts as the active limit
RISING = ("voltage", "temperature")  # limits approached from below; margins are approached from above
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd


@dataclass(frozen=True)
class Limits:
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
    """Constraints of a charge; None: no such constraint.

    c_rate: largest current.  voltage [V]: largest one; the upper cut-off voltage of the cell if None.
    plating_margin [V]: least one, of cells with a porous negative electrode.
    critical_current_margin [A/m2]: least one, of cells with a lithium-metal electrode.
    temperature [K]: of the cell, largest one; needs a run with heat.
    least_c_rate: the charge gives up when the current has fallen to this.
    longest [s]: the charge, with the steps before it, gives up after so long.
    Raises ProtocolError.
=======
    """Constraints of a charge; None: no such limit.

    c_rate: maximum C-rate.  voltage: maximum [V], by default the upper cut-off voltage of the cell.
    plating_margin: minimum [V], for cells with a porous negative electrode.
    critical_current_margin: minimum [A/m2], for cells with lithium metal.
    temperature: maximum cell temperature [K]; requires a run with heat.
    least_c_rate: C-rate at which the charge stops without reaching its target.
    longest: maximum duration [s], including any steps before the charge.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    """

    c_rate: float = 4.0
    voltage: float | None = None
    plating_margin: float | None = None
    critical_current_margin: float | None = None
    temperature: float | None = None
    least_c_rate: float = 0.02
    longest: float = 24.0 * 3600.0

    def __post_init__(self) -> None:
        for f in fields(self):
            value = number(f"limits: {f.name} =", getattr(self, f.name), "give a finite number", none=f.default is None)
            object.__setattr__(self, f.name, value)
        number("limits: temperature =", self.temperature, "give kelvin, between 150 and 500", above=150.0, below=500.0,
               none=True)
        if not 0.0 < self.least_c_rate < self.c_rate:
            raise ProtocolError(f"limits: least_c_rate {self.least_c_rate:g} and c_rate {self.c_rate:g}: give a "
                                "minimum above 0 and a larger maximum")
        if not self.longest > 0.0:
            raise ProtocolError(f"limits: longest = {self.longest:g}: give a time above 0 [s]")

<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
    def of(self, cell: Any) -> dict[str, float]:
        """The constraints other than the current that apply to a cell, by name, in V, A/m2 and K."""
        absent = "porous negative electrode" if has_foil(cell) else "lithium-metal electrode"
        values = {name: getattr(self, CONSTRAINTS[name].field) for name, row in CONSTRAINED.items()
                  if not row.flow and row.needs != absent}
        if self.voltage is None:
            values["voltage"] = cell.value("cell/upper voltage cut-off")
        return {name: float(value) for name, value in values.items() if value is not None}


def bounds(limits: Limits, cell: Any) -> dict[str, Limit]:
    """The constraints other than the current that apply to a cell, as limits of a step."""
    return {name: Limit(name, value, _side(name)) for name, value in limits.of(cell).items()}


def _side(name: str) -> str:
    """The side on which a step ends at this constraint; "" where it can be reached from one side only."""
    side = "above" if CONSTRAINTS[name].side == "below" else "below"
    return side if side in LIMITS[name].sides else ""


def check_window(start: float, end: float) -> None:
    """Raise ProtocolError unless start and end are states of charge (0..1), the first one less."""
=======
    def of(self, cell) -> dict[str, float]:
        """The limits that apply to a cell, apart from the current, by name [V, A/m2, K]."""
        top = cell.value("cell/upper voltage cut-off")
        values = {"voltage": top if self.voltage is None else self.voltage,
                 "plating margin": None if has_foil(cell) else self.plating_margin,
                 "critical current margin": self.critical_current_margin if has_foil(cell) else None,
                 "temperature": self.temperature}
        return {name: float(value) for name, value in values.items() if value is not None}


def bounds(limits: Limits, cell) -> dict[str, Limit]:
    """The limits that apply to a cell, apart from the current, as limits of a step."""
    return {name: Limit(name, value, "above" if name in RISING else "") for name, value in limits.of(cell).items()}


def check_window(start, end):
    """Raises ProtocolError unless 0 <= start < end <= 1."""
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    wanted = "a state of charge lies between 0 and 1"
    for name, value in (("start", start), ("end", end)):
        number(f"charge: {name}", value, wanted, low=0.0, high=1.0)
    if not start < end:
        raise ProtocolError(f"charge from {start!r} to {end!r}: states of charge lie between 0 and 1, and the first "
                            "is less")


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
def arrived(result: Result, end: float) -> bool:
    """Whether a charge ended at the state of charge `end`."""
    return bool(abs(result["State of charge"][-1] - end) < 1e-6)
=======
def arrived(result, end) -> bool:
    """Whether a charge reached the state of charge `end`."""
    return abs(result["State of charge"][-1] - end) < 1e-6
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd


@dataclass(frozen=True)
class Ride:
    """A constrained charge.

<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
    result: of the whole run.  active: which constraint limited the current, ("current" or another one, start [s],
    end [s]) in order of time.  protocol: the charge as a protocol, `print(ride.protocol)`.
    reached: whether the final state of charge was reached.
    limits: the constraints.
=======
    result: the whole run.  active: the active constraints in order, ("current" or a limit, start [s], end [s]).
    protocol: the charge as a protocol, `print(ride.protocol)`.  reached: whether the target state of charge was
    reached.  limits: the constraints.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    """

    result: Result
    active: tuple[tuple[str, float, float], ...]
    protocol: Protocol
    reached: bool
    limits: Limits

    @property
    def reason(self) -> str:
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
        """Why the final state of charge was not reached; "" if it was."""
=======
        """Reason why the target was not reached; "" if it was."""
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
        if self.reached:
            return ""
        if self.result.t[-1] >= self.limits.longest - 1e-3:
            return f"stopped after {self.limits.longest / 3600.0:.3g} hours"
        if len(self.result.steps) >= STEPS:
            return f"stopped after {STEPS} changes of the active limit"
        return self.result.steps[-1].message

    @property
    def duration(self) -> float:
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
        """Duration of the charge [s], without the steps before it; infinite if it did not reach the end."""
=======
        """Charging time [s], without any steps before the charge; infinite if the target was not reached."""
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
        return self.active[-1][2] - self.active[0][1] if self.reached else math.inf

    def __repr__(self) -> str:
        parts = " -> ".join(f"{name} {(end - start) / 60.0:.3g} min" for name, start, end in self.active)
        return f"{self.result.cell}: {parts}" + ("" if self.reached else f"; ended: {self.reason}")


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
def riding(cell: Any, limits: Limits, to: float = 0.8) -> Protocol:
    """The protocol of a constrained charge of `cell` to the state of charge `to` (0..1).

    At every moment the current is the largest that all constraints allow, to within WITHIN.
    Raises ProtocolError for a constraint that no charge can satisfy.
=======
def riding(cell, limits: Limits, to=0.8) -> Protocol:
    """The protocol of a constrained charge of `cell` to the state of charge `to`.

    At every time the current is the largest that all limits allow, to within the tolerances of WITHIN.
    Raises ProtocolError for a limit that no charge can satisfy.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    """
    known = bounds(limits, cell)
    met = {name: replace(x, value=x.value - MET) if name == "temperature" else x for name, x in known.items()}
    nodes: list[Any] = []
    for name in ("current", *known):
        others = {other: limit for other, limit in met.items() if other != name}
        until = (Limit("soc", to), *others.values())
        if name == "current":
            step = Step("c-rate", -limits.c_rate, limits.longest, until)
        else:
            inside = -WITHIN[name] if CONSTRAINTS[name].side == "below" else WITHIN[name]
            step = Step(name, known[name].value + inside, limits.longest,
                        (*until, Limit("c-rate", limits.least_c_rate), Limit("c-rate", limits.c_rate, "above")))
        nodes += [Label(_word(name)), step, Stop(Condition("ending", "soc"))]
        nodes += [Goto(_word(other), Condition("ending", other), JUMPS) for other in others]
        if name != "current":
            nodes.append(Goto("current", Condition("c-rate", "above", AT_MOST * limits.c_rate), JUMPS))
        nodes.append(Stop())
    return Protocol([f"Stop whenever time above {limits.longest:.10g} s", *nodes])


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
def ride(cell: Any, limits: Limits | None = None, *, soc: float = 0.1, to: float = 0.8, before: Any = (),
         model: Any = None, heat: Any = None, **how: Any) -> Ride:
    """Charge a cell as fast as the constraints `limits` allow, from the state of charge `soc` to `to` (0..1).

    before: steps or text of a protocol that is run first, such as a heater; `soc` is the state of charge at its start.
    heat: as in `simulate`; by default a run with heat if the temperature is constrained.
    how: further arguments of `simulate`, such as temperature [K], ambient [K], period [s] and accuracy [V].
    Raises what `simulate` raises; a SolveError has the partial run in `.result`.
=======
def ride(cell, limits: Limits | None = None, *, soc=0.1, to=0.8, before=(), model=None, heat=None,
         **how) -> Ride:
    """Charge a cell as fast as `limits` allow, from the state of charge `soc` to `to`.

    before: steps or text that precede the charge, such as preheating; they begin at `soc`.
    heat: as in `simulate`; by default True if there is a temperature limit.
    how: further arguments of `simulate`: temperature, ambient, period, accuracy and so on.
    Raises the exceptions of `simulate`; a SolveError contains the partial run.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    """
    return finish(ride_coroutine(cell, limits, soc=soc, to=to, before=before, model=model, heat=heat, **how))


def ride_coroutine(cell, limits: Limits | None = None, *, soc=0.1, to=0.8, before=(), model=None, heat=None,
                   **how) -> Coroutine[Ride]:
    """Coroutine form of `ride`, see `simulate_coroutine`."""
    cell = load(cell)
    limits = Limits() if limits is None else limits
    if not isinstance(limits, Limits):
        raise ProtocolError(f"ride: limits {shown(limits)}: give cellsim.Limits(...), such as cellsim.Limits(c_rate=2)")
    check_window(soc, to)
    known_options("ride:", how)
    main = riding(cell, limits, to)
    protocol = main if isinstance(before, str | tuple | list) and not before else Protocol([before, main])
    heat = limits.temperature is not None if heat is None else heat
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
    most = STEPS if protocol is main else MAX_STEPS  # the steps before it may be any number
    result = yield from simulate_coroutine(cell, protocol, model, soc=soc, heat=heat, max_steps=most, **how)
    names = {_word(name): name for name in ("current", *limits.of(cell))}  # labels of the steps of `main`
    active = tuple((names[s.label], s.t_start, s.t_end) for s in result.steps if s.label in names)
=======
    most = STEPS if protocol is main else MAX_STEPS  # steps before the charge are not limited
    result = simulate(cell, protocol, model, soc=soc, heat=heat, max_steps=most, **how)
    names = {_untimed(str(step)): name for name, step in zip(("current", *limits.of(cell)), main.steps, strict=True)}
    active = tuple((names[_untimed(s.step)], s.t_start, s.t_end) for s in result.steps if _untimed(s.step) in names)
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    reached = bool(active) and arrived(result, to)
    return Ride(result, _joined(active), protocol, reached, limits)


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
def _joined(active: tuple[tuple[str, float, float], ...]) -> tuple[tuple[str, float, float], ...]:
    """Without steps of no duration."""
=======
def _joined(active):
    """Without steps of zero duration."""
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    lasting = tuple(a for a in active if a[2] > a[1])
    return lasting or active[:1]


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
def _word(name: str) -> str:
    """The label of a constraint's step."""
=======
def _untimed(step):
    """Text of a step without its duration, which depends on the elapsed time."""
    return re.sub(r" for \S+ s\b", "", step)


def _word(name):
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
    return name.replace(" ", "_")
