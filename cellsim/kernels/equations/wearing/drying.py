"""Electrolyte that the SEI uses up: from a reservoir first, then from the pores, part of which then dries.

The reservoir is global: one volume and its salt, which follow what is used into the pores.  Where pores have dried, no
current flows in electrolyte or through surfaces, the same share of all volumes; salt stays in what is wetted, and
material with what lithium it holds is cut off, as lost active material, see `ageing`.
"""

from ....physics.ageing.drying import reservoir_left, wetted_share
from ....physics.constants import F
from ....support.compile import inner
from ...layout import views

LEAST = 0.05  # of the pores that is always reckoned as wetted


@inner
def pores(sys, y):
    """Volume of the pores per electrode area, wetted or not [m]."""
    total = 0.0
    for i in range(sys.volume.size):
        total += sys.volume[i].eps * sys.volume[i].dx
    return total / y.wetted[0]


@inner
def wetted(sys, y, room):
    """Share of the pores, of a volume [m], that would be wetted now; no pore is wetted again."""
    share = wetted_share(y.solvent[0], sys.ageing[0].reservoir, room)[0]
    return min(max(share, LEAST), 1.0 - y.receding[0])


@inner
def book(sys, hg, past, y, w):
    """Electrolyte used at the end of a stage; returns what share dries of the active material that is still wetted."""
    used, room = 0.0, 0.0
    for i in range(sys.volume.size):
        v = sys.volume[i]
        room += v.eps * v.dx
        for k in range(v.kinds):
            now, grain = w.side[k, i], sys.grain[v.particle + k]
            used -= hg * v.area * grain.share * sys.ageing[grain.sweep].solvent / F * (now.sei + now.rough * now.cr)
    y.solvent[0] = past.solvent[0] + used
    dries = 0.0
    if y.reserve[0] <= 0.0 and past.receding[0] < 1.0 - LEAST:
        dries = used * y.wetted[0] / room
    y.receding[0] = past.receding[0] + dries
    return dries / (1.0 - past.receding[0])


@inner
def changed(sys, y):
    """Change of the reservoir over the pores, and of what is wetted, since they were renewed."""
    room = pores(sys, y)
    left = reservoir_left(y.solvent[0], sys.ageing[0].reservoir)[0]
    return max(abs(y.reserve[0] - left) / room, abs(wetted(sys, y, room) / y.wetted[0] - 1.0))


@inner
def renew(sys, y):
    """Reckon with the electrolyte as it is; returns what share of the wetted active material has dried unbooked."""
    room = pores(sys, y)
    left, share = reservoir_left(y.solvent[0], sys.ageing[0].reservoir)[0], wetted(sys, y, room)
    brought = 0.0
    if left < y.reserve[0]:
        brought = y.reserve_salt[0] * (1.0 - left / y.reserve[0])
    if left != y.reserve[0] or share != y.wetted[0]:
        for i in range(sys.volume.size):
            y.c_e[i] = (y.c_e[i] + brought / (room * y.wetted[0])) * (y.wetted[0] / share)
    leave(sys, y, 1.0 - share / y.wetted[0])
    late = max(1.0 - share - y.receding[0], 0.0) / (1.0 - y.receding[0])
    y.reserve_salt[0] -= brought
    y.reserve[0], y.wetted[0], y.receding[0] = left, share, 1.0 - share
    return late


@inner
def leave(sys, y, share):
    """Leave a share of the wetted SEI where it has dried."""
    for at in range(y.dried.size):
        if sys.counts.sei > 0:
            y.dried[at] += share * (y.sei[at] - y.dried[at])
        if sys.counts.sei_on_cracks > 0:
            y.dried_on_cracks[at] += share * (y.sei_on_cracks[at] - y.dried_on_cracks[at])


@inner
def shape(sys, s, w):
    """Bring the electrolyte of all volumes to what state s reckons with."""
    y, n = views(sys, s), sys.volume.size
    share = y.wetted[0]
    for i in range(n):
        fresh, v = w.geometry[0, i], sys.volume[i]
        if v.particle < 0 or sys.counts.clogging == 0:
            v.eps, v.tau, v.left, v.right = fresh.eps, fresh.tau, fresh.left, fresh.right
        v.eps, v.tau, v.left, v.right = v.eps * share, v.tau * share, v.left / share, v.right / share
        if v.particle < 0:
            v.area = fresh.area * share
    for i in range(n - 1):
        sys.volume[i].across = 1.0 / (sys.volume[i].right + sys.volume[i + 1].left)
