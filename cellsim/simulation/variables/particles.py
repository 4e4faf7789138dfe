"""Averages of what particles hold, and concentrations over the largest one of their electrode."""

import numpy as np

from ...models.electrodes import PARTS, has_foil
from .states import SIDES

ONE = ("Time [s]",)


def electrodes(p):
    """The electrodes that have particles: name, side, name in lower case, largest concentration [mol/m3]."""
    for (name, side), part in zip(SIDES, PARTS, strict=True):
        if side or not has_foil(p.cell):
            yield name, side, name.lower(), p.cell.value(f"{part}/maximum concentration")


def within(p, side):
    """Stoichiometry in the particles of one electrode (times, volumes, shells)."""
    return p.x[:, p.sys.volume["particle"][p.volumes(side)]]


def averaged(p, side):
    """Stoichiometry averaged over the thickness of one electrode (times, shells)."""
    dx = p.sys.volume["dx"][p.volumes(side)]
    return np.einsum("tvr,v->tr", within(p, side), dx / dx.sum())


def particles(p):
    """Averages of concentrations: over particles (R), over the electrode (X), over both."""
    for name, side, low, c_max in electrodes(p):
        axis, depth = f"x_{low[0]} [m]", f"r_{low[0]} [m]"
        yield (
            f"X-averaged {low} particle concentration [mol.m-3]",
            ((*ONE, depth), lambda s=side, c=c_max: c * averaged(p, s)),
        )
        yield (
            f"X-averaged {low} particle surface concentration [mol.m-3]",
            (ONE, lambda s=side, c=c_max: c * p.average(p.surface(s), s)),
        )
        yield (
            f"R-averaged {low} particle concentration [mol.m-3]",
            ((*ONE, axis), lambda s=side, c=c_max: c * p.mean(s)),
        )
        yield (
            f"Average {low} particle concentration [mol.m-3]",
            (ONE, lambda s=side, c=c_max: c * p.average(p.mean(s), s)),
        )
        yield (
            f"{name} electrode volumetric interfacial current density [A.m-3]",
            ((*ONE, axis), lambda s=side: p.j[:, p.volumes(s)] * _per_volume(p, s)),
        )
        yield (
            f"X-averaged {low} electrode interfacial current density [A.m-2]",
            (ONE, lambda s=side: p.average(p.j[:, p.volumes(s)], s)),
        )


def _per_volume(p, side):
    """Reacting surface per volume of one electrode [1/m]."""
    v = p.volumes(side)
    return p.sys.volume["area"][v] / p.sys.volume["dx"][v]


def dimensionless(p):
    """Stoichiometries under their names in PyBaMM, and constants of the mesh."""
    for name, side, low, _ in electrodes(p):
        axis, depth = f"x_{low[0]} [m]", f"r_{low[0]} [m]"
        for q in ("stoichiometry", "concentration"):
            yield f"{name} particle {q}", ((*ONE, axis, depth), lambda s=side: within(p, s))
            yield f"X-averaged {low} particle {q}", ((*ONE, depth), lambda s=side: averaged(p, s))
            yield f"R-averaged {low} particle {q}", ((*ONE, axis), lambda s=side: p.mean(s))
            yield f"{name} particle surface {q}", ((*ONE, axis), lambda s=side: p.surface(s))
        surface = lambda s=side: p.average(p.surface(s), s)  # noqa: E731
        yield f"X-averaged {low} particle surface concentration", (ONE, surface)
        mean = lambda s=side: p.average(p.mean(s), s)  # noqa: E731
        for words in (f"Average {low} particle", f"{name} electrode"):
            yield f"{words} stoichiometry", (ONE, mean)
        yield f"Average {low} particle concentration", (ONE, mean)
        yield f"{name} electrode extent of lithiation", (ONE, mean)
        for words, of_all in (("Minimum", np.min), ("Maximum", np.max)):
            yield (
                f"{words} {low} particle surface stoichiometry",
                (ONE, lambda s=side, of_all=of_all: of_all(p.surface(s), axis=1)),
            )
        yield f"{name} particle radius [m]", ((axis,), lambda s=side: _radius(p, s))
        if not p.sys.counts["clogging"]:
            yield f"{name} electrode porosity", ((axis,), lambda s=side: p.sys.volume["eps"][p.volumes(s)])
        if not p.sys.counts["loss"]:
            fraction = p.cell.value(f"{PARTS[side]}/active material volume fraction")
            size = p.volumes(side).size
            yield (
                f"{name} electrode active material volume fraction",
                ((axis,), lambda f=fraction, n=size: np.full(n, f)),
            )
    yield "Separator porosity", (ONE, lambda: np.full(len(p.t), p.sys.volume["eps"][p.volumes(-1)][0]))
    if p.sys.heat.capacity == 0.0:
        yield "Ambient temperature [K]", (ONE, lambda: p.T)


def _radius(p, side):
    """Particle radius in each volume of one electrode [m]."""
    return p.sys.grain["R_p"][p.sys.volume["particle"][p.volumes(side)]]
