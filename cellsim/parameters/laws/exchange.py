"""An exchange-current density as a law of stoichiometry, salt concentration and temperature, by its factors."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ..catalogue import parted
from .law import Law, LawError

DENSITY, SHAPE, SALT = "exchange-current density", "exchange-current shape", "exchange-current electrolyte shape"
ENERGY = "exchange-current activation energy"
PLACES = np.array([0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98])
SALTS, KELVINS = (0.25, 0.5, 2.0), (-30.0, 0.0, 30.0)  # of the initial concentration, and from the reference
APART = 1e-6  # relative, of the law from the product of its factors


def by_exchange_laws(changes: Mapping[str, Any], raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The changes with exchange-current densities that are expressions in x, c_e and T as number and shapes.

    raw: the content of the file of the cell `name`.  Raises ParameterError for one that is no product of a function of
    x and T and one of c_e and T, and where a factor is given besides.
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


def _factors(path: str, text: str, raw: Mapping[str, Any], metal: bool) -> dict[str, Any]:
    """Density [A.m-2] at x = 0.5 and the initial concentration, shapes and activation energy that make up the law."""
    c_0, T_ref = raw["electrolyte"]["initial concentration"]["value"], raw["cell"]["reference temperature"]["value"]

    def at(x: str | None, c: str) -> str:
        """The text with a stoichiometry and a concentration in place of the names; None: as it is."""
        found = text if x is None else re.sub(r"\bx\b", x, text)
        return re.sub(r"\bc(_e)?\b", c, found)

    def value(x: Any, c: float, T: float) -> Any:
        return Law.of({"expression": at(None, repr(c))})(x, T)

    if metal and re.search(r"\bx\b", text):
        raise ParameterError(f"{path}: lithium metal has no stoichiometry x; give an expression in c_e and T")
    try:
        half = np.array([0.5])
        number = float(value(half, c_0, T_ref)[0])
        if not (np.isfinite(number) and number > 0.0):
            raise ParameterError(
                f"{path}: is {number:g} A.m-2 at x = 0.5, c_e = {c_0:g} mol.m-3 and {T_ref:g} K; it must be above 0"
            )
        worst = 0.0
        for T in (T_ref + more for more in KELVINS):
            for c in (c_0 * share for share in SALTS):
                whole = value(PLACES, c, T) * value(half, c_0, T)
                product = value(PLACES, c_0, T) * value(half, c, T)
                worst = max(worst, float(np.max(np.abs(product / whole - 1.0))))
    except LawError as fault:
        raise ParameterError(f"{path}: {str(fault).replace('x, T', 'x, c_e, T')}") from None
    if not worst <= APART:
        raise ParameterError(
            f"{path}: is no product of a function of x and T and one of c_e and T ({100.0 * worst:.2g} % apart), as an "
            "exchange current is here; give one that is"
        )
    salt = f"({at('0.5', 'x')}) / ({at('0.5', repr(c_0))}) / sqrt(x / {c_0!r})"
    if metal:
        return {DENSITY: number, SALT: f"({at('0.5', 'x')}) / {number!r} / sqrt(x / {c_0!r})", ENERGY: 0.0}
    shape = f"({at(None, repr(c_0))}) / (2 * {number!r} * sqrt(x * (1 - x)))"
    return {DENSITY: number, SHAPE: shape, SALT: salt, ENERGY: 0.0}
