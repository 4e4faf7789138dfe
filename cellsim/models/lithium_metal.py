"""Lithium-metal electrode of a cell: data of `kernels.equations.lithium_metal`, and its equilibrium."""
from dataclasses import dataclass

import numpy as np

from ..kernels.equations.lithium_metal import LEAST, full, lithium_states, potential_at_rest
from ..kernels.layout import FOIL, numbers, unknowns
from ..kernels.records import TOUCH
from ..kernels.scratch import allocate
from ..physics.constants import V_LI, F
from ..physics.kinetics import end_potential
from ..physics.lithium import creep_coefficient, exhaustion_potential, host_potential, metal_at_potential
from ..support.compile import records
from .electrodes import NEGATIVE, POSITIVE, has_film, has_foil, lithium_content
from .materials.tables import conductivity
from .volumes import film_resistance

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


def per_stoichiometry(cell, part=POSITIVE) -> float:
    """Lithium of an electrode between empty and full [C/m2]."""
    return F * lithium_content(cell, part) * cell.value(f"{part}/thickness")


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


def touches(cell) -> float:
    """Share of the area where lithium touches the electrolyte, before there are voids."""
    return cell.value(f"{NEGATIVE}/contact fraction")


def _contact(cell, T, f):
    """Contact, pressure and stack, into f."""
    get = lambda key: cell.value(f"{NEGATIVE}/{key}")  # noqa: E731
    f["theta"] = touches(cell)
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


@dataclass(frozen=True)
class Lithium:
    """What has become of the lithium of a foil."""

    left: float  # that can leave [C/m2]
    dead: float = 0.0  # that is cut off [C/m2]
    bound: float = 0.0  # that the interphase took [C/m2]
    layer: float = 0.0  # thickness of the interphase [m]
    void: float = 0.0  # height of voids [m]

    @classmethod
    def of(cls, cell, x_p):
        """As the cell was made, at a positive stoichiometry; where nothing about it changes, it does not matter."""
        if not evolves(cell):
            return cls(np.inf)
        return cls(float(lithium_left(cell, x_p)), layer=cell.value(f"{NEGATIVE}/interphase thickness"))

    @classmethod
    def after(cls, cell, end):
        """As a run leaves it; end(name): the last value of a variable."""
        per_area = lambda *names: sum(end(f"{name} [mol]") for name in names) * F / cell.value(  # noqa: E731
            "cell/electrode area")
        sigma = cell.value(f"{NEGATIVE}/interphase conductivity")
        return cls(per_area("Lithium metal", "Lithium in host"), per_area("Dead lithium"),
                   per_area("Lithium in interphase"), end("Interphase resistance [Ohm.m2]") * touches(cell) * sigma,
                   end("Void height [m]"))


def contact_at_rest(sys, lithium) -> tuple[float, float, float]:
    """Resistance of the interface per area that touches without voids [Ohm m2], share of it that still does [-],
    and fall of the potential per lithium that leaves [V m2/C]; of a system whose lithium changes.
    """
    state, work = np.zeros((1, numbers(sys))), allocate(sys)
    y = unknowns(sys, state)
    y.cell["lithium"], y.cell["dead"], y.cell["bound"] = lithium.left, lithium.dead, lithium.bound
    y.cell["layer"], y.cell["void"] = lithium.layer, lithium.void
    lithium_states(sys, state, work, np.zeros((1, 5)))
    now = work.foil[0]
    return float(now["R"]), float(now["active"]), -_slope(sys, lithium.left)


def _slope(sys, N) -> float:
    """Slope of the potential in the lithium N that can leave [V m2/C]."""
    f, now = sys.foil[0], records(np.zeros(1, TOUCH))
    if f["vanishing"] == 0.0:
        return 0.0
    U = potential_at_rest(sys.foil, N, sys.T, now)
    if f["host"] == 0.0:
        return float(exhaustion_potential.py_func(max(N, LEAST * f["vanishing"]), f["vanishing"], sys.T)[1])
    if U <= 0.0:
        return 0.0
    s = float(now[0]["filled"])
    U_s = end_potential.py_func(s)[1]
    U_s += host_potential.py_func(max(s, 0.0), f["end"], f["a"], f["p"], f["b"], f["q"])[1]
    return float(U_s / (f["host"] + metal_at_potential.py_func(U, f["vanishing"], sys.T)[1] * U_s))
