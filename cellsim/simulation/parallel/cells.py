"""Cells in parallel: one terminal voltage, one total current, and the currents between them solved, not assumed equal.

Time is cut into intervals.  In each every cell runs with a current that is linear in time (TR-BDF2 of its own model),
so that the sum of the currents is the group's at every moment; the currents at the end of the interval are those at
which all cells, seen through their connections, have one terminal voltage (Newton's method with a slope per cell).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError
from ...kernels.call.calls import finish
from ...kernels.layout import CURRENT, Control
from ...models import ACCURACY, default_model, model_of
from ...models.kinds import sized
from ...parameters import Cell, load
from ...protocols import Profile, Protocol, Step
from ...protocols.step import LONGEST
from ...support.arguments import listed, number, numbers
from ...support.renamed import by_name
from .group import Group, Load
from .record import ParallelRun
from .steps import Running, run_group

SHORT_LOAD = 10.0  # the mesh is that of loads of at least so long [s]
Array = NDArray[np.float64]


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
    step = load_of(current, duration)
    T = group[0].temperature(temperature)
    rate = max(0.1, 2.0 * _peak(step) / (n * group[0].nominal_capacity))
    group = [sized(c, accuracy) for c in group]
    meshed = (model_of(model) or default_model(group[0])).resolved(
        group[0], T, rate, accuracy, (max(interval, SHORT_LOAD),)
    )
    bank = Group(group, wiring.matrix(), np.full(n, 1.0 / n), [heat] * n, around, accuracy)
    control = _between_cut_offs(group, step)
    running = Running(bank, 1.0, lambda _, step: Load(step, control, 1.0, 1.0), interval)
    return finish(run_group(running, meshed, T, socs, Protocol(step, force=True)))


def _between_cut_offs(cells: Iterable[Cell], step: Step) -> Control:
    """A current as a control, of a group whose electrodes count as 1 m2, that ends at the first cut-off of a cell."""
    low = max(c.value("cell/lower voltage cut-off") for c in cells)
    high = min(c.value("cell/upper voltage cut-off") for c in cells)
    target = math.nan if isinstance(step.target, Profile) else step.target
    lasts = LONGEST if step.duration is None else step.duration
    return Control(CURRENT, target, lasts, low, high, 0.0, math.inf, 0.0, 0.0)


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


def load_of(current: Any, duration: float | None) -> Step:
    """The group's current [A], a number or a profile, as a step of a duration [s]."""
    last = number("duration", duration, "give seconds above 0", above=0.0, none=True)
    if isinstance(current, Profile):
        return Step("current", current, current.duration if last is None else min(last, current.duration))
    amperes = number("current", current, "give a current of the group in A, not 0, or a Profile")
    if amperes == 0.0 and last is None:
        raise ProtocolError("current 0 needs a duration; give duration= in seconds")
    return Step("rest", 0.0, last) if amperes == 0.0 else Step("current", amperes, last)


def _peak(step: Step) -> float:
    """Largest current of a step [A]."""
    return step.target.peak if isinstance(step.target, Profile) else abs(step.target)
