"""Fickian diffusion in a sphere, solved implicitly and eliminated from the cell problem.

The stoichiometry x (shells,) obeys dx/dt = (1/R2 r2) d/dr(r2 D(x) dx/dr) in the unit sphere, with
the outward flux -D dx/dr = R rate j at its surface.  One implicit step x = x_hat + hg dx/dt is a
tridiagonal system whose solution is linear in the reaction current.  That enters the last shell, which is
the surface: eliminated from the centre outwards, it is alpha + beta j, and every other one

    x[q] = inside[0, q] + inside[1, q] x[q + 1].

Fluxes are differences of W(x), the integral of D (Kirchhoff's transformation), so that a law DIFFUSION
has W as its value and D as its slope, both in the scale of the grain; what makes them up at the temperature at
hand is in `by`, the weights of all laws.  However steep D is, W rises: the system is an M-matrix at every iterate,
and a surface stoichiometry exists for every current.

Rows add up to the volumes of their shells, so that what is left of a pivot without the outward part is carried along
as a sum of positive numbers (Grassmann, Taksar and Heyman, Oper. Res. 33 (1985) 1107).  As the difference of pivot
and elimination it would be lost to rounding, and lithium with it, where thin shells meet long steps.
"""

from ...numerics.table import blend, locate, look_up
from ...support.compile import inner


@inner
def factorise(sys, p, law, by, hg, sweep):
    """Elimination for constant D, shared by all particles like p, into sweep (3, shells + 1); returns beta.

    The last column keeps what it was for and beta: mostly nothing has changed.
    """
    m, grain = sys.shell.size, sys.grain[p]
    _, D = blend(sys.laws.solid, law, locate(sys.laws.solid, 0.5), by)
    k = hg * grain.D * D / (grain.R_p * grain.R_p)
    if k == sweep[0, m] and hg > 0.0:
        return sweep[1, m]
    below, s, rest = 0.0, 0.0, 0.0
    for i in range(m):
        above = k * sys.shell[i].link
        rest = sys.shell[i].volume + below * rest * s
        s = 1.0 / (rest + above)
        sweep[0, i], sweep[1, i], sweep[2, i] = s * sys.shell[i].volume, s * below, s * above
        below = above
    sweep[0, m], sweep[1, m] = k, -s * hg * grain.rate / grain.R_p
    return sweep[1, m]


@inner
def substitute(x_hat, sweep, inside):
    """Fill inside (2, shells) of a particle with constant D; returns alpha."""
    a = 0.0
    for i in range(x_hat.size):
        a = sweep[0, i] * x_hat[i] + sweep[1, i] * a
        inside[0, i], inside[1, i] = a, sweep[2, i]
    return a


@inner
def respond(sys, p, law, by, x_hat, x, hg, inside):
    """The same for D(x), linearised at x: fills inside (2, shells), returns alpha and beta.

    The outward flow through the face above shell i is p x[i] + n x[i + 1] + e, linearised.
    """
    m = x.size
    grain = sys.grain[p]
    k = hg * grain.D / (grain.R_p * grain.R_p)
    p_in, n_in, e_in, alpha, s, rest = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    W, D = look_up(sys.laws.solid, law, locate(sys.laws.solid, x[0]), by)
    for i in range(m):
        p_out, n_out, e_out = 0.0, 0.0, 0.0
        if i < m - 1:
            link = k * sys.shell[i].link
            W_out, D_out = look_up(sys.laws.solid, law, locate(sys.laws.solid, x[i + 1]), by)
            p_out, n_out = link * D, -link * D_out
            e_out = link * (W - W_out) - p_out * x[i] - n_out * x[i + 1]
            W, D = W_out, D_out
        rest = sys.shell[i].volume - n_in * rest * s
        s = 1.0 / (rest + p_out)
        alpha = s * (sys.shell[i].volume * x_hat[i] - e_out + e_in + p_in * alpha)
        inside[0, i], inside[1, i] = alpha, -s * n_out
        p_in, n_in, e_in = p_out, n_out, e_out
    return alpha, -s * hg * grain.rate / grain.R_p


@inner
def fill(inside, last, x):
    """The particle x (shells,) whose last shell is `last`; returns the largest change."""
    m = x.size
    change = abs(last - x[m - 1])
    x[m - 1] = last
    for q in range(m - 2, -1, -1):
        last = inside[0, q] + inside[1, q] * last
        change = max(change, abs(last - x[q]))
        x[q] = last
    return change
