"""The laws of a cell at rest: what its linearised equations need, from the same tables and terms as a run."""

import numpy as np

from ...numerics.table import evaluate
from ...physics.kinetics import end_potential
from ...support.compile import kernel
from ..layout import CHI, CONDUCTIVITY, DIFFUSION, LAWS_PER_SIDE, OCP, SALT_DIFFUSION, SHAPE_C, SHAPE_X
from ..records import BRANCH_LAWS, HALF, ON_DELITHIATION, ON_LITHIATION, SHIFT
from .electrode.charge_transfer import charge_transfer


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
    U, slope = evaluate(sys.laws.solid, first + OCP, x)
    _, transfer, _, _, _ = charge_transfer(sys.kinetics, material, 0.0, x, U, slope, i_ref, f, 0.0, 1.0, g, 0.0, sys.T)
    D = evaluate(sys.laws.solid, first + DIFFUSION, x)[1] * scale
    return transfer + R_f, slope + end_potential(x)[1], D


@kernel
def hysteresis_at_rest(sys, p, x, h):
    """Of particle p at stoichiometry x and state h of hysteresis: what it adds to dU/dx [V];  rise of the potential per
    charge that oscillates [Ohm m2/s].

    Of a reaction current that oscillates about none, dh/dt = rate (j - |j| h) has half of either direction's rate.
    """
    grain = sys.grain[p]
    first = BRANCH_LAWS * grain.material
    half, half_x = evaluate(sys.laws.branches, first + HALF, x)
    _, shift_x = evaluate(sys.laws.branches, first + SHIFT, x)
    on_lithiation, _ = evaluate(sys.laws.branches, first + ON_LITHIATION, x)
    on_delithiation, _ = evaluate(sys.laws.branches, first + ON_DELITHIATION, x)
    decay = 0.5 * (on_delithiation * (1.0 - h) + on_lithiation * (1.0 + h))
    return shift_x + h * half_x, half * decay * 1.5 * grain.rate / grain.R_p
