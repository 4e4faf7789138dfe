"""Laws that a user gives as a function, as points or as a file, made into tables with a stated error."""

import re
import sys
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...support.arguments import file_path, numbers, shown
from ...support.files import cut, read_text
from .law import X_RANGE
from .profile import POSITION
from .sampling import monotone, refined

Array = NDArray[np.float64]

FIRST = 65  # points that a function is sampled at before those where it bends
MOST = 2000  # points of a table
AIM = 1e-5  # error of a sampled function, relative to its range, or to its value where that is larger
BETWEEN = 8  # places between two points at which the error is measured
KINK = 1e-4  # of an interval, beside a point of a linear law
WANTED = "give a number, an expression, a function of x, a pair (x, y) of points, or the path of a .csv file with them"
KINDS = ("pchip", "linear")


class Given(NamedTuple):
    """A law as a file states it: "value", "expression" or "table", its content, and what to say about it."""

    form: str
    content: Any
    note: str = ""


def given(path: str, new: Any, law: str, c_0: float, T: float, span: tuple[float, float]) -> Given:
    """What a user gave for the quantity `path`, which is no number and no expression.

    law: "stoichiometry", "concentration" or "position", what it depends on.  c_0: initial concentration [mol/m3].
    T [K]: reference temperature, at which functions of (x, T) are sampled.  span: concentrations over c_0 for which
    laws are tabulated.  Raises ParameterError.
    """
    if callable(new):
        ranges = {"stoichiometry": X_RANGE, POSITION: (0.0, 1.0)}
        lo, hi = ranges.get(law, (c_0 * span[0], c_0 * span[1]))
        return _sampled(path, new, lo, hi, T, law == POSITION)
    kind, source = "pchip", ""
    if isinstance(new, str | PathLike):
        source = f" of {Path(new).name}"
        new = _read(path, file_path(path, new, (".csv",), ParameterError))
    elif isinstance(new, tuple) and len(new) == 3:
        *new, kind = new
        if not isinstance(kind, str) or kind not in KINDS:
            raise ParameterError(f"{path}: interpolation {shown(kind)}: choose one of {', '.join(KINDS)}")
    x, y = _points(path, new)
    _falls(path, x, y)
    words = f"{x.size} points{source}, interpolated by {'straight lines' if kind == 'linear' else 'monotone cubics'}"
    if kind == "linear":
        x, y = _straight(x, y)
    return Given("table", {"x": x.tolist(), "y": y.tolist()}, words + ("" if law == POSITION else f"; {_outside(x)}"))


def _outside(x: Array) -> str:
    """How a table is continued, see `Law`."""
    return f"below {x[0]:.4g} and above {x[-1]:.4g} constant, an open-circuit potential along its end tangents"


def _points(path: str, new: Any) -> tuple[Array, Array]:
    """Points x and y (n,), x rising.  Raises ParameterError."""
    if isinstance(new, np.ndarray) and new.ndim == 2 and new.shape[1] == 2 and new.shape[0] != 2:
        new = new.T
    if isinstance(new, str | bytes) or not isinstance(new, tuple | list | np.ndarray) or len(new) != 2:
        raise ParameterError(f"{path}: {WANTED}, found {shown(new)}")
    x, y = (
        numbers(f"{path}: {name}", part, "give numbers", least=2, error=ParameterError)
        for name, part in zip("xy", new, strict=True)
    )
    if x.size != y.size:
        raise ParameterError(f"{path}: {x.size} numbers for x and {y.size} for y; give as many of each")
    if x.size > MOST:
        raise ParameterError(f"{path}: {x.size} points; give at most {MOST}")
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    if (np.diff(x) <= 0.0).any():
        raise ParameterError(f"{path}: x has {x[:-1][np.diff(x) <= 0.0][0]:g} more than once; leave one out")
    return x, y


def _falls(path: str, x: Array, y: Array) -> None:
    """Refuse an open-circuit potential that rises on the whole.  Raises ParameterError."""
    if path.endswith("/open-circuit potential") and y[-1] > y[0]:
        raise ParameterError(
            f"{path}: rises from {y[0]:.4g} V at x = {x[0]:.4g} to {y[-1]:.4g} V at {x[-1]:.4g}; a potential falls "
            "with the lithium content x: give it over 1 - x if it is stated over what has left"
        )


def _straight(x: Array, y: Array) -> tuple[Array, Array]:
    """More points, such that monotone cubics through them are the straight lines, but for KINK beside each point."""
    gap = np.diff(x)
    more = np.sort(np.concatenate([x, x[:-1] + KINK * gap, x[1:] - KINK * gap]))
    return more, np.interp(more, x, y)


def _read(path: str, file: Path) -> tuple[list[float], list[float]]:
    """The two columns of a file; # begins a comment, and one heading is allowed.  Raises ParameterError."""
    text = read_text(file, ParameterError, name=f"{path}: {cut(file)}")
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = [w for w in re.split(r"[,;\s]+", line.partition("#")[0].strip()) if w]
        try:
            row = [float(w) for w in words]
        except ValueError:
            if rows:
                raise ParameterError(f"{path}: {file.name}, line {number}: give two numbers, x and y") from None
            continue
        if row and len(row) != 2:
            raise ParameterError(f"{path}: {file.name}, line {number}: {len(row)} columns; give two, x and y")
        rows += [row] if row else []
    return [r[0] for r in rows], [r[1] for r in rows]


def _sampled(path: str, law: Callable[..., Any], lo: float, hi: float, T: float, closed: bool) -> Given:
    """A table of a function between lo and hi, with its error as measured between the points; closed: ends there."""
    f, of_T = _function(path, law, T)

    def allowed(true: Array, y: Array) -> Array:
        size = np.abs(true)
        return AIM * (np.maximum(size, np.ptp(y)) if np.ptp(y) > 0.0 else np.maximum(size, 1e-300))

    _falls(path, *(np.asarray(part) for part in ((lo, hi), f(np.array([lo, hi])))))
    shares = ((np.arange(BETWEEN) + 0.5) / BETWEEN).tolist()
    x, y, wrong = refined(f, np.linspace(lo, hi, FIRST), monotone, allowed, shares=shares, most=MOST)
    note = f"function sampled at {x.size} points, error {wrong.max():.2g} (measured at {wrong.size} places between)"
    note += f"; at {T:g} K, and the same at others" if of_T else ""
    return Given("table", {"x": x.tolist(), "y": y.tolist()}, note if closed else f"{note}; {_outside(x)}")


def _symbolic(law: Callable[..., Any], x: Array, more: tuple[float, ...]) -> Array | None:
    """Values (n,) of a function written with PyBaMM's symbols, None for any other."""
    pybamm = sys.modules.get("pybamm")
    if pybamm is None:
        return None
    try:
        return np.asarray(law(pybamm.Vector(x), *more).evaluate(), float)[:, 0]
    except Exception:
        return None


def _function(path: str, law: Callable[..., Any], T: float) -> tuple[Callable[[Array], Array], bool]:
    """The function of an array x, and whether it depends on T as well.  Raises ParameterError."""
    from inspect import Parameter, signature

    try:
        needed = [
            p
            for p in signature(law).parameters.values()
            if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD) and p.default is Parameter.empty
        ]
        arguments = len(needed)
    except (TypeError, ValueError):
        arguments = 1
    if isinstance(law, type) or arguments not in (1, 2):
        raise ParameterError(f"{path}: give a function of x, or of x and T, found {shown(law)}")
    more = (T,) if arguments == 2 else ()

    def evaluate(x: Array) -> Array:
        found: Array | None
        try:
            found = np.asarray(law(x, *more), float)
            found = np.full(x.shape, float(found)) if found.ndim == 0 else found
        except Exception:  # a function of single numbers, or of PyBaMM's symbols
            found = _symbolic(law, x, more)
        if found is None or found.shape != x.shape:
            try:
                found = np.array([float(law(float(each), *more)) for each in x])
            except Exception as fault:
                raise ParameterError(
                    f"{path}: the function failed ({type(fault).__name__}: {str(fault)[:200]})"
                ) from None
        if not np.isfinite(found).all():
            bad = x[~np.isfinite(found)][0]
            raise ParameterError(
                f"{path}: the function is not finite at {bad:g}; make it so from {x[0]:g} to {x[-1]:g}"
            )
        return found

    return evaluate, bool(more)
