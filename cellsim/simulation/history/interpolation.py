"""A variable between its stored times, and its axes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def between(result: Any, values: Array, times: Array) -> Array:
    """Rows (n, ...) at times (n,) [s] of values (times, ...), as `Result.at` says."""
    from scipy.interpolate import CubicSpline, make_interp_spline

    out = np.full((times.size, *values.shape[1:]), np.nan)
    for k in np.unique(result.step_index):
        rows = np.flatnonzero(result.step_index == k)
        t, first = np.unique(result.t[rows], return_index=True)
        here = (times >= t[0]) & (times <= t[-1])
        y = values[rows[first]]
        if t.size == 1:
            out[here] = y[0]
        elif here.any() and result.steps[k].kinked:
            out[here] = make_interp_spline(t, y, k=1)(times[here])
        elif here.any():
            out[here] = within_neighbours(t, y, times[here], CubicSpline(t, y)(times[here]))
    return out


def within_neighbours(t: Array, y: Array, times: Array, values: Array) -> Array:
    """Interpolated values (n, ...) at times (n,) of rows y at t, linear where they stray too far from the chord.

    That is by more than the two rows and their next ones differ, which no smooth curve through them does.
    """
    k = np.clip(np.searchsorted(t, times, "right") - 1, 0, t.size - 2)
    share = ((times - t[k]) / (t[k + 1] - t[k])).reshape(-1, *(1,) * (y.ndim - 1))
    chord = y[k] + share * (y[k + 1] - y[k])
    near = np.stack([y[np.clip(k + i, 0, t.size - 1)] for i in (-1, 0, 1, 2)])
    return np.where(np.abs(values - chord) <= np.ptp(near, axis=0), values, chord)


def separated(t: Array) -> Array:
    """Strictly increasing times, each moved up by the least possible amount."""
    t = t.copy()
    for k in np.flatnonzero(np.diff(t) <= 0.0) + 1:
        while k < t.size and t[k] <= t[k - 1]:
            t[k] = np.nextafter(t[k - 1], np.inf)
            k += 1
    return t


def attributes(name: str) -> dict[str, str]:
    """Attributes of a variable in xarray: its name without the unit, and the unit as UDUNITS writes it."""
    words, _, unit = name.removesuffix("]").partition(" [")
    unit = unit.replace("A.h", "A h").replace("W.h", "W h").replace(".", " ")
    return {"long_name": words, "units": unit or "1"}
