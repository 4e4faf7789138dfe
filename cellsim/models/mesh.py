"""Where the control volumes of a model lie and what they are made of."""
from dataclasses import dataclass

import numpy as np

from ..numerics.mesh import graded_faces
from ..physics.contact import (
    constriction_resistance,
    contact_fraction,
    contact_resistance,
    effective_pressure,
)
from ..physics.fracture import critical_current
from ..physics.transport import arrhenius, bruggeman, percolation
from .laws import conductivity
from .parts import has_foil

FOIL = 1e-8  # thickness of the single volume that stands for a metal foil [m]
FOIL_SIGMA = 1e3  # its conductivity [S/m]: 5e-12 Ohm m2, nothing
LEAST_PRESSURE = 1e3  # Pa: below, a contact resistance grows no further
IDEAL = 1e4  # a conductor without resistance, for reduced models; more would cost digits of the salt balance


@dataclass(frozen=True)
class Region:
    """Control volumes of one layer; arrays `(n,)`, or numbers that hold for all of them."""

    dx: np.ndarray  # m
    eps: float
    tau: float
    sigma: float
    area: np.ndarray  # reacting surface per electrode area [-]
    i_ref: float
    R_f: float
    side: int


def transport_efficiency(cell, part) -> float:
    """Effective over bulk transport property of the electrolyte in `part`, by whichever law it states."""
    if cell.has(f"{part}/transport efficiency"):
        return cell.value(f"{part}/transport efficiency")
    phi = cell.value(f"{part}/electrolyte volume fraction")
    if cell.has(f"{part}/bruggeman exponent"):
        return bruggeman(phi, cell.value(f"{part}/bruggeman exponent"))
    return percolation(phi, cell.value(f"{part}/percolation threshold"), cell.value(f"{part}/percolation exponent"))


def pressure(cell) -> float:
    """Stack pressure that counts for contacts [Pa], with what they remember of a higher one."""
    now = cell.value("cell/operating pressure")
    return effective_pressure(now, max(now, cell.value("cell/highest pressure")), cell.value("cell/pressure memory"))[0]


def critical_current_factor(cell) -> float:
    """Critical current density at the operating pressure over that at its reference pressure."""
    get = lambda key: cell.value(f"negative electrode/critical current {key}")  # noqa: E731
    P = max(cell.value("cell/operating pressure"), LEAST_PRESSURE)
    P_ref, exponent = get("reference pressure"), get("pressure exponent")
    return critical_current(1.0, 1.0, 1.0, 0.0, P, P_ref, exponent, 1.0, 1.0, 0.0)[0]


def touching(cell, part) -> float:
    """Share of the surface of an electrode's particles that touches electrolyte, at the cell's pressure."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    given, P_1 = get("contact fraction"), get("contact pressure")
    if P_1 == 0.0:
        return given  # as the law says, without the time that calling it takes
    return contact_fraction(pressure(cell), P_1, get("contact pressure exponent"), given)[0]


def surface_area(cell, part) -> float:
    """Reacting surface of an electrode per its volume [1/m], at the cell's pressure."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    active = get("active material volume fraction")
    return 3.0 * active * get("utilisation") / get("particle radius") * touching(cell, part)


def electronic_conductivity(cell, part) -> float:
    """Effective electronic conductivity of an electrode [S/m]."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    solid = 1.0 - get("electrolyte volume fraction") - get("void volume fraction")
    value = get("electronic conductivity") * solid ** get("electronic bruggeman exponent")
    exponent = get("electronic percolation exponent")
    if exponent == 0.0:
        return value
    threshold = get("electronic percolation threshold")
    return value * percolation(get("active material volume fraction"), threshold, exponent)


def electrode(cell, part, side, faces, T, ideal) -> Region:
    """A porous electrode on the given faces [m]."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    T_ref = cell.value("cell/reference temperature")
    dx = np.diff(faces)
    return Region(
        dx=dx, eps=get("electrolyte volume fraction"), side=side, area=surface_area(cell, part) * dx,
        tau=IDEAL if ideal else transport_efficiency(cell, part),
        sigma=IDEAL if ideal else electronic_conductivity(cell, part),
        i_ref=get("exchange-current density") * arrhenius(get("exchange-current activation energy"), T, T_ref),
        R_f=get("film resistance"))


def film_resistance(cell, T) -> float:
    """Of what lies on a lithium foil at T, per area that touches [Ohm m2]."""
    get = lambda key: cell.value(f"negative electrode/{key}")  # noqa: E731
    T_ref = cell.value("cell/reference temperature")
    return get("interface resistance") / arrhenius(get("interface resistance activation energy"), T, T_ref)


def foil(cell, part, T) -> Region:
    """A lithium foil: one thin volume with as much surface as the cell has area, or the share that touches.

    What is in series per area of the cell, R, is theta R per area that touches.
    """
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    T_ref, theta = cell.value("cell/reference temperature"), get("contact fraction")
    film = film_resistance(cell, T)
    series = contact_resistance(get("contact resistance"), max(pressure(cell), LEAST_PRESSURE),
                                get("contact reference pressure"), get("contact pressure exponent"), 1.0)[0]
    spots = get("contact spot radius")
    if spots > 0.0:
        kappa = conductivity(cell, T)(np.array([cell.value("electrolyte/initial concentration")]))[0]
        series += constriction_resistance(float(kappa), spots, theta)[0]
    return Region(
        dx=np.array([FOIL]), eps=1.0, side=0, area=np.array([theta]), tau=IDEAL, sigma=FOIL_SIGMA,
        i_ref=get("exchange-current density") * arrhenius(get("exchange-current activation energy"), T, T_ref),
        R_f=film + theta * series)


def regions(cell, T, volumes, stretch, ideal=False) -> list[Region]:
    """Negative electrode, separator, positive electrode; electrodes graded towards the separator."""
    length = [cell.value(f"{p}/thickness") if cell.has(f"{p}/thickness") else 0.0
              for p in ("negative electrode", "separator", "positive electrode")]
    dx_s = np.full(volumes[1], length[1] / volumes[1])
    middle = Region(dx=dx_s, eps=cell.value("separator/electrolyte volume fraction"), sigma=0.0, side=-1,
                    tau=IDEAL if ideal else transport_efficiency(cell, "separator"),
                    area=0.0 * dx_s, i_ref=0.0, R_f=0.0)
    if has_foil(cell):
        left = foil(cell, "negative electrode", T)
    else:
        left = electrode(cell, "negative electrode", 0, graded_faces(volumes[0], length[0], stretch[0], "right"),
                         T, ideal)
    right = electrode(cell, "positive electrode", 1, graded_faces(volumes[2], length[2], stretch[1], "left"), T,
                      ideal)
    return [left, middle, right]
