"""The fastest charge within limits, in two ways that must agree: along the limits, and by an optimiser over stages.

Along the limits: at every moment the largest current that all of them allow (`constrained_charge`).  Where they act on
concentrations and potentials this is the best there is: a surface kept at its bound takes up more than any that
stays below it.  A limit of temperature is different, as heat made early is still there later: the same charge makes
the less heat the more evenly it flows.  Where that limit binds, the largest current is therefore searched for too.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...ensemble.engine import Progress, reporting, values_of
from ...ensemble.jobs import Job, searched
from ...errors import CellsimError, Ending, SolveError
from ...kernels.call.calls import Coroutine, Together
from ...models import ACCURACY, default_model, model_of
from ...parameters import load
from ...protocols import Limit, Step
from ...protocols.quantities import CONSTRAINED, CONSTRAINTS
from ...protocols.step import kelvin
from ...simulation.result import Result
from ...simulation.run import simulate
from ...support.arguments import flag, whole
from ...support.renamed import by_name
from .constrained import (
    ChargeConstraints,
    ConstrainedCharge,
    arrived,
    bounds,
    check_window,
    constrained_charge_coroutine,
)
from .constraints import limits_of
from .measured_charges import beyond

CAPS = 9  # largest currents tried before the best of them is refined
CLOSE = 5e-3  # the best largest current is found to this share
SLOW = 0.2  # C-rate at which a staged charge that stopped early is assumed to continue
GUESS = 0.01  # share to which the currents of the first guess are found
EARLY = 1.5  # exponent by which stages grow longer
BUDGET = 100  # runs of the optimiser after the first guess


@dataclass(frozen=True)
class Fastest:
    """What `fastest_charge` found.

    ride: the charge.  c_rate: the largest current it uses; below that of the limits where heat must be spread.
    greedy: the constrained charge at the full current of the limits; the same as `ride` unless temperature binds.
    limits: the constraints.
    """

    ride: ConstrainedCharge
    c_rate: float
    greedy: ConstrainedCharge
    limits: ChargeConstraints

    @property
    def result(self) -> Result:
        """The whole run."""
        return self.ride.result

    @property
    def duration(self) -> float:
        """Time of the charge [s]; infinite if it does not get there."""
        return self.ride.duration

    def __repr__(self):
        more = (
            ""
            if self.ride is self.greedy
            else f"\n  at most {self.c_rate:.3g} C, as early heat limits it later: at the full allowed current "
            + (f"it takes {self.greedy.duration / 60.0:.4g} min" if self.greedy.reached else "it does not get there")
        )
        z = self.result["State of charge"]
        said = beyond(self.result.cell, self.duration / 60.0, z[0], z[-1])
        return f"{self.duration / 60.0:.4g} min along {self.ride}{more}" + (f"\n! {said}" if said else "")


@dataclass(frozen=True)
class Staged:
    """A charge in stages of constant current.  currents: C-rates; edges: state of charge at which each ends at the
    latest; runs: how many the optimiser took."""

    result: Result
    currents: tuple[float, ...]
    edges: tuple[float, ...]
    reached: bool
    runs: int

    @property
    def duration(self) -> float:
        """Time of the charge [s]; infinite if it does not get there."""
        return float(self.result.t[-1]) if self.reached else math.inf

    def __repr__(self):
        return (
            f"{self.duration / 60.0:.4g} min in {len(self.currents)} stages after {self.runs} runs: "
            + ", ".join(f"{c:.2f}" for c in self.currents)
            + " C"
        )


@by_name
def fastest_charge(
    cell,
    limits=None,
    start=0.1,
    end=0.8,
    *,
    spread=True,
    model=None,
    threads: int | None = None,
    progress: Progress = None,
    **how,
) -> Fastest:
    """Charge `cell` from one state of charge to another as fast as limits allow.

    limits: a `ChargeConstraints`, or text such as "plating margin >= 10 mV, temperature <= 55 degC, current <= 6C".
    spread: where temperature binds, also search for the best largest current; without it the charge is greedy.
    threads: for that search, which begins with CAPS charges beside each other; as many as processors unless given.
    progress: True for a bar, or a function called with the number of charges done and None, as it is not known how
    many the search takes.
    how: further arguments of `constrained_charge` and `simulate`: heat, temperature [K], ambient [K], accuracy, ...
    Raises ProtocolError for limits that cannot be read or kept, and what `simulate` does.
    """
    with reporting(progress, "charging") as report:
        counts = itertools.count(1)
        counted = lambda: report(next(counts), None)  # noqa: E731
        chosen = {"spread": spread, "model": model, "counted": counted, **how}
        return values_of([Job(partial(fastest_charge_coroutine, cell, limits, start, end, **chosen))], threads=threads)[
            0
        ]


def fastest_charge_coroutine(
    cell,
    limits=None,
    start=0.1,
    end=0.8,
    *,
    spread=True,
    model=None,
    counted: Callable[[], object] = lambda: None,
    **how,
) -> Coroutine[Fastest]:
    """Coroutine form of `fastest_charge`, see `simulate_coroutine`; counted: called after each charge."""
    check_window(start, end)
    flag("spread", spread)
    cell, limits, model = _settled(cell, limits, model, how)
    greedy = yield from constrained_charge_coroutine(cell, limits, soc=start, to=end, model=model, **how)
    counted()
    binds = any(name == "temperature" for name, _, _ in greedy.active)
    if not spread or not binds and greedy.reached or limits.temperature is None:
        return Fastest(greedy, limits.c_rate, greedy, limits)
    found = {limits.c_rate: greedy}

    def time(log_cap: float) -> Coroutine[float]:
        cap = float(np.exp(log_cap))
        if cap not in found:
            try:
                found[cap] = yield from constrained_charge_coroutine(
                    cell, replace(limits, c_rate=cap), soc=start, to=end, model=model, **how
                )
            except SolveError:  # another largest current may do
                return 1e9 * (1.0 + cap)
            finally:
                counted()
        return found[cap].duration if found[cap].reached else 1e9 * (1.0 + cap)

    from scipy.optimize import minimize_scalar

    least = greedy.result["C-rate"][greedy.result["C-rate"] < 0.0]
    low = (
        max(1.5 * limits.least_c_rate, 0.5 * float(np.min(np.abs(least))))
        if greedy.reached
        else 1.5 * limits.least_c_rate
    )
    caps = np.linspace(np.log(low), np.log(limits.c_rate), CAPS)
    best = int(np.argmin((yield Together([time(c) for c in caps]))))
    near = caps[max(best - 1, 0)], caps[min(best + 1, CAPS - 1)]
    yield from searched(lambda f: minimize_scalar(f, bounds=near, method="bounded", options={"xatol": CLOSE}), time)
    cap = min((c for c in found), key=lambda c: (found[c].duration, c))
    return Fastest(found[cap], cap, greedy, limits)


@by_name
def staged_charge(
    cell, limits=None, start=0.1, end=0.8, *, stages=24, budget=BUDGET, model=None, progress: Progress = None, **how
) -> Staged:
    """The same by an independent optimiser: stages of constant current, each up to a state of charge.

    A stage that meets a limit ends and the next one begins, so that every charge tried keeps to the
    limits.  The currents are found by halving, stage by stage, and then all together by Powell's method.
    One run follows from another, so that they cannot be made side by side.
    progress: as in `fastest_charge`, counted in runs.
    """
    with reporting(progress, "charging") as report:
        return _staged(cell, limits, start, end, stages, budget, model, report, how)


def _staged(cell, limits, start, end, stages, budget, model, report, how) -> Staged:
    from scipy.optimize import minimize

    check_window(start, end)
    stages, budget = (
        whole(name, value, "give a whole number from 1 to 10000", high=10_000)
        for name, value in (("stages", stages), ("budget", budget))
    )
    cell, limits, model = _settled(cell, limits, model, how)
    heat = how.pop("heat", limits.temperature is not None)
    runs = 0

    def run(currents):
        nonlocal runs
        runs += 1
        report(runs, None)
        steps = _stages(cell, limits, currents, start, end, stages)
        return simulate(cell, steps, model, soc=start, heat=heat, **how)

    def time(logs):
        try:
            result = run(np.exp(logs))
        except CellsimError:
            return 1e6
        return result.t[-1] + max(end - result["State of charge"][-1], 0.0) * 3600.0 / SLOW

    top, bottom = np.log(limits.c_rate), np.log(0.05)
    logs = np.full(stages, bottom)
    for k in range(stages):  # first guess: each stage as fast as it can be to its end, those before being fixed
        low, high = bottom, top
        while high - low > GUESS:
            logs[k] = 0.5 * (low + high)
            ended = run(np.exp(logs[: k + 1])).steps[k].ending
            low, high = (logs[k], high) if ended == Ending.CAPACITY else (low, logs[k])
        logs[k] = low
    found = minimize(
        time,
        logs,
        method="Powell",
        bounds=[(bottom, top)] * stages,
        options={"maxfev": budget, "xtol": 1e-2, "ftol": 1e-4},
    )
    logs = np.clip(found.x if found.fun < time(logs) else logs, bottom, top)
    result = run(np.exp(logs))
    reached = arrived(result, end)
    return Staged(result, tuple(map(float, np.exp(logs))), tuple(map(float, _edges(stages, start, end))), reached, runs)


def distances(result, limits, cell) -> dict[str, float]:
    """How far the run stays within each limit at worst [V, A/m2, K, C], over all stored rows; negative: beyond.

    Rows of steps that ended before they began are left out: nothing ever flowed there.
    """
    lasting = np.array([s.t_end > s.t_start for s in result.steps])[result.step_index]
    known = {**limits.of(cell), "current": limits.c_rate}
    found = {}
    for name, value in known.items():
        row, sign = CONSTRAINED[name], 1.0 if CONSTRAINTS[name].side == "above" else -1.0
        values = result[row.variable][lasting]
        found[name] = float(np.min(sign * ((-values if row.flow else values) - value)))  # charge currents are negative
    return found


def _edges(n, start, end):
    """Where stages end at the latest: shorter ones first, as the largest safe current falls fastest then."""
    return start + (end - start) * ((np.arange(n) + 1.0) / n) ** EARLY


def _stages(cell, limits, currents, start, end, n):
    """One step for each current."""
    until = bounds(limits, cell).values()
    return [
        Step("c-rate", -float(c), None, (Limit("soc", float(edge)), *until))
        for c, edge in zip(currents, _edges(n, start, end), strict=False)
    ]  # the first ones may do


def _settled(cell, limits, model, how):
    """Cell, limits, and a model with one mesh for all runs, so that they differ in nothing but their currents."""
    cell = load(cell)
    limits = limits_of(limits, cell)
    model = model_of(model) or default_model(cell)
    T = float(cell.temperature(kelvin("temperature", how.get("temperature"))))
    return cell, limits, model.resolved(cell, T, limits.c_rate, how.get("accuracy", ACCURACY))
