"""Where the control volumes of a model lie and what they are made of."""
from dataclasses import dataclass

import numpy as np

from ..numerics.grids import graded_faces, graded_layer
from ..physics.contact import constriction_resistance, contact_fraction, contact_resistance, effective_pressure
from ..physics.fracture import critical_current
from ..physics.transport import arrhenius, bruggeman, percolation
from .electrodes import NEGATIVE, POSITIVE, has_foil
from .materials.tables import conductivity

FOIL = 1e-8  # thickness of the single volume that stands for a metal foil [m]
FOIL_SIGMA = 1e3  # its conductivity [S/m]: 5e-12 Ohm m2, nothing
STRETCH = 2.0  # grading of a separator towards a foil
LEAST_PRESSURE = 1e3  # Pa: below, a contact resistance grows no further
IDEAL = 1e4  # a conductor without resistance, for reduced models; more would cost digits of the salt balance


@dataclass(frozen=True)
class Region:
    """Control volumes of one layer; arrays `(n,)`, or numbers that hold for all of them."""

    dx: np.ndarray  # m
    left: np.ndarray  # from the point that stands for a volume to its left face, for ions: distance over tau [m]
    right: np.ndarray  # and to its right face
    link: np.ndarray  # electronic conductance to the next volume [S/m2]; of the last one 0
    end: np.ndarray  # electronic resistance to the current collector [Ohm m2] of the volume that touches it, else 0
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


def paths(unit, length, tau, sigma):
    """What leads through an electrode of the Layer `unit`, from its collector to the separator, of a length [m].

    Returns `left`, `right`, `link` and `end` of a Region, left being towards the collector: ions enter at the
    separator and none leave at the collector, electrons the other way round.
    """
    link, end = np.zeros(unit.dx.size), np.zeros(unit.dx.size)
    link[:-1] = sigma / length / (unit.outward[:-1] + unit.inward[1:])
    end[0] = length / sigma * unit.inward[0]
    return length / tau * unit.left, length / tau * unit.right, link, end


def mirrored(left, right, link, end):
    """The same of an electrode whose collector is on the right."""
    return right[::-1], left[::-1], np.append(link[-2::-1], 0.0), end[::-1]


def across(volume):
    """Conductance per unit of conductivity from the point of each volume to that of the next one, 0 from the last."""
    return np.append(1.0 / (volume["right"][:-1] + volume["left"][1:]), 0.0)


def exchange_current_density(cell, part, T) -> float:
    """Of an electrode at T, half full and at the initial concentration of the salt [A/m2 of surface]."""
    return cell.value(f"{part}/exchange-current density") * arrhenius(
        cell.value(f"{part}/exchange-current activation energy"), T, cell.value("cell/reference temperature"))


def electrode(cell, part, side, unit, T, ideal) -> Region:
    """A porous electrode on a Layer from its collector to the separator."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    dx = get("thickness") * unit.dx
    tau, sigma = (IDEAL, IDEAL) if ideal else (transport_efficiency(cell, part), electronic_conductivity(cell, part))
    left, right, link, end = paths(unit, get("thickness"), tau, sigma)
    if side == 1:
        dx, (left, right, link, end) = dx[::-1], mirrored(left, right, link, end)
    return Region(
        dx=dx, left=left, right=right, link=link, end=end, eps=get("electrolyte volume fraction"), tau=tau,
        sigma=sigma, side=side, area=surface_area(cell, part) * dx,
        i_ref=exchange_current_density(cell, part, T),
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
    theta = get("contact fraction")
    film = film_resistance(cell, T)
    series = contact_resistance(get("contact resistance"), max(pressure(cell), LEAST_PRESSURE),
                                get("contact reference pressure"), get("contact pressure exponent"), 1.0)[0]
    spots = get("contact spot radius")
    if spots > 0.0:
        kappa = conductivity(cell, T)(np.array([cell.value("electrolyte/initial concentration")]))[0]
        series += constriction_resistance(float(kappa), spots, theta)[0]
    half = np.array([0.5 * FOIL])
    return Region(
        dx=np.array([FOIL]), left=half / IDEAL, right=half / IDEAL, link=np.zeros(1), end=half / FOIL_SIGMA,
        eps=1.0, tau=IDEAL, sigma=FOIL_SIGMA, area=np.array([theta]), side=0,
        i_ref=exchange_current_density(cell, part, T),
        R_f=film + theta * series)


def regions(cell, T, volumes, stretch, ideal=False) -> list[Region]:
    """Negative electrode, separator, positive electrode; electrodes graded towards the separator.

    The separator is graded towards a foil, whose face all of the current passes.
    """
    stretch_middle = STRETCH if has_foil(cell) else 0.0
    dx = np.diff(graded_faces(volumes[1], cell.value("separator/thickness"), stretch_middle, "left"))
    tau, none = IDEAL if ideal else transport_efficiency(cell, "separator"), np.zeros(volumes[1])
    middle = Region(dx, 0.5 * dx / tau, 0.5 * dx / tau, link=none, end=none, side=-1, tau=tau, sigma=0.0,
                    eps=cell.value("separator/electrolyte volume fraction"), area=none, i_ref=0.0, R_f=0.0)
    left, right = (graded_layer(volumes[2 * side], stretch[side]) for side in (0, 1))
    return [foil(cell, NEGATIVE, T) if has_foil(cell) else electrode(cell, NEGATIVE, 0, left, T, ideal), middle,
            electrode(cell, POSITIVE, 1, right, T, ideal)]
