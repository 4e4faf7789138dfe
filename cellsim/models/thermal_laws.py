"""Temperature that changes: laws around the initial temperature, and temperature-dependent properties."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..kernels.layout import SALT_LAWS, SOLID_LAWS, Laws
from ..kernels.records import NODE, ONE_PLACE, Heat
from ..numerics.table import NO_LAWS, Table
from ..parameters import Cell
from ..physics.contact import constriction_resistance
from ..physics.transport import arrhenius
from ..support.compile import records
from .electrodes import NEGATIVE, has_foil, materials
from .materials.tables import conductivity
from .materials.with_heat import Reach, laws_with_heat, widest
from .memo import kept
from .volumes import critical_current_factor, film_resistance, foil

SAME = 10.0  # range [K] in which a critical current density without activation energy is valid
NOTHING = NO_LAWS, np.zeros((SOLID_LAWS + SALT_LAWS, 3))  # unused factors and nodes


@dataclass(frozen=True)
class Body:
    """Thermal properties of a cell: heat capacity [J/K] and thermal conductance to the surroundings [W/K].

    mixing: whether the heat of mixing in particles counts.
    chain: nodes from core to surface, each its place [m], its share of the heat capacity, its conductances [W/K] to the
    next node and to the surroundings; empty: one temperature for the whole cell.
    """

    heat_capacity: float
    conductance: float
    mixing: bool = False
    chain: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def temperatures(self) -> int:
        """How many a state has: the mean, and those of the nodes."""
        return 1 + len(self.chain)


def reach(T: float, heat: Any = None) -> Any:
    """Temperature range [K] of the laws of a run that starts at T: exact with the `Heat` of a system, else a bound."""
    return widest(T) if heat is None else (heat.factor.lo, heat.factor.hi)


def rates(cell: Cell, T: float, others: Any) -> Any:
    """Factors on exchange currents, film resistances and critical current at temperatures `others` (n,), 1 at T."""
    T_ref = cell.value("cell/reference temperature")

    def factor(key: str, sense: float = 1.0) -> Any:
        E = cell.value(key) if cell.has(key) else 0.0
        return (arrhenius(E, others, T_ref) / arrhenius(E, T, T_ref)) ** sense

    return [
        *(factor(f"{part}/exchange-current activation energy") for part in materials(cell)[:2]),
        _with_contact(cell, T, others, factor(f"{NEGATIVE}/interface resistance activation energy", -1.0)),
        np.ones(others.size),
        factor(f"{NEGATIVE}/critical current density activation energy"),
        *(factor(f"{part}/exchange-current activation energy") for part in materials(cell)[2:]),
    ]


def _with_contact(cell: Cell, T: float, others: Any, interphase: Any) -> Any:
    """Factor of the total interface resistance of lithium metal, from the factor of its interphase.

    The contact resistance is independent of temperature; the constriction resistance follows the electrolyte
    conductivity.  The resistance of an interphase that grows in the run gets the total factor.
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


def warm_laws(cell: Cell, T: float) -> tuple[Laws, Table, np.ndarray, Reach]:
    """All laws of a cell around temperature T [K], with their factors, nodes and temperature range."""
    return laws_with_heat(cell, T, partial(rates, cell, T))


def steady(cell: Cell, T: float) -> Heat:
    """The `Heat` of an isothermal run."""
    return Heat(0.0, 0.0, critical_current(cell, T), *NOTHING)


def critical_current_holds(cell: Cell, T: float) -> Any:
    """Whether the stated critical current density is valid at T [K] (number or array).

    Without an activation energy it is valid within SAME of the reference temperature.
    """
    near = np.abs(T - cell.value("cell/reference temperature")) <= SAME
    return near | cell.has(f"{NEGATIVE}/critical current density activation energy")


def critical_current(cell: Cell, T: float) -> float:
    """Critical current density of plating at T and the pressure of the cell, per electrode area [A/m2].

    Only the contact area takes part.  Infinite if the cell states none, or none that is valid at T.
    """
    if not cell.has(f"{NEGATIVE}/critical current density") or not critical_current_holds(cell, T):
        return np.inf
    E = cell.value(f"{NEGATIVE}/critical current density activation energy")
    touching = cell.value(f"{NEGATIVE}/contact fraction")
    return float(
        touching
        * critical_current_factor(cell)
        * cell.value(f"{NEGATIVE}/critical current density")
        * arrhenius(E, T, cell.value("cell/reference temperature"))
    )


def warmed(cell: Cell, T: float, body: Any) -> tuple[Laws, Heat]:
    """Laws and `Heat` of a cell with variable temperature."""
    laws, factors, nodes, _ = kept(warm_laws, cell, T)
    area, chain = cell.value("cell/electrode area"), ONE_PLACE
    if body.chain:
        rows = [(at, share, link / area, loss / area) for at, share, link, loss in body.chain]
        chain = records(np.array(rows, NODE))
    return laws, Heat(
        body.heat_capacity / area,
        body.conductance / area,
        kept(critical_current, cell, T),
        factors,
        nodes,
        int(body.mixing),
        chain,
    )


def with_temperatures(counts: Any, body: Any) -> Any:
    """COUNTS of a cell with as many temperatures as its `Body` has, if it has one."""
    if body is None or not body.chain:
        return counts
    counts = counts.copy()
    counts["temperatures"] = body.temperatures
    return counts
