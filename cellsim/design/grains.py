"""Grains of a solid electrolyte: how large the clusters are that the particles between them form."""

import os

import numpy as np

from ..errors import ParameterError
from ..models.electrodes import PARTS, POSITIVE, is_composite, is_film, is_metal
from ..models.kinds import Array, sizes
from ..parameters import Cell, load
from ..parameters.catalogue import SURFACE
from ..support.arguments import chosen, number
from ..support.renamed import by_name

RADIUS, SPREAD, HISTOGRAM = (f"particle {what}" for what in ("radius", "radius standard deviation", "size histogram"))
ACTIVE, ELECTROLYTE = "active material volume fraction", "electrolyte volume fraction"
LEAST = 1e-6  # share of the volume of a class that counts
APART = 1e-9  # relative difference of two radii that stand for one


def cluster_radius(active: float, electrolyte: float, grain_radius: float) -> float:
    """Radius [m] of particles with as much surface as the grains of the electrolyte around them have.

    active, electrolyte: volume fractions; grain_radius [m]: by surface.  3 active / R = 3 electrolyte / grain_radius.
    """
    return grain_radius * active / electrolyte


def clusters(radius: Array, share: Array, least: float) -> tuple[Array, Array]:
    """Radii [m] and shares of the surface where no particle acts as a smaller one than `least`; (classes,) each.

    The shares of the volume stay those of the particles; radii that become equal are one class.  Classes with less than
    LEAST of the volume, of which a lognormal distribution has some at absurd radii, are left out.
    """
    volume = share * radius / (share @ radius)
    radius, volume = radius[volume >= LEAST], volume[volume >= LEAST]
    acting = np.maximum(radius, least)
    surface = volume / acting
    found, which = np.unique(acting, return_inverse=True)
    shares = np.bincount(which, surface)
    return found, shares / shares.sum()


@by_name
def with_grains(cell: str | os.PathLike[str] | Cell, grain_radius: float, part: str = POSITIVE) -> Cell:
    """The cell with particles that react and fill as clusters where its electrolyte's grains leave no finer contact.

    cell: as for `load`.  grain_radius [m]: radius of the grains of the solid electrolyte in the electrode `part`, by
    surface.  Particles cannot touch more electrolyte than the grains have surface: those that are smaller than
    grain_radius * active / electrolyte, by volume fractions, act as clusters of that radius, with the reacting surface
    and the diffusion length of such spheres.  Particles that are larger stay as they are, and so does the capacity at
    rest.  A distribution of sizes becomes a histogram.  Where no particle is smaller the cell is returned as it is.

    The law is cellsim's own, an upper bound of the surface by geometry; it stands against Minnmann's composites in
    `cellsim validate minnmann-grains`.  Raises ParameterError: for lithium metal, films, electrodes of several
    materials, and fractions that vary over the electrode.
    """
    r = number("grain_radius", grain_radius, "give metres, 1e-8 to 1e-4", low=1e-8, high=1e-4, error=ParameterError)
    chosen("with_grains: part", part, PARTS, ParameterError)
    cell = load(cell)
    if is_metal(cell, part) or is_film(cell, part) or is_composite(cell, part):
        raise ParameterError(
            f"{cell.name}: with_grains: the {part} does not consist of particles of one material; give one that does"
        )
    if cell.has(f"{part}/{SURFACE}"):
        raise ParameterError(
            f"{cell.name}: with_grains: the {part} states its {SURFACE}, which clusters have not; remove it"
        )
    least = cluster_radius(cell.value(f"{part}/{ACTIVE}"), cell.value(f"{part}/{ELECTROLYTE}"), r)
    cell.value(f"{part}/{RADIUS}")  # a radius that varies is refused
    particles = sizes(cell, part)
    if least <= particles[0].min():
        return cell
    radius, share = clusters(*particles, least)
    changes: dict[str, object] = {f"{part}/{RADIUS}": float(share @ radius), f"{part}/{SPREAD}": 0.0}
    if radius.size > 1:
        changes[f"{part}/{HISTOGRAM}"] = (radius, share)
    elif cell.has(f"{part}/{HISTOGRAM}"):
        changes[f"{part}/{HISTOGRAM}"] = ([radius[0], radius[0] * (1.0 + APART)], [0.5, 0.5])
    return cell.with_(changes, source=f"cellsim: clusters between grains of the electrolyte of {r:.4g} m")
