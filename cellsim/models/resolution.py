"""How many volumes and shells a stated accuracy takes.

The rule was calibrated on all shipped sets of porous electrodes, discharged at C/20 to 6C and charged at C/2 to 4C:
what an electrode on n volumes is off by, times n^2, in terms of the ohmic drop u of its full current over its
length and the salt gradient g = I (1 - t_plus) L / (F D_e tau c_e0); where potential and kinetics vary little
the reaction is a front, which takes more.  Shells follow the stoichiometry difference S = j R / (F D c_max) that the
current drives through a particle: every shell more divides their error by FALL where D is constant; where it is not,
it falls like the power -FLATTER of their number.  The numbers envelop most of what was found.

That is for loads that last.  Soon after the load has changed, neither has a potential levelled the reaction nor has
diffusion got far into the particles:
- the reaction is as uneven as its kinetics alone allow, over 1 / nu of an electrode with nu = sqrt(u / kinetics), and
  what n volumes are off by is AT_FIRST u nu / n^2, and more once salt has gathered there;
- a particle answers a change of current of the stoichiometry difference S first by S 2 sqrt(t D / (pi R2)).  Shells
  that follow up to a rate p [D / R2] follow that from t = 0.1 / p on; as a mean over a time t they are off by
  MISSED S / (p sqrt(t D / R2)).  At a front S is nu times the mean, half of which the voltage feels.
Tests hold the rule to varied cells and loads that it was not calibrated on.
"""
import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..numerics.grids import FIRST_SHIFT
from ..numerics.grids import SPREAD as APART
from ..physics.constants import F, R
from .electrodes import NEGATIVE, PARTS, POSITIVE, has_foil, is_film, is_metal
from .materials.tables import conductivity, diffusivity_factor, open_circuit
from .memo import kept
from .volumes import exchange_current_density, foil, surface_area, touching, transport_efficiency

SHARE = 0.35  # of the accuracy, left to each of the two electrodes and to the shells
MOST = 1.6  # V: beyond, the run ends so early that the error grows no more
MOST_SHELLS = 400  # beyond, a surface is full or empty at once
FEWEST_VOLUMES, FEWEST_BETWEEN, FEWEST_SHELLS = 4, 2, 4
SMOOTH = 0.03  # V: a reaction is a front where potential and kinetics vary by less
FALL, FLATTER = 2.0, 2.5
AT_FIRST = 0.055  # see above; beyond NOTHING of S sqrt(t D / R2) there is nothing to miss
AT_FACE = 0.035  # V; what a separator is off by beside a foil is AT_FACE g / n^2
MISSED, NOTHING = 0.065, 0.8
WIDEST = 3.5  # ratio of the rates that neighbouring shells are matched at
LEVEL_OVER = 0.4  # of the stoichiometry
WINDOW = np.linspace(0.05, 0.95, 91)  # stoichiometries looked at


class Numbers(NamedTuple):
    """What decides how fine a porous electrode must be resolved, at a current density."""

    u: float  # ohmic drop in its electrolyte [V]
    g: float  # salt gradient over its length, in initial concentrations
    S: float  # stoichiometry difference in its particles
    transfer: float  # current over exchange current, if it were spread evenly
    film: float  # ohmic drop of its film, likewise [V]
    level: float  # least change of its potential over 0.4 of the stoichiometry [V]
    uneven: float  # ln of the largest over the smallest diffusivity in its particles
    time: float  # of diffusion in its particles, R2 / D [s]
    salt_time: float  # of diffusion in its electrolyte [s]
    thermal: float  # R T / F [V]

    @property
    def kinetic(self):
        """Overpotential of its reaction [V], as if that were linear in the current."""
        return self.transfer * self.thermal + self.film

    def nu(self, t):
        """How many times its thickness is that of the front at which it reacts, a time t [s] after a change of load.

        Kinetics count by their slope at the front, and with them what diffusion adds to their resistance until then.
        """
        if self.u == 0.0:
            return 1.0
        tau = t / self.time
        added = self.level / LEVEL_OVER * self.S * (0.75 * math.sqrt(tau) + 1.5 * tau)
        nu = 1.0
        for _ in range(5):
            slope = self.thermal * self.transfer / math.sqrt(1.0 + (0.5 * self.transfer * nu) ** 2)
            nu = max(math.sqrt(self.u / (slope + self.film + added)), 1.0)
        return nu

    def front(self, t):
        """What n volumes are off by at a time t [s] after a change of load, times n^2 [V]."""
        salt = 1.0 + 1.5 * min(self.g, 1.0) * min(math.sqrt(t / self.salt_time), 1.0)
        return AT_FIRST * self.u * self.nu(t) * salt


def at_rest(cell, T):
    """Conductivity [S/m], diffusivity [m2/s] and salt that 1 A m moves against that, of the electrolyte at first."""
    c0 = cell.value("electrolyte/initial concentration")
    D_e, t_plus = (cell.law(f"electrolyte/{key}")(np.array([c0]), T)[0]
                   for key in ("diffusivity", "cation transference number"))
    kappa, D_e = conductivity(cell, T)(np.array([c0]))[0], D_e * diffusivity_factor(cell, "electrolyte", T)
    return kappa, D_e, (1.0 - t_plus) / (F * D_e * c0)


def electrolyte_numbers(cell, part, T) -> tuple[float, float, float]:
    """(u [V], g) of one layer at 1 A/m2 and T [K], and the time of diffusion [s]."""
    kappa, D_e, moved = kept(at_rest, cell, T)
    thickness, tau = cell.value(f"{part}/thickness"), transport_efficiency(cell, part)
    pores = cell.value(f"{part}/electrolyte volume fraction")
    return thickness / (tau * kappa), moved * thickness / tau, pores * thickness**2 / (tau * D_e)


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
        u, g, salt_time = electrolyte_numbers(cell, part, T)
        return Numbers(u, g, S,
                       j / exchange_current_density(cell, part, T), j * get("film resistance"),
                       kept(LEVEL[part], cell, T), 0.0, get("particle radius") ** 2, salt_time, R * T / F)

    return make


def between(cell, T):
    """(u [V], g) of the separator at 1 A/m2, and the time of diffusion [s]."""
    return electrolyte_numbers(cell, "separator", T)


UNIT = {part: per_current(part) for part in PARTS}


def electrode_numbers(cell, part, T, current) -> Numbers:
    """The numbers of a porous electrode at a current density [A/m2] and T [K]."""
    one, (D_s, uneven) = kept(UNIT[part], cell, T), diffusivity(cell, part, T)
    return Numbers(one.u * current, one.g * current, one.S * current / D_s, one.transfer * current, one.film * current,
                   one.level, uneven, one.time / D_s, one.salt_time, one.thermal)


def volumes_for(numbers, g, times, error) -> int:
    """Volumes of an electrode for an error [V], g being the largest of any electrode."""
    varied = numbers.kinetic + numbers.level
    front = min(4.0, 0.3 * numbers.u * (1.0 + g) / varied) * max(0.0, 1.0 - varied / SMOOTH)
    square = min(numbers.u * (0.13 + 0.13 * min(numbers.u, 1.5) + 0.026 * g**3 + front), MOST) / error
    square = max([square, *(min(numbers.front(t), MOST) / error for t in times)])
    return max(FEWEST_VOLUMES, math.ceil(math.sqrt(square)))


def separator_volumes(u, g, time, beside_foil, times, error) -> int:
    """Volumes of a separator for an error [V].

    Beside a foil salt enters or leaves at the face, where it is first felt.
    """
    square = min((3.6 if beside_foil else 2.1) * u * g**2, MOST)
    if times and beside_foil:
        square = max(square, min(AT_FACE * g * min(time / min(times), 1.0), MOST))
    return max(FEWEST_BETWEEN, math.ceil(math.sqrt(square / error)))


def shells_for(numbers, error) -> int:
    """Shells of a particle for an error [V] under a load that lasts, where a stoichiometry is worth about a volt."""
    S = numbers.S
    even = 4.0 + math.log(max(1.0, 1e-3 * (0.3 * S + 1.5 * S**3) / error), FALL)
    uneven = 4.0 * (1e-3 * S * numbers.uneven**2 * (0.13 + 0.18 * S) / error) ** (1.0 / FLATTER)
    return min(max(FEWEST_SHELLS, math.ceil(max(even, uneven))), MOST_SHELLS)


def reach_for(numbers, times, error) -> float:
    """Rate [D / R2] up to which shells must follow a change of load for an error [V] as a mean over each of `times`."""
    reach = 0.0
    for t in times:
        root, S = math.sqrt(t / numbers.time), 0.5 * (1.0 + numbers.nu(t)) * numbers.S
        if NOTHING * S * root > error:
            reach = max(reach, MISSED * S / (root * error))
    return reach


def reaching(shells, reach) -> tuple[int, float | None]:
    """(shells, reach) that lie no wider than `shells` do and follow up to a rate; no reach where these do as they are.

    They are those of `numerics.grids.sphere`.
    """
    ratio = min(1.0 + APART / shells, WIDEST)
    more = 1 + math.ceil(math.log(max(reach, FIRST_SHIFT) / FIRST_SHIFT, ratio) - 1e-9)
    return (shells, None) if more <= shells else (more, FIRST_SHIFT * ratio ** (more - 1))


def current_driven(cell, T, V, outside=0.0) -> float:
    """Current density [A/m2] that a sudden change of the voltage by V drives through a cell at T [K], about.

    outside: resistance in series with the cell [Ohm m2].
    """
    porous = [kept(UNIT[part], cell, T) for part in PARTS if not is_metal(cell, part) and not is_film(cell, part)]
    ohmic = outside + cell.value("cell/series resistance") + kept(between, cell, T)[0]
    ohmic += sum(n.u / 3.0 + n.film for n in porous)
    transfer = [n.transfer for n in porous]
    for part in PARTS:
        if is_metal(cell, part):
            surface = foil(cell, part, T)
            ohmic += surface.R_f / surface.area[0]
            transfer.append(1.0 / (surface.area[0] * surface.i_ref))
        elif is_film(cell, part):
            ohmic += cell.value(f"{part}/film resistance")
            transfer.append(1.0 / exchange_current_density(cell, part, T))
    low, high = 0.0, V / ohmic
    while high - low > 1e-3 * high:
        I = 0.5 * (low + high)
        drop = I * ohmic + 2.0 * R * T / F * sum(math.asinh(0.5 * I * x) for x in transfer)
        low, high = (low, I) if drop > V else (I, high)
    return high


class Mesh(NamedTuple):
    """What `resolution` finds: the fields of a model."""

    volumes: tuple[int, int, int]
    shells: int
    reach: float | None


@lru_cache(maxsize=256)
def resolution(cell, T, rate, accuracy, times=(), temperatures=()) -> Mesh:
    """The Mesh for `accuracy` [V rms] at a C-rate and T [K], and at further temperatures.

    times [s]: how long loads last, of those that do not last for hours; the accuracy is that over each of these.
    """
    current = abs(rate) * cell.nominal_capacity / cell.value("cell/electrode area")
    found = [_at(cell, one, current, SHARE * accuracy, times) for one in (T, *temperatures)]
    negative, middle, positive, shells, reach = map(max, zip(*found, strict=True))
    return Mesh((negative, middle, positive), *reaching(shells, reach))


def _at(cell, T, current, error, times):
    """Volumes of the layers, shells, and their reach at a current density [A/m2] and T [K]."""
    numbers = {part: electrode_numbers(cell, part, T, current) for part in PARTS if not is_metal(cell, part)}
    g = max(n.g for n in numbers.values())
    volumes = {part: volumes_for(numbers[part], g, times, error) if part in numbers else 1 for part in PARTS}
    u, salt, time = kept(between, cell, T)
    middle = separator_volumes(current * u, current * salt, time, has_foil(cell), times, error)
    return (volumes[NEGATIVE], middle, volumes[POSITIVE], max(shells_for(n, error) for n in numbers.values()),
            max(reach_for(n, times, error) for n in numbers.values()))
