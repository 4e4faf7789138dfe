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
def passed(sys, a, hg, y, i):
    """Full cycles that the particle of volume i goes through in a stage."""
    grain = sys.grain[sys.volume[i].particle]
    return hg * cycle_rate(3.0 * grain.rate / grain.R_p * y.j[i], a.window)[0]


@inner
def book(sys, hg, past, y, i, w):
    """Cycles and contact of volume i at the end of a stage; returns what cuts off active material: its share."""
    a = sys.ageing[sys.volume[i].side]
    n, P = passed(sys, a, hg, y, i), pressure(sys, a, w)
    y.cycled[i] = past.cycled[i] + n
    excess = excess_strain(a.strain, P, a.strength, a.modulus)[0]
    rate, slope, _, _ = contact_loss_rate(past.touching[i], excess, P, a.parting, a.healing, 1.0)
    y.touching[i] = past.touching[i] + n * rate / (1.0 - n * slope)
    rate, slope, _ = connection_loss_rate(1.0, excess, a.cutting_off)
    return -n * rate / (1.0 - n * slope)


@inner
def film(sys, y, i, w):
    """Film resistance of volume i without an SEI [Ohm m2 of surface as made]."""
    R_f = w.geometry[0, i].R_f
    if sys.counts.wearing > 0 and sys.volume[i].particle >= 0:
        R_f = (R_f + y.interphase[i]) / y.contact[i]
    return R_f


@inner
def grown(a, y, i):
    """Resistance of the interphase after the cycles of volume i [Ohm m2 of surface]."""
    return cycle_resistance(y.cycled[i], 0.0, a.interphase)[0] if y.cycled[i] > 0.0 else 0.0


@inner
def changed(sys, a, y, i, w):
    """Change of contact, and of the interphase over all resistance of the surface, since they were renewed."""
    fresh = w.geometry[0, i]
    R_f = fresh.R_f + y.interphase[i] + R * sys.T / (F * fresh.i_ref)
    return max(abs(y.touching[i] / y.contact[i] - 1.0), abs(grown(a, y, i) - y.interphase[i]) / R_f)


@inner
def renew(sys, y):
    """Reckon with contact and interphase as they are."""
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.particle >= 0:
            y.contact[i], y.interphase[i] = y.touching[i], grown(sys.ageing[v.side], y, i)


@inner
def shape(sys, s, w):
    """Bring exchange currents and film resistances to what state s reckons with."""
    y = views(sys, s)
    for i in range(sys.volume.size):
        v = sys.volume[i]
        if v.particle >= 0:
            v.i_ref, v.R_f = w.geometry[0, i].i_ref * y.contact[i], film(sys, y, i, w)
