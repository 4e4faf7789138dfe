"""Lithium metal and its hosts.  Each term returns its value and its partial derivatives as listed."""

import numpy as np

from ..support.compile import kernel
from .constants import V_LI, F, R


@kernel
def thickness_rate(I):
    """Growth rate of a lithium layer [m/s] at a current density I [A/m2], stripping positive;  d/dI."""
    return -I * V_LI / F, -V_LI / F


@kernel
def exhaustion_potential(Q, Q_reg, T):
    """Potential of a lithium layer near exhaustion: -(RT/F) ln[Q / (Q + Q_reg)] [V];  d/dQ.

    Q [C/m2]: strippable lithium.  The potential rises steeply when Q approaches Q_reg, which ends a discharge.
    Q_reg = 0: unlimited reservoir.
    """
    k = R * T / F
    return k * np.log1p(Q_reg / Q), -k * Q_reg / (Q * (Q + Q_reg))


@kernel
def metal_at_potential(U, Q_reg, T):
    """The lithium layer [C/m2] whose `exhaustion_potential` is U > 0 [V]: Q_reg / [exp(FU/RT) - 1];  d/dU."""
    z = F * U / (R * T)
    if z.real > 500.0:  # the layer is smaller than the smallest float
        return 0.0 * U, 0.0
    e = np.expm1(z)
    return Q_reg / e, -Q_reg * (1.0 + e) / (e * e) * F / (R * T)


@kernel
def host_potential(s, end, a, p, b, q):
    """Potential of a host against lithium: end + a exp(-p s) + b exp(-q s) [V];  d/ds.

    s: degree of lithiation.  For silver-carbon, from 1.05 V (empty) to 0.05 V (full): end 0.05, a 0.75, p 6, b 0.25,
    q 60.
    """
    slow, fast = a * np.exp(-p * s), b * np.exp(-q * s)
    return end + slow + fast, -p * slow - q * fast


@kernel
def host_loss_rate(H, k):
    """Change of the capacity of a host per full cycle of the cell: -k H;  d/dH.  k = 0: constant."""
    return -k * H, -k


@kernel
def creep_rate(P, T, A, n, G, E):
    """Strain rate of lithium under pressure: A (P / G)^n exp(-E / RT) [1/s];  d/dP, d/dT.

    n = 6.56, G = 2.83 GPa: Masias et al., J. Mater. Sci. 54 (2019) 2585.  A = 0: no creep.
    """
    value = A * (P / G) ** n * np.exp(-E / (R * T))
    return value, n * value / P, value * E / (R * T * T)


@kernel
def creep_coefficient(i_crit, P, T, h, n, G, E):
    """Coefficient A of `creep_rate` [1/s] for which creep over a height h [m] balances the stripping current i_crit.

    i_crit [A/m2]: largest stripping current density without voids at the pressure P and T.
    """
    return i_crit * V_LI / F / (h * (P / G) ** n * np.exp(-E / (R * T)))


@kernel
def void_rate(I, v, share, closing):
    """Growth rate of voids at a stripped surface [m/s]: share V_Li I / F - closing;  d/dI, d/dclosing.

    v [m]: present height of voids, closing [m/s]: rate by creep and vacancy diffusion.  Plating (I < 0) and creep
    reduce voids until v = 0.  share = 0: stripping leaves no voids.
    """
    rate = share * V_LI / F * I - closing
    if v <= 0.0 and rate.real < 0.0:
        return 0.0 * rate, 0.0, 0.0
    return rate, share * V_LI / F, -1.0


@kernel
def active_area(v, v_0):
    """Fraction of a lithium surface in contact: exp(-v / v_0) [-];  d/dv.  v_0 = 0: full contact."""
    if v_0 == 0.0:
        return 1.0 + 0.0 * v, 0.0
    value = np.exp(-v / v_0)
    return value, -value / v_0


@kernel
def critical_stripping_current(P, i_ref, P_ref, m):
    """Largest stripping current density without voids: i_ref (P / P_ref)^m [A/m2];  d/dP.

    An empirical law; argyrodite: 2 A/m2 at 3 MPa with m = 1.9 (10 A/m2 at 7 MPa).
    """
    value = i_ref * (P / P_ref) ** m
    return value, m * value / P
