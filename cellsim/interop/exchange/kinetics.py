"""Laws of charge transfer of PyBaMM's sets and models, in both directions."""

from collections.abc import Mapping
from typing import Any

from ...errors import ParameterError
from ...models.electrodes import electrode_of, phases
from ...models.materials.kinetics import coefficients
from ...parameters import Cell
from ...parameters.catalogue import kinetics as names
from ..names import NEGATIVE, POSITIVE, of_side
from .read_pybamm import Reading

OPTION = names.OPTION
NUMBERS = {
    names.ANODIC: "{S} electrode Butler-Volmer transfer coefficient",
    names.ENERGY: "{S} electrode reorganization energy [eV]",
}
METAL = "lithium metal reacts by symmetric Butler-Volmer here; in PyBaMM by the option of the negative electrode, {}"
UNEVEN = 1e-12  # by which the sum of transfer coefficients may miss 1


def asked(reading: Reading, options: Mapping[str, Any]) -> Any:
    """The laws among model options; None without.  Of lithium metal PyBaMM's law is remarked on."""
    given = options.get(OPTION)
    of_metal = given[0] if isinstance(given, tuple) else given
    if reading.half_cell and of_metal not in (None, names.SYMMETRIC):
        reading.remarks.append(METAL.format(repr(of_metal)))
    return None if given in (None, names.SYMMETRIC) else given


def kinetics_from(r: Reading, part: str) -> dict[str, Any]:
    """Records of the numbers of those laws that a set has, of an electrode, or of a phase by its path."""
    found = {key: of_side(form, part) for key, form in NUMBERS.items()}
    section = electrode_of(part)
    return {key: r.record(section, key, r.number(name), (name,)) for key, name in found.items() if r.has(name)}


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
