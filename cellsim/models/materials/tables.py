"""Material laws of a cell at one temperature, tabulated for the kernels."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.layout import Laws
from ...numerics.table import KNOTS, Table, integral, joined, pieces, through
from ...numerics.varied import each
from ...parameters import Cell
from ...parameters.catalogue.kinetics import FICKIAN
from ...parameters.consistency import C_RANGE
from ...parameters.laws.blend import blend_of
from ...parameters.laws.law import X_RANGE
from ...physics.constants import R
from ...physics.transport import arrhenius, diffusion_factor
from ..electrodes import PARTS, is_composite, is_metal, materials, stated
from ..memo import kept, kept_whenever
from .electrons import follows, of_reference
from .kinetics import sites_of

Array = NDArray[Any]

LEAST_SHARE = 1e-3  # floor of a transport property, relative to its value at the initial concentration
DILUTE = 1e-5  # smallest tabulated root of a concentration, relative to the root of the lower end of C_RANGE


def one(x: Any) -> Any:
    """The constant law 1."""
    return np.ones_like(x)


def held(law: Any, c_range: tuple[float, float]) -> Any:
    """A law of c as a function of the square root of c, constant outside c_range (lo, hi)."""
    return lambda root: law(np.clip(root * root, *c_range))


def dilute(law: Any, c_range: tuple[float, float]) -> Any:
    """A conductivity as a function of the square root of c, proportional to c below c_range (lo, hi)."""
    return lambda root: law(np.clip(root * root, *c_range)) * np.minimum(root * root / c_range[0], 1.0)


def positive(law: Any, c_0: float) -> Any:
    """A transport law of c with a positive floor, for laws that become zero or negative outside their data.

    The floor is LEAST_SHARE of the value at c_0, and is approached smoothly.  Positive laws are not changed.
    """
    floor = LEAST_SHARE * float(law(np.array([c_0]))[0])

    def bounded(c: Array) -> Any:
        y = law(c)
        if floor <= 0.0 or np.min(y) > 0.0:
            return y
        return np.where(y > 2.0 * floor, y, floor + np.square(np.maximum(y, 0.0)) / (4.0 * floor))

    return bounded


def open_circuit(cell: Cell, part: str, T: float) -> Any:
    """U(x) [V] at T: the law at T_ref plus (T - T_ref) times the entropic coefficient.

    Of a composite electrode that of all its phases at rest, x being their mean stoichiometry.
    """
    if is_composite(cell, part):
        blend = blend_of(cell, part)
        return lambda x: blend(x, T)
    U = cell.law(f"{part}/open-circuit potential")
    slope = cell.law(f"{part}/entropic change coefficient")
    if slope.value == 0.0:
        return lambda x: U(x, T)
    T_ref = cell.value("cell/reference temperature")
    return lambda x: U(x, T) + (T - T_ref) * slope(x, T)


def potential(cell: Cell, part: str, T: float) -> Any:
    """U(x) [V] of an electrode at T; constant for lithium metal."""
    if is_metal(cell, part):
        counter = cell.value(f"{part}/counter potential")
        return lambda x: np.full_like(x, counter)
    return open_circuit(cell, part, T)


def exchange(cell: Cell, part: str, T: float) -> Any:
    """Exchange-current shape f(x) of an electrode at T."""
    if is_metal(cell, part):
        return one
    f = cell.law(f"{part}/exchange-current shape")
    return lambda x: f(x, T)


def diffusivity_factor(cell: Cell, section: str, T: float) -> float:
    """Diffusivity at T over that at the reference temperature, of particles or of the electrolyte."""
    return arrhenius_factor(cell, cell.value(f"{section}/diffusivity activation energy"), T)


def arrhenius_factor(cell: Cell, E: float, T: Any) -> Any:
    """`arrhenius` from the reference temperature of a cell to T, a number or array, of each case of what is `Varied`.

    Where E is 0, a number T is not looked at.
    """
    return (
        1.0
        if E == 0.0 and not isinstance(T, np.ndarray)
        else each(arrhenius, E, T, cell.value("cell/reference temperature"))
    )


def scale_of_diffusivity(cell: Cell, part: str) -> float:
    """Scale of the law `diffusion`: D_s [m2/s] if it is a number, else 1."""
    path = f"{part}/particle diffusivity"
    return cell.value(path) if cell.is_number(path) else 1.0


def diffusion(cell: Cell, part: str, T: float) -> Any:
    """Integral of D_s over x of an electrode at T, relative to its scale, from the first of uniform knots on.

    Cells that differ only in the number for D_s have the same law.
    """
    if is_metal(cell, part):
        return one
    D = scaled_diffusivity(cell, part, T)
    return lambda x: integral(x, D(x))


def scaled_diffusivity(cell: Cell, part: str, T: float) -> Any:
    """D_s(x) of an electrode at T, relative to its scale."""
    path = f"{part}/particle diffusivity"
    factor = diffusivity_factor(cell, part, T)
    stress, gradient = stress_assistance(cell, part, T), by_potential(cell, part, T)
    if cell.is_number(path):
        return lambda x: factor * stress(x) * gradient(x)
    D = cell.law(path)
    return lambda x: factor * D(x, T) * stress(x) * gradient(x)


def by_potential(cell: Cell, part: str, T: float) -> Any:
    """-x (1 - x) F/RT dU/dx of x, where the gradient of the potential of host sites drives diffusion; 1 without."""
    if is_fickian(cell, part):
        return one
    sites = sites_of(cell, part)
    return lambda x: sites.diffusion_factor(x, T)


def is_fickian(cell: Cell, part: str) -> bool:
    """Whether the gradient of the stoichiometry drives diffusion in the particles of an electrode or a phase."""
    return cell.particle(part) == FICKIAN


def stress_assistance(cell: Cell, part: str, T: float) -> Any:
    """1 + theta (c - c_0) of x, by which stress in the particles speeds up diffusion; 1 without.

    theta = 2 Omega^2 E / (9 R T (1 - nu)): Ai et al., J. Electrochem. Soc. 167 (2020) 013512, eq. 8.
    """
    if not assisted(cell, part):
        return one
    get = lambda key: cell.value(stated(cell, part, key))  # noqa: E731
    theta = (
        2.0 * get("partial molar volume") ** 2 * get("Young's modulus") / (9.0 * R * T * (1.0 - get("Poisson's ratio")))
    )
    c_max, c_0 = get("maximum concentration"), get("reference concentration for free of deformation")
    return lambda x: 1.0 + theta * (c_max * x - c_0)


def assisted(cell: Cell, part: str) -> bool:
    """Whether stress assists the diffusion in the particles of an electrode or a phase."""
    return cell.options(part).get("stress-induced diffusion") == "true"


def varies(cell: Cell, part: str) -> bool:
    """Whether the diffusivity in the particles of an electrode depends on their stoichiometry."""
    return not cell.is_number(f"{part}/particle diffusivity") or kept(driven(part), cell, None)


@cache
def driven(part: str) -> Any:
    """A function (cell, T) that returns whether the diffusivity of particles varies even where it is given as a number.

    By stress, or as the gradient of the potential of host sites drives it.
    """
    return lambda cell, T: assisted(cell, part) or not is_fickian(cell, part)


ELECTRODE = (potential, exchange, diffusion)  # laws of the stoichiometry, in the order named in kernels.layout


def exchange_shape(cell: Cell, part: str, T: float) -> Any:
    """Exchange-current electrolyte shape g(c_e) of an electrode at T."""
    g = cell.law(f"{part}/exchange-current electrolyte shape")
    return lambda c: g(c, T)


def conductivity_factor(cell: Cell, T: float) -> Any:
    """Temperature factor on the law of the conductivity."""
    factor = arrhenius_factor(cell, cell.value("electrolyte/conductivity activation energy"), T)
    exponent = cell.value("electrolyte/conductivity temperature exponent")
    return factor if exponent == 0.0 else (T / cell.value("cell/reference temperature")) ** exponent * factor


def conductivity(cell: Cell, T: float) -> Any:
    """kappa(c_e) [S/m] of the bulk electrolyte at T."""
    law, factor = cell.law("electrolyte/conductivity"), conductivity_factor(cell, T)
    return lambda c: factor * law(c, T)


def salt_diffusivity(cell: Cell, T: float, c_range: tuple[float, float]) -> Any:
    """2 sqrt(c_e) D_e at T; its integral over sqrt(c_e) is SALT_DIFFUSION."""
    D, factor = cell.law("electrolyte/diffusivity"), diffusivity_factor(cell, "electrolyte", T)
    D_held = held(positive(lambda c: factor * D(c, T), cell.value("electrolyte/initial concentration")), c_range)
    return lambda root: 2.0 * root * D_held(root)


def salt_diffusion(cell: Cell, T: float, c_range: tuple[float, float]) -> Any:
    """Integral of D_e over c_e."""
    D = salt_diffusivity(cell, T, c_range)
    return lambda root: integral(root, D(root))


def salt_conductivity(cell: Cell, T: float, c_range: tuple[float, float]) -> Any:
    """Conductivity kappa [S/m]."""
    K = conductivity(cell, T)
    molar = positive(lambda c: K(c) / c, cell.value("electrolyte/initial concentration"))
    return dilute(lambda c: c * molar(c), c_range)


def diffusion_potential(cell: Cell, T: float, c_range: tuple[float, float]) -> Any:
    """Factor chi of the diffusion potential [V]."""
    t, tdf = cell.law("electrolyte/cation transference number"), cell.law("electrolyte/thermodynamic factor")
    return held(lambda c: diffusion_factor(t(c, T), tdf(c, T), T), c_range)


def transference(cell: Cell, T: float, c_range: tuple[float, float]) -> Any:
    """Transference number t_plus."""
    t = cell.law("electrolyte/cation transference number")
    return held(lambda c: t(c, T), c_range)


@cache
def salt_shape(part: str) -> Any:
    """A function (cell, T, c_range) that returns g of an electrode or a phase; one function for each."""
    return lambda cell, T, c_range: held(exchange_shape(cell, part, T), c_range)


# functions of the square root of c_e, in the order named in kernels.layout; below c_range, where no source gives a
# law, the electrolyte is dilute
BULK = (salt_diffusion, salt_conductivity, diffusion_potential, transference)


def tables(cell, T) -> Laws:
    """All laws of a cell at temperature T [K], in the order named in kernels.layout."""
    makers = (_pieces_of(law, part) for law, part in solid_laws(cell))
    return Laws(_side_by_side(*(kept_whenever(make, cell, T) for make in makers)), kept(salt_table, cell, T))


def solids(cell: Cell, T: float) -> Any:
    """The laws of all materials, and their tabulated range of stoichiometries."""
    return [law(cell, part, T) for law, part in solid_laws(cell)], X_RANGE


def solid_laws(cell: Cell) -> list[tuple[Any, str]]:
    """Functions (cell, part, T) of all laws of the stoichiometry, and what they are of, in the kernels' order."""
    found = [(law, part) for part in materials(cell) for law in ELECTRODE]
    return found + [(of_reference, part) for part in PARTS] * follows(cell)


def salt_range(cell: Cell) -> tuple[float, float]:
    """Range of salt concentrations [mol/m3] of the laws."""
    return tuple(cell.value("electrolyte/initial concentration") * np.array(C_RANGE))


def salts(cell: Cell, T: float) -> Any:
    """The laws of the salt, and their tabulated range of the root of the concentration.

    The range extends to twice the upper end of C_RANGE, so that Newton iterates far outside have no negative values.
    """
    lo, hi = salt_range(cell)
    return [law(cell, T, (lo, hi)) for law in salt_laws(cell)], _roots(lo, hi)


def salt_laws(cell: Cell) -> list[Any]:
    """Functions (cell, T, c_range) of all laws of the salt, in the kernels' order."""
    return [*BULK, *map(salt_shape, materials(cell))]


def _roots(lo: float, hi: float) -> tuple[float, float]:
    return DILUTE * np.sqrt(lo), np.sqrt(2.0 * hi)


@cache
def _values_of(law: Any) -> Any:
    """A function (cell, T) that returns the values (KNOTS,) of a law of the salt; one function for each."""

    def make(cell: Cell, T: float) -> Array:
        lo, hi = salt_range(cell)
        return np.asarray(law(cell, T, (lo, hi))(np.linspace(*_roots(lo, hi), KNOTS)))

    return make


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Cubic pieces of one law, compared by identity."""

    c: np.ndarray  # (intervals, 1, 4)


@cache
def _pieces_of(law: Any, part: str) -> Any:
    """A function (cell, T) that returns the cubic pieces of a law of one material; one function for each."""
    return lambda cell, T: _Pieces(pieces(law(cell, part, T)(np.linspace(*X_RANGE, KNOTS))[:, None]))


@lru_cache(maxsize=16)
def _side_by_side(*laws: Any) -> Table:
    """Table of the laws of all materials, which are cached one by one, as variations share most of them."""
    return joined([law.c for law in laws], *X_RANGE)


def salt_table(cell: Cell, T: float) -> Table:
    """Table of the laws of the salt over the root of its concentration."""
    values = [kept_whenever(_values_of(law), cell, T) for law in salt_laws(cell)]  # as variations share most of them
    return through(np.stack(values, axis=1), *_roots(*salt_range(cell)))
