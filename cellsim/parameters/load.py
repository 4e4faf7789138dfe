"""Finding and reading parameter files."""
import difflib
import os
from functools import lru_cache
from pathlib import Path

from ..errors import ParameterError
from ..support.files import cut, quoted
from .cell import Cell
from .reading import is_bpx, read, tell

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

    A file in BPX is read as `cellsim.parameters.formats.read_bpx` does.  What a file says and a run does not use is in
    `Cell.remarks` and is told as a `CellsimWarning`.
    Raises ParameterError: unknown name (nearest names suggested), unreadable file, or the list
    of all faults in the file.
    """
    if isinstance(name, Cell):
        return name
    if not isinstance(name, str | os.PathLike):
        raise ParameterError(f"a cell is the name of a parameter set, the path of a .json file or a Cell, not "
                             f"{quoted(name)}; for example cellsim.load('lgm50_chen2020')")
    path = Path(name)
    if path.suffix.lower() != ".json":
        return _packaged(str(name))
    raw = read(path)
    if is_bpx(raw):
        from .formats.bpx import cell_of

        found = cell_of(raw, path)
    else:
        found = Cell.from_json(raw, path.stem, path)
    tell(found)
    return found


@lru_cache(maxsize=64)
def _packaged(name):
    if name not in cells():
        close = difflib.get_close_matches(name[:80], cells(), n=3, cutoff=0.3)
        remedy = f"did you mean {' or '.join(close)}?" if close else f"known cells: {', '.join(cells())}"
        raise ParameterError(f"unknown cell {cut(name)!r}; {remedy}")
    path = home() / f"{name}.json"
    return Cell.from_json(read(path), name, path)
