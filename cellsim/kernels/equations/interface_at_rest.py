"""The laws of a cell at rest: what its linearised equations need, from the same tables and terms as a run.

Of a cell that ages with the geometry, the films and the side reactions of a state; what these make of the cell while
it rests is no part of a linearised answer.
"""

import numpy as np

from ...numerics.table import evaluate
from ...physics.constants import F
from ...physics.kinetics import end_potential
from ...support.compile import inner, kernel
from ..layout import CHI, CONDUCTIVITY, DIFFUSION, LAWS_PER_SIDE, OCP, SALT_DIFFUSION, SHAPE_C, SHAPE_X, T_PLUS
from ..records import BRANCH_LAWS, BY_REACTION, HALF, ON_DELITHIATION, ON_LITHIATION, SHIFT
from ..reference import by_reference
from . import side_reactions
from .ageing import aged_system, foresee
from .electrode.charge_transfer import charge_transfer
from .wearing.geometry import as_made


@kernel
def salt_at_rest(sys, c):
    """D_e [m2/s], kappa [S/m], chi [V] and t_plus at a salt concentration c."""
    root, salt = np.sqrt(c), sys.laws.salt
    return (
        0.5 / root * evaluate(salt, SALT_DIFFUSION, root)[1],
        evaluate(salt, CONDUCTIVITY, root)[0],
        evaluate(salt, CHI, root)[0],
        evaluate(salt, T_PLUS, root)[0],
    )


@inner
def interface(sys, i, k, x, c):
    """Of kind k in volume i at stoichiometry x and salt concentration c: resistances of charge transfer and film
    [Ohm m2], open-circuit potential [V], its slope dU/dx [V], D_s [m2/s].
    """
    v = sys.volume[i]
    material, i_ref, R_f, scale = v.side, v.i_ref, v.R_f, 1.0
    if v.particle >= 0:
        grain = sys.grain[v.particle + k]
        scale = grain.D
        if sys.counts.kinds > 1:
            material, i_ref, R_f = grain.material, grain.i_ref, grain.R_f
    first = LAWS_PER_SIDE * material
    f, _ = evaluate(sys.laws.solid, first + SHAPE_X, x)
    g, _ = evaluate(sys.laws.salt, SHAPE_C + material, np.sqrt(c))
    U, slope = evaluate(sys.laws.solid, first + OCP, x)
    r = c / sys.c_ref
    _, transfer, _, _, _ = charge_transfer(sys.kinetics, material, 0.0, x, U, slope, i_ref, f, 0.0, r, g, 0.0, sys.T)
    end, steeper = end_potential(x)
    return transfer, R_f, U + end, slope + steeper, evaluate(sys.laws.solid, first + DIFFUSION, x)[1] * scale


@kernel
def interface_at_rest(sys, i, k, x, c):
    """Of the same: resistance without particle [Ohm m2], dU/dx [V], D_s [m2/s]."""
    transfer, film, _, slope, D = interface(sys, i, k, x, c)
    return transfer + film, slope, D


@inner
def hysteresis(sys, p, x, h):
    """Of particle p at stoichiometry x and state h of hysteresis: what it adds to U and to dU/dx [V];  rise of the
    potential per charge that oscillates [Ohm m2/s].

    Of a reaction current that oscillates about none, dh/dt = rate (j - |j| h) has half of either direction's rate.
    """
    grain = sys.grain[p]
    first = BRANCH_LAWS * grain.material
    half, half_x = evaluate(sys.laws.branches, first + HALF, x)
    shift, shift_x = evaluate(sys.laws.branches, first + SHIFT, x)
    on_lithiation, _ = evaluate(sys.laws.branches, first + ON_LITHIATION, x)
    on_delithiation, _ = evaluate(sys.laws.branches, first + ON_DELITHIATION, x)
    decay = 0.5 * (on_delithiation * (1.0 - h) + on_lithiation * (1.0 + h))
    return shift + h * half, shift_x + h * half_x, half * decay * 1.5 * grain.rate / grain.R_p


@kernel
def hysteresis_at_rest(sys, p, x, h):
    """Of the same what hysteresis adds to dU/dx, and the rise of the potential."""
    _, steeper, lag = hysteresis(sys, p, x, h)
    return steeper, lag


@kernel
def aged_at_rest(sys, s, x, h, c, w, out):
    """Every kind of particle in every volume of a cell that ages into out (kinds, volumes) REST, and into w the
    geometry, at state s (N,), stoichiometries x (particles,), states h (2,) of hysteresis and salt concentration c.
    """
    w = by_reference(w)
    worn = aged_system(by_reference(sys), s, w)
    foresee(worn, 0.0, s, s, w)
    for i in range(worn.volume.size):
        v = worn.volume[i]
        for k in range(v.kinds):
            p, here, now = v.particle + k, out[k, i], w.side[k, i]
            here.transfer, here.film, U, here.slope, here.D = interface(worn, i, k, x[p], c)
            if worn.hysteresis.size > 0 and worn.hysteresis[worn.grain[p].material].model == BY_REACTION:
                more, steeper, here.lag = hysteresis(worn, p, x[p], h[v.side])
                U, here.slope = U + more, here.slope + steeper
            a = worn.ageing[worn.grain[p].sweep]
            here.out = worn.volume[i].area * worn.grain[p].share / (F * v.dx * as_made(worn, i, k, w))
            side_reactions.at_rest(a, now, here, U, c, worn.T)
