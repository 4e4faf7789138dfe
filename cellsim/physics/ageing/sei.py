"""Growth of the solid-electrolyte interphase (SEI).  Each law returns the current density of the side reaction [A/m2],
at most 0, and its partial derivatives as listed.

v [V]: potential of the particle's surface beneath the film against the electrolyte beside it.  L [m]: thickness of
the film.  f [1/V] = F/RT.  An exponent that no battery meets is continued by its tangent, so that no guess of Newton's
method overflows.  Laws in the forms in which PyBaMM 26.10 has them: Safari et al., J. Electrochem. Soc. 156 (2009)
A145; Yang et al., J. Power Sources 360 (2017) 28; Marquis, thesis, Oxford (2020), section 5.6.4; Tang et al.,
J. Electrochem. Soc. 159 (2012) A1775; von Kolzenberg et al., ChemSusChem 13 (2020) 3901.
"""

import numpy as np

from ...support.compile import inner
from ..constants import F

STEEPEST = 40.0  # exponent beyond which an exponential is continued by its tangent


@inner
def tamed(a):
    """exp(a), beyond STEEPEST its tangent;  d/da."""
    if a.real <= STEEPEST:
        e = np.exp(a)
        return e, e
    top = np.exp(STEEPEST)
    return top * (1.0 + a - STEEPEST), top


@inner
def reaction_limited(v, U, j0, alpha, f):
    """j = -j0 exp(-alpha f (v - U));  d/dv."""
    e, slope = tamed(-alpha * f * (v - U))
    return -j0 * e, j0 * alpha * f * slope


@inner
def solvent_diffusion_limited(L, D, c):
    """j = -F D c / L: solvent comes through the film;  d/dL.  D [m2/s], c [mol/m3]: of the solvent."""
    j = -F * D * c / L
    return j, -j / L


@inner
def ec_reaction_limited(v, L, U, k, c, D, alpha, f):
    """j = -F c k' / (1 + k' L / D), k' = k exp(-alpha f (v - U)): reaction and diffusion of EC in series;  d/dv, d/dL.

    k [m/s], c [mol/m3] and D [m2/s]: of EC.
    """
    e, slope = tamed(-alpha * f * (v - U))
    rate, below = k * e, 1.0 + k * e * L / D
    j = -F * c * rate / below
    return j, F * c * k * alpha * f * slope / (below * below), -j * rate / (D * below)


@inner
def electron_migration_limited(v, L, U, kappa):
    """j = kappa (v - U) / L where v < U, else 0: electrons go through the film;  d/dv, d/dL.  kappa [S/m]."""
    if v.real >= U:
        return 0.0 * v, 0.0 * v, 0.0 * v
    j = kappa * (v - U) / L
    return j, kappa / L, -j / L


@inner
def interstitial_diffusion_limited(v, L, D, c, f):
    """j = -F D c exp(-f v) / L: lithium interstitials go through the film;  d/dv, d/dL.  D [m2/s], c [mol/m3]."""
    e, slope = tamed(-f * v)
    j = -F * D * c * e / L
    return j, F * D * c * f * slope / L, -j / L


@inner
def tunnelling_limited(v, L, j0, alpha, beta, f):
    """j = -j0 exp(-alpha f v) exp(-beta L): electrons tunnel through the film;  d/dv, d/dL.  beta [1/m]."""
    e, slope = tamed(-alpha * f * v)
    through = j0 * np.exp(-beta * L)
    return -through * e, through * alpha * f * slope, beta * through * e


@inner
def von_kolzenberg(v, L, j, j0, alpha, L_tun, kappa, D, c, f):
    """j_sei = -j0 exp(-alpha f v) m / (m + L_a / L_diff), m = 1 - f j L_a / (2 kappa);  d/dv, d/dL, d/dj.

    L_a = max(L - L_tun, 0), L_diff = (F D c / j0) exp(-(1 - alpha) f v); j [A/m2]: of the intercalation, positive on
    discharge, on which the migration of lithium ions stops the growth altogether: m is at least 0.
    D [m2/s], c [mol/m3]: of lithium interstitials; kappa [S/m]: of lithium ions in the film.
    """
    zero = 0.0 * (v + L + j)
    e, slope = tamed(-alpha * f * v)
    if (L - L_tun).real <= 0.0:
        return -j0 * e + zero, j0 * alpha * f * slope + zero, zero, zero
    L_a, per_L = L - L_tun, 0.5 * f / kappa
    m = 1.0 - per_L * j * L_a
    if m.real <= 0.0:
        return zero, zero, zero, zero
    rise, rise_slope = tamed((1.0 - alpha) * f * v)
    q = j0 / (F * D * c) * rise  # 1 / L_diff
    q_v = j0 / (F * D * c) * (1.0 - alpha) * f * rise_slope
    below = m + L_a * q
    share = m / below
    m_L, m_j = -per_L * j, -per_L * L_a
    share_L = (m_L * L_a * q - m * q) / (below * below)
    share_j, share_v = m_j * L_a * q / (below * below), -m * L_a * q_v / (below * below)
    top = -j0 * e
    return top * share, j0 * alpha * f * slope * share + top * share_v, top * share_L, top * share_j
