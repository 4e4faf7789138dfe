"""Linear response of particles and interfaces at equilibrium, as functions of a complex Laplace variable s.

s = 2 pi i f at a frequency f [Hz]; s = 1/h on the real axis corresponds to an implicit step of size h.
"""

import numpy as np


def sphere(s, R, D):
    """Change of the surface stoichiometry of a sphere per inward flux of stoichiometry [s/m], at s [1/s]; exact.

    The solution r c = sinh(q r/R) of s c = D (c'' + 2 c'/r) gives R / (D (q coth q - 1)), q = R sqrt(s/D):
    3/(R s) where diffusion is fast, the semi-infinite 1/sqrt(s D) where it is slow.
    """
    q = R * np.sqrt(np.asarray(s, complex) / D)
    square = q * q
    near = np.abs(q) < 0.1  # series, as coth cancels; the next term is below 1e-13
    series = square / 3.0 - square**2 / 45.0 + 2.0 * square**3 / 945.0 - square**4 / 4725.0
    e = np.exp(-2.0 * np.where(near, 1.0, q))
    return R / D / np.where(near, series, q * (1.0 + e) / (1.0 - e) - 1.0)


def film(s, L, D):
    """As `sphere`, for a planar film of thickness L [m] with a closed far side: coth(q) / (q D/L), q = L sqrt(s/D)."""
    q = L * np.sqrt(np.asarray(s, complex) / D)
    e = np.exp(-2.0 * q)
    return L / D * (1.0 + e) / (1.0 - e) / q


def layer(s, L, D):
    """Relative concentration change at a face of a layer per relative flux through it, equal at both faces [s/m].

    (L/D) tanh(q/2)/q with q = L sqrt(s/D).  With a recombination rate k, use s + k for s.
    """
    q = L * np.sqrt(np.asarray(s, complex) / D)
    e = np.exp(-q)
    return L / D * (1.0 - e) / (1.0 + e) / q


def admittance(s, resistance, capacity):
    """Admittance [S/m2] of a reaction in parallel with a double layer of capacity [F/m2].

    resistance [Ohm m2]: of charge transfer, film and particle in series.
    """
    return 1.0 / resistance + s * capacity
