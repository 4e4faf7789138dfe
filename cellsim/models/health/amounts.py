"""What has become of lithium and active material in a state."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System, unknowns
from ...physics.constants import F
from ..electrodes import PARTS, is_composite, is_metal, lithium_content
from ..graded import active_shares
from ..kinds import held_by, kinds

Array = NDArray[np.float64]


class Amounts:
    """What has become of lithium and active material, in Ah of the cell, of one System."""

    def __init__(
        self, sys: System, area: float, filled: tuple[float, float], phases: tuple[tuple[str, ...], ...] = ((), ())
    ) -> None:
        """area [m2]; filled: lithium in full particles per volume of either electrode as made [C/m3]; phases: of each
        kind of particle of either electrode, the name of its phase; () of one that is not composite.
        """
        self.sys, self.per_hour, self.filled = sys, area / 3600.0, filled
        self.where = [np.flatnonzero(sys.volume["side"] == side) for side in (0, 1)]
        self.dx = [sys.volume["dx"][v] for v in self.where]
        self.holding = [active_shares(sys, side) * self.dx[side] for side in (0, 1)]  # dx by active material
        self.particle = [sys.volume["particle"][v] for v in self.where]
        self.held = [held_by(sys, side).tolist() for side in (0, 1)]
        self.phases = phases
        self.inside = 3.0 * sys.shell["volume"]

    def __call__(self, state: Array) -> dict[str, float]:
        """By name, [Ah]; Q_n, Q_p: capacities of the electrodes, Q_Li: lithium in their particles.

        Q_n primary, ...: capacities of the phases of a composite electrode.
        """
        return self.of_all(state[None])[0]

    def of_all(self, states: Array) -> list[dict[str, float]]:
        """The same of each of several states (m, N), bit for bit."""
        found = {
            name: x.tolist() if isinstance(x, np.ndarray) and x.ndim else [float(x)] * len(states)
            for name, x in self._found(states).items()
        }
        return [dict(zip(found, one, strict=True)) for one in zip(*found.values(), strict=True)]

    def _found(self, states: Array) -> dict[str, Any]:
        """Numbers (m,), or one for all."""
        y, loses = unknowns(self.sys, states), bool(self.sys.counts["loss"])
        x, cell, found, lithium = y.x, y.cell, {"Q_Li": 0.0}, 0.0
        if loses:
            inactive, active, kept_back = y.inactive, y.active, y.draining - y.gone
        for side, key in enumerate(("Q_n", "Q_p")):
            v = self.where[side]
            if self.particle[side][0] < 0:  # lithium metal
                lithium = lithium + cell["lithium"] * self.per_hour
                found[key] = np.inf
                continue
            made = self.filled[side] * self.holding[side]
            found[key], held = float(np.sum(made)) * self.per_hour, 0.0
            names = self.phases[side]
            found |= {f"{key} {name}": 0.0 for name in names}
            for k, share in enumerate(self.held[side]):
                mean, left = total(x[:, self.particle[side] + k] * self.inside), share * made
                if names:
                    found[f"{key} {names[k]}"] += float(np.sum(left)) * self.per_hour
                if loses:  # what is lost since the kernels last renewed the surface is due
                    per_active = 1.0 / self.sys.ageing[self.sys.grain["sweep"][self.particle[side][0] + k]]["active"]
                    lost = total(left * inactive[:, k, v]) * per_active * self.per_hour
                    found[key] = found[key] - lost
                    if names:
                        found[f"{key} {names[k]}"] = found[f"{key} {names[k]}"] - lost
                    left = left * per_active * active[:, k, v]
                    held = held - total(kept_back[:, k, v])
                held = held + total(left * mean)
            lithium = lithium + held * self.per_hour
        found["Q_Li"] = lithium
        for name in ("sei", "sei_on_cracks", "plated", "dead", "draining"):
            field = getattr(y, name)
            found[name] = total(field.reshape(len(states), -1)) * self.per_hour if field.size else 0.0
        for name in ("dead", "bound"):  # of lithium metal
            found[f"metal {name}"] = cell[name] * self.per_hour
        if self.sys.ageing.size:
            found["filled pores"] = self._filled(y)
        if self.sys.counts["wearing"]:
            v = self.where[1] if self.particle[0][0] < 0 else np.concatenate(self.where)
            touching = y.touching[..., v]
            found["contact"] = total(touching.reshape(len(states), -1)) / touching[0].size
        if self.sys.counts["clogging"]:
            porosity = y.porosity
            found["porosity"] = np.where(porosity > 0.0, porosity, np.inf).min(axis=-1)
            found["mean porosity"] = total(porosity[:, self.where[0]] * self.dx[0]) / float(np.sum(self.dx[0]))
        return found

    def _filled(self, y: Any) -> Any:
        """Volume fraction of the negative electrode that the SEI and dead lithium fill."""
        v, held, films, dead = self.where[0], 0.0, (y.sei, y.sei_on_cracks), y.dead
        for k in range(self.sys.volume["kinds"][v[0]]):
            a = self.sys.ageing[k]  # the kinds of the negative electrode come first
            for film in films:
                if film.size and a["sei"]:
                    held = held + total(film[:, k, v]) * a["V_sei"] / a["z"]
            if dead.size:
                held = held + total(dead[:, k, v]) * a["V_li"]
        return held / (F * self.dx[0].sum())


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
