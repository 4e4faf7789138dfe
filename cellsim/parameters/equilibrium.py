"""Equilibrium of a cell: open-circuit voltage from the lithium inventory, and the state of a given voltage."""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..numerics.table import pieces
from ..physics.kinetics import end_potential
from .laws.blend import Blend, blend_of
from .laws.law import X_RANGE, Law

NEGATIVE, POSITIVE = "negative electrode", "positive electrode"
AMOUNT = ("thickness", "active material volume fraction", "utilisation", "maximum concentration")
AMOUNT_OF_PHASE, AMOUNT_OF_ELECTRODE = AMOUNT[1::2], AMOUNT[::2]
OCP, COUNTER, T_REF = "open-circuit potential", f"{NEGATIVE}/counter potential", "cell/reference temperature"
CUTOFFS = ("cell/lower voltage cut-off", "cell/upper voltage cut-off")
EDGE = 1e-5  # distance of a stoichiometry from 0 and 1 where no cut-off voltage is reached
_end_potential = getattr(end_potential, "py_func", end_potential)
KNOTS = 4097  # of a tabulated potential: error 1e-8 V where it is smooth, 1e-5 V at its steep ends


class State(NamedTuple):
    """Equilibrium stoichiometries of both electrodes; the negative one is 0 for lithium metal."""

    negative: float
    positive: float


@lru_cache(maxsize=64)
def _table(law: Law, T: float) -> NDArray[np.float64]:
    """Cubic pieces (KNOTS - 1, 4) of a potential over X_RANGE."""
    return np.asarray(pieces(law(np.linspace(*X_RANGE, KNOTS), T)[:, None])[:, 0, :])


def potential(law: Law | Blend, x: float, T: float) -> tuple[float, float]:
    """Open-circuit potential [V] of an electrode at a stoichiometry, with the terms that diverge at 0 and 1; d/dx."""
    if isinstance(law, Blend):
        return law.at(x, T)
    lo, hi = X_RANGE
    end, end_x = (0.0, 0.0) if 0.01 < x < 0.99 else map(float, _end_potential(x))
    if law.value is not None:
        return law.value + end, end_x
    inside = lo if x < lo else hi if x > hi else x
    per = (KNOTS - 1) / (hi - lo)
    place = (inside - lo) * per
    i = min(int(place), KNOTS - 2)
    a, b, c, d = _table(law, T)[i].tolist()
    s = place - i
    slope = (b + s * (2.0 * c + 3.0 * s * d)) * per
    return a + s * (b + s * (c + s * d)) + slope * (x - inside) + end, slope + end_x


def amount(cell: Any, part: str) -> float:
    """Lithium that an electrode can hold, per electrode area [mol/m2]."""
    phases = cell.phases(part)
    if not phases:
        return float(math.prod(cell.mean(f"{part}/{key}") for key in AMOUNT))
    held = sum(math.prod(cell.value(f"{part}/{phase}/{key}") for key in AMOUNT_OF_PHASE) for phase in phases)
    return float(math.prod((*(cell.value(f"{part}/{key}") for key in AMOUNT_OF_ELECTRODE), held)))


def potential_of(cell: Any, part: str) -> Law | Blend:
    """Open-circuit potential of an electrode over its mean stoichiometry."""
    return blend_of(cell, part) if cell.phases(part) else cell.law(f"{part}/{OCP}")


class Balance(NamedTuple):
    """Data from which the stoichiometry windows of a cell follow."""

    ratio: float  # lithium capacity of the negative over the positive electrode; 0 for lithium metal
    U_n: Law | Blend  # a constant for lithium metal
    U_p: Law | Blend
    T: float  # K
    cutoffs: tuple[float, float]  # V

    @classmethod
    def of(cls, cell: Any) -> "Balance":
        """From a `Cell`."""
        metal = cell.text(f"{NEGATIVE}/type") == "lithium metal"
        return cls(
            0.0 if metal else amount(cell, NEGATIVE) / amount(cell, POSITIVE),
            cell.law(COUNTER) if metal else potential_of(cell, NEGATIVE),
            potential_of(cell, POSITIVE),
            cell.value(T_REF),
            (cell.value(CUTOFFS[0]), cell.value(CUTOFFS[1])),
        )

    def lithium(self, state: State) -> float:
        """Lithium in both electrodes over the capacity of the positive one."""
        return state.positive + self.ratio * state.negative

    def voltage(self, x_p: float, lithium: float) -> tuple[float, float]:
        """Open-circuit voltage [V] at a positive stoichiometry and a lithium content; d/dx_p."""
        U, slope = potential(self.U_p, x_p, self.T)
        if not self.ratio:
            return U - float(self.U_n.value or 0.0), slope
        U_n, slope_n = potential(self.U_n, (lithium - x_p) / self.ratio, self.T)
        return U - U_n, slope + slope_n / self.ratio

    def at(self, x_p: float, lithium: float) -> State:
        """The state at a positive stoichiometry."""
        return State((lithium - x_p) / self.ratio if self.ratio else 0.0, x_p)

    def reaches(self, lithium: float) -> tuple[float, float]:
        """Range of the positive stoichiometry in which neither electrode is empty or full."""
        if not self.ratio:
            return EDGE, 1.0 - EDGE
        return (max(EDGE, lithium - self.ratio * (1.0 - EDGE)), min(1.0 - EDGE, lithium - self.ratio * EDGE))

    def state_at(self, V: float, lithium: float, guess: float) -> State:
        """The state whose open-circuit voltage is V [V], or the nearest possible one.

        Bracketed Newton iteration from `guess`; the voltage falls with the positive stoichiometry.
        """
        a, b = self.reaches(lithium)
        if not a < b:
            raise ParameterError("neither electrode can take up the lithium of the other: capacities differ too much")
        x = guess
        for _ in range(8):  # without a bracket, where the potentials are smooth
            miss, slope = self.voltage(x, lithium)
            step = (miss - V) / slope if slope < 0.0 else 1.0
            x -= step
            if not a < x < b:
                break
            if abs(step) < 1e-9:  # the next step would be of the order of its square
                return self.at(x, lithium)
        if self.voltage(a, lithium)[0] <= V:
            return self.at(a, lithium)
        if self.voltage(b, lithium)[0] >= V:
            return self.at(b, lithium)
        x = guess if a < guess < b else 0.5 * (a + b)
        for _ in range(100):
            miss, slope = self.voltage(x, lithium)
            miss -= V
            a, b = (x, b) if miss > 0.0 else (a, x)
            new = x - miss / slope if slope < 0.0 else a
            if abs(new - x) < 1e-13 or b - a < 1e-13:
                break
            x = new if a < new < b else 0.5 * (a + b)
        return self.at(x, lithium)
