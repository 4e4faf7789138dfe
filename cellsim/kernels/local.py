"""Local unknowns: the reaction current of one volume, with its particle eliminated."""
from .._jit import inner
from ..numerics.table import blend, locate
from ..physics.kinetics import end_potential, exchange_current, overpotential
from .system import FILM, LAWS_PER_SIDE, OCP, RATE, SHAPE_C, SHAPE_X

EDGE = 1e-9  # surface stoichiometries are kept this far from 0 and 1 where i0 is evaluated


@inner
def open_circuit(sys, w, side, x, at):
    """Open-circuit potential of one electrode at a surface stoichiometry x, found `at` in its table;  d/dx."""
    U, dU = blend(sys.laws.solid, LAWS_PER_SIDE * side + OCP, at, w.by_solid)
    end, d_end = end_potential(x)
    return U + end, dU + d_end


@inner
def reaction(sys, w, side, i_ref, R_f, j, alpha, beta, c_e, root, place):
    """Interface voltage U + eta + R_f j [V] at reaction current j;  d/dj, d/dc_e.

    The surface stoichiometry is alpha + beta j; root and place are those of c_e in its table.
    """
    first = LAWS_PER_SIDE * side
    x = alpha + beta * j
    at = locate(sys.laws.solid, x)
    U, dU = open_circuit(sys, w, side, x, at)
    f, df = blend(sys.laws.solid, first + SHAPE_X, at, w.by_solid)
    g, dg = blend(sys.laws.salt, SHAPE_C + side, place, w.by_salt)
    inside = EDGE < x < 1.0 - EDGE
    x = min(max(x, EDGE), 1.0 - EDGE)
    i0, i0_x, i0_r = exchange_current(i_ref * w.rate[RATE + side], x, f, df, c_e / sys.c_ref, g,
                                      0.5 * dg / root * sys.c_ref)
    if not inside:
        i0_x = 0.0
    eta, eta_j, eta_i0 = overpotential(j, i0, w.at[0])
    R_f *= w.rate[FILM + side]
    return (U + eta + R_f * j, dU * beta + eta_j + eta_i0 * i0_x * beta + R_f, eta_i0 * i0_r / sys.c_ref)
