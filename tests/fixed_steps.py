"""Steps of equal size from an exact history: what the order of the integrator is measured on."""

import numpy as np

from cellsim.kernels import layout
from cellsim.kernels.integrators import ndf as march
from cellsim.kernels.integrators import ndf_history as history


def exact_states(sys, control, s, w, *, first, rtol, spacing, near):
    """States (times, N) at the multiples of spacing [s], of steps that the integrator chooses from `first` [s] on.

    near: by how much of the spacing a time may miss its multiple.
    """
    memory, out_t, out_s = history.remember(s, first), np.empty(20000), np.empty((20000, s.size))
    times, states, status = [], [], march.RUNNING
    while status == march.RUNNING:
        status, rows = march.advance(sys, control, memory, w, rtol, 0.0, spacing, True, 5, out_t, out_s)
        times.append(out_t[:rows].copy())
        states.append(out_s[:rows].copy())
    t, states = np.concatenate(times) / spacing, np.concatenate(states)
    whole = np.abs(t - np.round(t)) < near
    return states[whole][np.unique(np.round(t[whole]), return_index=True)[1]]


def after_equal_steps(exact, order, *, start, stride, length, spacing):
    """The unknowns after `length` [s] of steps of stride x spacing from `start` [s] on, and the exact ones.

    exact: system, control, scratch memory, and `exact_states`.
    """
    sys, control, w, states = exact
    first, h = round(start / spacing) - 1, stride * spacing
    memory = history.remember(states[first], h)
    differences = states[first - stride * np.arange(order + 1)]
    for m in range(order + 1):
        memory.D[m] = differences[0]
        differences = differences[:-1] - differences[1:]
    memory.head[:6] = [0.0, h, order, 0.0, 0.0, 0.0]
    out_t, out_s = np.empty(400), np.empty((400, states.shape[1]))
    status, rows = march.advance(
        sys, control._replace(duration=length), memory, w, 1e-10, 0.0, 0.0, False, order, out_t, out_s
    )
    assert status == 0 and rows == 2 * round(length / h)  # each step and its middle
    return tuple(layout.unknowns(sys, s) for s in (out_s[rows - 1], states[first + round(length / spacing)]))
