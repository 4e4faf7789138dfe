"""Contact between solids under pressure.  Each term returns its value and its partial derivatives as listed."""

import numpy as np

from ..support.compile import kernel


@kernel
def effective_pressure(P, P_max, omega):
    """Effective pressure of a contact [Pa]: P + omega (P_max - P);  d/dP, d/dP_max.

    P: present pressure, P_max: highest pressure in the history of the contact.  omega: fraction of the deformation that
    is permanent, 0 (none) to 1 (all).
    """
    if P.real >= P_max.real:
        return P, 1.0, 0.0
    return P + omega * (P_max - P), 1.0 - omega, omega


@kernel
def contact_resistance(R_ref, P, P_ref, m, f):
    """R = R_ref (P_ref / P)^m / f [Ohm m2];  d/dP, d/df.

    P: effective pressure, f: contact fraction.  The resistance is inversely proportional to the contact area, which
    grows with pressure to the power m: 0.5 in arXiv 2501.00600.  R_ref = 0: no resistance.
    """
    value = R_ref * (P_ref / P) ** m / f
    return value, -m * value / P, -value / f


@kernel
def contact_fraction(P, P_1, m, theta_fab):
    """theta = theta_fab [1 - exp(-(P / P_1)^m)] [-];  d/dP.

    P: effective operating pressure; theta_fab: contact fraction after fabrication, at infinite pressure.  P_1 = 0:
    independent of pressure.
    """
    if P_1 == 0.0:
        return theta_fab + 0.0 * P, 0.0
    if P.real <= 0.0:
        return 0.0 * P, 0.0
    s = (P / P_1) ** m
    e = theta_fab * np.exp(-s)
    return theta_fab - e, e * m * s / P


@kernel
def pressure_rise(swelling, K, h, compliance):
    """Rise of the stack pressure by swelling [Pa]: swelling K / (h + K compliance);  d/dswelling.

    swelling [m]: sum over all layers; K [Pa]: modulus of the stack, h [m]: its height; compliance [m/Pa]: of the
    fixture, 0 for a fixed gap.  K = 0: no rise.
    """
    stiffness = K / (h + K * compliance)
    return swelling * stiffness, stiffness


@kernel
def constriction_resistance(kappa, a, f):
    """Constriction resistance of contact spots: pi a / (4 kappa f) (1 - sqrt f)^1.5 [Ohm m2];  d/df.

    kappa [S/m]: of the electrolyte, a [m]: radius of a spot, f: contact fraction.  On the side of the electrolyte only,
    as the other side is a metal.  0 at f = 1 or a = 0.
    """
    root = np.sqrt(f)
    gap = 1.0 - root
    scale = 0.25 * np.pi * a / (kappa * f)
    value = scale * gap**1.5
    return value, -value / f - 0.75 * scale * np.sqrt(gap) / root
