"""What the terminal current asks of the reactions of an electrode: by hysteresis that follows it, and all together."""

from ....numerics.block_tridiagonal import RIGHT
from ....physics.constants import F
from ....support.compile import inner, part

BORDER = RIGHT + 1  # the right-hand side that belongs to the terminal current


@inner
def pulled(sys, i, w):
    """How much less current a volume takes per terminal current that hysteresis follows."""
    v, pull = sys.volume[i], 0.0
    if sys.counts.kinds > 1 and v.kinds > 0:
        for k in range(v.kinds):
            pull += sys.grain[v.particle + k].share * w.kind[k, i].flux_v * w.lag[k, i].by_I
        return pull
    of_layer = w.layer[0, i].per_v if sys.counts.layers > 0 else 0.0
    return (w.local[i].flux_v - of_layer) * w.lag[0, i].by_I


@part
def border_matrix(sys, hg, w):
    """The right-hand side that belongs to the terminal current, which hysteresis may follow."""
    w.block[:, :, BORDER] = 0.0
    w.block[sys.volume.size - 1, 2, BORDER] = -1.0
    if sys.hysteresis.size > 0:
        for i in range(sys.volume.size):
            v, pull = sys.volume[i], pulled(sys, i, w)
            w.block[i, 0, BORDER] -= hg * (1.0 - sys.t_ref) / F * v.area * pull
            w.block[i, 1, BORDER] -= v.area * pull
            w.block[i, 2, BORDER] += v.area * pull


@inner
def close_balance(sys, I, dI, w):
    """Of two electrodes of one volume each: corrections of phi_s with which reactions take the terminal current I.

    Between ideal conductors elimination finds them to 1e-9 only, and lithium would be lost by as much of the last one.
    """
    for i in (0, 2):
        v, local = sys.volume[i], w.local[i]
        if v.particle >= 0:
            asked = (I if v.side == 0 else -I) / v.area - local.flux + local.flux_c * w.block[i, 0, RIGHT]
            if sys.hysteresis.size > 0:
                asked += pulled(sys, i, w) * dI
            w.block[i, 2, RIGHT] = w.block[i, 1, RIGHT] + asked / local.flux_v
