"""Variables in space, and their coordinates."""

import numpy as np

from ...kernels.layout import POROUS, THIN_FILM
from ...models.electrodes import PARTS, has_foil
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
    resolved = sys.model == POROUS and sys.volume.size > 3
    if resolved:
        yield "Electrolyte potential [V]", (("Time [s]", x), lambda: p.phi_e)
    for (name, side), part in zip(SIDES, PARTS, strict=True):
        if side == 0 and has_foil(p.cell):
            continue
        low, v = name.lower(), p.volumes(side)
        axes, depth = ("Time [s]", f"x_{low[0]} [m]"), f"r_{low[0]} [m]"
        c_max = p.cell.value(f"{part}/maximum concentration")
        flat = sys.model == THIN_FILM
        radius = p.cell.value(f"{part}/{'thickness' if flat else 'particle radius'}")
        inside = np.concatenate([[0.0], np.cumsum(3.0 * sys.shell["volume"])])
        faces = inside if flat else np.cbrt(inside)
        yield axes[1], ((axes[1],), lambda v=v: centre[v])
        yield depth, ((depth,), lambda f=faces, R=radius: 0.5 * R * (f[1:] + f[:-1]))
        if resolved:
            yield f"{name} electrode potential [V]", (axes, lambda v=v: p.phi_s[:, v])
        yield f"{name} electrode interfacial current density [A.m-2]", (axes, lambda v=v: p.j[:, v])
        yield (f"{name} particle surface concentration [mol.m-3]", (axes, lambda s=side, c=c_max: c * p.surface(s)))
        yield (
            f"{name} particle concentration [mol.m-3]",
            ((*axes, depth), lambda v=v, c=c_max: c * p.x[:, sys.volume["particle"][v]]),
        )
    if sys.ageing.size:
        parts = [each for each in SIDES if each[1] or not has_foil(p.cell)]
        yield from ageing.fields(p, parts, lambda side: ("Time [s]", f"x_{'np'[side]} [m]"))
