"""Fields on a fine mesh for pictures: through the values of the control volumes, up to the ends of each layer."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

POINTS = 60  # of a layer
FLAT = ("Electrolyte concentration", "Electrolyte potential")  # without a slope at the collectors, as nothing flows
CELL, FACES = "x [m]", "x_f [m]"


def layers(result: Any) -> list[tuple[float, float, int]]:
    """Start and end [m] and number of volumes of each layer, from the centres of the volumes."""
    centres = result[CELL]
    n, p = (result[f"x_{side} [m]"].size if f"x_{side} [m]" in result.variables else 0 for side in "np")
    edges = [0.0]
    for centre in centres:
        edges.append(2.0 * centre - edges[-1])
    if n == 0 and centres[0] == 0.0:  # lithium metal, which has no thickness
        edges[1] = 0.0
    total = centres.size
    counts = [n, total - n - p, p]
    ends = np.cumsum([0, *counts])
    return [(edges[a], edges[b], b - a) for a, b in zip(ends[:-1], ends[1:], strict=True) if b > a]


def fine(result: Any, name: str, values: Array) -> tuple[Array, Array]:
    """Places (points,) [m] and values (times, points) of a field with the values (times, volumes or shells)."""
    axis = result.variables.dims(name)[-1]
    if axis.startswith("r"):
        return _inside(result[axis], values)
    if axis == FACES:
        return result[axis], values
    whole = layers(result)
    if axis == CELL:
        parts, at = [], 0
        for start, end, count in whole:
            x = result[axis][at : at + count]
            collectors = at == 0 and x[0] > start, at + count == result[axis].size  # not lithium metal
            walls = [name.startswith(FLAT) and collector for collector in collectors]
            parts.append(_smooth(x, values[:, at : at + count], start, end, walls))
            at += count
        return _joined(parts)
    start, end, _ = whole[{"n": 0, "s": -2, "p": -1}[axis[2]]]
    return _smooth(result[axis], values, start, end, [False, False])


def _inside(r: Array, y: Array) -> tuple[Array, Array]:
    """From the centre of a particle to its surface: a monotone cubic in r^2 through y (times, n) at r (n,).

    It goes on to the centre as a straight line in r^2, as diffusion in a particle that fills steadily has it; not
    where the curve turns, as at a front, beyond which it is level.
    """
    from scipy.interpolate import PchipInterpolator

    u = r * r
    if r.size < 2:
        return np.linspace(0.0, r[-1], POINTS), np.repeat(y, POINTS, axis=1)
    if r[0] > 0.0:
        slopes = (np.diff(y) / np.diff(u))[:, :2]
        flattest = np.min(np.abs(slopes), axis=1) * np.all(slopes * slopes[:, :1] > 0.0, axis=1)
        centre = y[:, 0] - np.sign(slopes[:, 0]) * flattest * u[0]
        u, y = np.append(0.0, u), np.concatenate([centre[:, None], y], axis=1)
    places = np.linspace(0.0, r[-1], POINTS)
    return places, np.asarray(PchipInterpolator(u, y, axis=1)(places * places))


def _joined(parts: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Layers side by side; where two meet, both have the mean of their ends."""
    for (_, left), (_, right) in zip(parts[:-1], parts[1:], strict=True):
        left[:, -1] = right[:, 0] = 0.5 * (left[:, -1] + right[:, 0])
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts], axis=1)


def _smooth(x: Array, y: Array, start: float, end: float, walls: list[bool]) -> tuple[Array, Array]:
    """A monotone cubic through y (times, n) at x (n,) and through what they continue to at both ends."""
    from scipy.interpolate import PchipInterpolator

    if not end > start:
        return x, y.copy()
    places = np.linspace(start, end, POINTS)
    if x.size == 1:
        return places, np.repeat(y, POINTS, axis=1)
    last = _at_end(end - x[::-1], y[:, ::-1], walls[1])
    known, values = np.append(x, end), np.concatenate([y, last[:, None]], axis=1)
    if x[0] > start:  # else it is the surface of lithium metal
        first = _at_end(x - start, y, walls[0])
        known, values = np.append(start, known), np.concatenate([first[:, None], values], axis=1)
    return places, np.asarray(PchipInterpolator(known, values, axis=1)(places))


def _at_end(d: Array, y: Array, wall: bool) -> Array:
    """Value (times,) at distance 0 of y (times, n) at distances d, increasing; wall: the curve is level there."""
    if wall:  # a parabola without a linear term through the first two
        return np.asarray(y[:, 0] + (y[:, 0] - y[:, 1]) * d[0] ** 2 / (d[1] ** 2 - d[0] ** 2))
    return np.asarray(y[:, 0] + (y[:, 0] - y[:, 1]) * d[0] / (d[1] - d[0]))
