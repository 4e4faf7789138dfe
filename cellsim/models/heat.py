"""Material laws of a cell whose temperature changes: two terms, each a function of its variable times one of T.

Whatever a parameter set says, law k is L(x, T) = g(T) L(x, T0) + h(T) B(x) to within FAITHFUL: an Arrhenius
factor has h = 0, an open-circuit potential with an entropic coefficient is exactly of this form, and of a
law that mixes x and T the second term is the leading singular vector of what the first leaves over.
"""
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ..errors import ParameterError
from ..kernels.system import DIFFUSION, LAWS_PER_SIDE, OCP, Heat, Laws
from ..numerics.table import KNOTS, Table, through
from ..physics.transport import arrhenius
from .laws import kept, salts, solids
from .parts import NEGATIVE, PARTS, is_metal

COLDER, WARMER = 60.0, 90.0  # how far from the first temperature the laws reach [K]
NODES, KNOTS_T = 11, 257  # temperatures at which laws are evaluated, and at which their factors are tabulated
FAITHFUL = 0.02  # largest relative departure of a law from its two terms within USUAL
USUAL = 30.0  # K from the first temperature


@dataclass(frozen=True)
class Body:
    """A cell as one lump of heat: heat capacity [J/K] and conductance to its surroundings [W/K]."""

    heat_capacity: float
    conductance: float


def two_terms(values, scale, first):
    """g, h (temperatures,) and B (knots,) with values (temperatures, knots) = g first + h B, weighted by 1/scale."""
    rows, base = values / scale, first / scale
    g = rows @ base / (base @ base) if base.any() else np.ones(len(rows))
    rest = rows - np.outer(g, base)
    if np.max(np.abs(rest)) < 1e-9 * max(np.max(np.abs(base)), 1e-12):
        return g, np.zeros(len(rows)), np.zeros(first.size)
    u, s, v = np.linalg.svd(rest, full_matrices=False)
    return g, u[:, 0] * s[0], v[0] * scale


def spread(T, values, knots):
    """Values at Chebyshev nodes T as values at knots; through the logarithm where that exists, as for Arrhenius."""
    mid, half = 0.5 * (T[0] + T[-1]), 0.5 * (T[0] - T[-1]) / np.cos(0.5 * np.pi / T.size)

    def fit(y):
        return chebyshev.chebval((knots - mid) / half, chebyshev.chebfit((T - mid) / half, y, T.size - 1))

    return np.exp(fit(np.log(values))) if np.all(values > 0.0) else fit(values)


def reach(T):
    """Temperatures between which the laws of a run that starts at T hold [K]."""
    return max(T - COLDER, 180.0), min(T + WARMER, 480.0)


def nodes(T):
    """Chebyshev nodes, falling."""
    lo, hi = reach(T)
    return 0.5 * (lo + hi) + 0.5 * (hi - lo) * np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)


def tables(cell, T, laws_at):
    """Table of the laws at T with their companions, and g and h of each at the knots of temperature."""
    temperatures, knots = nodes(T), np.linspace(*reach(T), KNOTS_T)
    laws, ends = laws_at(cell, T)
    x = np.linspace(*ends, KNOTS)
    first = np.stack([law(x) for law in laws])
    values = np.stack([[law(x) for law in laws_at(cell, now)[0]] for now in temperatures], axis=1)
    companions, factors = np.zeros_like(first), []
    for k, (at_T, here) in enumerate(zip(values, first, strict=True)):
        solid = laws_at is solids
        if solid and k % LAWS_PER_SIDE == OCP:
            scale = np.ones_like(here)
        else:
            scale = np.maximum(np.abs(here), max(1e-3 * np.max(np.abs(here)), 1e-300))
        g, h, companions[k] = two_terms(at_T, scale, here)
        if solid and k % LAWS_PER_SIDE == DIFFUSION and h.any():  # the particle kernels know one factor only
            rest = np.abs(np.outer(h, companions[k] / scale))[np.abs(temperatures - T) < USUAL]
            if np.max(rest) > FAITHFUL:
                part = PARTS[k // LAWS_PER_SIDE]
                raise ParameterError(f"{cell.name}: {part}/particle diffusivity mixes x and T, which a run with heat "
                                     "cannot follow; give a function of x and an activation energy")
            h, companions[k] = 0.0 * h, 0.0
        factors += [spread(temperatures, g, knots), spread(temperatures, h, knots) if h.any() else np.zeros(KNOTS_T)]
    return through(np.concatenate([first, companions]).T, *ends), factors


def rates(cell, T):
    """Factors of exchange currents, film resistances and the critical current at the knots of temperature."""
    knots, T_ref = np.linspace(*reach(T), KNOTS_T), cell.value("cell/reference temperature")

    def factor(part, key, sense=1.0):
        E = cell.value(f"{part}/{key} activation energy") if cell.has(f"{part}/{key} activation energy") else 0.0
        return (arrhenius(E, knots, T_ref) / arrhenius(E, T, T_ref)) ** sense

    films = [factor(part, "interface resistance", -1.0) if is_metal(cell, part) else np.ones(KNOTS_T)
             for part in PARTS]
    return [*(factor(part, "exchange-current density") for part in PARTS), *films,
            factor(NEGATIVE, "critical current density")]


def warm_solids(cell, T):
    """The laws of both electrodes."""
    return tables(cell, T, solids)


def warm_salts(cell, T):
    """The laws of the salt."""
    return tables(cell, T, salts)


def warm_laws(cell, T) -> tuple[Laws, Table]:
    """All laws of a cell around temperature T [K], and their factors."""
    solid, by_solid = kept(warm_solids, cell, T)
    salt, by_salt = kept(warm_salts, cell, T)
    return Laws(solid, salt), through(np.stack([*by_solid, *by_salt, *kept(rates, cell, T)], axis=1), *reach(T))


def steady(cell, T) -> Heat:
    """No heat: a run at one temperature."""
    return Heat(0.0, 0.0, critical_current(cell, T), Table(0.0, 1.0, 1.0, np.zeros((1, 1, 4))))


def critical_current(cell, T) -> float:
    """Current density of plating that the separator bears at T [A/m2]; infinite where the cell states none."""
    if not cell.has(f"{NEGATIVE}/critical current density"):
        return np.inf
    E = cell.value(f"{NEGATIVE}/critical current density activation energy")
    return float(cell.value(f"{NEGATIVE}/critical current density")
                 * arrhenius(E, T, cell.value("cell/reference temperature")))


def warmed(cell, T, body) -> tuple[Laws, Heat]:
    """Laws and heat of a cell that is one lump of heat."""
    laws, factors = warm_laws(cell, T)
    area = cell.value("cell/electrode area")
    return laws, Heat(body.heat_capacity / area, body.conductance / area, critical_current(cell, T), factors)
