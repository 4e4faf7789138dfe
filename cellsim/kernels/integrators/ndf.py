"""Marching through one step of a protocol; its end is located on the solution itself."""

import numpy as np

from ...numerics.rows import sum_of_rows
from ...support.compile import entry, inlined, inner, kernel, part, with_parts
from ..call.record import COURSE, FINDING, GOES_ON, STARTING, Task, begin_with
from ..equations import ageing
from ..equations.wearing import geometry
from ..layout import CURRENT, add, copy, keep_salt_between, surface, views
from ..memory import laying, unpacked
from ..reference import by_reference
from ..scratch import work_of
from .events import RUNNING, STEP_TOO_SMALL, TOL, between, closest, closest_here, diagnose, first_of, narrowed
from .initialise import start
from .ndf_history import ERROR, FRESH, RESET, SAFETY, Memory, accept, attempt, choose_order, forget, norm, rescale
from .parts import parts
from .stage import voltage

H_MIN = 1e-12  # smallest time step [s]
INSTANT = 1e-9  # an ending is located to this time [s], and time steps so short are taken whatever their error
FINE = 1e-6  # or to this fraction of a time step that is shorter than a millisecond
CLOSE = 1e-12  # or to this margin
JUMP = 1e-6  # margin [V, or relative] that is left only where it jumps
NEARLY = 0.995  # stoichiometry of a nearly full particle, from which on its potential falls to a wall
SECANTS = 20  # to find the end of a step that is repeated
ROUNDING = 1e-12  # smallest correction of Newton's method that is asked of one, of what rtol is relative to
ATTEMPTS = 2  # time steps tried in one call of `travel` for each row of output, so that its caller can watch the clock


@part
def overshoots(sys, between, after, change):
    """Whether a particle's surface is nearer to full, or to empty, than in both states that a state lies between.

    Its potential changes there by volts within the error of an interpolation.  change: from the first state to `after`.
    """
    x, last, rise = views(sys, between).x, views(sys, after).x, views(sys, change).x
    for p in range(sys.grain.size):
        here, end = surface(sys, x, p), surface(sys, last, p)
        begin = end - surface(sys, rise, p)
        if (here > NEARLY and here > max(begin, end)) or (here < 1.0 - NEARLY and here < min(begin, end)):
            return True
    return False


@inner
def interpolate(sys, mem, when, straight, out):
    """State at the time `when` within the step just taken, on the integrator's own polynomial.

    On the line between both ends if `straight`, or where that leaves their range next to full or empty particles; what
    is linear in the state, such as lithium, belongs to the charge passed on either.  Returns whether it is the line.
    """
    t, h = mem.head[0], mem.head[1]
    order, weights = int(mem.head[2]), mem.change[0, 0]
    weights[0] = 1.0
    for m in range(order):
        weights[m + 1] = weights[m] * (when - t + m * h) / (h * (m + 1.0))
    sum_of_rows(mem.D, 0, order, weights, out)
    straight = straight or overshoots(sys, out, mem.D[0], mem.D[1])
    if straight:
        copy(mem.D[0], out)
        add((when - t) / h, mem.D[1], out)
    keep_salt_between(sys, out, mem.D[0], mem.D[1], (when - t) / h)
    return straight


@inner
def land(sys, ctl, mem, t_before, q_start, state, w, g):
    """When, within the step just taken, the first margin vanished; returns which one, the time, and whether on a line.

    On the integrator's polynomial; `state` receives the state there.  If the margin jumps over 0, where the polynomial
    gives way to the line, it is sought again on the line.
    """
    which, when, gave_way = land_on(sys, ctl, mem, t_before, q_start, False, state, w, g)
    again = gave_way and abs(g[which]) > JUMP
    if again:
        which, when, _ = land_on(sys, ctl, mem, t_before, q_start, True, state, w, g)
    return which, when, again


@inner
def land_on(sys, ctl, mem, t_before, q_start, straight, state, w, g):
    """As `land`, on the polynomial or, if `straight`, on the line: regula falsi (Illinois).

    Returns which margin, the time, and whether the polynomial gave way to the line anywhere.
    """
    before, after, gave_way = t_before, mem.head[0], False
    interpolate(sys, mem, before, straight, state)
    closest(sys, ctl, state, q_start, w, g)
    g_before = g[first_of(g)]
    which = closest(sys, ctl, mem.D[0], q_start, w, g)
    g_after, kept, instant, when = g[which], 0, min(INSTANT, FINE * mem.head[1]), after
    for k in range(100):
        when = between(before, after, g_before, g_after)
        if g_before > 1e300 or k > 20:
            when = 0.5 * (before + after)
        gave_way = interpolate(sys, mem, when, straight, state) or gave_way
        now = closest(sys, ctl, state, q_start, w, g)
        if g[now] < 0.0:
            which = now
        before, after, g_before, g_after, kept = narrowed(when, g[now], before, after, g_before, g_after, kept)
        if after - before < instant or abs(g[now]) < CLOSE:
            which = now if g[now] < CLOSE else which  # before the event another margin may be the smallest
            break
    return which, when, gave_way


@part
def record(sys, mem, t_before, end, straight, every, out_t, out_s, rows):
    """Append the state at `end`, and those at multiples of `every` since t_before, or half-way if it is 0.

    straight: whether they lie on the line between the ends of the step.
    """
    k, stride = 1.0, 0.5 * (end - t_before)
    start = t_before
    if every > 0.0:
        k, stride, start = np.floor(t_before / every + 1e-9) + 1.0, every, 0.0
    while start + k * stride < end - 1e-9 * stride:
        out_t[rows] = start + k * stride
        interpolate(sys, mem, out_t[rows], straight, out_s[rows])
        rows += 1
        k += 1.0
    out_t[rows] = end
    if end != mem.head[0]:
        interpolate(sys, mem, end, straight, out_s[rows])
    else:
        copy(mem.D[0], out_s[rows])
    return rows + 1


@part
def land_again(sys, ctl, mem, which, end, q_start, state, w, g):
    """When, on the polynomial of the step just taken, a margin vanishes near the time `end`, before or after it; or -1.

    By secants, to rounding, so that it changes evenly with the numbers of the cell.  state (N,): scratch.
    """
    h = mem.head[1]
    last, when = end, end - 1e-3 * h
    interpolate(sys, mem, last, False, state)
    closest(sys, ctl, state, q_start, w, g)
    g_last = g[which]
    for _ in range(SECANTS):
        interpolate(sys, mem, when, False, state)
        closest(sys, ctl, state, q_start, w, g)
        if g[which] == g_last or abs(when - last) < 1e-14 * h:
            return when
        last, g_last, when = when, g[which], when - g[which] * (when - last) / (g[which] - g_last)
        if not abs(when - end) < h:
            break
    return -1.0


@inlined
def travel(sys, ctl, mem, w, rtol, q_start, every, adapt, highest, course, ending, out_t, out_s, g):
    """March until the step ends or the output is full; returns status (-1: call again), rows.

    With FRESH memory the step begins: its state becomes consistent and is the first row.
    `every` > 0 also stores the states at its multiples [s].  adapt = False keeps step and order
    as they are in mem, to measure the order of the method.  course, ending: as in `call.record.Run`.
    """
    rows, failed, hurried, repeats = 0, 0, 0, ending != FINDING
    accurate = max(1e-4 * TOL, ROUNDING / rtol) if repeats else TOL
    if mem.head[4] == FRESH:
        status = start(sys, ctl, mem.D[0], mem.ahead[0], mem.ahead[1], w, rtol, g)
        out_t[0] = 0.0
        copy(mem.D[0], out_s[0])
        mem.head[4], rows = 0.0, 1
        if status != RUNNING:
            return status, rows
    for _ in range(ATTEMPTS * out_t.size):
        remaining, n = ctl.duration - mem.head[0], int(mem.head[4])
        if remaining <= 1e-12 * ctl.duration or (repeats and n >= course.shape[0]):
            return 0, rows
        room = out_t.size - rows - 2
        if rows > 0 and (room < 1 or (every > 0.0 and room * every < mem.head[1])):
            return RUNNING, rows
        longest = min(remaining, room * every) if every > 0.0 else remaining
        if repeats:
            mem.head[2] = course[n, 1]
            if course[n, 0] != mem.head[1]:
                rescale(mem, course[n, 0] / mem.head[1])
                mem.head[1] = course[n, 0]
        elif mem.head[1] > longest:
            rescale(mem, longest / mem.head[1])
        if attempt(sys, ctl, mem, w, rtol, accurate) == 0:
            if repeats:
                return STEP_TOO_SMALL, rows
            failed += 1
            forget(mem, failed)
            rescale(mem, 0.25)
            if mem.head[1] < H_MIN:
                return diagnose(sys, ctl, mem.D[0], q_start, w, rtol, g), rows
            continue
        order = int(mem.head[2])
        passed = abs(views(sys, mem.D[0]).cell.Q - q_start)
        per_charge = 0.0 if ctl.mode == CURRENT else 1.0 / (passed + ctl.q_least)
        error = ERROR[order] * norm(sys, mem.ahead[2], rtol, per_charge)
        hasty = (
            not repeats and not error <= 1.0
        )  # within an instant: potentials that jump, as the surface of a full particle gives way
        if adapt and hasty and not (mem.head[1] <= INSTANT and error < np.inf):
            rescale(mem, max(0.2, SAFETY * error ** (-1.0 / (order + 1))))
            if mem.head[1] < H_MIN:
                return diagnose(sys, ctl, mem.D[0], q_start, w, rtol, g), rows
            continue
        t_before, failed, straight = mem.head[0], 0, False
        accept(mem)
        if repeats:
            which, end, ended = ending, mem.head[0], ending != RUNNING and n == course.shape[0] - 1
            if ended:
                end = land_again(sys, ctl, mem, which, course[n, 2], q_start, w.spare, w, g)
                if end < 0.0:
                    return STEP_TOO_SMALL, rows
        else:
            which, end = closest_here(sys, ctl, mem.D[0], q_start, w, g), mem.head[0]
            ended = g[which] <= 0.0
            if ended:
                which, end, straight = land(sys, ctl, mem, t_before, q_start, w.spare, w, g)
            if n < course.shape[0]:
                course[n, 0], course[n, 1], course[n, 2], course[n, 3] = mem.head[1], mem.head[2], end, 0.0
        rows = record(sys, mem, t_before, end, straight, every, out_t, out_s, rows)
        if ended:
            return which, rows
        if repeats:
            if course[n, 3] > 0.0:
                renew(sys, mem, w)
            continue
        if adapt and hasty:  # after a jump nothing is as before; what goes on changing so fast is foreseen by that
            hurried += 1
            forget(mem, RESET if hurried % 2 == 1 else 2)
            mem.head[3] = 0.0
        elif adapt:
            hurried = 0
            choose_order(sys, mem, error, rtol, per_charge, highest)
        if sys.ageing.size > 0 and geometry.changed(sys, mem.D[0], w) > geometry.NOTICED:
            renew(sys, mem, w)
            if n < course.shape[0]:
                course[n, 3] = 1.0
    return RUNNING, rows


@part
def renew(sys, mem, w):
    """Go on with the geometry of the present state."""
    geometry.renew(sys, mem.D[0], w)
    forget(mem, 2)  # what was conserved before is not with another surface; backward Euler needs no past
    mem.head[3] = 0.0


@kernel
def advance(sys, ctl, mem, w, rtol, q_start, every, adapt, highest, out_t, out_s):
    """As `travel`, to be called from Python with each of its arrays."""
    ctl, mem, w, course = by_reference(ctl), by_reference(mem), by_reference(w), np.zeros((0, COURSE))
    of_run = ageing.aged_system(by_reference(sys), mem.D[0], w)
    return travel(of_run, ctl, mem, w, rtol, q_start, every, adapt, highest, course, FINDING, out_t, out_s, w.margins)


memory_of = laying(Memory)


@inlined
def remembered(sys, task, before):
    """What the integrator of a task remembers; if the step has not begun, of the state `before` it."""
    mem = by_reference(memory_of(sys, task.run.room.memory))
    if task.status == STARTING:
        begin_with(before, mem.D)
        head = mem.head
        head[0], head[1], head[2], head[3], head[4], head[5] = 0.0, task.run.first, 1.0, 0.0, FRESH, 0.0
    return mem


@inlined
def count_anew(cell):
    """Set to 0 what a run counts from its beginning."""
    cell.Q, cell.E, cell.made, cell.lost, cell.heated = 0.0, 0.0, 0.0, 0.0, 0.0


@inlined
def ended(status):
    """Whether a step has ended such that a next one may begin."""
    return status >= 0 and (GOES_ON >> status) & 1 == 1


@inlined
def first_row(task, before, row):
    """Where the rows of a step that follows begin, behind those of the task `before`, which begin at `row`; -1: it
    does not begin in this call.

    It does not where the one before took no time: it begins with the same state as that one then, which is gone.
    """
    times, last = task.run.room.times, row + before.rows - 1
    if not ended(before.status) or before.rows == 0 or not times[last] > 0.0 or last + 1 + task.run.most > times.size:
        return -1
    return last + 1


@with_parts(parts)
@entry
def march(tasks):
    """As `travel`, of every TASK, with what it returns and the terminal voltage written there.

    A TASK that `follows` begins with the last state of the one before, see `call.record.Arguments`.
    """
    row = 0
    for i in range(tasks.size):
        t = tasks[i]
        task = by_reference(unpacked(t, Task))
        row = first_row(task, tasks[i - 1], row) if t.follows > 0 else 0
        if row < 0:
            t.rows = 0
            continue
        run, room, w = task.run, task.run.room, work_of(task.system, task.run.room.scratch)
        mem = remembered(task.system, task, room.states[max(row - 1, 0)])
        if t.follows == 2:
            count_anew(views(task.system, mem.D[0]).cell)
        sys = ageing.aged_system(task.system, mem.D[0], w)
        states = room.states[row : row + run.most]
        t.status, t.rows = travel(
            sys,
            task.control,
            mem,
            w,
            run.rtol,
            run.q_start if row == 0 else views(sys, mem.D[0]).cell.Q,
            run.every,
            True,
            run.highest,
            run.course,
            run.ending,
            room.times[row : row + run.most],
            states,
            w.margins,
        )
        t.V = voltage(sys, states[t.rows - 1] if t.rows > 0 else mem.D[0])
