"""The control equation: what the cycler imposes, or the current that holds a margin or the temperature at its target.

The current borders the cell's matrix.  What is held depends on unknowns all over the cell, so that its
change with the current needs the whole solution of both right-hand sides.
"""

from ...numerics.block_tridiagonal import RIGHT, before
from ...numerics.table import locate
from ...support.compile import inlined, inner, part
from ..layout import CRITICAL, CRITICAL_CURRENT, CURRENT, FILM, PLATING, POROUS, RESISTANCE, VOLTAGE, views
from .electrode.double_layer import charged
from .heat.network import rates, surface_per_gain
from .interface import open_circuit
from .lithium_metal import active
from .thermal import entropic, most_film, plating, share, with_mixing

RELAX = 60.0  # a held temperature is approached with this time constant [s]


def at_terminals(sys, end, I, R_end):
    """Terminal voltage [V] for the last phi_s and the current, and the resistance between the two [Ohm m2].

    R_end: between the last phi_s and the current collector.  Models that do not resolve phi_s keep the terminal
    voltage in the last one.  In Python of arrays, too.
    """
    R = R_end + sys.R_series if sys.model == POROUS else 0.0
    return end - R * I, R


terminals = part(at_terminals)


@inlined
def to_collector(sys, R_end):
    """Resistance between the last phi_s and the current collector [Ohm m2]; R_end: of a state that may have it."""
    return R_end[0] if sys.counts.conducting > 0 else sys.volume[sys.volume.size - 1].end


@inner
def control_residual(ctl, I, V):
    """What the cycler imposes, as a residual;  d/dI, d/dV."""
    if ctl.mode == CURRENT:
        return I - ctl.target, 1.0, 0.0
    if ctl.mode == VOLTAGE:
        return V - ctl.target, 0.0, 1.0
    if ctl.mode == RESISTANCE:
        return V - ctl.target * I, -ctl.target, 1.0
    return I * V - ctl.target, V, I


@inner
def imposed(sys, ctl, s, w):
    """The current [A/m2] where it is known before the stage is solved."""
    if ctl.mode == CRITICAL:
        return (ctl.target - sys.heat.critical * w.rate[CRITICAL_CURRENT]) * active(sys, s)
    return ctl.target


@inner
def warming(sys, hg):
    """What a held temperature rises by the heat left over in the cell, at the end of a stage [K m2/W]."""
    return (hg + RELAX) / (sys.heat.capacity + hg * sys.heat.loss)


@inner
def warming_surface(sys, hg, w):
    """The same of the surface, where the cell has several temperatures."""
    return (hg + RELAX) * surface_per_gain(sys, hg, w)


@inner
def held_surface(sys, hg, ctl, T, s, V, w):
    """Where the heat drives the surface of a cell with several temperatures [K]; as `held`."""
    lasting, reversible = with_mixing(sys, s, V, w)
    gain = lasting + reversible + ctl.own * views(sys, s).cell.I * V
    rates(sys, hg, T, gain, ctl.heater, ctl.T_around, w)
    return T[T.size - 1] + (hg + RELAX) * w.rise[1, T.size - 2]


@inner
def held(sys, hg, ctl, T, s, V, w):
    """What is held [V, or K] at state s with terminal voltage V; a held temperature is where the heat drives it.

    T: temperatures that the stage begins with [K]; those at its end are not known while it is solved.  Of several the
    last one is held, that of the surface.
    """
    if ctl.mode == PLATING:
        return plating(sys, s, w)[0]
    if sys.counts.temperatures > 1:
        return held_surface(sys, hg, ctl, T, s, V, w)
    before = T[0]
    lasting, reversible = with_mixing(sys, s, V, w)
    gain = lasting + reversible + ctl.heater + ctl.own * views(sys, s).cell.I * V
    return before + warming(sys, hg) * (gain - sys.heat.loss * (before - ctl.T_around))


@inner
def slopes(sys, hg, ctl, s, w, which, i, k):
    """Partials of what is held in phi_e, phi_s and j of kind k in volume i; `which` is the volume next to plating."""
    v = sys.volume[i]
    if ctl.mode == PLATING:
        if i == which:
            _, kind, R_f = most_film(sys, i, views(sys, s).j)
            return -share(sys, i), 1.0, -R_f * w.rate[FILM] if k == kind else 0.0
        return (share(sys, which) - 1.0 if i == which + 1 else 0.0), 0.0, 0.0
    if v.area == 0.0:
        return 0.0, 0.0, 0.0
    local, j, material, area = w.local[i], views(sys, s).j[k * sys.volume.size + i], v.side, v.area
    if sys.counts.kinds > 1 and v.particle >= 0:
        grain = sys.grain[v.particle + k]
        local, material, area = w.kind[k, i], grain.material, v.area * grain.share
    x = local.alpha + local.beta * j
    at = locate(sys.laws.solid, x)
    U, dU = open_circuit(sys.laws.solid, w.by_solid, material, x, at)
    gain = area * (w.at[0] * entropic(sys, w, material, at) - U - j * dU * local.beta)
    if sys.counts.temperatures > 1:
        return 0.0, 0.0, warming_surface(sys, hg, w) * gain
    return 0.0, 0.0, warming(sys, hg) * gain


@inner
def held_current(sys, hg, ctl, T, s, V, R_end, w):
    """Newton's correction of the terminal current, after the forward sweep of both right-hand sides.

    T: temperatures that the stage begins with; V: terminal voltage; R_end: resistance between it and the last phi_s.
    """
    n, I, B = sys.volume.size, views(sys, s).cell.I, w.block
    which = plating(sys, s, w)[1]
    rest, rise = held(sys, hg, ctl, T, s, V, w) - ctl.target, 0.0
    x0, x1, x2, z0, z1, z2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n - 1, -1, -1):
        x0, x1, x2 = before(B, i, B[i, 0, RIGHT], B[i, 1, RIGHT], B[i, 2, RIGHT], x0, x1, x2)
        z0, z1, z2 = before(B, i, B[i, 0, RIGHT + 1], B[i, 1, RIGHT + 1], B[i, 2, RIGHT + 1], z0, z1, z2)
        several = sys.counts.kinds > 1 and sys.volume[i].particle >= 0
        for k in range(sys.volume[i].kinds if several else 1):
            by_e, by_s, by_j = slopes(sys, hg, ctl, s, w, which, i, k)
            if k == 0:
                rest += by_e * x1 + by_s * x2
                rise += by_e * z1 + by_s * z2
            if sys.volume[i].area > 0.0:
                local = w.kind[k, i] if several else w.local[i]
                rest += by_j * (local.defect + local.gain * (x2 - x1 - local.v_ce * x0))
                rise += by_j * local.gain * (z2 - z1 - local.v_ce * z0)
                if sys.hysteresis.size > 0:
                    rise -= by_j * local.gain * w.lag[k, i].by_I
        if sys.counts.layers > 0 and ctl.mode != PLATING and sys.volume[i].area > 0.0:  # the power that it takes up
            now = w.layer[0, i]
            take = warming(sys, hg) * sys.volume[i].area * (charged(now) + now.per_j * now.j)
            rest -= take * (now.defect + now.per_v * (x2 - x1))
            rise -= take * now.per_v * (z2 - z1)
        if i == n - 1 and ctl.mode != PLATING:
            several = sys.counts.temperatures > 1
            scale = (warming_surface(sys, hg, w) if several else warming(sys, hg)) * (1.0 - ctl.own)
            rest -= scale * I * x2
            rise -= scale * (V + I * (z2 - R_end))
    return -rest / rise
