"""Laws of a cell with variable temperature, tabulated for the kernels.

A tabulated law equals the isothermal law exactly at the initial temperature, and elsewhere to a tested bound: 1e-3,
relative or of the error scales in `materials`; 3 % within 0.3 K of a kink in temperature.  `materials` determines the
structure of each law; nothing is fitted over the whole range.  Temperature factors are tabulated every kelvin or less,
with the initial temperature as a knot.  The functions of x that they multiply do not depend on the initial
temperature, and are reused.  Laws that depend on x and T jointly are approximated by `mixed`.  The temperature range
of a run is the range in which all laws are accurate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Any, NoReturn

import numpy as np

from ...errors import ParameterError
from ...kernels.layout import Laws
from ...numerics.table import KNOTS, Table, integral, joined, pieces, slopes
from ...parameters import Cell
from ...parameters.laws.law import X_RANGE
from ..electrodes import PARTS, materials
from ..memo import kept
from .electrons import follows
from .mixed import CLOSE, KINKED, Fault, Mixed
from .tables import DILUTE, salt_range
from .temperature import BULK, LINE, MIXED, Material, electrons, salt, solid

COLDER, WARMER = 60.0, 90.0  # range of the laws below and above the initial temperature [K]
COLDEST, WARMEST = 180.0, 480.0  # absolute limits of this range [K]
BESIDE = 5.0  # range for initial temperatures outside the absolute limits [K]
EVERY = (1.0, CLOSE), (0.25, KINKED)  # spacing of knots of factors [K], error bound
FEWEST = 5  # knots of a table
SPARE = 64  # columns for further initial temperatures in a table with mixed laws
LIKELY = (0.1, 2.5)  # usual salt concentrations in runs, over the initial one


def widest(T: float) -> tuple[float, float]:
    """Largest temperature range of the laws of a run that starts at T [K]."""
    return max(T - COLDER, min(COLDEST, T - BESIDE)), min(T + WARMER, max(WARMEST, T + BESIDE))


@dataclass(frozen=True, eq=False)
class Entry:
    """The part of a law that is independent of the initial temperature; compared by identity.

    columns: (intervals, 1 or 2, 4), None for a mixed law; base: temperature [K] with factor(base) = 1, if there is a
    factor.
    """

    material: Material
    base: float
    factor: Callable | None
    columns: np.ndarray | None
    mixed: Mixed | None


def _knots(cell: Cell, of_root: bool) -> Any:
    """Ends of a table, its knots, which of them are in the usual range, and a function that formats a knot."""
    if not of_root:
        return X_RANGE, np.linspace(*X_RANGE, KNOTS), np.ones(KNOTS, bool), lambda x: f"x = {x:.4g}"
    lo, hi = salt_range(cell)
    ends = DILUTE * np.sqrt(lo), np.sqrt(2.0 * hi)
    x = np.linspace(*ends, KNOTS)
    share = x * x / cell.value("electrolyte/initial concentration")
    likely = (share > LIKELY[0]) & (share < LIKELY[1])
    return ends, x, likely, lambda x: f"c = {min(max(x * x, lo), hi):.4g} mol/m3"


def _factor(cell: Cell, material: Any, base: float) -> Any:
    """The factor of a law, normalised to 1 at the temperature `base`."""
    if material.factor is None:
        return None
    at_base = float(material.factor(np.array([base]))[0])
    if not np.isfinite(at_base) or at_base == 0.0:
        raise ParameterError(
            f"{cell.name}: a factor of {material.name} is {at_base:g} at the ambient temperature, "
            f"{base:g} K; give a law that is finite there and not 0"
        )
    return lambda T: material.factor(np.asarray(T, float)) / at_base


def _entry(make: Any, of_root: bool) -> Any:
    """A function (cell, _) that returns the Entry of a law."""

    def entry(cell: Cell, _: Any) -> Any:
        material, base = make(cell), cell.value("cell/ambient temperature")
        _, x, likely, where = _knots(cell, of_root)
        factor, y = _factor(cell, material, base), material.density(base)(x)
        if material.kind == MIXED:
            return Entry(material, base, factor, None, Mixed(material, x, likely, factor, where))
        if material.summed:
            y = integral(x, y)
        y = np.stack([y, material.slope(x)], axis=1) if material.kind == LINE else y[:, None]
        return Entry(material, base, factor, pieces(y), None)

    return entry


BULK_ENTRIES = tuple(_entry(make, True) for make in BULK)


@cache
def _solid_entries(part: str) -> Any:
    return tuple(_entry(make, False) for make in solid(part))


@cache
def _electronic_entry(part: str) -> Any:
    return _entry(electrons(part), False)


@cache
def _salt_entry(part: str) -> Any:
    return _entry(salt(part), True)


def met(y: Any, begin: Any, bound: float) -> Any:
    """Range of knots around the knot `begin` in which cubics reproduce y (2 knots - 1, n), at knots and midpoints.

    bound: on the relative error.  Returns the first and the last knot, and the column that limits the range at either
    end, or None.
    """
    at, middle = y[::2], y[1::2]
    d = slopes(np.where(np.isfinite(at), at, 0.0))
    with np.errstate(all="ignore"):
        off = np.abs(0.5 * (at[1:] + at[:-1]) + 0.125 * (d[:-1] - d[1:]) - middle) / middle
        sound = (off <= bound) & (at[1:] > 0.0) & (at[:-1] > 0.0) & (middle > 0.0)
    good, first, last = sound.all(axis=1), begin, begin
    while first > 0 and good[first - 1]:
        first -= 1
    while last < good.size and good[last]:
        last += 1
    bad = lambda k: int(np.argmin(sound[k])) if 0 <= k < good.size else None  # noqa: E731
    return first, last, bad(first - 1), bad(last)


@dataclass(frozen=True)
class Reach:
    """Temperature range [K] of the laws of a run, and the reasons for its limits: a sentence, or None."""

    lo: float
    hi: float
    colder: str | None
    warmer: str | None


def _refuse(cell: Cell, T: float, reason: str) -> NoReturn:
    raise ParameterError(
        f"{cell.name}: {reason}, where a run with heat from {T:g} K begins; give a law that is finite "
        "and continuous there, or start at another temperature"
    )


def _spans(cell: Cell, T: float, entries: Any) -> Any:
    """Nodes of the mixed laws by number, and the Reach of all of them."""
    nodes, (lo, hi), below, above = {}, widest(T), None, None
    for k, entry in enumerate(entries):
        if entry.mixed is None:
            continue
        sentence = entry.mixed.sentence
        try:
            entry.mixed.values(T)
        except Fault as fault:
            _refuse(cell, T, sentence(fault))
        found, low, high = entry.mixed.span(T, lo, hi)
        if len(found) == 1:
            _refuse(cell, T, sentence(low))
        nodes[k] = found
        if low is not None and found[0] > lo:
            lo, below = found[0], sentence(low)
        if high is not None and found[-1] < hi:
            hi, above = found[-1], sentence(high)
    return nodes, Reach(lo, hi, below, above)


def _grid(T: float, reach: Any, every: float) -> Any:
    """Temperatures at knots and midpoints, with T as a knot, and the number of knots below it."""
    before, after = (int(abs(end - T) / every + 1e-9) for end in (reach.lo, reach.hi))
    return T + 0.5 * every * np.arange(-2 * before, 2 * after + 1), before


def _own_factors(cell: Cell, T: float, entries: Any, reach: Any) -> Any:
    """Temperature knots, the factors of expressions at them, and the Reach in which these are accurate."""
    for every, bound in EVERY:
        at, before = _grid(T, reach, every)
        y = np.stack([entry.factor(at) for entry in entries], axis=1) if entries else np.ones((at.size, 0))
        first, last, *ends = met(y, before, bound) if entries else (0, (at.size - 1) // 2, None, None)
        if ends == [None, None]:
            break
    reasons = [reach.colder, reach.warmer]
    for side, (which, knot) in enumerate(zip(ends, (first, last), strict=True)):
        if which is not None:
            reasons[side] = (
                f"{entries[which].material.name} is not finite, changes its sign or changes too fast near "
                f"T = {at[2 * knot]:.5g} K"
            )
    if last - first + 1 < FEWEST:
        _refuse(cell, T, reasons[0] or reasons[1] or f"laws reach from {reach.lo:g} to {reach.hi:g} K only")
    at = at[2 * first : 2 * last + 1 : 2]
    return at, y[2 * first : 2 * last + 1 : 2], Reach(float(at[0]), float(at[-1]), *reasons)


def _factors(cell: Cell, T: float, entries: Any, rates: Any, reach: Any) -> Any:
    """Table of all factors around T, and the Reach in which they are accurate."""
    free = [k for k, entry in enumerate(entries) if entry.material.free]
    at, own, reach = _own_factors(cell, T, [entries[k] for k in free], reach)
    keyed = [k for k, entry in enumerate(entries) if entry.factor is not None and k not in free]
    others = rates(at)
    y = np.stack([*own.T, *(entries[k].factor(at) for k in keyed), *others], axis=1)
    c = np.zeros((at.size - 1, len(entries) + len(others), 4))
    c[:, : len(entries), 0] = 1.0
    c[:, [*free, *keyed, *range(len(entries), c.shape[1])]] = pieces(y)
    return Table(reach.lo, reach.hi, (at.size - 1) / (reach.hi - reach.lo), c), reach


class _Pool:
    """A table with mixed laws, shared by runs with different initial temperatures; columns are only ever added."""

    def __init__(self, ends: Any, entries: Any) -> None:
        self.ends, self.entries, self.lock = ends, entries, Lock()
        self.places: dict[Any, int] = {}
        self.c = np.zeros((KNOTS - 1, 0, 4))
        self.used = 0

    def place(self, T: float, nodes: Any) -> Any:
        """The table, and the columns {(law, node): column} of all nodes {law: temperatures}.

        T: initial temperature.  A law that is not mixed has the single node None.
        """
        with self.lock:
            wanted = [(k, node) for k, e in enumerate(self.entries) for node in (nodes[k] if e.mixed else [None])]
            missing = [key for key in wanted if key not in self.places]
            if self.used + 2 * len(missing) > self.c.shape[1]:
                # an odd number, as an even one would map the columns of all intervals to a few cache sets
                self.c = np.zeros((KNOTS - 1, 2 * len(wanted) + SPARE | 1, 4))
                self.used, self.places, missing = 0, {}, wanted
            begin, fixed, fresh = self.used, [], []
            for k, node in sorted(missing, key=lambda key: key[1] is not None):
                entry = self.entries[k]
                if node is None:
                    fixed.append(entry.columns)
                else:
                    fresh.append(entry.mixed.columns(node, T, nodes[k]))
                self.places[k, node] = self.used
                self.used += 2 if node is not None else entry.columns.shape[1]
            if missing:  # in one assignment, as rows are far apart in memory
                made = [*fixed, *([pieces(np.concatenate(fresh, axis=1))] if fresh else [])]
                self.c[:, begin : self.used] = np.concatenate(made, axis=1)
            lo, hi = self.ends
            table = Table(float(lo), float(hi), (KNOTS - 1) / (hi - lo), self.c)
            return table, {key: self.places[key] for key in wanted}


@lru_cache(maxsize=16)
def _pool(ends: Any, *entries: Any) -> Any:
    return _Pool(ends, entries)


@lru_cache(maxsize=16)
def _together(ends: Any, *entries: Any) -> Table:
    """Table of laws without mixed ones, and one additional column."""
    return joined([*(entry.columns for entry in entries), entries[-1].columns[:, :1]], *ends)


def _side(T: float, ends: Any, entries: Any, nodes: Any) -> Any:
    """Table of some laws, and the data of each for `table.follow`."""
    if nodes:
        table, places = _pool(ends, *entries).place(T, nodes)
    else:
        table, widths = _together(ends, *entries), [entry.columns.shape[1] for entry in entries]
        places = {(k, None): column for k, column in enumerate(np.cumsum([0, *widths[:-1]]))}
    rows = []
    for k, entry in enumerate(entries):
        if entry.mixed:
            rows.append([len(nodes[k]), *(x for node in nodes[k] for x in (node, places[k, node]))])
        else:
            rows.append([entry.columns.shape[1] - 1, entry.base, places[k, None]])
    return table, rows


def laws_with_heat(cell: Cell, T: float, rates: Any) -> tuple[Laws, Table, np.ndarray, Reach]:
    """The laws of a cell around T [K], their factors, their nodes (see `kernels.records.Heat`), and the Reach.

    rates: function of temperatures (n,) that returns the other factors, in the order of kernels.layout.  Raises
    ParameterError with the name of a law that cannot be tabulated at T.
    """
    parts = materials(cell)
    makers = [make for part in parts for make in _solid_entries(part)]
    makers += [_electronic_entry(part) for part in PARTS] * follows(cell)
    n = len(makers)
    entries = [kept(make, cell, None) for make in (*makers, *BULK_ENTRIES, *map(_salt_entry, parts))]
    nodes, reach = _spans(cell, T, entries)
    factors, reach = _factors(cell, T, entries, rates, reach)
    solid, rows = _side(T, _knots(cell, False)[0], tuple(entries[:n]), {k: v for k, v in nodes.items() if k < n})
    salt, more = _side(T, _knots(cell, True)[0], tuple(entries[n:]), {k - n: v for k, v in nodes.items() if k >= n})
    table = np.zeros((len(entries), max(map(len, rows + more))))
    for row, known in zip(table, rows + more, strict=True):
        row[: len(known)] = known
    return Laws(solid, salt), factors, table, reach
