"""Material laws of a cell whose temperature changes: a few terms, each a function of its variable times one of T.

Whatever a parameter set says, law k is L(x, T) = g(T) L(x, T0) + h(T) B(x) + ...: an Arrhenius factor needs no
second term, an open-circuit potential with an entropic coefficient is exactly of this form, and of a law that
mixes x and T the further terms are the leading singular vectors of what the first leaves over, weighed by
how likely x and T are.  Laws that mix them wildly (O'Regan's electrolyte) are met to 0.1 % over 40 K.
"""
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ..errors import ParameterError
from ..kernels.system import CHI, DIFFUSION, LAWS_PER_SIDE, OCP, T_PLUS, TERMS, Heat, Laws
from ..numerics.table import KNOTS, Table, through
from ..physics.transport import arrhenius
from .kept import kept
from .laws import salts, solids
from .mesh import critical_current_factor, film_resistance, foil
from .parts import NEGATIVE, PARTS, has_foil

COLDER, WARMER = 60.0, 90.0  # how far from the first temperature the laws reach [K]
NODES, KNOTS_T = 11, 257  # temperatures at which laws are evaluated, and at which their factors are tabulated
FAITHFUL = 0.02  # largest relative departure of a particle diffusivity from one term within USUAL
USUAL = 30.0  # K around the temperature that a run is likely to have, which is
AHEAD = 10.0  # K above the first one
SAME = 10.0  # K, within which a critical current without an activation energy holds
RARE = 0.03  # weight of concentrations outside LIKELY, in units of the initial one, against those inside
LIKELY = (0.1, 2.5)
LEVEL = (CHI, T_PLUS)  # laws that may pass through zero: their errors count absolutely, as a potential's do


@dataclass(frozen=True)
class Body:
    """A cell as one lump of heat: heat capacity [J/K] and conductance to its surroundings [W/K]."""

    heat_capacity: float
    conductance: float


def terms(values, first, scale, likely_x, likely_T):
    """Weights (TERMS, temperatures) and terms (TERMS, knots) of values (temperatures, knots), the first being `first`.

    Errors count in units of `scale` (knots,), and by likely_x (knots,) and likely_T (temperatures,).
    """
    weigh = likely_x / scale
    rows, base = values * weigh, first * weigh
    factors, parts = np.zeros((TERMS, len(rows))), np.zeros((TERMS, first.size))
    factors[0], parts[0] = rows @ base / (base @ base) if base.any() else 1.0, first
    rest = rows - np.outer(factors[0], base)
    if np.max(np.abs(rest)) > 1e-9 * np.max(np.abs(base)):
        leading = np.linalg.svd(rest * likely_T[:, None], full_matrices=False)[2][:TERMS - 1]
        factors[1:] = leading @ rest.T
        parts[1:] = leading / weigh
    return factors, parts


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
    """Table of the laws at T with their companions, and the weights of each at the knots of temperature."""
    temperatures, knots = nodes(T), np.linspace(*reach(T), KNOTS_T)
    laws, ends = laws_at(cell, T)
    x = np.linspace(*ends, KNOTS)
    likely_T, likely_x = np.exp(-((temperatures - T - AHEAD) / USUAL) ** 2), np.ones(KNOTS)
    if laws_at is salts:
        share = x * x / cell.value("electrolyte/initial concentration")
        likely_x = np.where((share > LIKELY[0]) & (share < LIKELY[1]), 1.0, RARE)
    first = np.stack([law(x) for law in laws])
    values = np.stack([[law(x) for law in laws_at(cell, now)[0]] for now in temperatures], axis=1)
    weights, companions = [], np.zeros((TERMS, *first.shape))
    for k, (at_T, here) in enumerate(zip(values, first, strict=True)):
        usual = np.max(np.abs(here[likely_x == 1.0]))
        level = laws_at is salts and k in LEVEL or laws_at is solids and k % LAWS_PER_SIDE == OCP
        scale = np.full(KNOTS, max(usual, 1e-300)) if level else np.maximum(np.abs(here), max(1e-3 * usual, 1e-300))
        factors, companions[:, k] = terms(at_T, here, scale, likely_x, likely_T)
        if laws_at is solids and k % LAWS_PER_SIDE == DIFFUSION and factors[1].any():
            rest = np.abs(factors[1:].T @ (companions[1:, k] / scale))
            if np.max(rest[np.abs(temperatures - T) < USUAL]) > FAITHFUL:
                part = PARTS[k // LAWS_PER_SIDE]
                raise ParameterError(f"{cell.name}: {part}/particle diffusivity mixes x and T, which a run with heat "
                                     "cannot follow; give a function of x and an activation energy")
            factors[1:], companions[1:, k] = 0.0, 0.0  # the particle kernels know one factor
        weights += [spread(temperatures, f, knots) if f.any() else f[0] * np.ones(KNOTS_T) for f in factors]
    return through(np.concatenate(companions).T, *ends), weights


def rates(cell, T):
    """Factors of exchange currents, film resistances and the critical current at the knots of temperature."""
    knots, T_ref = np.linspace(*reach(T), KNOTS_T), cell.value("cell/reference temperature")

    def factor(key, sense=1.0):
        E = cell.value(key) if cell.has(key) else 0.0
        return (arrhenius(E, knots, T_ref) / arrhenius(E, T, T_ref)) ** sense

    return [*(factor(f"{part}/exchange-current activation energy") for part in PARTS),
            _with_contact(cell, T, knots, factor(f"{NEGATIVE}/interface resistance activation energy", -1.0)),
            np.ones(KNOTS_T), factor(f"{NEGATIVE}/critical current density activation energy")]


def _with_contact(cell, T, knots, interphase):
    """The factor of all that resists at a foil, from that of its interphase.

    A contact resistance does not depend on temperature; what squeezes the current does as the electrolyte.  An
    interphase that grows in a run is taken to do as the whole.
    """
    whole = foil(cell, NEGATIVE, T).R_f if has_foil(cell) else 0.0
    film = film_resistance(cell, T) if has_foil(cell) else 0.0
    if whole == film:
        return interphase
    contact = np.array([foil(cell, NEGATIVE, now).R_f - film_resistance(cell, now) for now in nodes(T)])
    return (film * interphase + spread(nodes(T), contact, knots)) / whole


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


def critical_current_holds(cell, T):
    """Whether the stated critical current says anything of T [K], an array or not: if it comes without an activation
    energy, of the reference temperature and SAME around it only.
    """
    near = np.abs(T - cell.value("cell/reference temperature")) <= SAME
    return near | cell.has(f"{NEGATIVE}/critical current density activation energy")


def critical_current(cell, T) -> float:
    """Current density of plating that the separator bears at T and the cell's pressure, per electrode area [A/m2].

    Infinite where the cell states none, or none for T.  Only the share of the area that lithium touches takes part.
    """
    if not cell.has(f"{NEGATIVE}/critical current density") or not critical_current_holds(cell, T):
        return np.inf
    E = cell.value(f"{NEGATIVE}/critical current density activation energy")
    touching = cell.value(f"{NEGATIVE}/contact fraction")
    return float(touching * critical_current_factor(cell) * cell.value(f"{NEGATIVE}/critical current density")
                 * arrhenius(E, T, cell.value("cell/reference temperature")))


def warmed(cell, T, body) -> tuple[Laws, Heat]:
    """Laws and heat of a cell that is one lump of heat."""
    laws, factors = kept(warm_laws, cell, T)
    area = cell.value("cell/electrode area")
    return laws, Heat(body.heat_capacity / area, body.conductance / area, kept(critical_current, cell, T), factors)
