"""Material laws as text or tables, evaluated safely: nothing in a file is ever executed."""
import ast
import math
import operator
import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from ..errors import ParameterError
from .program import Program

FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "cosh": np.cosh, "sinh": np.sinh,
             "abs": np.abs, "min": np.minimum, "max": np.maximum}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
             ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos}
NODES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant, *OPERATORS)
LONGEST = 4000  # characters
DEEPEST = 200  # levels of nesting, as evaluation is recursive
KNOWN = f"use numbers, x, T, + - * / ** and {', '.join(FUNCTIONS)}"


class LawError(ParameterError):
    """An expression or table that is not allowed; the message says what and why."""


@lru_cache(maxsize=256)
def parse(text) -> ast.expr:
    """The syntax tree of an expression in x and T, if it contains nothing but arithmetic.

    Kept, because variations of a cell share most of their laws.  Raises LawError, whatever the text.
    """
    if len(text) > LONGEST:
        raise LawError(f"expression longer than {LONGEST} characters; give a table instead")
    said = repr(text if len(text) <= 80 else text[:77] + "...")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's remarks on odd syntax; it is refused below
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise LawError(f"{said} is not an arithmetic expression ({fault}); {KNOWN}") from None
    _check(tree, said)
    return tree


def _check(tree, said):
    """Refuse everything that is not arithmetic; level by level, so that no depth can hurt."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise LawError(f"{said} is nested deeper than {DEEPEST} levels; simplify it or give a table")
        for node in level:
            _allow(node, said)
        level = [child for node in level for child in _parts(node)]


def _parts(node):
    return node.args if isinstance(node, ast.Call) else list(ast.iter_child_nodes(node))


def _allow(node, said):
    if not isinstance(node, NODES):
        raise LawError(f"{type(node).__name__} is not allowed in {said}; {KNOWN}")
    if isinstance(node, ast.Constant) and not finite(node.value):
        raise LawError(f"{str(node.value)[:40]} is not a finite number in {said}; {KNOWN}")
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        raise LawError(f"{node.id!r} needs an argument in {said}; write {node.id}(x)")
    if isinstance(node, ast.Name) and node.id not in ("x", "T"):
        raise LawError(f"{node.id!r} is not known in {said}; {KNOWN}")
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise LawError(f"a call of something else than {', '.join(FUNCTIONS)} in {said}")
        arity = 2 if node.func.id in ("min", "max") else 1
        if node.keywords or len(node.args) != arity:
            raise LawError(f"{node.func.id} takes {arity} argument{'s' * (arity > 1)} in {said}")


def finite(value) -> bool:
    """Whether a value is a number a float can hold."""
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # an integer beyond the floats
        return False


@lru_cache(maxsize=256)
def program(tree) -> Program:
    """What a checked tree does to x and T.  NumPy scalars: a huge power is inf, a root of -1 nan, no exception."""
    return Program(tree, FUNCTIONS, OPERATORS)


@dataclass(frozen=True)
class Law:
    """A number, an expression in x and T, or a table: callable as law(x, T) on arrays.

    x: array of any shape, stoichiometry [1] or concentration [mol/m3]; T: number [K]; returns an
    array of the shape of x in the unit of the record.  Tables are interpolated by monotone cubics
    (PCHIP) and continued by their end tangents.
    """

    value: float | None = None
    expression: str | None = None
    table: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    _tree: ast.expr | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, record) -> "Law":
        """From the record of a file.  Raises LawError."""
        if record.get("expression") is not None:
            return cls(expression=record["expression"], _tree=parse(record["expression"]))
        if record.get("table") is not None:
            x, y = (record["table"].get(k, ()) for k in ("x", "y"))
            if (len(x) != len(y) or len(x) < 2 or not all(map(finite, (*x, *y)))
                    or any(a >= b for a, b in zip(x, x[1:], strict=False))):
                raise LawError("a table needs two or more finite pairs, x and y of equal length, x rising")
            return cls(table=(tuple(map(float, x)), tuple(map(float, y))))
        return cls(value=float(record["value"]))

    def __hash__(self):
        return self._hash

    @cached_property
    def _hash(self):
        return hash((self.value, self.expression, self.table))

    @property
    def constant(self) -> bool:
        """Whether the law depends on neither x nor T."""
        return self.value is not None

    @cached_property
    def _curve(self):
        from scipy.interpolate import PchipInterpolator

        x, y = (np.array(v) for v in self.table)
        curve = PchipInterpolator(x, y)
        return x, curve, curve.derivative()(x[[0, -1]])

    def __call__(self, x, T):
        x = np.asarray(x, float)
        if self.value is not None:
            return np.full(x.shape, self.value)
        with np.errstate(all="ignore"):
            if self._tree is not None:
                return program(self._tree)(x, np.float64(T)) + np.zeros(x.shape)
        knots, curve, slopes = self._curve
        inside = np.clip(x, knots[0], knots[-1])
        return curve(inside) + np.where(x < inside, slopes[0], slopes[1]) * (x - inside)

    def __str__(self):
        if self.value is not None:
            return f"{self.value:.6g}"
        return self.expression or f"table of {len(self.table[0])} points"
