"""Cells that share a voltage, and their currents over an interval."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending
from ...kernels.call.calls import Coroutine, Together
from ...kernels.layout import CURRENT, POWER, RESISTANCE, VOLTAGE, Control
from ...models import ACCURACY
from ...parameters import Cell
from ...protocols import Limit, Profile, Step
from ..result import Result
from ..run import simulate_coroutine
from ..start import FinalState

CLOSE = 2e-5  # to which the terminal voltages of the cells agree, and with what a step asks for [V]
MOST = 20  # attempts at an interval
SAME, MOVED = 1e-3, 1e-2  # to which temperatures agree, and up to which slopes of voltages are found [K]
LEAST = 1e-2  # C-rate below which a power is met to the voltage times this current
BEYOND = 0.2  # how far beyond the limits a cell may go within an attempt, over the highest of them
PER_AREA = {CURRENT: 1, POWER: 1, RESISTANCE: -1, VOLTAGE: 0}  # power of the area in targets of the kernels
Array = NDArray[np.float64]


class Load(NamedTuple):
    """What a step asks of a group.

    control: per electrode area, as kernels have it; area [m2]: of the group; scale: from the unit of the step's target
    to that of the control.
    """

    step: Step
    control: Control
    area: float
    scale: float

    def at(self, t: float) -> float:
        """Target at a time since the step began: current [A], power [W], resistance [Ohm] or voltage [V]."""
        target = self.step.target
        value = float(target(t)) * self.scale if isinstance(target, Profile) else self.control.target
        return float(value * self.area ** PER_AREA[self.control.mode])


class Solved(NamedTuple):
    """An interval.  stopped: why a cell, or the search for the currents, ended before it did; None if it is done.

    currents (cells,) [A] and V [V]: at its end; begins [V]: at its beginning; runs: of the cells; owed (cells,) [J];
    between [V]: mismatch in its middle.
    """

    currents: Array
    V: float
    begins: float
    runs: Sequence[Result]
    owed: Any
    stopped: Ending | None = None
    between: float = 0.0


@dataclass
class Group:
    """The cells, where they are, and how their voltage follows their current.

    even (cells,): shares of an equal split; heats: thermal model of each; ambient [K]: around each.
    """

    cells: Sequence[Cell]
    Z: Array
    even: Array
    heats: Sequence[Any]
    ambient: Sequence[float | None]
    accuracy: float = ACCURACY
    states: Sequence[FinalState] = ()
    slopes: Array = field(default_factory=lambda: np.zeros(0))  # -dV/di [Ohm]
    mismatch: float = 0.0
    owed: Any = 0.0  # heat that was not passed between cells in the last interval, and is in the next one [J]
    lacking: Any = 0.0  # the same of the interval that is being solved
    made: float = 0.0  # heat made in all cells since the start [J],
    lost: float = 0.0  # and lost to the surroundings

    def advanced(self, begin: Array, end: Array, dt: float, load: Load | None = None) -> Coroutine[list[Result]]:
        """The cells after dt [s], their currents [A] linear from `begin` to `end`."""
        each = zip(self.states, begin, end, self.heats, self.ambient, self._pieces(load), strict=True)
        how = {"force": True, "accuracy": self.accuracy}
        found: list[Result] = yield Together(
            [
                simulate_coroutine(s.cell, _piece(s.cell, i, j, dt, load, more), start=s, heat=heat, ambient=a, **how)
                for s, i, j, heat, a, more in each
            ]
        )
        return found

    def _pieces(self, load: Load | None) -> Sequence[dict[str, Any]]:
        """What heats each cell during a step: itself, and the last one, at the surface, from outside."""
        if load is None:
            return [{}] * len(self.cells)
        same = {"self_heating": load.step.self_heating}
        return [same] * (len(self.cells) - 1) + [same | {"heater": load.step.heater}]

    def surrounded(self, T: float) -> None:
        """Take on the temperature of a step's surroundings [K], where cells have no surroundings of their own."""

    def moved(self, runs: Sequence[Result], dt: float) -> float:
        """By how much temperatures that cells see of each other change for another attempt [K]."""
        return 0.0

    def lost_in(self, runs: Sequence[Result], dt: float) -> float:
        """Heat lost to the surroundings during an interval [J]."""
        return sum(_gain(r, "Heat lost to surroundings [J]") for r in runs)

    def take(self, found: Solved, dt: float) -> None:
        """Go on from the end of an interval of dt [s]."""
        self.lost += self.lost_in(found.runs, dt)
        self.made += sum(_gain(r, name) for r in found.runs for name in ("Heat generated [J]", "Heater energy [J]"))
        self.states, self.owed = [r.final_state for r in found.runs], found.owed

    def corrected(self, end: Array, volts: Array, mode: int, target: float) -> tuple[Array, float]:
        """Currents with one terminal voltage that meet a target, to first order; the mismatch of the present ones [V].

        The last equation is that of the step: the sum of the currents, the voltage, their product or their ratio.
        """
        seen = volts - self.Z @ end
        n, whole, V = end.size, float(end.sum()), float(seen.mean())
        least = LEAST * sum(c.nominal_capacity for c in self.cells)
        a, b, c, off = {
            CURRENT: (1.0, 0.0, target - whole, 0.0),
            VOLTAGE: (0.0, 1.0, target, abs(V - target)),
            POWER: (V, whole, target, abs(V * whole - target) / max(abs(whole), least)),
            RESISTANCE: (-target, 1.0, target * whole, abs(V - target * whole)),
        }[mode]
        A = np.zeros((n + 1, n + 1))
        A[:n, :n], A[:n, n], A[n, :n], A[n, n] = np.diag(self.slopes) + self.Z, 1.0, a, b
        change = np.linalg.solve(A, np.r_[seen, c])[:n]
        return end + change, max(float(np.ptp(seen)), off)

    def solved(self, begin: Array, guess: Array, dt: float, load: Load, t: float, switched: bool = False) -> Any:
        """Coroutine: the interval of dt [s] to the time t of a step; switched: the currents are those of its end."""
        mode, target, end = load.control.mode, load.at(t), guess
        before: tuple[Array, Array] | None = None
        last, least = math.inf, 1e-3 * min(c.nominal_capacity for c in self.cells)
        for _ in range(MOST):
            runs = yield from self.advanced(end if switched else begin, end, dt, load)
            volts, early = volts_of(runs), [r.endings[-1] for r in runs if r.t[-1] < dt * (1.0 - 1e-9)]
            if early and before is not None:  # half-way back to what the cells can do
                end = 0.5 * (before[0] + end)
                continue
            if early:
                return Solved(end, math.nan, math.nan, runs, 0.0, early[0])
            corrected, mismatch = self.corrected(end, volts, mode, target)
            moved = self.moved(runs, dt)
            if moved <= SAME and mismatch <= CLOSE:
                self.mismatch = max(self.mismatch, mismatch)
                V, first = float((volts - self.Z @ end).mean()), np.array([r["Voltage [V]"][0] for r in runs])
                from_ = end if switched else begin
                half = 0.5 * (from_ + end), np.array([r.at("Voltage [V]", [0.5 * dt])[0] for r in runs])
                between = 0.0 if switched else self.corrected(*half, mode, load.at(t - 0.5 * dt))[1]
                begins = float((first - self.Z @ from_).mean())
                return Solved(end, V, begins, runs, self.lacking, between=between)
            if moved > MOVED:  # the voltages are those of other temperatures
                continue
            if before is not None:  # the slope that was found between the last two attempts
                step, fell = end - before[0], before[1] - volts
                apart = np.abs(step) > (1e-3 if mismatch < 0.5 * last else 1e-6) * max(np.abs(end).max(), least)
                secant = np.where(apart, fell / np.where(apart, step, 1.0), 0.0)
                self.slopes = np.where(secant > 0.0, secant, self.slopes)
                corrected = self.corrected(end, volts, mode, target)[0]
            before, last, end = (end, volts), mismatch, corrected
        why = early[0] if early else Ending.SOLVER_STEP_TOO_SMALL
        if not early and mode == POWER and target > self._most_power(end, volts):
            why = Ending.UNREACHABLE
        return Solved(end, math.nan, math.nan, runs, 0.0, why)

    def _most_power(self, end: Array, volts: Array) -> float:
        """The largest power, by the slopes of the voltages [W]."""
        R = 1.0 / float((1.0 / self.slopes).sum())
        return float((volts - self.Z @ end).mean() + R * end.sum()) ** 2 / (4.0 * R)


def _piece(cell: Cell, begin: float, end: float, dt: float, load: Load | None, heated: dict[str, Any]) -> Step:
    """Beyond the cut-off voltages too: the group ends where its terminal reaches them, not a cell."""
    low, high = (cell.value(f"cell/{which} voltage cut-off") for which in ("lower", "upper"))
    if load is not None:
        asked = (load.at(0.0),) if load.control.mode == VOLTAGE else ()
        low, high = min(low, load.control.v_lo, *asked), max(high, load.control.v_hi, *asked)
    room = BEYOND * max(abs(low), abs(high))
    bounds = (Limit("voltage", low - room, "below"), Limit("voltage", high + room, "above"))
    return Step("current", Profile((0.0, dt), (begin, end)), None, bounds, **heated)


def volts_of(runs: Sequence[Result]) -> Array:
    return np.array([r["Voltage [V]"][-1] for r in runs])


def _gain(run: Result, name: str) -> float:
    """By how much what a run counts grew; 0 if it has none."""
    return float(run[name][-1] - run[name][0]) if name in run.variables else 0.0


def begun(group: Group, model: Any, T: float, socs: Sequence[float | None], moment: float) -> Coroutine[list[Result]]:
    """The cells at rest, and the slopes of their voltages from a small current that is switched on for a moment [s]."""
    still, how = Step("current", Profile((0.0, moment), (0.0, 0.0))), {"temperature": T, "force": True}
    each = zip(group.cells, socs, group.heats, group.ambient, strict=True)
    rested = yield Together(
        [
            simulate_coroutine(c, still, model, soc=z, heat=heat, ambient=a, accuracy=group.accuracy, **how)
            for c, z, heat, a in each
        ]
    )
    group.states = [r.final_state for r in rested]
    probe = np.array([1e-2 * c.nominal_capacity for c in group.cells])
    without = yield from group.advanced(0.0 * probe, 0.0 * probe, moment)
    runs = yield from group.advanced(probe, probe, moment)
    group.slopes = np.maximum((volts_of(without) - volts_of(runs)) / probe, 1e-9)
    return rested
