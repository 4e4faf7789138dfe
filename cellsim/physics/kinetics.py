"""Charge transfer.  Each term returns its value, then its partials in the order listed."""
import numpy as np

from ..support.compile import inner
from .constants import F, R

SMALL = 3e-3  # below, three terms of arsinh's series are exact
DECAY = 1e-3 / np.log(1e3)  # of the potential at the ends of an electrode's range, in stoichiometry


@inner
def exchange_current(i_ref, x, f, f_x, r, g, g_r):
    """i0 = i_ref 2 sqrt(x (1 - x)) f(x) sqrt(r) g(r) [A/m2];  d/dx, d/dr.

    x is the stoichiometry at the surface, r = c_e/c_e0 the relative salt concentration; f and g
    (with slopes f_x, g_r) carry any departure from the square-root law of Doyle, Fuller and
    Newman, J. Electrochem. Soc. 140 (1993) 1526.  i0 = i_ref at x = 0.5, r = 1, f = g = 1.
    """
    p = x * (1.0 - x)
    s, q = 2.0 * i_ref * np.sqrt(p * r), 1.0 / (p * r)  # the one division: it takes as long as all the rest
    return s * f * g, s * g * (f_x + f * (0.5 - x) * r * q), s * f * (g_r + 0.5 * g * p * q)


@inner
def end_potential(x):
    """What keeps a surface stoichiometry x between 0 and 1, added to the open-circuit potential [V];  d/dx.

    The potential of a real electrode diverges at either end; fitted curves do not.  1 V at x = 0, a
    thousandth of it at 0.001, below 0 a straight line; the same downwards at x = 1.  Practically what
    PyBaMM adds (its issues 1435 and 5371).
    """
    if 0.005 < x.real < 0.995:
        return 0.0, 0.0
    low, high = x, 1.0 - x
    a = low if low.real > 0.0 else 0.0 * low
    b = high if high.real > 0.0 else 0.0 * high
    rise, fall = np.exp(-a / DECAY), np.exp(-b / DECAY)
    return rise + (a - low) / DECAY - fall - (b - high) / DECAY, -(rise + fall) / DECAY


@inner
def relaxed(i, di, i0):
    """The current [A/m2] that follows i where Newton's method changes it by di and it falls, far above i0.

    There the overpotential is a logarithm, whose tangent leads far beyond zero: the step is taken in
    arsinh(i / 2 i0) instead, and beyond zero no further than to -1.
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
    # the logarithm would lose digits of a small one
    arsinh = v * (1.0 - v * v * (1.0 / 6.0 - 0.075 * v * v)) if v.real < SMALL else np.log(v + root)
    return s * k * arsinh, 0.5 * slope, -u * slope
