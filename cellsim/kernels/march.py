"""Marching through one step of a protocol; its end is located on the solution itself."""
import numpy as np

from .._jit import inlined, inner, kernel, long_kernel, part
from .foil import left
from .heat import critical, plating
from .history import ERROR, FRESH, SAFETY, accept, attempt, choose_order, norm, rescale
from .stage import measured, solve, voltage
from .system import (
    CURRENT,
    PLATING,
    POWER,
    RESISTANCE,
    TAIL,
    TEMPERATURE,
    VOLTAGE,
    Q,
    T,
    add,
    aimed,
    allocate_here,
    copy,
    keep_salt,
    views,
    warm,
)
from .task import control_of, memory_of, output_of, system_of

TOL = 0.2  # Newton's last correction, in units of the error tolerance
H_MIN = 1e-12  # smallest time step [s]
DRY = 1e5  # times what counts as depleted: where the integrator gets no further with so little salt, it is why
INSTANT = 1e-9  # an ending is located to this time [s]
CLOSE = 1e-12  # or to this margin
ATTEMPTS = 1000  # time steps tried in one call of `advance`, so that its caller can watch the clock

# a status from 0 up is the ending of the same number in errors.Ending
RUNNING, UNREACHABLE, STEP_TOO_SMALL = -1, 12, 13
EVENTS = 11


@part
def first_of(g):
    """Index of the smallest margin."""
    which = 0
    for i in range(1, EVENTS):
        if g[i] < g[which]:
            which = i
    return which


def _closest(sys, ctl, s, q_start, w, g):
    """Distance to every ending into g (EVENTS,), positive while the step runs, each in a unit of order one.

    Returns which one is the smallest.
    """
    k = s.size - TAIL
    I, V, now = s[k], voltage(sys, s), s[k + T]
    if sys.heat.capacity > 0.0:  # asked here: a call takes longer than the question
        warm(sys, now, w)
    particles, c, _, _, _ = views(sys, s)
    for i in range(EVENTS):
        g[i] = np.inf
    if ctl.mode != VOLTAGE:
        if I > 0.0:
            g[0] = V - ctl.v_lo
        elif I < 0.0:
            g[1] = ctl.v_hi - V
    if (ctl.mode == VOLTAGE or ctl.mode >= PLATING) and ctl.i_end > 0.0:
        g[2] = abs(I) / ctl.i_end - 1.0
    if ctl.i_top < np.inf:
        g[2] = min(g[2], 1.0 - abs(I) / ctl.i_top)
    if ctl.q_end < np.inf:
        g[3] = 1.0 - abs(s[k + Q] - q_start) / ctl.q_end
    least, most, salt = np.inf, -np.inf, np.inf
    for p in range(sys.grain.size):
        x = particles[(p + 1) * sys.shell.size - 1]
        least, most = min(least, x), max(most, x)
    for i in range(c.size):
        salt = min(salt, c[i])
    g[4], g[5], g[6] = least - ctl.x_edge, 1.0 - ctl.x_edge - most, salt / ctl.c_edge - 1.0
    g[7] = min(ctl.T_hi - now, now - ctl.T_lo)
    if ctl.plating > -np.inf:
        g[8] = plating(sys, s, w)[0] - ctl.plating
    if ctl.critical > -np.inf:
        g[9] = critical(sys, s, w) / max(sys.heat.critical, 1.0) - ctl.critical / max(sys.heat.critical, 1.0)
    if I > 0.0:
        g[10] = left(sys, s)
    return first_of(g)


closest, closest_here = inner(_closest), part(_closest)  # compiled into where it is called all the time


@inner
def interpolate(sys, mem, when, out):
    """State at the time `when` within the step just taken, on the integrator's own polynomial."""
    t, h = mem.head[0], mem.head[1]
    copy(mem.D[0], out)
    p = 1.0
    for m in range(int(mem.head[2])):
        p *= (when - t + m * h) / (h * (m + 1.0))
        add(p, mem.D[m + 1], out)
    keep_salt(sys, out, mem.D[0])


@inner
def land(sys, ctl, mem, t_before, q_start, state, w, g):
    """When, within the step just taken, the first margin vanished; returns which one, and the time.

    Regula falsi (Illinois) on the integrator's polynomial; `state` receives the state there.
    """
    before, after = t_before, mem.head[0]
    interpolate(sys, mem, before, state)
    closest(sys, ctl, state, q_start, w, g)
    g_before = g[first_of(g)]
    which = closest(sys, ctl, mem.D[0], q_start, w, g)
    g_after, kept = g[which], 0
    for k in range(100):
        when = before + (after - before) * min(max(g_before / (g_before - g_after), 0.01), 0.99)
        if g_before > 1e300 or k > 20:
            when = 0.5 * (before + after)
        interpolate(sys, mem, when, state)
        now = closest(sys, ctl, state, q_start, w, g)
        if g[now] < 0.0:
            which, after, g_after = now, when, g[now]
            g_before *= 0.5 if kept < 0 else 1.0
            kept = -1
        else:
            before, g_before = when, g[now]
            g_after *= 0.5 if kept > 0 else 1.0
            kept = 1
        if after - before < INSTANT or abs(g[now]) < CLOSE:
            return now, when
    return which, when


@part
def record(sys, mem, t_before, end, every, out_t, out_s, rows):
    """Append the state at `end`, and those at multiples of `every` since t_before, or half-way if it is 0."""
    k, stride = 1.0, 0.5 * (end - t_before)
    start = t_before
    if every > 0.0:
        k, stride, start = np.floor(t_before / every + 1e-9) + 1.0, every, 0.0
    while start + k * stride < end - 1e-9 * stride:
        out_t[rows] = start + k * stride
        interpolate(sys, mem, out_t[rows], out_s[rows])
        rows += 1
        k += 1.0
    out_t[rows] = end
    if end < mem.head[0]:
        interpolate(sys, mem, end, out_s[rows])
    else:
        copy(mem.D[0], out_s[rows])
    return rows + 1


@inlined
def at_peak_power(sys, ctl, s, w, rtol):
    """Whether the cell gives all the power it can: 0.1 % more current, less than 0.01 % more power."""
    k = s.size - TAIL
    more = w.spare
    copy(s, more)
    if solve(sys, 0.0, aimed(ctl, CURRENT, 1.001 * s[k]), s, more, w, rtol, 1e-4 * TOL) == 0:
        return False
    return more[k] * voltage(sys, more) < 1.0001 * s[k] * voltage(sys, s)


@inner
def diagnose(sys, ctl, s, q_start, w, rtol, g):
    """What stopped the integrator: a physical limit it is right beside, or else itself."""
    closest(sys, ctl, s, q_start, w, g)
    if min(g[0], g[1]) < 1e-3:
        return 1 if g[0] < g[1] else 2
    if min(g[4], g[5]) < 1e-2:
        return 5 if g[4] < g[5] else 6
    if g[6] < DRY:
        return 7
    if g[10] < 1e-2:
        return 11
    if ctl.mode == POWER and s[s.size - TAIL] > 0.0 and at_peak_power(sys, ctl, s, w, rtol):
        return UNREACHABLE
    return STEP_TOO_SMALL


@inner
def consistent(sys, ctl, s, hat, new, w, rtol, g):
    """Potentials and currents in s that belong to its concentrations under ctl; returns a status.

    Tries at once, then walks from the present operating point to the one asked for.  Where it
    gets no further, s is left at the last point reached, and the status says what is in the way.
    hat, new (N,): scratch.
    """
    warm(sys, s[s.size - TAIL + T], w)
    goal, start = ctl.target, ctl.target
    if ctl.mode != RESISTANCE or s[s.size - TAIL] != 0.0:  # an open circuit is no resistance to walk from
        start = measured(sys, ctl, s, w)
    copy(s, hat)
    done, stride = 0.0, 1.0
    while done < 1.0:
        stride = min(stride, 1.0 - done)
        part = start + (done + stride) * (goal - start)
        copy(s, new)
        if solve(sys, 0.0, aimed(ctl, ctl.mode, part), hat, new, w, rtol, 1e-4 * TOL) > 0:
            copy(new, s)
            done += stride
            stride *= 2.0
        else:
            stride *= 0.5
            if stride < 1e-3:
                what = diagnose(sys, ctl, s, s[s.size - TAIL + Q], w, rtol, g)
                return UNREACHABLE if what == STEP_TOO_SMALL else what
    return RUNNING


@inlined
def start(sys, ctl, s, hat, new, w, rtol, g):
    """The same at the start of a step, which may end there."""
    status = RUNNING
    if ctl.mode == TEMPERATURE:  # heat rises with the current from a moderate one up, whatever it has been before
        status = consistent(sys, aimed(ctl, CURRENT, ctl.i_begin), s, hat, new, w, rtol, g)
    if status == RUNNING:
        status = consistent(sys, ctl, s, hat, new, w, rtol, g)
    if status == RUNNING:
        which = closest(sys, ctl, s, s[s.size - TAIL + Q], w, g)
        status = which + 1 if g[which] <= 0.0 else RUNNING
    return status


@kernel
def settle(sys, ctl, s, w, rtol):
    """As `consistent`, to be called from Python."""
    return consistent(sys, ctl, s, s.copy(), s.copy(), w, rtol, np.empty(EVENTS))


@inner
def travel(sys, ctl, mem, w, rtol, q_start, every, adapt, highest, out_t, out_s, g):
    """As `advance`; returns status, rows."""
    rows = 0
    if mem.head[4] == FRESH:
        status = start(sys, ctl, mem.D[0], mem.ahead[0], mem.ahead[1], w, rtol, g)
        out_t[0] = 0.0
        copy(mem.D[0], out_s[0])
        mem.head[4], rows = 0.0, 1
        if status != RUNNING:
            return status, rows
    for _ in range(ATTEMPTS):
        remaining = ctl.duration - mem.head[0]
        if remaining <= 1e-12 * ctl.duration:
            return 0, rows
        room = out_t.size - rows - 2
        if rows > 0 and (room < 1 or (every > 0.0 and room * every < mem.head[1])):
            return RUNNING, rows
        longest = min(remaining, room * every) if every > 0.0 else remaining
        if mem.head[1] > longest:
            rescale(mem, longest / mem.head[1])
        if attempt(sys, ctl, mem, w, rtol, TOL) == 0:
            rescale(mem, 0.25)
            if mem.head[1] < H_MIN:
                return diagnose(sys, ctl, mem.D[0], q_start, w, rtol, g), rows
            continue
        order = int(mem.head[2])
        error = ERROR[order] * norm(sys, mem.ahead[2], rtol)
        if adapt and not error <= 1.0:
            rescale(mem, max(0.2, SAFETY * error ** (-1.0 / (order + 1))))
            if mem.head[1] < H_MIN:
                return diagnose(sys, ctl, mem.D[0], q_start, w, rtol, g), rows
            continue
        t_before = mem.head[0]
        accept(mem)
        which, end = closest_here(sys, ctl, mem.D[0], q_start, w, g), mem.head[0]
        ended = g[which] <= 0.0
        if ended:
            which, end = land(sys, ctl, mem, t_before, q_start, w.spare, w, g)
        rows = record(sys, mem, t_before, end, every, out_t, out_s, rows)
        if ended:
            return which + 1, rows
        if adapt:
            choose_order(sys, mem, error, rtol, highest)
    return RUNNING, rows


@long_kernel
def advance(sys, ctl, mem, w, rtol, q_start, every, adapt, highest, out_t, out_s):
    """March until the step ends or the output is full; returns status (-1: call again), rows.

    With FRESH memory the step begins: its state becomes consistent and is the first row.
    `every` > 0 also stores the states at its multiples [s].  adapt = False keeps step and order
    as they are in mem, to measure the order of the method.
    """
    return travel(sys, ctl, mem, w, rtol, q_start, every, adapt, highest, out_t, out_s, np.empty(EVENTS))


@long_kernel
def march(tasks):
    """As `advance`, of every TASK, with what it returns and the terminal voltage written there."""
    g = np.empty(EVENTS)
    for i in range(tasks.size):
        t = tasks[i]
        sys, mem, (out_t, out_s) = system_of(t), memory_of(t), output_of(t)
        t.status, t.rows = travel(sys, control_of(t), mem, allocate_here(sys), t.rtol, t.q_start, t.every, True,
                                  t.highest, out_t, out_s, g)
        t.V = voltage(sys, out_s[t.rows - 1] if t.rows > 0 else mem.D[0])
