"""What of a law is a factor that depends on temperature alone, read from its expression."""
import ast
from functools import lru_cache

import numpy as np

from .law import program


def _names(node) -> set:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & {"x", "T"}


def _factors(node, sense=1):
    """(factor, 1 or -1 where it is divided by) of a product; anything else is one factor."""
    while isinstance(node, ast.UnaryOp):
        node = node.operand  # a sign is a constant factor
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        yield from _factors(node.left, sense)
        yield from _factors(node.right, -sense if isinstance(node.op, ast.Div) else sense)
    else:
        yield node, sense


@lru_cache(maxsize=256)
def _split(law):
    """The factors of a law that depend on T alone, and whether another one depends on T, too."""
    if law.expression is None:
        return (), False
    factors = list(_factors(law._tree))
    alone = tuple((node, sense) for node, sense in factors if _names(node) == {"T"})
    return alone, any(_names(node) == {"x", "T"} for node, _ in factors)


def factor_of_temperature(law, T):
    """The product of those factors of a law that depend on T alone, at temperatures T (n,) [K], up to a constant."""
    product = np.ones(np.shape(T))
    with np.errstate(all="ignore"):
        for node, sense in _split(law)[0]:
            product = product * program(node)(None, np.asarray(T, float)) ** sense
    return product


def has_factor(law) -> bool:
    """Whether there are such factors."""
    return bool(_split(law)[0])


def mixes(law) -> bool:
    """Whether a law is more than a function of x times one of T."""
    return _split(law)[1]


def depends_on_temperature(law) -> bool:
    """Whether T appears in a law."""
    return has_factor(law) or mixes(law)
