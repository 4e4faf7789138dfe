"""What the lithium of a cell is beyond a foil without end: data of `kernels.foil`, and how much there is at rest."""
import numpy as np

from .._jit import records
from ..kernels.foil import full, potential_at_rest
from ..kernels.system import FOIL, TOUCH
from ..physics.constants import V_LI, F
from ..physics.lithium import creep_coefficient
from .laws import conductivity
from .mesh import film_resistance
from .parts import NEGATIVE, POSITIVE, has_film, has_foil

HOUR = 3600.0
EVOLVING = ("vanishing charge", "void share", "interphase conductivity")  # with all of them 0, lithium stays as it is
DRIVEN = 50.0  # A/m2: resistance of the interphase counts in the error of a run as if this current passed it


def evolves(cell) -> bool:
    """Whether the state of the lithium changes in a run, by the coefficients the cell states."""
    return has_foil(cell) and (any(cell.value(f"{NEGATIVE}/{key}") > 0.0 for key in EVOLVING)
                               or cell.value("cell/stack modulus") > 0.0
                               or cell.value(f"{NEGATIVE}/coulombic efficiency") < 1.0)


def excess(cell) -> float:
    """Lithium at the negative side of the discharged cell [C/m2]."""
    return cell.value("design/lithium excess thickness") * F / V_LI


def per_stoichiometry(cell) -> float:
    """Lithium of the positive electrode between empty and full [C/m2]."""
    get = lambda key: cell.value(f"{POSITIVE}/{key}")  # noqa: E731
    return (F * get("maximum concentration") * get("active material volume fraction") * get("utilisation")
            * get("thickness"))


def lithium_left(cell, x_p):
    """Lithium at the negative side [C/m2]: the excess and what the positive electrode at x_p lacks of being full."""
    full = cell.value(f"{POSITIVE}/maximum stoichiometry")
    return np.maximum(excess(cell) + per_stoichiometry(cell) * (full - x_p), 0.0)


def resting_potential(cell, x_p, T):
    """Potential against lithium [V] (n,) of what is left at positive stoichiometries x_p (n,)."""
    foil = foil_of(cell, T)
    if not foil.size or foil["vanishing"][0] == 0.0:
        return np.zeros(np.shape(x_p))
    now = records(np.zeros(1, TOUCH))
    return np.array([potential_at_rest(foil, float(N), T, now) for N in lithium_left(cell, x_p)])


def foil_of(cell, T) -> np.ndarray:
    """Data of the lithium at T [K]: (1,) FOIL, or (0,) where nothing about it changes."""
    if not evolves(cell):
        return records(np.zeros(0, FOIL))
    get = lambda key: cell.value(f"{NEGATIVE}/{key}")  # noqa: E731
    foil, T_ref = records(np.zeros(1, FOIL)), cell.value("cell/reference temperature")
    f = foil[0]
    _contact(cell, T, f)
    f["vanishing"], f["start"], f["efficiency"] = get("vanishing charge"), excess(cell), get("coulombic efficiency")
    f["host"], f["end"] = get("host capacity"), get("host end potential")
    f["a"], f["p"] = get("host slow potential"), get("host slow exponent")
    f["b"], f["q"] = get("host fast potential"), get("host fast exponent")
    f["full"] = full(foil) if f["host"] > 0.0 else 1.0
    f["share"], f["v_0"] = get("void share"), get("void height")
    f["P_creep"], f["n"], f["E"] = (get(f"creep {k}") for k in ("reference pressure", "exponent", "activation energy"))
    f["creep"] = f["share"] * creep_coefficient(get("creep current density"), f["P_creep"], T_ref, 1.0, f["n"],
                                                f["P_creep"], f["E"])
    f["sigma"], f["bound"] = get("interphase conductivity"), get("interphase lithium concentration")
    f["k_p"], f["k_l"] = (get("interphase growth") * f["sigma"]) ** 2 / HOUR, get("interphase reaction rate")
    f["E_k"], f["T_ref"] = get("interphase growth activation energy"), T_ref
    f["weight"] = f["sigma"] / DRIVEN if f["sigma"] > 0.0 else 1.0
    return foil


def _contact(cell, T, f):
    """Contact, pressure and stack, into f."""
    get = lambda key: cell.value(f"{NEGATIVE}/{key}")  # noqa: E731
    f["theta"] = 1.0 if has_film(cell) else get("contact fraction")
    f["film"], f["contact"] = film_resistance(cell, T), get("contact resistance")
    f["P_ref"], f["m"] = get("contact reference pressure"), get("contact pressure exponent")
    f["spots"] = get("contact spot radius")
    f["kappa"] = conductivity(cell, T)(np.array([cell.value("electrolyte/initial concentration")]))[0]
    f["P"], f["P_most"] = cell.value("cell/operating pressure"), cell.value("cell/highest pressure")
    f["memory"] = cell.value("cell/pressure memory")
    f["modulus"], f["compliance"] = cell.value("cell/stack modulus"), cell.value("cell/stack compliance")
    f["height"] = cell.value("cell/stack height") if f["modulus"] > 0.0 else 1.0
    if not has_film(cell):
        get = lambda key: cell.value(f"{POSITIVE}/{key}")  # noqa: E731
        window = get("maximum stoichiometry") - get("minimum stoichiometry")
        strain = get("volume change") * get("active material volume fraction") * get("thickness")
        f["breathing"] = strain / (per_stoichiometry(cell) * window)
