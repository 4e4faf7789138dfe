"""Degradation modes from a slow discharge curve, as an experimenter finds them.

The curve of an aged cell is the difference of the open-circuit potentials of its electrodes, stretched by what is left
of their capacities and shifted by the lithium lost (Bloom et al., J. Power Sources 139 (2005) 295; Dubarry et al.,
J. Power Sources 219 (2012) 204):

    V(q) = U_p(y_100 + q/Q_p) - U_n(x_100 - q/Q_n) - overpotential.

The ends x_100, x_0, y_100, y_0 are fitted to it by least squares with the potentials of the fresh cell.  What they say
of capacities and lithium, compared with the fresh cell, are the modes: loss of lithium inventory (LLI) and of active
material of each electrode (LAM_n, LAM_p).  Potentials that change with age, and a reaction that is not uniform, are not
described, and show up in the residual.
"""

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ....errors import ParameterError, ProtocolError
from ....models.electrodes import NEGATIVE
from ....models.health.esoh import Inventory, electrode_soh, inventory, solved
from ....models.health.potentials import HalfCells, Left, half_cells
from ....parameters import Cell
from ....support.arguments import number, numbers
from .phases import PhaseModes, best_ratio, composite_part, modes_of_phases

Array = NDArray[np.float64]

LEAST = 20  # points of a curve
STARTS = (0.0, 0.12, 0.3)  # shares lost of lithium and of each material, from which the fit starts
TRIED = 3  # of the starts, those that describe the curve best
EDGE = 1e-4  # bounds of stoichiometries, from 0 and 1
DROP = 0.1  # V: largest overpotential that is fitted; a curve with more is not slow
POOR = 5e-3  # V rms from which on a curve counts as not described


class Modes(NamedTuple):
    """Loss of lithium inventory and of active material of each electrode [%]."""

    LLI: float
    LAM_n: float
    LAM_p: float


@dataclass(frozen=True)
class SlowCurve:
    """Fit of a slow discharge curve.

    x_100, y_100, x_0, y_0: stoichiometries at its beginning and end.  inventory: Q_n, Q_p, Q_Li [Ah].
    overpotential: constant part of the polarisation [V].  rms: of the residual [V].  residual (n,): measured less
    fitted voltage [V].  uncertain: standard deviations of Q_n, Q_p, Q_Li [Ah] if the residual were independent
    scatter, a lower limit.  good: whether the rms is below 5 mV.
    """

    x_100: float
    y_100: float
    x_0: float
    y_0: float
    inventory: Inventory
    overpotential: float
    rms: float
    uncertain: tuple[float, float, float]
    residual: Array = field(repr=False)

    @property
    def good(self) -> bool:
        """Whether the curve is described."""
        return self.rms < POOR


@dataclass(frozen=True)
class DegradationModes:
    """Degradation modes of an aged cell.

    modes: LLI, LAM_n, LAM_p [%], against the fresh cell.  uncertain: their standard deviations [points], lower limits
    (see `SlowCurve`).  aged: the fit; fresh: capacities and lithium it is compared with [Ah].  phases: losses of the
    phases of a composite electrode, if they were asked for.
    """

    modes: Modes
    uncertain: Modes
    aged: SlowCurve
    fresh: Inventory
    phases: PhaseModes | None = None

    def columns(self) -> dict[str, float]:
        """Under PyBaMM's names, with the residual."""
        return {
            "Loss of lithium inventory [%]": self.modes.LLI,
            "Loss of active material in negative electrode [%]": self.modes.LAM_n,
            "Loss of active material in positive electrode [%]": self.modes.LAM_p,
            "Residual [V]": self.aged.rms,
            **(self.phases.columns() if self.phases else {}),
        }

    def __str__(self) -> str:
        found = [f"{k} {v:.2f} +- {u:.2f} %" for k, v, u in zip(Modes._fields, self.modes, self.uncertain, strict=True)]
        poor = "" if self.aged.good else ": the curve is not described by the potentials of the fresh cell"
        found += [str(self.phases)] if self.phases else []
        return f"{', '.join(found)}; residual {1e3 * self.aged.rms:.2g} mV rms{poor}"


def degradation_modes(
    cell: Cell,
    capacity: ArrayLike,
    voltage: ArrayLike,
    *,
    fresh: tuple[ArrayLike, ArrayLike] | Inventory | None = None,
    overpotential: float | None = None,
    temperature: float | None = None,
    by_phase: bool = False,
) -> DegradationModes:
    """LLI and LAM of an aged cell from a slow discharge, C/20 or slower.

    cell: the fresh cell, whose potentials are used.  capacity (n,): charge passed since the full cell [Ah], rising;
    voltage (n,) [V], n at least 20.  fresh: what the aged cell is compared with: (capacity, voltage) of a slow
    discharge of the fresh cell, which is fitted alike so that faults of the potentials cancel in part; or Q_n, Q_p,
    Q_Li; by default those of the parameter set.  overpotential [V]: of the discharges, by default fitted.
    temperature [K]: of the potentials, by default the reference temperature.  by_phase: also what each phase of a
    composite electrode lost, as its potential changes with their shares; those of the fresh cell are as in the set.

    Raises ParameterError for cells with lithium metal, whose slow curve shows the positive electrode only, and, by
    phase, unless one electrode is composite, of two phases; ProtocolError for curves that are none.
    """
    fit = partial(slow_curve, cell, capacity, voltage, overpotential=overpotential, temperature=temperature)
    part, left, ratio, spread_of_ratio = "", None, 1.0, 0.0
    if by_phase:
        part = composite_part(cell)
        points = np.size(capacity)
        left, ratio, spread_of_ratio = best_ratio(part, points, lambda left: points * fit(left=left).rms ** 2)
    aged = fit(left=left)
    if fresh is None:
        fresh = inventory(cell)
    elif not isinstance(fresh, Inventory):
        fresh = slow_curve(cell, *fresh, overpotential=overpotential, temperature=temperature).inventory
    now = np.array([aged.inventory.Q_Li, aged.inventory.Q_n, aged.inventory.Q_p])
    first = np.array([fresh.Q_Li, fresh.Q_n, fresh.Q_p])
    spread = np.array([aged.uncertain[2], aged.uncertain[0], aged.uncertain[1]])
    share, doubt = now / first, spread / first
    phases = None
    if part:
        k = 1 if part == NEGATIVE else 2
        phases = modes_of_phases(cell, part, float(share[k]), float(doubt[k]), ratio, spread_of_ratio)
    return DegradationModes(Modes(*(100.0 * (1.0 - share))), Modes(*(100.0 * doubt)), aged, fresh, phases)


def slow_curve(
    cell: Cell,
    capacity: ArrayLike,
    voltage: ArrayLike,
    *,
    overpotential: float | None = None,
    temperature: float | None = None,
    left: Left | None = None,
) -> SlowCurve:
    """Fit the ends of the stoichiometry windows to a slow discharge; see `degradation_modes`.

    left: what is left of each phase of a composite electrode, as for `half_cells`.
    """
    from scipy.optimize import least_squares

    q, V = _curve(capacity, voltage)
    cells = half_cells(cell, temperature, left)
    if cells.metal:
        raise ParameterError(f"{cell.name}: the negative electrode is lithium metal: a slow curve shows no modes of it")
    given = overpotential is not None
    drop = number("overpotential", overpotential, "give volts, 0 to 0.1", low=0.0, high=DROP, none=True) or 0.0
    w = _weights(q)

    def residual(p: Array) -> Array:
        return w * (V - _voltage(cells, q / q[-1], p, drop if given else p[4]))

    size = 4 if given else 5
    low, high = np.array([EDGE] * 4 + [0.0])[:size], np.array([1.0 - EDGE] * 4 + [DROP])[:size]
    starts = [np.clip(start[:size], low + 1e-9, high - 1e-9) for start in _starts(cell, cells, q[-1])]
    best = sorted(starts, key=lambda p: float(np.sum(residual(p) ** 2)))[:TRIED]
    scale = np.array([1.0, 1.0, 1.0, 1.0, 0.1])[:size]
    fits = [least_squares(residual, p, bounds=(low, high), x_scale=scale, xtol=1e-12, ftol=1e-12) for p in best]
    fit = min(fits, key=lambda one: one.cost)
    return _found(q, fit.x, fit.jac, residual(fit.x) / w, w, drop if given else float(fit.x[4]))


def _curve(capacity: ArrayLike, voltage: ArrayLike) -> tuple[Array, Array]:
    """A discharge curve, checked."""
    q = numbers("capacity", capacity, f"give the charge passed in Ah, {LEAST} points or more", low=0.0, least=LEAST)
    V = numbers("voltage", voltage, "give volts", low=-10.0, high=100.0)
    if q.size != V.size:
        raise ProtocolError(f"voltage: {V.size} values for {q.size} of capacity; give as many of both")
    if (np.diff(q) <= 0.0).any():
        k = int(np.argmax(np.diff(q) <= 0.0))
        raise ProtocolError(f"capacity: {q[k + 1]:g} (number {k + 2}) does not come after {q[k]:g}; charge must rise")
    if not V[-1] < V[0]:
        raise ProtocolError(f"voltage: from {V[0]:g} to {V[-1]:g} V; give a discharge, from the full cell on")
    return q, V


def _weights(q: Array) -> Array:
    """Roots of the weights of points, by their distance: many points of one stretch do not decide."""
    gaps = np.diff(q)
    w = np.concatenate([gaps[:1], 0.5 * (gaps[1:] + gaps[:-1]), gaps[-1:]])
    return np.asarray(np.sqrt(w / w.mean()))


def _voltage(cells: HalfCells, share: Array, p: Array, drop: float) -> Array:
    """Voltage (n,) at shares 0 to 1 of the discharge between the ends x_100, x_0, y_100, y_0 in p."""
    x_100, x_0, y_100, y_0 = p[:4]
    return cells.voltage(x_100 + share * (x_0 - x_100), y_100 + share * (y_0 - y_100)) - drop


def _starts(cell: Cell, cells: HalfCells, charge: float) -> list[Array]:
    """Ends of the windows (5,) of cells that lost lithium and material in several ways."""
    fresh, limits = inventory(cell), electrode_soh(cell)
    found = []
    for lost in product(STARTS, STARTS, STARTS):
        amounts = Inventory(*(Q * (1.0 - share) for Q, share in zip(fresh, lost, strict=True)))
        try:
            soh = solved(cells, amounts, limits.V_min, limits.V_max)
        except ParameterError:
            continue
        x_0, y_0 = soh.full.x - charge / amounts.Q_n, soh.full.y + charge / amounts.Q_p
        found.append(np.array([soh.full.x, x_0, soh.full.y, y_0, 0.01]))
    return found


def _found(q: Array, p: Array, jac: Array, residual: Array, w: Array, drop: float) -> SlowCurve:
    """The record of a fit; uncertainties from its linearisation."""
    x_100, x_0, y_100, y_0 = map(float, p[:4])
    Q_n, Q_p = q[-1] / (x_100 - x_0), q[-1] / (y_0 - y_100)
    d_n, d_p = np.zeros(p.size), np.zeros(p.size)
    d_n[:2], d_p[2:4] = (-Q_n / (x_100 - x_0), Q_n / (x_100 - x_0)), (Q_p / (y_0 - y_100), -Q_p / (y_0 - y_100))
    d_Li = d_n * x_100 + d_p * y_100
    d_Li[0] += Q_n
    d_Li[2] += Q_p
    variance = float(np.sum((w * residual) ** 2)) / max(q.size - p.size, 1)
    spread = np.linalg.pinv(jac.T @ jac) * variance
    uncertain = tuple(math.sqrt(max(float(d @ spread @ d), 0.0)) for d in (d_n, d_p, d_Li))
    amounts = Inventory(float(Q_n), float(Q_p), float(Q_n * x_100 + Q_p * y_100))
    rms = float(np.sqrt(np.mean((w * residual) ** 2)))
    return SlowCurve(x_100, y_100, x_0, y_0, amounts, drop, rms, (uncertain[0], uncertain[1], uncertain[2]), residual)
