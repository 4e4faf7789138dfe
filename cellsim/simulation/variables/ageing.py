"""Variables of cells that age, under PyBaMM's names; they are there where the cell has the mechanism."""

import numpy as np

from ...physics.constants import F

HOUR = 3600.0
TIME = ("Time [s]",)
# state: words, and which of the counts says that there is one; of charge per electrode area
TAKEN = {
    "sei": ("SEI", "sei"),
    "sei_on_cracks": ("SEI on cracks", "sei_on_cracks"),
    "plated": ("lithium plating", "plating"),
}


def per_volume(p, name, side):
    """A slow state in the volumes of one electrode (times, volumes)."""
    v = p.volumes(side)
    return p.of_all(lambda y: getattr(y, name)[..., v])


def active_fraction(p, side):
    """Volume fraction of active material over its first value, in the volumes of one electrode, or 1."""
    if not p.sys.counts["loss"]:
        return 1.0
    return per_volume(p, "active", side) / p.sys.ageing[side]["active"]


def pores(p):
    """Volume of the pores per electrode area in each volume [m]; (times, volumes), or (volumes,) if it is constant."""
    eps, dx = p.sys.volume["eps"], p.sys.volume["dx"]
    if not p.sys.counts["clogging"]:
        return eps * dx * p.y.wetted if p.sys.counts["reservoirs"] else eps * dx
    now = p.y.porosity
    room = np.where(now > 0.0, now, eps) * dx
    return room * p.y.wetted if p.sys.counts["reservoirs"] else room


def salt(p):
    """Salt in the cell per electrode area [mol/m2], with that of a reservoir; (times,)."""
    room = pores(p)
    within = p.c @ room if room.ndim == 1 else (p.c * room).sum(axis=1)
    return within + p.y.reserve_salt[:, 0] if p.sys.counts["reservoirs"] else within


def taken(p, name, side):
    """Lithium that a side reaction of one electrode holds [C/m2], plated and dead together; (times,)."""
    held = per_volume(p, name, side).sum(axis=-1)
    return held + per_volume(p, "dead", side).sum(axis=-1) if name == "plated" else held


def series(p, parts):
    """One number per time; parts: (name, side) of the electrodes."""
    counts = p.sys.counts
    for name, side in parts:
        a, low = p.sys.ageing[side], name.lower()
        for state, (words, count) in TAKEN.items():
            if counts[count] and _has(a, state):
                yield (
                    f"Loss of lithium to {low} {words} [mol]",
                    (TIME, lambda q=state, s=side: taken(p, q, s) * p.area / F),
                )
                yield (
                    f"Loss of capacity to {low} {words} [A.h]",
                    (TIME, lambda q=state, s=side: taken(p, q, s) * p.area / HOUR),
                )
        if counts["plating"] and a["plating"]:
            yield (
                f"Capacity of {low} plated lithium [A.h]",
                (TIME, lambda s=side: per_volume(p, "plated", s).sum(axis=-1) * p.area / HOUR),
            )
            yield (
                f"Capacity of {low} dead lithium [A.h]",
                (TIME, lambda s=side: per_volume(p, "dead", s).sum(axis=-1) * p.area / HOUR),
            )
        if counts["loss"]:
            yield (
                f"Loss of active material in {low} electrode [%]",
                (TIME, lambda s=side: 100.0 * (1.0 - _mean(p, active_fraction(p, s), s))),
            )
            yield (
                f"Loss of lithium due to loss of active material in {low} electrode [mol]",
                (TIME, lambda s=side: per_volume(p, "gone", s).sum(axis=-1) * p.area / F),
            )
        if counts["wearing"] and a["window"]:
            yield f"Full cycles of {low} particles", (TIME, lambda s=side: _mean(p, per_volume(p, "cycled", s), s))
            yield (
                f"X-averaged {low} particle contact",
                (TIME, lambda s=side: _mean(p, per_volume(p, "touching", s), s)),
            )
            yield (
                f"X-averaged {low} interphase resistance [Ohm.m2]",
                (TIME, lambda s=side: _mean(p, per_volume(p, "interphase", s), s) / _surface(p, s)),
            )
    if counts["reservoirs"]:
        yield "Wetted fraction of pores", (TIME, lambda: p.of_all(lambda y: y.wetted[:, 0]))
        yield "Electrolyte in reservoir [m3]", (TIME, lambda: p.of_all(lambda y: y.reserve[:, 0]) * p.area)
        yield "Electrolyte used up [m3]", (TIME, lambda: p.of_all(lambda y: y.solvent[:, 0]) * p.area)


def fields(p, parts, axes_of):
    """Arrays in space; axes_of(side): their axes."""
    counts = p.sys.counts
    dx = p.sys.volume["dx"]
    for name, side in parts:
        a, axes, v = p.sys.ageing[side], axes_of(side), p.volumes(side)
        if counts["sei"] and a["sei"]:
            yield f"{name} SEI thickness [m]", (axes, lambda s=side, a=a: _thickness(p, "sei", a, s))
        if counts["plating"] and a["plating"]:
            for state, words in (("plated", "lithium plating"), ("dead", "dead lithium")):
                yield (
                    f"{name} {words} concentration [mol.m-3]",
                    (axes, lambda q=state, s=side, v=v: per_volume(p, q, s) / (F * dx[v])),
                )
        if counts["cracking"] and a["k_cr"]:
            yield f"{name} particle crack length [m]", (axes, lambda s=side: per_volume(p, "crack", s))
        if counts["wearing"] and a["window"]:
            yield f"{name} particle contact", (axes, lambda s=side: per_volume(p, "touching", s))
        if counts["loss"]:
            yield (
                f"{name} electrode active material volume fraction",
                (axes, lambda s=side: per_volume(p, "active", s)),
            )
        if counts["clogging"]:
            yield f"{name} electrode porosity", (axes, lambda s=side: per_volume(p, "porosity", s))


def _has(a, state):
    return {"sei": a["sei"], "sei_on_cracks": a["on_cracks"], "plated": a["plating"]}[state] > 0


def _mean(p, x, side):
    dx = p.sys.volume["dx"][p.volumes(side)]
    return np.broadcast_to(x, (len(p.t), dx.size)) @ dx / dx.sum()


def _surface(p, side):
    """Reacting surface of one electrode as made, per electrode area."""
    return p.sys.volume["area"][p.volumes(side)].sum()


def _thickness(p, state, a, side):
    surface = p.sys.volume["area"][p.volumes(side)] * active_fraction(p, side)
    dried = per_volume(p, "dried", side) if p.sys.counts["reservoirs"] else 0.0
    return (per_volume(p, state, side) - dried) * a["V_sei"] / (F * a["z"] * surface)
