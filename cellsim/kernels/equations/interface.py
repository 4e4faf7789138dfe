"""Local unknowns: the reaction current of one volume, with its particle eliminated."""

from ...numerics.table import blend, locate, read
from ...physics.kinetics import end_potential, exchange_current, overpotential
from ...support.compile import inner, part
from ..layout import LAWS_PER_SIDE, OCP, SHAPE_C, SHAPE_X

EDGE = 1e-9  # surface stoichiometries are kept this far from 0 and 1 where i0 is evaluated


@inner
def walled(U, dU, x):
    """An open-circuit potential and its slope with what keeps x between 0 and 1."""
    end, d_end = end_potential(x)
    return U + end, dU + d_end


@inner
def within_edges(i_ref, x, f, df, r, g, dg):
    """As `exchange_current`, x kept off 0 and 1; constant in x beyond."""
    i0, i0_x, i0_r = exchange_current(i_ref, min(max(x, EDGE), 1.0 - EDGE), f, df, r, g, dg)
    return i0, i0_x if EDGE < x < 1.0 - EDGE else 0.0, i0_r


@inner
def open_circuit(table, by, material, x, at):
    """Open-circuit potential of a material at a surface stoichiometry x, found `at` in its table;  d/dx."""
    U, dU = blend(table, LAWS_PER_SIDE * material + OCP, at, by)
    return walled(U, dU, x)


@part
def reaction(laws, by_solid, by_salt, T, material, i_ref, R_f, c_ref, j, alpha, beta, c_e, root, place):
    """Interface voltage U + eta + R_f j [V] at reaction current j;  d/dj, d/dc_e;  exchange-current density [A/m2].

    The surface stoichiometry is alpha + beta j; root and place are those of c_e in its table.
    """
    first = LAWS_PER_SIDE * material
    x = alpha + beta * j
    at = locate(laws.solid, x)
    if laws.solid.c.shape[1] == by_solid.shape[0]:  # as in porous.electrolyte
        U, dU = read(laws.solid, first + OCP, at)
        f, df = read(laws.solid, first + SHAPE_X, at)
        g, dg = read(laws.salt, SHAPE_C + material, place)
    else:
        U, dU = blend(laws.solid, first + OCP, at, by_solid)
        f, df = blend(laws.solid, first + SHAPE_X, at, by_solid)
        g, dg = blend(laws.salt, SHAPE_C + material, place, by_salt)
    U, dU = walled(U, dU, x)
    i0, i0_x, i0_r = within_edges(i_ref, x, f, df, c_e / c_ref, g, 0.5 * dg / root * c_ref)
    eta, eta_j, eta_i0 = overpotential(j, i0, T)
    return (U + eta + R_f * j, dU * beta + eta_j + eta_i0 * i0_x * beta + R_f, eta_i0 * i0_r / c_ref, i0)
