"""Finite-volume grids in layers and particles."""

from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np

from ..support.compile import inner
from .fields import Field, dtype_of


def graded_faces(n, length, stretch, towards="right"):
    """n + 1 faces on [0, length], graded smoothly towards the "left", "right" or "both" ends.

    stretch = 0: uniform; the ratio of the widest to the narrowest volume is about exp(stretch).
    """
    s = np.linspace(0.0, 1.0, n + 1)
    if stretch == 0.0:
        return length * s
    grade = lambda u: np.expm1(-stretch * u) / np.expm1(-stretch)  # noqa: E731
    if towards == "both":
        return 0.5 * length * (1.0 + np.sign(s - 0.5) * grade(np.abs(2.0 * s - 1.0)))
    return length * (grade(s) if towards == "right" else 1.0 - grade(1.0 - s))


def points(faces):
    """Node positions at which cell averages of a + b x^2 are exact: distances (n,) to the left and right face.

    faces: (n + 1,) from 0 on.  The profile a + b x^2 has no flux through the first face and a linearly increasing flux,
    as current and salt in an electrode with uniform reaction.  Other profiles are approximated to second order.
    """
    a, b, c = faces[:-2], faces[1:-1], faces[2:]
    apart = (c - a) * (a + b + c) / (6.0 * b)  # difference of averages of x^2 over the slope 2 x in between
    share = (b - a) / (c - a)
    h = np.diff(faces)[[0, -1]]
    return (
        np.concatenate([[0.5 * h[0]], (1.0 - share) * apart]),
        np.concatenate([share * apart, [0.5 * h[1] - h[1] ** 2 / (6.0 * faces[-1])]]),
    )


class Layer(NamedTuple):
    """Volumes of a layer of unit thickness from a closed to an open end; arrays (n,)."""

    dx: np.ndarray
    left: np.ndarray  # distances of `points` for a flux that enters at the open end and vanishes at the closed end
    right: np.ndarray
    inward: np.ndarray  # left and right distances for a flux that enters at the closed end
    outward: np.ndarray


@lru_cache
def graded_layer(n, stretch, towards="right") -> Layer:
    """A layer of n volumes on `graded_faces`; shared and read-only."""
    return layer_on(graded_faces(n, 1.0, stretch, towards))


def layer_on(faces: np.ndarray) -> Layer:
    """The layer with these faces (n + 1,), from 0 to 1; read-only."""
    left, right = points(faces)
    outward, inward = points(1.0 - faces[::-1])
    layer = Layer(np.diff(faces), left, right, inward[::-1].copy(), outward[::-1].copy())
    for array in layer:
        array.flags.writeable = False
    return layer


class Shell:
    """A shell of a unit sphere, or of a film of unit thickness."""

    volume: Annotated[float, Field("", "volume over 4 pi")]
    link: Annotated[float, Field("", "face area over 4 pi and the distance to the next shell outwards; of the last 0")]


SHELL = dtype_of(Shell)


FIRST_SHIFT, SPREAD = 3.0, 10.0  # lowest matched rate; ratio of successive rates minus 1, times n
FILM_STRETCH = 3.0  # grading of `film_nodes` towards both faces
POLES, BUNCHES, GROWTH = 128, 256, 1.05  # poles of the exact response: individual, groups, growth of the groups


def shifts(n, reach=None):
    """The n - 1 rates at which n shells are matched, in geometric progression from FIRST_SHIFT up to below `reach`.

    Without reach, their ratio is determined by SPREAD.
    """
    ratio = 1.0 + SPREAD / n if reach is None or n == 1 else (reach / FIRST_SHIFT) ** (1.0 / (n - 1))
    return FIRST_SHIFT * ratio ** np.arange(n - 1.0)


def matched(n, roots, offset, residue, reach=None):
    """Optimal n-shell grid whose surface response matches the exact transfer function of a body.

    The transfer function is 3 / s + sum of residue / (s + z^2) with D = 1, with z = `roots`, continued by
    (k + offset) pi.  The response of the shells, whose last one is at the surface, is the continued fraction of their
    volumes and links.  It agrees with the exact one at s = 0, and with its derivative at n - 1 rates, by projection of
    the equations of the body on its responses at these rates.  The error decreases geometrically with n, compared to
    1 / n^2 for graded shells.  Optimal grids: Druskin and Knizhnerman, SIAM J. Numer. Anal. 37 (1999) 403.
    """
    edges = (roots.size + 0.5) * GROWTH ** np.arange(BUNCHES + 1.0) + offset
    rates = np.concatenate([[0.0], roots**2, np.pi**2 * edges[1:] * edges[:-1]])
    load = np.sqrt(np.concatenate([[3.0], np.full(roots.size, residue), residue * np.diff(edges)]))
    answers = [np.eye(1, rates.size)[0], *(load / (rates + s) for s in shifts(n, reach))]
    basis = np.linalg.qr(np.stack([a / np.linalg.norm(a) for a in answers], axis=1))[0]
    values, vectors = np.linalg.eigh(basis.T @ (rates[:, None] * basis))
    values[0] = 0.0
    weights = vectors.T @ (basis.T @ load)
    return chain(values, weights)


def chain(values, weights):
    """Shells (n,) with the response sum of weights^2 / (s + values), by Lanczos iteration from the surface inwards."""
    n, shells = values.size, np.zeros(values.size, SHELL)
    volume, link, vectors = shells["volume"], shells["link"], [weights / np.linalg.norm(weights)]
    volume[-1], taken = 1.0 / (weights @ weights), 0.0
    for k in range(n - 1, 0, -1):
        now = vectors[-1]
        new = values * now
        link[k - 1] = volume[k] * (now @ new) - taken
        for _ in range(2):
            new = new - sum((v @ new) * v for v in vectors)
        volume[k - 1] = link[k - 1] ** 2 / (volume[k] * (new @ new))
        vectors.append(new / np.linalg.norm(new))
        taken = link[k - 1]
    volume *= 1.0 / (3.0 * volume.sum())  # corrects rounding
    return shells


@lru_cache
def sphere(n, reach=None):
    """Shells of a unit sphere (n,) SHELL, from the inside to the surface.

    reach [D / R2]: rate up to which their response is exact; the higher, the faster the changes of flux they resolve.

    SHELL contains the volume / 4 pi and the outer face area / 4 pi over the distance to the next shell (0 for the
    outermost).
    """
    z = ends = (np.arange(1, POLES + 1) + 0.5) * np.pi
    for _ in range(20):  # tan z = z
        z = ends - np.arctan(1.0 / z)
    return matched(n, z, 0.5, 2.0, reach)


@lru_cache
def slab(n, reach=None):
    """As `sphere`, for a film of unit thickness with a closed inner side; volume scaled to 1/3, that of a sphere."""
    return matched(n, np.arange(1, POLES + 1) * np.pi, 0.0, 6.0, reach)


@lru_cache
def film_nodes(n):
    """Shells of a film of unit thickness that something enters at both faces: points in space, graded to both.

    The first and the last are at the faces.  Of second order in n, whereas `slab` is exact at its last shell only.
    """
    shells, places = np.zeros(n, SHELL), graded_faces(n - 1, 1.0, FILM_STRETCH, "both") if n > 1 else np.zeros(1)
    apart = np.diff(places)
    shells["link"][:-1] = 1.0 / (3.0 * apart)
    shells["volume"] = (np.append(apart, 0.0) + np.append(0.0, apart)) / 6.0 if n > 1 else 1.0 / 3.0
    return shells


@inner
def log_mean(a, b):
    """Mean of two conductivities a, b >= 0, not both 0, for a path between two nodes;  d/da, d/db.

    A conductivity that varies linearly from a to b along the path has the mean (a - b) / ln(a / b).  This rational
    approximation differs by (2/15) z^4 with z = (a - b) / (a + b), and is 0 if a or b is 0.
    """
    s = 1.0 / (a * a + 10.0 * a * b + b * b)
    k = 6.0 * a * b * (a + b) * s
    return (
        k,
        s * (6.0 * b * (2.0 * a + b) - k * (2.0 * a + 10.0 * b)),
        s * (6.0 * a * (2.0 * b + a) - k * (2.0 * b + 10.0 * a)),
    )
