"""Finding and reading parameter files."""

import os
from functools import lru_cache
from pathlib import Path

from ..errors import ParameterError
from ..support.arguments import near
from ..support.files import cut, quoted
from ..support.renamed import by_name
from .cell import Cell
from .reading import is_bpx, read, warn_of_remarks

PACKAGE = Path(__file__).resolve().parents[1]
HOMES = (PACKAGE / "_parameter_sets", PACKAGE.parent / "parameter_sets")  # in a wheel, in a checkout
SCHEMA = "cell.schema.json"


def home() -> Path:
    """The folder of packaged parameter sets."""
    return next((path for path in HOMES if path.is_dir()), HOMES[0])


@by_name
def cells() -> list[str]:
    """Names of the packaged parameter sets."""
    return sorted(p.stem for p in home().glob("*.json") if p.name != SCHEMA)


@by_name
def load(name: "str | os.PathLike[str] | Cell") -> Cell:
    """A packaged parameter set by its name, or a parameter file by its path (ending in .json); a `Cell` is returned.

    BPX files are read as by `cellsim.parameters.formats.read_bpx`.  Entries of a file that a run does not use are
    listed in `Cell.remarks` and in a `CellsimWarning`.
    Raises ParameterError: unknown name (with the nearest names), unreadable file, or all faults in the file.
    """
    if isinstance(name, Cell):
        return name
    if not isinstance(name, str | os.PathLike):
        raise ParameterError(
            f"a cell is the name of a parameter set, the path of a .json file or a Cell, not "
            f"{quoted(name)}; for example cellsim.load('lgm50_chen2020')"
        )
    path = Path(name)
    if path.suffix.lower() != ".json":
        return _packaged(str(name))
    raw = read(path)
    if is_bpx(raw):
        from .formats.bpx import cell_of

        cell = cell_of(raw, path)
    else:
        cell = Cell.from_json(raw, path.stem, path)
    warn_of_remarks(cell)
    return cell


@lru_cache(maxsize=64)
def _packaged(name: str) -> Cell:
    if name not in cells():
        raise ParameterError(f"unknown cell {cut(name)!r}; {near(name, cells())}")
    path = home() / f"{name}.json"
    return Cell.from_json(read(path), name, path)
