"""Discharge capacities of composites of NMC622 and Li6PS5Cl, Minnmann 2021 (second-hand).

Capacities per mass of NMC622 at C/10, C/4, C/2 and 1C (200 mAh/g), read from figures to 0.5 mAh/g by the author of
the notes; the voltage window is not stated.
"""

from dataclasses import dataclass
from functools import cache, partial

from ....parameters import Cell, load
from ....physics.transport import percolation
from ....protocols import discharge
from ....simulation.run import simulate
from ..line import Found, Line, Point, largest
from . import percolation as ionic

RATES = (0.1, 0.25, 0.5, 1.0)
FITTED, FITTED_TO = (0.1, 1.0), 0.416  # rates and composition of the fit of the diffusivity
NAMES = {0.1: "C/10", 0.25: "C/4", 0.5: "C/2", 1.0: "1C"}
COATING = 0.1528  # kg/m2: 12 mg on 0.785 cm2
DENSITIES = 4650.0, 1870.0  # kg/m3, NMC622 and Li6PS5Cl
VOID = 0.14
SHAPE = "10**(-8*max(x - 0.8, 0))"  # decrease of the diffusivity towards full lithiation, as in other sets
CONSTANT = "1"
ELECTRONIC = {0.322: 0.0237, 0.416: 0.0562, 0.611: 0.144}  # measured [S/m]
LAW = 0.344, 0.233, 1.25  # S/m, threshold and exponent of their interpolation


@dataclass(frozen=True)
class Composite:
    """A composition: fraction of NMC622 by mass and by volume, and its capacities [mAh/g] at RATES."""

    mass_share: float
    fraction: float
    capacities: tuple[float, float, float, float]


COMPOSITES = {
    c.fraction: c
    for c in (
        Composite(0.60, 0.322, (137.0, 117.0, 104.0, 82.0)),
        Composite(0.70, 0.416, (154.6, 135.2, 118.5, 90.6)),
        Composite(0.75, 0.469, (152.0, 126.0, 102.0, 71.0)),
        Composite(0.835, 0.575, (137.0, 84.0, 51.0, 17.0)),
        Composite(0.86, 0.611, (132.0, 80.0, 44.0, 15.0)),
    )
}


def composite(fraction, factor=None, shape=SHAPE) -> Cell:
    """The cell with another volume fraction of active material, a key of COMPOSITES.

    Conductivities are measured, or else interpolated by laws.
    factor [m2/s]: diffusivity instead of the fitted one, multiplied by a shape in x.
    """
    cell, c = load("minnmann2021"), COMPOSITES[fraction]
    per_mass = c.mass_share / DENSITIES[0] + (1.0 - c.mass_share) / DENSITIES[1]  # m3/kg without voids
    active = (1.0 - VOID) * c.mass_share / DENSITIES[0] / per_mass
    electrolyte = 1.0 - VOID - active
    measured = [kappa for phi, kappa in ionic.MEASURED.items() if abs(phi - (1.0 - VOID - fraction)) < 2e-3]
    kappa = measured[0] / ionic.BULK if measured else percolation(electrolyte, ionic.THRESHOLD, ionic.EXPONENT)
    scale, *law = LAW
    changes = {
        "thickness": COATING * per_mass / (1.0 - VOID),
        "active material volume fraction": active,
        "electrolyte volume fraction": electrolyte,
        "transport efficiency": kappa,
        "electronic conductivity": ELECTRONIC.get(fraction) or scale * percolation(active, *law),
    }
    if factor is not None:
        changes["particle diffusivity"] = f"{float(factor)!r}*{shape}"
    capacity = COATING * c.mass_share * 200.0 * cell.value("cell/electrode area")
    return cell.with_(
        {f"positive electrode/{key}": float(v) if not isinstance(v, str) else v for key, v in changes.items()}
        | {"cell/nominal capacity": capacity}
    )


def capacity(cell, mass_share, rate) -> float:
    """Discharge capacity [mAh per g of NMC622]."""
    passed = simulate(cell, [discharge(rate)]).discharge_capacity
    return passed / (COATING * mass_share * cell.value("cell/electrode area"))


@cache
def fitted_factor(shape=SHAPE) -> float:
    """Factor of the diffusivity [m2/s] fitted to the 41.6 % composite at C/10 and 1C."""
    from scipy.optimize import minimize_scalar

    c = COMPOSITES[FITTED_TO]

    def squares(exponent):
        cell = composite(c.fraction, 10.0**exponent, shape)
        return sum(
            (capacity(cell, c.mass_share, rate) - q) ** 2
            for rate, q in zip(RATES, c.capacities, strict=True)
            if rate in FITTED
        )

    return float(10.0 ** minimize_scalar(squares, bounds=(-17.0, -14.5), method="bounded", options={"xatol": 1e-3}).x)


def composite_cell(fraction, shape=SHAPE) -> Found:
    """Capacities at four rates; at 41.6 % the diffusivity is fitted to two of them."""
    c, factor = COMPOSITES[fraction], fitted_factor(shape)
    cell = composite(fraction, factor, shape)
    points = [
        Point(f"{NAMES[rate]} [mAh/g]", q, capacity(cell, c.mass_share, rate), fraction == FITTED_TO and rate in FITTED)
        for rate, q in zip(RATES, c.capacities, strict=True)
    ]
    return largest(points, f"D = {factor:.3g} m2/s times {shape}")


OPTIMISTIC = (
    "a homogenised electrode with measured conductivities is too optimistic where little electrolyte is "
    "left: it does not know of particles that no electrolyte reaches"
)
EFFECTIVE = "the fitted diffusivity absorbs the contact losses of its own composition and does not transfer"


SEEN = (
    "factor of the diffusivity on C/10 and 1C; its shape, that of the other sets, was kept after others had been "
    "tried with all four points in view"
)


def _line(
    name, fraction, fails="", kind="prediction", fitted="diffusivity on C/10 and 1C of the 41.6 % cell", shape=SHAPE
) -> Line:
    here = "the same cell at C/4 and C/2" if fraction == FITTED_TO else "this composition at all four rates"
    source = "measured" if fraction in (0.322, 0.416, 0.611) else "interpolated"
    return Line(
        f"minnmann-{name}",
        kind,
        f"capacities with {100.0 * fraction:.1f} % NMC622 by volume, Minnmann 2021 (second-hand)",
        f"discharge to 2.0 V against In/Li-In (assumed); {source} conductivities",
        fitted,
        here,
        "largest [mAh/g]",
        6.0,
        partial(composite_cell, fraction, shape),
        fails,
        "4 % of the capacity at C/10: mass and share of active material of a pressed composite of some 10 mg",
    )


LINES = (
    _line("41.6", 0.416, kind="consistency", fitted=SEEN),
    _line(
        "41.6-constant",
        0.416,
        fitted="a constant diffusivity on C/10 and 1C",
        shape=CONSTANT,
        fails="a constant diffusivity cannot meet the slowest and the fastest rate at once: what agrees in "
        "minnmann-41.6 rests on the shape",
    ),
    _line("32.2", 0.322, EFFECTIVE),
    _line("46.9", 0.469, EFFECTIVE),
    _line("57.5", 0.575, OPTIMISTIC),
    _line("61.1", 0.611, OPTIMISTIC),
)
