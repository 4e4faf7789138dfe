"""Interval arithmetic: where an expression may be undefined between its sampling points.

An expression is evaluated on intervals of x.  An interval with a possible division by 0, or a root or logarithm of
a negative number, is bisected until the point is located to rounding or the interval is cleared.
"""

import ast
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

INTERVALS, HALVINGS = 256, 44  # initial intervals; bisections, to 1e-13 of an interval
MOST = 2048  # doubtful intervals that are bisected
HUGE = 1e300
Array = NDArray[Any]
Bounds = tuple[Array, Array]  # lowest and highest value on each interval


def places(tree: ast.expr, lo: float, hi: float, T: float) -> NDArray[np.float64]:
    """Values of x (n,) between lo and hi near which the expression may be undefined at T [K]; usually none.

    tree: from `laws.parse`.
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
    return np.array(sorted({*low.tolist(), *high.tolist()})[: 4 * MOST])


@lru_cache(maxsize=256)
def _can_fail(tree: ast.expr) -> bool:
    """Whether an expression divides by, or takes a root, power or logarithm of, something that varies."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Div) and not _constant(node.right):
                return True
            if isinstance(node.op, ast.Pow) and not (_constant(node.left) or _whole(node.right)):
                return True
        if isinstance(node, ast.Call) and _name(node) in ("log", "sqrt") and not _constant(node.args[0]):
            return True
    return False


def _name(node: ast.Call) -> str:
    """The name of the function that is called."""
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _constant(node: ast.expr) -> bool:
    return not any(isinstance(n, ast.Name) and n.id in ("x", "T") for n in ast.walk(node))


def _whole(node: ast.expr) -> bool:
    """Whether an exponent is a non-negative integer."""
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and value >= 0 and value == int(value)


def _bounds(node: Any, names: dict[str, Bounds], doubt: Array) -> Bounds:
    """(lowest, highest) value of a node on each interval; sets `doubt` where it may be undefined."""
    kind = type(node)
    if kind is ast.Constant:
        both = np.full(doubt.size, float(node.value))
        return both, both
    if kind is ast.Name:
        return names[node.id]
    if kind is ast.UnaryOp:
        lo, hi = _bounds(node.operand, names, doubt)
        return (-hi, -lo) if isinstance(node.op, ast.USub) else (lo, hi)
    if kind is ast.Call:
        bounds = _function(node.func.id, [_bounds(a, names, doubt) for a in node.args], doubt)
    else:
        a, b = _bounds(node.left, names, doubt), _bounds(node.right, names, doubt)
        if isinstance(node.op, ast.Add):
            bounds = a[0] + b[0], a[1] + b[1]
        elif isinstance(node.op, ast.Sub):
            bounds = a[0] - b[1], a[1] - b[0]
        elif isinstance(node.op, ast.Mult):
            bounds = _span(a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
        elif isinstance(node.op, ast.Div):
            bounds = _over(a, b, doubt)
        else:
            bounds = _power(a, b, doubt)
    return (
        np.nan_to_num(bounds[0], nan=-HUGE, neginf=-HUGE, posinf=HUGE),
        np.nan_to_num(bounds[1], nan=HUGE, neginf=-HUGE, posinf=HUGE),
    )


def _span(*corners: Array) -> Bounds:
    return np.minimum.reduce(corners), np.maximum.reduce(corners)


def _over(a: Bounds, b: Bounds, doubt: Array) -> Bounds:
    doubt |= (b[0] <= 0.0) & (b[1] >= 0.0)
    return _span(a[0] / b[0], a[0] / b[1], a[1] / b[0], a[1] / b[1])


def _power(a: Bounds, b: Bounds, doubt: Array) -> Bounds:
    n = b[0][0]
    if np.all(b[0] == n) and np.all(b[1] == n) and n == np.floor(n):
        bounds = _span(a[0] ** abs(n), a[1] ** abs(n))
        if n % 2 == 0:
            bounds = np.where((a[0] < 0.0) & (a[1] > 0.0), 0.0, bounds[0]), bounds[1]
        ones = np.ones(doubt.size)
        return bounds if n >= 0.0 else _over((ones, ones), bounds, doubt)
    doubt |= (a[0] < 0.0) | ((a[0] <= 0.0) & (b[0] < 0.0))
    lo, hi = np.maximum(a[0], 0.0), np.maximum(a[1], 0.0)
    return _span(lo ** b[0], lo ** b[1], hi ** b[0], hi ** b[1])


def _function(name: str, given: list[Bounds], doubt: Array) -> Bounds:
    lo, hi = given[0]
    if name == "min":
        return np.minimum(lo, given[1][0]), np.minimum(hi, given[1][1])
    if name == "max":
        return np.maximum(lo, given[1][0]), np.maximum(hi, given[1][1])
    if name in ("abs", "cosh"):
        even = np.abs if name == "abs" else np.cosh
        across = (lo < 0.0) & (hi > 0.0)
        bounds = _span(even(lo), even(hi))
        return np.where(across, even(np.zeros(lo.size)), bounds[0]), bounds[1]
    if name in ("log", "sqrt"):
        doubt |= lo <= 0.0 if name == "log" else lo < 0.0
        lo, hi = np.maximum(lo, 0.0), np.maximum(hi, 0.0)
    rising = {"exp": np.exp, "tanh": np.tanh, "sinh": np.sinh, "log": np.log, "sqrt": np.sqrt}[name]
    return rising(lo), rising(hi)
