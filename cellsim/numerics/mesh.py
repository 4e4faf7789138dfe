"""Finite volumes on a line and in a sphere."""
import numpy as np

from .._jit import inner


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


SHELL = np.dtype([("volume", "f8"), ("link", "f8")])


def sphere(n, stretch):
    """Shells of a unit sphere graded towards the surface.

    Returns (shells, half): an array (n,) of SHELL with the volume / 4 pi of each shell and the face
    area / 4 pi over a distance between neighbours outside it (0 for the outermost); and a distance
    from the last shell to the surface.  The distances are those that make the profile a + b r2
    exact, to which every sphere under constant flux tends: differences of the shells' averages of
    r2, over its slope 2 r at the face between them.
    """
    r = graded_faces(n, 1.0, stretch)
    shells = np.zeros(n, SHELL)
    shells["volume"] = (r[1:] ** 3 - r[:-1] ** 3) / 3.0
    square = (r[1:] ** 5 - r[:-1] ** 5) / (5.0 * shells["volume"])
    shells["link"][:-1] = 2.0 * r[1:-1] ** 3 / np.diff(square)
    return shells, float(0.5 * (1.0 - square[-1]))


@inner
def conductance(k_l, h_l, k_r, h_r):
    """Two half volumes in series, of conductivities k and lengths h;  d/dk_l, d/dk_r.

    One of them may be an insulator.
    """
    q = 1.0 / (h_l * k_r + h_r * k_l)
    a, b = q * k_r, q * k_l
    return a * k_l, h_l * a * a, h_r * b * b
