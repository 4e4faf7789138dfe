"""Stress in particles, cracks, and loss of active material.  Each term returns its value and its partial derivatives.

Ai et al., J. Electrochem. Soc. 167 (2020) 013512; Deshpande et al., J. Electrochem. Soc. 159 (2012) A1730;
Laresgoiti et al., J. Power Sources 300 (2015) 112; Reniers et al., J. Electrochem. Soc. 166 (2019) A3189.
"""

import numpy as np

from ...support.compile import inner

HOUR = 3600.0  # the reference time [s] of a rate of cracking


@inner
def surface_stress(c_mean, c_surf, Omega, E, nu):
    """Tangential stress at the surface of a particle [Pa], tension above 0: it pulls while lithium leaves.

    Omega E (c_mean - c_surf) / (3 (1 - nu));  d/dc_mean, d/dc_surf.  The radial stress vanishes there, and the
    hydrostatic one is two thirds of this.  Omega [m3/mol]: partial molar volume; E [Pa]: Young's modulus.
    """
    slope = Omega * E / (3.0 * (1.0 - nu))
    return slope * (c_mean - c_surf), slope, -slope


@inner
def crack_growth(stress, length, k, b, m):
    """Paris' law: k / 3600 s (b stress sqrt(pi length))^m [m/s] in tension, else 0;  d/dstress, d/dlength."""
    if stress.real <= 0.0:
        return 0.0 * stress, 0.0 * stress, 0.0 * stress
    rate = k / HOUR * (b * stress * np.sqrt(np.pi * length)) ** m
    return rate, m * rate / stress, 0.5 * m * rate / length


@inner
def roughness(length, width, density):
    """Reacting surface of cracks over that of the particle: 2 length density width [-];  d/dlength."""
    return 2.0 * length * density * width, 2.0 * density * width


@inner
def stress_driven_loss(stress, beta, beta_compressed, critical, m):
    """Rate of loss of the active volume fraction [1/s]: beta (|stress| / critical)^m;  d/dstress.

    beta in tension, beta_compressed (mostly 0) in compression; stress [Pa]: hydrostatic, at the surface.
    """
    tension = stress.real > 0.0
    size, factor = (stress, beta) if tension else (-stress, beta_compressed)
    if factor == 0.0 or size.real == 0.0:
        return 0.0 * stress, 0.0 * stress
    rate = factor * (size / critical) ** m
    return rate, m * rate / stress
