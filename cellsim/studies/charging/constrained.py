"""The constrained charge: at every moment the largest current that all constraints allow.

It is an ordinary protocol: one step per constraint, which holds that quantity at its limit until another one is met,
and a jump from each step to the constraint that ended it.  One run finds it, without an optimiser.
"""

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache
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
from ...support.renamed import by_name, by_names, old_names

# a quantity is held so far within its limit that the limit itself is not met again at once [V, A/m2, K]
WITHIN = {name: role.inside for name, role in CONSTRAINTS.items() if role.inside}
# K below its limit at which a temperature counts as met: only little above the temperature that is then held, as a
# cell that is little warmer than its surroundings cannot cool down, but by more than the error of the solver
MET = 0.07
JUMPS = 20  # between the same two limits in a row
STEPS = 200  # of a whole charge, which takes three or four; so many mean that it jumps in circles
AT_MOST = 0.99  # fraction of the largest current above which a step counts as ended by it


@by_names
@dataclass(frozen=True)
class ChargeConstraints:
    """Constraints of a charge; None: no such constraint.

    c_rate: largest current.  voltage [V]: largest one; the upper cut-off voltage of the cell if None.
    plating_margin [V]: least one, of cells with a porous negative electrode.
    critical_current_margin [A/m2]: least one, of cells with a lithium-metal electrode.
    temperature [K]: of the cell, largest one; needs a run with heat.
    least_c_rate: the charge gives up when the current has fallen to this.
    longest [s]: the charge, with the steps before it, gives up after so long.
    Raises ProtocolError.
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
        number(
            "limits: temperature =",
            self.temperature,
            "give kelvin, between 150 and 500",
            above=150.0,
            below=500.0,
            none=True,
        )
        if not 0.0 < self.least_c_rate < self.c_rate:
            raise ProtocolError(
                f"limits: least_c_rate {self.least_c_rate:g} and c_rate {self.c_rate:g}: give a "
                "minimum above 0 and a larger maximum"
            )
        if not self.longest > 0.0:
            raise ProtocolError(f"limits: longest = {self.longest:g}: give a time above 0 [s]")

    def of(self, cell: Any) -> dict[str, float]:
        """The constraints other than the current that apply to a cell, by name, in V, A/m2 and K."""
        absent = "porous negative electrode" if has_foil(cell) else "lithium-metal electrode"
        values = {
            name: getattr(self, CONSTRAINTS[name].field)
            for name, row in CONSTRAINED.items()
            if not row.flow and row.needs != absent
        }
        if self.voltage is None:
            values["voltage"] = cell.value("cell/upper voltage cut-off")
        return {name: float(value) for name, value in values.items() if value is not None}


def bounds(limits: ChargeConstraints, cell: Any) -> dict[str, Limit]:
    """The constraints other than the current that apply to a cell, as limits of a step."""
    return {name: Limit(name, value, _side(name)) for name, value in limits.of(cell).items()}


def _side(name: str) -> str:
    """The side on which a step ends at this constraint; "" where it can be reached from one side only."""
    side = "above" if CONSTRAINTS[name].side == "below" else "below"
    return side if side in LIMITS[name].sides else ""


def check_window(start: float, end: float) -> None:
    """Raise ProtocolError unless start and end are states of charge (0..1), the first one less."""
    wanted = "a state of charge lies between 0 and 1"
    for name, value in (("start", start), ("end", end)):
        number(f"charge: {name}", value, wanted, low=0.0, high=1.0)
    if not start < end:
        raise ProtocolError(
            f"charge from {start!r} to {end!r}: states of charge lie between 0 and 1, and the first is less"
        )


def arrived(result: Result, end: float) -> bool:
    """Whether a charge ended at the state of charge `end`."""
    return bool(abs(result["State of charge"][-1] - end) < 1e-6)


@by_names
@dataclass(frozen=True)
class ConstrainedCharge:
    """A constrained charge.

    result: of the whole run.  active: which constraint limited the current, ("current" or another one, start [s],
    end [s]) in order of time.  protocol: the charge as a protocol, `print(ride.protocol)`.
    reached: whether the final state of charge was reached.
    limits: the constraints.
    """

    result: Result
    active: tuple[tuple[str, float, float], ...]
    protocol: Protocol
    reached: bool
    limits: ChargeConstraints

    @property
    def reason(self) -> str:
        """Why the final state of charge was not reached; "" if it was."""
        if self.reached:
            return ""
        if self.result.t[-1] >= self.limits.longest - 1e-3:
            return f"stopped after {self.limits.longest / 3600.0:.3g} hours"
        if len(self.result.steps) >= STEPS:
            return f"stopped after {STEPS} changes of the active limit"
        return self.result.steps[-1].message

    @property
    def duration(self) -> float:
        """Duration of the charge [s], without the steps before it; infinite if it did not reach the end."""
        return self.active[-1][2] - self.active[0][1] if self.reached else math.inf

    def __repr__(self) -> str:
        parts = " -> ".join(f"{name} {(end - start) / 60.0:.3g} min" for name, start, end in self.active)
        return f"{self.result.cell}: {parts}" + ("" if self.reached else f"; ended: {self.reason}")


def constrained_protocol(cell: Any, limits: ChargeConstraints, to: float = 0.8) -> Protocol:
    """The protocol of a constrained charge of `cell` to the state of charge `to` (0..1).

    At every moment the current is the largest that all constraints allow, to within WITHIN.
    Raises ProtocolError for a constraint that no charge can satisfy.
    """
    return _protocol(tuple(limits.of(cell).items()), limits, to)


@lru_cache(maxsize=256)
def _protocol(values: tuple[tuple[str, float], ...], limits: ChargeConstraints, to: float) -> Protocol:
    """The protocol from the constraints that apply to a cell; shared, as protocols do not change."""
    known = {name: Limit(name, value, _side(name)) for name, value in values}
    met = {name: replace(x, value=x.value - MET) if name == "temperature" else x for name, x in known.items()}
    nodes: list[Any] = []
    for name in ("current", *known):
        others = {other: limit for other, limit in met.items() if other != name}
        until = (Limit("soc", to), *others.values())
        if name == "current":
            step = Step("c-rate", -limits.c_rate, limits.longest, until)
        else:
            inside = -WITHIN[name] if CONSTRAINTS[name].side == "below" else WITHIN[name]
            step = Step(
                name,
                known[name].value + inside,
                limits.longest,
                (*until, Limit("c-rate", limits.least_c_rate), Limit("c-rate", limits.c_rate, "above")),
            )
        nodes += [Label(_word(name)), step, Stop(Condition("ending", "soc"))]
        nodes += [Goto(_word(other), Condition("ending", other), JUMPS) for other in others]
        if name != "current":
            nodes.append(Goto("current", Condition("c-rate", "above", AT_MOST * limits.c_rate), JUMPS))
        nodes.append(Stop())
    return Protocol([f"Stop whenever time above {limits.longest:.10g} s", *nodes])


@by_name
def constrained_charge(
    cell: Any,
    limits: ChargeConstraints | None = None,
    *,
    soc: float = 0.1,
    to: float = 0.8,
    before: Any = (),
    model: Any = None,
    heat: Any = None,
    **how: Any,
) -> ConstrainedCharge:
    """Charge a cell as fast as the constraints `limits` allow, from the state of charge `soc` to `to` (0..1).

    before: steps or text of a protocol that is run first, such as a heater; `soc` is the state of charge at its start.
    heat: as in `simulate`; by default a run with heat if the temperature is constrained.
    how: further arguments of `simulate`, such as temperature [K], ambient [K], period [s] and accuracy [V].
    Raises what `simulate` raises; a SolveError has the partial run in `.result`.
    """
    return finish(
        constrained_charge_coroutine(cell, limits, soc=soc, to=to, before=before, model=model, heat=heat, **how)
    )


def constrained_charge_coroutine(
    cell, limits: ChargeConstraints | None = None, *, soc=0.1, to=0.8, before=(), model=None, heat=None, **how
) -> Coroutine[ConstrainedCharge]:
    """Coroutine form of `constrained_charge`, see `simulate_coroutine`."""
    cell = load(cell)
    limits = ChargeConstraints() if limits is None else limits
    if not isinstance(limits, ChargeConstraints):
        raise ProtocolError(
            f"constrained_charge: limits {shown(limits)}: give cellsim.ChargeConstraints(...), "
            "such as cellsim.ChargeConstraints(c_rate=2)"
        )
    check_window(soc, to)
    known_options("constrained_charge:", how)
    main = constrained_protocol(cell, limits, to)
    protocol = main if isinstance(before, str | tuple | list) and not before else Protocol([before, main])
    heat = limits.temperature is not None if heat is None else heat
    most = STEPS if protocol is main else MAX_STEPS  # the steps before it may be any number
    result = yield from simulate_coroutine(cell, protocol, model, soc=soc, heat=heat, max_steps=most, **how)
    names = {_word(name): name for name in ("current", *limits.of(cell))}  # labels of the steps of `main`
    active = tuple((names[s.label], s.t_start, s.t_end) for s in result.steps if s.label in names)
    reached = bool(active) and arrived(result, to)
    return ConstrainedCharge(result, _joined(active), protocol, reached, limits)


def _joined(active: tuple[tuple[str, float, float], ...]) -> tuple[tuple[str, float, float], ...]:
    """Without steps of no duration."""
    lasting = tuple(a for a in active if a[2] > a[1])
    return lasting or active[:1]


def _word(name: str) -> str:
    """The label of a constraint's step."""
    return name.replace(" ", "_")


__getattr__ = old_names(
    __name__,
    {
        "Limits": "ChargeConstraints",
        "Ride": "ConstrainedCharge",
        "ride": "constrained_charge",
        "riding": "constrained_protocol",
    },
)
