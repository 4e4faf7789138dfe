"""Kinds of particle in the volumes of an electrode: its phases, and of each phase its classes of size."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels.layout import System
from ..parameters import Cell
from .electrodes import PARTS, is_film, is_metal, materials, phases
from .volumes import surface_area


class Kind(NamedTuple):
    """One kind of particle of an electrode."""

    phase: str  # where its quantities are: "negative electrode", or "negative electrode/secondary"
    material: int  # number of its laws in the kernels
    radius: float  # m
    share: float  # of the reacting surface of the electrode


def kinds_of(cell: Cell, part: str) -> tuple[Kind, ...]:
    """The kinds of particle of an electrode; () of lithium metal."""
    if is_metal(cell, part):
        return ()
    number, found = materials(cell), phases(cell, part)
    if len(found) == 1:
        length = "thickness" if is_film(cell, part) else "particle radius"
        return (Kind(found[0], number.index(found[0]), cell.mean(f"{found[0]}/{length}"), 1.0),)
    whole = surface_area(cell, part)
    return tuple(
        Kind(one, number.index(one), cell.value(f"{one}/particle radius"), surface_area(cell, one) / whole)
        for one in found
    )


def kinds(cell: Cell) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """Those of the negative and of the positive electrode."""
    return kinds_of(cell, PARTS[0]), kinds_of(cell, PARTS[1])


def held_by(sys: System, side: int) -> NDArray[Any]:
    """Share of each kind of particle in the lithium that an electrode can hold (kinds,); adds up to 1."""
    i = int(np.argmax(sys.volume["side"] == side))
    first, many = sys.volume["particle"][i], sys.volume["kinds"][i]
    grain = sys.grain[first : first + many]
    held = grain["share"] * grain["R_p"] / grain["rate"] if many > 1 else np.ones(1)
    return np.asarray(held / held.sum())
