"""Kinds of particle in the volumes of an electrode: its phases, and of each phase its classes of size.

How many classes stand for a distribution follows from the accuracy unless the cell says it.  The rule for a lognormal
one was calibrated with discharges of six packaged sets at C/10 to 8C, with standard deviations of 0.1 to 1 of the
radius in both electrodes: the error fell as SPREAD_ERROR (deviation / classes)^2 or faster, and up to WAVY times that
where the diffusivity goes up and down, by more than SMOOTH in its logarithm.  That of radii of a histogram that are
merged was at most MERGED_ERROR times the variance of their logarithm within classes.
"""

import math
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels.layout import System
from ..parameters import Cell
from ..parameters.catalogue import MOST_CLASSES
from .electrodes import PARTS, is_film, is_metal, materials, phases
from .memo import kept
from .volumes import surface_area

ACCURACY = 1e-3  # default accuracy of the voltage [V rms]
SHARE = 0.35  # fraction of the accuracy for each electrode, for the shells, and for the classes of size
SPREAD_ERROR, MERGED_ERROR = 0.18, 0.3  # V, see above
SMOOTH, WAVY = 3.0, 4.0
FEWEST_CLASSES, ITERATIONS = 2, 100
FURTHEST = 4.0  # standard deviations: beyond are 3e-5 of the surface, and of the volume
WINDOW = np.linspace(0.05, 0.95, 91)  # stoichiometries at which a diffusivity is looked at
AS_NEEDED = "cellsim: as many as the accuracy of a run needs"
CLASSES, HISTOGRAM = "particle size classes", "particle size histogram"
Array = NDArray[Any]


class Kind(NamedTuple):
    """One kind of particle of an electrode."""

    phase: str  # where its quantities are: "negative electrode", or "negative electrode/secondary"
    material: int  # number of its laws in the kernels
    radius: float  # m
    share: float  # of the reacting surface of the electrode


def sizes(cell: Cell, phase: str, accuracy: float = ACCURACY) -> tuple[Array, Array]:
    """Radii [m] of the particles of an electrode or a phase, and their shares of its surface, (classes,) each.

    As many as the cell says, or else as an accuracy [V rms] needs.  The mean of the radii by surface is the particle
    radius of the set, so that surface and lithium are those of particles of that radius: 3 eps / R per volume, and all
    of eps.
    """
    R, histogram, path = cell.mean(f"{phase}/particle radius"), f"{phase}/{HISTOGRAM}", f"{phase}/{CLASSES}"
    classes = int(cell.value(path)) if cell.has(path) else None
    if cell.has(histogram):
        x, y = (np.array(column) for column in cell.law(histogram).table or ((R,), (1.0,)))
        radius, share = merged(x[y > 0.0], y[y > 0.0], classes, SHARE * accuracy / MERGED_ERROR)
    else:
        spread = cell.value(f"{phase}/particle radius standard deviation") / R
        if spread == 0.0:
            return np.array([R]), np.ones(1)
        radius, share = lognormal(spread, classes or classes_for(spread, accuracy / waves(cell, phase)))
    share = share / share.sum()
    return radius * (R / (share @ radius)), share


def of_one_size(cell: Cell, phase: str) -> bool:
    """Whether all particles of an electrode or a phase have the same radius."""
    return not cell.has(f"{phase}/{HISTOGRAM}") and cell.value(f"{phase}/particle radius standard deviation") == 0.0


def waves(cell: Cell, phase: str) -> float:
    """By how much the error of classes of size is larger for how the diffusivity varies, 1 to WAVY."""
    law = cell.law(f"{phase}/particle diffusivity")
    if law.constant:
        return 1.0
    there = np.log(law(WINDOW, cell.value("cell/reference temperature")))
    return 1.0 + min(max(float(np.abs(np.diff(there)).sum()) - SMOOTH, 0.0), WAVY - 1.0)


def classes_for(spread: float, accuracy: float) -> int:
    """Classes for a lognormal distribution of a standard deviation over the mean, for an accuracy [V rms]."""
    needed = math.ceil(min(spread * math.sqrt(SPREAD_ERROR / (SHARE * accuracy)), MOST_CLASSES))
    return max(FEWEST_CLASSES, needed)


@lru_cache(maxsize=64)
def lognormal(spread: float, classes: int) -> tuple[Array, Array]:
    """Radii over any of them, and shares of the surface, of a lognormal distribution by surface, (classes,) each.

    spread: standard deviation over the mean.  Even steps of ln R, from sqrt(classes - 1) standard deviations, FURTHEST
    at most, below the mean, where the surface ends, to as far above the mean by volume, where the volume does; weights
    are the density there, so that a smooth answer has the small error of the trapezoidal rule of a bell curve.  Steps
    are scaled so that mean and standard deviation by surface are those stated.
    """
    square = math.log1p(spread**2)
    s, reach = math.sqrt(square), min(math.sqrt(classes - 1), FURTHEST)
    x = np.linspace(-reach, reach + s, classes)
    share = np.exp(-0.5 * x**2)
    share /= share.sum()
    scale = s
    for _ in range(ITERATIONS if classes > 1 else 0):
        one, two = (share * np.exp(k * scale * (x - x[-1])) for k in (1, 2))
        miss = math.log(two.sum()) - 2.0 * math.log(one.sum()) - square
        step = 0.5 * miss / float(two @ x / two.sum() - one @ x / one.sum())
        step = min(max(step, -0.5 * scale), 0.5 * scale)
        scale -= step
        if abs(step) <= 1e-14 * scale or scale > 4.0 * s:  # of two or three classes that cannot be that far apart
            break
    return np.exp(scale * (x - x[-1])), share


def merged(radius: Array, share: Array, classes: int | None, variance: float) -> tuple[Array, Array]:
    """Radii [m] and shares of the surface of a histogram with neighbours merged, (classes,) each.

    Merged classes have the surface and the volume of both.  The pair that raises the variance of ln R within classes
    least goes first, by the mean of shares of surface and volume: until there are so many classes, or if none are
    stated for as long as that variance is at most `variance`.
    """
    surface, volume, within = share / share.sum(), share * radius / (share @ radius), 0.0
    while surface.size > (classes or FEWEST_CLASSES):
        x, w = np.log(volume / surface), 0.5 * (surface + volume)
        rise = np.diff(x) ** 2 * w[1:] * w[:-1] / (w[1:] + w[:-1])
        k = int(np.argmin(rise))
        within += float(rise[k])
        if classes is None and within > variance:
            break
        begins = np.delete(np.arange(surface.size), k + 1)
        surface, volume = (np.add.reduceat(a, begins) for a in (surface, volume))
    return volume / surface * (share @ radius) / share.sum(), surface


@cache
def _left_open(accuracy: float) -> Any:
    """A function (cell, T) that returns the classes for an accuracy where the cell states none, by path."""

    def make(cell: Cell, T: None) -> dict[str, float]:
        found = {}
        for part in PARTS:
            for phase in () if is_metal(cell, part) or is_film(cell, part) else phases(cell, part):
                if cell.has(f"{phase}/{CLASSES}"):
                    continue
                many = sizes(cell, phase, accuracy)[0].size
                if many > 1 or cell.has(f"{phase}/{HISTOGRAM}"):
                    found[f"{phase}/{CLASSES}"] = float(many)
        return found

    return make


def sized(cell: Cell, accuracy: float) -> Cell:
    """The cell with as many classes of size as a run to an accuracy [V rms] has, where it states none itself."""
    return cell if accuracy == ACCURACY else with_classes(cell, accuracy)


def with_classes(cell: Cell, accuracy: float) -> Cell:
    """The cell, stating the number of classes of size that an accuracy [V rms] needs where it states none itself."""
    found = kept(_left_open(accuracy), cell, None)
    return cell.with_(found, source=AS_NEEDED) if found else cell


def sized_as(cell: Cell, other: Cell) -> Cell:
    """The cell with the number of classes of size that another one states, where it states none itself."""
    found = kept(_left_open(ACCURACY), cell, None)
    same = {path: other.value(path) for path in found if other.has(path)}
    return cell.with_(same, source=AS_NEEDED) if same else cell


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
