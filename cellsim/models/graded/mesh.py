"""Graded electrodes on their mesh.

Whatever a volume holds is the integral of the profile over it, and whatever conducts is the integral of its
resistance along the path: mesh and profile need not match.  Layers that jump are nevertheless meshed to their
borders where there are enough volumes, so that jumps cost no accuracy.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...numerics.grids import Layer, graded_faces, graded_layer, layer_on
from ...parameters import Cell
from ...parameters.laws.profile import Profile, averages, share_up_to
from .laws import RADIUS, conductivity_of, efficiency_of, of_electrode, series

Array = NDArray[np.float64]


@lru_cache(maxsize=256)
def layered(n: int, stretch: float, towards: str, borders: tuple[float, ...]) -> Layer:
    """As `numerics.grids.graded_layer`, with faces on all borders if there are as many volumes as layers.

    Every layer has volumes by its share of the grading, one at least.
    """
    if not borders or n <= len(borders):
        return graded_layer(n, stretch, towards)
    fine = graded_faces(64 * n, 1.0, stretch, towards)
    share = np.interp([0.0, *borders, 1.0], fine, np.linspace(0.0, 1.0, fine.size))
    ideal = n * np.diff(share)
    counts = np.maximum(np.floor(ideal).astype(int), 1)
    while counts.sum() != n:
        more = 1 if counts.sum() < n else -1
        lacks = more * (ideal - counts) - np.where((more < 0) & (counts == 1), np.inf, 0.0)
        counts[np.argmax(lacks)] += more
    ends = [0.0, *borders, 1.0]
    s = np.linspace(0.0, 1.0, fine.size)
    faces = [
        np.interp(np.linspace(a, b, m + 1), s, fine)[:-1] for a, b, m in zip(share[:-1], share[1:], counts, strict=True)
    ]
    for part, first in zip(faces, ends, strict=False):
        part[0] = first
    return layer_on(np.append(np.concatenate(faces), 1.0))


def faces_of(unit: Layer) -> Array:
    """Relative positions (n + 1,) of the faces of a layer."""
    faces = np.append(0.0, np.cumsum(unit.dx))
    faces[-1] = 1.0
    return faces


def paths_to_means(faces: Array, carried: Any, resistance: Any, laws: Any) -> tuple[Array, Array]:
    """Paths (n,) from the mean potential of a volume to those at its left and right face, per current through the face.

    carried: the current at positions (any array) where the reaction is spread as the active material is, and
    resistance: a function of the values of `laws`.  As `numerics.grids.points`, which is that of a uniform electrode:
    means are exact for this current, others are approximated to second order.  0 where no current passes a face.
    """
    place, h, at_faces = Profile(expression="x"), np.diff(faces), carried(faces)

    def means(arm: Any) -> Array:
        def moved(s: Any, *values: Any) -> Any:
            k = np.clip(np.searchsorted(faces, s) - 1, 0, h.size - 1)
            return arm(s, k) * carried(s) * resistance(*values)

        return averages(faces, (place, *laws), moved)

    with np.errstate(divide="ignore", invalid="ignore"):
        left = means(lambda s, k: faces[k + 1] - s) / at_faces[:-1]
        right = means(lambda s, k: s - faces[k]) / at_faces[1:]
    return np.where(at_faces[:-1] > 0.0, left, 0.0), np.where(at_faces[1:] > 0.0, right, 0.0)


def columns(cell: Cell, part: str, unit: Layer) -> dict[str, Any]:
    """What a graded electrode has on a Layer from its current collector to the separator; arrays (n,).

    eps; tau and sigma, of the whole resistance of a volume; left, right, link, end as of `volumes.paths`;
    active: fraction; per_radius: fraction over particle radius [1/m].
    """
    pores, active, radius = of_electrode(cell, part)
    L, tau_of, sigma_of = cell.value(f"{part}/thickness"), efficiency_of(cell, part), conductivity_of(cell, part)
    faces, ions_at = faces_of(unit), share_up_to(active)
    ions, ways = series(faces, tau_of, (pores,)), series(faces, sigma_of, (pores, active))
    left, right = paths_to_means(faces, ions_at, lambda phi: 1.0 / tau_of(phi), (pores,))
    left[0] = 0.5 * ions[0]  # towards the collector, which no ions enter
    inward, outward = paths_to_means(
        faces, lambda x: 1.0 - ions_at(x), lambda phi, a: 1.0 / sigma_of(phi, a), (pores, active)
    )
    link, end = np.zeros(unit.dx.size), np.zeros(unit.dx.size)
    link[:-1] = 1.0 / (L * (outward[:-1] + inward[1:]))
    end[0] = L * inward[0]
    return {
        "eps": averages(faces, (pores,), lambda phi: phi),
        "tau": unit.dx / ions,
        "sigma": unit.dx / ways,
        "left": L * left,
        "right": L * right,
        "link": link,
        "end": end,
        "active": averages(faces, (active,), lambda a: a),
        "per_radius": averages(faces, (active, radius), lambda a, R: a / R),
    }


def radii(cell: Cell, part: str, side: int, unit: Layer) -> Any:
    """Particle radius [m] of an electrode; (n,) of its volumes where it varies, that of their volume and surface."""
    if cell.is_number(f"{part}/{RADIUS}"):
        return cell.value(f"{part}/{RADIUS}")
    known = columns(cell, part, unit)
    R_p = known["active"] / known["per_radius"]
    return R_p[::-1] if side == 1 else R_p
