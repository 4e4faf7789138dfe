"""Finite volumes on a line and in a sphere."""
from functools import lru_cache
from typing import Annotated, NamedTuple

import numpy as np

from ..support.compile import inner
from .fields import Field, dtype_of


def graded_faces(n, length, stretch, towards="right"):
    """n + 1 faces on [0, length], spacing shrinking smoothly towards "left", "right" or "both" ends.

    stretch = 0 is uniform; the ratio of the widest to the narrowest volume is about exp(stretch).
    """
    s = np.linspace(0.0, 1.0, n + 1)
    if stretch == 0.0:
        return length * s
    grade = lambda u: np.expm1(-stretch * u) / np.expm1(-stretch)  # noqa: E731
    if towards == "both":
        return 0.5 * length * (1.0 + np.sign(s - 0.5) * grade(np.abs(2.0 * s - 1.0)))
    return length * (grade(s) if towards == "right" else 1.0 - grade(1.0 - s))


def points(faces):
    """Where in volumes between faces (n + 1,) from 0 on their averages belong: distances (n,) to either face.

    Nothing flows through the first face and what flows grows evenly from there on, as current and salt do
    in an electrode that reacts evenly: the distances are those that make its profile a + b x2 exact.  Others
    are of second order.
    """
    a, b, c = faces[:-2], faces[1:-1], faces[2:]
    apart = (c - a) * (a + b + c) / (6.0 * b)  # difference of averages of x2, over its slope 2 x in between
    share = (b - a) / (c - a)
    h = np.diff(faces)[[0, -1]]
    return (np.concatenate([[0.5 * h[0]], (1.0 - share) * apart]),
            np.concatenate([share * apart, [0.5 * h[1] - h[1] ** 2 / (6.0 * faces[-1])]]))


class Layer(NamedTuple):
    """Volumes of a layer of unit thickness from a closed end to an open one; arrays (n,)."""

    dx: np.ndarray
    left: np.ndarray  # distances of `points` for what enters at the open end and does not leave at the closed one
    right: np.ndarray
    inward: np.ndarray  # the same of what enters at the closed end: to the left, and to the right
    outward: np.ndarray


@lru_cache
def graded_layer(n, stretch, towards="right") -> Layer:
    """A layer of n volumes graded as `graded_faces` says; shared, not to be written to."""
    faces = graded_faces(n, 1.0, stretch, towards)
    left, right = points(faces)
    outward, inward = points(1.0 - faces[::-1])
    found = Layer(np.diff(faces), left, right, inward[::-1].copy(), outward[::-1].copy())
    for array in found:
        array.flags.writeable = False
    return found


class Shell:
    """A shell of a unit sphere, or of a film of unit thickness."""

    volume: Annotated[float, Field("", "volume over 4 pi")]
    link: Annotated[float, Field("", "face area over 4 pi and the distance to the next shell outwards; of the last 0")]


SHELL = dtype_of(Shell)


FIRST_SHIFT, SPREAD = 3.0, 10.0  # lowest rate at which n are, and how far on, over n, the next ones lie
POLES, BUNCHES, GROWTH = 128, 256, 1.05  # of the exact answer taken one by one, then in ever larger bunches


def shifts(n, reach=None):
    """The n - 1 rates at which n shells are matched, from FIRST_SHIFT on; the next one would be `reach`.

    Without one they are as far apart as SPREAD says.
    """
    ratio = 1.0 + SPREAD / n if reach is None or n == 1 else (reach / FIRST_SHIFT) ** (1.0 / (n - 1))
    return FIRST_SHIFT * ratio ** np.arange(n - 1.0)


def matched(n, roots, offset, residue, reach=None):
    """n shells that take up a flux through their surface as a body does of which the exact answer is known.

    That is 3 / s + sum of residue / (s + z^2), over a rate s and with D = 1; its z are `roots` and go on as
    (k + offset) pi.  The last shell is at the surface.  The shells' own answer is the continued fraction of
    their volumes and links.  It agrees at s = 0 and, with its slope, at n - 1 rates, as the body's equations are
    projected on its answers there: every shell more divides the error, which falls like 1 / n^2 for graded ones.
    Optimal grids: Druskin and Knizhnerman, SIAM J. Numer. Anal. 37 (2000) 403.
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
    """Shells (n,) whose answer is the sum of weights^2 / (s + values), by Lanczos' method from the surface inwards."""
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
    volume *= 1.0 / (3.0 * volume.sum())  # which it is but for rounding
    return shells


@lru_cache
def sphere(n, reach=None):
    """Shells of a unit sphere (n,), inside to outside; the last one is at the surface.

    reach [D / R2]: rate up to which they answer as the sphere does, if not that of their number alone; the higher,
    the sooner they follow a change of flux.

    SHELL holds the volume / 4 pi of each and the face area / 4 pi over a distance between neighbours outside it
    (0 for the outermost).
    """
    z = ends = (np.arange(1, POLES + 1) + 0.5) * np.pi
    for _ in range(20):  # tan z = z
        z = ends - np.arctan(1.0 / z)
    return matched(n, z, 0.5, 2.0, reach)


@lru_cache
def slab(n, reach=None):
    """As `sphere`, of a film of unit thickness, closed inside: in thirds, the volume of a sphere."""
    return matched(n, np.arange(1, POLES + 1) * np.pi, 0.0, 6.0, reach)


@inner
def log_mean(a, b):
    """Mean conductivity between two points of conductivities a and b >= 0, not both 0;  d/da, d/db.

    In series, what changes evenly from a to b conducts like (a - b) / ln(a / b).  This is a rational function
    that differs from it by (2/15) z^4 with z = (a - b) / (a + b), and vanishes where either end insulates.
    """
    s = 1.0 / (a * a + 10.0 * a * b + b * b)
    k = 6.0 * a * b * (a + b) * s
    return k, s * (6.0 * b * (2.0 * a + b) - k * (2.0 * a + 10.0 * b)), s * (
        6.0 * a * (2.0 * b + a) - k * (2.0 * b + 10.0 * a))
