"""The ageing of another cell in proportion to capacity.

A film grows per surface of particles, and that of a set follows from the radius of a model, not from a measurement:
what was measured is the share of its capacity that the other cell lost.  So the film is lent in proportion to capacity;
at the same growth per surface a Leaf, of whose set the particles are half as large, would age eight times as fast.
"""

from ..cell import Cell
from ..load import load
from .overlay import with_overlay

# for liquid cells, with the set of the cell that they are of; they state activation energies, unlike safari2009
OVERLAYS = {"kirkaldy2024": "lgm50_chen2020", "okane2022": "lgm50_chen2020"}
DIFFUSIVITY = "negative electrode/SEI solvent diffusivity"


def lent(cell: Cell, overlay: str) -> Cell:
    """A cell with the ageing of another one, whose film takes as much per capacity as it does there.

    A film that diffusion limits takes the surface times the root of the diffusivity.  Raises ParameterError: the
    overlay applies to no electrode of the cell.
    """
    aged = with_overlay(cell, overlay)
    ratio = _surface(load(OVERLAYS[overlay])) / _surface(cell)
    return aged.with_({DIFFUSIVITY: aged.value(DIFFUSIVITY) * ratio**2})


def _surface(cell: Cell) -> float:
    """Surface of the particles of the negative electrode per nominal capacity [m2/A.h]."""
    share, radius, thickness = (
        cell.mean(f"negative electrode/{key}")
        for key in ("active material volume fraction", "particle radius", "thickness")
    )
    return 3.0 * share / radius * thickness * cell.value("cell/electrode area") / cell.value("cell/nominal capacity")
