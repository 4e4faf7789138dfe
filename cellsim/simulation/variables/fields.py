"""Variables in space, and their coordinates."""

import numpy as np

from ...kernels.layout import POROUS, THIN_FILM
from ...models.electrodes import has_foil
from ...models.particle_mesh import places
from ...models.thin_film import is_mixed
from ...models.volumes import FOIL
from . import ageing
from .states import SIDES


def fields(p):
    """Arrays in space, and their coordinates: x from the negative collector, r from the centre."""
    sys = p.sys
    dx = np.where(sys.volume["dx"] == FOIL, 0.0, sys.volume["dx"])
    centre = np.cumsum(dx) - 0.5 * dx
    x = "x [m]"
    yield x, ((x,), lambda: centre)
    yield "Electrolyte concentration [mol.m-3]", (("Time [s]", x), lambda: p.c)
    if sys.heat.chain.size:
        place = "Core to surface [m]"
        yield place, ((place,), lambda: sys.heat.chain["at"])
        yield "Temperature from core to surface [K]", (("Time [s]", place), lambda: p.T_each[:, 1:])
    resolved = sys.model == POROUS and sys.volume.size > 3
    if resolved:
        yield "Electrolyte potential [V]", (("Time [s]", x), lambda: p.phi_e)
    for phase in p.phases:
        v, (across, depth) = p.volumes(phase.side), phase.axes
        axes, first = ("Time [s]", across), 0 in phase.kinds
        c_max = p.cell.value(f"{phase.path}/maximum concentration")
        flat = sys.model == THIN_FILM
        radius = p.cell.mean(f"{phase.path}/{'thickness' if flat else 'particle radius'}")  # of several the mean
        at = places(sys.shell, flat, flat and is_mixed(p.cell))
        if first:
            yield across, ((across,), lambda v=v: centre[v])
        yield depth, ((depth,), lambda at=at, R=radius: R * at)
        if resolved and first:
            name = SIDES[phase.side][0]
            yield f"{name} electrode potential [V]", (axes, lambda v=v: p.phi_s[:, v])
        yield f"{phase.electrode} interfacial current density [A.m-2]", (axes, lambda q=phase: p.per_surface(q))
        yield (
            f"{phase.name} particle surface concentration [mol.m-3]",
            (axes, lambda q=phase, c=c_max: c * p.surface(q)),
        )
        yield (
            f"{phase.name} particle concentration [mol.m-3]",
            ((*axes, depth), lambda q=phase, c=c_max: c * p.within(q)),
        )
    if sys.ageing.size:
        parts = [each for each in SIDES if each[1] or not has_foil(p.cell)]
        yield from ageing.fields(p, parts, lambda side: ("Time [s]", f"x_{'np'[side]} [m]"))
