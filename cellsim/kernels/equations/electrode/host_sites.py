"""Charge transfer of a material whose host sites react side by side, at one overpotential (MSMR)."""

import numpy as np

from ....physics.constants import F, R
from ....physics.electron_transfer import host_site, logarithmic, site_current
from ....support.compile import inner, kernel

MOST = 100  # iterations
LEAST = 1e-15  # relative change of the overpotential at which they end
FARTHEST = 8.0  # a step of F eta/RT that is not exceeded


@inner
def of_all_sites(kinetics, a, U, r, T):
    """Exchange current of all sites over the scale that is common to them, at an open-circuit potential U [V]."""
    total = 0.0
    for k in range(a.first, a.first + a.sites):
        s = kinetics[k]
        total += s.i0 * host_site(U, r, s.U0, s.X, s.w, s.anodic, T)[0]
    return total


@inner
def at_overpotential(kinetics, a, U, r, T, u):
    """Current of all sites at u = F eta/RT over their common scale;  d/du, d/dU, d/dr."""
    j, j_u, j_U, j_r = 0.0, 0.0, 0.0, 0.0
    for k in range(a.first, a.first + a.sites):
        s = kinetics[k]
        i0, i0_U, i0_r = host_site(U, r, s.U0, s.X, s.w, s.anodic, T)
        i, i_i0, i_u = site_current(s.i0 * i0, u, s.anodic)
        j, j_u, j_U, j_r = j + i, j_u + i_u, j_U + i_i0 * s.i0 * i0_U, j_r + i_i0 * s.i0 * i0_r
    return j, j_u, j_U, j_r


@inner
def by_sites(kinetics, a, j, U, scale, r, T):
    """Overpotential [V] at which the sites of a KINETICS take the current j together;  d/dj, d/dU, d/dscale, d/dr;
    the sum of their exchange currents [A/m2].

    U: open-circuit potential [V], at which all sites of a surface are; scale [A/m2]; r: relative salt concentration.
    Newton's method for the arsinh of the current, of which u is nearly a straight function, in a bracket.
    """
    y, total = j / scale, of_all_sites(kinetics, a, U, r, T)
    half = 0.5 / total
    aim = logarithmic(half * y)[0]
    u, lo, hi = 2.0 * aim, -np.inf, np.inf
    i, i_u, i_U, i_r = at_overpotential(kinetics, a, U, r, T, u)
    for _ in range(MOST):
        now, now_i = logarithmic(half * i)
        step = (aim - now) / (now_i * half * i_u)
        if step.real > 0.0:
            lo = u.real
        else:
            hi = u.real
        if step.real > FARTHEST or step.real < -FARTHEST:
            step = FARTHEST if step.real > 0.0 else -FARTHEST
        if abs(step) > LEAST * abs(u) and not lo < (u + step).real < hi:
            step = 0.5 * (lo + hi) - u.real
        u = u + step
        i, i_u, i_U, i_r = at_overpotential(kinetics, a, U, r, T, u)
        if abs(step) <= LEAST * abs(u):
            break
    k = R * T / F
    per = -k / i_u
    return k * u, -per / scale, per * i_U, per * y / scale, per * i_r, scale * total


@kernel
def sites_at(kinetics, material, U, r, T, out):
    """`of_all_sites` of a material at potentials U [V], relative salt concentrations r and T [K], (n,) each."""
    for i in range(U.size):
        out[i] = of_all_sites(kinetics, kinetics[material], U[i], r[i], T[i])


@kernel
def overpotentials_of_sites(kinetics, material, j, i0, U, r, T, out):
    """Overpotentials [V] of a material at reaction currents and sums of exchange currents [A/m2], (n,) each."""
    a = kinetics[material]
    for i in range(j.size):
        scale = i0[i] / of_all_sites(kinetics, a, U[i], r[i], T[i])
        out[i] = by_sites(kinetics, a, j[i], U[i], scale, r[i], T[i])[0]
