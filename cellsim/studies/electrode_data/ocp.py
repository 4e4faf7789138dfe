"""Open-circuit potentials from half-cell data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...parameters import Cell, load
from ...parameters.laws.law import X_RANGE
from ...parameters.laws.sampling import monotone, refined
from ...support.arguments import chosen, number, numbers
from ...support.arguments import text as text_of
from ...support.renamed import by_name
from .monotone import Array, falling, scatter_of

PARTS = {"positive": "positive electrode", "negative": "negative electrode"}
OCP = "open-circuit potential"
ENDS = ("minimum stoichiometry", "maximum stoichiometry")
WANTED = "give (stoichiometry, voltage), two arrays, or a list of two such pairs: lithiation and delithiation"
LEAST_POINTS = 20
AIM = 2e-5  # V: error of the table of the fitted curve
MOST_POINTS, FIRST = 600, 33
SHARES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class FittedPotential:
    """An open-circuit potential from data.

    cell: with the potential, marked as fitted.  electrode: "positive" or "negative".  x, voltage (n,): the points that
    were fitted, the mean of both directions where there are two.  residual (n,): points less the law of the cell [V];
    rms, largest: of it [V].  scatter [V]: that the points were taken to have.  gap [V]: half the difference of both
    directions, mean over x, or 0; largest_gap likewise.  extended: what of the law lies beyond the points, in words.
    """

    cell: Cell
    electrode: str
    x: Array = field(repr=False)
    voltage: Array = field(repr=False)
    residual: Array = field(repr=False)
    scatter: float
    gap: float
    largest_gap: float
    extended: str

    @property
    def rms(self) -> float:
        """Of the residual [V]."""
        return float(np.sqrt(np.mean(self.residual**2)))

    @property
    def largest(self) -> float:
        """Of the residual, in magnitude [V]."""
        return float(np.abs(self.residual).max())

    def __str__(self) -> str:
        lines = [
            f"{self.electrode} open-circuit potential of {self.cell.name}, {self.x.size} points from "
            f"x = {self.x[0]:.4g} to {self.x[-1]:.4g}: {1e3 * self.rms:.2g} mV rms and {1e3 * self.largest:.2g} mV at "
            "most from them"
        ]
        if self.gap:
            lines.append(
                f"  mean of both directions, which are {2e3 * self.gap:.3g} mV apart on the average, "
                f"{2e3 * self.largest_gap:.3g} mV at most"
            )
        return "\n".join([*lines, *([f"  {self.extended}"] if self.extended else [])])

    def plot(self, path: "str | PathLike[str] | None" = None) -> Any:
        """Points, law and residual; saved to `path` if given."""
        from .plots import plot_potential

        return plot_potential(self, path)


@by_name
def fit_ocp(cell: Any, electrode: str, curves: Any, *, source: str, scatter: float | None = None) -> FittedPotential:
    """Fit the open-circuit potential of an electrode to slow half-cell curves, and put it into the cell.

    cell: a `Cell`, or the name or path of one.  electrode: "positive" or "negative".
    curves: (x, U) with stoichiometries x (n,) in any order and potentials U (n,) against lithium [V]; or two of them,
    one in each direction, of which the mean is fitted where both are, and the gap reported.
    source: where the data are from, a citation; it becomes the source of the law.
    scatter [V]: standard deviation of the points; from the points themselves unless given.

    The law falls, as a potential does: a cubic spline that is as smooth as the scatter allows, stated as a table of
    monotone cubics within 0.02 mV of it.  Where the points do not reach the ends of the electrode's window it goes on
    along its end tangents, which the record says.  The windows of the cell follow its lithium and cut-off voltages, as
    in `Cell.with_`.  Raises ParameterError.
    """
    loaded = load(cell)
    part = PARTS[chosen("fit_ocp: electrode", electrode, PARTS, ParameterError)]
    citation = text_of("fit_ocp: source", source, "give a citation, as text", ParameterError).strip()
    if loaded.text(f"{part}/type") == "lithium metal":
        raise ParameterError(f"fit_ocp: the {part} of {loaded.name} is lithium metal, which has no such potential")
    wanted = "give volts above 0, such as 0.001"
    given = number("fit_ocp: scatter", scatter, wanted, above=0.0, high=1.0, none=True, error=ParameterError)
    x, U, gaps = _points(curves)
    spread = scatter_of(U) if given is None else given
    smooth = falling(x, U, spread)
    span = tuple(loaded.value(f"{part}/{end}") for end in ENDS)
    table, longer, extended = _table(smooth.curve, x, (span[0], span[1]))
    left = U - monotone(*table, x)
    rms, most = np.sqrt(np.mean(left**2)), np.abs(left).max()
    words = [
        f"{citation}; {x.size} points smoothed by cellsim, {1e3 * rms:.2g} mV rms and {1e3 * most:.2g} mV at most off"
    ]
    words += [f"mean of both directions, {2e3 * np.mean(gaps):.3g} mV apart"] if gaps.size else []
    words += [extended] if extended else []
    varied = loaded.with_({f"{part}/{OCP}": longer}, method="fitted", source="; ".join(words))
    made = _within(varied, part, table)
    apart = (float(np.mean(gaps)), float(np.max(gaps))) if gaps.size else (0.0, 0.0)
    return FittedPotential(made, electrode, x, U, left, spread, *apart, extended)


def _points(curves: Any) -> tuple[Array, Array, Array]:
    """Stoichiometries, rising, potentials there, and half of the gap between two directions, or none."""
    pair = curves if isinstance(curves, tuple | list) and len(curves) == 2 else ()
    if len(pair) == 2 and all(np.ndim(part) == 1 for part in pair):
        x, U = _curve("curves", *pair)
        return x, U, np.zeros(0)
    if len(pair) != 2 or any(not isinstance(part, tuple | list) or len(part) != 2 for part in pair):
        raise ParameterError(f"fit_ocp: curves: {WANTED}")
    first, second = (_curve(f"curves, number {k}", *part) for k, part in enumerate(pair, 1))
    low, high = max(first[0][0], second[0][0]), min(first[0][-1], second[0][-1])
    if not low < high:
        raise ParameterError("fit_ocp: curves: both directions have no stoichiometries in common")
    x = first[0][(first[0] >= low) & (first[0] <= high)]
    if x.size < LEAST_POINTS:
        raise ParameterError(f"fit_ocp: curves: {x.size} points where both directions are; give {LEAST_POINTS} or more")
    one, two = np.interp(x, *first), np.interp(x, *second)
    return x, 0.5 * (one + two), 0.5 * np.abs(two - one)


def _curve(name: str, x: Any, U: Any) -> tuple[Array, Array]:
    """One direction, with rising stoichiometries, each once."""
    wanted = f"give stoichiometries from 0 to 1, {LEAST_POINTS} or more"
    x = numbers(f"fit_ocp: {name}: x", x, wanted, low=0.0, high=1.0, least=LEAST_POINTS, error=ParameterError)
    U = numbers(f"fit_ocp: {name}: voltage", U, "give volts against lithium", low=-1.0, high=10.0, error=ParameterError)
    if x.size != U.size:
        raise ParameterError(f"fit_ocp: {name}: {x.size} stoichiometries and {U.size} potentials; give as many of both")
    at, which, many = np.unique(x, return_inverse=True, return_counts=True)
    mean = np.bincount(which, U) / many
    if at.size < LEAST_POINTS:
        raise ParameterError(f"fit_ocp: {name}: {at.size} different stoichiometries; give {LEAST_POINTS} or more")
    if not mean[-1] < mean[0]:
        raise ParameterError(
            f"fit_ocp: {name}: the potential goes from {mean[0]:.4g} V at x = {at[0]:.3g} to {mean[-1]:.4g} V at "
            f"x = {at[-1]:.3g}; x is the lithium in the electrode, with which its potential falls"
        )
    return at, mean


def _within(cell: Cell, part: str, table: tuple[Array, Array]) -> Cell:
    """The cell with the potential known where it was measured only; beyond, a law goes on along its end tangents."""
    raw, (x, U) = cell.to_json(), table
    record = raw[part][OCP]
    note = (
        f"{x.size} points, interpolated by monotone cubics; beyond x = {x[0]:.4g} to {x[-1]:.4g} along its end tangents"
    )
    table_of = {"x": x.tolist(), "y": U.tolist()}
    raw[part][OCP] = record | {"table": table_of, "range": [float(x[0]), float(x[-1])], "note": note}
    return Cell.from_json(raw, cell.name, cell.path, f"fit_ocp of {cell.name}")


Table = tuple[Array, Array]


def _table(curve: Callable[[Array], Array], x: Array, window: tuple[float, float]) -> tuple[Table, Table, str]:
    """Points of the law, the same to the ends of the window along its tangents, and what was added in words."""
    at, U, _ = refined(
        curve,
        np.linspace(x[0], x[-1], FIRST),
        monotone,
        lambda true, _: AIM,
        shares=SHARES,
        most=MOST_POINTS,
        in_part=True,
    )
    longer, words = (at, U), []
    for k, end in ((0, max(window[0], X_RANGE[0])), (-1, min(window[1], X_RANGE[1]))):
        if (end < at[0]) if k == 0 else (end > at[-1]):
            a, b = (0, 1) if k == 0 else (-2, -1)
            slope = min((U[b] - U[a]) / (at[b] - at[a]), 0.0)
            ends = (end, at[0]) if k == 0 else (at[-1], end)
            words.append(f"from x = {ends[0]:.4g} to {ends[1]:.4g} along its tangent, not measured")
            place = 0 if k == 0 else longer[0].size
            longer = np.insert(longer[0], place, end), np.insert(longer[1], place, U[k] + slope * (end - at[k]))
    return (at, U), longer, "; ".join(words)
