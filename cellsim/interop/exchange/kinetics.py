"""Laws of charge transfer of PyBaMM's sets and models, and its MSMR model, in both directions.

PyBaMM's MSMR electrodes have a potential, kinetics and diffusion of host sites together; here each is stated by itself.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...models.electrodes import electrode_of, phases
from ...models.materials.kinetics import at_half, coefficients, of_each_site, shares_of_sites, sites_of
from ...models.volumes import touching
from ...parameters import Cell
from ...parameters.catalogue import kinetics as names
from ...parameters.laws.sites import KEYS, Sites
from ..names import NEGATIVE, OCV, POSITIVE, T_INITIAL, of_side
from .laws_to_pybamm import arrhenius
from .read_pybamm import Reading

OPTION = names.OPTION
NUMBERS = {
    names.ANODIC: "{S} electrode Butler-Volmer transfer coefficient",
    names.ENERGY: "{S} electrode reorganization energy [eV]",
}
METAL = "lithium metal reacts by symmetric Butler-Volmer here; in PyBaMM by the option of the negative electrode, {}"
POTENTIAL, NUMBER = "open-circuit potential", "number of MSMR reactions"
OF_MSMR = {POTENTIAL: "single", names.PARTICLE: names.FICKIAN, OPTION: names.SYMMETRIC}  # options, and without
SITE = {
    KEYS[0]: "{S} electrode host site standard potential (#) [V]",
    KEYS[1]: "{S} electrode host site occupancy fraction (#)",
    KEYS[2]: "{S} electrode host site ideality factor (#)",
    names.OF_SITES: "{S} electrode host site reference exchange-current density (#) [A.m-2]",
    names.SHARE_OF_SITES: "{S} electrode host site charge transfer coefficient (#)",
}
COUNT, START = "Number of reactions in {s} electrode", "Initial voltage in {s} electrode [V]"
UNEVEN = 1e-12  # by which the sum of transfer coefficients may miss 1


def site_name(key: str, part: str, site: int) -> str:
    """PyBaMM's name of a quantity of a host site of an electrode."""
    return of_side(SITE[key].replace("#", str(site)), part)


def find_sites(reading: Reading, options: Mapping[str, Any]) -> dict[str, Any]:
    """Note which electrodes are of the MSMR model; returns the options without it.

    Without options an electrode is, whose host sites a set has and whose potential it has not.
    """
    rest = {key: value for key, value in options.items() if key != NUMBER}
    for side, part in enumerate((NEGATIVE, POSITIVE)):
        if part == NEGATIVE and reading.half_cell:
            continue
        chosen = [_of(options.get(key), side) for key in OF_MSMR]
        of_sites = [one == names.MSMR for one in chosen]
        has = reading.has(site_name(KEYS[0], part, 0)) and not reading.has(of_side("{S} electrode OCP [V]", part))
        if any(of_sites) and not all(of_sites):
            reading.faults.append(
                f"options of the {part}: {', '.join(map(repr, OF_MSMR))} are MSMR together or not at all; choose"
            )
        elif all(of_sites) or (has and chosen == [None] * len(chosen)):
            many = _of(options.get(NUMBER), side)
            known = 0
            while reading.has(site_name(KEYS[0], part, known)):
                known += 1
            reading.sites[part] = known if many in (None, "none") else int(many)
            reading.used.add(of_side(COUNT, part))
    for key, plain in OF_MSMR.items():
        if key in rest and key != OPTION:
            pair = tuple(plain if one == names.MSMR else one for one in (_of(rest[key], 0), _of(rest[key], 1)))
            rest[key] = pair[0] if pair[0] == pair[1] else pair
    return rest


def _of(given: Any, side: int) -> Any:
    return given[side] if isinstance(given, tuple) else given


def asked(reading: Reading, options: Mapping[str, Any]) -> Any:
    """The laws among model options; None without.  Of lithium metal PyBaMM's law is remarked on."""
    given = options.get(OPTION)
    if reading.sites and given is None:
        return of_electrodes(reading, names.SYMMETRIC)
    of_metal = given[0] if isinstance(given, tuple) else given
    if reading.half_cell and of_metal not in (None, names.SYMMETRIC):
        reading.remarks.append(METAL.format(repr(of_metal)))
    return None if given in (None, names.SYMMETRIC) else given


def kinetics_from(r: Reading, part: str) -> dict[str, Any]:
    """Records of the numbers of those laws that a set has, of an electrode, or of a phase by its path."""
    found = {key: of_side(form, part) for key, form in NUMBERS.items()}
    section = electrode_of(part)
    return {key: r.record(section, key, r.number(name), (name,)) for key, name in found.items() if r.has(name)}


def of_electrodes(reading: Reading, plain: str) -> tuple[str, ...]:
    """MSMR for the electrodes that are of this model, and what the other has."""
    return tuple(names.MSMR if part in reading.sites else plain for part in (NEGATIVE, POSITIVE))


def sites_from(r: Reading, part: str) -> dict[str, Any]:
    """Records of the host sites of an electrode of the MSMR model."""
    many = r.sites[part]
    used = {key: [site_name(key, part, k) for k in range(many)] for key in SITE}
    each = {key: [r.number(name) for name in of_each] for key, of_each in used.items()}
    if r.faults:
        return {}
    potential = {key: each[key] for key in KEYS}
    sites, anodic = Sites.of(potential), 1.0 - np.array(each[names.SHARE_OF_SITES])
    records = {POTENTIAL: r.record(part, POTENTIAL, potential, [name for key in KEYS for name in used[key]])}
    for key in (names.OF_SITES, names.SHARE_OF_SITES):
        table = {"x": [float(k) for k in range(many)], "y": each[key]} if len(set(each[key])) > 1 else each[key][0]
        records[key] = r.record(part, key, table, used[key])
    total = float(np.array(each[names.OF_SITES]) @ at_half(sites, anodic, r.T_ref))
    note = "the sum over host sites at x = 0.5 and the initial salt concentration"
    key, T = "exchange-current density", r.number(T_INITIAL, r.T_ref)
    records[key] = r.record(part, key, total, used[names.OF_SITES], note)
    start, key = of_side(START, part), "initial stoichiometry"
    records[key] = r.record(part, key, float(sites.stoichiometry(r.number(start), T)), (start,), "of that potential")
    if r.half_cell:
        for key, voltage in zip(("minimum stoichiometry", "maximum stoichiometry"), OCV[::-1], strict=True):
            records[key] = r.record(part, key, float(sites.stoichiometry(r.number(voltage), r.T_ref)), (voltage,))
    return records


def sites_to(cell: Cell, part: str, T: float, counter: float) -> dict[str, Any]:
    """Entries of an electrode of the MSMR model, against the counter electrode [V].  Raises ParameterError."""
    T_ref, entropic = cell.value("cell/reference temperature"), cell.law(f"{part}/entropic change coefficient")
    energy = cell.value(f"{part}/exchange-current activation energy")
    for key in ("exchange-current shape", "exchange-current electrolyte shape", "entropic change coefficient"):
        law = cell.law(f"{part}/{key}")
        if law.value is None or (law.value != 1.0 and key.endswith("shape")):
            raise ParameterError(
                f"to_pybamm: {cell.name}: {part}/{key}: {law}: PyBaMM has none of host sites; give "
                f"{'1' if key.endswith('shape') else 'a number'}"
            )
    scale = cell.value(f"{part}/exchange-current density") * touching(cell, part)
    sites = sites_of(cell, part)
    shift = (T - T_ref) * float(entropic.value or 0.0) - counter
    i0, shares = scale * shares_of_sites(cell, part), of_each_site(cell, part, names.SHARE_OF_SITES)
    each: list[Any] = [np.array(sites.U0) + shift, sites.X, sites.w, shares]
    columns = zip((*KEYS, names.SHARE_OF_SITES), each, strict=True)
    content: dict[str, Any] = {site_name(key, part, k): float(y) for key, of in columns for k, y in enumerate(of)}
    for k, one in enumerate(i0.tolist()):
        warmer = lambda T, one=one: one * arrhenius(energy, T, T_ref)  # noqa: E731
        content[site_name(names.OF_SITES, part, k)] = warmer if energy else one
    return content | {of_side(COUNT, part): len(sites.X)}


def has_sites(cell: Cell, part: str) -> bool:
    """Whether an electrode is of the MSMR model.  Raises ParameterError where it is in part."""
    if cell.text(f"{electrode_of(part)}/type") != "porous":
        return False
    law = cell.law(f"{part}/{POTENTIAL}") if not cell.phases(part) else None
    each = [cell.kinetics(one) == names.MSMR for one in phases(cell, part)]
    each += [cell.particle(one) == names.MSMR for one in phases(cell, part)]
    each += [cell.law(f"{one}/{POTENTIAL}").sites is not None for one in phases(cell, part)]
    if any(each) and (law is None or not all(each) or cell.hysteresis(part) != "single"):
        raise ParameterError(
            f"to_pybamm: {cell.name}: {part}: PyBaMM has potential, kinetics and diffusion of host sites together, in "
            "an electrode of one material without hysteresis; use `with_kinetics` and `with_particle`, or give the "
            "potential as a table"
        )
    return all(each)


def msmr_options(cell: Cell, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with those of the MSMR model, where an electrode is of it."""
    many = [len(sites_of(cell, part).X) if has_sites(cell, part) else 0 for part in (NEGATIVE, POSITIVE)]
    found = dict(options)
    if not any(many):
        return found
    for key, plain in OF_MSMR.items():
        found[key] = tuple(names.MSMR if n else _of(options.get(key, plain), k) for k, n in enumerate(many))
    return found | {NUMBER: tuple(str(n or "none") for n in many)}


def kinetics_option(cell: Cell) -> dict[str, Any]:
    """PyBaMM's option; {} if all laws are symmetric Butler-Volmer.  Raises ParameterError for laws that it has not."""
    each = []
    for part in (NEGATIVE, POSITIVE):
        laws = {phase: cell.kinetics(phase) for phase in phases(cell, part)}
        if len(set(laws.values())) > 1:
            raise ParameterError(
                f"to_pybamm: {cell.name}: {part}: PyBaMM has one law of charge transfer for all phases, here "
                f"{', '.join(f'{phase}: {law}' for phase, law in laws.items())}; choose one with `with_kinetics`"
            )
        each.append(next(iter(laws.values())))
    return {} if set(each) == {names.SYMMETRIC} else {OPTION: tuple(each)}


def kinetics_to(cell: Cell, part: str) -> dict[str, float]:
    """The numbers of the law of an electrode, or of a phase by its path.  Raises ParameterError."""
    law, content = cell.kinetics(part), {}
    if law == names.ASYMMETRIC:
        anodic, cathodic = coefficients(cell, part)
        if abs(anodic + cathodic - 1.0) > UNEVEN:
            raise ParameterError(
                f"to_pybamm: {cell.name}: {part}: transfer coefficients {anodic:g} and {cathodic:g}: in PyBaMM they "
                f"add up to 1; give {names.CATHODIC!r} {1.0 - anodic:g}"
            )
        content[of_side(NUMBERS[names.ANODIC], part)] = anodic
    if names.LAWS[law] == (names.ENERGY,):
        content[of_side(NUMBERS[names.ENERGY], part)] = cell.value(f"{part}/{names.ENERGY}")
    return content
