"""Pages of the documentation that are written from the code at each build."""
from pathlib import Path

from .api import docstring_lines, public_signature, write_api, write_functions
from .copies import write_copies
from .gallery import write_gallery
from .tables import write_tables

__all__ = ["docstring_lines", "public_signature", "write"]


def write(source: Path, target: Path) -> None:
    """Write all generated pages of the documentation in `source` into the folder `target`."""
    target.mkdir(exist_ok=True)
    write_api(target)
    write_functions(source, target)
    write_tables(target)
    write_copies(source.parent, target)
    write_gallery(source.parent, target)
