"""Material laws as text or tables, evaluated safely: nothing in a file is ever executed."""
import ast
import operator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "cosh": np.cosh, "sinh": np.sinh,
             "abs": np.abs, "min": np.minimum, "max": np.maximum}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
             ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos}
LONGEST = 4000  # characters


class LawError(ValueError):
    """An expression or table that is not allowed; the message says what and why."""


def parse(text) -> ast.expr:
    """The syntax tree of an expression in x and T, if it contains nothing but arithmetic."""
    if len(text) > LONGEST:
        raise LawError(f"expression longer than {LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise LawError(f"{text!r} is not an arithmetic expression ({fault})") from None
    for node in ast.walk(tree):
        _allow(node, text)
    return tree


def _allow(node, text):
    kinds = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant, *OPERATORS)
    if not isinstance(node, kinds):
        raise LawError(f"{type(node).__name__} is not allowed in {text!r}: use numbers, x, T, + - * / ** and "
                       f"{', '.join(FUNCTIONS)}")
    if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
        raise LawError(f"{node.value!r} is not a number in {text!r}")
    if isinstance(node, ast.Name) and node.id not in {"x", "T", *FUNCTIONS}:
        raise LawError(f"{node.id!r} is not known in {text!r}: use x, T and {', '.join(FUNCTIONS)}")
    if isinstance(node, ast.Call) and (not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS
                                       or node.keywords
                                       or len(node.args) != 1 + (node.func.id in ("min", "max"))):
        raise LawError(f"{ast.unparse(node)!r} is not a call of {', '.join(FUNCTIONS)} in {text!r}")


def _walk(node, names):
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise LawError(f"{node.id!r} needs an argument")
        return names[node.id]
    if isinstance(node, ast.Call):
        return FUNCTIONS[node.func.id](*(_walk(a, names) for a in node.args))
    if isinstance(node, ast.UnaryOp):
        return OPERATORS[type(node.op)](_walk(node.operand, names))
    return OPERATORS[type(node.op)](_walk(node.left, names), _walk(node.right, names))


@dataclass(frozen=True)
class Law:
    """A number, an expression in x and T, or a table: callable as law(x, T) on arrays.

    Tables are interpolated by monotone cubics (PCHIP) and continued by their end tangents.
    """

    value: float | None = None
    expression: str | None = None
    table: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    _tree: ast.expr | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, record) -> "Law":
        """From the record of a file.  Raises LawError."""
        if "expression" in record:
            return cls(expression=record["expression"], _tree=parse(record["expression"]))
        if "table" in record:
            x, y = (tuple(map(float, record["table"].get(k, ()))) for k in ("x", "y"))
            if len(x) != len(y) or len(x) < 2 or not np.all(np.diff(x) > 0.0) or not np.all(np.isfinite(x + y)):
                raise LawError("a table needs two or more finite pairs, x and y of equal length, x rising")
            return cls(table=(x, y))
        return cls(value=float(record["value"]))

    @property
    def constant(self) -> bool:
        """Whether the law depends on neither x nor T."""
        return self.value is not None

    @cached_property
    def _curve(self):
        from scipy.interpolate import PchipInterpolator

        x, y = (np.array(v) for v in self.table)
        curve = PchipInterpolator(x, y)
        return x, y, curve, curve.derivative()(x[[0, -1]])

    def __call__(self, x, T):
        x = np.asarray(x, float)
        if self.value is not None:
            return np.full(x.shape, self.value)
        with np.errstate(all="ignore"):
            if self._tree is not None:
                return _walk(self._tree, {"x": x, "T": float(T)}) + np.zeros(x.shape)
        knots, y, curve, slopes = self._curve
        inside = np.clip(x, knots[0], knots[-1])
        return curve(inside) + np.where(x < inside, slopes[0], slopes[1]) * (x - inside)

    def __str__(self):
        if self.value is not None:
            return f"{self.value:.6g}"
        return self.expression or f"table of {len(self.table[0])} points"
