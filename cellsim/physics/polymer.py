"""Polymer electrolytes.  Terms return their value and their partial derivatives as listed."""

import numpy as np

from ..support.compile import kernel
from .constants import F


@kernel
def vogel_tammann_fulcher(T, B, T_0, T_ref):
    """Factor sqrt(T_ref / T) exp[-B (1/(T - T_0) - 1/(T_ref - T_0))] of a conductivity known at T_ref;  d/dT.

    B [K]; T_0 [K]: about 50 K below the glass transition.  The bracket is evaluated as one quotient.
    """
    value = np.sqrt(T_ref / T) * np.exp(B * (T - T_ref) / ((T - T_0) * (T_ref - T_0)))
    return value, value * (B / (T - T_0) ** 2 - 0.5 / T)


@kernel
def limiting_current(c_0, D, t_plus, L):
    """Limiting current density between lithium electrodes: 2 c_0 D F / [(1 - t_plus) L] [A/m2]."""
    return 2.0 * c_0 * D * F / ((1.0 - t_plus) * L)


@kernel
def sand_time(c_0, D, t_plus, I):
    """Sand's time [s] until the salt at an electrode is depleted: pi D [c_0 F / (2 (1 - t_plus) I)]^2.

    For currents I [A/m2] far above the limiting current (semi-infinite diffusion).
    """
    root = c_0 * F / (2.0 * (1.0 - t_plus) * I)
    return np.pi * D * root * root
