"""Fickian diffusion in a sphere, solved implicitly and eliminated from the cell problem.

The stoichiometry x (shells,) obeys dx/dt = (1/R2 r2) d/dr(r2 D(x) dx/dr) in the unit sphere, with
the outward flux -D dx/dr = R rate j at its surface.  One implicit step x = x_hat + hg dx/dt is a
tridiagonal system whose solution is linear in the reaction current: x = alpha + beta j.

Fluxes are differences of W(x), the integral of D (Kirchhoff's transformation), so that a law DIFFUSION
has W as its value and D as its slope.  However steep D is, W rises: the system is an M-matrix at
every iterate, and a surface stoichiometry exists for every current.
"""
from .._jit import inner
from ..numerics.table import evaluate, invert


@inner
def surface(sys, p, law, last, j):
    """Stoichiometry at the surface of particle p, from its last shell's, across the last half shell."""
    grain = sys.grain[p]
    W, D = evaluate(sys.laws, law, last)
    drop = grain.rate * grain.R_p * sys.half * j
    if grain.varies == 0:
        return last - drop / D
    return invert(sys.laws, law, W - drop, last)


@inner
def factorise(sys, p, law, hg, sweep, beta):
    """Elimination for constant D, shared by all particles like p: sweep (3, shells), and beta."""
    m = beta.size
    grain = sys.grain[p]
    _, D = evaluate(sys.laws, law, 0.5)
    k = hg * D / (grain.R_p * grain.R_p)
    below = 0.0
    for i in range(m):
        above = k * sys.shell[i].link
        pivot = sys.shell[i].volume + above + below
        b = -hg * grain.rate / grain.R_p if i == m - 1 else 0.0
        if i > 0:
            pivot -= below * sweep[2, i - 1]
            b += below * beta[i - 1]
        s = 1.0 / pivot
        sweep[0, i], sweep[1, i], sweep[2, i] = s * sys.shell[i].volume, s * below, s * above
        beta[i] = s * b
        below = above
    for i in range(m - 2, -1, -1):
        beta[i] += sweep[2, i] * beta[i + 1]
    return beta[m - 1] - grain.rate * grain.R_p * sys.half / D


@inner
def substitute(x_hat, sweep, alpha):
    """alpha (shells,) of a particle with constant D; returns its value at the surface."""
    m = x_hat.size
    a = 0.0
    for i in range(m):
        a = sweep[0, i] * x_hat[i] + sweep[1, i] * a
        alpha[i] = a
    for i in range(m - 2, -1, -1):
        alpha[i] += sweep[2, i] * alpha[i + 1]
    return alpha[m - 1]


@inner
def respond(sys, p, law, x_hat, x, j, hg, response, scratch):
    """The same for D(x), linearised at (x, j): fills response (2, shells) with alpha and beta.

    Returns the same two numbers for the stoichiometry at the surface.  The outward flow through
    the face above shell i is p x[i] + n x[i + 1] + e, linearised.
    """
    m = x.size
    grain = sys.grain[p]
    alpha, beta = response[0], response[1]
    k = hg / (grain.R_p * grain.R_p)
    q = grain.rate * grain.R_p
    p_in, n_in, e_in = 0.0, 0.0, 0.0
    W, D = evaluate(sys.laws, law, x[0])
    for i in range(m):
        p_out, n_out, e_out, b = 0.0, 0.0, 0.0, -k * q
        if i < m - 1:
            link = k * sys.shell[i].link
            W_out, D_out = evaluate(sys.laws, law, x[i + 1])
            p_out, n_out, b = link * D, -link * D_out, 0.0
            e_out = link * (W - W_out) - p_out * x[i] - n_out * x[i + 1]
            W, D = W_out, D_out
        pivot = sys.shell[i].volume + p_out - n_in
        a = sys.shell[i].volume * x_hat[i] - e_out + e_in
        if i > 0:
            pivot += p_in * scratch[i - 1]
            a += p_in * alpha[i - 1]
            b += p_in * beta[i - 1]
        s = 1.0 / pivot
        scratch[i], alpha[i], beta[i] = s * n_out, s * a, s * b
        p_in, n_in, e_in = p_out, n_out, e_out
    for i in range(m - 2, -1, -1):
        alpha[i] -= scratch[i] * alpha[i + 1]
        beta[i] -= scratch[i] * beta[i + 1]
    x_s = surface(sys, p, law, x[m - 1], j)
    _, D_s = evaluate(sys.laws, law, x_s)
    drop = q * sys.half / D_s
    return (x_s + D / D_s * (alpha[m - 1] - x[m - 1]) + drop * j, D / D_s * beta[m - 1] - drop)
