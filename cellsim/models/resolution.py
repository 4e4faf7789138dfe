"""How many volumes and shells a stated accuracy takes.

The rule was calibrated on all shipped sets of porous electrodes, discharged at C/20 to 6C and charged at C/2 to 4C:
what an electrode on n volumes is off by, times n^2, in terms of the ohmic drop u of its full current over its
length and the salt gradient g = I (1 - t_plus) L / (F D_e tau c_e0); where potential and kinetics vary little
the reaction is a front, which takes more.  Shells follow the stoichiometry difference S = j R / (F D c_max) that the
current drives through a particle: every shell more divides their error by FALL where D is constant; where it is not,
it falls like the power -FLATTER of their number.  The numbers envelop most of what was found.
Tests hold the rule to varied cells that it was not calibrated on.
"""
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..physics.constants import F, R
from .kept import kept
from .laws import diffusivity_factor, open_circuit
from .mesh import exchange_current_density, surface_area, touching, transport_efficiency
from .parts import NEGATIVE, PARTS, POSITIVE, is_metal

SHARE = 0.35  # of the accuracy, left to each of the two electrodes and to the shells
MOST = 1.6  # V: beyond, the run ends so early that the error grows no more
FEWEST_VOLUMES, FEWEST_BETWEEN, FEWEST_SHELLS = 4, 2, 4
SMOOTH = 0.03  # V: a reaction is a front where potential and kinetics vary by less
FALL, FLATTER = 2.0, 2.5
WINDOW = np.linspace(0.05, 0.95, 91)  # stoichiometries looked at


class Numbers(NamedTuple):
    """What decides how fine a porous electrode must be resolved, at a current density."""

    u: float  # ohmic drop in its electrolyte [V]
    g: float  # salt gradient over its length, in initial concentrations
    S: float  # stoichiometry difference in its particles
    kinetic: float  # overpotential of its reaction [V]
    level: float  # least change of its potential over 0.4 of the stoichiometry [V]
    uneven: float  # ln of the largest over the smallest diffusivity in its particles
    swift: float  # change of stoichiometry at the surface of its particles within a second, about


def at_rest(cell, T):
    """Conductivity [S/m], and salt that 1 A m moves against its diffusion, of the electrolyte as it is at first."""
    c0 = cell.value("electrolyte/initial concentration")
    kappa, D_e, t_plus = (cell.law(f"electrolyte/{key}")(np.array([c0]), T)[0]
                          for key in ("conductivity", "diffusivity", "cation transference number"))
    return kappa, (1.0 - t_plus) / (F * D_e * c0)


def electrolyte_numbers(cell, part, T) -> tuple[float, float]:
    """(u [V], g) of one layer at 1 A/m2 and T [K]."""
    kappa, moved = kept(at_rest, cell, T)
    length = cell.value(f"{part}/thickness") / transport_efficiency(cell, part)
    return length / kappa, moved * length


def steadiness(part):
    """A function (cell, T) that gives the least change of an electrode's potential over 0.4 of stoichiometry [V]."""
    def least(cell, T):
        U = open_circuit(cell, part, T)(WINDOW)
        return float(np.abs(U[40:] - U[:-40]).min())

    return least


def spread(part):
    """A function (cell, T) that gives the mean of D_s [m2/s] and ln of its largest over its smallest value."""
    def look(cell, T):
        D = cell.law(f"{part}/particle diffusivity")(WINDOW, T)
        return float(D.mean()), float(np.log(D.max() / D.min()))

    return look


def diffusivity(cell, part, T) -> tuple[float, float]:
    """Mean particle diffusivity of an electrode [m2/s], and ln of its largest over its smallest value."""
    path = f"{part}/particle diffusivity"
    mean, uneven = (cell.value(path), 0.0) if cell.is_number(path) else kept(SPREAD[part], cell, T)
    return mean * diffusivity_factor(cell, part, T), uneven


LEVEL = {part: steadiness(part) for part in PARTS}
SPREAD = {part: spread(part) for part in PARTS}


def per_current(part):
    """A function (cell, T) that gives the numbers of a porous electrode at 1 A/m2, if its D_s were 1 m2/s."""
    def make(cell, T):
        get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
        j = 1.0 / (surface_area(cell, part) * get("thickness"))
        S = j * get("particle radius") * touching(cell, part) / (F * get("maximum concentration"))
        return Numbers(*electrolyte_numbers(cell, part, T), S,
                       j * (R * T / (F * exchange_current_density(cell, part, T)) + get("film resistance")),
                       kept(LEVEL[part], cell, T), 0.0, S / get("particle radius"))

    return make


def between(cell, T):
    """(u [V], g) of the separator at 1 A/m2."""
    return electrolyte_numbers(cell, "separator", T)


UNIT = {part: per_current(part) for part in PARTS}


def electrode_numbers(cell, part, T, current) -> Numbers:
    """The numbers of a porous electrode at a current density [A/m2] and T [K]."""
    one, (D_s, uneven) = kept(UNIT[part], cell, T), diffusivity(cell, part, T)
    return Numbers(one.u * current, one.g * current, one.S * current / D_s, one.kinetic * current, one.level, uneven,
                   one.swift * current / math.sqrt(D_s))


def volumes_for(numbers, g, error) -> int:
    """Volumes of an electrode for an error [V], g being the largest of any electrode."""
    varied = numbers.kinetic + numbers.level
    front = min(4.0, 0.3 * numbers.u * (1.0 + g) / varied) * max(0.0, 1.0 - varied / SMOOTH)
    square = min(numbers.u * (0.13 + 0.13 * min(numbers.u, 1.5) + 0.026 * g**3 + front), MOST) / error
    return max(FEWEST_VOLUMES, math.ceil(math.sqrt(square)))


def separator_volumes(u, g, error) -> int:
    """Volumes of a separator for an error [V]."""
    return max(FEWEST_BETWEEN, math.ceil(math.sqrt(min(2.1 * u * g**2, MOST) / error)))


def shells_for(numbers, swift, error) -> int:
    """Shells of a particle for an error [V], where a stoichiometry is worth about a volt."""
    S = numbers.S
    first = max(1e-3 * (0.3 * S + 1.5 * S**3), numbers.swift if swift else 0.0)
    even = 4.0 + math.log(max(1.0, first / error), FALL)
    uneven = 4.0 * (1e-3 * S * numbers.uneven**2 * (0.13 + 0.18 * S) / error) ** (1.0 / FLATTER)
    return max(FEWEST_SHELLS, math.ceil(max(even, uneven)))


@lru_cache(maxsize=256)
def resolution(cell, T, rate, accuracy, swift=False):
    """((negative, separator, positive) volumes, shells) for `accuracy` [V rms] at a C-rate and T [K].

    swift: whether the load changes within seconds, which the outermost shells of the particles answer.
    """
    current = abs(rate) * cell.nominal_capacity / cell.value("cell/electrode area")
    numbers = {part: electrode_numbers(cell, part, T, current) for part in PARTS if not is_metal(cell, part)}
    g, error = max(n.g for n in numbers.values()), SHARE * accuracy
    volumes = {part: volumes_for(numbers[part], g, error) if part in numbers else 1 for part in PARTS}
    middle = separator_volumes(*(current * x for x in kept(between, cell, T)), error)
    return ((volumes[NEGATIVE], middle, volumes[POSITIVE]),
            max(shells_for(n, swift, error) for n in numbers.values()))
