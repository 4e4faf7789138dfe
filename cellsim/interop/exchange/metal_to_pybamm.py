"""A lithium-metal electrode as PyBaMM has it: an exchange current, and resistances."""

from typing import Any

import numpy as np

from ...kernels.equations.lithium_metal import LEAST_PRESSURE
from ...models.materials.tables import conductivity
from ...models.volumes import film_resistance, pressure
from ...parameters import Cell
from ...physics.constants import V_LI
from ...physics.contact import constriction_resistance, contact_resistance
from ..names import FOIL, LITHIUM_VOLUME, NEGATIVE
from .laws_to_pybamm import arrhenius, symbol_of

THIN = 1e-5  # thickness of the foil where the set has none [m]; no term of a run depends on it
METALLIC = 1.0776e7  # conductivity of lithium [S/m], from memory of data books; 1e-12 Ohm m2 here


def metal(cell: Cell, T: float) -> dict[str, Any]:
    """Entries of the negative electrode of a half cell at T [K]."""
    theta = cell.value(f"{NEGATIVE}/contact fraction")
    i_ref = theta * cell.value(f"{NEGATIVE}/exchange-current density")
    energy, T_ref = (
        cell.value(f"{NEGATIVE}/exchange-current activation energy"),
        cell.value("cell/reference temperature"),
    )
    c_0 = cell.value("electrolyte/initial concentration")

    shape = cell.law(f"{NEGATIVE}/exchange-current electrolyte shape")

    def exchange_current(c_e: Any, c_Li: Any, T: Any) -> Any:
        return i_ref * (c_e / c_0) ** 0.5 * symbol_of(shape, c_e, T) * arrhenius(energy, T, T_ref)

    return {
        FOIL.name: exchange_current,
        LITHIUM_VOLUME: V_LI,
        "Negative electrode thickness [m]": foil_thickness(cell),
        "Negative electrode conductivity [S.m-1]": METALLIC,
        "Negative electrode OCP [V]": 0.0,
        "Negative electrode OCP entropic change [V.K-1]": 0.0,
        "Negative electrode double-layer capacity [F.m-2]": cell.value(f"{NEGATIVE}/double-layer capacity"),
        "Negative electrode charge transfer coefficient": 0.5,
    }


def foil_thickness(cell: Cell) -> float:
    """Of lithium metal in PyBaMM's geometry [m]."""
    return cell.value("design/lithium excess thickness") or THIN


def foil_resistance(cell: Cell, T: float) -> float:
    """Of interface, contact and constriction at T [K], per electrode area [Ohm m2]."""
    get = lambda key: cell.value(f"{NEGATIVE}/{key}")  # noqa: E731
    theta, spots = get("contact fraction"), get("contact spot radius")
    P, P_ref = max(pressure(cell), LEAST_PRESSURE), get("contact reference pressure")
    series = contact_resistance(get("contact resistance"), P, P_ref, get("contact pressure exponent"), 1.0)[0]
    if spots > 0.0:
        kappa = conductivity(cell, T)(np.array([cell.value("electrolyte/initial concentration")]))[0]
        series += constriction_resistance(float(kappa), spots, theta)[0]
    return float(film_resistance(cell, T) / theta + series)
