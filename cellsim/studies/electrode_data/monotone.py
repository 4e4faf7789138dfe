"""A falling smooth curve through scattered points.

Cubic B-splines whose coefficients fall, so that the curve falls, with a penalty on second differences of the
coefficients (P-splines, Eilers and Marx, Statistical Science 11 (1996) 89).  The penalty is the largest with which what
is left is no more than the scatter of the points.  Knots are closer where the curve is steep, by its arc length.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DEGREE = 3
MOST, PER = 100, 3  # coefficients at most, and points for each at least
PENALTIES = (-8.0, 4.0)  # decimal logarithms between which the penalty is searched
HALVINGS = 14
SHARE = 0.95  # of the scatter that a curve of some twenty free numbers through some hundred points leaves
LEAST = 1e-5  # V: scatter below which a curve is not followed
SCATTER = 0.6745 * 20.0**0.5  # median of |third differences| of scatter over its standard deviation


class Smoothed(NamedTuple):
    """The curve as a function of x (n,), and what is left at the points, points less curve (n,)."""

    curve: Callable[[Array], Array]
    residual: Array


def scatter_of(y: Array) -> float:
    """Standard deviation of independent scatter of a smooth curve's points (n,), in their order."""
    return max(float(np.median(np.abs(np.diff(y, 3)))) / SCATTER, LEAST)


def falling(x: Array, y: Array, scatter: float) -> Smoothed:
    """A falling curve through points x, rising, and y (n,), which leaves about `scatter` rms."""
    from scipy.interpolate import BSpline
    from scipy.optimize import nnls

    knots = _knots(x, y)
    basis = BSpline.design_matrix(x, knots, DEGREE).toarray()
    n = basis.shape[1]
    base = float(y.min() - np.ptp(y) - 1.0)  # below every coefficient, so that all unknowns are 0 or above
    falls = np.triu(np.ones((n, n)))  # coefficients from what each is above the next
    bend = np.diff(falls, 2, axis=0)
    fits, size = basis @ falls, np.sqrt(x.size)

    def found(weight: float) -> tuple[Array, Array]:
        rows = np.concatenate([fits / size, np.sqrt(weight) * bend])
        wanted = np.concatenate([(y - base) / size, np.zeros(n - 2)])
        coefficients = base + falls @ nnls(rows, wanted, maxiter=50 * n)[0]
        return coefficients, y - basis @ coefficients

    low, high = PENALTIES
    best = found(10.0**low)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        tried = found(10.0**middle)
        if np.sqrt(np.mean(tried[1] ** 2)) <= SHARE * scatter:
            low, best = middle, tried
        else:
            high = middle
    spline = BSpline(knots, best[0], DEGREE)
    return Smoothed(lambda at: np.asarray(spline(np.clip(at, x[0], x[-1]))), best[1])


def _knots(x: Array, y: Array) -> Array:
    """Knots of the splines, evenly over the arc length of the falling steps through the points."""
    from scipy.optimize import isotonic_regression

    steps = isotonic_regression(y, increasing=False).x
    length = np.hypot(np.diff(x) / np.ptp(x), np.diff(steps) / max(np.ptp(steps), 1e-12))
    along = np.concatenate([[0.0], np.cumsum(length)])
    inner = np.interp(np.linspace(0.0, along[-1], min(MOST, x.size // PER) - DEGREE + 1), along, x)[1:-1]
    return np.concatenate([[x[0]] * (DEGREE + 1), inner, [x[-1]] * (DEGREE + 1)])
