"""Temperatures from core to surface: a chain of nodes that conduct heat to each other and lose it to the surroundings.

Node k has a share of the cell's heat capacity and of the heat made in it, a conductance to the next node outwards and
one to the surroundings; the last one is the surface, where a heater heats.  The first temperature of a state is the
mean by these shares, the nodes follow.  The chain is linear with constant coefficients and meets the cell in two
numbers, heat made and mean temperature: it is eliminated at the end of a stage (Thomas algorithm), for the rates of
change of the nodes at the end of the stage, which are defined at its beginning (hg = 0), too.
"""

import numpy as np

from ....support.compile import inner, part


@part
def eliminated(sys, hg, w):
    """The rates r of (C + hg L) r = f in place of f, both in w.rise[1] by node; L: conductances of the chain."""
    n, rise, inwards = sys.heat.chain.size, w.rise, 0.0
    for k in range(n):
        node = sys.heat.chain[k]
        outwards = hg * node.link
        pivot = sys.heat.capacity * node.share + hg * node.loss + outwards
        if k > 0:
            pivot += inwards * (1.0 - rise[0, k - 1])
            rise[1, k] += inwards * rise[1, k - 1]
        rise[0, k], rise[1, k] = outwards / pivot, rise[1, k] / pivot
        inwards = outwards
    for k in range(n - 2, -1, -1):
        rise[1, k] += rise[0, k] * rise[1, k + 1]


@inner
def rates(sys, hg, T, gain, heater, T_around, w):
    """Rates of change of the nodes at the end of a stage [K/s], into w.rise[1].

    T: temperatures that the stage begins with, the mean first; gain, heater [W/m2]: heat made all over the cell, and
    put in at its surface; T_around [K]: of the surroundings.
    """
    n, inflow = sys.heat.chain.size, 0.0
    for k in range(n):
        node, now = sys.heat.chain[k], T[k + 1]
        outflow = node.link * (now - T[k + 2]) if k + 1 < n else 0.0
        w.rise[1, k] = node.share * gain + node.loss * (T_around - now) + inflow - outflow
        inflow = outflow
    w.rise[1, n - 1] += heater
    eliminated(sys, hg, w)


@inner
def surface_per_gain(sys, hg, w):
    """Rate of change of the surface at the end of a stage per heat made all over the cell [K m2/J]."""
    n = sys.heat.chain.size
    for k in range(n):
        w.rise[1, k] = sys.heat.chain[k].share
    eliminated(sys, hg, w)
    return w.rise[1, n - 1]


@inner
def conducted(sys, hg, past, now, gain, heater, T_around, w):
    """The temperatures `now` at the end of a stage, the mean first; returns heat lost in it over hg [W/m2]."""
    rates(sys, hg, past, gain, heater, T_around, w)
    mean, lost = 0.0, 0.0
    for k in range(sys.heat.chain.size):
        node = sys.heat.chain[k]
        now[k + 1] = past[k + 1] + hg * w.rise[1, k]
        mean += node.share * now[k + 1]
        lost += node.loss * (now[k + 1] - T_around)
    now[0] = mean
    return lost


@inner
def hottest(T):
    """The highest of several temperatures, the first being their mean."""
    most = -np.inf
    for k in range(1, T.size):
        most = max(most, T[k])
    return most


@inner
def largest_error(T):
    """The largest of the errors of all temperatures [K]."""
    most = 0.0
    for k in range(T.size):
        most = max(most, abs(T[k]))
    return most


@inner
def margin(ctl, T):
    """Kelvin to a limit of the surface, of the hottest place, or of the laws, which see the mean."""
    seen, mean = T[T.size - 1], T[0]
    least = min(ctl.T_hi - seen, seen - ctl.T_lo)
    return min(min(least, ctl.T_top - hottest(T)), min(ctl.warmest - mean, mean - ctl.coldest))
