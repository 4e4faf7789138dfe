"""Charge transfer at a surface: the law of a material, and what it makes of a reaction current.

The only place where a law is chosen.  A cell whose electrodes all follow the symmetric Butler-Volmer equation has no
KINETICS.
"""

from ....physics.constants import F, R
from ....physics.electron_transfer import linear_overpotential, marcus, marcus_hush_chidsey, overpotential_of_transfer
from ....physics.kinetics import exchange_current, overpotential
from ....physics.two_species import skewed_overpotential
from ....support.compile import inner, kernel, part
from ...records import ASYMMETRIC, LINEAR, MARCUS, MARCUS_HUSH_CHIDSEY, MSMR
from .host_sites import by_sites

EDGE = 1e-9  # surface stoichiometries are kept this far from 0 and 1 where i0 is evaluated
UNBOUNDED = 1e300  # A/m2: no overpotential is logarithmic


@inner
def within_edges(i_ref, x, f, df, r, g, dg):
    """As `exchange_current`, x kept off 0 and 1; constant in x beyond."""
    i0, i0_x, i0_r = exchange_current(i_ref, min(max(x, EDGE), 1.0 - EDGE), f, df, r, g, dg)
    return i0, i0_x if EDGE < x < 1.0 - EDGE else 0.0, i0_r


@inner
def by_law(a, j, i0, T):
    """Overpotential of one reaction by a KINETICS [V];  d/dj, d/di0;  current above which it is logarithmic in j."""
    if a.law == ASYMMETRIC:
        eta, eta_j, eta_i0 = skewed_overpotential(j, i0, a.anodic, T / a.both)
        return eta, eta_j, eta_i0, i0
    if a.law == LINEAR:
        eta, eta_j, eta_i0 = linear_overpotential(j, i0, T)
        return eta, eta_j, eta_i0, UNBOUNDED
    if a.law == MARCUS or a.law == MARCUS_HUSH_CHIDSEY:
        metal, L = a.law == MARCUS_HUSH_CHIDSEY, F * a.energy / (R * T)
        eta, eta_j, eta_i0 = overpotential_of_transfer(j, i0, a.energy, metal, T)
        return eta, eta_j, eta_i0, i0 * (marcus_hush_chidsey(0.0, L)[1] if metal else marcus(0.0, L)[1])
    eta, eta_j, eta_i0 = overpotential(j, i0, T)
    return eta, eta_j, eta_i0, i0


@part
def charge_transfer(kinetics, material, j, x, U, dU, i_ref, f, df, r, g, dg, T):
    """Overpotential of a material at surface stoichiometry x and relative salt concentration r [V];  d/dj, d/dx, d/dr;
    current above which it is logarithmic in j [A/m2].

    U, dU: open-circuit potential of x [V] and its slope.  Other arguments: see `exchange_current`; of host sites the
    scale is i_ref f g.
    """
    i0, i0_x, i0_r = within_edges(i_ref, x, f, df, r, g, dg)
    if kinetics.size > 0:
        if kinetics[material].law == MSMR:
            eta, eta_j, eta_U, eta_i, eta_r, near = by_sites(kinetics, kinetics[material], j, U, i_ref * f * g, r, T)
            return eta, eta_j, eta_U * dU + eta_i * i_ref * g * df, eta_r + eta_i * i_ref * f * dg, near
        eta, eta_j, eta_i0, near = by_law(kinetics[material], j, i0, T)
        return eta, eta_j, eta_i0 * i0_x, eta_i0 * i0_r, near
    eta, eta_j, eta_i0 = overpotential(j, i0, T)
    return eta, eta_j, eta_i0 * i0_x, eta_i0 * i0_r, i0


@kernel
def overpotentials(kinetics, material, j, i0, T, out):
    """Overpotentials [V] of a material at reaction currents, exchange currents [A/m2] and T [K], (n,) each."""
    for i in range(j.size):
        out[i] = by_law(kinetics[material], j[i], i0[i], T[i])[0]
