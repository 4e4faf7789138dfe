"""Material laws of a cell at one temperature, as tables the kernels look up."""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...kernels.layout import Laws
from ...numerics.table import KNOTS, Table, integral, joined, pieces, tabulate
from ...parameters.consistency import C_RANGE, X_RANGE
from ...physics.transport import arrhenius, diffusion_factor
from ..electrodes import PARTS, is_metal
from ..memo import kept

LEAST_SHARE = 1e-3  # of a transport property of the initial electrolyte, where its law would fall to none
DILUTE = 1e-5  # smallest tabulated root of a concentration, over that of the lower end of C_RANGE


def one(x):
    """The law that changes nothing."""
    return np.ones_like(x)


def held(law, c_range):
    """A law of c as one of the square root of c, constant outside c_range (lo, hi)."""
    return lambda root: law(np.clip(root * root, *c_range))


def dilute(law, c_range):
    """The same for a conductivity, which vanishes with the salt: proportional to c below c_range."""
    return lambda root: law(np.clip(root * root, *c_range)) * np.minimum(root * root / c_range[0], 1.0)


def positive(law, c_0):
    """A transport law of c that is positive: one that leaves its data and falls to nothing or below ends at a floor.

    The floor is LEAST_SHARE of the value at c_0, which the law meets with no kink.  A law that is positive stays as
    it is.
    """
    floor = LEAST_SHARE * float(law(np.array([c_0]))[0])

    def bounded(c):
        y = law(c)
        if floor <= 0.0 or np.min(y) > 0.0:
            return y
        return np.where(y > 2.0 * floor, y, floor + np.square(np.maximum(y, 0.0)) / (4.0 * floor))

    return bounded


def open_circuit(cell, part, T):
    """U(x) [V] at T: the reference law plus (T - T_ref) times the entropic coefficient."""
    U = cell.law(f"{part}/open-circuit potential")
    slope = cell.law(f"{part}/entropic change coefficient")
    T_ref = cell.value("cell/reference temperature")
    return lambda x: U(x, T) + (T - T_ref) * slope(x, T)


def potential(cell, part, T):
    """U(x) [V] of one electrode at T, a metal's being constant."""
    if is_metal(cell, part):
        counter = cell.value(f"{part}/counter potential")
        return lambda x: np.full_like(x, counter)
    return open_circuit(cell, part, T)


def exchange(cell, part, T):
    """f(x) of one electrode at T."""
    if is_metal(cell, part):
        return one
    f = cell.law(f"{part}/exchange-current shape")
    return lambda x: f(x, T)


def diffusivity_factor(cell, section, T) -> float:
    """What the diffusivity of an electrode's particles, or of the electrolyte, is at T over that at its reference."""
    return arrhenius(cell.value(f"{section}/diffusivity activation energy"), T,
                     cell.value("cell/reference temperature"))


def scale_of_diffusivity(cell, part) -> float:
    """What the law `diffusion` is to be multiplied by: D_s [m2/s] where it is a number, else 1."""
    path = f"{part}/particle diffusivity"
    return cell.value(path) if cell.is_number(path) else 1.0


def diffusion(cell, part, T):
    """The integral of D_s over x of one electrode at T, in its scale, from the first of uniform knots on.

    Cells that differ in nothing but a number for D_s have the same law.
    """
    if is_metal(cell, part):
        return one
    D = scaled_diffusivity(cell, part, T)
    return lambda x: integral(x, D(x))


def scaled_diffusivity(cell, part, T):
    """D_s over x of a porous electrode at T, in its scale."""
    path = f"{part}/particle diffusivity"
    factor = diffusivity_factor(cell, part, T)
    if cell.is_number(path):
        return lambda x: np.full_like(x, factor)
    D = cell.law(path)
    return lambda x: factor * D(x, T)


ELECTRODE = (potential, exchange, diffusion)  # laws of the stoichiometry, in the order named in kernels.layout


def exchange_shape(cell, part, T):
    """g(c_e) at T of one electrode."""
    if is_metal(cell, part):
        return one
    g = cell.law(f"{part}/exchange-current electrolyte shape")
    return lambda c: g(c, T)


def conductivity_factor(cell, T):
    """What the conductivity is at T over what its law gives there."""
    T_ref = cell.value("cell/reference temperature")
    return (T / T_ref) ** cell.value("electrolyte/conductivity temperature exponent") * arrhenius(
        cell.value("electrolyte/conductivity activation energy"), T, T_ref)


def conductivity(cell, T):
    """kappa(c_e) [S/m] of the bulk electrolyte at T."""
    law, factor = cell.law("electrolyte/conductivity"), conductivity_factor(cell, T)
    return lambda c: factor * law(c, T)


def salt_diffusivity(cell, T, c_range):
    """2 root D_e at T, of which SALT_DIFFUSION is the integral over the root of c_e."""
    D, factor = cell.law("electrolyte/diffusivity"), diffusivity_factor(cell, "electrolyte", T)
    D_held = held(positive(lambda c: factor * D(c, T), cell.value("electrolyte/initial concentration")), c_range)
    return lambda root: 2.0 * root * D_held(root)


def salt_diffusion(cell, T, c_range):
    """The integral of D_e over c_e."""
    D = salt_diffusivity(cell, T, c_range)
    return lambda root: integral(root, D(root))


def salt_conductivity(cell, T, c_range):
    """kappa [S/m]."""
    K = conductivity(cell, T)
    molar = positive(lambda c: K(c) / c, cell.value("electrolyte/initial concentration"))
    return dilute(lambda c: c * molar(c), c_range)


def diffusion_potential(cell, T, c_range):
    """chi [V]."""
    t, tdf = cell.law("electrolyte/cation transference number"), cell.law("electrolyte/thermodynamic factor")
    return held(lambda c: diffusion_factor(t(c, T), tdf(c, T), T), c_range)


def transference(cell, T, c_range):
    """t_plus."""
    t = cell.law("electrolyte/cation transference number")
    return held(lambda c: t(c, T), c_range)


def salt_shape(part):
    """A function (cell, T, c_range) that gives g of one electrode."""
    return lambda cell, T, c_range: held(exchange_shape(cell, part, T), c_range)


# functions of the square root of c_e, in the order named in kernels.layout; below c_range, where no source gives a
# law, the electrolyte is dilute
SALT = (salt_diffusion, salt_conductivity, diffusion_potential, transference, *map(salt_shape, PARTS))


def tables(cell, T) -> Laws:
    """All laws of a cell at temperature T [K], in the order named in kernels.layout."""
    return Laws(_side_by_side(*(kept(make, cell, T) for make in SOLID_PIECES)), kept(salt_table, cell, T))


def solids(cell, T):
    """The laws of both electrodes, and the stoichiometries between which they are tabulated."""
    return [law(cell, part, T) for part in PARTS for law in ELECTRODE], X_RANGE


def salt_range(cell):
    """Concentrations of salt [mol/m3] between which its laws are asked."""
    return tuple(cell.value("electrolyte/initial concentration") * np.array(C_RANGE))


def salts(cell, T):
    """The laws of the salt, and between which roots of its concentration they are tabulated.

    They reach twice as far as the upper end of C_RANGE, so that a Newton iterate far outside cannot
    meet a negative value.
    """
    lo, hi = salt_range(cell)
    return [law(cell, T, (lo, hi)) for law in SALT], (DILUTE * np.sqrt(lo), np.sqrt(2.0 * hi))


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The pieces of one law; the same as no other ones."""

    c: np.ndarray  # (intervals, 1, 4)


def _pieces_of(law, part):
    """A function (cell, T) that gives the pieces of a law of one electrode over the stoichiometry."""
    return lambda cell, T: _Pieces(pieces(law(cell, part, T)(np.linspace(*X_RANGE, KNOTS))[:, None]))


SOLID_PIECES = tuple(_pieces_of(law, part) for part in PARTS for law in ELECTRODE)


@lru_cache(maxsize=16)
def _side_by_side(*laws) -> Table:
    """Both electrodes' laws over the stoichiometry; each is kept for itself, as variations share most of them."""
    return joined([law.c for law in laws], *X_RANGE)


def salt_table(cell, T) -> Table:
    """The laws of the salt over the root of its concentration."""
    laws, ends = salts(cell, T)
    return tabulate(laws, *ends)
