"""Cells in parallel: one terminal voltage, one total current, and the currents between them solved, not assumed equal.

Time is cut into intervals.  In each every cell runs with a current that is linear in time (TR-BDF2 of its own model),
so that the sum of the currents is the group's at every moment; the currents at the end of the interval are those at
which all cells, seen through their connections, have one terminal voltage (Newton's method with a slope per cell).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import Ending, ProtocolError, SolveError
from ...kernels.call.calls import Coroutine, Together, finish
from ...models import ACCURACY, default_model, model_of
from ...models.kinds import sized
from ...parameters import Cell, load
from ...protocols import Limit, Profile, Step
from ...support.arguments import listed, number, numbers
from ...support.renamed import by_name
from ..result import Result
from ..run import simulate_coroutine
from ..start import FinalState

FIRST = 1e-2  # duration of the interval in which a current is switched on [s]
CLOSE = 2e-5  # to which the terminal voltages of the cells agree [V]
SHORT_LOAD = 10.0  # the mesh is that of loads of at least so long [s]
SHORTEST = 0.05  # interval at which a group that meets its cut-off voltage ends [s]
MOST = 20  # attempts at an interval
SAME, MOVED = 1e-3, 1e-2  # to which temperatures agree, and up to which slopes of voltages are found [K]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class ParallelRun:
    """A run of cells in parallel.  Discharge is positive.

    times (n,) [s]; voltage (n,) [V]: of the group's terminals; currents (n, cells) [A]; temperatures (n, cells) [K];
    socs (n, cells): states of charge; ending: why it ended.
    mismatch [V]: largest difference of the cells' terminal voltages that was accepted.
    even (cells,): what of the current each would carry in an equal split; zones of a cell by their area.
    """

    times: Array
    voltage: Array
    currents: Array
    temperatures: Array
    socs: Array
    ending: Ending
    mismatch: float
    even: Array

    @property
    def current(self) -> Array:
        """Current of the group (n,) [A]."""
        return np.asarray(self.currents.sum(axis=1))

    @property
    def shares(self) -> Array:
        """Each cell's current over that of an equal split (n, cells); NaN where the group has none."""
        whole = np.where(self.current == 0.0, np.nan, self.current)
        return np.asarray(self.currents / (self.even * whole[:, None]))

    @property
    def capacity(self) -> float:
        """Charge delivered by the group, net [Ah]."""
        return float(np.trapezoid(self.current, self.times)) / 3600.0

    @property
    def worst_share(self) -> float:
        """The largest current of a cell over that of an equal split, at any time."""
        return float(np.nanmax(self.shares))


@dataclass(frozen=True)
class Wiring:
    """How cells in parallel are connected.

    own (cells,) [Ohm]: resistance in series with each cell.  between [Ohm]: of the busbars from one cell to the next;
    the group's terminal is at the first cell.
    """

    own: Array
    between: float

    def matrix(self) -> Array:
        """Z (cells, cells) [Ohm]: a cell's terminal is at V - Z i at the terminal of the group."""
        k = np.arange(self.own.size)
        return np.asarray(np.diag(self.own) + self.between * np.minimum.outer(k, k))


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
    states: list[FinalState] = field(default_factory=list)
    slopes: Array = field(default_factory=lambda: np.zeros(0))  # -dV/di [Ohm]
    mismatch: float = 0.0
    stopped: Ending = Ending.DURATION  # why a cell ended before the interval did
    owed: Any = 0.0  # heat that was not passed between cells in the last interval, and is in the next one [J]
    lacking: Any = 0.0  # the same of the interval that is being solved

    def advanced(self, begin: Array, end: Array, dt: float) -> Coroutine[list[Result]]:
        """The cells after dt [s], their currents [A] linear from `begin` to `end`."""
        each = zip(self.states, begin, end, self.heats, self.ambient, strict=True)
        found: list[Result] = yield Together(
            [
                simulate_coroutine(s.cell, _piece(s.cell, i, j, dt), start=s, heat=heat, ambient=a, force=True)
                for s, i, j, heat, a in each
            ]
        )
        return found

    def moved(self, runs: Sequence[Result], dt: float) -> float:
        """By how much temperatures that cells see of each other change for another attempt [K]."""
        return 0.0

    def corrected(self, end: Array, volts: Array) -> tuple[Array, float]:
        """Currents with one terminal voltage and the same sum, to first order; the mismatch of the present ones [V]."""
        seen = volts - self.Z @ end
        n = end.size
        A = np.zeros((n + 1, n + 1))
        A[:n, :n], A[:n, n], A[n, :n] = np.diag(self.slopes) + self.Z, 1.0, 1.0
        change = np.linalg.solve(A, np.r_[seen, 0.0])[:n]
        return end + change, float(np.ptp(seen))


def _piece(cell: Cell, begin: float, end: float, dt: float) -> Step:
    """Beyond the cut-off voltages too: the group ends where its terminal reaches them, not a cell."""
    low, high = (cell.value(f"cell/{which} voltage cut-off") for which in ("lower", "upper"))
    bounds = (Limit("voltage", 0.8 * low, "below"), Limit("voltage", 1.1 * high, "above"))
    return Step("current", Profile((0.0, dt), (begin, end)), None, bounds)


@by_name
def simulate_parallel(
    cells: Cell | str | Iterable[Cell | str],
    current: float | Profile,
    *,
    parallel: int | None = None,
    duration: float | None = None,
    soc: float | Iterable[float] | None = 1.0,
    interval: float = 20.0,
    resistances: float | Iterable[float] = 0.0,
    busbar: float = 0.0,
    model: Any = None,
    temperature: float | None = None,
    heat: Any = None,
    ambient: float | Iterable[float] | None = None,
    accuracy: float = ACCURACY,
) -> ParallelRun:
    """Simulate cells in parallel with their currents solved.

    cells: one for each, or one and `parallel`, how many.  current: of the group [A], discharge positive, a number or a
    `Profile` over time.  duration [s]: of the run; else that of the profile, or until the terminal voltage reaches a
    cut-off of the cells.  soc: initial, of all or of each; None: the initial stoichiometries of the set.
    interval [s]: the step of the solved currents; between its ends they are linear, so the error falls with its square.
    resistances [Ohm]: in series with all or each; busbar [Ohm]: from one cell to the next, the terminal being at the
    first.  ambient [K]: of all or each.
    model, temperature [K], heat, accuracy [V]: as in `simulate`.
    Raises ParameterError, ProtocolError, SolveError.
    """
    group = _many(cells, parallel)
    n = len(group)
    wiring = Wiring(
        _each("resistances", resistances, n, low=0.0), number("busbar", busbar, "give ohms, zero or more", low=0.0)
    )
    socs: list[float | None] = [None] * n if soc is None else _each("soc", soc, n, low=0.0, high=1.0).tolist()
    around = [None] * n if ambient is None else _each("ambient", ambient, n, low=150.0, high=500.0).tolist()
    interval = number("interval", interval, "give seconds above 0", above=0.0)
    profile, duration = load_of(current, duration)
    T = group[0].temperature(temperature)
    rate = max(0.1, 2.0 * profile.peak / (n * group[0].nominal_capacity))
    group = [sized(c, accuracy) for c in group]
    meshed = (model_of(model) or default_model(group[0])).resolved(
        group[0], T, rate, accuracy, (max(interval, SHORT_LOAD),)
    )
    bank = Group(group, wiring.matrix(), np.full(n, 1.0 / n), [heat] * n, around)
    return finish(run_group(bank, meshed, T, socs, profile, duration, interval))


def _many(cells: Any, parallel: int | None) -> list[Cell]:
    if isinstance(cells, Cell | str):
        if parallel is None:
            raise ProtocolError("simulate_parallel: give a list of cells, or one and parallel=, how many of it")
        cells = [cells] * int(number("parallel", parallel, "give a whole number of cells, 2 to 100", low=2, high=100))
    group = [load(c) for c in listed("cells", cells, "give a list of cells")]
    if not 2 <= len(group) <= 100:
        raise ProtocolError(f"simulate_parallel: {len(group)} cells; give 2 to 100")
    return group


def _each(name: str, values: Any, n: int, low: float, high: float = math.inf) -> Array:
    found = numbers(name, values, "give one finite number, or one for each cell", low=low, high=high)
    if found.size not in (1, n):
        raise ProtocolError(f"{name}: {found.size} numbers for {n} cells; give one, or one for each")
    return np.broadcast_to(found, (n,)).astype(float)


def load_of(current: Any, duration: float | None) -> tuple[Profile, float]:
    """The group's current over time, and for how long."""
    wanted = "give seconds above 0"
    if isinstance(current, Profile):
        last = number("duration", duration, wanted, above=0.0, none=True)
        return current, current.duration if last is None else min(last, current.duration)
    amperes = number("current", current, "give a current of the group in A, not 0, or a Profile")
    if amperes == 0.0 and duration is None:
        raise ProtocolError("current 0 needs a duration; give duration= in seconds")
    last = number("duration", duration, wanted, above=0.0, none=True)
    last = 1e6 if last is None else last
    return Profile((0.0, last), (amperes, amperes)), last


def _times(load_: Profile, duration: float, interval: float) -> Array:
    """Ends of intervals: points of the profile, and between them equal parts of at most `interval`."""
    corners = [t for t in load_.times if t < duration] + [duration]
    parts = [
        np.linspace(a, b, max(1, math.ceil((b - a) / interval)) + 1)[1:]
        for a, b in zip(corners, corners[1:], strict=False)
    ]
    return np.concatenate(parts)


def _begun(bank: Group, model: Any, T: float, socs: Sequence[float | None]) -> Coroutine[None]:
    """The cells at rest, and the slopes of their voltages from a small current that is switched on."""
    still, how = Step("current", Profile((0.0, FIRST), (0.0, 0.0))), {"temperature": T, "force": True}
    each = zip(bank.cells, socs, bank.heats, bank.ambient, strict=True)
    rested = yield Together(
        [simulate_coroutine(c, still, model, soc=z, heat=heat, ambient=a, **how) for c, z, heat, a in each]
    )
    bank.states = [r.final_state for r in rested]
    probe = np.array([1e-2 * c.nominal_capacity for c in bank.cells])
    runs = yield from bank.advanced(probe, probe, FIRST)
    bank.slopes = np.maximum((_volts(rested) - _volts(runs)) / probe, 1e-9)


def run_group(
    bank: Group, model: Any, T: float, socs: Sequence[float | None], profile: Profile, duration: float, interval: float
) -> Coroutine[ParallelRun]:
    """The whole run, interval by interval; one that ends beyond a cut-off is halved until it is short."""
    yield from _begun(bank, model, T, socs)
    low = max(c.value("cell/lower voltage cut-off") for c in bank.cells)
    high = min(c.value("cell/upper voltage cut-off") for c in bank.cells)
    t, ending = 0.0, Ending.DURATION
    even = float(profile(0.0)) * bank.even
    found = yield from _solved(bank, even, even, FIRST, switched=True)
    if _over(bank, found, low, high) is not None:
        raise ProtocolError(
            f"current {profile(0.0):g} A: a cell is beyond its cut-off voltages at once; give a smaller current, or "
            "another state of charge"
        )
    rows = [_row(bank, t, *found)]
    ends = _times(profile, duration, interval).tolist()
    while ends:
        begin, kept, dt = found[0], (bank.states, bank.owed), ends[0] - t
        trial = yield from _solved(bank, begin, begin + (float(profile(ends[0])) - begin.sum()) * bank.even, dt)
        over = _over(bank, trial, low, high)
        if over is None:
            t, found = ends.pop(0), trial
            rows.append(_row(bank, t, *found))
            continue
        bank.states, bank.owed = kept
        if dt <= SHORTEST:
            ending = over
            break
        ends.insert(0, t + 0.5 * dt)
    times, volts, currents, kelvins, charges = (np.array(column) for column in zip(*rows, strict=True))
    return ParallelRun(times, volts, currents, kelvins, charges, ending, bank.mismatch, bank.even)


def _volts(runs: Sequence[Result]) -> Array:
    return np.array([r["Voltage [V]"][-1] for r in runs])


def _solved(bank: Group, begin: Array, end: Array, dt: float, switched: bool = False) -> Coroutine[tuple[Array, float]]:
    """Currents [A] at the end of an interval and the terminal voltage [V] there; the cells are advanced to it."""
    before: tuple[Array, Array] | None = None
    last, least = math.inf, 1e-3 * min(c.nominal_capacity for c in bank.cells)
    for _ in range(MOST):
        runs = yield from bank.advanced(end if switched else begin, end, dt)
        volts, early = _volts(runs), [r.endings[-1] for r in runs if r.t[-1] < dt * (1.0 - 1e-9)]
        corrected, mismatch = bank.corrected(end, volts)
        moved = 0.0 if early else bank.moved(runs, dt)
        if early or (moved <= SAME and mismatch <= CLOSE):
            bank.states, bank.owed = [r.final_state for r in runs], bank.lacking
            if early:
                bank.stopped = early[0]
            bank.mismatch = max(bank.mismatch, 0.0 if early else mismatch)
            terminal = float((volts - bank.Z @ end).mean())
            return end, math.nan if early else terminal
        if moved > MOVED:  # the voltages are those of other temperatures
            continue
        if before is not None:  # the slope that was found between the last two attempts
            step, fell = end - before[0], before[1] - volts
            apart = np.abs(step) > (1e-3 if mismatch < 0.5 * last else 1e-6) * max(np.abs(end).max(), least)
            secant = np.where(apart, fell / np.where(apart, step, 1.0), 0.0)
            bank.slopes = np.where(secant > 0.0, secant, bank.slopes)
            corrected = bank.corrected(end, volts)[0]
        before, last, end = (end, volts), mismatch, corrected
    raise SolveError(f"cells in parallel: no common voltage within {MOST} attempts; give a shorter interval", None)


def _over(bank: Group, found: tuple[Array, float], low: float, high: float) -> Ending | None:
    """The cut-off that the terminal voltage is beyond, or what ended a cell, if there is one."""
    current, V = found
    discharged = current.sum() >= 0.0
    if math.isnan(V) and bank.stopped not in (Ending.LOWER_VOLTAGE, Ending.UPPER_VOLTAGE):
        return bank.stopped
    if math.isnan(V):
        return Ending.LOWER_VOLTAGE if discharged else Ending.UPPER_VOLTAGE
    if discharged:
        return Ending.LOWER_VOLTAGE if low > V else None
    return Ending.UPPER_VOLTAGE if high < V else None


def _row(bank: Group, t: float, current: Array, V: float) -> tuple[float, float, Array, Array, Array]:
    states = bank.states
    return t, V, current, np.array([s.cell_temperature for s in states]), np.array([s.soc for s in states])
