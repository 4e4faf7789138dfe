"""Open-circuit hysteresis: its state, and what it adds to the open-circuit potentials, under PyBaMM's names."""

import numpy as np

from ...kernels.records import NO_HYSTERESIS
from ...models.materials.hysteresis import branches
from ...parameters.laws.law import X_RANGE

ONE = ("Time [s]",)


def lagging(p):
    """The phases with hysteresis."""
    return [phase for phase in p.phases if has(p, phase)] if p.sys.hysteresis.size else []


def has(p, phase):
    """Whether a phase has a hysteresis."""
    if not p.sys.hysteresis.size:
        return False
    material = p.sys.grain["material"][p.rows(phase, phase.kinds[0])[0]]
    return bool(p.sys.hysteresis[material]["model"] != NO_HYSTERESIS)


def series(p):
    """The state in space and averaged, and its heat."""
    for phase in lagging(p):
        words = phase.electrode
        yield f"{words} hysteresis state", ((*ONE, phase.axes[0]), lambda q=phase: p.once(mean_state, q))
        low = words[0].lower() + words[1:]
        yield f"X-averaged {low} hysteresis state", (ONE, lambda q=phase: p.average(p.once(mean_state, q), q.side))
    if lagging(p):
        yield "Hysteresis electrochemical heating [W]", (ONE, lambda: heating(p) * p.area)


def fields(p):
    """The distance of the branches in space."""
    for phase in lagging(p):
        yield (f"{phase.electrode} OCP hysteresis [V]", ((*ONE, phase.axes[0]), lambda q=phase: -2.0 * apart(p, q)))


def state(p, phase, k):
    """State of hysteresis of one kind of particle (times, volumes): -1 on the lithiation branch, 1 on the other."""
    h = p.y.h[:, k, p.volumes(phase.side)]
    return np.clip(h, -1.0, 1.0)  # the integrator's polynomials overshoot within its error


def mean_state(p, phase):
    """The same averaged over the surface of a phase."""
    share = [p.sys.grain["share"][p.rows(phase, k)[0]] for k in phase.kinds]
    each = (state(p, phase, k) for k in phase.kinds)
    return sum(w * one for w, one in zip(share, each, strict=True)) / sum(share)


def added(p, phase, x, h):
    """What hysteresis adds to the open-circuit potential [V] at stoichiometries x and states h, arrays of one shape."""
    x, out = np.clip(x, *X_RANGE), np.empty(x.shape)
    for T in np.unique(p.T) if p.at is not None else (p.sys.T,):
        rows = p.T == T if p.at is not None else slice(None)
        shift, half = branches(p.cell, phase.path, float(T), x[rows])
        out[rows] = shift + h[rows] * half
    return out


def apart(p, phase):
    """Half the difference of the branches at the mean surface of a phase (times, volumes) [V]."""
    x = p.surface(phase)
    return added(p, phase, x, np.ones(x.shape)) - added(p, phase, x, np.zeros(x.shape))


def heating(p):
    """Heat by hysteresis (times,) [W/m2]: of the reaction currents, by the distance from the equilibrium potential."""
    total = np.zeros(len(p.t))
    for phase in lagging(p):
        v = p.volumes(phase.side)
        for k in phase.kinds:
            rows = p.rows(phase, k)
            more = added(p, phase, p.x[:, rows, -1], state(p, phase, k))
            area = p.sys.volume["area"][v] * (p.sys.grain["share"][rows] if p.sys.counts["kinds"] > 1 else 1.0)
            total += (p.j_k[:, k, v] * more) @ area
    return total
