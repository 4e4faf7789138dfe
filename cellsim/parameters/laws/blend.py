"""Equilibrium of a composite electrode: phases at one potential, as a law of the mean stoichiometry."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...physics.kinetics import end_potentials
from .law import X_RANGE, Law

Array = NDArray[np.float64]

SPREAD = 4000  # stoichiometries of a phase between the ends of the range of laws
TAIL = 400  # beyond either
WIDEST = 1e-2  # furthest stoichiometry below 0 or above 1
TILT = 1e-7  # V: a potential that is level, or rises, falls by so much from stoichiometry 0 to 1
POLISHED, STEEP = 4, 1e-5  # Newton steps of the potential, and the slope [V] from which there are any
STEP = 1e-7  # of difference quotients
SETTLED = 1e-9  # a step of a stoichiometry after which the next would be rounding
FAR = 0.01  # a step of a stoichiometry that is not taken


class Phase(NamedTuple):
    """One phase: its potential U + (T - T_ref) S of its stoichiometry, and its share of the electrode's lithium."""

    U: Law
    S: Law
    share: float

    def at(self, x: Array, T: float, T_ref: float) -> Array:
        """Potential [V], with the terms that diverge at 0 and 1; continued along its tangents as in the kernels."""
        lo, hi = X_RANGE
        inside = np.clip(x, lo, hi)
        y = self._plain(inside, T, T_ref)
        for end, towards in ((lo, STEP), (hi, -STEP)):
            beyond = x < lo if towards > 0.0 else x > hi
            if beyond.any():
                a, b = self._plain(np.array([end, end + towards]), T, T_ref)
                y = np.where(beyond, a + (b - a) / towards * (x - end), y)
        return np.asarray(y + end_potentials(x))

    def _plain(self, x: Array, T: float, T_ref: float) -> Array:
        return self.U(x, T) + (T - T_ref) * self.S(x, T)


class Curve(NamedTuple):
    """A blend at one temperature: potentials [V], rising, and what belongs to them."""

    U: Array
    x: tuple[Array, ...]  # stoichiometries of the phases
    mean: Array  # falling


@dataclass(frozen=True)
class Blend:
    """Potential of a composite electrode at rest, as a law (mean stoichiometry, T) on arrays.

    The phases are at one potential.  Where the potential of one is level or rises, phases may share the lithium in more
    than one way: the curve goes through the states that follow one another as lithium is taken in.
    """

    phases: tuple[Phase, ...]
    T_ref: float
    value: None = None  # as of a law that is no number
    constant: bool = False

    def __call__(self, z: ArrayLike, T: float) -> Array:
        return self.state(z, T)[0]

    def at(self, z: float, T: float) -> tuple[float, float]:
        """Potential [V] at one mean stoichiometry; d/dz."""
        U, x = self.state(np.array([z]), T)
        _, slopes = self._tangents(x, T)
        per = sum(p.share / min(float(slope[0]), -STEEP) for p, slope in zip(self.phases, slopes, strict=True))
        return float(U[0]), 1.0 / per

    def _tangents(self, x: Sequence[Array], T: float) -> tuple[list[Array], list[Array]]:
        """Potentials of the phases [V] at their stoichiometries, and their slopes."""
        each = zip(self.phases, x, strict=True)
        here, after, before = zip(
            *(p.at(np.stack([one, one + STEP, one - STEP]), T, self.T_ref) for p, one in each), strict=True
        )
        return list(here), [(b - a) / (2.0 * STEP) for a, b in zip(before, after, strict=True)]

    def state(self, z: ArrayLike, T: float) -> tuple[Array, tuple[Array, ...]]:
        """Potential [V] and the stoichiometries of the phases at mean stoichiometries z, arrays of one shape.

        From a bracket of tabulated states, polished by Newton's method where the potentials fall.
        """
        z, curve = np.asarray(z, float), _curve(self, float(T))
        U, shares = np.interp(z, curve.mean[::-1], curve.U[::-1]), [p.share for p in self.phases]
        x = [np.interp(U, curve.U, one) for one in curve.x]
        lacks = z - sum(w * one for w, one in zip(shares, x, strict=True))
        x = [one + lacks for one in x]  # outside the curve, and rounding
        for _ in range(POLISHED):
            here, slopes = self._tangents(x, T)
            falls = np.logical_and.reduce([slope < -STEEP for slope in slopes])
            per = [
                np.where(falls, w / np.where(falls, slope, -1.0), -w) for w, slope in zip(shares, slopes, strict=True)
            ]
            common = sum(a * U_k for a, U_k in zip(per, here, strict=True)) / sum(per)
            steps = [np.where(falls, (common - U_k) * a / w, 0.0) for a, w, U_k in zip(per, shares, here, strict=True)]
            good = falls & np.logical_and.reduce([np.abs(step) < FAR for step in steps])
            x = [one + np.where(good, step, 0.0) for one, step in zip(x, steps, strict=True)]
            U = np.where(good, common, U)
            if all(np.abs(step[good]).max(initial=0.0) < SETTLED for step in steps):
                break
        return U, tuple(x)


@lru_cache(maxsize=16)
def _curve(blend: Blend, T: float) -> Curve:
    ends = np.geomspace(1e-6, X_RANGE[0], TAIL)
    x = np.concatenate(
        [
            np.linspace(-WIDEST, 0.0, 50),
            ends[:-1],
            np.linspace(*X_RANGE, SPREAD),
            1.0 - ends[-2::-1],
            np.linspace(1.0, 1.0 + WIDEST, 50),
        ]
    )
    falling = []
    for p in blend.phases:
        y = np.minimum.accumulate(p.at(x, T, blend.T_ref)) - TILT * (x + WIDEST)
        falling.append(y)
    U = np.unique(np.concatenate(falling))
    U = U[(max(y[-1] for y in falling) <= U) & (min(y[0] for y in falling) >= U)]
    each = tuple(np.interp(U, y[::-1], x[::-1]) for y in falling)
    mean = sum(p.share * one for p, one in zip(blend.phases, each, strict=True))
    return Curve(U, each, np.asarray(mean))


def blend_of(cell: Any, part: str, left: Sequence[float] | None = None) -> Blend:
    """The blend of a composite electrode of a `Cell`; left: what is left of the active material of each phase."""
    prefixes = [f"{part}/{phase}" for phase in cell.phases(part)]
    held = [
        cell.value(f"{one}/active material volume fraction") * cell.value(f"{one}/maximum concentration")
        for one in prefixes
    ]
    if left is not None:
        held = [h * share for h, share in zip(held, left, strict=True)]
    return Blend(
        tuple(
            Phase(
                cell.law(f"{one}/open-circuit potential"), cell.law(f"{one}/entropic change coefficient"), h / sum(held)
            )
            for one, h in zip(prefixes, held, strict=True)
        ),
        cell.value("cell/reference temperature"),
    )
