"""Factors of an expression that depend on temperature only, such as Arrhenius factors."""

import ast
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .law import Law, program


def _names(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & {"x", "T"}


def _factors(node: ast.expr, sense: int = 1) -> Iterator[tuple[ast.expr, int]]:
    """(factor, 1, or -1 for a divisor) of a product; any other node is one factor."""
    while isinstance(node, ast.UnaryOp):
        node = node.operand  # a sign is a constant factor
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left, sense)
        yield from _factors(node.right, -sense if isinstance(node.op, ast.Div) else sense)
    else:
        yield node, sense


@lru_cache(maxsize=256)
def _split(law: Law) -> tuple[tuple[tuple[ast.expr, int], ...], bool]:
    """The factors of a law that depend on T only, and whether a factor depends on both x and T."""
    if law._tree is None:
        return (), law.sites is not None
    factors = list(_factors(law._tree))
    alone = tuple((node, sense) for node, sense in factors if _names(node) == {"T"})
    return alone, any(_names(node) == {"x", "T"} for node, _ in factors)


def factor_of_temperature(law: Law, T: ArrayLike) -> NDArray[np.float64]:
    """Product (n,) of the factors of a law that depend on T only, at T (n,) [K], up to a constant."""
    product = np.ones(np.shape(T))
    with np.errstate(all="ignore"):
        for node, sense in _split(law)[0]:
            product = product * program(node)(None, np.asarray(T, float)) ** sense
    return product


def has_factor(law: Law) -> bool:
    """Whether a law has factors that depend on T only."""
    return bool(_split(law)[0])


def mixes(law: Law) -> bool:
    """Whether a law is not a function of x times a function of T."""
    return _split(law)[1]


def depends_on_stoichiometry(law: Law) -> bool:
    """Whether a law depends on x, which is a concentration or a position in some."""
    if law._tree is not None:
        return "x" in _names(law._tree)
    return law.value is None


def depends_on_temperature(law: Law) -> bool:
    """Whether a law depends on T."""
    return has_factor(law) or mixes(law)
