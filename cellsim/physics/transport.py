"""Transport in electrolytes and composites, and its temperature dependence."""

import numpy as np

from ..support.compile import inner, kernel
from .constants import F, R


@inner
def log_concentration(c):
    """ln c, the driving force of diffusion potentials;  d/dc."""
    return np.log(c), 1.0 / c


@inner
def diluted(c, dc):
    """Damped Newton update dc of a concentration c that would become nearly zero or negative.

    The step is taken in ln c, the driving force, so that the concentration remains positive.
    """
    return c * min(0.1, np.exp(max(dc / c, -7.0)))


@kernel
def diffusion_factor(t_plus, tdf, T):
    """chi = (2RT/F)(1 - t_plus) tdf [V] in i_e = -kappa (grad phi_e - chi grad ln c_e).

    Newman and Thomas-Alyea, Electrochemical Systems, ch. 12.  A single-ion conductor has
    t_plus = 1: no diffusion potential and no salt source.
    """
    return 2.0 * R * T / F * (1.0 - t_plus) * tdf


@kernel
def arrhenius(E, T, T_ref):
    """Factor exp[-E/R (1/T - 1/T_ref)] of a property known at T_ref; E in J/mol."""
    return np.exp(-E / R * (1.0 / T - 1.0 / T_ref))


@kernel
def bruggeman(phi, b):
    """Transport efficiency phi^b of a phase with volume fraction phi [-]."""
    return phi**b


@kernel
def percolation(phi, phi_c, t):
    """Transport efficiency [(phi - phi_c)/(1 - phi_c)]^t above the threshold phi_c, else 0 [-].

    Fits the five composite cathodes of Minnmann et al., J. Electrochem. Soc. 168 (2021) 040537,
    where a Bruggeman exponent would have to run from 2.8 to 4.5.
    """
    if phi <= phi_c:
        return 0.0
    return ((phi - phi_c) / (1.0 - phi_c)) ** t
