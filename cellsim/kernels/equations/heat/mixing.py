"""Heat of mixing in particles: what lithium loses in potential on its way between surface and inside.

K. E. Thomas and J. Newman, J. Electrochem. Soc. 150 (2003) A176; that of the electrolyte is left out, as in PyBaMM.
"""

from ....numerics.table import blend, locate
from ....support.compile import inner, part
from ...layout import DIFFUSION, LAWS_PER_SIDE, shells, views
from ..interface import open_circuit


@part
def of_particle(sys, w, p, x):
    """Heat of mixing of particle p with the stoichiometries x of its shells, per reacting surface [W/m2].

    The flow through each face as a current, times what the open-circuit potential changes by across it: summed over a
    time in which the particle comes to rest again, it is what its surface lacked of the potential of its mean.
    """
    grain, table, total = sys.grain[p], sys.laws.solid, 0.0
    law = LAWS_PER_SIDE * grain.material + DIFFUSION
    k = grain.D / (grain.R_p * grain.rate)
    at = locate(table, x[0])
    W, U = blend(table, law, at, w.by_solid)[0], open_circuit(table, w.by_solid, grain.material, x[0], at)[0]
    for i in range(x.size - 1):
        at = locate(table, x[i + 1])
        W_out = blend(table, law, at, w.by_solid)[0]
        U_out = open_circuit(table, w.by_solid, grain.material, x[i + 1], at)[0]
        total += k * sys.shell[i].link * (W - W_out) * (U_out - U)
        W, U = W_out, U_out
    return total


@inner
def mixing(sys, s, w):
    """Heat of mixing at state s, of all particles [W/m2]."""
    x, total, several = views(sys, s).x, 0.0, sys.counts.kinds > 1
    for i in range(sys.volume.size):
        v = sys.volume[i]
        for k in range(v.kinds):
            p = v.particle + k
            share = sys.grain[p].share if several else 1.0
            total += v.area * share * of_particle(sys, w, p, shells(sys, x, p))
    return total
