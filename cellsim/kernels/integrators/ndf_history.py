"""The history of a variable-order BDF: an array of backward differences of all unknowns.

Quasi-constant-step NDF formulas of orders 1 to 5: Shampine and Reichelt, SIAM J. Sci. Comput. 18
(1997) 1, but with plain backward Euler for order 1: at the start there is no difference of the past
to build upon, and what is passed by a constant current must be exact.  Algebraic unknowns are in
the history too, so that the predictor serves the whole of Newton's first guess.  Linear invariants
(lithium, salt, charge) are kept to rounding.
"""

from math import comb
from typing import Annotated, NamedTuple

import numpy as np

from ...numerics.fields import Field, declared, shape_of
from ...numerics.rows import sum_of_rows
from ...support.compile import inlined, inner, part
from ..equations import ageing
from ..equations.electrode.double_layer import error_of_layers
from ..equations.heat.network import largest_error
from ..equations.interface import error_of_hysteresis
from ..equations.lithium_metal import error_of
from ..layout import State, add, copy, keep_salt, views
from .stage import solve

MAX_ORDER = 5
FRESH = -1.0  # steps taken, before the step of the protocol has begun
KELVIN = 100.0  # an error of temperature by this much weighs as one of 1 V
RESET = 4  # failures after which the past is forgotten
SAFETY = 0.8  # of the step that the error estimate would allow
KAPPA = np.array([0.0, 0.0, -1.0 / 9.0, -0.0823, -0.0415, 0.0])
GAMMA = np.array([0.0, 1.0, 1.5, 11.0 / 6.0, 25.0 / 12.0, 137.0 / 60.0])
ALPHA = (1.0 - KAPPA) * GAMMA
# weights of the backward differences: in the part of a formula that is known, of each order, and in what is foreseen
KNOWN = np.vstack([np.ones(MAX_ORDER + 1), 1.0 - GAMMA / ALPHA[1:, None]])
AHEAD = np.ones(MAX_ORDER + 1)
# backward differences from those of the same step: of column k, (-1)^i over the binomial of k and i
EQUAL = np.array([[(-1.0) ** i * comb(k, i) for k in range(MAX_ORDER + 1)] for i in range(MAX_ORDER + 1)])
ERROR = KAPPA * GAMMA + 1.0 / np.arange(1, MAX_ORDER + 2)


class Memory(NamedTuple):
    """What the integrator remembers between calls."""

    D: Annotated[np.ndarray, Field("", "backward differences of the state", MAX_ORDER + 3, State)]
    head: Annotated[np.ndarray, Field("", "t [s], h [s], order, equal steps taken, steps, Newton iterations", 6)]
    ahead: Annotated[
        np.ndarray, Field("", "the step being tried: known part, solution, change from prediction", 3, State)
    ]
    shift: Annotated[np.ndarray, Field("", "scratch for a change of step", MAX_ORDER + 1, State)]
    change: Annotated[np.ndarray, Field("", "the same", 2, MAX_ORDER + 1, MAX_ORDER + 1)]


def remember(s, h) -> Memory:
    """Memory without a past at the consistent state s with first step h [s]."""
    mem = Memory(*(np.zeros(shape_of(d, {State: s.size})) for d in declared(Memory)))
    mem.D[0], mem.head[1], mem.head[2] = s, h, 1.0
    return mem


@part
def norm(sys, d, rtol, per_charge):
    """Largest root-mean-square of the local error in particles, salt, potentials, temperature, lithium, over rtol.

    per_charge [m2/C]: weight of an error of the charge passed, where the current is not given.
    """
    y = views(sys, d)
    x, c, phi_e, phi_s = y.x, y.c_e, y.phi_e, y.phi_s
    a, b, e, warmer = 0.0, 0.0, 0.0, (y.T[0] if sys.counts.temperatures == 1 else largest_error(y.T)) / KELVIN
    for i in range(x.size):
        a += x[i] ** 2
    for i in range(c.size):
        b += c[i] ** 2
        e += phi_e[i] ** 2 + phi_s[i] ** 2
    aged = ageing.error_of(sys, d) if sys.ageing.size > 0 else 0.0  # asked here: a call takes longer than the question
    lag = error_of_hysteresis(sys, d) if sys.hysteresis.size > 0 else 0.0
    if sys.counts.layers > 0:
        lag = max(lag, error_of_layers(sys, d))
    n, b, end = c.size, b / sys.c_ref**2, phi_s[c.size - 1]
    return (
        np.sqrt(
            max(
                a / max(x.size, 1),
                b / n,
                0.5 * e / n,
                end**2,
                warmer**2,
                error_of(sys, d) ** 2,
                aged**2,
                lag**2,
                (per_charge * y.cell.Q) ** 2,
            )
        )
        / rtol
    )


@inner
def rescale(mem, factor):
    """Backward differences for a step of factor * h, from those for a step of h."""
    order = int(mem.head[2])
    R, weights = mem.change[0], mem.change[1]
    R[0, :] = 1.0
    for i in range(1, order + 1):
        for k in range(1, order + 1):
            R[i, k] = R[i - 1, k] * (i - 1 - factor * k) / i
    for i in range(1, order + 1):
        copy(mem.D[i], mem.shift[i])
        for k in range(1, order + 1):
            weights[i, k] = 0.0
            for m in range(1, order + 1):
                weights[i, k] += R[k, m] * EQUAL[m, i]
    for i in range(1, order + 1):
        sum_of_rows(mem.shift, 1, order, weights[i], mem.D[i])
    mem.head[1] *= factor
    mem.head[3] = 0.0


@part
def runs_dry(sys, hat):
    """Whether the past that a formula of higher order relies on leaves a pore without salt; backward Euler does not."""
    c = views(sys, hat).c_e
    least = 1.0
    for i in range(c.size):
        least = min(least, c[i])
    return least <= 0.0


@part
def forget(mem, failed):
    """After several failures: go on by backward Euler, and in the end from the state as it is."""
    if failed > 1:
        mem.head[2] = 1.0
    if failed >= RESET:
        mem.D[1, :] = 0.0


@inlined
def attempt(sys, ctl, mem, w, rtol, tol):
    """Solve for the state one step ahead into mem.ahead; returns Newton iterations, or 0."""
    order = int(mem.head[2])
    hat, new, change = mem.ahead[0], mem.ahead[1], mem.ahead[2]
    sum_of_rows(mem.D, 0, order, KNOWN[order], hat)
    if order > 1 and runs_dry(sys, hat):
        order = 1
        mem.head[2], mem.head[3] = 1.0, 0.0
        copy(mem.D[0], hat)
    sum_of_rows(mem.D, 0, order, AHEAD, new)
    copy(new, change)
    keep_salt(sys, new, mem.D[0])
    n = solve(sys, mem.head[1] / ALPHA[order], ctl, hat, new, w, rtol, tol)
    for i in range(new.size):
        change[i] = new[i] - change[i]
    mem.head[5] += n
    return n


@part
def accept(mem):
    """Take the step just tried."""
    order = int(mem.head[2])
    D, change = mem.D, mem.ahead[2]
    for i in range(change.size):
        D[order + 2, i] = change[i] - D[order + 1, i]
        D[order + 1, i] = change[i]
    if order > 4:  # a line each: rows that a loop counts may overlap, as far as LLVM sees, and are added one by one
        add(1.0, D[6], D[5])
    if order > 3:
        add(1.0, D[5], D[4])
    if order > 2:
        add(1.0, D[4], D[3])
    if order > 1:
        add(1.0, D[3], D[2])
    add(1.0, D[2], D[1])
    copy(mem.ahead[1], D[0])
    mem.head[0] += mem.head[1]
    mem.head[3] += 1.0
    mem.head[4] += 1.0


@part
def choose_order(sys, mem, error, rtol, per_charge, highest):
    """After order + 1 equal steps, go on with whichever order allows the largest one."""
    order = int(mem.head[2])
    if mem.head[3] < order + 1:
        return
    best, factor = order, max(error, 1e-10) ** (-1.0 / (order + 1))
    if order > 1:
        lower = max(ERROR[order - 1] * norm(sys, mem.D[order], rtol, per_charge), 1e-10) ** (-1.0 / order)
        if lower > factor:
            best, factor = order - 1, lower
    if order < highest:
        higher = max(ERROR[order + 1] * norm(sys, mem.D[order + 2], rtol, per_charge), 1e-10) ** (-1.0 / (order + 2))
        if higher > factor:
            best, factor = order + 1, higher
    mem.head[2] = best
    rescale(mem, min(10.0, max(0.2, SAFETY * factor)))
