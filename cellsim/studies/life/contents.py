"""A state of a cell as amounts, so that a state some cycles ahead can be extrapolated without losing any.

Lithium in particles is the product of stoichiometry and active volume fraction, salt that of concentration and
porosity.  Sums of amounts with weights that add up to one keep both to rounding.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import CellsimError
from ...kernels.layout import System, numbers, unknowns
from ...physics.constants import F

Array = NDArray[np.float64]
KEPT = ("phi_e", "phi_s", "j", "T")  # fast: they follow from the rest
COUNTED = ("I", "Q", "E", "made", "lost", "heated")  # of the cell: likewise, or counted from the start of a run
EDGE = 1e-9  # a stoichiometry is at least so far from 0 and 1


class Impossible(CellsimError):
    """Contents that no state has, such as less than no salt."""


class Contents:
    """Amounts of the states of one System.

    Of a state (N,) `of` gives its amounts (N,); `into` gives the state that has other amounts, with the fast numbers of
    a state at hand.
    """

    def __init__(self, sys: System) -> None:
        self.sys = sys
        y = unknowns(sys, mask := np.zeros(numbers(sys)))
        for name in KEPT:
            getattr(y, name)[...] = 1.0
        for name in COUNTED:
            y.cell[name] = 1.0
        self.fast = mask > 0.0
        particle, side = sys.volume["particle"], sys.volume["side"]
        self.owner = np.array([np.flatnonzero(particle == p)[0] for p in range(sys.grain.size)], int)
        self.holds, self.side = particle >= 0, side

    def _shares(self, y: Any) -> tuple[Any, Any]:
        """Active volume fraction of each particle (particles, 1), and porosity of each volume."""
        active = y.active[self.owner][:, None] if self.sys.counts["loss"] else 1.0
        eps = np.where(y.porosity > 0.0, y.porosity, 1.0) if self.sys.counts["clogging"] else 1.0
        return active, eps

    def of(self, state: Array) -> Array:
        """Amounts (N,); of the fast numbers the value at hand."""
        amounts = state.copy()
        y = unknowns(self.sys, amounts)
        active, eps = self._shares(unknowns(self.sys, state))
        y.x[...] *= active
        y.c_e[...] *= eps
        return amounts

    def into(self, state: Array, amounts: Array) -> Array:
        """The state with these amounts.  Raises Impossible."""
        new = np.where(self.fast, state, amounts)
        y = unknowns(self.sys, new)
        for name in ("sei", "sei_on_cracks", "plated", "dead", "crack", "inactive", "draining", "gone"):
            if getattr(y, name).size and getattr(y, name).min() < -1e-9:
                raise Impossible(f"a jump over cycles leaves less than no {name.replace('_', ' ')}")
        if self.sys.counts["loss"] and y.active[self.owner].min() <= 0.0:
            raise Impossible("a jump over cycles leaves no active material")
        if self.sys.counts["clogging"] and y.porosity[self.holds].min() <= 0.0 and (y.porosity[self.holds] < 0.0).any():
            raise Impossible("a jump over cycles leaves no pores")
        active, eps = self._shares(y)
        y.x[...] /= active
        y.c_e[...] /= eps
        if y.x.min() < EDGE or y.x.max() > 1.0 - EDGE or y.c_e.min() <= 0.0:
            raise Impossible("a jump over cycles leaves particles or electrolyte beyond empty or full")
        return new


class Amounts:
    """What has become of lithium and active material, in Ah of the cell, of one System."""

    def __init__(self, sys: System, area: float, filled: tuple[float, float]) -> None:
        """area [m2]; filled: lithium in full particles per volume of either electrode as made [C/m3]."""
        self.sys, self.per_hour, self.filled = sys, area / 3600.0, filled
        self.where = [np.flatnonzero(sys.volume["side"] == side) for side in (0, 1)]
        self.dx = [sys.volume["dx"][v] for v in self.where]
        self.particle = [sys.volume["particle"][v] for v in self.where]
        self.inside = 3.0 * sys.shell["volume"]

    def __call__(self, state: Array) -> dict[str, float]:
        """By name, [Ah]; Q_n, Q_p: capacities of the electrodes, Q_Li: lithium in their particles."""
        y, found = unknowns(self.sys, state), {"Q_Li": 0.0}
        for side, key in enumerate(("Q_n", "Q_p")):
            v, dx = self.where[side], self.dx[side]
            if self.particle[side][0] < 0:  # lithium metal
                found["Q_Li"] += float(y.cell["lithium"]) * self.per_hour
                found[key] = np.inf
                continue
            share = y.active[v] / self.sys.ageing[side]["active"] if self.sys.counts["loss"] else 1.0
            held = self.filled[side] * share * dx
            mean = y.x[self.particle[side]] @ self.inside
            found[key] = float(np.sum(held)) * self.per_hour
            found["Q_Li"] += float(np.sum(held * mean)) * self.per_hour
        for name in ("sei", "sei_on_cracks", "plated", "dead", "gone"):
            field = getattr(y, name)
            found[name] = float(field.sum()) * self.per_hour if field.size else 0.0
        for name in ("dead", "bound"):  # of lithium metal
            found[f"metal {name}"] = float(y.cell[name]) * self.per_hour
        if self.sys.counts["clogging"]:
            some = y.porosity > 0.0
            found["porosity"] = float(np.min(y.porosity[some]))
            found["mean porosity"] = float(np.average(y.porosity[self.where[0]], weights=self.dx[0]))
        return found


@lru_cache(maxsize=16)
def filled(cell: Any) -> tuple[float, float]:
    """Lithium in full connected particles per volume of either electrode as made [C/m3]; 0 of lithium metal."""
    from ...models.electrodes import PARTS, is_metal, lithium_content

    negative, positive = (0.0 if is_metal(cell, part) else F * lithium_content(cell, part) for part in PARTS)
    return negative, positive
