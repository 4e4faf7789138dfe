"""The slow part of a state, and what has become of lithium and active material.

Films, dead lithium, cracks and lost active material change little in a cycle, and nothing makes up for them.  Profiles
of lithium and salt, plated lithium and potentials follow from them within a cycle or two, so that a state some cycles
ahead is a state at hand with other slow contents: what they take of lithium, particles lose.  Pores and surface, and
the lithium of lost material, are brought up to date at the start of the next step, by the kernels.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import CellsimError
from ...kernels.equations.ageing import refill
from ...kernels.layout import System, unknowns
from ...models.electrodes import PARTS, is_metal, lithium_content
from ...physics.constants import F

Array = NDArray[np.float64]
TAKING = ("sei", "sei_on_cracks", "dead")  # states of volumes that hold lithium
SLOW = (*TAKING, "crack", "inactive", "draining")
OF_METAL = ("dead", "bound", "layer")  # numbers of a lithium-metal electrode; the first two are lithium
EDGE = 1e-9  # a stoichiometry is at least so far from 0 and 1


class Impossible(CellsimError):
    """Contents that no state has, such as less than no SEI."""


class Contents:
    """The slow contents of the states of one System.

    `of` gives those of a state (N,), as one array; `into` the state that has other ones.
    """

    def __init__(self, sys: System, filled: tuple[float, float]) -> None:
        """filled: lithium in full particles per volume of either electrode as made [C/m3], 0 of lithium metal."""
        self.sys = sys
        holds = (sys.volume["side"] == 0) & (sys.volume["particle"] >= 0)
        self.where = np.flatnonzero(holds)
        self.held = filled[0] * sys.volume["dx"][self.where]  # C/m2 in full particles
        self.inside = 3.0 * sys.shell["volume"]

    def of(self, state: Array) -> Array:
        """Slow contents (n,)."""
        y = unknowns(self.sys, state)
        fields = [getattr(y, name) for name in SLOW]
        metal = [y.cell[name] for name in OF_METAL] if self.sys.foil.size else []
        return np.concatenate([*fields, metal])

    def into(self, state: Array, contents: Array) -> Array:
        """The state with these contents.  Raises Impossible."""
        new = state.copy()
        y, at, taken = unknowns(self.sys, new), 0, 0.0
        for name in SLOW:
            field = getattr(y, name)
            given = contents[at : at + field.size]
            if given.size and given.min() < -1e-12 * max(given.max(), 0.0):
                raise Impossible(f"a jump over cycles leaves less than no {name.replace('_', ' ')}")
            if name in TAKING:
                taken += float(np.sum(given - field))
            field[...] = given
            at += field.size
        if self.sys.foil.size:
            for k, name in enumerate(OF_METAL):
                if name != "layer":
                    y.cell["lithium"] = y.cell["lithium"] - (contents[at + k] - y.cell[name])
                y.cell[name] = contents[at + k]
            if not y.cell["lithium"] > 0.0:
                raise Impossible("a jump over cycles leaves no lithium")
        if taken != 0.0:
            self._take(y, taken)
        return new

    def _take(self, y: Any, taken: float) -> None:
        """Take lithium [C/m2] from the particles of the negative electrode, and no shell beyond empty or full."""
        active = y.active[self.where] / self.sys.ageing[0]["active"] if self.sys.counts["loss"] else 1.0
        change = -taken / float(np.sum(self.held * active))
        for p in np.unique(self.sys.volume["particle"][self.where]):
            x = y.x[p]
            mean = float(x @ self.inside)
            refill.py_func(x, mean, mean + change)
            if not (x.min() > EDGE and x.max() < 1.0 - EDGE):
                raise Impossible("a jump over cycles leaves particles beyond empty or full")


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
            made = self.filled[side] * dx
            mean, due = y.x[self.particle[side]] @ self.inside, 0.0
            found[key] = float(np.sum(made)) * self.per_hour
            if self.sys.counts["loss"]:  # what is lost since the kernels last renewed the surface is due
                per_active = 1.0 / self.sys.ageing[side]["active"]
                found[key] -= float(made @ y.inactive[v]) * per_active * self.per_hour
                made, due = made * per_active * y.active[v], float(np.sum(y.draining[v] - y.gone[v]))
            found["Q_Li"] += (float(made @ mean) - due) * self.per_hour
        for name in ("sei", "sei_on_cracks", "plated", "dead", "draining"):
            field = getattr(y, name)
            found[name] = float(field.sum()) * self.per_hour if field.size else 0.0
        for name in ("dead", "bound"):  # of lithium metal
            found[f"metal {name}"] = float(y.cell[name]) * self.per_hour
        if self.sys.ageing.size:
            found["filled pores"] = self._filled(y)
        if self.sys.counts["clogging"]:
            some = y.porosity > 0.0
            found["porosity"] = float(np.min(y.porosity[some]))
            found["mean porosity"] = float(np.average(y.porosity[self.where[0]], weights=self.dx[0]))
        return found

    def _filled(self, y: Any) -> float:
        """Volume fraction of the negative electrode that the SEI and dead lithium fill."""
        a, v, held = self.sys.ageing[0], self.where[0], 0.0
        for name in ("sei", "sei_on_cracks"):
            if getattr(y, name).size and a["sei"]:
                held += float(getattr(y, name)[v].sum()) * a["V_sei"] / a["z"]
        if y.dead.size:
            held += float(y.dead[v].sum()) * a["V_li"]
        return float(held / (F * self.dx[0].sum()))


@lru_cache(maxsize=16)
def filled(cell: Any) -> tuple[float, float]:
    """Lithium in full connected particles per volume of either electrode as made [C/m3]; 0 of lithium metal."""
    negative, positive = (0.0 if is_metal(cell, part) else F * lithium_content(cell, part) for part in PARTS)
    return negative, positive
