"""What is stored of a step along a profile, so that the voltage is right at every row and linear between rows.

Particles and salt of a step lie on a parabola within the tolerance.  The voltage does not, where it falls steeply: it
is found from them at every row, and of rows there are as many as it bends.
"""

import numpy as np

from ...support.compile import inner, part
from ..layout import aimed, copy, keep_salt_between, views
from .events import TOL
from .stage import solve, voltage

GAMMA = 2.0 - np.sqrt(2.0)  # where in a step the first stage lies
Y, RATE, MIDDLE, AHEAD, RATE_AHEAD, KNOWN, ERROR, ROWS_KEPT = 0, 1, 2, 3, 4, 5, 6, 7  # rows of the memory of `tr_bdf2`
MOST_PARTS = 64  # into which a step is divided by rows


@inner
def target(knots, t, k):
    """Value at time t of the piece that begins at knot k."""
    share = (t - knots[k, 0]) / (knots[k + 1, 0] - knots[k, 0])
    return knots[k, 1] + share * (knots[k + 1, 1] - knots[k, 1])


@part
def within(sys, ctl, m, z, w, rtol, out):
    """The state at z of the way through the step just taken: particles and salt on the parabola through both ends and
    the first stage, on which a linear current stays linear, and potentials and currents that belong to them under ctl.

    Salt that is nearly gone is on the line to the next of the three states.
    """
    a, b = (z - GAMMA) * (z - 1.0) / GAMMA, z * (z - 1.0) / (GAMMA * (GAMMA - 1.0))
    c = z * (z - GAMMA) / (1.0 - GAMMA)
    for i in range(m.shape[1]):
        m[KNOWN, i] = a * m[Y, i] + b * m[MIDDLE, i] + c * m[AHEAD, i]
    before, after, share = (Y, MIDDLE, z / GAMMA - 1.0) if z < GAMMA else (MIDDLE, AHEAD, (z - 1.0) / (1.0 - GAMMA))
    had, has, rise = views(sys, m[before]).c_e, views(sys, m[after]).c_e, views(sys, m[ERROR]).c_e
    for i in range(rise.size):
        rise[i] = has[i] - had[i]
    keep_salt_between(sys, m[KNOWN], m[after], m[ERROR], share)
    copy(m[KNOWN], out)
    if sys.counts.layers > 0:  # potentials change as evenly as the charge of double layers
        return
    if solve(sys, 0.0, ctl, m[KNOWN], out, w, rtol, 1e-4 * TOL) == 0:
        copy(m[KNOWN], out)


@part
def bends(sys, m, rtol):
    """Into how many parts a step is divided by its rows, so that the voltage is linear between them within rtol x 1 V.

    A voltage is bent more than the particles and the salt that decide the length of a step.
    """
    V, last = voltage(sys, m[Y]), voltage(sys, m[AHEAD])
    off = abs(voltage(sys, m[MIDDLE]) - V - GAMMA * (last - V)) / rtol
    return 1 if off < 1.0 else int(min(2.0 * np.ceil(np.sqrt(off)), MOST_PARTS))


@part
def record(sys, ctl, knots, k, m, t, h, end, parts, every, w, rtol, out_t, out_s, rows):
    """Append the state at the end of the step, before it those at multiples of `every` [s], if that is above 0, or else
    at the ends of as many equal parts."""
    if every > 0.0:
        n = np.floor(t / every + 1e-9) + 1.0
        while n * every < end - 1e-9 * every:
            when = n * every
            out_t[rows] = when
            within(sys, aimed(ctl, ctl.mode, target(knots, when, k)), m, (when - t) / h, w, rtol, out_s[rows])
            rows += 1
            n += 1.0
    else:
        for n in range(1, parts):
            z = n / parts
            out_t[rows] = t + z * h
            within(sys, aimed(ctl, ctl.mode, target(knots, t + z * h, k)), m, z, w, rtol, out_s[rows])
            rows += 1
    out_t[rows] = end
    copy(m[AHEAD], out_s[rows])
    return rows + 1
