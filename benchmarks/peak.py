"""What one core can do, measured by small loops compiled the way the kernels are.

Vector loops show the most the compiler gets out of the core; the dependent ones show the floor of a
sweep, where each result waits for the one before.
"""

import time

import numpy as np
from numba import njit

SIZE, DEGREE, STREAMS = 256, 16, 8


@njit(fastmath={"contract"})
def horner(x, y, times):
    """Two polynomials at every x: 4 DEGREE floating-point operations an element, hardly any loads."""
    for k in range(times):
        a = 1.0 + 1e-9 * k
        for i in range(x.size):
            p, q = x[i], a
            for _ in range(DEGREE):
                p = p * x[i] + a
                q = q * x[i] - a
            y[i] = p + q


@njit
def loads(x, y, times):
    """Sums over STREAMS rows of an array that stays in the first-level cache."""
    for k in range(times):
        for i in range(y.size):
            y[i] = k + ((x[0, i] + x[1, i]) + (x[2, i] + x[3, i])) + ((x[4, i] + x[5, i]) + (x[6, i] + x[7, i]))


@njit
def chain(x, y, times):
    """Multiply and add, each waiting for the last."""
    s = 0.0
    for _ in range(times):
        for i in range(x.size):
            s = s * x[i] + 0.5
            y[i] = s


@njit
def division_chain(x, y, times):
    """Divisions, each waiting for the last."""
    s = 1.0
    for _ in range(times):
        for i in range(x.size):
            s = 1.0 / (x[i] + s)
            y[i] = s


@njit
def divisions(x, y, times):
    """Independent divisions."""
    for k in range(times):
        for i in range(x.size):
            y[i] = (1.0 + k) / x[i]


@njit
def exponentials(x, y, times):
    """Independent exponentials."""
    for _ in range(times):
        for i in range(x.size):
            y[i] = np.exp(x[i])


@njit
def logarithms(x, y, times):
    """Independent logarithms."""
    for _ in range(times):
        for i in range(x.size):
            y[i] = np.log(x[i])


@njit
def roots(x, y, times):
    """Independent square roots."""
    for _ in range(times):
        for i in range(x.size):
            y[i] = np.sqrt(x[i])


def per_item(function, *arguments, items, blocks=7, span=0.01):
    """Nanoseconds of processor time an item: best of `blocks` blocks of about `span` seconds.

    function: called with `arguments` and the number of repetitions, each of which does `items`.
    """
    times, spent = 1, 0.0
    function(*arguments, 1)
    while spent < span:
        times *= 2
        start = time.process_time()
        function(*arguments, times)
        spent = time.process_time() - start
    found = []
    for _ in range(blocks):
        start = time.process_time()
        function(*arguments, times)
        found.append(time.process_time() - start)
    return 1e9 * min(found) / (times * items)


def core():
    """What this core reaches: rates in GFLOP/s and GB/s, times in ns."""
    x, y = np.random.default_rng(0).uniform(0.1, 0.9, SIZE), np.empty(SIZE)
    ns = {
        f.__name__: per_item(f, x, y, items=SIZE)
        for f in (horner, chain, division_chain, divisions, exponentials, logarithms, roots)
    }
    return {
        "multiply-add GFLOP/s": 4 * DEGREE / ns["horner"],
        "L1 loads GB/s": 8.0 * STREAMS / per_item(loads, np.tile(x, (STREAMS, 1)), y, items=SIZE),
        "dependent multiply-add ns": ns["chain"],
        "dependent division ns": ns["division_chain"],
        "division ns": ns["divisions"],
        "exp ns": ns["exponentials"],
        "log ns": ns["logarithms"],
        "sqrt ns": ns["roots"],
    }
