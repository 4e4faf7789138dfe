"""How much thicker a cell becomes without pressure, by lithium in particles, films and metal; names as in PyBaMM.

Counted from the fresh cell at rest, discharged.  Electrodes grow in thickness only, and what grows in pores that make
room for it (options "SEI porosity change" and the like) does not make them thicker.  Heat is left out.
"""

from functools import lru_cache

import numpy as np

from ...kernels.layout import THIN_FILM
from ...models.electrodes import NEGATIVE, PARTS, electrode_of, has_foil, lithium_content, phases, stated
from ...models.initial import stoichiometries
from ...parameters.laws.blend import blend_of
from ...physics.constants import V_LI, F
from .ageing import Part, lithium_of, per_volume, record
from .states import SIDES, States

PAIRS = "design/number of electrode pairs"
TIME = ("Time [s]",)


def series(p):
    """Thickness changes of electrodes and cell [m], all electrode pairs together, where volumes are known."""
    sides = () if p.sys.model == THIN_FILM else known(p.cell)
    for name, side, part in sides:
        yield f"{name} electrode thickness change [m]", (TIME, lambda s=side, q=part: growth(p, s, q))
    if len(sides) == len(PARTS):
        yield "Cell thickness change [m]", (TIME, lambda: sum(growth(p, side, part) for _, side, part in sides))


@lru_cache(maxsize=16)
def known(cell):
    """(name, side, section) of the electrodes of which it is known how lithium changes their volume."""
    if not cell.has(PAIRS):
        return ()
    both = ((name, side, part) for (name, side), part in zip(SIDES, PARTS, strict=True))
    return tuple(
        one
        for one in both
        if (one[1] == 0 and has_foil(cell))
        or all(molar_volume(cell, material) is not None for material in phases(cell, one[2]))
    )


def growth(p, side, part):
    """Of one electrode, of all pairs [m] (times,)."""
    pair = of_metal(p) if side == 0 and has_foil(p.cell) else of_particles(p, part, side)
    return p.cell.value(PAIRS) * pair


@lru_cache(maxsize=32)
def molar_volume(cell, material):
    """What a mole of lithium adds to the volume of the particles of an electrode, or a phase of it [m3/mol], or None.

    The partial molar volume, or that which makes the volume change of a full cycle, a charge.
    """
    part = electrode_of(material)
    volume, change = (stated(cell, material, key) for key in ("partial molar volume", "volume change"))
    if cell.has(volume):
        return cell.value(volume)
    strain = cell.value(change) if cell.has(change) else 0.0
    if strain == 0.0:
        return None
    window = cell.value(f"{part}/maximum stoichiometry") - cell.value(f"{part}/minimum stoichiometry")
    if material != part:
        window = abs(at_rest(cell, material, 1.0) - at_rest(cell, material, 0.0))
    return (strain if part == NEGATIVE else -strain) / (window * cell.value(f"{material}/maximum concentration"))


def at_rest(cell, material, soc):
    """Stoichiometry of an electrode, or a phase of it, of the cell at rest at a state of charge."""
    part = electrode_of(material)
    mean = stoichiometries(cell, soc)[PARTS.index(part)]
    if material == part:
        return mean
    _, each = blend_of(cell, part).state(np.array([mean]), cell.value("cell/reference temperature"))
    return float(each[phases(cell, part).index(material)][0])


@lru_cache(maxsize=32)
def fresh(cell, material):
    """Lithium in the particles of an electrode, or a phase of it, of the fresh, discharged cell [mol/m2]."""
    thickness = cell.value(f"{electrode_of(material)}/thickness")
    return lithium_content(cell, material) * thickness * at_rest(cell, material, 0.0)


def of_particles(p, part, side):
    """Growth of an electrode of particles per pair [m] (times,); lost material stays as large as it was."""
    of_side = [phase for phase in p.phases if phase.side == side]
    if len(of_side) == 1:
        whole = Part("", "", side, tuple(range(p.sys.volume["kinds"][p.volumes(side)[0]])))
        return of_material(p, part, whole, p.once(States.lithium, part, side), 1.0)
    share = p.sys.grain["share"][p.sys.volume["particle"][p.volumes(side)[0]] :]
    return sum(
        of_material(p, q.path, Part("", "", side, q.kinds), lithium_of(p, q), share[list(q.kinds)].sum())
        for q in of_side
    )


def of_material(p, material, whole, moles, share):
    """Growth of an electrode, or of a phase with a share of its surface, whose particles hold moles of lithium."""
    counts, a, side = p.sys.counts, None, whole.side
    if p.sys.ageing.size:
        a = record(p, side, whole.kinds[0])
    lithium = moles / p.area - fresh(p.cell, material)
    if counts["loss"]:
        lithium = lithium + per_volume(p, "gone", whole).sum(axis=-1) / F
    grown = molar_volume(p.cell, material) * lithium
    if counts["sei"] and a["sei"] and not a["sei_clogs"]:
        first = a["L_0"] * p.sys.volume["area"][p.volumes(side)].sum() * share
        grown = grown + per_volume(p, "sei", whole).sum(axis=-1) * a["V_sei"] / (F * a["z"]) - first
        if counts["sei_on_cracks"] and a["on_cracks"]:
            grown = grown + per_volume(p, "sei_on_cracks", whole).sum(axis=-1) * a["V_sei"] / (F * a["z"])
    if counts["plating"] and a["plating"] and not a["plated_clogs"]:
        grown = grown + (per_volume(p, "plated", whole) + per_volume(p, "dead", whole)).sum(axis=-1) * a["V_li"] / F
    return grown


def of_metal(p):
    """Growth of lithium metal, dead lithium included, and of its interphase, per pair [m] (times,)."""
    if not p.sys.foil.size:
        return V_LI * (fresh(p.cell, PARTS[1]) - p.lithium(PARTS[1], 1) / p.area)
    first = p.cell.value(f"{NEGATIVE}/interphase thickness")
    lithium = p.foil[:, 0] + p.numbers["dead"] - p.sys.foil[0]["start"]
    return V_LI / F * lithium + p.numbers["layer"] - first
