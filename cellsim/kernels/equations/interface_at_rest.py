"""The laws of a cell at rest: what its linearised equations need, from the same tables and terms as a run."""

import numpy as np

from ...numerics.table import evaluate
from ...physics.kinetics import end_potential, overpotential
from ...support.compile import kernel
from ..layout import CHI, CONDUCTIVITY, DIFFUSION, LAWS_PER_SIDE, OCP, SALT_DIFFUSION, SHAPE_C, SHAPE_X
from .interface import within_edges


@kernel
def salt_at_rest(sys):
    """D_e [m2/s], kappa [S/m] and chi [V] at the reference concentration of the salt."""
    root, salt = np.sqrt(sys.c_ref), sys.laws.salt
    return (
        0.5 / root * evaluate(salt, SALT_DIFFUSION, root)[1],
        evaluate(salt, CONDUCTIVITY, root)[0],
        evaluate(salt, CHI, root)[0],
    )


@kernel
def interface_at_rest(sys, i, k, x):
    """Of kind k in volume i at stoichiometry x: resistance without particle [Ohm m2], dU/dx [V], D_s [m2/s]."""
    v = sys.volume[i]
    material, i_ref, R_f, scale = v.side, v.i_ref, v.R_f, 1.0
    if v.particle >= 0:
        grain = sys.grain[v.particle + k]
        scale = grain.D
        if sys.counts.kinds > 1:
            material, i_ref, R_f = grain.material, grain.i_ref, grain.R_f
    first = LAWS_PER_SIDE * material
    f, _ = evaluate(sys.laws.solid, first + SHAPE_X, x)
    g, _ = evaluate(sys.laws.salt, SHAPE_C + material, np.sqrt(sys.c_ref))
    i0, _, _ = within_edges(i_ref, x, f, 0.0, 1.0, g, 0.0)
    _, slope = evaluate(sys.laws.solid, first + OCP, x)
    D = evaluate(sys.laws.solid, first + DIFFUSION, x)[1] * scale
    return overpotential(0.0, i0, sys.T)[1] + R_f, slope + end_potential(x)[1], D
