"""Charge transfer.  Each term returns its value and its partial derivatives as listed."""

import numpy as np

from ..support.compile import inner
from .constants import F, R

SMALL = 3e-3  # argument below which three terms of the series of arsinh are exact
DECAY = 1e-3 / np.log(1e3)  # decay length of the end potentials, in stoichiometry


@inner
def exchange_current(i_ref, x, f, f_x, r, g, g_r):
    """i0 = i_ref 2 sqrt(x (1 - x)) f(x) sqrt(r) g(r) [A/m2];  d/dx, d/dr.

    x is the stoichiometry at the surface, r = c_e/c_e0 the relative salt concentration; f and g
    (with derivatives f_x, g_r) are factors on the square-root law of Doyle, Fuller and
    Newman, J. Electrochem. Soc. 140 (1993) 1526.  i0 = i_ref at x = 0.5, r = 1, f = g = 1.
    """
    p = x * (1.0 - x)
    s, q = 2.0 * i_ref * np.sqrt(p * r), 1.0 / (p * r)  # a single division, which takes as long as all other operations
    return s * f * g, s * g * (f_x + f * (0.5 - x) * r * q), s * f * (g_r + 0.5 * g * p * q)


@inner
def end_potential(x):
    """Addition to the open-circuit potential [V] that keeps a surface stoichiometry x between 0 and 1;  d/dx.

    Real electrode potentials diverge at 0 and 1, fitted curves do not.  The term is 1 V at x = 0, 1 mV at 0.001, and
    linear below 0; likewise, with negative sign, at x = 1.  PyBaMM adds nearly the same (issues 1435 and 5371).
    """
    if 0.005 < x.real < 0.995:
        return 0.0, 0.0
    low, high = x, 1.0 - x
    a = low if low.real > 0.0 else 0.0 * low
    b = high if high.real > 0.0 else 0.0 * high
    rise, fall = np.exp(-a / DECAY), np.exp(-b / DECAY)
    return rise + (a - low) / DECAY - fall - (b - high) / DECAY, -(rise + fall) / DECAY


def end_potentials(x):
    """`end_potential` of an array of stoichiometries [V], without its slope."""
    a, b = np.maximum(x, 0.0), np.maximum(1.0 - x, 0.0)
    added = np.exp(-a / DECAY) + (a - x) / DECAY - np.exp(-b / DECAY) - (b - (1.0 - x)) / DECAY
    return np.where((x > 0.005) & (x < 0.995), 0.0, added)


@inner
def relaxed(i, di, i0):
    """Damped Newton update di of a current i [A/m2] that decreases in magnitude from far above i0.

    There the overpotential is logarithmic, and a Newton step overshoots zero by far.  The step is taken in
    arsinh(i / 2 i0) instead, limited to -1 on the other side of zero.
    """
    s = -1.0 if i < 0.0 else 1.0
    u = 0.5 * s * i / i0
    root = np.sqrt(1.0 + u * u)
    v = np.log(u + root) + 0.5 * s * di / (i0 * root)
    return 2.0 * s * i0 * np.sinh(max(v, -1.0))


@inner
def overpotential(i, i0, T):
    """eta = (2RT/F) asinh(i / 2 i0) [V];  d/di, d/di0.

    The symmetric Butler-Volmer equation i = 2 i0 sinh(F eta / 2RT) solved for eta: Newton's
    method on this form cannot overflow, however far from the solution it starts.
    """
    k, inverse = 2.0 * R * T / F, 1.0 / i0
    u = 0.5 * i * inverse
    s = -1.0 if u.real < 0.0 else 1.0
    v = s * u
    root = np.sqrt(1.0 + v * v)
    slope = k * inverse / root
    # the logarithm loses digits for small v
    arsinh = v * (1.0 - v * v * (1.0 / 6.0 - 0.075 * v * v)) if v.real < SMALL else np.log(v + root)
    return s * k * arsinh, 0.5 * slope, -u * slope
