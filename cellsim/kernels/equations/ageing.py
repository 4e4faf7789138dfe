"""What ages in a cell of particles: films, plated lithium, cracks, active material, pores; see `side_reactions`.

Films, plated lithium and cracks are states with a rate of change.  While a stage is solved they are taken as the
state foresees them, and booked afterwards with the integrator's own formula and the very currents of the charge
balance: lithium adds up to rounding.  What they change of the cell's geometry (surface, pores) stays as it is within
a time step and is renewed between two (`renew`): salt in pores that shrink and lithium in material that is lost are
moved, not lost.
"""

from ...physics.ageing.fatigue import crack_growth, roughness, stress_driven_loss, surface_stress
from ...physics.constants import F
from ...physics.transport import arrhenius, percolation
from ...support.compile import inlined, inner
from ..layout import FILM, shells, views
from ..memory import replacing
from .side_reactions import CONSTANT, IRREVERSIBLE, PARTIALLY_REVERSIBLE
from .wearing import contact, drying

CLOGGED = 1e-3  # porosity that counts as none
NOTICED = 1e-2  # relative change of surface or pores within a step after which the geometry is renewed
LEAST = 1e-3  # of the active material as made: less is reckoned with as so much

of_volumes = replacing("volume")


@inlined
def aged_system(sys, s, w):
    """The system with volumes of its own in the geometry of state s; the same system if the cell does not age."""
    volume = sys.volume
    if sys.ageing.size > 0:
        fresh, now = w.geometry[0], w.geometry[1]
        for i in range(sys.volume.size):
            fresh[i], now[i] = sys.volume[i], sys.volume[i]
        volume = now
    of_run = of_volumes(sys, volume)
    if sys.ageing.size > 0:
        shape(of_run, s, w)
    return of_run


@inner
def shape(sys, s, w):
    """Bring the volumes to the geometry that state s reckons with."""
    fresh, v = w.geometry[0], sys.volume
    y, n = views(sys, s), sys.volume.size
    for i in range(n):
        if v[i].particle < 0:
            continue
        a = sys.ageing[v[i].side]
        if sys.counts.loss > 0:
            v[i].area = fresh[i].area * y.active[i] / a.active
        if sys.counts.clogging > 0:
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
def tau_ratio(a, eps_0, eps):
    """Transport efficiency at porosity eps over that at eps_0, with the exponent and the threshold of the set."""
    if eps <= a.tau_least:
        return 1e-9
    return percolation(eps, a.tau_least, a.tau_exponent) / percolation(eps_0, a.tau_least, a.tau_exponent)


@inner
def foresee(sys, hg, s_hat, s, w):
    """Before a stage of a cell that ages: films, plated lithium and cracks without what the stage will add."""
    past, y, T = views(sys, s_hat), views(sys, s), w.at[0]
    for i in range(sys.volume.size):
        v, now = sys.volume[i], w.side[0, i]
        if v.particle < 0:
            continue
        a = sys.ageing[v.side]
        if sys.counts.cracking > 0:
            now.crack = min(max(y.crack[i], 0.0), a.R_p)
            now.rough = roughness(now.crack, a.width, a.density)[0]
        if sys.counts.sei > 0 and a.sei > 0:
            now.faster = arrhenius(a.E_sei, T, a.T_ref)
            now.grow = hg * a.V_sei / (F * a.z)
            per = a.V_sei / (F * a.z * v.area)
            dried = y.dried[i] if sys.counts.reservoirs > 0 else 0.0
            now.known, now.L = (past.sei[i] - dried) * per, (y.sei[i] - dried) * per
            v.R_f = contact.film(sys, y, i, w) + a.rho * now.L / w.rate[FILM + v.side]
            if sys.counts.sei_on_cracks > 0 and a.on_cracks > 0:
                dried = y.dried_on_cracks[i] if sys.counts.reservoirs > 0 else 0.0
                now.known_cr = (past.sei_on_cracks[i] - dried) * per / now.rough
                now.L_cr = (y.sei_on_cracks[i] - dried) * per / now.rough
        now.R = v.R_f * w.rate[FILM + v.side]
        if sys.counts.plating > 0 and a.plating > 0:
            now.gamma = 0.0
            if a.plating == PARTIALLY_REVERSIBLE:
                now.gamma = a.gamma * (a.L_0 / now.L if a.sei > 0 else 1.0)
            per = 1.0 / (F * v.dx * (1.0 + hg * now.gamma))
            now.c_pl, now.out = past.plated[i] * per, hg * v.area * per


@inner
def mean(sys, x):
    """Mean stoichiometry of one particle x (shells,)."""
    total = 0.0
    for q in range(x.size):
        total += sys.shell[q].volume * x[q]
    return 3.0 * total


@inner
def stress(sys, a, x, p):
    """Tangential stress at the surface of particle p of all particles x [Pa]."""
    one = shells(sys, x, p)
    return surface_stress(a.c_max * mean(sys, one), a.c_max * one[one.size - 1], a.Omega, a.E, a.nu)[0]


@inner
def even(sys, hg, s_hat, s, w):
    """Give back what rounding has taken at a stage from sums that do not change: over the cycles of a life it adds up.

    The currents of either electrode are the terminal current, the particles gain what their current brings, the salt
    stays as much as it was.
    """
    past, y = views(sys, s_hat), views(sys, s)
    for side in range(2):
        lacks, surface = (1.0 - 2.0 * side) * y.cell.I, 0.0
        for i in range(sys.volume.size):
            if sys.volume[i].side == side and sys.volume[i].particle >= 0:
                now = w.side[0, i]
                lacks -= sys.volume[i].area * (y.j[i] + now.sei + now.rough * now.cr + now.pl)
                if sys.counts.layers > 0:
                    lacks -= sys.volume[i].area * w.layer[0, i].j
                surface += sys.volume[i].area
        for i in range(sys.volume.size):
            if sys.volume[i].side == side and sys.volume[i].particle >= 0:
                y.j[i] += lacks / surface
    last, salt, more = -1, 0.0, 0.0
    for i in range(sys.volume.size):
        v = sys.volume[i]
        salt += v.eps * v.dx * y.c_e[i]
        more += v.eps * v.dx * (past.c_e[i] - y.c_e[i])
        if v.particle >= 0 and v.particle != last:  # volumes of one particle have one current
            last = v.particle
            grain = sys.grain[last]
            old, new = shells(sys, past.x, last), shells(sys, y.x, last)
            lacks = -hg * grain.rate / grain.R_p * y.j[i]
            for q in range(new.size):
                lacks -= sys.shell[q].volume * (new[q] - old[q])
            for q in range(new.size):
                new[q] += 3.0 * lacks
    for i in range(sys.volume.size):
        y.c_e[i] += more / salt * y.c_e[i]  # 1 + more / salt would be rounded to one side


@inner
def book(sys, hg, s_hat, s, w):
    """The slow states at the end of a stage of a cell that ages."""
    past, y, T = views(sys, s_hat), views(sys, s), w.at[0]
    dries = drying.book(sys, hg, past, y, w) if sys.counts.reservoirs > 0 else 0.0
    for i in range(sys.volume.size):
        v, now = sys.volume[i], w.side[0, i]
        if v.particle < 0:
            continue
        a = sys.ageing[v.side]
        worn = contact.book(sys, hg, past, y, i, w) if sys.counts.wearing > 0 else 0.0
        if sys.counts.sei > 0:
            y.sei[i] = past.sei[i] - hg * v.area * now.sei
        if sys.counts.sei_on_cracks > 0:
            y.sei_on_cracks[i] = past.sei_on_cracks[i] - hg * v.area * now.rough * now.cr
        if sys.counts.plating > 0:
            if a.plating == IRREVERSIBLE or a.plating == CONSTANT:
                y.dead[i] = past.dead[i] - hg * v.area * now.pl
            else:
                y.plated[i] = (past.plated[i] - hg * v.area * now.pl) / (1.0 + hg * now.gamma)
                y.dead[i] = past.dead[i] + hg * now.gamma * y.plated[i]
        sigma = 0.0
        if a.stressed > 0:
            sigma = stress(sys, a, y.x, v.particle)
            if sys.counts.cracking > 0:
                k = a.k_cr * arrhenius(a.E_cr, T, a.T_ref)
                if now.crack < a.R_p:
                    y.crack[i] = past.crack[i] + hg * crack_growth(sigma, now.crack, k, a.b_cr, a.m_cr)[0]
        if sys.counts.loss > 0:
            rate = stress_driven_loss(2.0 / 3.0 * sigma, a.loss, a.loss_compressed, a.critical, a.m_loss)[0]
            rate += a.by_current * abs(y.cell.I) - a.by_reaction * v.area / v.dx * now.sei / F
            if sys.counts.reservoirs > 0:
                rate *= y.wetted[0]
            x = mean(sys, shells(sys, y.x, v.particle))
            y.inactive[i] = past.inactive[i] + hg * rate
            y.draining[i] = past.draining[i] + hg * rate * a.content * v.dx * x
            if worn + dries > 0.0:
                cut_off(sys, y, i, (worn + dries) * (a.active - past.inactive[i]))


@inner
def cut_off(sys, y, i, share):
    """A volume fraction of active material of volume i is lost, with the lithium that it holds now."""
    v = sys.volume[i]
    y.inactive[i] += share
    y.draining[i] += share * sys.ageing[v.side].content * v.dx * mean(sys, shells(sys, y.x, v.particle))


@inner
def pores(sys, a, y, i, w):
    """Porosity of volume i with what has grown and been plated in it."""
    fresh, taken = w.geometry[0, i], 0.0
    if sys.counts.sei > 0 and a.sei_clogs > 0:
        grown = y.sei[i] - a.L_0 * fresh.area * F * a.z / a.V_sei
        if sys.counts.sei_on_cracks > 0:
            grown += y.sei_on_cracks[i]
        taken += grown * a.V_sei / a.z
    if sys.counts.plating > 0 and a.plated_clogs > 0:
        taken += (y.plated[i] + y.dead[i]) * a.V_li
    return fresh.eps - taken / (F * fresh.dx)


@inner
def least_pores(sys, s, w):
    """How far the least porosity is above none, over its first value, of a cell that ages; infinite without change."""
    least = 1e300
    if sys.counts.clogging == 0:
        return least
    y = views(sys, s)
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.particle >= 0:
            least = min(least, (pores(sys, sys.ageing[v.side], y, i, w) - CLOGGED) / w.geometry[0, i].eps)
    return least


@inner
def changed(sys, s, w):
    """Largest relative change of surface and pores since the geometry was renewed."""
    most, y = 0.0, views(sys, s)
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.particle < 0:
            continue
        a = sys.ageing[v.side]
        if sys.counts.loss > 0:
            most = max(most, abs(active_now(a, y, i) / y.active[i] - 1.0))
        if sys.counts.clogging > 0:
            most = max(most, abs(max(pores(sys, a, y, i, w), CLOGGED) / y.porosity[i] - 1.0))
        if sys.counts.wearing > 0:
            most = max(most, contact.changed(sys, a, y, i, w))
    if sys.counts.reservoirs > 0:
        most = max(most, drying.changed(sys, y))
    return most


@inner
def active_now(a, y, i):
    """Volume fraction of active material that is left in volume i."""
    return max(a.active - y.inactive[i], LEAST * a.active)


@inner
def renew(sys, s, w):
    """Renew the geometry at state s.  Nothing happens if nothing has changed.

    Salt stays in pores that shrink; lithium in lost material is booked.
    """
    y = views(sys, s)
    if sys.counts.wearing > 0:
        contact.renew(sys, y)
    late = drying.renew(sys, y) if sys.counts.reservoirs > 0 else 0.0
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.particle < 0:
            continue
        a = sys.ageing[v.side]
        if late > 0.0:
            cut_off(sys, y, i, late * (a.active - y.inactive[i]))
        if sys.counts.loss > 0:
            left = active_now(a, y, i)
            if left != y.active[i]:
                if i == 0 or sys.volume[i - 1].particle != v.particle:  # volumes of one particle lose alike
                    x = mean(sys, shells(sys, y.x, v.particle))
                    held = x * y.active[i] - (y.draining[i] - y.gone[i]) / (a.content * v.dx)
                    refill(shells(sys, y.x, v.particle), x, held / left)
                y.gone[i], y.active[i] = y.draining[i], left
        if sys.counts.clogging > 0:
            eps = max(pores(sys, a, y, i, w), CLOGGED)
            y.c_e[i] *= y.porosity[i] / eps
            y.porosity[i] = eps
    shape(sys, s, w)


@inner
def refill(x, old, new):
    """Move a particle x (shells,) from the mean `old` to `new`, and no shell beyond 0 or 1."""
    for q in range(x.size):
        x[q] += (new - old) * ((1.0 - x[q]) / (1.0 - old) if new > old else x[q] / old)


@inner
def error_of(sys, d):
    """An error d of a state of a cell that ages in the lithium lost or in the plated one, in units of 1 V."""
    y, most = views(sys, d), 0.0
    for side in range(2):
        if sys.ageing[side].weight == 0.0:
            continue
        total, plated = 0.0, 0.0
        for i in range(sys.volume.size):
            if sys.volume[i].side == side:
                if sys.counts.sei > 0:
                    total += y.sei[i]
                if sys.counts.sei_on_cracks > 0:
                    total += y.sei_on_cracks[i]
                if sys.counts.plating > 0:
                    total += y.dead[i]
                    plated += y.plated[i]
        most = max(most, max(abs(total), abs(plated)) / sys.ageing[side].weight)
    return most
