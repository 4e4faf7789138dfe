"""Pages of the documentation that are written from the code at each build."""

from pathlib import Path

from .api import docstring_lines, public_signature, write_api, write_functions
from .copies import write_copies
from .files import written
from .gallery import write_gallery
from .tables import write_tables

__all__ = ["docstring_lines", "public_signature", "write"]


def write(source: Path, target: Path) -> None:
    """Write all generated pages of the documentation in `source` into the folder `target`."""
    written.clear()
    write_api(target)
    write_functions(source, target)
    write_tables(target)
    write_copies(source.parent, target)
    write_gallery(source.parent, target)
    for page in target.rglob("*"):
        if page.is_file() and page not in written:  # of an earlier version
            page.unlink()
