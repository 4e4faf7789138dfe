"""Lithium plating on a negative electrode of particles.  Each term returns its value and its partial derivatives.

v [V]: potential of the particle's surface beneath the film against the electrolyte beside it, f [1/V] = F/RT.
O'Kane et al., J. Electrochem. Soc. 167 (2020) 090540 and Phys. Chem. Chem. Phys. 24 (2022) 7909.
"""

from ...support.compile import inner
from ..constants import F
from .sei import tamed


@inner
def stripping_and_plating(v, c, k, alpha, f):
    """F k exp((1 - alpha) f v) [A m/mol];  d/dv;  F k c exp(-alpha f v) [A/m2];  d/dv, d/dc.

    The current is the first times c_pl, less the second.  c [mol/m3]: salt concentration; k [m/s]; c_pl [mol/m3]:
    plated lithium per volume of electrode.  There is no threshold: in equilibrium v = ln(c / c_pl) / f.
    """
    up, up_slope = tamed((1.0 - alpha) * f * v)
    down, down_slope = tamed(-alpha * f * v)
    by_v, by_c = -alpha * f * F * k * c * down_slope, F * k * down
    return F * k * up, (1.0 - alpha) * f * F * k * up_slope, F * k * c * down, by_v, by_c


@inner
def plating_at(v, j0, alpha, f):
    """j = -j0 exp(-alpha f v) [A/m2], with a constant j0;  d/dv.  Yang et al., J. Power Sources 360 (2017) 28."""
    e, slope = tamed(-alpha * f * v)
    return -j0 * e, j0 * alpha * f * slope


@inner
def dying_beside(j, inefficiency):
    """Current of lithium that arrives at particles with the current j < 0 that enters them, and dies [A/m2];  d/dj.

    inefficiency = (1 - CE)/CE: of what arrives, j + dying, the share CE of the coulombic efficiency enters.
    """
    if j.real >= 0.0:
        return 0.0 * j, 0.0 * j
    return inefficiency * j, inefficiency + 0.0 * j
