"""Open-circuit potentials of both electrodes with their slopes, tabulated for searches that evaluate them often."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...numerics.table import pieces
from ...parameters import Cell
from ...parameters.laws.blend import Blend, blend_of
from ...parameters.laws.law import X_RANGE
from ...physics.kinetics import end_potential, end_potentials
from ..electrodes import NEGATIVE, POSITIVE, has_foil, is_composite
from ..materials.tables import potential
from ..memo import kept

Array = NDArray[np.float64]

KNOTS = 4097  # error 1e-8 V where a potential is smooth, 1e-5 V at its steep ends, as in `parameters.equilibrium`
DIGITS, LEAST = 5, 1e-3  # of what is left of a phase over that of the one that lost least; the kernels keep LEAST
Left = Mapping[str, Sequence[float]]
_barrier = getattr(end_potential, "py_func", end_potential)


@dataclass(frozen=True, eq=False)
class Potential:
    """Open-circuit potential of one electrode over its stoichiometry.

    c: (KNOTS - 1, 4) cubic pieces between the stoichiometries lo and hi; outside the end tangents.  barriers: add the
    terms that keep the stoichiometry between 0 and 1 (`physics.kinetics.end_potential`), as in a simulation.
    """

    c: Array = field(repr=False)
    lo: float = X_RANGE[0]
    hi: float = X_RANGE[1]
    barriers: bool = True

    @classmethod
    def of(
        cls, law: Callable[[Array], Any], lo: float = X_RANGE[0], hi: float = X_RANGE[1], barriers: bool = True
    ) -> "Potential":
        """Tabulate U(x) [V], a function of an array of stoichiometries that is finite from lo to hi."""
        x = np.linspace(lo, hi, KNOTS)
        values = np.broadcast_to(np.asarray(law(x), float), x.shape)
        return cls(np.ascontiguousarray(pieces(values[:, None])[:, 0, :]), lo, hi, barriers)

    def at(self, x: float) -> tuple[float, float]:
        """U [V] at one stoichiometry; dU/dx."""
        end, end_x = (0.0, 0.0) if not self.barriers or 0.005 < x < 0.995 else map(float, _barrier(x))
        inside = min(max(x, self.lo), self.hi)
        per = (KNOTS - 1) / (self.hi - self.lo)
        place = (inside - self.lo) * per
        i = min(int(place), KNOTS - 2)
        a, b, c, d = self.c[i].tolist()
        s = place - i
        slope = (b + s * (2.0 * c + 3.0 * s * d)) * per
        return a + s * (b + s * (c + s * d)) + slope * (x - inside) + end, slope + end_x

    def __call__(self, x: Array) -> Array:
        """U [V] (n,) at stoichiometries (n,)."""
        inside = np.clip(x, self.lo, self.hi)
        per = (KNOTS - 1) / (self.hi - self.lo)
        place = (inside - self.lo) * per
        i = np.minimum(place.astype(int), KNOTS - 2)
        s = place - i
        a, b, c, d = self.c[i].T
        U = np.asarray(a + s * (b + s * (c + s * d)) + (b + s * (2.0 * c + 3.0 * s * d)) * per * (x - inside))
        if self.barriers:
            U += end_potentials(x)
        return U


@dataclass(frozen=True, eq=False)
class HalfCells:
    """Open-circuit potentials of both electrodes; a negative electrode of lithium metal has a constant one [V]."""

    negative: Potential | float
    positive: Potential

    @property
    def metal(self) -> bool:
        """Whether the negative electrode is lithium metal."""
        return not isinstance(self.negative, Potential)

    def U_n(self, x: float) -> tuple[float, float]:
        """Potential of the negative electrode [V] at one stoichiometry; dU/dx."""
        return self.negative.at(x) if isinstance(self.negative, Potential) else (self.negative, 0.0)

    def voltage(self, x: Array, y: Array) -> Array:
        """Open-circuit voltage [V] (n,) at stoichiometries of the negative (n,) and of the positive electrode (n,)."""
        return self.positive(y) - (self.negative(x) if isinstance(self.negative, Potential) else self.negative)


def _negative(cell: Cell, T: float) -> Potential:
    return Potential.of(potential(cell, NEGATIVE, T), barriers=not is_composite(cell, NEGATIVE))


def _positive(cell: Cell, T: float) -> Potential:
    return Potential.of(potential(cell, POSITIVE, T), barriers=not is_composite(cell, POSITIVE))


@lru_cache(maxsize=64)
def _blended(blend: Blend, T: float) -> Potential:
    return Potential.of(lambda x: blend(x, T), barriers=False)


def half_cells(cell: Cell, temperature: float | None = None, left: Left | None = None) -> HalfCells:
    """The open-circuit potentials of a cell at a temperature [K], by default its reference temperature.

    States of charge are defined at the reference temperature (`cellsim.parameters.balance`).  left: what is left of the
    active material of each phase, by electrode that is composite; where phases lost different shares, the potential of
    the electrode is another one.  Raises ParameterError if a law of the cell has no valid value at that temperature.
    """
    T = cell.value("cell/reference temperature") if temperature is None else cell.temperature(temperature)
    changed = {part: _relative(shares) for part, shares in (left or {}).items() if len(set(_relative(shares))) > 1}
    both = {part: _blended(blend_of(cell, part, shares), T) for part, shares in changed.items()}
    if has_foil(cell):
        return HalfCells(cell.value(f"{NEGATIVE}/counter potential"), both.get(POSITIVE) or kept(_positive, cell, T))
    return HalfCells(both.get(NEGATIVE) or kept(_negative, cell, T), both.get(POSITIVE) or kept(_positive, cell, T))


def _relative(shares: Sequence[float]) -> tuple[float, ...]:
    """Shares over the largest, to the digits that matter, so that states with about the same share one table."""
    most = max(shares)
    return tuple(max(round(share / most, DIGITS), LEAST) for share in shares) if most > 0.0 else (1.0,) * len(shares)
