"""Tabulated functions of one variable as piecewise cubics.

Kernels with tabulated laws are compiled once for all cell chemistries, and obtain the derivatives for the Newton
matrix with the values.  Laws of the same variable share one grid, so that the interval is located once for all.
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..support.compile import inner, kernel, part
from .fields import Field

KNOTS = 1025
INSIDE = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / 12.0  # fourth-order difference quotients at inner knots
FIRST = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0  # at the first knot
SECOND = np.array([-3.0, -10.0, 18.0, -6.0, 1.0]) / 12.0  # at the second knot
TERMS = 4  # columns of a law at one temperature: values and derivatives in T at the nodes below and above


class Table(NamedTuple):
    """Laws on a uniform grid."""

    lo: Annotated[float, Field("", "first knot")]
    hi: Annotated[float, Field("", "last knot")]
    per: Annotated[float, Field("", "intervals per unit of the variable")]
    c: Annotated[
        np.ndarray, Field("", "coefficients, ascending powers of the share of an interval", "intervals", "laws", 4)
    ]


NO_LAWS = Table(0.0, 1.0, 1.0, np.zeros((1, 1, 4)))  # where none is looked up


def slopes(y):
    """Derivatives per interval of y (knots, laws), exact for polynomials of degree four."""
    d = np.empty_like(y)
    d[2:-2] = sum(w * y[k : y.shape[0] - 4 + k] for k, w in enumerate(INSIDE) if w)
    d[0], d[1] = FIRST @ y[:5], SECOND @ y[:5]
    d[-1], d[-2] = -FIRST @ y[:-6:-1], -SECOND @ y[:-6:-1]
    return d


def tabulate(laws, lo, hi) -> Table:
    """Table of `laws`, functions of 1-D arrays, between lo and hi."""
    x = np.linspace(lo, hi, KNOTS)
    return through(np.stack([law(x) for law in laws], axis=1), lo, hi)


def through(y, lo, hi) -> Table:
    """Table of the laws with values y (knots, laws) at five or more uniform knots from lo to hi."""
    return joined([pieces(y)], lo, hi)


def pieces(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients (intervals, laws, 4) of the cubics through y (knots, laws)."""
    d = slopes(y)
    rise, a, b = y[1:] - y[:-1], d[:-1], d[1:]
    return np.stack([y[:-1], a, 3.0 * rise - 2.0 * a - b, a + b - 2.0 * rise], axis=2)


def joined(parts, lo, hi) -> Table:
    """Table of several arrays of pieces (intervals, laws, 4) between lo and hi."""
    c = np.ascontiguousarray(np.concatenate(parts, axis=1))
    return Table(float(lo), float(hi), c.shape[0] / (hi - lo), c)


def integral(x, y):
    """Running integral of y (knots,) or (knots, n) over uniform knots x (knots,); of fourth order."""
    d = slopes(y.reshape(x.size, -1)).reshape(y.shape)
    pieces = 0.5 * (y[1:] + y[:-1]) + (d[:-1] - d[1:]) / 12.0
    return (x[1] - x[0]) * np.concatenate([np.zeros_like(y[:1]), np.cumsum(pieces, axis=0)])


@inner
def locate(table, x):
    """Interval of x, relative position of x in it, and distance of x outside the grid."""
    inside = min(max(x, table.lo), table.hi)
    s = (inside - table.lo) * table.per
    i = min(max(int(s), 0), table.c.shape[0] - 1)
    return i, s - i, x - inside


@inner
def read(table, k, place):
    """Value and derivative of law k at a place from `locate`; continued along end tangents outside the grid."""
    i, d, beyond = place
    c = table.c
    slope = c[i, k, 1] + d * (2.0 * c[i, k, 2] + 3.0 * d * c[i, k, 3])
    slope *= table.per
    return c[i, k, 0] + d * (c[i, k, 1] + d * (c[i, k, 2] + d * c[i, k, 3])) + slope * beyond, slope


@inner
def blend(table, k, place, by):
    """Value and derivative of law k as a weighted sum of four columns.

    by[k]: the first columns of two adjacent pairs, and the four weights.  A table with one column per law is read
    directly.
    """
    if table.c.shape[1] == by.shape[0]:
        return read(table, k, place)
    first = int(by[k, 0])
    value, slope = read(table, first, place)
    value, slope = by[k, 2] * value, by[k, 2] * slope
    if by[k, 3] != 0.0:
        more, steeper = read(table, first + 1, place)
        value, slope = value + by[k, 3] * more, slope + by[k, 3] * steeper
    if by[k, 4] != 0.0:
        second = int(by[k, 1])
        more, steeper = read(table, second, place)
        value, slope = value + by[k, 4] * more, slope + by[k, 4] * steeper
        more, steeper = read(table, second + 1, place)
        value, slope = value + by[k, 5] * more, slope + by[k, 5] * steeper
    return value, slope


@part
def look_up(table, k, place, by):
    """As `blend`, for loops: a table with one column per law is read there, without a call."""
    if table.c.shape[1] == by.shape[0]:
        return read(table, k, place)
    return blend(table, k, place, by)


@inner
def below(nodes, k, T):
    """Index in nodes[k] of the node below T."""
    lo, hi = 0, int(nodes[k, 0]) - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if nodes[k, 1 + 2 * mid] <= T:
            lo = mid
        else:
            hi = mid
    return 1 + 2 * lo


@inner
def follow(nodes, k, T, g, by, row):
    """Columns and weights of law k at temperature T with the factor g, into a row of `by`.

    nodes[k]: number of temperature nodes, then for each, in ascending order, the temperature and the column of its
    values, which the column of derivatives in T follows.  Between nodes the law is a cubic in T.
    """
    by[row, 0], by[row, 1], by[row, 2], by[row, 3], by[row, 4], by[row, 5] = nodes[k, 2], 0.0, g, 0.0, 0.0, 0.0
    if nodes[k, 0] == 1.0:
        by[row, 3] = g * (T - nodes[k, 1])
    elif nodes[k, 0] > 1.0:
        i = below(nodes, k, T)
        h = nodes[k, i + 2] - nodes[k, i]
        d = (T - nodes[k, i]) / h
        e = 1.0 - d
        by[row, 0], by[row, 1] = nodes[k, i + 1], nodes[k, i + 3]
        by[row, 2], by[row, 3] = g * e * e * (1.0 + 2.0 * d), g * h * d * e * e
        by[row, 4], by[row, 5] = g * d * d * (3.0 - 2.0 * d), -g * h * d * d * e


@inner
def tilt(nodes, k, T, slopes, row):
    """Derivatives in T of the weights of law k, with factor 1, into a row of `slopes`."""
    slopes[row, 0], slopes[row, 1], slopes[row, 2], slopes[row, 3] = 0.0, 0.0, 0.0, 0.0
    if nodes[k, 0] == 1.0:
        slopes[row, 1] = 1.0
    elif nodes[k, 0] > 1.0:
        i = below(nodes, k, T)
        h = nodes[k, i + 2] - nodes[k, i]
        d = (T - nodes[k, i]) / h
        slopes[row, 0], slopes[row, 1] = -6.0 * d * (1.0 - d) / h, (1.0 - d) * (1.0 - 3.0 * d)
        slopes[row, 2], slopes[row, 3] = 6.0 * d * (1.0 - d) / h, d * (3.0 * d - 2.0)


@inner
def evaluate(table, k, x):
    """Value and derivative of law k at x."""
    return read(table, k, locate(table, x))


@kernel
def evaluate_many(table, k, x, y):
    """y[i] = law k at x[i] for 1-D arrays."""
    for i in range(x.size):
        y[i] = evaluate(table, k, x[i])[0]
