"""Averages of what particles hold, and concentrations over the largest one of their electrode."""

import numpy as np

from ...models.electrodes import active_fraction
from ...models.graded import active_shares

ONE = ("Time [s]",)


def electrodes(p):
    """The phases that have particles: name, phase, name in lower case, largest concentration [mol/m3]."""
    for phase in p.phases:
        yield phase.name, phase, phase.name.lower(), p.cell.value(f"{phase.path}/maximum concentration")


def averaged(p, phase):
    """Stoichiometry averaged over the thickness of the electrode of a phase (times, shells)."""
    dx = p.sys.volume["dx"][p.volumes(phase.side)]
    return np.einsum("tvr,v->tr", p.within(phase), dx / dx.sum())


def particles(p):
    """Averages of concentrations: over particles (R), over the electrode (X), over both."""
    for _, phase, low, c_max in electrodes(p):
        (axis, depth), side, words = phase.axes, phase.side, phase.electrode
        yield (
            f"X-averaged {low} particle concentration [mol.m-3]",
            ((*ONE, depth), lambda q=phase, c=c_max: c * averaged(p, q)),
        )
        yield (
            f"X-averaged {low} particle surface concentration [mol.m-3]",
            (ONE, lambda q=phase, s=side, c=c_max: c * p.average(p.surface(q), s)),
        )
        yield (
            f"R-averaged {low} particle concentration [mol.m-3]",
            ((*ONE, axis), lambda q=phase, c=c_max: c * p.mean_of(q)),
        )
        yield (
            f"Average {low} particle concentration [mol.m-3]",
            (ONE, lambda q=phase, s=side, c=c_max: c * p.average(p.mean_of(q), s)),
        )
        yield (
            f"{words} volumetric interfacial current density [A.m-3]",
            ((*ONE, axis), lambda q=phase: p.per_surface(q) * p.surface_per_volume(q)),
        )
        yield (
            f"X-averaged {_lower(words)} interfacial current density [A.m-2]",
            (ONE, lambda q=phase, s=side: p.average(p.per_surface(q), s)),
        )


def _lower(words):
    return words[0].lower() + words[1:]


def dimensionless(p):
    """Stoichiometries under their names in PyBaMM, and constants of the mesh."""
    for name, phase, low, _ in electrodes(p):
        (axis, depth), side, words = phase.axes, phase.side, phase.electrode
        for q in ("stoichiometry", "concentration"):
            yield f"{name} particle {q}", ((*ONE, axis, depth), lambda f=phase: p.within(f))
            yield f"X-averaged {low} particle {q}", ((*ONE, depth), lambda f=phase: averaged(p, f))
            yield f"R-averaged {low} particle {q}", ((*ONE, axis), lambda f=phase: p.mean_of(f))
            yield f"{name} particle surface {q}", ((*ONE, axis), lambda f=phase: p.surface(f))
        surface = lambda f=phase, s=side: p.average(p.surface(f), s)  # noqa: E731
        yield f"X-averaged {low} particle surface concentration", (ONE, surface)
        mean = lambda f=phase, s=side: p.average(p.mean_of(f), s)  # noqa: E731
        for of_all in (f"Average {low} particle", words):
            yield f"{of_all} stoichiometry", (ONE, mean)
        yield f"Average {low} particle concentration", (ONE, mean)
        yield f"{words} extent of lithiation", (ONE, mean)
        for which, of_all in (("Minimum", np.min), ("Maximum", np.max)):
            yield (
                f"{which} {low} particle surface stoichiometry",
                (ONE, lambda f=phase, of_all=of_all: of_all(p.surface(f), axis=1)),
            )
        yield f"{name} particle radius [m]", ((axis,), lambda f=phase: _radius(p, f))
        if not p.sys.counts["loss"]:
            fraction = active_fraction(p.cell, phase.path) * active_shares(p.sys, side) * np.ones(p.volumes(side).size)
            yield f"{words} active material volume fraction", ((axis,), lambda f=fraction: f)
    for name, side in dict.fromkeys((phase.electrode.partition(" electrode")[0], phase.side) for phase in p.phases):
        if not p.sys.counts["clogging"]:
            axis = f"x_{name[0].lower()} [m]"
            yield f"{name} electrode porosity", ((axis,), lambda s=side: p.sys.volume["eps"][p.volumes(s)])
    yield "Separator porosity", (ONE, lambda: np.full(len(p.t), p.sys.volume["eps"][p.volumes(-1)][0]))
    if p.sys.heat.capacity == 0.0:
        yield "Ambient temperature [K]", (ONE, lambda: p.T)


def _radius(p, phase):
    """Particle radius in each volume of the electrode of a phase [m]."""
    return p.weighted(phase, lambda rows: p.sys.grain["R_p"][rows])
