"""Kinds of particle in the volumes of an electrode: its phases, and of each phase its classes of size."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels.layout import System
from ..parameters import Cell
from .electrodes import PARTS, is_film, is_metal, materials, phases
from .memo import kept
from .volumes import surface_area

Array = NDArray[Any]


class Kind(NamedTuple):
    """One kind of particle of an electrode."""

    phase: str  # where its quantities are: "negative electrode", or "negative electrode/secondary"
    material: int  # number of its laws in the kernels
    radius: float  # m
    share: float  # of the reacting surface of the electrode


def sizes(cell: Cell, phase: str) -> tuple[Array, Array]:
    """Radii [m] of the particles of an electrode or a phase, and their shares of its surface, (classes,) each.

    A lognormal distribution by surface stands as the nodes and weights of Gauss-Hermite quadrature in the logarithm of
    the radius; a histogram as it is.  The mean of the radii by surface is the particle radius of the set, so that
    surface and lithium are those of particles of that radius: 3 eps / R per volume, and all of eps.
    """
    R, path = cell.mean(f"{phase}/particle radius"), f"{phase}/particle size histogram"
    if cell.has(path):
        x, y = cell.law(path).table or ((R,), (1.0,))
        radius, share = np.array(x)[np.array(y) > 0.0], np.array(y)[np.array(y) > 0.0]
    else:
        spread = cell.value(f"{phase}/particle radius standard deviation") / R
        if spread == 0.0:
            return np.array([R]), np.ones(1)
        node, share = np.polynomial.hermite_e.hermegauss(int(cell.value(f"{phase}/particle size classes")))
        radius = np.exp(np.sqrt(np.log1p(spread**2)) * node)
    share = share / share.sum()
    return radius * (R / (share @ radius)), share


def kinds_of(cell: Cell, part: str) -> tuple[Kind, ...]:
    """The kinds of particle of an electrode; () of lithium metal."""
    if is_metal(cell, part):
        return ()
    number, found = materials(cell), phases(cell, part)
    if is_film(cell, part):
        return (Kind(part, number.index(part), cell.value(f"{part}/thickness"), 1.0),)
    whole = surface_area(cell, part) if len(found) > 1 else 1.0
    return tuple(
        Kind(one, number.index(one), radius, of_phase * share)
        for one in found
        for of_phase in (surface_area(cell, one) / whole if len(found) > 1 else 1.0,)
        for radius, share in zip(*(x.tolist() for x in sizes(cell, one)), strict=True)
    )


def kinds(cell: Cell) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """Those of the negative and of the positive electrode."""
    found: tuple[tuple[Kind, ...], tuple[Kind, ...]] = kept(_both, cell, None)
    return found


def counts_of_kinds(cell: Cell) -> dict[str, int]:
    """COUNTS of a cell with several kinds of particle in an electrode; {} of others."""
    many = [len(of_side) for of_side in kinds(cell)]
    if max(many) == 1:
        return {}
    return {"kinds": max(many), "sweeps": max(many[0], 1) + many[1], "materials": len(materials(cell))}


def _both(cell: Cell, T: None) -> tuple[tuple[Kind, ...], ...]:
    return tuple(kinds_of(cell, part) for part in PARTS)


def held_by(sys: System, side: int) -> Array:
    """Share of each kind of particle in the lithium that an electrode can hold (kinds,); adds up to 1."""
    i = int(np.argmax(sys.volume["side"] == side))
    first, many = sys.volume["particle"][i], sys.volume["kinds"][i]
    grain = sys.grain[first : first + many]
    held = grain["share"] * grain["R_p"] / grain["rate"] if many > 1 else np.ones(1)
    return np.asarray(held / held.sum())
