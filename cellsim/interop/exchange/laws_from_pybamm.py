"""Functions of PyBaMM as laws of a parameter file: as the text of an expression, else as a table.

An expression tree of PyBaMM that consists of arithmetic is written out, with every digit of its numbers.  Anything
else (tables, steps, functions without a counterpart) is sampled until the interpolation of the table agrees with it
between all samples.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...parameters.laws.law import DEEPEST, LONGEST, LawError, parse
from ...parameters.laws.sampling import monotone, refined

Array = NDArray[np.float64]
CLOSE = {"V": 2e-5, "V.K-1": 1e-8}  # agreement that a table aims at by unit, absolute
CLOSE_SHARE = 2e-5  # the same for other units, relative
MOST_POINTS = 4000
TURNS = 14  # bisections of an interval
BINARY = {"Addition": "+", "Subtraction": "-", "Multiplication": "*", "Division": "/", "Power": "**"}
CALLED = {
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Tanh": "tanh",
    "Cosh": "cosh",
    "Sinh": "sinh",
    "AbsoluteValue": "abs",
    "Maximum": "max",
    "Minimum": "min",
}


class NoText(Exception):
    """A tree that is not arithmetic; says which node."""


@dataclass(frozen=True)
class Sampled:
    """A law as a table, and how far its interpolation is from the function between the samples."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    error: float  # of the unit of the law, or relative
    relative: bool
    why: str  # the node for which it is no expression

    def __str__(self) -> str:
        size = f"{self.error:.1g} relative" if self.relative else f"{self.error:.1g}"
        return f"a table of {len(self.x)} points ({self.why}), {size} from the function at most"


def text_of(tree: Any) -> str:
    """An expression tree of PyBaMM in variables named x and T as text.  Raises NoText naming what has none."""
    text = _text(tree, 0)
    if len(text) > LONGEST:
        raise NoText(f"longer than {LONGEST} characters")
    try:
        parse(text)
    except LawError as fault:  # deeper than is read
        raise NoText(str(fault)) from None
    return text


def _text(node: Any, depth: int) -> str:
    kind = type(node).__name__
    if depth > DEEPEST:
        raise NoText(f"deeper than {DEEPEST} levels")
    if kind in ("Scalar", "Constant"):
        return _number(float(node.evaluate()))
    if kind == "Variable":
        return str(node.name)
    below = [_text(child, depth + 1) for child in node.children]
    if kind in BINARY and len(below) == 2:
        return f"({below[0]} {BINARY[kind]} {below[1]})"
    if kind == "Negate":
        return f"(-{below[0]})"
    if kind in CALLED:
        return f"{CALLED[kind]}({', '.join(below)})"
    raise NoText(f"it contains {'a table' if kind == 'Interpolant' else f'the function {kind}'}")


def _number(value: float) -> str:
    if not np.isfinite(value):
        raise NoText("it contains a number that is not finite")
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return f"({text})" if value < 0.0 else text


def knots_of(tree: Any, lo: float, hi: float) -> Array:
    """Abscissae (n,) of the tables in a tree that lie between lo and hi."""
    found = [np.zeros(0)]
    level: list[Any] = [tree]
    while level:
        for node in level:
            if type(node).__name__ == "Interpolant" and len(node.x) == 1:
                found.append(np.ravel(np.asarray(node.x[0], float)))
        level = [child for node in level for child in node.children]
    knots = np.unique(np.concatenate(found))
    return knots[(knots > lo) & (knots < hi)]


def sampled(
    function: Callable[[Array], Array], ends: tuple[float, float], knots: Array, unit: str, why: str
) -> Sampled:
    """A function as a table between two ends, finer where its interpolation is not `CLOSE`.

    function: of x (n,) to (n,); knots (m,): abscissae that the table shall have.
    """
    lo, hi = ends
    x = np.unique(np.concatenate([np.linspace(lo, hi, 101), knots]))
    x = x[np.append(True, np.diff(x) > 1e-9 * (hi - lo))]
    relative, close = unit not in CLOSE, CLOSE.get(unit, CLOSE_SHARE)

    def allowed(true: Array, _: Array) -> Any:
        return close * np.abs(true) if relative else close

    x, y, _ = refined(function, x, monotone, allowed, shares=(0.5,), most=MOST_POINTS, turns=TURNS)
    between = x[:-1, None] + np.diff(x)[:, None] * np.array([0.25, 0.5, 0.75])
    true = np.asarray(function(between.ravel()), float)
    off = np.abs(monotone(x, y, between.ravel()) - true)
    error = float(np.max(off / np.abs(true) if relative else off))
    return Sampled(tuple(x.tolist()), tuple(y.tolist()), error, relative, why)
