"""What films, plated lithium and lost active material change of a cell's geometry: surface, pores, exchange currents.

It stays as it is within a time step and is renewed between two (`renew`): salt in pores that shrink and lithium in
material that is lost are moved, not lost.  Each kind of particle loses surface of its own, so that the shares change.
"""

from ....physics.constants import F
from ....physics.transport import percolation
from ....support.compile import inner
from ...layout import shells, views
from . import contact, drying

CLOGGED = 1e-3  # porosity that counts as none
NOTICED = 1e-2  # relative change of surface or pores within a step after which the geometry is renewed
LEAST = 1e-3  # of the active material as made: counts as none; until a run ends there it is reckoned with as so much


@inner
def shape(sys, s, w):
    """Bring the volumes to the geometry that state s reckons with."""
    fresh, v = w.geometry[0], sys.volume
    y, n = views(sys, s), sys.volume.size
    for i in range(n):
        if v[i].particle < 0:
            continue
        a = sys.ageing[sys.grain[v[i].particle].sweep]
        if sys.counts.loss > 0:
            share_surface(sys, fresh[i].area, y, i, w)
        if sys.counts.clogging > 0 and (v[i].eps != y.porosity[i] or sys.counts.reservoirs > 0):
            v[i].eps = y.porosity[i]
            v[i].tau = fresh[i].tau * tau_ratio(a, fresh[i].eps, y.porosity[i])
            longer = fresh[i].tau / v[i].tau
            v[i].left, v[i].right = fresh[i].left * longer, fresh[i].right * longer
    if sys.counts.clogging > 0:
        for i in range(n - 1):
            v[i].across = 1.0 / (v[i].right + v[i + 1].left)
    if sys.counts.reservoirs > 0:
        drying.shape(sys, s, w)
    if sys.counts.wearing > 0:
        contact.shape(sys, s, w)


@inner
def share_surface(sys, made, y, i, w):
    """Reacting surface of volume i, of which there was `made`, and of each kind in it, by what is left of them."""
    n, v = sys.volume.size, sys.volume[i]
    v.area = 0.0
    for k in range(v.kinds):
        a = sys.ageing[sys.grain[v.particle + k].sweep]
        v.area += made * as_made(sys, i, k, w) * y.active[k * n + i] / a.active
    if sys.counts.remade > 0:
        for k in range(v.kinds):
            a = sys.ageing[sys.grain[v.particle + k].sweep]
            share = as_made(sys, i, k, w) * y.active[k * n + i] / a.active
            sys.grain[v.particle + k].share = made * share / v.area


@inner
def as_made(sys, i, k, w):
    """Share of kind k in the surface of volume i as made."""
    return w.grains[0, sys.volume[i].particle + k].share if sys.counts.remade > 0 else 1.0


@inner
def tau_ratio(a, eps_0, eps):
    """Transport efficiency at porosity eps over that at eps_0, with the exponent and the threshold of the set."""
    if eps <= a.tau_least:
        return 1e-9
    return percolation(eps, a.tau_least, a.tau_exponent) / percolation(eps_0, a.tau_least, a.tau_exponent)


@inner
def mean(sys, x):
    """Mean stoichiometry of one particle x (shells,)."""
    total = 0.0
    for q in range(x.size):
        total += sys.shell[q].volume * x[q]
    return 3.0 * total


@inner
def pores(sys, y, i, w):
    """Porosity of volume i with what has grown and been plated in it."""
    fresh, taken, n = w.geometry[0, i], 0.0, sys.volume.size
    for k in range(fresh.kinds):
        a, at = sys.ageing[sys.grain[fresh.particle + k].sweep], k * n + i
        if sys.counts.sei > 0 and a.sei_clogs > 0:
            grown = y.sei[at] - a.L_0 * fresh.area * as_made(sys, i, k, w) * F * a.z / a.V_sei
            if sys.counts.sei_on_cracks > 0:
                grown += y.sei_on_cracks[at]
            taken += grown * a.V_sei / a.z
        if sys.counts.plating > 0 and a.plated_clogs > 0:
            taken += (y.plated[at] + y.dead[at]) * a.V_li
    return fresh.eps - taken / (F * fresh.dx)


@inner
def least_pores(sys, s, w):
    """How far the least porosity is above none, over its first value, of a cell that ages; infinite without change."""
    least = 1e300
    if sys.counts.clogging == 0:
        return least
    y = views(sys, s)
    for i in range(sys.volume.size):
        if sys.volume[i].particle >= 0:
            least = min(least, (pores(sys, y, i, w) - CLOGGED) / w.geometry[0, i].eps)
    return least


@inner
def least_material(sys, s):
    """How far the least share of active material that is left in a volume is above none."""
    least, y, n = 1e300, views(sys, s), sys.volume.size
    for i in range(n):
        v = sys.volume[i]
        for k in range(v.kinds):
            a = sys.ageing[sys.grain[v.particle + k].sweep]
            least = min(least, 1.0 - y.inactive[k * n + i] / a.active)
    return least - LEAST


@inner
def changed(sys, s, w):
    """Largest relative change of surface and pores since the geometry was renewed."""
    most, y, n = 0.0, views(sys, s), sys.volume.size
    for i in range(n):
        v = sys.volume[i]
        for k in range(v.kinds):
            a = sys.ageing[sys.grain[v.particle + k].sweep]
            if sys.counts.loss > 0:
                most = max(most, abs(active_now(a, y, k * n + i) / y.active[k * n + i] - 1.0))
            if sys.counts.wearing > 0:
                most = max(most, contact.changed(sys, a, y, i, k, w))
        if v.particle >= 0 and sys.counts.clogging > 0:
            most = max(most, abs(max(pores(sys, y, i, w), CLOGGED) / y.porosity[i] - 1.0))
    if sys.counts.reservoirs > 0:
        most = max(most, drying.changed(sys, y))
    return most


@inner
def active_now(a, y, at):
    """Volume fraction of active material that is left of one kind in one volume, by its place in the state."""
    return max(a.active - y.inactive[at], LEAST * a.active)


@inner
def cut_off(sys, y, i, k, share):
    """A volume fraction of active material of kind k in volume i is lost, with the lithium that it holds now."""
    v, at = sys.volume[i], k * sys.volume.size + i
    a = sys.ageing[sys.grain[v.particle + k].sweep]
    y.inactive[at] += share
    y.draining[at] += share * a.content * v.dx * mean(sys, shells(sys, y.x, v.particle + k))


@inner
def renew(sys, s, w):
    """Renew the geometry at state s.  Nothing happens if nothing has changed.

    Salt is kept; lithium in lost material is booked.
    """
    y = views(sys, s)
    if sys.counts.wearing > 0:
        contact.renew(sys, y)
    late = drying.renew(sys, y) if sys.counts.reservoirs > 0 else 0.0
    for i in range(sys.volume.size if late > 0.0 else 0):  # all of them first: volumes may share a particle
        v = sys.volume[i]
        for k in range(v.kinds):
            a = sys.ageing[sys.grain[v.particle + k].sweep]
            cut_off(sys, y, i, k, late * (a.active - y.inactive[k * sys.volume.size + i]))
    for i in range(sys.volume.size if sys.counts.loss > 0 else 0):
        for k in range(sys.volume[i].kinds):
            drain(sys, y, i, k)
    if sys.counts.clogging > 0:
        shrink(sys, y, w)
    shape(sys, s, w)


@inner
def shrink(sys, y, w):
    """Pores become as wide as what has grown in them leaves them; the salt that they lose goes to all alike.

    So it does within minutes.  Salt that stayed in its pores would leave them concentrated by as much as they shrank,
    and dozens of time steps would follow how that evens out, after each of the renewals of years of storage.
    """
    lost, salt, n = 0.0, 0.0, sys.volume.size
    for i in range(n):
        v, eps = sys.volume[i], w.geometry[0, i].eps
        if v.particle >= 0:
            eps = max(pores(sys, y, i, w), CLOGGED)
            lost += (y.porosity[i] - eps) * v.dx * y.c_e[i]
            y.porosity[i] = eps
        salt += eps * v.dx * y.c_e[i]
    for i in range(n):
        y.c_e[i] += lost / salt * y.c_e[i]  # as in `ageing.even`, which says why not by a factor


@inner
def drain(sys, y, i, k):
    """Reckon with the active material of kind k in volume i as it is; what was lost goes with its lithium."""
    v, at = sys.volume[i], k * sys.volume.size + i
    p = v.particle + k
    a = sys.ageing[sys.grain[p].sweep]
    left = active_now(a, y, at)
    if left != y.active[at]:
        if i == 0 or sys.volume[i - 1].particle != v.particle:  # volumes of one particle lose alike
            x = mean(sys, shells(sys, y.x, p))
            held = x * y.active[at] - (y.draining[at] - y.gone[at]) / (a.content * v.dx)
            refill(shells(sys, y.x, p), x, held / left)
        y.gone[at], y.active[at] = y.draining[at], left


@inner
def refill(x, old, new):
    """Move a particle x (shells,) from the mean `old` to `new`, and no shell beyond 0 or 1."""
    for q in range(x.size):
        x[q] += (new - old) * ((1.0 - x[q]) / (1.0 - old) if new > old else x[q] / old)
