"""Laws of charge transfer other than the symmetric Butler-Volmer equation.

Each term returns its value and its partial derivatives as listed.  u = F eta/RT is the overpotential and
L = F lambda/RT the reorganisation energy over the thermal one.  Asymmetric Butler-Volmer: `two_species`.
Host sites: D. R. Baker and M. W. Verbrugge, J. Electrochem. Soc. 165 (2018) A3952, as written in PyBaMM.
"""

import math

import numpy as np

from ..support.compile import inner
from .constants import F, R

SHORT = 1e-4  # share of the overpotential at the summit of Marcus' law below it from where on it is a line
SATURATED = 3.0  # argument of the error function in the law of Marcus, Hush and Chidsey at which it becomes a line
MOST = 60  # iterations
LEAST = 1e-15  # relative change of the overpotential at which they end


@inner
def linear_overpotential(i, i0, T):
    """eta = RT/F i/i0 [V], of i = i0 F eta/RT;  d/di, d/di0.  The Butler-Volmer equation for small overpotentials."""
    slope = R * T / F / i0
    return slope * i, slope, -slope * i / i0


@inner
def host_site(U, r, U0, X, w, b, T):
    """(X s)^w exp(b F (U - U0)/RT) r^b, the exchange current of a host site over its reference [-];  d/dU, d/dr.

    s = 1 / (1 + exp(F (U - U0) / w RT)): the filled share of the site, whose fraction of all is X, at the
    open-circuit potential U [V].  r = c_e/c_e0; b: anodic transfer coefficient.  In filled and empty sites the same as
    (X s)^(w (1 - b)) (X - X s)^(w b) r^b, eq. 16 of the source.
    """
    f = F / (R * T)
    z = f * (U - U0) / w
    emptying = z + np.log1p(np.exp(-z)) if z.real > 0.0 else np.log1p(np.exp(z))  # -ln s
    i = np.exp(w * (np.log(X) - emptying + b * z) + b * np.log(r))
    return i, f * (np.exp(-emptying) - 1.0 + b) * i, b * i / r


@inner
def site_current(i0, u, b):
    """i0 [exp(b u) - exp(-(1 - b) u)] [A/m2], the current of one reaction of several;  d/di0, d/du."""
    skew, sinh, cosh = np.exp((b - 0.5) * u), np.sinh(0.5 * u), np.cosh(0.5 * u)  # no difference of two exponentials
    y = 2.0 * skew * sinh
    return i0 * y, y, i0 * skew * ((2.0 * b - 1.0) * sinh + cosh)


@inner
def logarithmic(y):
    """arsinh(y), of an exponential in u nearly a straight function of it;  d/dy."""
    return np.arcsinh(y), 1.0 / np.sqrt(1.0 + y * y)


@inner
def complementary_error(z):
    """erfc(z);  d/dz."""
    x = z.real
    slope = -2.0 / np.sqrt(np.pi) * np.exp(-x * x)
    return math.erfc(x) + slope * (z - x), slope  # of a real argument, to first order beside it


@inner
def marcus(u, L):
    """i/i0 = exp(-(L - u)^2 / 4L) - exp(-(L + u)^2 / 4L);  d/du.

    R. A. Marcus, Rev. Mod. Phys. 65 (1993) 599, with the prefactor that PyBaMM gives it: exp(-L/4) of i0 flows either
    way at equilibrium.  The largest rate, close to i0, is at u tanh(u/2) = L; beyond is the inverted region.
    """
    scale = np.exp(-0.25 * (L + u * u / L))
    sinh, cosh = np.sinh(0.5 * u), np.cosh(0.5 * u)
    return 2.0 * scale * sinh, scale * (cosh - sinh * u / L)


@inner
def marcus_hush_chidsey(u, L):
    """i/i0 = sqrt(pi L) tanh(u/2) erfc((L - sqrt(1 + sqrt L + u^2)) / 2 sqrt L);  d/du.

    Transfer to the continuum of states of a metal: the formula by which Y. Zeng, R. B. Smith, P. Bai and M. Z. Bazant,
    J. Electroanal. Chem. 735 (2014) 77, approximate its integral to 5 %, as PyBaMM has it: the oxidation less the
    reduction.  It saturates at 2 sqrt(pi L).
    """
    root, tanh = np.sqrt(L), np.tanh(0.5 * u)
    s = np.sqrt(1.0 + root + u * u)
    share, fall = complementary_error((L - s) / (2.0 * root))
    scale = np.sqrt(np.pi * L)
    return scale * tanh * share, scale * (0.5 * (1.0 - tanh * tanh) * share - tanh * fall * u / (2.0 * root * s))


@inner
def summit(L):
    """u of the largest rate by `marcus`: u tanh(u/2) = L."""
    u = max(L, np.sqrt(2.0 * L))
    for _ in range(MOST):
        t = np.tanh(0.5 * u)
        step = (L - u * t) / (t + 0.5 * u * (1.0 - t * t))
        u = u + step
        if abs(step) <= LEAST * u:
            break
    return u


@inner
def overpotential_of_transfer(i, i0, energy, metal, T):
    """eta [V] with i/i0 by `marcus`, or if `metal` by `marcus_hush_chidsey`;  d/di, d/di0.

    energy: of reorganisation [eV].  Above the largest current of a law eta rises along a steep line.
    Newton's method on the logarithm of the current, which is concave.
    """
    k = R * T / F
    L, y = energy / k, i / i0
    s = -1.0 if y.real < 0.0 else 1.0
    v = s * y
    if metal:
        top = np.sqrt((L + 2.0 * SATURATED * np.sqrt(L)) ** 2 - 1.0 - np.sqrt(L))
        most, rise = marcus_hush_chidsey(top, L)
        least = marcus_hush_chidsey(0.0, L)[1]
    else:
        top = (1.0 - SHORT) * summit(L)
        most, rise = marcus(top, L)
        least = marcus(0.0, L)[1]
    u = top + (v - most) / rise
    if v.real < most.real:
        w = 0.5 * v / least
        u = 2.0 * np.log1p(w + w * w / (1.0 + np.sqrt(1.0 + w * w)))
        rise = least + 0.0 * u
        if u.real > top:
            u = 0.5 * top + 0.0 * u
        for _ in range(MOST if v.real > 0.0 else 0):
            if metal:
                rate, rise = marcus_hush_chidsey(u, L)
            else:
                rate, rise = marcus(u, L)
            step = np.log(v / rate) * rate / rise
            if (u + step).real > top:
                step = 0.5 * (top - u)
            elif (u + step).real <= 0.0:
                step = -0.5 * u
            u = u + step
            if abs(step) <= LEAST * abs(u):
                break
    slope = 1.0 / rise
    return s * k * u, k * slope / i0, -k * slope * y / i0
