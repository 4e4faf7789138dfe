"""Where an expression may have no value between the points at which it is looked at: interval arithmetic.

An expression is evaluated on intervals of x; where it divides by an interval that holds 0, takes a root or a logarithm
of one that reaches below 0, and so on, the interval is halved, until the place is found to rounding or was none.
"""
import ast
from functools import lru_cache

import numpy as np

INTERVALS, HALVINGS = 256, 44  # at first; how often those in doubt are halved: to 1e-13 of one
MOST = 2048  # intervals in doubt that are followed
HUGE = 1e300


def places(tree, lo, hi, T) -> np.ndarray:
    """Values of x in lo .. hi next to which the expression may have no value at T [K]; none for most.

    tree: as `laws.parse` gives it.
    """
    if not _can_fail(tree):
        return np.zeros(0)
    edges = np.linspace(lo, hi, INTERVALS + 1)
    low, high = edges[:-1], edges[1:]
    for _ in range(HALVINGS):
        doubt = np.zeros(low.size, bool)
        with np.errstate(all="ignore"):
            _bounds(tree, {"x": (low, high), "T": (np.full(low.size, T), np.full(low.size, T))}, doubt)
        low, high = low[doubt][:MOST], high[doubt][:MOST]
        middle = 0.5 * (low + high)
        if not low.size or np.all((middle <= low) | (middle >= high)):
            break
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return np.unique(np.concatenate([low, high]))[:4 * MOST]


@lru_cache(maxsize=256)
def _can_fail(tree) -> bool:
    """Whether an expression divides by, or takes a root, power or logarithm of, something that varies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Div) and not _constant(node.right):
                return True
            if isinstance(node.op, ast.Pow) and not (_constant(node.left) or _whole(node.right)):
                return True
        if isinstance(node, ast.Call) and node.func.id in ("log", "sqrt") and not _constant(node.args[0]):  # type: ignore
            return True
    return False


def _constant(node) -> bool:
    return not any(isinstance(n, ast.Name) and n.id in ("x", "T") for n in ast.walk(node))


def _whole(node) -> bool:
    """Whether an exponent is a whole number, 0 or more."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and value >= 0 and value == int(value)


def _bounds(node, names, doubt):
    """(lowest, highest) value of a node; sets `doubt` where it may have none."""
    if isinstance(node, ast.Constant):
        both = np.full(doubt.size, float(node.value))
        return both, both
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.UnaryOp):
        lo, hi = _bounds(node.operand, names, doubt)
        return (-hi, -lo) if isinstance(node.op, ast.USub) else (lo, hi)
    if isinstance(node, ast.Call):
        found = _function(node.func.id, [_bounds(a, names, doubt) for a in node.args], doubt)
    else:
        a, b = _bounds(node.left, names, doubt), _bounds(node.right, names, doubt)
        if isinstance(node.op, ast.Add):
            found = a[0] + b[0], a[1] + b[1]
        elif isinstance(node.op, ast.Sub):
            found = a[0] - b[1], a[1] - b[0]
        elif isinstance(node.op, ast.Mult):
            found = _span(a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
        elif isinstance(node.op, ast.Div):
            found = _over(a, b, doubt)
        else:
            found = _power(a, b, doubt)
    return np.nan_to_num(found[0], nan=-HUGE, neginf=-HUGE, posinf=HUGE), np.nan_to_num(found[1], nan=HUGE,
                                                                                        neginf=-HUGE, posinf=HUGE)


def _span(*corners):
    return np.minimum.reduce(corners), np.maximum.reduce(corners)


def _over(a, b, doubt):
    doubt |= (b[0] <= 0.0) & (b[1] >= 0.0)
    return _span(a[0] / b[0], a[0] / b[1], a[1] / b[0], a[1] / b[1])


def _power(a, b, doubt):
    n = b[0][0]
    if np.all(b[0] == n) and np.all(b[1] == n) and n == np.floor(n):
        found = _span(a[0] ** abs(n), a[1] ** abs(n))
        if n % 2 == 0:
            found = np.where((a[0] < 0.0) & (a[1] > 0.0), 0.0, found[0]), found[1]
        one = np.ones(doubt.size)
        return found if n >= 0.0 else _over((one, one), found, doubt)
    doubt |= (a[0] < 0.0) | ((a[0] <= 0.0) & (b[0] < 0.0))
    lo, hi = np.maximum(a[0], 0.0), np.maximum(a[1], 0.0)
    return _span(lo ** b[0], lo ** b[1], hi ** b[0], hi ** b[1])


def _function(name, given, doubt):
    lo, hi = given[0]
    if name == "min":
        return np.minimum(lo, given[1][0]), np.minimum(hi, given[1][1])
    if name == "max":
        return np.maximum(lo, given[1][0]), np.maximum(hi, given[1][1])
    if name in ("abs", "cosh"):
        even = np.abs if name == "abs" else np.cosh
        across = (lo < 0.0) & (hi > 0.0)
        found = _span(even(lo), even(hi))
        return np.where(across, even(np.zeros(lo.size)), found[0]), found[1]
    if name in ("log", "sqrt"):
        doubt |= lo <= 0.0 if name == "log" else lo < 0.0
        lo, hi = np.maximum(lo, 0.0), np.maximum(hi, 0.0)
    rising = {"exp": np.exp, "tanh": np.tanh, "sinh": np.sinh, "log": np.log, "sqrt": np.sqrt}[name]
    return rising(lo), rising(hi)
