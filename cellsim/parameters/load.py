"""Finding and reading parameter files."""
import difflib
import json
from functools import lru_cache
from pathlib import Path

from ..errors import ParameterError
from .cell import Cell

PACKAGE = Path(__file__).resolve().parents[1]
HOMES = (PACKAGE / "_parameter_sets", PACKAGE.parent / "parameter_sets")  # in a wheel, in a checkout
SCHEMA = "cell.schema.json"


def home() -> Path:
    """The folder of packaged parameter sets."""
    return next((path for path in HOMES if path.is_dir()), HOMES[0])


def cells() -> list[str]:
    """Names of the packaged parameter sets."""
    return sorted(p.stem for p in home().glob("*.json") if p.name != SCHEMA)


def load(name) -> Cell:
    """A packaged parameter set by name, or any parameter file by its path (ending in .json); a `Cell` is itself.

    Raises ParameterError: unknown name (nearest names suggested), unreadable file, or the list
    of all faults in the file.
    """
    if isinstance(name, Cell):
        return name
    path = Path(name)
    return Cell.from_json(read(path), path.stem, path) if path.suffix == ".json" else _packaged(str(name))


@lru_cache(maxsize=64)
def _packaged(name):
    if name not in cells():
        close = difflib.get_close_matches(name, cells(), n=3, cutoff=0.3)
        remedy = f"did you mean {' or '.join(close)}?" if close else f"known cells: {', '.join(cells())}"
        raise ParameterError(f"unknown cell {name!r}; {remedy}")
    path = home() / f"{name}.json"
    return Cell.from_json(read(path), name, path)


def read(path) -> dict:
    """The JSON content of a file, without duplicate keys and without NaN.  Raises ParameterError."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "not a text file"
        raise ParameterError(f"{path}: cannot be read ({reason})") from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        raise ParameterError(f"{Path(path).name}: line {fault.lineno}, column {fault.colno}: {fault.msg}; "
                             "the file is not valid JSON") from None
    except RecursionError:
        raise ParameterError(f"{Path(path).name}: nested too deeply; see parameter_sets/README.md") from None
    except ValueError as fault:
        raise ParameterError(f"{Path(path).name}: {fault}") from None


def _unique(pairs):
    keys = [k for k, _ in pairs]
    double = sorted({k for k in keys if keys.count(k) > 1})
    if double:
        raise ValueError(f"key {double[0]!r} appears twice in one object; remove one")
    return dict(pairs)


def _no_constant(word):
    raise ValueError(f"{word} is not a number; give a finite value")
