"""Quantities of a porous electrode over the position in it: numbers by layer, expressions and tables.

The position is relative: 0 at the current collector, 1 at the separator.  Integrals over parts of an electrode are
those of the profile itself, by Gauss quadrature on panels that end where it jumps or bends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...support.arguments import shown
from .law import Law, LawError, finite

Array = NDArray[np.float64]
POSITION = "position"  # what such a quantity depends on, as `Name.law`
SHARE = "thickness share"  # of a layer in the electrode
LAYERS = (
    "give a list of layers from the current collector to the separator, such as "
    f'[{{"{SHARE}": 0.4, "value": 0.3}}, {{"{SHARE}": 0.6, "value": 0.4}}]'
)
SUM = 1e-9  # by which the shares of layers may miss 1
FIRST = 16  # panels of an expression before those where it bends
DEEPEST = 45  # bisections of a panel
EXACT = 1e-13  # relative error of an integral
AT, WEIGHTS = (v for v in np.polynomial.legendre.leggauss(8))


@dataclass(frozen=True)
class Profile(Law):
    """A quantity over the relative position x, 0 at the current collector to 1 at the separator.

    Callable as profile(x) on arrays.  layers: shares of the thickness, and values; else an expression or a table.
    """

    layers: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    def __hash__(self) -> int:
        return hash((self._hash, self.layers))

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Law:
        """The profile of a record of a file, or its number where it is the same everywhere.  Raises LawError."""
        if record.get("value") is not None:
            return Law(value=float(record["value"]))
        law = cls._stated(record)
        y = law(law._samples)
        return Law(value=float(y[0])) if np.isfinite(y[0]) and (y == y[0]).all() else law

    @classmethod
    def _stated(cls, record: Mapping[str, Any]) -> "Profile":
        if record.get("layers") is not None:
            return cls(layers=_layers(record["layers"]))
        plain = Law.of(record)
        if plain.table is not None:
            first, last = plain.table[0][0], plain.table[0][-1]
            if abs(first) > SUM or abs(last - 1.0) > SUM:
                raise LawError(
                    f"the table covers positions {first:g} to {last:g}; give it from 0, the current collector, to 1, "
                    "the separator"
                )
        if plain.expression is not None and "T" in plain.expression:
            raise LawError(f"{plain.expression!r} depends on T; a profile depends on x, the relative position, only")
        return cls(expression=plain.expression, table=plain.table, _tree=plain._tree)

    @property
    def borders(self) -> tuple[float, ...]:
        """Positions between layers, where the value jumps; none of an expression or a table."""
        if self.layers is None:
            return ()
        return tuple(np.cumsum(self.layers[0])[:-1].tolist())

    @cached_property
    def _samples(self) -> Array:
        """Positions (n,) at which the profile is looked at: many, points of a table, both sides of a border."""
        more = np.concatenate([np.array(self.borders), np.array(self.table[0] if self.table else ())])
        x = np.concatenate([np.linspace(0.0, 1.0, 1001), more, more - 1e-9, more + 1e-9])
        return np.unique(np.clip(x, 0.0, 1.0))

    @cached_property
    def panels(self) -> Array:
        """Ends of panels (n + 1,) from 0 to 1 on each of which quadrature is exact."""
        if self.layers is not None:
            return np.array([0.0, *self.borders, 1.0])
        if self.table is not None:
            return np.asarray(np.clip(np.array(self.table[0]), 0.0, 1.0))
        ends = np.linspace(0.0, 1.0, FIRST + 1)
        scale = float(np.max(np.abs(self(self._samples))))
        for _ in range(DEEPEST):
            middles = 0.5 * (ends[1:] + ends[:-1])
            whole = _integrals(ends, self)
            halves = _integrals(np.sort(np.concatenate([ends, middles])), self).reshape(-1, 2).sum(axis=1)
            bent = np.abs(whole - halves) > EXACT * scale * np.maximum(ends[1:] - ends[:-1], 1e-3)
            if not bent.any():
                break
            ends = np.sort(np.concatenate([ends, middles[bent]]))
        return ends

    @cached_property
    def mean(self) -> float:
        """Mean over the thickness of the electrode."""
        return float(averages(np.array([0.0, 1.0]), (self,), lambda y: y)[0])

    def __call__(self, x: ArrayLike, T: float | Array = 0.0) -> Array:
        x = np.asarray(x, float)
        if self.layers is not None:
            k = np.searchsorted(np.cumsum(self.layers[0])[:-1], x, side="right")
            return np.asarray(np.array(self.layers[1])[k])
        ends = (self.table[0][0], self.table[0][-1]) if self.table else (0.0, 1.0)
        return self._plain(np.clip(x, ends[0], ends[1]), T)

    def faults(self, lo: float, hi: float, unit: str) -> str | None:
        """What is wrong with the values of a quantity that lies between lo and hi; None if nothing."""
        x = np.concatenate([self._samples, self.places(0.0, 1.0, 0.0)])
        y = self(x)
        bad = ~np.isfinite(y)
        if bad.any():
            return f"the profile is {y[bad][0]:.4g} at position {x[bad][0]:.4g}; make it finite from 0 to 1"
        k = int(np.argmin(y)) if y.min() < lo else int(np.argmax(y))
        if lo <= y[k] <= hi:
            return None
        return (
            f"the profile is {y[k]:.4g}{'' if unit == '1' else f' {unit}'} at position {x[k]:.4g} (0 the current "
            f"collector, 1 the separator), outside {lo:g} to {hi:g}; change it there"
        )

    def __str__(self) -> str:
        if self.layers is None:
            return f"profile {Law.__str__(self)}"
        return "layers " + ", ".join(f"{y:.6g} ({100.0 * share:.4g} %)" for share, y in zip(*self.layers, strict=True))


def looked_at(laws: Sequence[Law]) -> Array:
    """Positions (n,) at which to compare quantities of an electrode: one if all are numbers."""
    graded = [law._samples for law in laws if isinstance(law, Profile)]
    return np.unique(np.concatenate(graded)) if graded else np.zeros(1)


def extremes(law: Law) -> tuple[float, float]:
    """Lowest and highest value of a profile, or of a number, over the thickness of an electrode."""
    y = law(looked_at([law]), 0.0)
    return float(y.min()), float(y.max())


def _layers(given: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Shares and values of layers, neighbours of the same value as one.  Raises LawError."""
    if not isinstance(given, list | tuple) or not given:
        raise LawError(f"{LAYERS}, found {shown(given)}")
    shares: list[float] = []
    values: list[float] = []
    for k, layer in enumerate(given, 1):
        if not isinstance(layer, Mapping) or set(layer) != {SHARE, "value"} or not all(map(finite, layer.values())):
            raise LawError(f"layer {k}: {LAYERS}, found {shown(layer)}")
        if not layer[SHARE] > 0.0:
            raise LawError(f"layer {k}: a {SHARE} of {layer[SHARE]:g}; give one above 0, or leave the layer out")
        if values and values[-1] == float(layer["value"]):
            shares[-1] += float(layer[SHARE])
        else:
            shares.append(float(layer[SHARE]))
            values.append(float(layer["value"]))
    if abs(sum(shares) - 1.0) > SUM:
        raise LawError(f"the {SHARE}s of the layers add up to {sum(shares):g}, not 1; change them")
    return tuple(shares), tuple(values)


def _points(ends: Array) -> Array:
    """Places of the quadrature (n, 8) on panels with the ends (n + 1,)."""
    return ends[:-1, None] + np.diff(ends)[:, None] * 0.5 * (1.0 + AT)


def _integrals(ends: Array, function: Callable[[Array], Array]) -> Array:
    """Integrals (n,) of a function over panels with the ends (n + 1,)."""
    with np.errstate(all="ignore"):
        return np.asarray(0.5 * np.diff(ends) * (function(_points(ends)) @ WEIGHTS))


def averages(stops: Array, laws: Sequence[Law], function: Callable[..., Any]) -> Array:
    """Means (n,) of a function of laws between positions `stops` (n + 1,), which rise.

    laws: profiles, or numbers as laws, in the order of the arguments of `function`.
    """
    inner = np.concatenate([law.panels for law in laws if isinstance(law, Profile)] or [np.zeros(0)])
    inner = inner[(inner > stops[0]) & (inner < stops[-1])]
    ends = np.unique(np.concatenate([stops, inner]))
    parts = _integrals(ends, lambda x: function(*(law(x, 0.0) for law in laws)) + np.zeros(x.shape))
    first = np.searchsorted(ends, stops[:-1])
    return np.asarray(np.add.reduceat(parts, first) / np.diff(stops))


def share_up_to(law: Law) -> Callable[[Any], Array]:
    """A function of positions (any array) that returns the share of the integral of a profile from 0 up to there."""
    if not isinstance(law, Profile):
        return lambda x: np.asarray(x, float)
    ends = law.panels
    parts = _integrals(ends, law)
    before = np.append(0.0, np.cumsum(parts))

    def share(x: Any) -> Array:
        x = np.asarray(x, float)
        k = np.clip(np.searchsorted(ends, x, side="right") - 1, 0, parts.size - 1)
        within = x - ends[k]
        inside = law(ends[k][..., None] + within[..., None] * 0.5 * (1.0 + AT)) @ WEIGHTS
        return np.asarray((before[k] + 0.5 * within * inside) / before[-1])

    return share
