"""Variables of cells that age, under PyBaMM's names; they are there where the cell has the mechanism.

Of a composite electrode those of the electrode are sums or averages over its phases, each of which has its own, too.
"""

from typing import NamedTuple

import numpy as np

from ...kernels.layout import numbers, unknowns
from ...models.ageing import fresh
from ...models.electrodes import lithium_content
from ...models.health.amounts import total
from ...physics.constants import F

HOUR = 3600.0
TIME = ("Time [s]",)
# state, of charge per electrode area: words, and the field of `records.Ageing` that says that there is one
TAKEN = {
    "sei": ("SEI", "sei"),
    "sei_on_cracks": ("SEI on cracks", "on_cracks"),
    "plated": ("lithium plating", "plating"),
}


class Part(NamedTuple):
    """An electrode, or a phase of a composite one, and its kinds of particle in a volume."""

    low: str  # in the names of variables: "negative", or "negative primary"
    phase: str  # "", or "primary "
    side: int
    kinds: tuple[int, ...]


def parts_of(p, sides):
    """The electrodes of `sides`, pairs of name and side, and the phases of composite ones."""
    for name, side in sides:
        of_side = [phase for phase in p.phases if phase.side == side]
        yield Part(name.lower(), "", side, tuple(k for phase in of_side for k in phase.kinds))
        for phase in of_side if len(of_side) > 1 else ():
            yield Part(phase.name.lower(), f"{phase.path.partition('/')[2]} ", side, phase.kinds)


def record(p, side, k):
    """How a kind of particle of an electrode ages."""
    return p.sys.ageing[p.sys.grain["sweep"][p.sys.volume["particle"][p.volumes(side)[0]] + k]]


def has(p, part, field):
    """Whether a field of `records.Ageing` is not 0 for any kind of particle."""
    return any(record(p, part.side, k)[field] != 0 for k in part.kinds)


def per_volume(p, name, part):
    """A slow state of all kinds of particle together, in the volumes of one electrode (times, volumes)."""
    v = p.volumes(part.side)
    return p.of_all(lambda y: sum(getattr(y, name)[..., k, v] for k in part.kinds))


def lithium_of(p, phase):
    """Lithium held by a phase of a composite electrode [mol]."""
    left = active_share(p, Part("", "", phase.side, phase.kinds))
    held = p.area * lithium_content(p.cell, phase.path) * left * p.mean_of(phase)
    return held @ p.sys.volume["dx"][p.volumes(phase.side)]


def averaged(p, of_kind, part):
    """Average of of_kind(k) (times, volumes) over the kinds of particle, by their surface as made."""
    if len(part.kinds) == 1:
        return of_kind(part.kinds[0])
    first = p.sys.volume["particle"][p.volumes(part.side)[0]]
    share = [float(p.sys.grain["share"][first + k]) for k in part.kinds]
    return sum(w * of_kind(k) for w, k in zip(share, part.kinds, strict=True)) / sum(share)


def mean_state(p, name, part):
    """A slow state averaged over the kinds of particle (times, volumes)."""
    v = p.volumes(part.side)
    return averaged(p, lambda k: p.of_all(lambda y: getattr(y, name)[..., k, v]), part)


def active_fraction(p, side, k):
    """Volume fraction of active material of one kind over its first value, in the volumes of one electrode, or 1."""
    if not p.sys.counts["loss"]:
        return 1.0
    v = p.volumes(side)
    return p.of_all(lambda y: y.active[..., k, v]) / record(p, side, k)["active"]


def active_share(p, part):
    """The same of several kinds together."""
    if len(part.kinds) == 1:
        return active_fraction(p, part.side, part.kinds[0])
    return per_volume(p, "active", part) / sum(record(p, part.side, k)["active"] for k in part.kinds)


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
    within = total(p.c * room)
    return within + p.y.reserve_salt[:, 0] if p.sys.counts["reservoirs"] else within


def as_made(common):
    """The slow states of the fresh cell of a `Common`."""
    y = unknowns(common.sys, np.zeros(numbers(common.sys)))
    fresh(common.cell, common.sys, y)
    return y


def taken(p, name, part):
    """Lithium that a side reaction of one electrode or phase took [C/m2] (times,); plated and dead together.

    Without that of the first films, as in PyBaMM; what was plated as made counts.
    """
    held = total(per_volume(p, name, part))
    if name == "plated":
        return held + total(per_volume(p, "dead", part))
    first = getattr(p.common.as_made, name)[..., p.volumes(part.side)]
    return held - sum(float(first[k].sum()) for k in part.kinds)


def series(p, sides):
    """One number per time; sides: (name, side) of the electrodes."""
    counts = p.sys.counts
    for part in parts_of(p, sides):
        low, lost = part.low, f"{part.phase}active material in {part.low.split()[0]} electrode"
        for state, (words, field) in TAKEN.items():
            if has(p, part, field):
                yield (
                    f"Loss of lithium to {low} {words} [mol]",
                    (TIME, lambda q=state, s=part: taken(p, q, s) * p.area / F),
                )
                yield (
                    f"Loss of capacity to {low} {words} [A.h]",
                    (TIME, lambda q=state, s=part: taken(p, q, s) * p.area / HOUR),
                )
        if counts["plating"] and has(p, part, "plating"):
            for state, words in (("plated", "plated lithium"), ("dead", "dead lithium")):
                yield (
                    f"Capacity of {low} {words} [A.h]",
                    (TIME, lambda q=state, s=part: per_volume(p, q, s).sum(axis=-1) * p.area / HOUR),
                )
        if counts["loss"]:
            yield f"Loss of {lost} [%]", (TIME, lambda s=part: 100.0 * (1.0 - _mean(p, active_share(p, s), s.side)))
            yield (
                f"Loss of lithium due to loss of {lost} [mol]",
                (TIME, lambda s=part: per_volume(p, "gone", s).sum(axis=-1) * p.area / F),
            )
        if counts["wearing"] and has(p, part, "window"):
            yield f"Full cycles of {low} particles", (TIME, lambda s=part: _mean(p, mean_state(p, "cycled", s), s.side))
            yield (
                f"X-averaged {low} particle contact",
                (TIME, lambda s=part: _mean(p, mean_state(p, "touching", s), s.side)),
            )
            yield (
                f"X-averaged {low} interphase resistance [Ohm.m2]",
                (TIME, lambda s=part: _mean(p, mean_state(p, "interphase", s), s.side) / _surface(p, s)),
            )
    if counts["reservoirs"]:
        yield "Wetted fraction of pores", (TIME, lambda: p.of_all(lambda y: y.wetted[:, 0]))
        yield "Electrolyte in reservoir [m3]", (TIME, lambda: p.of_all(lambda y: y.reserve[:, 0]) * p.area)
        yield "Electrolyte used up [m3]", (TIME, lambda: p.of_all(lambda y: y.solvent[:, 0]) * p.area)


def fields(p, sides, axes_of):
    """Arrays in space; sides: (name, side) of the electrodes, axes_of(side): their axes."""
    counts, dx = p.sys.counts, p.sys.volume["dx"]
    for part in parts_of(p, sides):
        name, axes, v = part.low.capitalize(), axes_of(part.side), p.volumes(part.side)
        if counts["sei"] and has(p, part, "sei"):
            yield f"{name} SEI thickness [m]", (axes, lambda s=part: averaged(p, lambda k: _thickness(p, s.side, k), s))
        if counts["plating"] and has(p, part, "plating"):
            for state, words in (("plated", "lithium plating"), ("dead", "dead lithium")):
                yield (
                    f"{name} {words} concentration [mol.m-3]",
                    (axes, lambda q=state, s=part, v=v: per_volume(p, q, s) / (F * dx[v])),
                )
        if counts["cracking"] and has(p, part, "k_cr"):
            yield f"{name} particle crack length [m]", (axes, lambda s=part: mean_state(p, "crack", s))
        if counts["wearing"] and has(p, part, "window"):
            yield f"{name} particle contact", (axes, lambda s=part: mean_state(p, "touching", s))
        electrode = f"{name.split()[0]} electrode"
        if counts["loss"]:
            yield (
                f"{electrode} {part.phase}active material volume fraction",
                (axes, lambda s=part: per_volume(p, "active", s)),
            )
        if counts["clogging"] and not part.phase:
            yield f"{electrode} porosity", (axes, lambda v=v: p.of_all(lambda y: y.porosity[..., v]))


def _mean(p, x, side):
    dx = p.sys.volume["dx"][p.volumes(side)]
    return np.broadcast_to(x, (len(p.t), dx.size)) @ dx / dx.sum()


def _surface(p, part):
    """Reacting surface of an electrode or a phase as made, per electrode area."""
    v = p.volumes(part.side)
    share = sum(float(p.sys.grain["share"][p.sys.volume["particle"][v[0]] + k]) for k in part.kinds)
    return share * p.sys.volume["area"][v].sum()


def _thickness(p, side, k):
    """Of the SEI on one kind of particle (times, volumes) [m]."""
    a, v = record(p, side, k), p.volumes(side)
    share = p.sys.grain["share"][p.sys.volume["particle"][v] + k]
    surface = p.sys.volume["area"][v] * share * active_fraction(p, side, k)
    dried = p.of_all(lambda y: y.dried[..., k, v]) if p.sys.counts["reservoirs"] else 0.0
    return (
        (p.of_all(lambda y: y.sei[..., k, v]) - dried) * a["V_sei"] / (F * a["z"] * surface)
        if a["sei"]
        else 0.0 * surface
    )
