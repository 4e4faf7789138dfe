"""The two electrodes by name, and their types."""

from collections.abc import Callable

from ..errors import ParameterError
from ..parameters import Cell

NEGATIVE, POSITIVE = PARTS = ("negative electrode", "positive electrode")


def is_metal(cell: Cell, part: str) -> bool:
    """Whether an electrode, or that of a phase, is lithium metal."""
    return cell.text(f"{electrode_of(part)}/type") == "lithium metal"


def is_film(cell: Cell, part: str) -> bool:
    """Whether an electrode is a dense film."""
    return cell.text(f"{part}/type") == "film"


def has_film(cell: Cell) -> bool:
    """Whether the positive electrode is a dense film."""
    return is_film(cell, POSITIVE)


def needs_particles(cell: Cell) -> None:
    """Raises ParameterError if the positive electrode is a film, which models of porous electrodes cannot describe."""
    if has_film(cell):
        raise ParameterError(f"{cell.name}: the positive electrode is a film without particles; use ThinFilm()")


def needs_numbers_of(cell: Cell, model: str) -> None:
    """Raises ParameterError for a model by name, if the set has the numbers of another one alone."""
    only = cell.only_model
    if only and model != only:
        raise ParameterError(
            f"{cell.name}: model {model}: the parameter set has numbers for the {only} alone, without an electrolyte; "
            f"leave out the model, or give cellsim.{only}()"
        )


def values_of(cell: Cell, section: str) -> Callable[[str], float]:
    """A function that returns the value of a quantity of `section` by its key."""

    def value(key: str) -> float:
        return cell.value(f"{section}/{key}")

    return value


def electrode_of(part: str) -> str:
    """The electrode of a phase, by its path such as "negative electrode/primary", or of an electrode's own."""
    return part.partition("/")[0]


def phases(cell: Cell, part: str) -> tuple[str, ...]:
    """Where the quantities of the particles of an electrode are: the paths of its phases, or its own if it has none."""
    return tuple(f"{part}/{name}" for name in cell.phases(part)) or (part,)


def stated(cell: Cell, phase: str, key: str) -> str:
    """Path of a quantity of ageing of an electrode or a phase: its own if the set states it, else the electrode's."""
    own, part = f"{phase}/{key}", electrode_of(phase)
    return own if phase == part or cell.has(own) else f"{part}/{key}"


def is_composite(cell: Cell, part: str) -> bool:
    """Whether an electrode has phases."""
    return bool(cell.phases(part))


def materials(cell: Cell) -> tuple[str, ...]:
    """The phases of both electrodes in the order of the kernels' laws: the first of either, then all further ones."""
    both = [phases(cell, part) for part in PARTS]
    return (both[0][0], both[1][0], *both[0][1:], *both[1][1:])


def active_fraction(cell: Cell, part: str) -> float:
    """Volume fraction of the active material of a phase, or of all phases of an electrode; of a profile the mean."""
    return sum(cell.mean(f"{one}/active material volume fraction") for one in phases(cell, part))


def lithium_content(cell: Cell, part: str) -> float:
    """Lithium of an electrode, or a phase, between stoichiometries 0 and 1, per volume of the electrode [mol/m3].

    Of a graded electrode the mean.
    """
    if is_composite(cell, part):
        each = (values_of(cell, one) for one in phases(cell, part))
        held = sum(get("maximum concentration") * get("active material volume fraction") for get in each)
        return held * cell.value(f"{part}/utilisation")
    active, utilisation = active_fraction(cell, part), cell.value(f"{electrode_of(part)}/utilisation")
    return cell.value(f"{part}/maximum concentration") * active * utilisation


def has_foil(cell: Cell) -> bool:
    """Whether the negative electrode is lithium metal."""
    return is_metal(cell, NEGATIVE)


def per_rate(cell: Cell) -> float:
    """Current density of 1C [A/m2]."""
    return cell.nominal_capacity / cell.value("cell/electrode area")
