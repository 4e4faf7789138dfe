"""An exchange-current density as a law of stoichiometry, salt concentration and temperature, by its factors.

A law i0(x, c_e, T) that is a product f(x, T) g(c_e, T) is taken as it is.  Of one that is not, the product

    sqrt(i0(x, c_1) i0(x, c_2)) sqrt(i0(x_1, c_e) i0(x_2, c_e)) / m,

m the geometric mean of i0 at the four corners, is taken at each T, 1 and 2 being the ends of the ranges RANGE_X and
RANGE_C.  Where the second derivative of ln i0 by x and c_e has one sign, no product is nearer in its largest deviation
of ln i0: Rivlin and Sibner, Am. Math. Mon. 72 (1965) 1101.  It is refused where it is more than MOST off.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ParameterError
from ...support.renamed import warn
from ..catalogue import parted
from .given import Given
from .law import Law, LawError

DENSITY, SHAPE, SALT = "exchange-current density", "exchange-current shape", "exchange-current electrolyte shape"
ENERGY = "exchange-current activation energy"
RANGE_X, RANGE_C = (0.02, 0.98), (0.2, 2.5)  # stoichiometry, and share of the initial salt concentration
PLACES = np.linspace(*RANGE_X, 25)
SALTS = (0.2, 0.35, 0.6, 1.0, 1.5, 2.0, 2.5)
KELVINS = (-30.0, 0.0, 30.0)  # from the reference temperature
APART = 1e-6  # relative, of the law from the product of its factors: nothing to be said
MOST = 0.05  # the same of a law that is taken for a product: 1.3 mV of overpotential below i0, 2.6 mV far above

Array = NDArray[np.float64]
Nodes = tuple[float, ...]
Values = Callable[[Any, float], Array]  # i0 [A.m-2] of stoichiometries (n,) and a salt concentration [mol.m-3]


def by_exchange_laws(changes: Mapping[str, Any], raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The changes with exchange-current densities that are expressions in x, c_e and T as number and shapes.

    raw: the content of the file of the cell `name`.  Warns of one that is no product of a function of x and T and one
    of c_e and T.  Raises ParameterError for one that is too far from a product, and where a factor is given besides.
    """
    out: dict[str, Any] = {}
    for path, new in changes.items():
        section, _, key = str(path).partition("/")
        if parted(key)[1] != DENSITY or not isinstance(new, str) or not re.search(r"\b(x|c|c_e|T)\b", new):
            out[path] = new
            continue
        within = path.removesuffix(DENSITY)
        besides = [within + other for other in (SHAPE, SALT, ENERGY) if within + other in changes]
        if besides:
            raise ParameterError(f"{name}: {path}: is a law, which has {besides[0]} in it; give one of them")
        metal = raw.get(section, {}).get("type") == "lithium metal"
        out |= {within + k: v for k, v in _factors(f"{name}: {path}", new, raw, metal).items()}
    return out


def alone(c_0: float) -> tuple[Nodes, Nodes]:
    """Stoichiometry and concentration [mol.m-3] of the factors of a law that is a product."""
    return (0.5,), (c_0,)


def nodes(c_0: float) -> tuple[Nodes, Nodes]:
    """Stoichiometries and concentrations [mol.m-3] at whose geometric means the nearest product is taken."""
    return RANGE_X, tuple(c_0 * share for share in RANGE_C)


def mean(values: Any) -> Any:
    """Geometric mean of numbers or arrays."""
    values = list(values)
    with np.errstate(all="ignore"):  # of what is not above 0 there is none
        return values[0] if len(values) == 1 else np.prod(np.array(values), axis=0) ** (1.0 / len(values))


def mean_text(texts: Any) -> str:
    """The same of two expressions, or of one."""
    texts = list(texts)
    return texts[0] if len(texts) == 1 else f"sqrt(({texts[0]}) * ({texts[1]}))"


def range_text(c_0: float) -> str:
    """Where laws are compared with products, in words."""
    lo, hi = (f"{c_0 * share:g}" for share in RANGE_C)
    return f"x from {RANGE_X[0]:g} to {RANGE_X[1]:g} and c_e from {lo} to {hi} mol.m-3"


def off_product(i0: Values, xs: Nodes, cs: Nodes, c_0: float) -> float:
    """Largest relative deviation from i0 at one temperature of the product of its means at cs and at xs.

    Infinite where one is no number, as of a law that is not above 0.
    """
    across = np.array(xs)
    along, corners = mean(i0(PLACES, c) for c in cs), mean(mean(i0(across, c)) for c in cs)
    worst = 0.0
    for c in (c_0 * share for share in SALTS):
        with np.errstate(all="ignore"):
            ratio = along * mean(i0(across, c)) / corners / i0(PLACES, c)
        worst = max(worst, float(np.max(np.abs(ratio - 1.0))) if np.isfinite(ratio).all() else np.inf)
    return worst


def _factors(path: str, text: str, raw: Mapping[str, Any], metal: bool) -> dict[str, Any]:
    """Density [A.m-2] at x = 0.5 and the initial concentration, shapes and activation energy that make up the law."""
    c_0, T_ref = raw["electrolyte"]["initial concentration"]["value"], raw["cell"]["reference temperature"]["value"]

    def at(x: str | None, c: str) -> str:
        """The text with a stoichiometry and a concentration in place of the names; None: as it is."""
        found = text if x is None else re.sub(r"\bx\b", x, text)
        return re.sub(r"\bc(_e)?\b", c, found)

    def value(x: Any, c: float, T: float) -> Any:
        return Law.of({"expression": at(None, repr(c))})(np.asarray(x), T)

    if metal and re.search(r"\bx\b", text):
        raise ParameterError(f"{path}: lithium metal has no stoichiometry x; give an expression in c_e and T")
    note, half = "", np.array([0.5])
    xs, cs = alone(c_0)
    try:
        number = float(value(half, c_0, T_ref)[0])
        if not (np.isfinite(number) and number > 0.0):
            raise ParameterError(
                f"{path}: is {number:g} A.m-2 at x = 0.5, c_e = {c_0:g} mol.m-3 and {T_ref:g} K; it must be above 0"
            )

        def worst(xs: Nodes, cs: Nodes) -> float:
            kelvins = [T_ref + more for more in KELVINS]
            return max(off_product(lambda x, c, T=T: value(x, c, T), xs, cs, c_0) for T in kelvins)  # type: ignore[misc]

        if worst(xs, cs) > APART:
            xs, cs = nodes(c_0)
            off = worst(xs, cs)
            note = _said(path, off, c_0)
            across = np.array(xs)
            corners = mean(mean(value(across, c, T_ref)) for c in cs)
            number = float(mean(value(half, c, T_ref)[0] for c in cs) * mean(value(across, c_0, T_ref)) / corners)
    except LawError as fault:
        raise ParameterError(f"{path}: {str(fault).replace('x, T', 'x, c_e, T')}") from None
    if metal:
        return {DENSITY: number, SALT: f"({at('0.5', 'x')}) / {number!r} / sqrt(x / {c_0!r})", ENERGY: 0.0}
    before = mean_text(at(repr(x), repr(c_0)) for x in xs)
    salt = f"({mean_text(at(repr(x), 'x') for x in xs)}) / ({before}) / sqrt(x / {c_0!r})"
    shape = f"({mean_text(at(None, repr(c)) for c in cs)}) / (2 * {number!r} * sqrt(x * (1 - x)))"
    if not note:
        return {DENSITY: number, SHAPE: shape, SALT: salt, ENERGY: 0.0}
    all_four = mean_text(mean_text(at(repr(x), repr(c)) for x in xs) for c in cs)
    warn(f"{path}: {note}")
    return {
        DENSITY: number,
        SHAPE: Given("expression", f"{shape} * ({before}) / {all_four}", note),
        SALT: Given("expression", salt, note),
        ENERGY: 0.0,
    }


def percent(share: float) -> str:
    """A share in % to two digits, in figures: 0.031, 13, 150."""
    return f"{float(f'{100.0 * share:.2g}'):g}"


def _said(path: str, off: float, c_0: float) -> str:
    """What is said of a law that is taken for a product.  Raises ParameterError where it is too far from one."""
    where = range_text(c_0)
    if not np.isfinite(off):
        raise ParameterError(f"{path}: is not above 0 everywhere for {where}; give an expression that is")
    if off > MOST:
        raise ParameterError(
            f"{path}: is no product of a function of x and T and one of c_e and T, as an exchange current is here: the "
            f"nearest one is {percent(off)} % off for {where}, where {100.0 * MOST:g} % are taken; give a law in "
            "which x and c_e are factors of each other"
        )
    return f"taken as a product of a function of x and T and one of c_e and T, at most {percent(off)} % off for {where}"
