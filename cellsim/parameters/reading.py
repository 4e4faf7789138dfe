"""The content of a parameter file, of whichever format."""

import os
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError
from ..support.files import read_json
from ..support.renamed import warn

if TYPE_CHECKING:
    from .cell import Cell


def is_bpx(raw: Any) -> bool:
    """Whether the content of a file has the form of BPX."""
    return isinstance(raw, dict) and "Parameterisation" in raw and "sources" not in raw


def warn_of_remarks(cell: "Cell") -> None:
    """Issue the remarks on an imported cell as one `CellsimWarning`."""
    if cell.remarks:
        warn("\n".join(f"{cell.name}: {remark}" for remark in cell.remarks))


def read(path: "str | os.PathLike[str]") -> Any:
    """The JSON content of a file, see `cellsim.support.files.read_json`.  Raises ParameterError."""
    return read_json(path, ParameterError)
