"""Contact and connection of particles in a solid electrolyte, and the interphase on them.

All three change with the full cycles that a particle has gone through, counted where it is.  What touches less carries
more current per contact: as the current per surface as made stays the unknown, its exchange current falls and its film
resistance rises with the contact.  Material that is cut off is lost active material, see `ageing`.
"""

from ....physics.constants import F, R
from ....physics.contact import effective_pressure
from ....physics.interphase import cycle_resistance
from ....physics.mechanics import connection_loss_rate, contact_loss_rate, cycle_rate, excess_strain
from ....support.compile import inner
from ...layout import views


@inner
def pressure(sys, a, w):
    """Pressure on the contacts [Pa]."""
    if sys.foil.size == 0 or sys.foil[0].modulus == 0.0:
        return a.P
    f, P = sys.foil[0], w.foil[0].P
    return effective_pressure(P, max(P, f.P_most), f.memory)[0]


@inner
def passed(sys, a, hg, y, p, at):
    """Full cycles that particle p goes through in a stage; `at`: place of its kind and volume in the state."""
    grain = sys.grain[p]
    return hg * cycle_rate(3.0 * grain.rate / grain.R_p * y.j[at], a.window)[0]


@inner
def book(sys, hg, past, y, i, k, w):
    """Cycles and contact of kind k in volume i at the end of a stage; returns what share of it is cut off."""
    p, at = sys.volume[i].particle + k, k * sys.volume.size + i
    a = sys.ageing[sys.grain[p].sweep]
    n, P = passed(sys, a, hg, y, p, at), pressure(sys, a, w)
    y.cycled[at] = past.cycled[at] + n
    excess = excess_strain(a.strain, P, a.strength, a.modulus)[0]
    rate, slope, _, _ = contact_loss_rate(past.touching[at], excess, P, a.parting, a.healing, 1.0)
    y.touching[at] = past.touching[at] + n * rate / (1.0 - n * slope)
    rate, slope, _ = connection_loss_rate(1.0, excess, a.cutting_off)
    return -n * rate / (1.0 - n * slope)


@inner
def film(sys, y, i, k, w):
    """Film resistance of kind k in volume i without an SEI [Ohm m2 of surface as made]."""
    R_f = w.grains[0, sys.volume[i].particle + k].R_f if sys.counts.remade > 0 else w.geometry[0, i].R_f
    if sys.counts.wearing > 0:
        at = k * sys.volume.size + i
        R_f = (R_f + y.interphase[at]) / y.contact[at]
    return R_f


@inner
def exchange(sys, i, k, w):
    """Exchange-current density of kind k in volume i as made, see `layout` [A/m2]."""
    return w.grains[0, sys.volume[i].particle + k].i_ref if sys.counts.remade > 0 else w.geometry[0, i].i_ref


@inner
def grown(a, y, at):
    """Resistance of the interphase after the cycles of one kind in one volume [Ohm m2 of surface]."""
    return cycle_resistance(y.cycled[at], 0.0, a.interphase)[0] if y.cycled[at] > 0.0 else 0.0


@inner
def changed(sys, a, y, i, k, w):
    """Change of contact, and of the interphase over all resistance of the surface, since they were renewed."""
    at = k * sys.volume.size + i
    made = w.grains[0, sys.volume[i].particle + k].R_f if sys.counts.remade > 0 else w.geometry[0, i].R_f
    R_f = made + y.interphase[at] + R * sys.T / (F * exchange(sys, i, k, w))
    return max(abs(y.touching[at] / y.contact[at] - 1.0), abs(grown(a, y, at) - y.interphase[at]) / R_f)


@inner
def renew(sys, y):
    """Reckon with contact and interphase as they are."""
    for i in range(sys.volume.size):
        v = sys.volume[i]
        for k in range(v.kinds):
            at = k * sys.volume.size + i
            y.contact[at] = y.touching[at]
            y.interphase[at] = grown(sys.ageing[sys.grain[v.particle + k].sweep], y, at)


@inner
def shape(sys, s, w):
    """Bring exchange currents and film resistances to what state s reckons with."""
    y = views(sys, s)
    for i in range(sys.volume.size):
        v = sys.volume[i]
        for k in range(v.kinds):
            i_ref = exchange(sys, i, k, w) * y.contact[k * sys.volume.size + i]
            if sys.counts.remade > 0:
                sys.grain[v.particle + k].i_ref, sys.grain[v.particle + k].R_f = i_ref, film(sys, y, i, k, w)
            else:
                v.i_ref, v.R_f = i_ref, film(sys, y, i, k, w)
