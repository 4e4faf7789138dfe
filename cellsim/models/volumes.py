"""Control volumes of a model: geometry and material properties."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels.equations.lithium_metal import LEAST_PRESSURE
from ..numerics.grids import graded_faces
from ..numerics.varied import joined
from ..parameters import Cell
from ..parameters.catalogue import SURFACE
from ..parameters.laws.profile import averages
from ..physics.contact import constriction_resistance, contact_fraction, contact_resistance, effective_pressure
from ..physics.fracture import critical_current
from ..physics.transport import arrhenius
from .electrodes import (
    NEGATIVE,
    POSITIVE,
    active_fraction,
    electrode_of,
    has_foil,
    is_composite,
    is_metal,
    phases,
    values_of,
)
from .graded import (
    ACTIVE,
    PORES,
    RADIUS,
    columns,
    conductivity_of,
    effective_conductivity,
    efficiency,
    efficiency_of,
    evenly_loaded,
    graded,
    layer_borders,
    layered,
    of_electrode,
    only_what_it_has,
    series,
)
from .materials.tables import arrhenius_factor, conductivity

Array = NDArray[Any]

FOIL = 1e-8  # thickness of the single volume of a lithium-metal electrode [m]
FOIL_SIGMA = 1e3  # its conductivity [S/m], a negligible resistance of 5e-12 Ohm m2
STRETCH = 2.0  # grading of a separator towards lithium metal
WHOLE = np.array([0.0, 1.0])  # relative positions: the whole thickness of an electrode
IDEAL = 1e4  # ideal conductor, for reduced models; larger values degrade the salt balance by rounding


@dataclass(frozen=True)
class Region:
    """Control volumes of one layer; arrays (n,), or numbers common to all volumes, or `Varied` ones of these."""

    dx: np.ndarray  # m
    left: np.ndarray  # ionic path from the node to the left face: distance over tau [m]
    right: np.ndarray  # ionic path to the right face [m]
    link: np.ndarray  # electronic conductance to the next volume [S/m2]; 0 for the last one
    end: np.ndarray  # electronic resistance to the current collector [Ohm m2] of the adjacent volume, else 0
    eps: Any  # a number, or (n,) in an electrode that is graded, as the next two
    tau: Any
    sigma: Any
    area: np.ndarray  # reacting surface per electrode area [-]
    i_ref: float
    R_f: float
    side: int


def transport_efficiency(cell: Cell, part: str) -> float:
    """`efficiency` of a layer; of a graded electrode that of its whole thickness, whose parts are in series."""
    if cell.has(f"{part}/transport efficiency"):
        return cell.value(f"{part}/transport efficiency")
    if not cell.is_number(f"{part}/{PORES}"):
        return float(1.0 / series(WHOLE, efficiency_of(cell, part), (cell.law(f"{part}/{PORES}"),))[0])
    return efficiency(cell, part, cell.value(f"{part}/{PORES}"))


def pressure(cell: Cell) -> float:
    """Effective stack pressure for contacts [Pa], including the memory of higher pressures."""
    now = cell.value("cell/operating pressure")
    return effective_pressure(now, max(now, cell.value("cell/highest pressure")), cell.value("cell/pressure memory"))[0]


def critical_current_factor(cell: Cell) -> float:
    """Critical current density at the operating pressure over that at its reference pressure."""
    get = lambda key: cell.value(f"negative electrode/critical current {key}")  # noqa: E731
    P = max(cell.value("cell/operating pressure"), LEAST_PRESSURE)
    P_ref, exponent = get("reference pressure"), get("pressure exponent")
    return critical_current(1.0, 1.0, 1.0, 0.0, P, P_ref, exponent, 1.0, 1.0, 0.0)[0]


def touching(cell: Cell, part: str) -> float:
    """Surface in contact with electrolyte over that of spheres, at the pressure of the cell.

    Above 1 where the stated surface of an electrode, or of a phase, is larger than that of spheres.
    """
    get = values_of(cell, electrode_of(part))
    given, P_1 = get("contact fraction") * roughness(cell, part), get("contact pressure")
    if P_1 == 0.0:
        return given  # the law without pressure dependence
    return contact_fraction(pressure(cell), P_1, get("contact pressure exponent"), given)[0]


def roughness(cell: Cell, part: str) -> float:
    """Surface of the particles of an electrode, or of a phase, as stated over that of spheres; 1 if none is stated."""
    if not cell.has(f"{part}/{SURFACE}"):
        return 1.0
    get = values_of(cell, part)
    return get(SURFACE) * get(RADIUS) / (3.0 * get(ACTIVE))


def surface_area(cell: Cell, part: str) -> float:
    """Reacting surface of an electrode, or of one of its phases, per volume [1/m], at the pressure of the cell.

    Of a graded electrode the mean.
    """
    if is_composite(cell, part):
        return sum(surface_area(cell, one) for one in phases(cell, part))
    utilisation = cell.value(f"{electrode_of(part)}/utilisation")
    if not (cell.is_number(f"{part}/{ACTIVE}") and cell.is_number(f"{part}/{RADIUS}")):
        per_radius = averages(WHOLE, of_electrode(cell, part)[1:], lambda active, R: active / R)[0]
        return float(3.0 * per_radius * utilisation * touching(cell, part))
    get = values_of(cell, part)
    return 3.0 * get(ACTIVE) * utilisation / get(RADIUS) * touching(cell, part)


def electronic_conductivity(cell: Cell, part: str) -> float:
    """Effective electronic conductivity of an electrode [S/m]; of a graded one that of its parts in series."""
    if graded(cell, part):
        return float(1.0 / series(WHOLE, conductivity_of(cell, part), of_electrode(cell, part)[:2])[0])
    return effective_conductivity(cell, part, cell.value(f"{part}/{PORES}"), active_fraction(cell, part))


def paths(unit: Any, length: float, tau: float, sigma: float) -> tuple[Array, Array, Array, Array]:
    """Ionic and electronic paths through an electrode on the Layer `unit`, of a length [m].

    Returns `left`, `right`, `link` and `end` of a Region whose collector is on the left.  The ionic current vanishes
    at the collector, the electronic current at the separator.
    """
    link = joined(sigma / length / (unit.outward[:-1] + unit.inward[1:]), np.zeros(1))
    end = joined(length / sigma * unit.inward[:1], np.zeros(unit.dx.size - 1))
    return length / tau * unit.left, length / tau * unit.right, link, end


def mirrored(left: Array, right: Array, link: Array, end: Any) -> tuple[Array, Array, Array, Array]:
    """The result of `paths` for an electrode with its collector on the right."""
    return right[..., ::-1], left[..., ::-1], joined(link[..., -2::-1], np.zeros(1)), end[..., ::-1]


def across(volume: Array) -> Array:
    """Conductance between the nodes of neighbouring volumes (..., n) per conductivity; 0 for the last volume."""
    found = np.zeros(volume.shape)
    found[..., :-1] = 1.0 / (volume["right"][..., :-1] + volume["left"][..., 1:])
    return found


def exchange_current_density(cell: Cell, part: str, T: float) -> float:
    """Exchange current density of an electrode at T, x = 0.5 and the initial salt concentration [A/m2 of surface]."""
    E = cell.value(f"{part}/exchange-current activation energy")
    return cell.value(f"{part}/exchange-current density") * arrhenius_factor(cell, E, T)


def electrode(cell: Cell, part: str, side: int, unit: Any, T: float, ideal: bool, single: bool = False) -> Region:
    """A porous electrode on a Layer from its collector to the separator; single: with the reaction spread evenly."""
    if graded(cell, part):
        return graded_electrode(cell, part, side, unit, T, ideal, single)
    get = values_of(cell, part)
    dx = get("thickness") * unit.dx
    tau, sigma = (IDEAL, IDEAL) if ideal else (transport_efficiency(cell, part), electronic_conductivity(cell, part))
    left, right, link, end = paths(unit, get("thickness"), tau, sigma)
    if side == 1:
        dx, (left, right, link, end) = dx[..., ::-1], mirrored(left, right, link, end)
    return Region(
        dx=dx,
        left=left,
        right=right,
        link=link,
        end=end,
        eps=get("electrolyte volume fraction"),
        tau=tau,
        sigma=sigma,
        side=side,
        area=surface_area(cell, part) * dx,
        i_ref=exchange_current_density(cell, phases(cell, part)[0], T),
        R_f=cell.value(f"{phases(cell, part)[0]}/film resistance"),
    )


def graded_electrode(cell: Cell, part: str, side: int, unit: Any, T: float, ideal: bool, single: bool) -> Region:
    """As `electrode`, where fractions or particle radius vary over the thickness."""
    only_what_it_has(cell, part, single, ideal)
    get, known = values_of(cell, part), columns(cell, part, unit)
    ways = known["left"], known["right"], known["link"], known["end"]
    tau, sigma = known["tau"], known["sigma"]
    if ideal:
        tau, sigma = np.full(unit.dx.size, IDEAL), np.full(unit.dx.size, IDEAL)
        ways = paths(unit, get("thickness"), IDEAL, IDEAL)
    elif single:  # which the whole drop is computed from
        tau, sigma = (np.full(unit.dx.size, value) for value in evenly_loaded(cell, part))
    dx, eps, per_radius = get("thickness") * unit.dx, known["eps"], known["per_radius"]
    if side == 1:
        dx, eps, per_radius, tau, sigma = (values[::-1] for values in (dx, eps, per_radius, tau, sigma))
        ways = mirrored(*ways)
    left, right, link, end = ways
    area = 3.0 * per_radius * get("utilisation") * touching(cell, part) * dx
    i_ref, R_f = exchange_current_density(cell, part, T), get("film resistance")
    return Region(dx, left, right, link, end, eps, tau, sigma, area, i_ref, R_f, side)


def film_resistance(cell: Cell, T: float) -> float:
    """Interface resistance of lithium metal at T, per contact area [Ohm m2]."""
    get = values_of(cell, NEGATIVE)
    T_ref = cell.value("cell/reference temperature")
    return get("interface resistance") / arrhenius(get("interface resistance activation energy"), T, T_ref)


def foil(cell: Cell, part: str, T: float) -> Region:
    """A lithium-metal electrode: one thin volume whose reacting surface is the contact area.

    A series resistance R per electrode area is theta R per contact area.
    """
    get = values_of(cell, part)
    theta = get("contact fraction")
    film = film_resistance(cell, T)
    series = contact_resistance(
        get("contact resistance"),
        max(pressure(cell), LEAST_PRESSURE),
        get("contact reference pressure"),
        get("contact pressure exponent"),
        1.0,
    )[0]
    spots = get("contact spot radius")
    if spots > 0.0:
        kappa = conductivity(cell, T)(np.array([cell.value("electrolyte/initial concentration")]))[0]
        series += constriction_resistance(float(kappa), spots, theta)[0]
    half = np.array([0.5 * FOIL])
    return Region(
        dx=np.array([FOIL]),
        left=half / IDEAL,
        right=half / IDEAL,
        link=np.zeros(1),
        end=half / FOIL_SIGMA,
        eps=1.0,
        tau=IDEAL,
        sigma=FOIL_SIGMA,
        area=np.array([theta]),
        side=0,
        i_ref=exchange_current_density(cell, part, T),
        R_f=film + theta * series,
    )


def unit_of(cell: Cell, part: str, n: int, stretch: float, towards: str = "right") -> Any:
    """A Layer of n volumes for an electrode, with faces where it jumps."""
    return layered(n, stretch, towards, () if is_metal(cell, part) else layer_borders(cell, part))


def regions(
    cell: Cell, T: float, volumes: Any, stretch: Any, ideal: bool = False, single: bool = False
) -> list[Region]:
    """Negative electrode, separator, positive electrode; electrodes are graded towards the separator.

    The separator is graded towards lithium metal, where the whole current enters through its face.
    """
    stretch_middle = STRETCH if has_foil(cell) else 0.0
    faces = graded_faces(volumes[1], cell.value("separator/thickness"), stretch_middle, "left")
    dx = faces[..., 1:] - faces[..., :-1]
    tau, none = IDEAL if ideal else transport_efficiency(cell, "separator"), np.zeros(volumes[1])
    middle = Region(
        dx,
        0.5 * dx / tau,
        0.5 * dx / tau,
        link=none,
        end=none,
        side=-1,
        tau=tau,
        sigma=0.0,
        eps=cell.value("separator/electrolyte volume fraction"),
        area=none,
        i_ref=0.0,
        R_f=0.0,
    )
    left, right = (unit_of(cell, part, volumes[2 * k], stretch[k]) for k, part in enumerate((NEGATIVE, POSITIVE)))
    return [
        foil(cell, NEGATIVE, T) if has_foil(cell) else electrode(cell, NEGATIVE, 0, left, T, ideal, single),
        middle,
        electrode(cell, POSITIVE, 1, right, T, ideal, single),
    ]
