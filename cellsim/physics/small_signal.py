"""Small harmonic signals: what a particle and an interface answer at rest, over a complex Laplace variable s.

s = 2 pi i f at a frequency f [Hz]; on the real axis s = 1/h it is what one implicit step of size h does.
"""
import numpy as np


def sphere(s, R, D):
    """Rise of a sphere's surface stoichiometry per inward flux of it [s/m], at s [1/s]; exact.

    The solution r c = sinh(q r/R) of s c = D (c'' + 2 c'/r) gives R / (D (q coth q - 1)), q = R sqrt(s/D):
    3/(R s) where diffusion is fast, the semi-infinite 1/sqrt(s D) where it is slow.
    """
    q = R * np.sqrt(np.asarray(s, complex) / D)
    square = q * q
    near = np.abs(q) < 0.1  # where coth cancels: its series, of which the next term is below 1e-13
    series = square / 3.0 - square**2 / 45.0 + 2.0 * square**3 / 945.0 - square**4 / 4725.0
    e = np.exp(-2.0 * np.where(near, 1.0, q))
    return R / D / np.where(near, series, q * (1.0 + e) / (1.0 - e) - 1.0)


def film(s, L, D):
    """The same of a planar film of thickness L [m], closed on its other side: coth(q) / (q D/L), q = L sqrt(s/D)."""
    q = L * np.sqrt(np.asarray(s, complex) / D)
    e = np.exp(-2.0 * q)
    return L / D * (1.0 + e) / (1.0 - e) / q


def layer(s, L, D):
    """Rise at one face of a layer per flux that enters there and leaves at the other, over concentration [s/m].

    (L/D) tanh(q/2)/q with q = L sqrt(s/D); where pairs also vanish at a rate of k per excess, s + k stands for s.
    """
    q = L * np.sqrt(np.asarray(s, complex) / D)
    e = np.exp(-q)
    return L / D * (1.0 - e) / (1.0 + e) / q


def admittance(s, resistance, capacity):
    """Current per interface voltage [S/m2] of a reaction with a double layer [F/m2] beside it.

    `resistance` [Ohm m2] holds all that the reaction current meets: charge transfer, film, and the particle.
    """
    return 1.0 / resistance + s * capacity
