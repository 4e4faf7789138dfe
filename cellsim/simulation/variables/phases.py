"""Potentials of electrodes with several kinds of particle, by phase, under PyBaMM's names.

Of classes of size the average over the surface of a phase is given.
"""

import numpy as np

from ...kernels.layout import POROUS
from ...models.electrodes import PARTS, has_foil, is_composite
from ...models.initial import resting
from ...parameters.laws.blend import blend_of
from . import hysteresis
from .health import left_of_phases
from .potentials import exchange_currents_at, potential_at, transfer_overpotential
from .states import SIDES

ONE = ("Time [s]",)


def phase_potentials(p):
    """Nothing of a cell with one kind of particle in either electrode, which `potentials` has."""
    if p.sys.counts["kinds"] == 1:
        return
    for phase in p.phases:
        axes, words = (*ONE, phase.axes[0]), phase.electrode
        for name, make in (
            ("open-circuit potential [V]", surface_potential),
            ("exchange current density [A.m-2]", exchange_current),
            ("reaction overpotential [V]", reaction),
        ):
            yield f"{words} {name}", (axes, lambda q=phase, f=make: p.once(f, q))
            low = words[0].lower() + words[1:]
            yield f"X-averaged {low} {name}", (ONE, lambda q=phase, f=make: p.average(p.once(f, q), q.side))
        if is_composite(p.cell, PARTS[phase.side]):
            yield f"{words} bulk open-circuit potential [V]", (ONE, lambda q=phase: bulk_of(p, q))
        if len(phase.kinds) > 1:
            yield from _by_size(p, phase)
    for name, side in SIDES:
        yield f"{name} electrode bulk open-circuit potential [V]", (ONE, lambda s=side: p.once(bulk, s))
    yield "Bulk open-circuit voltage [V]", (ONE, lambda: p.once(bulk, 1) - p.once(bulk, 0))


def _by_size(p, phase):
    """Radii of the classes of size of a phase, and their stoichiometries averaged over the electrode."""
    axis = f"R{phase.axes[1][1:]}"
    low = phase.name.lower()
    radius = [p.sys.grain["R_p"][p.rows(phase, k)[0]] for k in phase.kinds]
    share = [p.sys.grain["share"][p.rows(phase, k)[0]] for k in phase.kinds]

    def each(field):
        return np.stack([p.average(field(p.x[:, p.rows(phase, k)]), phase.side) for k in phase.kinds], axis=1)

    yield axis, ((axis,), lambda: np.array(radius))
    yield f"{phase.name} area-weighted particle-size distribution", ((axis,), lambda: np.array(share) / np.sum(share))
    for words, field in (
        ("surface stoichiometry", lambda x: x[:, :, -1]),
        ("stoichiometry", lambda x: x @ (3.0 * p.sys.shell["volume"])),
    ):
        yield f"X-averaged {low} particle {words} distribution", ((*ONE, axis), lambda f=field: each(f))


def _averaged(p, phase, field):
    """Average of field(kind, rows of its particles) over the surface of a phase."""
    share = [p.sys.grain["share"][p.rows(phase, k)[0]] for k in phase.kinds]
    each = (field(k, p.rows(phase, k)) for k in phase.kinds)
    return sum(w * one for w, one in zip(share, each, strict=True)) / sum(share)


def surface_potential(p, phase):
    """Open-circuit potential at the surfaces of a phase (times, volumes) [V]."""

    def of_kind(k, rows):
        x = p.x[:, rows, -1]
        U = potential_at(p, x, phase.side, phase.path)
        return U + hysteresis.added(p, phase, x, hysteresis.state(p, phase, k)) if hysteresis.has(p, phase) else U

    return _averaged(p, phase, of_kind)


def exchange_current(p, phase):
    """Exchange-current density of a phase (times, volumes) [A/m2 of its surface]."""
    return _averaged(p, phase, lambda k, rows: exchange_currents_at(p, p.x[:, rows, -1], phase.side, phase.path))


def reaction(p, phase):
    """phi_s - phi_e - U of a phase (times, volumes) [V], films included."""
    v = p.volumes(phase.side)
    if p.sys.model == POROUS:
        return p.phi_s[:, v] - p.phi_e[:, v] - p.once(surface_potential, phase)

    def of_kind(k, rows):
        j, x = p.j_k[:, k, v], p.x[:, rows, -1]
        i0 = exchange_currents_at(p, x, phase.side, phase.path)
        return transfer_overpotential(p, phase.side, phase.path, j, i0, x) + p.sys.grain["R_f"][rows] * j

    return _averaged(p, phase, of_kind)


def bulk_of(p, phase):
    """Open-circuit potential at the mean stoichiometry of a phase (times,) [V]."""
    return potential_at(p, p.average(p.mean_of(phase), phase.side), phase.side, phase.path)


def bulk(p, side):
    """Potential of an electrode at rest with the lithium that it has (times,) [V]."""
    if side == 0 and has_foil(p.cell):
        return potential_at(p, np.full(len(p.t), 0.5), 0)
    x, out, left = p.average(p.mean(side), side), np.empty(len(p.t)), p.once(left_of_phases).get(PARTS[side])
    if left is not None:
        each = zip(x, p.T, np.round(left, 6).tolist(), strict=True)
        return np.array([blend_of(p.cell, PARTS[side], of).state(np.array([z]), float(T))[0][0] for z, T, of in each])
    for T in np.unique(p.T):
        rows = p.T == T
        out[rows] = resting(p.cell, PARTS[side], x[rows], float(T))
    return out
