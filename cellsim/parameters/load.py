"""Finding and reading parameter files."""
import os
from functools import lru_cache
from pathlib import Path

<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
from ..errors import ParameterError
from ..support.files import cut, quoted
=======
from ..errors import CellsimWarning, ParameterError
from ..support.arguments import near
from ..support.files import cut, quoted, read_json
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
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


def load(name: "str | os.PathLike[str] | Cell") -> Cell:
    """A packaged parameter set by its name, or a parameter file by its path (ending in .json); a `Cell` is returned.

<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
    A file in BPX is read as `cellsim.parameters.formats.read_bpx` does.  What a file says and a run does not use is in
    `Cell.remarks` and is told as a `CellsimWarning`.
    Raises ParameterError: unknown name (nearest names suggested), unreadable file, or the list
    of all faults in the file.
=======
    BPX files are read as by `cellsim.interop.read_bpx`.  Entries of a file that a run does not use are listed in
    `Cell.remarks` and in a `CellsimWarning`.
    Raises ParameterError: unknown name (with the nearest names), unreadable file, or all faults in the file.
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
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
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
        from .formats.bpx import cell_of
=======
        from .formats.bpx import cell_of  # imports this package
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd

        cell = cell_of(raw, path)
    else:
        cell = Cell.from_json(raw, path.stem, path)
    warn_of_remarks(cell)
    return cell


<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
=======
def is_bpx(raw: Any) -> bool:
    """Whether the content of a file has the form of BPX."""
    return isinstance(raw, dict) and "Parameterisation" in raw and "sources" not in raw


def warn_of_remarks(cell: Cell) -> None:
    """Issue the remarks on an imported cell as one `CellsimWarning`."""
    if cell.remarks:
        warnings.warn("\n".join(f"{cell.name}: {remark}" for remark in cell.remarks), CellsimWarning, stacklevel=3)


>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
@lru_cache(maxsize=64)
def _packaged(name: str) -> Cell:
    if name not in cells():
        raise ParameterError(f"unknown cell {cut(name)!r}; {near(name, cells())}")
    path = home() / f"{name}.json"
    return Cell.from_json(read(path), name, path)
<<<<<<< 7590ae8098b28666a2675d3e47347504929350b6
=======


def read(path: "str | os.PathLike[str]") -> Any:
    """The JSON content of a file, see `cellsim.support.files.read_json`.  Raises ParameterError."""
    return read_json(path, ParameterError)
>>>>>>> 61331fa42e8bcb58f2e37a13bb42cc7326c249fd
