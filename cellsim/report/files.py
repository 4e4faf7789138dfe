"""Writing a file whole or not at all."""
from pathlib import Path

from ..errors import ReportError


def write_whole(path, write):
    """Call write(partial) on a path beside `path`, then put that file in place of `path`.

    What was there before stays if anything fails.  Raises ReportError if it cannot be written.
    """
    path = Path(path)
    if not path.name or path.is_dir():
        raise ReportError(f"{path}: is a folder; give the path of a file")
    partial = path.with_name(path.name + ".partial")
    try:
        write(partial)
        partial.replace(path)
    except OSError as fault:
        raise ReportError(f"{path}: cannot be written ({fault.strerror or fault})") from None
    finally:
        if partial.is_file():
            partial.unlink()
