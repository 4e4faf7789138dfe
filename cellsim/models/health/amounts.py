"""What has become of lithium and active material in a state."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System, numbers, unknowns
from ...physics.constants import F
from ..electrodes import PARTS, is_composite, is_metal, lithium_content
from ..graded import active_shares
from ..kinds import held_by, kinds

Array = NDArray[np.float64]
Places = NDArray[np.int64]


def rows_of(columns: Mapping[str, Any], many: int) -> list[dict[str, float]]:
    """Columns (many,), or a number that all rows have in common, row by row."""
    each = [x.tolist() if isinstance(x, np.ndarray) else [x] * many for x in columns.values()]
    return [dict(zip(columns, one, strict=True)) for one in zip(*each, strict=True)]


class Amounts:
    """What has become of lithium and active material, in Ah of the cell, of one System."""

    def __init__(
        self, sys: System, area: float, filled: tuple[float, float], phases: tuple[tuple[str, ...], ...] = ((), ())
    ) -> None:
        """area [m2]; filled: lithium in full particles per volume of either electrode as made [C/m3]; phases: of each
        kind of particle of either electrode, the name of its phase; () of one that is not composite.
        """
        self.sys, self.per_hour, self.filled, self.phases = sys, area / 3600.0, filled, phases
        self.where = [np.flatnonzero(sys.volume["side"] == side) for side in (0, 1)]
        self.dx = [sys.volume["dx"][v] for v in self.where]
        self.at = unknowns(sys, np.arange(float(numbers(sys))))  # of each unknown its place in a state
        self._sums, self._particles, self._porosity = _Sums(), _Particles(), _places(self.at.porosity)
        self._sums.constants["Q_Li"] = 0.0
        for side in (0, 1):
            self._add_electrode(side)
        self._add_losses()

    def __call__(self, state: Array) -> dict[str, float]:
        """By name, [Ah]; Q_n, Q_p: capacities of the electrodes, Q_Li: lithium in their particles.

        Q_n primary, ...: capacities of the phases of a composite electrode.
        """
        return self.of_all(state[None])[0]

    def of_all(self, states: Array) -> list[dict[str, float]]:
        """The same of each of several states (m, N), bit for bit."""
        return rows_of(self.columns(states), len(states))

    def columns(self, states: Array) -> dict[str, Any]:
        """The same by name: (m,), or a number that all have in common."""
        found = self._sums.of(states)
        found["Q_Li"] = found["Q_Li"] + self._particles.of(states)
        if self.sys.counts["clogging"]:
            porosity = states[:, self._porosity]
            found["porosity"] = np.where(porosity > 0.0, porosity, np.inf).min(axis=-1)
        return found

    def _add_electrode(self, side: int) -> None:
        """Capacity of an electrode and of its phases, and the lithium in it."""
        sys, v, key, sums = self.sys, self.where[side], ("Q_n", "Q_p")[side], self._sums
        first = sys.volume["particle"][v]
        if first[0] < 0:  # lithium metal
            sums.add("Q_Li", self.at.cell["lithium"], self.per_hour)
            sums.constants[key] = np.inf
            return
        made = self.filled[side] * active_shares(sys, side) * self.dx[side] * self.per_hour
        sums.constants[key] = float(np.sum(made))
        sums.constants |= {f"{key} {name}": 0.0 for name in self.phases[side]}
        for k, share in enumerate(held_by(sys, side).tolist()):
            left, active = share * made, None
            of_phase = [f"{key} {self.phases[side][k]}"] if self.phases[side] else []
            for name in of_phase:
                sums.constants[name] += float(np.sum(left))
            if sys.counts["loss"]:  # what is lost since the kernels last renewed the surface is due
                left = left / sys.ageing[sys.grain["sweep"][first[0] + k]]["active"]
                for name in (key, *of_phase):
                    sums.add(name, self.at.inactive[k, v], -left)
                sums.add("Q_Li", self.at.draining[k, v], -self.per_hour)
                sums.add("Q_Li", self.at.gone[k, v], self.per_hour)
                active = self.at.active[k, v]
            self._particles.add(self.at.x[first + k], 3.0 * sys.shell["volume"], left, active)

    def _add_losses(self) -> None:
        """What holds lithium besides, what fills the pores, and the contact of particles."""
        at, sums, counts = self.at, self._sums, self.sys.counts
        for name in ("sei", "sei_on_cracks", "plated", "dead", "draining"):
            sums.add(name, getattr(at, name), self.per_hour)
        for name in ("dead", "bound"):  # of lithium metal
            sums.add(f"metal {name}", at.cell[name], self.per_hour)
        if self.sys.ageing.size:
            self._add_filled()
        if counts["wearing"]:
            v = self.where[1] if self.sys.volume["particle"][self.where[0]][0] < 0 else np.concatenate(self.where)
            sums.add("contact", at.touching[..., v], 1.0 / at.touching[..., v].size)
        if counts["clogging"]:
            sums.constants["porosity"] = 0.0  # found of all volumes, see `of_all`
            sums.add("mean porosity", at.porosity[self.where[0]], self.dx[0] / float(np.sum(self.dx[0])))

    def _add_filled(self) -> None:
        """Volume fraction of the negative electrode that the SEI and dead lithium fill."""
        v, films, per = self.where[0], (self.at.sei, self.at.sei_on_cracks), F * float(np.sum(self.dx[0]))
        self._sums.constants["filled pores"] = 0.0
        for k in range(self.sys.volume["kinds"][v[0]]):
            a = self.sys.ageing[k]  # the kinds of the negative electrode come first
            for film in films:
                if film.size and a["sei"]:
                    self._sums.add("filled pores", film[k, v], a["V_sei"] / a["z"] / per)
            if self.at.dead.size:
                self._sums.add("filled pores", self.at.dead[k, v], a["V_li"] / per)


class _Sums:
    """Numbers by name, each a constant and a weighted sum of unknowns."""

    def __init__(self) -> None:
        self.constants: dict[str, float] = {}
        self._terms: dict[str, list[tuple[Array, Array]]] = {}

    def add(self, name: str, at: Any, weights: Any) -> None:
        """Add unknowns at these places, none among them, each times its weight."""
        self.constants.setdefault(name, 0.0)
        if np.size(at):
            self._terms.setdefault(name, []).append((np.ravel(at), np.broadcast_to(weights, np.shape(at)).ravel()))

    @cached_property
    def _all(self) -> tuple[Places, Array, list[int]]:
        """Places and weights of all, one name after the other, and where the terms of each begin."""
        each = [[np.concatenate(part) for part in zip(*terms, strict=True)] for terms in self._terms.values()]
        starts = np.cumsum([0, *(at.size for at, _ in each)])[:-1].tolist()
        at, weights = (np.concatenate(part) for part in zip(*each, strict=True))
        return _places(at), weights, starts

    def of(self, states: Array) -> dict[str, Any]:
        """Those of states (m, N): (m,) each, or a number that all have in common."""
        at, weights, starts = self._all
        sums = np.add.reduceat(states[:, at] * weights, starts, axis=1)
        of_terms = dict(zip(self._terms, sums.T, strict=True))
        return {name: x + of_terms[name] if name in of_terms else x for name, x in self.constants.items()}


class _Particles:
    """Lithium in particles: a sum over volumes of what is held when full, what of it is active, and the mean."""

    def __init__(self) -> None:
        self._parts: list[tuple[Places, Array, Array, Places | None]] = []

    def add(self, x: Array, inside: Array, held: Array, active: Array | None) -> None:
        """Volumes whose particles are at the places x (volumes, shells), with weights of the shells.

        active: place of the active volume fraction by which `held` is to be multiplied; None where it is included.
        """
        self._parts.append((_places(x), inside, held, None if active is None else _places(active)))

    def of(self, states: Array) -> Any:
        """That of states (m, N): (m,), or 0 without particles."""
        found: Any = 0.0
        for x, inside, held, active in self._parts:
            left = held if active is None else held * states[:, active]
            found = found + total(left * total(states[:, x] * inside))
        return found


def _places(at: Any) -> Places:
    """Places in a state, of numbers that are whole."""
    return np.asarray(at).astype(np.int64)


def total(x: Any) -> Any:
    """Sums over the last axis, each the same whatever lies beside it: those of BLAS depend on how many there are."""
    return np.add.reduce(np.ascontiguousarray(x), axis=-1)


def phases_of_kinds(cell: Any) -> tuple[tuple[str, ...], ...]:
    """The phase of each kind of particle of either electrode, by its name; () of one that is not composite."""
    return tuple(
        tuple(kind.phase.partition("/")[2] for kind in of_side) if is_composite(cell, part) else ()
        for part, of_side in zip(PARTS, kinds(cell), strict=True)
    )


@lru_cache(maxsize=16)
def filled(cell: Any) -> tuple[float, float]:
    """Lithium in full connected particles per volume of either electrode as made [C/m3]; 0 of lithium metal."""
    negative, positive = (0.0 if is_metal(cell, part) else F * lithium_content(cell, part) for part in PARTS)
    return negative, positive
