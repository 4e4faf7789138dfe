"""Structure of the temperature dependence of each law of a cell: factor, linear, or mixed.

The structure is read from expressions and keys, not fitted.  A law is L(x, T) = G(T) M(x, T), where G contains all
factors that depend on temperature only (activation energies, exponents, factors of an expression).  If nothing else
depends on T, M is a function of x.  A potential with an entropic coefficient is U(x) + (T - T_ref) S(x).  All other
laws depend on x and T jointly, and are approximated by `mixed`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from ...parameters import Cell
from ...parameters.catalogue.quantities import ELECTRONIC
from ...parameters.laws.split import depends_on_temperature, factor_of_temperature, has_factor, mixes
from ..electrodes import is_metal
from .electrons import conducts, factor, of_reference
from .tables import (
    assisted,
    conductivity_factor,
    diffusion,
    diffusion_potential,
    diffusivity_factor,
    exchange,
    is_fickian,
    potential,
    salt_conductivity,
    salt_diffusivity,
    salt_range,
    salt_shape,
    scaled_diffusivity,
    transference,
)

FACTOR, LINE, MIXED = 0, 1, 2
VOLT = 0.002  # error scale of a potential [V]
CHI = 0.05  # error scale of the factor of the diffusion potential [V]
SHARE = 0.1  # error scale of a transference number


@dataclass(frozen=True)
class Material:
    """One law.  density(T): a function of x (n,); the table contains its integral if `summed`.

    factor(T) for T (n,): G up to a constant, or None for 1.  free: whether G has factors from an expression.
    kind: FACTOR, LINE (slope is S, a function of x) or MIXED.
    level: error scale of a law that may pass through zero; None for relative errors.
    """

    name: str
    density: Callable
    factor: Callable | None = None
    kind: int = FACTOR
    summed: bool = False
    slope: Callable | None = None
    level: float | None = None
    free: bool = False


def _potential(cell: Cell, part: str) -> Any:
    name, density = f"{part}/open-circuit potential", partial(potential, cell, part)
    if is_metal(cell, part):
        return Material(name, density)
    entropic = cell.law(f"{part}/entropic change coefficient")
    if depends_on_temperature(cell.law(name)) or depends_on_temperature(entropic):
        return Material(name, density, None, MIXED, level=VOLT)
    T_ref = cell.value("cell/reference temperature")
    if entropic.value == 0.0:
        return Material(name, density)
    return Material(name, density, None, LINE, slope=lambda x: entropic(x, T_ref))


def _law(cell: Cell, path: Any, by_key: Any = None) -> Any:
    """Factor, kind and `free` of a law of the file; by_key(T): factor from keys of the file."""
    law = cell.law(path)
    own, kind = has_factor(law), MIXED if mixes(law) else FACTOR
    if not own:
        return {"factor": by_key, "kind": kind}
    if by_key is None:
        return {"factor": partial(factor_of_temperature, law), "kind": kind, "free": True}
    return {"factor": lambda T: by_key(T) * factor_of_temperature(law, T), "kind": kind, "free": True}


def _exchange(cell: Cell, part: str) -> Any:
    name = f"{part}/exchange-current shape"
    density = partial(exchange, cell, part)
    return Material(name, density) if is_metal(cell, part) else Material(name, density, **_law(cell, name))


def _diffusion(cell: Cell, part: str) -> Any:
    name = f"{part}/particle diffusivity"
    if is_metal(cell, part):
        return Material(name, partial(diffusion, cell, part))
    by_key = partial(diffusivity_factor, cell, part)
    found = _law(cell, name, by_key)
    if assisted(cell, part) or not is_fickian(cell, part):  # by stress, the less the warmer; by a potential of T
        found["kind"] = MIXED
    return Material(name, partial(scaled_diffusivity, cell, part), summed=True, **found)


@cache
def electrons(part: str) -> Callable:
    """A function (cell) that returns the law of the electronic conductivity of an electrode."""
    return partial(_electrons, part=part)


def _electrons(cell: Cell, part: str) -> Any:
    name, density = f"{part}/{ELECTRONIC}", partial(of_reference, cell, part)
    if not conducts(cell, part):
        return Material(name, density)
    return Material(name, density, **_law(cell, name, partial(factor, cell, part)))


def _salt(cell: Cell, law: Any, name: str, **more: Any) -> Any:
    c_range = salt_range(cell)
    return Material(name, lambda T: law(cell, T, c_range), **more)


def _salt_diffusion(cell: Cell) -> Any:
    name, by_key = "electrolyte/diffusivity", partial(diffusivity_factor, cell, "electrolyte")
    return _salt(cell, salt_diffusivity, name, summed=True, **_law(cell, name, by_key))


def _conductivity(cell: Cell) -> Any:
    name = "electrolyte/conductivity"
    return _salt(cell, salt_conductivity, name, **_law(cell, name, partial(conductivity_factor, cell)))


def _chi(cell: Cell) -> Any:
    name = "electrolyte/thermodynamic factor"
    found = _law(cell, name, lambda T: T)
    if depends_on_temperature(cell.law("electrolyte/cation transference number")):
        found["kind"] = MIXED
    return _salt(cell, diffusion_potential, name, level=CHI, **found)


def _t_plus(cell: Cell) -> Any:
    name = "electrolyte/cation transference number"
    return _salt(cell, transference, name, level=SHARE, **_law(cell, name))


def _shape(cell: Cell, part: str) -> Any:
    name = f"{part}/exchange-current electrolyte shape"
    return _salt(cell, salt_shape(part), name, **_law(cell, name))


BULK = (_salt_diffusion, _conductivity, _chi, _t_plus)


@cache
def solid(part: str) -> tuple[Callable, ...]:
    """Functions (cell) that return the laws of one material, in the order named in kernels.layout."""
    return tuple(partial(make, part=part) for make in (_potential, _exchange, _diffusion))


@cache
def salt(part: str) -> Callable:
    """A function (cell) that returns the law of the salt that belongs to one material."""
    return partial(_shape, part=part)
