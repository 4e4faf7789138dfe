"""The content of a parameter file, of whichever format."""
import warnings
from typing import Any

from ..errors import CellsimWarning, ParameterError
from ..support.files import read_json


def is_bpx(raw) -> bool:
    """Whether the content of a file is meant to be BPX."""
    return isinstance(raw, dict) and "Parameterisation" in raw and "sources" not in raw


def tell(cell) -> None:
    """Issue what the user should know about an imported cell as one `CellsimWarning`."""
    if cell.remarks:
        warnings.warn("\n".join(f"{cell.name}: {remark}" for remark in cell.remarks), CellsimWarning, stacklevel=3)


def read(path) -> Any:
    """The JSON content of a file, see `cellsim.support.files.read_json`.  Raises ParameterError."""
    return read_json(path, ParameterError)
