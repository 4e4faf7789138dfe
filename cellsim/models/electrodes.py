"""The two electrodes by name, and their types."""

from collections.abc import Callable

from ..errors import ParameterError
from ..parameters import Cell

NEGATIVE, POSITIVE = PARTS = ("negative electrode", "positive electrode")


def is_metal(cell: Cell, part: str) -> bool:
    """Whether an electrode is lithium metal."""
    return cell.text(f"{part}/type") == "lithium metal"


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


def values_of(cell: Cell, section: str) -> Callable[[str], float]:
    """A function that returns the value of a quantity of `section` by its key."""

    def value(key: str) -> float:
        return cell.value(f"{section}/{key}")

    return value


def lithium_content(cell: Cell, part: str) -> float:
    """Lithium of an electrode between stoichiometries 0 and 1, per volume of the electrode [mol/m3]."""
    get = values_of(cell, part)
    return get("maximum concentration") * get("active material volume fraction") * get("utilisation")


def has_foil(cell: Cell) -> bool:
    """Whether the negative electrode is lithium metal."""
    return is_metal(cell, NEGATIVE)
