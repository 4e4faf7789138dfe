"""Hysteresis of open-circuit potentials.  Each term returns its value and its partial derivatives as listed.

Between the branches of delithiation and lithiation an electrode is at a state h from -1 (lithiation) to 1:
U = mean + h half, of both branches their mean and half their difference.
"""

import numpy as np

from ..support.compile import inner

SHARPNESS = 100.0  # m2/A, of the law that follows the current


@inner
def following_current(I):
    """h = tanh(I / 0.01 A/m2) at a delithiation current I per electrode area [A/m2];  d/dI.

    An electrode on the branch that the current's sign asks for, midway at rest: the "current sigmoid" of Ai et al.,
    J. Power Sources 527 (2022) 231142, with the sharpness of PyBaMM.
    """
    u = SHARPNESS * I
    if abs(u.real) > 20.0:  # 1 to the last bit
        return (1.0 if u.real > 0.0 else -1.0) + 0.0 * u, 0.0 * u
    h = np.tanh(u)
    return h, SHARPNESS * (1.0 - h * h)


@inner
def decayed(known, q, j):
    """h at the end of an implicit stage, from dh/dt = rate (j - |j| h) [1/s] at its end;  d/dj, d/dq.

    known: h before, q [m2/A]: time times rate, half the decay rate times the change of the mean stoichiometry per
    reaction current.  Between -1 and 1 if `known` is.  In exact time h approaches the sign of j, by a factor e over a
    change 2 / decay rate of the stoichiometry: Axen et al., J. Energy Storage 48 (2022) 103985; Wycisk et al.,
    J. Energy Storage 52 (2022) 105016.
    """
    s = -1.0 if j.real < 0.0 else 1.0
    less = 1.0 / (1.0 + q * s * j)
    h = (known + q * j) * less
    return h, q * less * (1.0 - s * h), j * less * (1.0 - s * h)


@inner
def between_branches(h, shift, shift_x, half, half_x):
    """U - U_eq = shift + h half [V] at a state h;  d/dx, d/dh.

    shift: mean of both branches less the equilibrium potential; half: half their difference; of both the slopes, too.
    """
    return shift + h * half, shift_x + h * half_x, half
