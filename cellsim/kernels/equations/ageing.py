"""What ages in a cell of particles: films, plated lithium, cracks, active material, pores; see `side_reactions`.

Films, plated lithium and cracks are states with a rate of change.  While a stage is solved they are taken as the
state foresees them, and booked afterwards with the integrator's own formula and the very currents of the charge
balance: lithium adds up to rounding.  What they change of the cell's geometry is renewed between two time steps, see
`wearing.geometry`.  Everything is of each kind of particle in each volume.
"""

from ...physics.ageing.fatigue import crack_growth, roughness, stress_driven_loss, surface_stress
from ...physics.constants import F
from ...physics.transport import arrhenius
from ...support.compile import inlined, inner
from ..layout import FILM, shells, views
from ..memory import replacing
from .side_reactions import PARTIALLY_REVERSIBLE, REVERSIBLE
from .wearing import contact, drying
from .wearing.geometry import as_made, cut_off, mean, shape

of_parts = replacing("volume", "grain")


@inlined
def aged_system(sys, s, w):
    """The system with volumes of its own in the geometry of state s, and particles of its own where there are several
    kinds of them in a volume; the same system if the cell does not age.
    """
    volume, grain = sys.volume, sys.grain
    if sys.ageing.size > 0:
        fresh, now = w.geometry[0], w.geometry[1]
        for i in range(sys.volume.size):
            fresh[i], now[i] = sys.volume[i], sys.volume[i]
        volume = now
    if sys.counts.remade > 0:
        for p in range(sys.grain.size):
            w.grains[0, p], w.grains[1, p] = sys.grain[p], sys.grain[p]
        grain = w.grains[1]
    of_run = of_parts(sys, volume, grain)
    if sys.ageing.size > 0:
        shape(of_run, s, w)
    return of_run


@inner
def foresee(sys, hg, s_hat, s, w):
    """Before a stage of a cell that ages: films, plated lithium and cracks without what the stage will add."""
    past, y = views(sys, s_hat), views(sys, s)
    for i in range(sys.volume.size):
        for k in range(sys.volume[i].kinds):
            foresee_kind(sys, hg, past, y, i, k, w)


@inner
def foresee_kind(sys, hg, past, y, i, k, w):
    """Of kind k of particle in volume i."""
    v, now, at = sys.volume[i], w.side[k, i], k * sys.volume.size + i
    grain = sys.grain[v.particle + k]
    a, area = sys.ageing[grain.sweep], v.area * grain.share
    film = contact.film(sys, y, i, k, w)
    if sys.counts.cracking > 0:
        now.crack = min(max(y.crack[at], 0.0), a.R_p)
        now.rough = roughness(now.crack, a.width, a.density)[0]
    if sys.counts.sei > 0 and a.sei > 0:
        now.faster = arrhenius(a.E_sei, w.at[0], a.T_ref)
        now.grow = hg * a.V_sei / (F * a.z)
        per = a.V_sei / (F * a.z * area)
        dried = y.dried[at] if sys.counts.reservoirs > 0 else 0.0
        now.known, now.L = (past.sei[at] - dried) * per, (y.sei[at] - dried) * per
        film += a.rho * now.L / w.rate[FILM + v.side]
        if sys.counts.sei_on_cracks > 0 and a.on_cracks > 0:
            dried = y.dried_on_cracks[at] if sys.counts.reservoirs > 0 else 0.0
            now.known_cr = (past.sei_on_cracks[at] - dried) * per / now.rough
            now.L_cr = (y.sei_on_cracks[at] - dried) * per / now.rough
    if sys.counts.remade > 0:
        grain.R_f = film
    else:
        v.R_f = film
    now.R = film * w.rate[FILM + v.side]
    if sys.counts.plating > 0 and a.plating > 0:
        now.gamma = 0.0
        if a.plating == PARTIALLY_REVERSIBLE:
            now.gamma = a.gamma * (a.L_0 / now.L if a.sei > 0 else 1.0)
        part = v.dx * as_made(sys, i, k, w)  # of the electrode's volume, that of this kind's share of the surface
        per = 1.0 / (F * part * (1.0 + hg * now.gamma))
        now.c_pl, now.out = past.plated[at] * per, hg * area * per


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
    past, y, n = views(sys, s_hat), views(sys, s), sys.volume.size
    for side in range(2):
        lacks, surface = (1.0 - 2.0 * side) * y.cell.I, 0.0
        for i in range(n):
            if sys.volume[i].side == side:
                for k in range(sys.volume[i].kinds):
                    now, area = w.side[k, i], sys.volume[i].area * sys.grain[sys.volume[i].particle + k].share
                    lacks -= area * (y.j[k * n + i] + now.sei + now.rough * now.cr + now.pl)
                    surface += area
                if sys.counts.layers > 0 and sys.volume[i].particle >= 0:
                    lacks -= sys.volume[i].area * w.layer[0, i].j
        for i in range(n):
            if sys.volume[i].side == side:
                for k in range(sys.volume[i].kinds):
                    y.j[k * n + i] += lacks / surface
    last, salt, more = -1, 0.0, 0.0
    for i in range(n):
        v = sys.volume[i]
        salt += v.eps * v.dx * y.c_e[i]
        more += v.eps * v.dx * (past.c_e[i] - y.c_e[i])
        if v.particle >= 0 and v.particle != last:  # volumes of one particle have one current
            last = v.particle
            for k in range(v.kinds):
                grain = sys.grain[last + k]
                old, new = shells(sys, past.x, last + k), shells(sys, y.x, last + k)
                lacks = -hg * grain.rate / grain.R_p * y.j[k * n + i]
                for q in range(new.size):
                    lacks -= sys.shell[q].volume * (new[q] - old[q])
                for q in range(new.size):
                    new[q] += 3.0 * lacks
    for i in range(n):
        y.c_e[i] += more / salt * y.c_e[i]  # 1 + more / salt would be rounded to one side


@inner
def book(sys, hg, s_hat, s, w):
    """The slow states at the end of a stage of a cell that ages."""
    past, y = views(sys, s_hat), views(sys, s)
    dries = drying.book(sys, hg, past, y, w) if sys.counts.reservoirs > 0 else 0.0
    for i in range(sys.volume.size):
        for k in range(sys.volume[i].kinds):
            book_kind(sys, hg, past, y, i, k, dries, w)


@inner
def book_kind(sys, hg, past, y, i, k, dries, w):
    """Of kind k of particle in volume i, where a share `dries` of its material dries."""
    v, now, at = sys.volume[i], w.side[k, i], k * sys.volume.size + i
    p = v.particle + k
    a, area = sys.ageing[sys.grain[p].sweep], v.area * sys.grain[p].share
    worn = contact.book(sys, hg, past, y, i, k, w) if sys.counts.wearing > 0 else 0.0
    if sys.counts.sei > 0:
        y.sei[at] = past.sei[at] - hg * area * now.sei
    if sys.counts.sei_on_cracks > 0:
        y.sei_on_cracks[at] = past.sei_on_cracks[at] - hg * area * now.rough * now.cr
    if sys.counts.plating > 0:
        if a.plating == REVERSIBLE or a.plating == PARTIALLY_REVERSIBLE:
            y.plated[at] = (past.plated[at] - hg * area * (now.pl - now.dying)) / (1.0 + hg * now.gamma)
            y.dead[at] = past.dead[at] + hg * (now.gamma * y.plated[at] - area * now.dying)
        else:
            y.dead[at] = past.dead[at] - hg * area * now.pl
    sigma = 0.0
    if a.stressed > 0:
        sigma = stress(sys, a, y.x, p)
        if sys.counts.cracking > 0:
            rate = a.k_cr * arrhenius(a.E_cr, w.at[0], a.T_ref)
            if now.crack < a.R_p:
                y.crack[at] = past.crack[at] + hg * crack_growth(sigma, now.crack, rate, a.b_cr, a.m_cr)[0]
    if sys.counts.loss > 0:
        rate = stress_driven_loss(2.0 / 3.0 * sigma, a.loss, a.loss_compressed, a.critical, a.m_loss)[0]
        rate += a.by_current * abs(y.cell.I) - a.by_reaction * area / v.dx * now.sei / F
        if sys.counts.reservoirs > 0:
            rate *= y.wetted[0]
        x = mean(sys, shells(sys, y.x, p))
        y.inactive[at] = past.inactive[at] + hg * rate
        y.draining[at] = past.draining[at] + hg * rate * a.content * v.dx * x
        if worn + dries > 0.0:
            cut_off(sys, y, i, k, (worn + dries) * (a.active - past.inactive[at]))


@inner
def error_of(sys, d):
    """An error d of a state of a cell that ages in the lithium lost or in the plated one, in units of 1 V."""
    y, most, n = views(sys, d), 0.0, sys.volume.size
    for side in range(2):
        total, plated, weight = 0.0, 0.0, 0.0
        for i in range(n):
            if sys.volume[i].side != side or sys.volume[i].particle < 0:
                continue
            weight = sys.ageing[sys.grain[sys.volume[i].particle].sweep].weight
            for at in range(i, i + n * sys.volume[i].kinds, n):
                if sys.counts.sei > 0:
                    total += y.sei[at]
                if sys.counts.sei_on_cracks > 0:
                    total += y.sei_on_cracks[at]
                if sys.counts.plating > 0:
                    total += y.dead[at]
                    plated += y.plated[at]
        if weight > 0.0:
            most = max(most, max(abs(total), abs(plated)) / weight)
    return most
