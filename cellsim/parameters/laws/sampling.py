"""Functions as tables: points between which an interpolation is as close to the function as is asked for."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Refined(NamedTuple):
    """Points (n,), and at the places between them where the last look was (n - 1, shares): how far it is off."""

    x: Array
    y: Array
    wrong: Array


def monotone(x: Array, y: Array, places: Array) -> Array:
    """Monotone cubics through points, which is how tables of laws are read."""
    from scipy.interpolate import PchipInterpolator

    return np.asarray(PchipInterpolator(x, y)(places))


def straight(x: Array, y: Array, places: Array) -> Array:
    """Straight lines through points."""
    return np.asarray(np.interp(places, x, y))


def refined(
    function: Callable[[Array], Any],
    x: Array,
    through: Callable[[Array, Array, Array], Array],
    allowed: Callable[[Array, Array], Any],
    *,
    shares: Sequence[float],
    most: int,
    turns: int | None = None,
    in_part: bool = False,
) -> Refined:
    """Points of a function, from points x on, with every interval halved in which an interpolation is off.

    function: of x (n,) to (n,).  through: interpolation (x, y, places).  allowed: error at places, of the values there
    and those of the points.  shares: of an interval, where it is looked.  turns: of halving, at most.
    most: points at most; in_part: fill them, else no intervals are halved where not all can be that are off.
    """
    y = np.asarray(function(x), float)
    wrong = np.zeros((x.size - 1, len(shares)))
    for _ in count() if turns is None else range(turns):
        places = x[:-1, None] + np.diff(x)[:, None] * np.asarray(shares)
        true = np.asarray(function(places.ravel()), float).reshape(places.shape)
        wrong = np.abs(through(x, y, places) - true)
        at = np.flatnonzero((wrong > allowed(true, y)).any(axis=1))
        if in_part:
            at = at[: max(most - x.size, 0)]
        if not at.size or x.size + at.size > most:
            break
        middle = 0.5 * (x[at] + x[at + 1])
        x, y = np.insert(x, at + 1, middle), np.insert(y, at + 1, np.asarray(function(middle), float))
    return Refined(x, y, wrong)
