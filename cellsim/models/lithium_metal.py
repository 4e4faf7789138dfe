"""Lithium-metal electrode: data of `kernels.equations.lithium_metal`, and its state at equilibrium."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..kernels.equations.lithium_metal import LEAST, full, lithium_states, potential_at_rest
from ..kernels.layout import FOIL, System, numbers, unknowns
from ..kernels.records import TOUCH
from ..kernels.scratch import allocate
from ..parameters import Cell
from ..physics.constants import V_LI, F
from ..physics.kinetics import end_potential
from ..physics.lithium import creep_coefficient, exhaustion_potential, host_potential, metal_at_potential
from ..support.compile import records
from .electrodes import NEGATIVE, POSITIVE, has_film, has_foil, lithium_content, values_of
from .materials.tables import conductivity
from .volumes import film_resistance

HOUR = 3600.0
EVOLVING = ("vanishing charge", "void share", "interphase conductivity")  # all 0: constant state
DRIVEN = 50.0  # current density [A/m2] that weights the interphase resistance in the error norm


def evolves(cell: Cell) -> bool:
    """Whether the state of lithium metal changes in a run, according to the coefficients of the cell."""
    return has_foil(cell) and (
        any(cell.value(f"{NEGATIVE}/{key}") > 0.0 for key in EVOLVING)
        or cell.value("cell/stack modulus") > 0.0
        or cell.value(f"{NEGATIVE}/coulombic efficiency") < 1.0
        or fades(cell)
        or has_hazard(cell)
    )


def counts_of_metal(cell: Cell) -> dict[str, int]:
    """COUNTS of the state of a lithium electrode."""
    return {"hosts": int(fades(cell)), "hazards": int(has_hazard(cell))}


def fades(cell: Cell) -> bool:
    """Whether the host of a lithium electrode loses capacity."""
    return (
        has_foil(cell) and cell.value(f"{NEGATIVE}/host capacity") > 0.0 and cell.value(f"{NEGATIVE}/host fade") > 0.0
    )


def has_hazard(cell: Cell) -> bool:
    """Whether the hazard of a short is added up."""
    return has_foil(cell) and cell.value(f"{NEGATIVE}/short hazard") > 0.0


def excess(cell: Cell) -> float:
    """Lithium metal in the discharged cell [C/m2]."""
    return cell.value("design/lithium excess thickness") * F / V_LI


def per_stoichiometry(cell: Cell, part: str = POSITIVE) -> float:
    """Lithium capacity of an electrode between stoichiometries 0 and 1 [C/m2]."""
    return F * lithium_content(cell, part) * cell.value(f"{part}/thickness")


def lithium_left(cell: Cell, x_p: Any) -> Any:
    """Lithium metal [C/m2]: the excess, plus the lithium extracted from the positive electrode at x_p."""
    full = cell.value(f"{POSITIVE}/maximum stoichiometry")
    return np.maximum(excess(cell) + per_stoichiometry(cell) * (full - x_p), 0.0)


def resting_potential(cell: Cell, x_p: Any, T: float) -> Any:
    """Equilibrium potential of the lithium-metal electrode [V] (n,) at positive stoichiometries x_p (n,)."""
    foil = foil_of(cell, T)
    if not foil.size or foil["vanishing"][0] == 0.0:
        return np.zeros(np.shape(x_p))
    now = records(np.zeros(1, TOUCH))
    return np.array([potential_at_rest(foil, float(N), T, now) for N in lithium_left(cell, x_p)])


def foil_of(cell: Cell, T: float) -> np.ndarray:
    """Data of lithium metal at T [K]: (1,) FOIL, or (0,) if its state is constant."""
    if not evolves(cell):
        return records(np.zeros(0, FOIL))
    get = values_of(cell, NEGATIVE)
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
    f["creep"] = f["share"] * creep_coefficient(
        get("creep current density"), f["P_creep"], T_ref, 1.0, f["n"], f["P_creep"], f["E"]
    )
    f["sigma"], f["bound"] = get("interphase conductivity"), get("interphase lithium concentration")
    f["k_p"], f["k_l"] = (get("calendar interphase growth") * f["sigma"]) ** 2 / HOUR, get("interphase reaction rate")
    f["E_k"], f["T_ref"] = get("interphase growth activation energy"), T_ref
    f["fade"], f["hazard"], f["power"] = get("host fade"), get("short hazard"), get("short hazard exponent")
    window = cell.value(f"{POSITIVE}/maximum stoichiometry") - cell.value(f"{POSITIVE}/minimum stoichiometry")
    f["cycle"] = per_stoichiometry(cell) * window
    f["weight"] = f["sigma"] / DRIVEN if f["sigma"] > 0.0 else 1.0
    return foil


def touches(cell: Cell) -> float:
    """Contact fraction of lithium and electrolyte without voids."""
    return cell.value(f"{NEGATIVE}/contact fraction")


def _contact(cell: Cell, T: float, f: Any) -> None:
    """Set contact, pressure and stack data in f."""
    get = values_of(cell, NEGATIVE)
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
        get = values_of(cell, POSITIVE)
        window = get("maximum stoichiometry") - get("minimum stoichiometry")
        active = cell.mean(f"{POSITIVE}/active material volume fraction")
        strain = get("volume change") * active * get("thickness")
        f["breathing"] = strain / (per_stoichiometry(cell) * window)


@dataclass(frozen=True)
class Lithium:
    """State of lithium metal."""

    left: float  # strippable lithium [C/m2]
    dead: float = 0.0  # dead lithium [C/m2]
    bound: float = 0.0  # lithium consumed by the interphase [C/m2]
    layer: float = 0.0  # thickness of the interphase [m]
    void: float = 0.0  # height of voids [m]
    host: float | None = None  # capacity of a host that has faded [C/m2]; None: as made

    @classmethod
    def of(cls, cell: Cell, x_p: Any) -> "Lithium":
        """Initial state at a positive stoichiometry; unlimited if the state is constant."""
        if not evolves(cell):
            return cls(np.inf)
        return cls(float(lithium_left(cell, x_p)), layer=cell.value(f"{NEGATIVE}/interphase thickness"))

    @classmethod
    def after(cls, cell: Cell, end: Any) -> "Lithium":
        """State at the end of a run; end(name): final value of a variable."""
        area = cell.value("cell/electrode area")

        def per_area(*names: str) -> float:
            return float(sum(end(f"{name} [mol]") for name in names)) * F / area

        sigma = cell.value(f"{NEGATIVE}/interphase conductivity")
        return cls(
            per_area("Lithium metal", "Lithium in host"),
            per_area("Dead lithium"),
            per_area("Lithium in interphase"),
            end("Interphase resistance [Ohm.m2]") * touches(cell) * sigma,
            end("Void height [m]"),
            end("Host capacity [A.h]") * HOUR / area if fades(cell) else None,
        )


def contact_at_rest(sys: System, lithium: "Lithium") -> tuple[float, float, float]:
    """Interface resistance per contact area without voids [Ohm m2], fraction of this area in contact [-], and decrease
    of the potential per stripped lithium [V m2/C], of a system with evolving lithium metal.
    """
    if lithium.host is not None:
        foil = records(sys.foil.copy())
        foil["host"] = lithium.host
        sys = sys._replace(foil=foil)
    state, work = np.zeros((1, numbers(sys))), allocate(sys)
    y = unknowns(sys, state)
    y.host[...] = sys.foil["host"][0]
    y.cell["lithium"], y.cell["dead"], y.cell["bound"] = lithium.left, lithium.dead, lithium.bound
    y.cell["layer"], y.cell["void"] = lithium.layer, lithium.void
    lithium_states(sys, state, work, np.zeros((1, 5)))
    now = work.foil[0]
    return float(now["R"]), float(now["active"]), -_slope(sys, lithium.left)


def _slope(sys: System, N: float) -> float:
    """Derivative of the potential with respect to the strippable lithium N [V m2/C]."""
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
