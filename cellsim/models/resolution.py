"""How many volumes and shells a stated accuracy takes.

The rule was calibrated on the sets of Chen, Marquis, Ecker, the modern pouch cell and the solid
cells, discharged at C/5 to 6C and charged at 1C and 2C: on ten volumes an electrode is off by so many
volts rms, in terms of the ohmic drop u of its full current over its length, and the salt gradient
g = I (1 - t_plus) L / (F D_e tau c_e0); ten shells are, in terms of the stoichiometry difference
S = j R / (F D c_max) that the current drives through the particle.  The numbers envelop what was found;
of 120 runs from C/20 to 6C four were above 1 mV, all short charges or laws too sharp for any mesh.
Tests hold the rule to varied cells that were made afterwards.  Both errors are of second order.
"""
import math
from functools import lru_cache

import numpy as np

from ..physics.constants import F
from .mesh import touching, transport_efficiency
from .parts import NEGATIVE, PARTS, POSITIVE, is_metal

SHARE = 0.5  # of the accuracy, left to each of the two electrodes and to the shells
MOST = 0.025  # V: beyond, the run ends so early that the error grows no more
FEWEST_VOLUMES, FEWEST_SHELLS = 6, 8
ORDER_R = 1.7  # observed on the graded shells: between the transient's first and the second order


def electrode_numbers(cell, part, T, current):
    """(u [V], g, S) of a porous electrode at a current density [A/m2]."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    c0 = cell.value("electrolyte/initial concentration")
    kappa, D_e, t_plus = (cell.law(f"electrolyte/{key}")(np.array([c0]), T)[0]
                          for key in ("conductivity", "diffusivity", "cation transference number"))
    length = get("thickness") / transport_efficiency(cell, part)
    surface = 3.0 * get("active material volume fraction") * get("utilisation") * touching(cell, part)
    flux = current * get("particle radius") / (surface * get("thickness") * F)
    D_s = cell.law(f"{part}/particle diffusivity")(np.linspace(0.05, 0.95, 91), T).mean()
    return (current * length / kappa, current * (1.0 - t_plus) * length / (F * D_e * c0),
            flux * get("particle radius") / (D_s * get("maximum concentration")))


@lru_cache(maxsize=256)
def resolution(cell, T, rate, accuracy):
    """((negative, separator, positive) volumes, shells) for `accuracy` [V rms] at a C-rate and T [K]."""
    current = abs(rate) * cell.nominal_capacity / cell.value("cell/electrode area")
    porous = [part for part in PARTS if not is_metal(cell, part)]
    numbers = {part: electrode_numbers(cell, part, T, current) for part in porous}
    g = max(n[1] for n in numbers.values())
    volumes = {part: 1 for part in PARTS}
    for part, (u, _, _) in numbers.items():
        ten = min(u * (0.005 + 0.006 * g**3), MOST)
        volumes[part] = max(FEWEST_VOLUMES, math.ceil(10.0 * math.sqrt(ten / (SHARE * accuracy))))
    S = max(n[2] for n in numbers.values())
    ten = min(2e-3 * (S + S**3), MOST)
    shells = max(FEWEST_SHELLS, math.ceil(10.0 * (ten / (SHARE * accuracy)) ** (1.0 / ORDER_R)))
    separator = max(2, math.ceil(0.1 * max(volumes.values())))
    return (volumes[NEGATIVE], separator, volumes[POSITIVE]), shells
