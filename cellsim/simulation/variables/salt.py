"""Variables of the electrolyte, and of the currents through electrolyte and solid."""

import numpy as np

from ...kernels.layout import POROUS, SINGLE_FLUX, THIN_FILM
from ...models.materials.tables import salt_range
from ...models.volumes import FOIL
from ...physics.transport import diffusion_factor
from .states import SIDES

ONE = ("Time [s]",)
FACES = "x_f [m]"
LAYERS = (("Negative", 0), ("Separator", -1), ("Positive", 1))


def salt(p):
    """Averages, and the parts of fields that belong to one layer."""
    potential = p.sys.model == POROUS and p.sys.volume.size > 3
    dx = p.sys.volume["dx"]
    yield "X-averaged electrolyte concentration [mol.m-3]", (ONE, lambda: p.c @ dx / dx.sum())
    for name, side in LAYERS:
        if side == 0 and p.is_foil(0):
            continue
        low = name.lower()
        if p.sys.model != THIN_FILM:
            yield from in_layer(p, name, side, potential)
        yield (
            f"X-averaged {low} electrolyte concentration [mol.m-3]",
            (ONE, lambda s=side: p.average(p.c[:, p.volumes(s)], s)),
        )
        if potential:
            yield f"X-averaged {low} electrolyte potential [V]", (ONE, lambda s=side: mean_potential(p, s))
    if potential:
        yield "X-averaged electrolyte potential [V]", (ONE, lambda: p.phi_e @ dx / dx.sum())


def in_layer(p, name, side, potential):
    """The electrolyte of one layer, as PyBaMM has it beside that of the whole cell."""
    v, across = p.volumes(side), f"x_{name[0].lower()} [m]"
    if side == -1:
        dx = p.sys.volume["dx"]
        yield across, ((across,), lambda: (np.cumsum(np.where(dx == FOIL, 0.0, dx)) - 0.5 * dx)[v])
    yield f"{name} electrolyte concentration [mol.m-3]", ((*ONE, across), lambda: p.c[:, v])
    yield f"{name} electrolyte concentration [Molar]", ((*ONE, across), lambda: 1e-3 * p.c[:, v])
    if potential:
        yield f"{name} electrolyte potential [V]", ((*ONE, across), lambda: p.phi_e[:, v])


def at_middle(p, field):
    """A field (times, volumes) in the middle of the separator (times,)."""
    v, dx = p.volumes(-1), p.sys.volume["dx"]
    x = np.cumsum(dx)[v] - 0.5 * dx[v]
    start, end = x[0] - 0.5 * dx[v[0]], x[-1] + 0.5 * dx[v[-1]]
    return np.array([np.interp(0.5 * (start + end), x, row) for row in field[:, v]])


def mean_potential(p, side):
    """Average of the electrolyte's potential in one layer (times,) [V]."""
    return p.average(p.phi_e[:, p.volumes(side)], side)


def chi(p, c):
    """Factor of the diffusion potential (times, ...) [V] at concentrations c, each row at its own temperature."""
    factor = getattr(diffusion_factor, "py_func", diffusion_factor)
    c, T = np.clip(c, *salt_range(p.cell)), p.column_of_T(c)
    t, tdf = (p.cell.law(f"electrolyte/{key}") for key in ("cation transference number", "thermodynamic factor"))
    return factor(t(c, T), tdf(c, T), T)


def concentration_overpotential(p):
    """Rise of the electrolyte's potential at no current between the averages of both electrodes (times,) [V]."""
    if p.sys.model == SINGLE_FLUX:
        pores = p.sys.volume["eps"] * p.sys.volume["dx"]
        mean = (p.c @ pores / pores.sum())[:, None]
        rise = [p.average(np.log(p.c[:, p.volumes(s)]), s) for _, s in SIDES]
        return chi(p, mean)[:, 0] * (rise[1] - rise[0])
    if p.sys.model == THIN_FILM:  # the first and the last are those at the faces
        c_ref = np.full((len(p.t), 1), p.sys.c_ref)
        return chi(p, c_ref)[:, 0] * np.log(p.c[:, -1] / p.c[:, 0])
    per = chi(p, p.c)
    steps = 0.5 * (per[:, 1:] + per[:, :-1]) * np.diff(np.log(p.c), axis=1)
    rise = np.concatenate([np.zeros((len(p.t), 1)), np.cumsum(steps, axis=1)], axis=1)
    return p.average(rise[:, p.volumes(1)], 1) - p.average(rise[:, p.volumes(0)], 0)


def rise_to_middle(p):
    """The same between the average of the negative electrode and the middle of the separator, of an SPMe."""
    pores = p.sys.volume["eps"] * p.sys.volume["dx"]
    mean = (p.c @ pores / pores.sum())[:, None]
    return chi(p, mean)[:, 0] * (np.log(at_middle(p, p.c)) - p.average(np.log(p.c[:, p.volumes(0)]), 0))


def currents(p):
    """Currents through electrolyte and solid at the faces of all volumes, so that they reach both collectors."""
    x = "x [m]"
    yield ("Interfacial current density [A.m-2]", ((*ONE, x), lambda: np.where(p.sys.volume["area"] > 0.0, p.j, 0.0)))
    for name, side in SIDES if p.sys.counts["layers"] else ():
        at, words = p.volumes(side), "double-layer current density [A.m-2]"
        if not p.is_foil(side):
            yield f"{name} electrode {words}", ((*ONE, f"x_{name[0].lower()} [m]"), lambda v=at: p.y.j_dl[:, v])
        mean = lambda v=at, s=side: p.average(p.y.j_dl[:, v], s)  # noqa: E731
        yield f"X-averaged {name.lower()} electrode {words}", (ONE, mean)
    if p.sys.ageing.size:  # side reactions take part of the current, which j does not count
        return
    yield FACES, ((FACES,), lambda: faces(p))
    yield "Electrolyte current density [A.m-2]", ((*ONE, FACES), lambda: ionic(p))
    yield "Electrode current density [A.m-2]", ((*ONE, FACES), lambda: electronic(p))


def faces(p):
    """Places of the faces [m], both collectors included."""
    dx = np.where(p.sys.volume["dx"] == FOIL, 0.0, p.sys.volume["dx"])
    return np.concatenate([[0.0], np.cumsum(dx)])


def ionic(p):
    """Ionic current at the faces (times, volumes + 1) [A/m2], from what leaves surfaces between collector and face."""
    j = p.j + p.y.j_dl if p.sys.counts["layers"] else p.j
    made = np.where(p.sys.volume["area"] > 0.0, j, 0.0) * p.sys.volume["area"]
    return np.concatenate([np.zeros((len(p.t), 1)), np.cumsum(made, axis=1)], axis=1)


def electronic(p):
    """Electronic current at the faces (times, volumes + 1) [A/m2]; none within the separator."""
    inside = p.sys.volume["side"] == -1
    current = p.I[:, None] - ionic(p)
    current[:, np.concatenate([inside, [False]]) | np.concatenate([[False], inside])] = 0.0
    return current
