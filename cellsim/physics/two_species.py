"""Solid electrolytes with two mobile species, and asymmetric charge transfer.

Each term returns its value and its partial derivatives as listed.
"""

import numpy as np

from ..support.compile import inner, kernel
from .constants import F, R


@inner
def dissociation(c, c_eq, k_d, k_r):
    """Net dissociation rate of ion pairs, k_d (c_all - c) - k_r c^2 [mol/m3/s];  d/dc.

    It vanishes at c_eq, which determines the total lithium concentration c_all.  Danilov, Niessen and Notten,
    J. Electrochem. Soc. 158 (2011) A215.
    """
    return k_d * (c_eq - c) + k_r * (c_eq * c_eq - c * c), -k_d - 2.0 * k_r * c


@kernel
def dissociation_rate(k_r, c_eq, c_all):
    """Dissociation rate constant [1/s] for c_eq mobile at equilibrium: k_d = k_r c_eq^2 / (c_all - c_eq)."""
    return k_r * c_eq * c_eq / (c_all - c_eq)


@inner
def skewed_overpotential(i, i0, alpha, T):
    """eta [V] with i = i0 [exp(alpha F eta/RT) - exp(-(1 - alpha) F eta/RT)];  d/di, d/di0.

    Solved for u = F |eta|/RT by Newton's method on ln(1 + |i/i0| exp(b u)) = u, whose sides are nearly linear, so that
    it does not overshoot; a and b = 1 - a are the transfer coefficients along and against the current.
    """
    y = i / i0
    s = -1.0 if y.real < 0.0 else 1.0
    a = alpha if y.real >= 0.0 else 1.0 - alpha
    b, v = 1.0 - a, s * y
    root = np.sqrt(1.0 + 0.25 * v * v)
    u = 2.0 * np.log1p(0.5 * v + 0.25 * v * v / (1.0 + root))  # the solution for a = b
    for _ in range(30):
        e = v * np.exp(b * u)
        step = (np.log1p(e) - u) / (1.0 - b * e / (1.0 + e))
        u = u + step
        if abs(step) <= 1e-15 * abs(u):
            break
    slope = 1.0 / (a * np.exp(a * u) + b * np.exp(-b * u))  # du/dv
    k = R * T / F
    return k * s * u, k * slope / i0, -k * slope * y / i0
