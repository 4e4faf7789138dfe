"""Host sites of the multi-species, multi-reaction model (MSMR): a potential as the inverse of x(U).

M. Verbrugge, D. Baker, B. Koch, X. Xiao and W. Gu, J. Electrochem. Soc. 164 (2017) E3243; D. R. Baker and M. W.
Verbrugge, J. Electrochem. Soc. 165 (2018) A3952, as written in PyBaMM.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...physics.constants import F, R
from ...support.arguments import shown

Array = NDArray[np.float64]
KEYS = ("standard potential", "occupancy fraction", "ideality factor")
MOST_SITES = 20
WHOLE = 1e-4  # by which fractions of five digits may miss a sum of 1
LOWEST, HIGHEST = -1.0, 10.0  # standard potential [V]
NARROWEST, WIDEST = 1e-3, 100.0  # ideality factor
EDGE = 1e-12  # share of the sites that is filled or empty where the potential ends
GUESSES = 500  # potentials of the table that a search begins with, where there are many more stoichiometries
MOST, LEAST = 200, 4e-15  # iterations, and the change of the potential [V] at which they end


def fault_of(content: Any) -> str:
    """What is wrong with the host sites that a file states, or ""."""
    form = f'give {{"{KEYS[0]}": [...], "{KEYS[1]}": [...], "{KEYS[2]}": [...]}}, numbers for one to {MOST_SITES} sites'
    if not isinstance(content, Mapping) or set(content) != set(KEYS):
        return f"host sites: {form}, found {shown(content)}"
    columns = [content[key] for key in KEYS]
    lengths = {len(one) if isinstance(one, list | tuple) else 0 for one in columns}
    if len(lengths) != 1 or not 1 <= min(lengths) <= MOST_SITES:
        return f"host sites: {form}, as many of each"
    for key, (lo, hi) in zip(KEYS, ((LOWEST, HIGHEST), (0.0, 1.0), (NARROWEST, WIDEST)), strict=True):
        for site, value in enumerate(content[key]):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not lo <= value <= hi or (key == KEYS[1] and value == 0.0):
                return f"host sites: {key} of site {site}: {shown(value)} is no number from {lo:g} to {hi:g}"
    total = sum(content[KEYS[1]])
    if abs(total - 1.0) > WHOLE:
        return f"host sites: the occupancy fractions add up to {total:.6g}, not to 1; correct or scale them"
    return ""


class Sites(NamedTuple):
    """Host sites of one material: standard potentials [V], fractions of all sites, ideality factors."""

    U0: tuple[float, ...]
    X: tuple[float, ...]
    w: tuple[float, ...]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Sites":
        """From what a file states, without faults."""
        return cls(*(tuple(map(float, content[key])) for key in KEYS))

    def content(self) -> dict[str, list[float]]:
        """As a file states them."""
        return {key: list(values) for key, values in zip(KEYS, self, strict=True)}

    def filled(self, U: ArrayLike, T: float) -> Array:
        """Filled share (sites, *shape) of each site at potentials U [V] and T [K]."""
        return 1.0 - self._empty(np.asarray(U, float), T)

    def _empty(self, U: Array, T: float) -> Array:
        """The empty share, without cancellation."""
        U0, w = (np.reshape(one, (-1, *(1,) * U.ndim)) for one in (self.U0, self.w))
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * F / (R * T) * (U - U0) / w))

    def stoichiometry(self, U: ArrayLike, T: float) -> Array:
        """x [1] at potentials U [V] and T [K]: the sum of X_j / (1 + exp(F (U - U0_j) / (R T w_j)))."""
        return np.tensordot(self.X, self.filled(U, T), axes=1)

    def potential(self, x: ArrayLike, T: float) -> Array:
        """U [V] at stoichiometries x and T [K]: x(U) inverted to rounding, by Newton's method in a bracket.

        The unknown of the iteration is the logarithm of empty over filled sites, to which every site at the share of
        the whole is a bound.
        """
        share = np.clip(np.ravel(x) / sum(self.X), EDGE, 1.0 - EDGE)
        aim = np.log((1.0 - share) / share)
        each = np.array(self.U0)[:, None] + np.array(self.w)[:, None] * aim * (R * T / F)
        lo, hi = each.min(axis=0), each.max(axis=0)
        U, last = 0.5 * (lo + hi), hi - lo
        if aim.size > 2 * GUESSES:  # from a coarse table of the inverse
            around = np.linspace(lo.min(), hi.max(), GUESSES)
            U = np.clip(np.interp(aim, self._logarithm(around, T)[0], around), lo, hi)
        for _ in range(MOST):
            reached, slope = self._logarithm(U, T)
            miss = reached - aim
            lo, hi = np.where(miss < 0.0, U, lo), np.where(miss > 0.0, U, hi)
            step = -miss / slope
            good = (np.abs(step) <= LEAST) | ((U + step > lo) & (U + step < hi) & (np.abs(step) < 0.5 * last))
            last = np.abs(np.where(good, step, 0.5 * (hi - lo)))
            U = np.where(good, U + step, 0.5 * (lo + hi))
            if np.max(last, initial=0.0) <= LEAST:
                break
        return np.asarray(U.reshape(np.shape(x)))

    def _logarithm(self, U: Array, T: float) -> tuple[Array, Array]:
        """Logarithm of empty over filled sites at potentials U (n,) [V], and its slope [1/V]."""
        f, X = F / (R * T), np.array(self.X)
        ratio = np.exp(np.clip(f * (U - np.array(self.U0)[:, None]) / np.array(self.w)[:, None], -700.0, 700.0))
        filled = 1.0 / (1.0 + ratio)
        empty = ratio * filled
        inside, outside = X @ filled, X @ empty
        slope = f * ((X / np.array(self.w)) @ (filled * empty)) * (1.0 / inside + 1.0 / outside)
        return np.log(outside / inside), slope

    def diffusion_factor(self, x: ArrayLike, T: float) -> Array:
        """-x (1 - x) F/RT dU/dx at stoichiometries x and T [K]: D by the gradient of x over that by the potential's."""
        x = np.asarray(x, float)
        empty = self._empty(self.potential(x, T), T)
        return np.asarray(x * (1.0 - x) / np.tensordot(np.array(self.X) / self.w, empty * (1.0 - empty), axes=1))
