"""The slow part of a state, and what has become of lithium and active material.

Films, dead lithium, cracks and lost active material change little in a cycle, and nothing makes up for them.  Profiles
of lithium and salt, plated lithium and potentials follow from them within a cycle or two, so that a state some cycles
ahead is a state at hand with other slow contents: what they take of lithium, particles lose.  Pores and surface, and
the lithium of lost material, are brought up to date at the start of the next step, by the kernels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import CellsimError
from ...kernels.equations.wearing.geometry import refill
from ...kernels.layout import System, numbers, unknowns
from ...models.graded import active_shares
from ...models.kinds import held_by

Array = NDArray[np.float64]
TAKING = ("sei", "sei_on_cracks", "dead")  # states of volumes that hold lithium
SLOW = (*TAKING, "crack", "inactive", "draining", "cycled", "touching", "solvent", "receding", "host", "hazard")
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
        held = filled[0] * sys.volume["dx"][self.where] * active_shares(sys, 0)  # C/m2 in full particles
        self.held = held_by(sys, 0)[:, None] * held if self.where.size else held[None]  # of each kind
        self.inside = 3.0 * sys.shell["volume"]
        self.particles = np.unique(sys.volume["particle"][self.where])  # of the first kind
        places = unknowns(sys, np.arange(float(numbers(sys))))
        self.metal = [int(places.cell[name]) for name in OF_METAL] if sys.foil.size else []
        slow = {name: getattr(places, name).ravel() for name in SLOW if getattr(places, name).size}
        self.names, sizes = list(slow), [at.size for at in slow.values()]
        self.places: NDArray[np.int64] = np.concatenate([*slow.values(), self.metal]).astype(np.int64)
        self.starts = np.cumsum([0, *sizes])[:-1].tolist()
        self.takes = np.repeat(np.array([name in TAKING for name in slow], bool), np.array(sizes, int))  # lithium

    def of(self, state: Array) -> Array:
        """Slow contents (n,), or of several states (m, N) those of each."""
        found: Array = state[..., self.places]
        return found

    def into(self, state: Array, contents: Array) -> Array:
        """The state with these contents.  Raises Impossible."""
        new, slow = state.copy(), contents[: self.takes.size]
        if self.names:
            least, most = (of.reduceat(slow, self.starts) for of in (np.minimum, np.maximum))
            for k in np.flatnonzero(least < -1e-12 * np.maximum(most, 0.0)):
                raise Impossible(f"a jump over cycles leaves less than no {self.names[k].replace('_', ' ')}")
        new[self.places] = contents
        y, more = unknowns(self.sys, new), contents - state[self.places]
        if self.metal:
            of_metal = dict(zip(OF_METAL, more[self.takes.size :], strict=True))
            y.cell["lithium"] = y.cell["lithium"] - (of_metal["dead"] + of_metal["bound"])
            if not y.cell["lithium"] > 0.0:
                raise Impossible("a jump over cycles leaves no lithium")
        taken = float(np.sum(more[: self.takes.size][self.takes]))
        if taken != 0.0:
            self._take(y, taken)
        return new

    def _take(self, y: Any, taken: float) -> None:
        """Take lithium [C/m2] from the particles of the negative electrode, and no shell beyond empty or full.

        From several kinds of particle by what each holds, so that one that is almost empty gives little.
        """
        volume, held = self.sys.volume, self.held
        if self.sys.counts["loss"]:
            kinds = range(len(held))
            held = held * np.stack([y.active[k, self.where] / self.sys.ageing[k]["active"] for k in kinds])
        full, share = held.sum(axis=1), np.ones(len(held))
        if len(held) > 1:
            x = np.stack([y.x[volume["particle"][self.where] + k] @ self.inside for k in range(len(held))])
            mean = (held * x).sum(axis=1) / full
            share = mean if taken > 0.0 else 1.0 - mean
        change = -taken / float(np.sum(full * share)) * share
        for k, by in enumerate(change):
            for p in self.particles + k:
                x = y.x[p]
                mean_of = float(x @ self.inside)
                refill.py_func(x, mean_of, mean_of + by)
                if not (x.min() > EDGE and x.max() < 1.0 - EDGE):
                    raise Impossible("a jump over cycles leaves particles beyond empty or full")
