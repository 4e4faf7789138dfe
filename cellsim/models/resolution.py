"""Number of volumes and shells required for a given accuracy.

The rule was calibrated with all packaged sets of porous electrodes, discharged at C/20 to 6C and charged at C/2 to 4C.
For electrodes, n^2 x the discretisation error was correlated with the ohmic drop u at full ionic current and the
salt gradient g = I (1 - t_plus) L / (F D_e tau c_e0).  If potential and kinetics vary little, the reaction is
concentrated in a front, which requires more volumes; so does a step in the potential between two plateaus, which the
particles pass one after the other (`materials.steps`): its error, measured with 800 runs of steps of 20 to 500 mV, is
STEPPED u (1 + g)^BY_SALT / n^2 at most in nine of ten.  For shells, the error depends on the stoichiometry difference
S = j R / (F D c_max) in a particle: with constant D every further shell divides it by FALL.  A diffusivity that varies
with the stoichiometry has a rule of its own (`particle_mesh`).  The coefficients are upper bounds of most of the
observed errors.

This holds for constant loads.  Shortly after a change of load, the potential has not yet equalised the reaction, and
diffusion has not yet penetrated the particles:
- the reaction is as uneven as the kinetics allow, over a fraction 1 / nu of the electrode with
  nu = sqrt(u / kinetics).  The error of n volumes is AT_FIRST u nu / n^2, and larger once a salt gradient has formed;
- the response of a particle to a change of current with the stoichiometry difference S is initially
  2 S sqrt(t D / (pi R2)).  Shells that are exact up to a rate p [D / R2] reproduce it from t = 0.1 / p on; their mean
  error over a time t is MISSED S / (p sqrt(t D / R2)).  At a front S is nu times its mean, half of which affects the
  voltage.
Tests check the rule with other cells and loads than those of the calibration.
"""

import math
from functools import cache
from typing import Any

import numpy as np

from ..parameters import Cell
from ..parameters.laws.profile import Profile, extremes
from ..physics.constants import F, R
from .electrodes import PARTS, electrode_of, is_film, is_metal, lithium_content, phases, values_of
from .kinds import of_one_size, sizes
from .materials.double_layers import capacities
from .materials.steps import Steps
from .materials.tables import conductivity, diffusivity_factor, open_circuit
from .memo import kept, kept_whenever
from .particle_mesh import IN_STEPS, MOST_FRONT, Numbers
from .volumes import exchange_current_density, foil, surface_area, touching, transport_efficiency

MOST = 1.6  # error [V] above which runs end so early that it does not increase further
MOST_SHELLS = 400  # with more, the surface is depleted or saturated immediately
FEWEST_VOLUMES, FEWEST_BETWEEN, FEWEST_SHELLS, PER_LAYER = 4, 2, 4, 2
SMOOTH = 0.03  # variation of potential and kinetics [V] below which the reaction forms a front
FALL = 2.0
STEPPED, BY_SALT = 0.4, 2.2  # see above
AT_FACE = 0.035  # V; the error of a separator beside lithium metal is AT_FACE g / n^2
BROAD = 1.5  # standard deviations above the mean: particles that shells resolve
CROWDED = 2.0  # of the current of an electrode a phase takes this times its share of the lithium, while others rest
SEPARATOR = "separator"
WINDOW = np.linspace(0.05, 0.95, 91)  # stoichiometries at which laws are evaluated


def at_rest(cell: Cell, T: float) -> Any:
    """Conductivity [S/m], diffusivity [m2/s] and (1 - t_plus) / (F D c) [m/A] of the electrolyte at c_e0."""
    c0 = cell.value("electrolyte/initial concentration")
    D_e, t_plus = (
        cell.law(f"electrolyte/{key}")(np.array([c0]), T)[0] for key in ("diffusivity", "cation transference number")
    )
    kappa, D_e = conductivity(cell, T)(np.array([c0]))[0], D_e * diffusivity_factor(cell, "electrolyte", T)
    return kappa, D_e, (1.0 - t_plus) / (F * D_e * c0)


def electrolyte_numbers(cell: Cell, part: str, T: float) -> tuple[float, float, float]:
    """(u [V], g) of one layer at 1 A/m2 and T [K], and its diffusion time [s]."""
    kappa, D_e, moved = kept(at_rest, cell, T)
    thickness, tau = cell.value(f"{part}/thickness"), transport_efficiency(cell, part)
    pores = cell.mean(f"{part}/electrolyte volume fraction")
    return thickness / (tau * kappa), moved * thickness / tau, pores * thickness**2 / (tau * D_e)


@cache
def steadiness(part: str) -> Any:
    """A function (cell, T) that returns the smallest change of a potential over 0.4 of the stoichiometry [V]."""

    def least(cell: Cell, T: float) -> Any:
        U = open_circuit(cell, part, T)(WINDOW)
        return float(np.abs(U[40:] - U[:-40]).min())

    return least


@cache
def average(part: str) -> Any:
    """A function (cell, T) that returns the mean of D_s [m2/s] over the stoichiometry."""
    return lambda cell, T: float(cell.law(f"{part}/particle diffusivity")(WINDOW, T).mean())


def diffusivity(cell: Cell, part: str, T: float) -> Any:
    """Mean particle diffusivity of an electrode [m2/s]."""
    path = f"{part}/particle diffusivity"
    mean = cell.value(path) if cell.is_number(path) else kept(average(part), cell, T)
    return mean * kept(warming(part), cell, T)


@cache
def warming(part: str) -> Any:
    """A function (cell, T) that returns the `diffusivity_factor` of an electrode or a phase."""
    return lambda cell, T: diffusivity_factor(cell, part, T)


def shared(cell: Cell, part: str) -> float:
    """The largest share of the current of an electrode that one of its phases takes for long: 1 without phases."""
    held = [lithium_content(cell, one) for one in phases(cell, electrode_of(part))]
    return min(1.0, CROWDED * lithium_content(cell, part) / sum(held)) if len(held) > 1 else 1.0


def largest(cell: Cell, part: str) -> float:
    """Radius [m] of the particles of an electrode or a phase; of a distribution that of large ones."""
    law = cell.law(f"{part}/particle radius")
    if isinstance(law, Profile):
        return float(extremes(law)[1])
    if of_one_size(cell, part):
        return cell.value(f"{part}/particle radius")
    radius, share = sizes(cell, part)
    mean = float(share @ radius)
    return mean + BROAD * math.sqrt(share @ (radius - mean) ** 2) if radius.size > 1 else mean


@cache
def per_current(part: str) -> Any:
    """A function (cell, T) that returns the Numbers of a porous electrode or a phase at 1 A/m2 with D_s = 1 m2/s."""

    def make(cell: Cell, T: float) -> Any:
        get, whole = values_of(cell, part), electrode_of(part)
        thickness, u, g, salt_time = cell.value(f"{whole}/thickness"), *electrolyte_numbers(cell, whole, T)
        j, R_p = shared(cell, part) / (surface_area(cell, part) * thickness), largest(cell, part)
        S = j * R_p * touching(cell, part) / (F * get("maximum concentration"))
        return Numbers(
            u,
            g,
            S,
            j / exchange_current_density(cell, part, T),
            j * get("film resistance"),
            kept_whenever(steadiness(whole), cell, T),
            R_p**2,
            salt_time,
            R * T / F,
            capacities(cell)[PARTS.index(whole)] * surface_area(cell, whole) * thickness,
        )

    return make


def between(cell: Cell, T: float) -> tuple[float, float, float]:
    """(u [V], g) of the separator at 1 A/m2, and its diffusion time [s]."""
    return electrolyte_numbers(cell, SEPARATOR, T)


def at_current(one: Numbers, current: float) -> Numbers:
    """Numbers of an electrode or a phase at 1 A/m2 as those at a current density [A/m2], the diffusivity as it is."""
    return one._replace(
        u=one.u * current,
        g=one.g * current,
        S=one.S * current,
        transfer=one.transfer * current,
        film=one.film * current,
        layer=one.layer / current if current else 0.0,
    )


def electrode_numbers(cell: Cell, part: str, T: float, current: float) -> Numbers:
    """The Numbers of a porous electrode, or of a phase, at a current density [A/m2] and T [K]."""
    return diffusing(cell, part, T, at_current(kept(per_current(part), cell, T), current))


def diffusing(cell: Cell, part: str, T: float, numbers: Numbers) -> Numbers:
    """Numbers with D_s = 1 m2/s as those with that of an electrode or a phase."""
    D_s = diffusivity(cell, part, T)
    return numbers._replace(S=numbers.S / D_s, time=numbers.time / D_s)


def stepped(known: Steps, numbers: Numbers, error: float) -> float:
    """Volumes of an electrode for an error [V] where its potential has steps between plateaus, else 0.

    Volumes that are fine against the front of the reaction have an error of second order, wider ones a step each.  A
    potential that rises by more than the kinetics bear makes every particle jump, however fine the volumes.
    """
    u, most = numbers.u, STEPPED * numbers.u * (1.0 + numbers.g) ** BY_SALT
    slope = numbers.differential
    if max(most, known.rise) <= FEWEST_VOLUMES**2 * error:
        return 0.0
    sharp = known.sharpness(u * (1.0 + numbers.g) + slope)
    front = min(IN_STEPS * u * sharp / error, math.sqrt(1.5 * u * (1.0 + numbers.g) / max(slope, 1e-9)))
    jumping = min(IN_STEPS * max(u, known.rise) * known.jumps(slope), MOST_FRONT) / error
    return max(math.sqrt(min(most * sharp, MOST) / error), front, jumping)


def volumes_for(numbers: Numbers, g: float, error: float) -> int:
    """Volumes of an electrode for an error [V]; g: largest value of both electrodes."""
    varied = numbers.kinetic + numbers.level
    steep = min(5.5, 0.4 * numbers.u * (1.0 + g) / varied) * max(0.0, 1.0 - varied / SMOOTH)
    square = min(numbers.u * (0.13 + 0.13 * min(numbers.u, 1.5) + 0.026 * g**3 + steep), MOST) / error
    return max(FEWEST_VOLUMES, math.ceil(math.sqrt(square)))


def volumes_at_first(numbers: Numbers, times: Any, error: float) -> int:
    """Volumes of an electrode for an error [V] over each of the durations [s] after a change of load."""
    return max((math.ceil(math.sqrt(min(numbers.front(t), MOST) / error)) for t in times), default=0)


def separator_volumes(u: float, g: float, time: float, beside_foil: bool, times: Any, error: float) -> int:
    """Volumes of a separator for an error [V].

    Beside lithium metal, salt enters or leaves at the face, where its concentration affects the voltage directly.
    """
    square = min((3.6 if beside_foil else 2.1) * u * g**2, MOST)
    if times and beside_foil:
        square = max(square, min(AT_FACE * g * min(time / min(times), 1.0), MOST))
    return max(FEWEST_BETWEEN, math.ceil(math.sqrt(square / error)))


def shells_for(S: float, error: float, varied: int = 0) -> int:
    """Shells of a particle for an error [V] under constant load, with a slope of about 1 V per stoichiometry.

    S: see `Numbers`.  varied: how many a diffusivity that varies needs.
    """
    even = math.ceil(4.0 + math.log(max(1.0, 1e-3 * (0.3 * S + 1.5 * S**3) / error), FALL))
    return min(max(FEWEST_SHELLS, even, varied), MOST_SHELLS)


def resistances(cell: Cell, T: float) -> tuple[float, list[float]]:
    """Ohmic resistance [Ohm m2], and of each reaction its current over the exchange current at 1 A/m2, at T [K]."""
    whole = [part for part in PARTS if not is_metal(cell, part) and not is_film(cell, part)]
    porous = [kept(per_current(phases(cell, part)[0]), cell, T) for part in whole]
    ohmic = cell.value("cell/series resistance") + kept(between, cell, T)[0]
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
    return ohmic, transfer


def drop_at(cell: Cell, T: float, I: float, outside: float = 0.0) -> float:
    """Estimate of the voltage step V at a current density I [A/m2] and T [K]; outside: series resistance [Ohm m2]."""
    ohmic, transfer = kept(resistances, cell, T)
    return I * (outside + ohmic) + 2.0 * R * T / F * sum(math.asinh(0.5 * I * x) for x in transfer)


def current_driven(cell: Cell, T: float, V: float, outside: float = 0.0) -> float:
    """Estimate of the current density [A/m2] after a voltage step V at T [K]: the inverse of `drop_at`."""
    low, high = 0.0, V / (outside + kept(resistances, cell, T)[0])
    while high - low > 1e-3 * high:
        I = 0.5 * (low + high)
        low, high = (low, I) if drop_at(cell, T, I, outside) > V else (I, high)
    return high
