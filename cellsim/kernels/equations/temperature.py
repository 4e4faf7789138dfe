"""What depends on temperature, brought to that of the state at hand."""

from ...numerics.table import follow, locate, read, tilt
from ...support.compile import inner
from ..layout import LAWS_PER_SIDE, OCP, RATES, SALT_LAWS, SOLID_LAWS


@inner
def warm(sys, T, w):
    """Bring what depends on temperature to T, the one of the state at hand."""
    if sys.heat.capacity == 0.0 or w.at[0] == T:
        return
    table = sys.heat.factor
    place = locate(table, T)
    for k in range(SOLID_LAWS):
        follow(sys.heat.nodes, k, T, read(table, k, place)[0], w.by_solid, k)
    for side in range(2):
        tilt(sys.heat.nodes, LAWS_PER_SIDE * side + OCP, T, w.entropy, side)
    for k in range(SALT_LAWS):
        follow(sys.heat.nodes, SOLID_LAWS + k, T, read(table, SOLID_LAWS + k, place)[0], w.by_salt, k)
    for k in range(RATES):
        w.rate[k] = read(table, SOLID_LAWS + SALT_LAWS + k, place)[0]
    w.at[0] = T
