"""A cell as one lump of heat: its laws around the temperature it begins at, and what else depends on temperature."""
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..kernels.layout import SALT_LAWS, SOLID_LAWS, Heat, Laws
from ..numerics.table import Table
from ..physics.contact import constriction_resistance
from ..physics.transport import arrhenius
from .electrodes import NEGATIVE, PARTS, has_foil
from .materials.tables import conductivity
from .materials.with_heat import Reach, laws_with_heat, widest
from .memo import kept
from .volumes import critical_current_factor, film_resistance, foil

SAME = 10.0  # K, within which a critical current without an activation energy holds
NOTHING = Table(0.0, 1.0, 1.0, np.zeros((1, 1, 4))), np.zeros((SOLID_LAWS + SALT_LAWS, 3))  # factors and nodes unused


@dataclass(frozen=True)
class Body:
    """A cell as one lump of heat: heat capacity [J/K] and conductance to its surroundings [W/K]."""

    heat_capacity: float
    conductance: float


def reach(T, heat=None):
    """Temperatures [K] between which the laws of a run that starts at T hold; of a system's `Heat` exactly, else at
    most.
    """
    return widest(T) if heat is None else (heat.factor.lo, heat.factor.hi)


def rates(cell, T, others):
    """Factors of exchange currents, film resistances and the critical current at other temperatures (n,) than T."""
    T_ref = cell.value("cell/reference temperature")

    def factor(key, sense=1.0):
        E = cell.value(key) if cell.has(key) else 0.0
        return (arrhenius(E, others, T_ref) / arrhenius(E, T, T_ref)) ** sense

    return [*(factor(f"{part}/exchange-current activation energy") for part in PARTS),
            _with_contact(cell, T, others, factor(f"{NEGATIVE}/interface resistance activation energy", -1.0)),
            np.ones(others.size), factor(f"{NEGATIVE}/critical current density activation energy")]


def _with_contact(cell, T, others, interphase):
    """The factor of all that resists at a foil, from that of its interphase.

    A contact resistance does not depend on temperature; what squeezes the current does as the electrolyte.  An
    interphase that grows in a run is taken to do as the whole.
    """
    whole = foil(cell, NEGATIVE, T).R_f if has_foil(cell) else 0.0
    film = film_resistance(cell, T) if has_foil(cell) else 0.0
    if whole == film:
        return interphase
    contact, spots = whole - film, cell.value(f"{NEGATIVE}/contact spot radius")
    if spots > 0.0:
        theta = cell.value(f"{NEGATIVE}/contact fraction")
        c = np.array([cell.value("electrolyte/initial concentration")])
        squeezed = theta * constriction_resistance(float(conductivity(cell, T)(c)[0]), spots, theta)[0]
        contact = contact + squeezed * (conductivity(cell, T)(c) / conductivity(cell, others)(c) - 1.0)
    return (film * interphase + contact) / whole


def warm_laws(cell, T) -> tuple[Laws, Table, np.ndarray, Reach]:
    """All laws of a cell around temperature T [K], their factors and nodes, and how far they reach."""
    return laws_with_heat(cell, T, partial(rates, cell, T))


def steady(cell, T) -> Heat:
    """No heat: a run at one temperature."""
    return Heat(0.0, 0.0, critical_current(cell, T), *NOTHING)


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
    laws, factors, nodes, _ = kept(warm_laws, cell, T)
    area = cell.value("cell/electrode area")
    return laws, Heat(body.heat_capacity / area, body.conductance / area, kept(critical_current, cell, T), factors,
                      nodes)
