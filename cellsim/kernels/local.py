"""Local unknowns: the reaction current of one volume, with its particle eliminated."""
from .._jit import inner
from ..numerics.table import locate, read
from ..physics.kinetics import end_potential, exchange_current, overpotential
from .system import LAWS_PER_SIDE, OCP, SHAPE_C, SHAPE_X

EDGE = 1e-9  # surface stoichiometries are kept this far from 0 and 1 where i0 is evaluated


@inner
def open_circuit(laws, side, x, at):
    """Open-circuit potential of one electrode at a surface stoichiometry x, found `at` in its table;  d/dx."""
    U, dU = read(laws.solid, LAWS_PER_SIDE * side + OCP, at)
    end, d_end = end_potential(x)
    return U + end, dU + d_end


@inner
def reaction(laws, side, i_ref, R_f, c_ref, T, j, alpha, beta, c_e, root, place):
    """Interface voltage U + eta + R_f j [V] at reaction current j;  d/dj, d/dc_e.

    The surface stoichiometry is alpha + beta j; root and place are those of c_e in its table.
    """
    first = LAWS_PER_SIDE * side
    x = alpha + beta * j
    at = locate(laws.solid, x)
    U, dU = open_circuit(laws, side, x, at)
    f, df = read(laws.solid, first + SHAPE_X, at)
    g, dg = read(laws.salt, SHAPE_C + side, place)
    inside = EDGE < x < 1.0 - EDGE
    x = min(max(x, EDGE), 1.0 - EDGE)
    i0, i0_x, i0_r = exchange_current(i_ref, x, f, df, c_e / c_ref, g, 0.5 * dg / root * c_ref)
    if not inside:
        i0_x = 0.0
    eta, eta_j, eta_i0 = overpotential(j, i0, T)
    return (U + eta + R_f * j, dU * beta + eta_j + eta_i0 * i0_x * beta + R_f, eta_i0 * i0_r / c_ref)
