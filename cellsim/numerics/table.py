"""Functions of one variable as piecewise cubics: material laws are data, not code.

A kernel that looks its laws up in tables is compiled once for every cell chemistry, and gets
the slopes its Newton matrix needs for free.  Laws of the same variable lie side by side, so that
a place found once serves all of them.
"""
from typing import NamedTuple

import numpy as np

from .._jit import inner, kernel

KNOTS = 1025
INSIDE = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / 12.0  # fourth-order differences for slopes at the knots,
FIRST = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0  # at the first one,
SECOND = np.array([-3.0, -10.0, 18.0, -6.0, 1.0]) / 12.0  # and at the second


class Table(NamedTuple):
    """Several laws on one uniform grid."""

    lo: float  # first knot
    hi: float  # last knot
    per: float  # intervals per unit of the variable
    c: np.ndarray  # (intervals, laws, 4) coefficients, ascending powers of the share of the interval


def slopes(y):
    """Slopes per interval of y (knots, laws), exact for polynomials of the fourth degree."""
    d = np.empty_like(y)
    d[2:-2] = sum(w * y[k:y.shape[0] - 4 + k] for k, w in enumerate(INSIDE) if w)
    d[0], d[1] = FIRST @ y[:5], SECOND @ y[:5]
    d[-1], d[-2] = -FIRST @ y[:-6:-1], -SECOND @ y[:-6:-1]
    return d


def tabulate(laws, lo, hi) -> Table:
    """Table of `laws`, functions that take and return 1-D arrays, between lo and hi."""
    x = np.linspace(lo, hi, KNOTS)
    return through(np.stack([law(x) for law in laws], axis=1), lo, hi)


def through(y, lo, hi) -> Table:
    """Table of the laws with values y (knots, laws) at uniform knots from lo to hi; at least five."""
    return joined([pieces(y)], lo, hi)


def pieces(y):
    """Coefficients (intervals, laws, 4) of the cubics through y (knots, laws)."""
    d = slopes(y)
    rise, a, b = y[1:] - y[:-1], d[:-1], d[1:]
    return np.stack([y[:-1], a, 3.0 * rise - 2.0 * a - b, a + b - 2.0 * rise], axis=2)


def joined(parts, lo, hi) -> Table:
    """Table of pieces side by side, between lo and hi."""
    c = np.ascontiguousarray(np.concatenate(parts, axis=1))
    return Table(float(lo), float(hi), c.shape[0] / (hi - lo), c)


def integral(x, y):
    """Running integral of y over uniform knots x, both (knots,); of fourth order."""
    d = slopes(y[:, None])[:, 0]
    pieces = 0.5 * (y[1:] + y[:-1]) + (d[:-1] - d[1:]) / 12.0
    return (x[1] - x[0]) * np.concatenate([[0.0], np.cumsum(pieces)])


@inner
def locate(table, x):
    """Interval of x, share of it left of x, and how far x lies outside the grid."""
    inside = min(max(x, table.lo), table.hi)
    s = (inside - table.lo) * table.per
    i = min(max(int(s), 0), table.c.shape[0] - 1)
    return i, s - i, x - inside


@inner
def read(table, k, place):
    """Value and slope of law k at a place that `locate` found.  End tangents continue it beyond the grid."""
    i, d, beyond = place
    c = table.c
    slope = c[i, k, 1] + d * (2.0 * c[i, k, 2] + 3.0 * d * c[i, k, 3])
    slope *= table.per
    return c[i, k, 0] + d * (c[i, k, 1] + d * (c[i, k, 2] + d * c[i, k, 3])) + slope * beyond, slope


@inner
def blend(table, k, place, weights):
    """Value and slope of a sum: law k and its companions, as many laws further on as there are weights, weighted.

    A table without companions is read as it is.
    """
    if table.c.shape[1] == weights.shape[0]:
        return read(table, k, place)
    value, slope = 0.0, 0.0
    for m in range(weights.shape[1]):
        if weights[k, m] != 0.0:
            more, steeper = read(table, k + m * weights.shape[0], place)
            value, slope = value + weights[k, m] * more, slope + weights[k, m] * steeper
    return value, slope


@inner
def evaluate(table, k, x):
    """Value and slope of law k at x."""
    return read(table, k, locate(table, x))


@kernel
def evaluate_many(table, k, x, y):
    """y[i] = law k at x[i] for 1-D arrays."""
    for i in range(x.size):
        y[i] = evaluate(table, k, x[i])[0]
