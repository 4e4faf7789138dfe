"""What is varied in a sensitivity study: factors, each a number 0 to 1 that sets one quantity or several together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ....ensemble.case import OPTIONS
from ....errors import ParameterError
from ....parameters import Cell
from ....support.arguments import listed, mapping, near, number, numbers, shown, text
from ....support.files import cut
from ...uncertainty import SPREAD, varied

KINDS = ("uniform", "log", "normal")
NUMBERS = ("temperature", "soc", "voltage", "ambient")  # of the options of a run, those that may be varied
RARE = 1e-4  # quantiles of a normal distribution beyond this and one less this are not drawn
GROUPS = 'give lists of paths that move together, such as [("a", "b")]'
WANTED = (
    'give (lowest, highest), (lowest, highest, "log"), (mean, standard deviation, "normal"), or one number, half the '
    "width relative to the value of the cell"
)


@dataclass(frozen=True)
class Spread:
    """Distribution of one quantity: kind of KINDS; low and high, or mean and standard deviation."""

    path: str
    kind: str
    a: float
    b: float

    def value(self, u: float) -> float:
        """The quantile of probability u."""
        if self.kind == "log":
            return float(self.a * (self.b / self.a) ** u)
        if self.kind == "normal":
            from scipy.special import ndtri

            return float(self.a + self.b * ndtri(min(max(u, RARE), 1.0 - RARE)))
        return float(self.a + u * (self.b - self.a))


@dataclass(frozen=True)
class Factor:
    """One number u, 0 to 1, at which each of its quantities has that quantile."""

    name: str
    spreads: tuple[Spread, ...]


def factors_of(cell: Cell, parameters: Any, together: Any = ()) -> list[Factor]:
    """Check what is varied; see `sensitivity`.  Raises ParameterError."""
    if parameters is None:
        parameters = varied(cell)
    given: Mapping[str, Any]
    if isinstance(parameters, Mapping):
        given = mapping("parameters", parameters, WANTED)
    else:
        given = dict.fromkeys(_paths("parameters", parameters, "give paths, or {path: how far}"))
    spreads = {path: _spread(cell, path, how) for path, how in given.items()}
    if not spreads:
        raise ParameterError("parameters: nothing is varied; give paths, or {path: how far}")
    groups = [
        _paths("together", group, "give lists of paths")
        for group in listed("together", together, GROUPS, ParameterError)
    ]
    taken: list[str] = []
    for group in groups:
        for path in group:
            if path not in spreads:
                raise ParameterError(f"together: {shown(path)} is not varied; {near(path, spreads)}")
            if path in taken:
                raise ParameterError(f"together: {path} is in two groups; give it in one")
            taken.append(path)
    found = [Factor(" + ".join(group), tuple(spreads[path] for path in group)) for group in groups if group]
    return found + [Factor(path, (spread,)) for path, spread in spreads.items() if path not in taken]


def _paths(name: str, given: Any, wanted: str) -> list[str]:
    return [text(name, path, wanted, ParameterError) for path in listed(name, given, wanted, ParameterError)]


def values_at(factors: Iterable[Factor], point: Any) -> dict[str, float]:
    """The quantities by path at a point (n,) of the unit cube."""
    return {
        spread.path: spread.value(float(u))
        for factor, u in zip(factors, point, strict=True)
        for spread in factor.spreads
    }


def _spread(cell: Cell, path: Any, how: Any) -> Spread:
    """The distribution of one quantity; by the method of its value if `how` is None."""
    name = f"parameters: {cut(path, 60)}"
    if path in OPTIONS and path not in NUMBERS:
        raise ParameterError(f"{name}: of the options of a run only {', '.join(NUMBERS)} can be varied")
    if how is None or isinstance(how, int | float | np.generic):
        if path in NUMBERS:
            raise ParameterError(f"{name}: {WANTED.split(', or one')[0]}")
        value = cell.value(path)
        if value == 0.0:
            remedy = WANTED.split(", or one")[0]
            raise ParameterError(f"{name}: is 0 in {cell.name}, which has no relative width; {remedy}")
        if how is None:
            width = SPREAD[cell.record(path).method]
        else:
            width = number(name, how, WANTED, above=0.0, below=1.0, error=ParameterError)
        spread = Spread(path, "uniform", *sorted((value * (1.0 - width), value * (1.0 + width))))
    else:
        kind, pair = "uniform", how
        if isinstance(how, tuple | list) and len(how) == 3:
            kind, pair = how[2], how[:2]
        if kind not in KINDS:
            raise ParameterError(f"{name}: distribution {shown(kind)}: choose one of {', '.join(KINDS)}")
        a, *more = numbers(name, pair, WANTED, least=2, error=ParameterError).tolist()
        if len(more) != 1 or (more[0] <= 0.0 if kind == "normal" else not a < more[0]) or kind == "log" and a <= 0.0:
            raise ParameterError(f"{name} {shown(how)}: {WANTED}")
        spread = Spread(path, kind, a, more[0])
    if path not in NUMBERS:
        for u in (0.0, 1.0):
            cell.with_({path: spread.value(u)})  # raises if the cell cannot have it
    return spread
