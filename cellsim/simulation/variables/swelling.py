"""How much thicker a cell becomes without pressure, by lithium in particles, films and metal; names as in PyBaMM.

Counted from the fresh cell at rest, discharged.  Electrodes grow in thickness only, and what grows in pores that make
room for it (options "SEI porosity change" and the like) does not make them thicker.  Heat is left out.
"""

from functools import lru_cache

from ...kernels.layout import THIN_FILM
from ...models.electrodes import NEGATIVE, PARTS, has_foil, is_composite, lithium_content
from ...models.initial import stoichiometries
from ...physics.constants import V_LI, F
from .ageing import Part, per_volume, record
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
    both = (
        (name, side, part)
        for (name, side), part in zip(SIDES, PARTS, strict=True)
        if not is_composite(cell, part)  # whose phases swell differently
    )
    return tuple(one for one in both if (one[1] == 0 and has_foil(cell)) or molar_volume(cell, one[2]) is not None)


def growth(p, side, part):
    """Of one electrode, of all pairs [m] (times,)."""
    pair = of_metal(p) if side == 0 and has_foil(p.cell) else of_particles(p, part, side)
    return p.cell.value(PAIRS) * pair


@lru_cache(maxsize=32)
def molar_volume(cell, part):
    """What a mole of lithium adds to the volume of the particles of an electrode [m3/mol], or None.

    The partial molar volume, or that which makes the volume change of a full cycle, a charge.
    """
    if cell.has(f"{part}/partial molar volume"):
        return cell.value(f"{part}/partial molar volume")
    strain = cell.value(f"{part}/volume change")
    if strain == 0.0:
        return None
    window = cell.value(f"{part}/maximum stoichiometry") - cell.value(f"{part}/minimum stoichiometry")
    return (strain if part == NEGATIVE else -strain) / (window * cell.value(f"{part}/maximum concentration"))


@lru_cache(maxsize=32)
def fresh(cell, part, side):
    """Lithium in the particles of an electrode of the fresh, discharged cell [mol/m2]."""
    return lithium_content(cell, part) * cell.value(f"{part}/thickness") * stoichiometries(cell, 0.0)[side]


def of_particles(p, part, side):
    """Growth of an electrode of particles per pair [m] (times,); lost material stays as large as it was."""
    counts, a, whole = p.sys.counts, None, Part("", "", side, tuple(range(p.sys.volume["kinds"][p.volumes(side)[0]])))
    if p.sys.ageing.size:
        a = record(p, side, 0)
    lithium = p.once(States.lithium, part, side) / p.area - fresh(p.cell, part, side)
    if counts["loss"]:
        lithium = lithium + per_volume(p, "gone", whole).sum(axis=-1) / F
    grown = molar_volume(p.cell, part) * lithium
    if counts["sei"] and a["sei"] and not a["sei_clogs"]:
        first = a["L_0"] * p.sys.volume["area"][p.volumes(side)].sum()
        grown = grown + per_volume(p, "sei", whole).sum(axis=-1) * a["V_sei"] / (F * a["z"]) - first
        if counts["sei_on_cracks"] and a["on_cracks"]:
            grown = grown + per_volume(p, "sei_on_cracks", whole).sum(axis=-1) * a["V_sei"] / (F * a["z"])
    if counts["plating"] and a["plating"] and not a["plated_clogs"]:
        grown = grown + (per_volume(p, "plated", whole) + per_volume(p, "dead", whole)).sum(axis=-1) * a["V_li"] / F
    return grown


def of_metal(p):
    """Growth of lithium metal, dead lithium included, and of its interphase, per pair [m] (times,)."""
    if not p.sys.foil.size:
        return V_LI * (fresh(p.cell, PARTS[1], 1) - p.lithium(PARTS[1], 1) / p.area)
    first = p.cell.value(f"{NEGATIVE}/interphase thickness")
    lithium = p.foil[:, 0] + p.numbers["dead"] - p.sys.foil[0]["start"]
    return V_LI / F * lithium + p.numbers["layer"] - first
