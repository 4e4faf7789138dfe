"""The two electrodes by name, and which of them is a metal."""
from ..errors import ParameterError

NEGATIVE, POSITIVE = PARTS = ("negative electrode", "positive electrode")


def is_metal(cell, part) -> bool:
    """True where an electrode is lithium metal."""
    return cell.text(f"{part}/type") == "lithium metal"


def is_film(cell, part) -> bool:
    """True where an electrode is a dense film."""
    return cell.text(f"{part}/type") == "film"


def has_film(cell) -> bool:
    """True where the positive electrode is a dense film."""
    return is_film(cell, POSITIVE)


def needs_particles(cell):
    """Raises ParameterError where a model of porous electrodes meets a thin film."""
    if has_film(cell):
        raise ParameterError(f"{cell.name}: its positive electrode is a film without particles; use ThinFilm()")


def lithium_content(cell, part) -> float:
    """Lithium of an electrode between empty and full, per its volume [mol/m3]."""
    get = lambda key: cell.value(f"{part}/{key}")  # noqa: E731
    return get("maximum concentration") * get("active material volume fraction") * get("utilisation")


def has_foil(cell) -> bool:
    """True where the negative electrode is lithium metal."""
    return is_metal(cell, NEGATIVE)
