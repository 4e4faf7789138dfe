"""Laws of a cell as functions of PyBaMM's symbols."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from ...parameters.laws.law import Law, parse
from ...physics.constants import R
from .pybamm_package import pybamm

Symbols = Callable[..., Any]
CALLED = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "tanh": "tanh",
    "cosh": "cosh",
    "sinh": "sinh",
    "abs": "AbsoluteValue",
    "min": "minimum",
    "max": "maximum",
}
JOINED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def symbol_of(law: Law, x: Any, T: Any) -> Any:
    """A law at x and T [K], symbols of PyBaMM or numbers; continued beyond its data as here.

    The ends of the data and the slopes there are those at the reference temperature if the law has any of its own.
    """
    if law.value is not None:
        return law.value
    package = pybamm()
    lo, hi, below, above = law.beyond(_kelvin(T))
    inside, beyond = x, 0.0
    if hi < np.inf:
        inside, beyond = package.minimum(inside, hi), above * package.maximum(x - hi, 0.0)
    if lo > -np.inf:
        inside, beyond = package.maximum(inside, lo), beyond + below * package.minimum(x - lo, 0.0)
    if law.table is not None:
        knots, values = (np.array(v) for v in law.table)
        y = package.Interpolant(knots, values, inside, interpolator="pchip")
    else:
        y = _symbol(parse(law.expression or ""), inside, T)
    return y + beyond if below or above else y


def _kelvin(T: Any) -> float:
    """A temperature as a number, 298.15 K for a symbol."""
    return float(T) if isinstance(T, int | float) else 298.15


def _symbol(node: ast.expr, x: Any, T: Any) -> Any:
    """The symbol of a checked expression."""
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]  # a number, which `parse` has checked
    if isinstance(node, ast.Name):
        return x if node.id == "x" else T
    if isinstance(node, ast.UnaryOp):
        below = _symbol(node.operand, x, T)
        return -below if isinstance(node.op, ast.USub) else below
    if isinstance(node, ast.BinOp):
        return JOINED[type(node.op)](_symbol(node.left, x, T), _symbol(node.right, x, T))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return getattr(pybamm(), CALLED[node.func.id])(*(_symbol(part, x, T) for part in node.args))
    raise AssertionError(ast.dump(node))  # `parse` allows no other node


def depends_on_temperature(law: Law) -> bool:
    """Whether a law is an expression in T."""
    tree = parse(law.expression) if law.expression else None
    return tree is not None and any(isinstance(n, ast.Name) and n.id == "T" for n in ast.walk(tree))


def arrhenius(energy: float, T: Any, T_ref: float) -> Any:
    """exp(-E/R (1/T - 1/T_ref)) of a symbol; 1 without an activation energy."""
    return pybamm().exp(energy / R * (1.0 / T_ref - 1.0 / T)) if energy else 1.0
