"""Functions of one variable as piecewise cubics: material laws are data, not code.

A kernel that looks its laws up in tables is compiled once for every cell chemistry, and gets
the slopes its Newton matrix needs for free.
"""
from typing import NamedTuple

import numpy as np

from .._jit import inner, kernel

KNOTS = 1025
GRID = np.dtype([("lo", "f8"), ("per", "f8")])


class Laws(NamedTuple):
    """Several laws, each on its own uniform grid with the same number of intervals."""

    grid: np.ndarray  # (laws,) GRID: first knot, and intervals per unit of the variable
    c: np.ndarray  # (laws, intervals, 4) coefficients, ascending powers of the distance to the knot


def tabulate(laws) -> Laws:
    """Table of `laws`, a sequence of (function, lo, hi); functions take and return 1-D arrays."""
    from scipy.interpolate import CubicSpline

    lo, hi = np.array([(a, b) for _, a, b in laws], float).T
    unit = np.linspace(0.0, 1.0, KNOTS)
    y = np.stack([law(a + (b - a) * unit) for law, a, b in laws], axis=1)
    grid = np.empty(len(laws), GRID)
    grid["lo"], grid["per"] = lo, (KNOTS - 1) / (hi - lo)
    # one spline on the unit interval for all; powers of the distance rescaled law by law
    c = CubicSpline(unit, y).c[::-1] / (hi - lo)[None, None, :] ** np.arange(4)[:, None, None]
    return Laws(grid, np.ascontiguousarray(c.transpose(2, 1, 0)))


@inner
def evaluate(laws, k, x):
    """Value and slope of law k at x.  Outside the grid the end tangents continue the law."""
    n = laws.c.shape[1]
    lo, per = laws.grid[k].lo, laws.grid[k].per
    s = (x - lo) * per
    i = min(max(int(s), 0), n - 1)
    s = min(max(s, 0.0), float(n))
    a = laws.c[k, i]
    d = (s - i) / per
    slope = a[1] + d * (2.0 * a[2] + 3.0 * d * a[3])
    return a[0] + d * (a[1] + d * (a[2] + d * a[3])) + slope * (x - lo - s / per), slope


@inner
def evaluate_root(laws, k, root):
    """Value of law k at x = root ** 2 and slope in x, if it was tabulated over the square root of x."""
    value, slope = evaluate(laws, k, root)
    return value, 0.5 * slope / root


@inner
def invert(laws, k, y, x):
    """Where law k, which must rise throughout, has the value y; x is a guess."""
    lo, hi = -1e9, 1e9
    for _ in range(100):
        value, slope = evaluate(laws, k, x)
        if value > y:
            hi = x
        else:
            lo = x
        new = x + (y - value) / slope
        if not lo <= new <= hi:
            new = 0.5 * (lo + hi)
        if abs(new - x) <= 1e-14 * max(1.0, abs(x)):
            return new
        x = new
    return x


@kernel
def evaluate_many(laws, k, x, y):
    """y[i] = law k at x[i] for 1-D arrays."""
    for i in range(x.size):
        y[i] = evaluate(laws, k, x[i])[0]
