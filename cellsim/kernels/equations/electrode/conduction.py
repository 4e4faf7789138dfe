"""Electronic conductivities that follow the stoichiometry at the particle surfaces, and the temperature.

They are those of the last iterate: Newton's matrix has no derivative of them, as the current that they change by a
correction is second order in potentials of the solid.
"""

from ....numerics.table import blend, locate
from ....support.compile import inner, part
from ...layout import POROUS, of_electrons

LEAST = 1e-9  # of the conductivity at reference: what an extrapolation beyond the tables leaves


@inner
def conductivity_at(sys, w, side, x):
    """Conductivity of an electrode at surface stoichiometry x, over that at reference."""
    solid = sys.laws.solid
    return max(blend(solid, of_electrons(sys, side), locate(solid, x), w.by_solid)[0], LEAST)


@inner
def at_surfaces(sys, j, w, i):
    """Stoichiometry at the particle surfaces of volume i, of several kinds the mean by surface."""
    v, n = sys.volume[i], sys.volume.size
    if v.particle < 0:
        return 0.5  # a metal
    if sys.counts.kinds == 1:
        return w.local[i].alpha + w.local[i].beta * j[i]
    x = 0.0
    for k in range(v.kinds):
        local = w.kind[k, i]
        x += sys.grain[v.particle + k].share * (local.alpha + local.beta * j[k * n + i])
    return x


@part
def conduct(sys, j, R_end, w):
    """The same of every volume, into `conduction`, and the resistance to the current collector, into R_end."""
    n, side, f = sys.volume.size, -1, 1.0
    for i in range(n):
        v = sys.volume[i]
        if v.side < 0:
            f = 1.0
        elif sys.model == POROUS or v.side != side:  # the volumes of an electrode share a particle otherwise
            f = conductivity_at(sys, w, v.side, at_surfaces(sys, j, w, i))
        side, w.conduction[0, i] = v.side, f
    R_end[0] = sys.volume[n - 1].end / w.conduction[0, n - 1]


@inner
def lagging(rate, change):
    """Size of all further corrections, where the last one is a `change` and `rate` times the one before it."""
    return change * min(rate / (1.0 - rate), 1.0) if 0.0 < rate < 1.0 else change
