"""What has become of lithium and active material in a state."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import System, unknowns
from ...physics.constants import F
from ..electrodes import PARTS, is_metal, lithium_content
from ..graded import active_shares
from ..kinds import held_by

Array = NDArray[np.float64]


class Amounts:
    """What has become of lithium and active material, in Ah of the cell, of one System."""

    def __init__(self, sys: System, area: float, filled: tuple[float, float]) -> None:
        """area [m2]; filled: lithium in full particles per volume of either electrode as made [C/m3]."""
        self.sys, self.per_hour, self.filled = sys, area / 3600.0, filled
        self.where = [np.flatnonzero(sys.volume["side"] == side) for side in (0, 1)]
        self.dx = [sys.volume["dx"][v] for v in self.where]
        self.holding = [active_shares(sys, side) * self.dx[side] for side in (0, 1)]  # dx by active material
        self.particle = [sys.volume["particle"][v] for v in self.where]
        self.held = [held_by(sys, side).tolist() for side in (0, 1)]
        self.inside = 3.0 * sys.shell["volume"]

    def __call__(self, state: Array) -> dict[str, float]:
        """By name, [Ah]; Q_n, Q_p: capacities of the electrodes, Q_Li: lithium in their particles."""
        y, found = unknowns(self.sys, state), {"Q_Li": 0.0}
        for side, key in enumerate(("Q_n", "Q_p")):
            v = self.where[side]
            if self.particle[side][0] < 0:  # lithium metal
                found["Q_Li"] += float(y.cell["lithium"]) * self.per_hour
                found[key] = np.inf
                continue
            made = self.filled[side] * self.holding[side]
            of_kinds = (w * (y.x[self.particle[side] + k] @ self.inside) for k, w in enumerate(self.held[side]))
            mean, due = sum(of_kinds), 0.0
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
        if self.sys.counts["wearing"]:
            v = self.where[1] if self.particle[0][0] < 0 else np.concatenate(self.where)
            found["contact"] = float(np.mean(y.touching[v]))
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
