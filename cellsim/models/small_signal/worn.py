"""The state that a cell has aged to, on the mesh of its linearised equations."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ProtocolError
from ...kernels.equations.interface_at_rest import aged_at_rest
from ...kernels.layout import EACH, State, System, numbers, unknowns
from ...kernels.records import REST
from ...kernels.scratch import allocate
from ...numerics.fields import declared
from ...parameters import Cell
from ...support.compile import records
from ..ageing import fresh
from ..kinds import kinds
from .interfaces import of_kinds

Array = NDArray[Any]

_SLOW = [d for d in declared(State) if d.field.only_with and d.field.only_with != "layers"]  # of volumes
_AMOUNTS = [d.name for d in _SLOW if d.field.shape == EACH and d.field.unit == "C/m2"]  # per electrode area
_VALUES = [d.name for d in _SLOW if d.name not in _AMOUNTS and "volumes" in d.field.shape]
_ALONE = [d.name for d in declared(State) if d.field.shape == ("reservoirs",)]
_SAME = ("kinds", "sei", "sei_on_cracks", "plating", "cracking", "loss", "clogging", "wearing", "reservoirs")


class Worn(NamedTuple):
    """A state of a cell that ages, with the mesh that it is on."""

    sys: System
    state: Array  # (N,)

    def salt(self) -> float:
        """Its salt evened out [mol/m3]."""
        y, v = unknowns(self.sys, self.state), self.sys.volume
        eps = np.where(y.porosity > 0.0, y.porosity, v["eps"]) if self.sys.counts["clogging"] else v["eps"]
        return float(np.average(y.c_e, weights=eps * v["dx"]))


def state_on(cell: Cell, sys: System, worn: Worn | None) -> Array:
    """The slow states of a cell on its mesh `sys` (N,): as made, or those of `worn`.  Raises ProtocolError."""
    state = np.zeros(numbers(sys))
    y = unknowns(sys, state)
    y.T[...] = sys.T
    if worn is None:
        fresh(cell, sys, y)
        return state
    if any(sys.counts[name] != worn.sys.counts[name] for name in _SAME):
        raise ProtocolError(
            f"after: in that run of {cell.name} other things aged than in this cell; simulate the same cell as in the "
            "impedance"
        )
    past = unknowns(worn.sys, worn.state)
    for name in _ALONE:
        getattr(y, name)[...] = getattr(past, name)
    for side in (0, 1):
        here, there = (np.flatnonzero(one.volume["side"] == side) for one in (sys, worn.sys))
        common = _overlap(sys.volume["dx"][here], worn.sys.volume["dx"][there])
        parts, means = common / common.sum(axis=0), (common / common.sum(axis=1)[:, None])
        for names, weights in ((_AMOUNTS, parts), (_VALUES, means)):
            for name in names:
                new, old = getattr(y, name), getattr(past, name)
                if new.size:
                    new[..., here] = old[..., there] @ weights.T
    return state


def _overlap(new: Array, old: Array) -> Array:
    """Common length (new, old) of the volumes of one electrode, whose thicknesses are given, over its own."""
    edges = [np.append(0.0, np.cumsum(dx)) / dx.sum() for dx in (new, old)]
    (lo, hi), (lo_old, hi_old) = ((e[:-1], e[1:]) for e in edges)
    return np.maximum(np.minimum(hi[:, None], hi_old) - np.maximum(lo[:, None], lo_old), 0.0)


def at_rest(cell: Cell, sys: System, worn: Worn | None, x: Any, h: Any, c: float) -> tuple[System, Any]:
    """The system in the geometry that the cell has aged to, and REST (kinds, volumes) of its particles.

    x, h: (negative, positive) stoichiometry and state of hysteresis; c: salt concentration [mol/m3].
    """
    state, w = state_on(cell, sys, worn), allocate(sys)
    of_particles = np.zeros(sys.grain.size)
    for side in (0, 1):
        particle = sys.volume["particle"][sys.volume["side"] == side]
        for k, x_k in enumerate(of_kinds(cell, side, float(x[side]), sys.T)) if (particle >= 0).all() else ():
            of_particles[particle + k] = x_k
    rests = records(np.zeros((max(map(len, kinds(cell))), sys.volume.size), REST))
    aged_at_rest(sys, state, of_particles, np.asarray(h, float), c, w, rests)
    grain = w.grains[1] if sys.counts["remade"] else sys.grain
    return sys._replace(volume=w.geometry[1].copy(), grain=grain.copy()), rests
