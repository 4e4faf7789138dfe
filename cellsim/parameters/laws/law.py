"""Material laws as expressions or tables, evaluated without executing anything from a file."""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import ParameterError
from ...numerics.varied import Varied, at_each
from ...support.files import cut
from .evaluation import Program
from .intervals import places
from .sites import Sites, fault_of

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "tanh", "cosh", "sinh", "abs")},
    **{"min": np.minimum, "max": np.maximum},
}
OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
NODES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Load, ast.Constant, *OPERATORS)
LARGEST = 1e100  # of a table, as differences and slopes are squared
LONGEST = 4000  # characters
DEEPEST = 200  # levels of nesting; evaluation is recursive
X_RANGE = (0.001, 0.999)  # stoichiometries over which a law must be finite, the range tabulated by the models
SLACK = 5e-3  # tolerance of a stoichiometry: windows and tables are printed to two or three digits
FLAT = 1e-9  # V between two of 1001 stoichiometries; a smaller rise of a potential counts as level
KNOWN = f"use numbers, x, T, + - * / ** and {', '.join(FUNCTIONS)}"
REMEDIES = {  # common spellings, and the supported one
    "log10": "log(x)/log(10)",
    "log2": "log(x)/log(2)",
    "ln": "log(x)",
    "pow": "x**2",
    "pi": "3.141592653589793",
    "e": "exp(1)",
    "power": "x**2",
    "square": "x**2",
    "minimum": "min(x, 1)",
    "maximum": "max(x, 1)",
    "fabs": "abs(x)",
    "sech": "1/cosh(x)",
    "coth": "1/tanh(x)",
    "arcsinh": "log(x + sqrt(x**2 + 1))",
    "asinh": "log(x + sqrt(x**2 + 1))",
    "cbrt": "x**(1/3)",
    "expm1": "exp(x) - 1",
    "log1p": "log(1 + x)",
    "sto": "x",
    "c_e": "x",
    "c": "x",
    "t": "T",
    "temperature": "T",
    "where": "max and min, or a table",
    "heaviside": "max and min, or a table",
}
WRITTEN: dict[type, str] = {  # the same for syntax
    ast.BitXor: "write x**2, not x^2",
    ast.IfExp: "write max and min, or give a table, in place of if",
    ast.Compare: "write max and min, or give a table, in place of a comparison",
    ast.BoolOp: "write max and min, or give a table, in place of and, or",
    ast.Attribute: "write exp(x), without the name of a module",
    ast.Tuple: "write decimal numbers with a point, not a comma",
    ast.Mod: "write x - 2*n, or give a table, in place of %",
    ast.FloorDiv: "write x / 2 in place of x // 2",
}
SPELT = {
    "^": "write x**2, not x^2",
    "²": "write x**2, not x²",
    "·": "write 2*x, not 2·x",
    "×": "write 2*x, not 2×x",
    "−": "use the ASCII minus sign -",
}


class LawError(ParameterError):
    """An expression or table that is not allowed."""


@lru_cache(maxsize=256)
def parse(text: str) -> ast.expr:
    """The syntax tree of an arithmetic expression in x and T.

    Cached: variations of a cell share most of their laws.  Raises LawError for any other text.
    """
    if len(text) > LONGEST:
        raise LawError(f"expression longer than {LONGEST} characters; give a table instead")
    quoted = repr(text if len(text) <= 80 else text[:77] + "...")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # syntax warnings of Python; such text is refused below
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        reason = cut(getattr(fault, "msg", None) or fault)
        raise LawError(f"{quoted} is not an arithmetic expression ({reason}); {_remedy(text)}") from None
    _check(tree, quoted)
    return tree


def _remedy(text: str) -> str:
    """How to rewrite an expression that cannot be parsed."""
    known = [words for sign, words in SPELT.items() if sign in text]
    if not known and re.search(r"\d\s*[A-Za-z(]|\)\s*[\w(]", re.sub(r"[eE][+-]?\d|\b\w+\(", "", text)):
        known = ["a product is written with *, such as 2*x"]
    return "; ".join([*known, KNOWN])


def _check(tree: ast.expr, quoted: str) -> None:
    """Refuse everything that is not arithmetic; level by level, so that deep nesting cannot overflow the stack."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise LawError(f"{quoted} is nested deeper than {DEEPEST} levels; simplify it or give a table")
        for node in level:
            _allow(node, quoted)
        level = [child for node in level for child in _parts(node)]


def _parts(node: ast.AST) -> list[Any]:
    return node.args if isinstance(node, ast.Call) else list(ast.iter_child_nodes(node))


def _allow(node: ast.AST, quoted: str) -> None:
    if not isinstance(node, NODES):
        written = f"{WRITTEN[type(node)]}; " if type(node) in WRITTEN else ""
        raise LawError(f"{type(node).__name__} is not allowed in {quoted}; {written}{KNOWN}")
    if isinstance(node, ast.Constant) and not finite(node.value):
        raise LawError(f"{str(node.value)[:40]} is not a finite number in {quoted}; {KNOWN}")
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        raise LawError(f"{node.id!r} needs an argument in {quoted}; write {node.id}(x)")
    if isinstance(node, ast.Name) and node.id not in ("x", "T"):
        instead = f"write {REMEDIES[node.id]}; " if node.id in REMEDIES else ""
        raise LawError(f"{cut(node.id, 40)!r} is not known in {quoted}; {instead}{KNOWN}")
    if isinstance(node, ast.Call):
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if not isinstance(node.func, ast.Name) or called not in FUNCTIONS:
            instead = REMEDIES.get(called) or (f"{called}(x)" if called in FUNCTIONS else "")
            if called in ("", "x", "T") and not isinstance(node.func, ast.Attribute):
                instead = "a product with *, such as 3*(x + 1)"
            raise LawError(
                f"only {', '.join(FUNCTIONS)} can be called, in {quoted}" + (f"; write {instead}" if instead else "")
            )
        arity = 2 if node.func.id in ("min", "max") else 1
        if node.keywords or len(node.args) != arity:
            raise LawError(f"{node.func.id} takes {arity} argument{'s' * (arity > 1)} in {quoted}")


def finite(value: Any) -> bool:
    """Whether a value is an int or float that is finite as a float."""
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # an integer beyond the range of floats
        return False


@lru_cache(maxsize=256)
def program(tree: ast.expr) -> Program:
    """A checked tree as a function of x and T.  NumPy scalars: overflow gives inf, a root of -1 nan, no exception."""
    return Program(tree, FUNCTIONS, OPERATORS)


class Domain(NamedTuple):
    """Where a law of the stoichiometry holds, and how it is continued outside."""

    lo: float  # stoichiometries between which it was fitted: the window of the electrode
    hi: float
    falls: bool  # True for an open-circuit potential, which falls with x
    least: float  # allowed range of the quantity
    most: float


@dataclass(frozen=True)
class Law:
    """A number, an expression in x and T, a table, or a potential of host sites: callable as law(x, T) on arrays.

    x: array of any shape, stoichiometry [1] or concentration [mol/m3]; T: number [K], or for x (times, ...) an array
    (times, 1, ...); returns an array of the shape of x in the unit of the record.  Tables are interpolated by monotone
    cubics (PCHIP) and constant outside; an open-circuit potential is continued along its end tangent if that falls.

    An expression without a `domain` is used wherever it is defined.  With one, it is used outside its data only
    if it stays physical there: an open-circuit potential that would rise with x is continued along its tangent
    at the end of its data, and a quantity that would leave its allowed range, such as a diffusivity that turns
    negative, is constant outside its data.
    """

    value: float | None = None
    expression: str | None = None
    table: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    domain: Domain | None = None
    sites: Sites | None = None
    _tree: ast.expr | None = field(default=None, repr=False, compare=False)
    _ends: dict[float | None, tuple[float, float, float, float]] = field(
        default_factory=dict, repr=False, compare=False
    )  # `beyond` by temperature

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Law":
        """The law of a record of a file.  Raises LawError."""
        if record.get("expression") is not None:
            return cls(expression=record["expression"], _tree=parse(record["expression"]))
        if record.get("table") is not None:
            x, y = (record["table"].get(k, ()) for k in ("x", "y"))
            if (
                len(x) != len(y)
                or len(x) < 2
                or not all(map(finite, (*x, *y)))
                or any(a >= b for a, b in zip(x, x[1:], strict=False))
            ):
                raise LawError("a table needs two or more finite pairs, x and y of equal length, x increasing")
            with np.errstate(all="ignore"):  # 8 times this bounds the coefficients of a monotone cubic through it
                steep = 8.0 * np.diff(np.array(y, float)) / np.diff(np.array(x, float)) ** 3
                if not np.isfinite(steep).all() or max(map(abs, y)) > LARGEST:
                    raise LawError("a table needs values between which slopes are finite; take the outlier out")
            return cls(table=(tuple(map(float, x)), tuple(map(float, y))))
        if record.get("host sites") is not None:
            words = fault_of(record["host sites"])
            if words:
                raise LawError(words)
            return cls(sites=Sites.of(record["host sites"]))
        return cls(value=float(record["value"]))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.value, self.expression, self.table, self.domain, self.sites))

    @property
    def constant(self) -> bool:
        """Whether the law depends on neither x nor T."""
        return self.value is not None

    @property
    def warms(self) -> bool:
        """Whether the law may depend on T."""
        return self.sites is not None or (self.expression is not None and "T" in self.expression)

    def places(self, lo: float, hi: float, T: float) -> NDArray[np.float64]:
        """Values of x (n,) between lo and hi near which an expression may be undefined at T [K], such as poles."""
        return places(self._tree, lo, hi, T) if self._tree is not None else np.zeros(0)

    @cached_property
    def _curve(self) -> tuple[Any, Any]:
        from scipy.interpolate import PchipInterpolator

        x, y = (np.array(v) for v in self.table or ())
        with np.errstate(all="ignore"):  # the inverse of a slope next to 0
            curve = PchipInterpolator(x, y)
        return curve, curve.derivative()

    def beyond(self, T: float) -> tuple[float, float, float, float]:
        """(lo, hi, slope below lo, slope above hi) of the linear continuation at T [K]; lo = -inf, hi = inf if none."""
        key = float(T) if self.warms else None
        ends = self._ends.get(key)
        if ends is None:
            if len(self._ends) > 64:
                self._ends.clear()
            ends = self._ends[key] = self._lines(T)
        return ends

    def _lines(self, T: float) -> tuple[float, float, float, float]:
        falls = self.domain is not None and self.domain.falls
        if self.table is not None:
            ends = self.table[0][0], self.table[0][-1]
            slopes = self._curve[1](np.array(ends)).tolist() if falls else (0.0, 0.0)
            return ends[0], ends[1], min(slopes[0], 0.0), min(slopes[1], 0.0)
        if self.domain is None or self.sites is not None:
            return -np.inf, np.inf, 0.0, 0.0
        known = self.domain
        lo, hi = max(known.lo - SLACK, X_RANGE[0]), min(known.hi + SLACK, X_RANGE[1])
        below, above = (
            self._unphysical(np.linspace(*ends, 1001), T, known) for ends in ((X_RANGE[0], lo), (hi, X_RANGE[1]))
        )
        h = 1e-6  # of difference quotients within the data, accurate to 1e-6 relative
        y = self._plain(np.array([lo, lo + h, hi - h, hi]), T)
        slopes = ((y[1] - y[0]) / h, (y[3] - y[2]) / h) if falls else (0.0, 0.0)
        return (
            lo if below else -np.inf,
            hi if above else np.inf,
            min(float(slopes[0]), 0.0),
            min(float(slopes[1]), 0.0),
        )

    def _unphysical(self, x: NDArray[np.float64], T: float, known: Domain) -> bool:
        """Whether the law rises or leaves its allowed range somewhere in x (n,), increasing, outside its data."""
        y = self._plain(x, T)
        if known.falls:
            return bool((np.diff(y) > FLAT).any())
        return bool((y < known.least).any() or (y > known.most).any())

    def _plain(self, x: NDArray[np.float64], T: "float | NDArray[np.float64]") -> NDArray[np.float64]:
        """The expression or table without continuation; x: array within the table."""
        if self.table is not None:
            return np.asarray(self._curve[0](x))
        with np.errstate(all="ignore"):
            law = program(self._tree or parse(self.expression or ""))
            T = np.asarray(T, float)[()] if self.warms else 0.0
            return np.asarray(law(x, T) + np.zeros(x.shape))

    def _by_row(self, x: NDArray[np.float64], T: NDArray[np.float64]) -> NDArray[np.float64]:
        """The law of x (times, ...) at temperatures T (times, 1, ...)."""
        if self.sites is None and (self.expression is None or "T" not in self.expression):
            return self._at(x, float(T.flat[0])) if T.size else np.empty(x.shape)
        if self.sites is None and self.domain is None:
            return self._plain(x, T)
        out, (each, which) = np.empty(x.shape), np.unique(T, return_inverse=True)
        rows = np.split(np.argsort(which.ravel(), kind="stable"), np.cumsum(np.bincount(which.ravel()))[:-1])
        for one, of in zip(each.tolist(), rows, strict=True):
            out[of] = self._at(x[of], one)
        return out

    def __call__(self, x: ArrayLike, T: "float | NDArray[np.float64]") -> NDArray[np.float64]:
        x = np.asarray(x, float)
        if self.value is not None:
            return np.full(x.shape, self.value)
        if isinstance(T, np.ndarray):
            return self._by_row(x, T) if T.ndim else self._at(x, T.item())
        if isinstance(T, Varied):
            return at_each(lambda one: self._at(x, one), T) if self.warms else self._at(x, 0.0)  # type: ignore[return-value]
        return self._at(x, T)

    def _at(self, x: NDArray[np.float64], T: float) -> NDArray[np.float64]:
        """The law of x at one temperature."""
        if self.sites is not None:
            return self.sites.potential(x, T)
        if self.domain is None and self.table is None:
            return self._plain(x, T)
        lo, hi, before, after = self.beyond(T)
        if lo == -np.inf and hi == np.inf:
            return self._plain(x, T)
        inside = np.clip(x, lo, hi)
        beyond = np.where(x < inside, before, after) * (x - inside)
        return np.asarray(self._plain(inside, T) + beyond)

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.value:.6g}"
        if self.sites is not None:
            return f"{len(self.sites.X)} host sites"
        return self.expression or f"table of {len(self.table[0] if self.table else ())} points"
