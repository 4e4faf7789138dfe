"""Material laws of a cell at one temperature, as tables the kernels look up."""
import numpy as np

from ..numerics.table import Laws, tabulate
from ..physics.transport import arrhenius, diffusion_factor

X_RANGE = (0.001, 0.999)  # stoichiometries tabulated; beyond, the end tangents continue a law
C_RANGE = (5e-4, 4.0)  # salt concentrations tabulated, relative to the initial one


def one(x):
    """The law that changes nothing."""
    return np.ones_like(x)


def integral(x, y):
    """Running integral of y over the knots x, both (n,), by a cubic spline."""
    from scipy.interpolate import CubicSpline

    return CubicSpline(x, y).antiderivative()(x)


def open_circuit(cell, part, T):
    """U(x) [V] at T: the reference law plus (T - T_ref) times the entropic coefficient."""
    U = cell.law(f"{part}/open-circuit potential")
    slope = cell.law(f"{part}/entropic change coefficient")
    T_ref = cell.value("cell/reference temperature")
    return lambda x: U(x, T) + (T - T_ref) * slope(x, T)


def electrode_laws(cell, part, T, c_hi):
    """(function, lo, hi) of U, f(x), the integral of D_s and g(c_e) for one electrode."""
    T_ref = cell.value("cell/reference temperature")
    if cell.text(f"{part}/type") == "lithium metal":
        return [(np.zeros_like, *X_RANGE), (one, *X_RANGE), (one, *X_RANGE), (one, *c_hi)]
    D = cell.law(f"{part}/particle diffusivity")
    factor = arrhenius(cell.value(f"{part}/diffusivity activation energy"), T, T_ref)
    f = cell.law(f"{part}/exchange-current shape")
    g = cell.law(f"{part}/exchange-current electrolyte shape")
    return [(open_circuit(cell, part, T), *X_RANGE), (lambda x: f(x, T), *X_RANGE),
            (lambda x: integral(x, factor * D(x, T)), *X_RANGE), (lambda c: g(c, T), *c_hi)]


def electrolyte_laws(cell, T, c_range):
    """(function, lo, hi) of D_e, kappa, chi and t_plus.

    The tables reach twice as far as `c_range`, held constant there, so that a Newton iterate
    far outside cannot meet a negative conductivity.
    """
    value, law = cell.value, cell.law
    T_ref = value("cell/reference temperature")
    D, K = law("electrolyte/diffusivity"), law("electrolyte/conductivity")
    t, tdf = law("electrolyte/cation transference number"), law("electrolyte/thermodynamic factor")
    D_factor = arrhenius(value("electrolyte/diffusivity activation energy"), T, T_ref)
    K_factor = (T / T_ref) ** value("electrolyte/conductivity temperature exponent") * arrhenius(
        value("electrolyte/conductivity activation energy"), T, T_ref)
    lo, hi = c_range
    span = (lo, 2.0 * hi)
    held = lambda c: np.minimum(c, hi)  # noqa: E731
    return [(lambda c: D_factor * D(held(c), T), *span), (lambda c: K_factor * K(held(c), T), *span),
            (lambda c: diffusion_factor(t(held(c), T), tdf(held(c), T), T), *span),
            (lambda c: t(held(c), T), *span)]


def tables(cell, T) -> Laws:
    """All twelve laws of a cell at temperature T [K], in the rows named in kernels.system."""
    c0 = cell.value("electrolyte/initial concentration")
    c_range = (C_RANGE[0] * c0, C_RANGE[1] * c0)
    return tabulate([*electrode_laws(cell, "negative electrode", T, c_range),
                     *electrode_laws(cell, "positive electrode", T, c_range),
                     *electrolyte_laws(cell, T, c_range)])
