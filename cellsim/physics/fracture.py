"""Short circuits by lithium.  Each term returns its value and its partial derivatives as listed."""

import numpy as np

from ..support.compile import kernel
from .constants import V_LI, F, R


@kernel
def critical_current(i_ref, T, T_ref, E, P, P_ref, s, rho, rho_ref, g):
    """Critical current density [A/m2];  d/dT, d/dP.

    i_ref exp[-E/R (1/T - 1/T_ref)] (P / P_ref)^s (rho / rho_ref)^g.  rho: relative density of the
    electrolyte.  E = s = g = 0: constant.
    """
    value = i_ref * np.exp(-E / R * (1.0 / T - 1.0 / T_ref)) * (P / P_ref) ** s * (rho / rho_ref) ** g
    return value, value * E / (R * T * T), s * value / P


@kernel
def critical_overpotential(K, a, Y):
    """Overpotential that opens a flaw filled with lithium: K V_Li / (Y sqrt(pi a) F) [V];  d/da.

    K [Pa m^0.5]: fracture toughness, a [m]: flaw length, Y: geometry factor, 1.12 for a surface flaw.
    """
    value = K * V_LI / (Y * np.sqrt(np.pi * a) * F)
    return value, -0.5 * value / a


@kernel
def critical_flaw(K, eta, Y):
    """Flaw length [m] that is critical at an overpotential eta > 0 [V], see `critical_overpotential`;  d/deta."""
    root = K * V_LI / (Y * F * eta)
    value = root * root / np.pi
    return value, -2.0 * value / eta


@kernel
def short_probability(a, a_0, m):
    """Probability that the longest flaw exceeds the critical length a: exp[-(a / a_0)^m] [-];  d/da.

    The length is Weibull distributed with scale a_0 [m] and modulus m.  a_0 = 0: no flaws.
    """
    if a_0 == 0.0:
        return 0.0 * a, 0.0
    s = (a / a_0) ** m
    value = np.exp(-s)
    return value, -m * s / a * value


@kernel
def short_hazard(i, i_crit, h, m):
    """Hazard of a short per plated charge: h (i / i_crit)^m [m2/C];  d/di, d/di_crit.

    i [A/m2]: plating current density where lithium touches, i_crit [A/m2]: critical one, h [m2/C]: hazard at it.  The
    probability that a cell has no short is exp(-integral of the hazard over the plated charge).  h = 0: no hazard.
    """
    if i.real <= 0.0 or h == 0.0:
        return 0.0 * i, 0.0 * i, 0.0 * i
    value = h * (i / i_crit) ** m
    return value, m * value / i, -m * value / i_crit
