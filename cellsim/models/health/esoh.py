"""Electrode state of health: the stoichiometry windows and the capacity that capacities and lithium leave a cell.

Given the capacities Q_n, Q_p of the electrodes (between stoichiometries 0 and 1) and the lithium Q_Li in both, all in
Ah, the fully charged and the discharged cell are the equilibrium states with the upper and the lower cut-off voltage
(Mohtat et al., J. Power Sources 427 (2019) 101):

    Q_n x + Q_p y = Q_Li,    U_p(y_100) - U_n(x_100) = V_max,    U_p(y_0) - U_n(x_0) = V_min.

Each is one scalar equation in y, solved within the bracket that no electrode becomes empty or full.  Where a voltage
is not reached in the range of the potentials, the electrode that ends there is named.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from ...errors import ParameterError
from ...parameters import Cell
from ...parameters.laws.law import X_RANGE
from ...support.arguments import number
from ..electrodes import NEGATIVE, POSITIVE, has_foil
from ..initial import stoichiometries
from ..lithium_metal import evolves, foil_of, lithium_left, per_stoichiometry
from .potentials import HalfCells, half_cells

EDGE = 1e-5  # distance of a stoichiometry from 0 and 1 where no cut-off voltage is reached, as in the windows of a cell
CLOSE = 1e-13  # tolerance of a stoichiometry
MOST = 200  # evaluations
VOLTAGE = "voltage"  # what ends a window: the cut-off voltage, or one of the following
EMPTY_N, FULL_N = "negative electrode empty", "negative electrode full"
EMPTY_P, FULL_P = "positive electrode empty", "positive electrode full"
EXHAUSTED = "lithium exhausted"


class Inventory(NamedTuple):
    """Capacities of the electrodes between stoichiometries 0 and 1, and the lithium in both [Ah].

    Lithium metal: Q_n is infinite, and Q_Li is the metal and what the positive electrode holds.
    """

    Q_n: float
    Q_p: float
    Q_Li: float


class Sensitivity(NamedTuple):
    """Derivatives of the capacity with respect to Q_n, Q_p and Q_Li, each Ah per Ah."""

    Q_n: float
    Q_p: float
    Q_Li: float


class End(NamedTuple):
    """One end of the windows: stoichiometries, potentials [V], what ends it, and the share w of a little lithium that
    would go to the negative electrode at constant voltage, a Q_n/(a Q_n + b Q_p) with the slopes a of U_p and b of U_n.
    """

    x: float
    y: float
    U_n: float
    U_p: float
    limit: str
    w: float


@dataclass(frozen=True)
class ElectrodeSOH:
    """Electrode state of health.

    inventory: Q_n, Q_p, Q_Li [Ah].  full, empty: the charged and the discharged end.  V_min, V_max: cut-offs [V].
    Lithium metal has no stoichiometry: x is NaN.
    """

    inventory: Inventory
    full: End
    empty: End
    V_min: float
    V_max: float

    @property
    def capacity(self) -> float:
        """Capacity between the two ends [Ah]."""
        return self.inventory.Q_p * (self.empty.y - self.full.y)

    @property
    def ends(self) -> tuple[float, float]:
        """Stoichiometries of the positive electrode, charged and discharged."""
        return self.full.y, self.empty.y

    @property
    def limits(self) -> tuple[str, str]:
        """What ends the discharge and the charge: "voltage", or the electrode that is empty or full."""
        return self.empty.limit, self.full.limit

    @property
    def sensitivity(self) -> Sensitivity:
        """Derivatives of the capacity in closed form.

        From a dy = b dx and Q_n dx + Q_p dy = dQ_Li - x dQ_n - y dQ_p at each end.  As the capacity is homogeneous of
        degree one, Q_n dC/dQ_n + Q_p dC/dQ_p + Q_Li dC/dQ_Li = C.  NaN where a potential is level or rises.
        """
        full, empty = self.full, self.empty
        by_n = (1.0 - full.w) * full.x - (1.0 - empty.w) * empty.x if not math.isinf(self.inventory.Q_n) else 0.0
        return Sensitivity(by_n, empty.w * empty.y - full.w * full.y, full.w - empty.w)

    def columns(self) -> dict[str, float]:
        """All numbers under PyBaMM's names, and "N/P ratio", the capacities of the electrodes over each other."""
        Q_n, Q_p, Q_Li = self.inventory
        full, empty, Q = self.full, self.empty, self.capacity
        ends = {"x_100": full.x, "y_100": full.y, "x_0": empty.x, "y_0": empty.y}
        potentials = {"Un(x_100)": full.U_n, "Up(y_100)": full.U_p, "Un(x_0)": empty.U_n, "Up(y_0)": empty.U_p}
        spare = 1.0 + Q_n * (1.0 - full.x) / Q if Q > 0.0 and math.isfinite(Q_n) else math.inf
        return (
            ends
            | potentials
            | {
                "Q": Q,
                "Q_n": Q_n,
                "Q_p": Q_p,
                "Q_Li": Q_Li,
                "Capacity [A.h]": Q,
                "Negative electrode capacity [A.h]": Q_n,
                "Positive electrode capacity [A.h]": Q_p,
                "Cyclable lithium capacity [A.h]": Q_Li,
                "N/P ratio": Q_n / Q_p,
                "Negative positive ratio": Q_n / Q_p,
                "Practical negative positive ratio": spare,
            }
        )

    def __str__(self) -> str:
        reasons = [
            f"{what} ends by the {limit}" for what, limit in zip(("discharge", "charge"), self.limits, strict=True)
        ]
        return (
            f"{self.capacity:.4g} Ah between {self.V_min:g} and {self.V_max:g} V: x {self.empty.x:.4f} to "
            f"{self.full.x:.4f}, y {self.empty.y:.4f} to {self.full.y:.4f}; {', '.join(reasons)}"
        )


def inventory(cell: Cell) -> Inventory:
    """Capacities and lithium of a cell as its parameter set states them, all electrode pairs [Ah].

    Raises ParameterError for a cell whose lithium metal has a potential that depends on how much of it is left.
    """
    _refuse_host(cell)
    per_hour = cell.value("cell/electrode area") / 3600.0
    Q_p = per_stoichiometry(cell, POSITIVE) * per_hour
    x, y = stoichiometries(cell, 1.0)
    if has_foil(cell):
        return Inventory(math.inf, Q_p, float(lithium_left(cell, y)) * per_hour + Q_p * y)
    Q_n = per_stoichiometry(cell, NEGATIVE) * per_hour
    return Inventory(Q_n, Q_p, Q_n * x + Q_p * y)


def electrode_soh(
    cell: Cell,
    Q_n: float | None = None,
    Q_p: float | None = None,
    Q_Li: float | None = None,
    *,
    V_min: float | None = None,
    V_max: float | None = None,
    temperature: float | None = None,
) -> ElectrodeSOH:
    """Electrode state of health of a cell, fresh or with other capacities and lithium.

    Q_n, Q_p, Q_Li [Ah], of the whole cell: by default those of the parameter set; Q_n means nothing for lithium metal.
    V_min, V_max [V]: by default the cut-off voltages.  temperature [K] of the potentials: by default the reference
    temperature, where states of charge are defined.  Potentials include the terms that diverge at 0 and 1.

    Raises ParameterError for numbers that no cell has, and for more lithium than both electrodes hold.
    """
    fresh = inventory(cell)
    amounts = Inventory(*(_amount(*given) for given in zip(Inventory._fields, (Q_n, Q_p, Q_Li), fresh, strict=True)))
    low = _volts("V_min", V_min, cell.value("cell/lower voltage cut-off"))
    high = _volts("V_max", V_max, cell.value("cell/upper voltage cut-off"))
    return solved(half_cells(cell, temperature), amounts, low, high)


def solved(
    cells: HalfCells, amounts: Inventory, V_min: float, V_max: float, near: tuple[float, float] | None = None
) -> ElectrodeSOH:
    """Electrode state of health from the potentials of the electrodes.

    near: `ElectrodeSOH.ends` of one with similar windows, such as that of the cycle before, from which the search
    starts.  Raises ParameterError.
    """
    if not V_min < V_max:
        raise ParameterError(f"V_min {V_min:g} V is not below V_max {V_max:g} V; give the lower cut-off voltage first")
    low, high, at_low, at_high = _reach(cells, amounts)
    look = _seen(cells, amounts)
    bounds = (low, at_low), (high, at_high)
    full = _end(look, V_max, bounds, near[0] if near else 0.7 * low + 0.3 * high)
    empty = _end(look, V_min, bounds, near[1] if near else 0.1 * low + 0.9 * high)
    return ElectrodeSOH(amounts, full, empty, V_min, V_max)


class _State(NamedTuple):
    """Potentials and slopes at one stoichiometry of the positive electrode."""

    x: float
    U_n: float
    b: float  # dU_n/dx
    U_p: float
    a: float  # dU_p/dy
    w: float
    slope: float  # of the voltage over y


def _seen(cells: HalfCells, amounts: Inventory) -> Callable[[float], _State]:
    """A function of y."""
    Q_n, Q_p, Q_Li = amounts

    def look(y: float) -> _State:
        x = math.nan if cells.metal else (Q_Li - Q_p * y) / Q_n
        U_p, a = cells.positive.at(y)
        U_n, b = cells.U_n(x)
        if cells.metal:
            return _State(x, U_n, b, U_p, a, 1.0, a)
        slope = a + b * Q_p / Q_n
        return _State(x, U_n, b, U_p, a, a / slope if slope < 0.0 else math.nan, slope)

    return look


def _reach(cells: HalfCells, amounts: Inventory) -> tuple[float, float, str, str]:
    """Range of y in which no electrode is empty or full, and what ends it below and above."""
    Q_n, Q_p, Q_Li = amounts
    if cells.metal:
        if Q_Li <= Q_p * EDGE:
            raise ParameterError(f"Q_Li {Q_Li:g} Ah: the cell holds no lithium; give more")
        last = Q_Li / Q_p
        return (EDGE, last, EMPTY_P, EXHAUSTED) if last < 1.0 - EDGE else (EDGE, 1.0 - EDGE, EMPTY_P, FULL_P)
    by_n = (Q_Li - Q_n * (1.0 - EDGE)) / Q_p, (Q_Li - Q_n * EDGE) / Q_p
    low, at_low = (by_n[0], FULL_N) if by_n[0] > EDGE else (EDGE, EMPTY_P)
    high, at_high = (by_n[1], EMPTY_N) if by_n[1] < 1.0 - EDGE else (1.0 - EDGE, FULL_P)
    if not low < high:
        raise ParameterError(
            f"Q_Li {Q_Li:g} Ah: electrodes of {Q_n:g} and {Q_p:g} Ah hold between {EDGE * (Q_n + Q_p):.3g} and "
            f"{(1.0 - EDGE) * (Q_n + Q_p):.6g} Ah of lithium; give an amount in between"
        )
    return low, high, at_low, at_high


def _end(look: Callable[[float], _State], V: float, bounds: tuple[tuple[float, str], ...], y: float) -> End:
    """The state of voltage V [V], or the end of the range that is nearest to it.

    Newton's method from y; where it leaves the bracket, that is halved.  An end of the range is looked at when the
    search first points beyond it.
    """
    (low, at_low), (high, at_high) = bounds
    a, b, seen = low, high, [False, False]  # bracket, and whether the voltage at its ends is known to be on its side
    y = y if low < y < high else 0.5 * (low + high)
    state = look(y)
    for _ in range(MOST):
        miss = state.U_p - state.U_n - V
        if miss > 0.0:
            a, seen[0] = y, True
        else:
            b, seen[1] = y, True
        new = y - miss / state.slope if state.slope < 0.0 else 0.5 * (a + b)
        if abs(new - y) < CLOSE and a <= new <= b:
            break
        if not a < new < b:
            below = new <= a
            if not seen[0] and (below or b - a < CLOSE):
                state = look(low)
                if state.U_p - state.U_n <= V:
                    return _bound(state, low, at_low)
                seen[0] = True
            if not seen[1] and (not below or b - a < CLOSE):
                state = look(high)
                if state.U_p - state.U_n >= V:
                    return _bound(state, high, at_high)
                seen[1] = True
            new = 0.5 * (a + b)
        if b - a < CLOSE and all(seen):
            break
        y = new
        state = look(y)
    return End(state.x, y, state.U_n, state.U_p, _limit(state.x, y), state.w)


def _limit(x: float, y: float) -> str:
    """What ends a window: a voltage that is only met by the terms that diverge at 0 and 1 is not one of the cell's."""
    lo, hi = X_RANGE
    if x < lo or x > hi:
        return EMPTY_N if x < lo else FULL_N
    return VOLTAGE if lo <= y <= hi else EMPTY_P if y < lo else FULL_P


def _bound(state: _State, y: float, limit: str) -> End:
    """An end at the end of the range: one electrode stays where it is, whatever lithium comes or goes."""
    w = 1.0 if limit in (EMPTY_P, FULL_P) else 0.0
    return End(state.x, y, state.U_n, state.U_p, limit, w)


def _amount(name: str, given: float | None, default: float) -> float:
    """A capacity [Ah], checked."""
    if given is None or name == "Q_n" and math.isinf(default):
        return default
    return float(number(name, given, "give a capacity above 0 in Ah", above=0.0, error=ParameterError))


def _volts(name: str, given: float | None, default: float) -> float:
    """A voltage [V], checked."""
    return default if given is None else float(number(name, given, "give a voltage in V", error=ParameterError))


def _refuse_host(cell: Cell) -> None:
    """Raises ParameterError if the potential of lithium metal depends on how much of it is left."""
    T = cell.value("cell/reference temperature")
    if evolves(cell) and foil_of(cell, T)["vanishing"][0] > 0.0:
        raise ParameterError(
            f"{cell.name}: the potential of its negative electrode depends on the lithium left in it; electrode state "
            'of health needs a constant one: set "negative electrode/vanishing charge" to 0'
        )
