"""What depends on temperature, brought to that of the state at hand."""

from ...numerics.table import follow, locate, read, tilt
from ...support.compile import inner
from ..layout import LAWS_PER_SIDE, OCP


@inner
def warm(sys, T, w):
    """Bring what depends on temperature to T, the one of the state at hand."""
    if sys.heat.capacity == 0.0 or w.at[0] == T:
        return
    table = sys.heat.factor
    place, solids, salts = locate(table, T), w.by_solid.shape[0], w.by_salt.shape[0]
    for k in range(solids):
        follow(sys.heat.nodes, k, T, read(table, k, place)[0], w.by_solid, k)
    for m in range(w.entropy.shape[0]):
        tilt(sys.heat.nodes, LAWS_PER_SIDE * m + OCP, T, w.entropy, m)
    for k in range(salts):
        follow(sys.heat.nodes, solids + k, T, read(table, solids + k, place)[0], w.by_salt, k)
    for k in range(w.rate.size):
        w.rate[k] = read(table, solids + salts + k, place)[0]
    w.at[0] = T
