"""Interphase growth.  Each term returns its value and its partial derivatives as listed."""

import numpy as np

from ..support.compile import kernel
from .constants import F


@kernel
def growth_rate(L, k_p, k_l):
    """Growth rate of a layer [m/s]: 1 / (2L / k_p + 1 / k_l);  d/dL.

    Deal-Grove law: reaction-limited (linear, k_l [m/s]) for thin layers, transport-limited (parabolic, k_p [m2/s],
    L = sqrt(k_p t)) for thick ones.  Either coefficient 0: no growth.
    """
    below = 2.0 * L * k_l + k_p
    if below.real == 0.0:
        return 0.0 * L, 0.0
    value = k_p * k_l / below
    return value, -2.0 * k_l * value / below


@kernel
def layer_resistance(L, sigma):
    """Resistance of a layer of conductivity sigma [S/m]: L / sigma [Ohm m2];  d/dL."""
    return L / sigma, 1.0 / sigma


@kernel
def lithium_bound(L, rho, n, M):
    """Charge bound in a layer: L rho n F / M [C/m2];  d/dL.

    rho [kg/m3], n: lithium per formula unit, M [kg/mol].
    """
    per_length = rho * n * F / M
    return L * per_length, per_length


@kernel
def storage_resistance(t, R_1, t_1):
    """R = R_1 sqrt(t / t_1) [Ohm m2] of an interphase with parabolic growth in storage;  d/dt.  R_1 = 0: no growth."""
    value = R_1 * np.sqrt(t / t_1)
    return value, 0.5 * value / t


@kernel
def cycle_resistance(N, R_0, b):
    """R = R_0 + b sqrt(N) [Ohm m2] after N cycles;  d/dN.  b = 0: constant."""
    root = np.sqrt(N)
    return R_0 + b * root, 0.5 * b / root


@kernel
def coated(rate, coverage, factor):
    """Growth rate with a partial coating: rate [1 - coverage (1 - 1 / factor)];  d/drate, d/dcoverage.

    factor: ratio of the rates without and with coating.  coverage = 0 or factor = 1: no effect.
    """
    gain = 1.0 - 1.0 / factor
    return rate * (1.0 - coverage * gain), 1.0 - coverage * gain, -rate * gain
