"""Writing files so that a failure leaves nothing behind, and the packages that only tables need."""
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from .errors import ReportError
from .partial import begin, settle


@contextmanager
def replacing(path) -> Iterator[Path]:
    """A new file beside `path` to write to, which takes its place if all went well.

    Raises ReportError, before anything is computed or written, if the place cannot be written.
    """
    path = Path(path)
    if path.is_dir():
        raise ReportError(f"{path}: is a folder; give the name of a file")
    try:
        handle, partial = begin(path)
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or fault
        raise ReportError(f"{path!s}: cannot be written ({why}); choose another place") from None
    try:
        yield partial
        partial.chmod(0o666 & ~_umask())
        settle(handle, partial, path)
    except OSError as fault:
        raise ReportError(f"{path}: cannot be written ({fault.strerror or fault})") from None
    finally:
        partial.unlink(missing_ok=True)
        if handle is not None:
            os.close(handle)


def optional(name, extra="table"):
    """A package that not everyone needs, with the extra that brings it.  Raises ReportError if it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise ReportError(f"{name} is not installed: pip install 'cellsim[{extra}]'") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
