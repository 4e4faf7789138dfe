"""Robust reading of files, atomic writing, and optional packages.

Every user file is read by `read_text` or `read_json`, or within `reading`: any failure is reported in one sentence.
"""

import json
import os
import re
import reprlib
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from ..errors import CellsimError, ReportError
from .partial import begin, settle

Location = str | os.PathLike[str]
LARGEST = 10_000_000  # bytes of a text file
DEEPEST = 64  # nesting levels of objects and lists
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, lone surrogates
_SUSPECT = re.compile(r"\\u(?:00[01789]|[dD][89a-fA-F])|\\[bf]|[\x7f-\x9f]")  # JSON escapes that may encode one of them
_short = reprlib.Repr()
_short.maxlevel, _short.maxdict, _short.maxlist, _short.maxtuple, _short.maxset = 2, 3, 4, 4, 4
_short.maxstring = _short.maxother = _short.maxlong = 80


def quoted(value: object, most: int = 40) -> str:
    """A value of a file for a message, truncated; large values are never written out in full."""
    try:
        words = _short.repr(value)
    except Exception:  # a faulty __repr__
        words = f"<{type(value).__name__}>"
    return words if len(words) <= most else words[:most] + "..."


def cut(text: object, most: int = 160) -> str:
    """Printable text for a message, of at most `most` characters."""
    words = str(text)
    words = words if len(words) <= most else f"{words[: most // 2]}...{words[-most // 2 :]}"
    return _UNPRINTABLE.sub(lambda m: f"\\x{ord(m.group()):02x}", words)


@contextmanager
def reading(path: Location, error: type[CellsimError]) -> Iterator[None]:
    """Raise any failure to read a file as `error`, in one sentence that names the file."""
    try:
        yield
        return
    except CellsimError:
        raise
    except OSError as fault:
        reason = fault.strerror or cut(fault)
    except UnicodeError:
        reason = "is not text in UTF-8"
    except RecursionError:
        reason = "is nested too deeply"
    except MemoryError:
        reason = "is too large for the memory"
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, ImportError) as fault:
        reason = cut(f"{type(fault).__name__}: {fault}")
    raise error(f"{cut(path)}: cannot be read ({reason})") from None


def read_text(path: Location, error: type[CellsimError], most: int = LARGEST, name: str | None = None) -> str:
    """The text of a regular UTF-8 file of at most `most` bytes, with or without byte order mark.

    name: of the file in messages.  Raises `error`, a CellsimError.
    """
    with reading(path if name is None else name, error):
        return read_bytes(path, most).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: Location, most: int = LARGEST) -> bytes:
    """The content of a regular file of at most `most` bytes; to be called within `reading`.

    Folders, devices and pipes are refused, so that reading never blocks.  Raises OSError.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    with open(handle, "rb") as file:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(0, "is a folder" if stat.S_ISDIR(mode) else "is a device or a pipe, not a file")
        raw = file.read(most + 1)
    if len(raw) > most:
        raise OSError(0, f"is larger than {1e-6 * most:g} MB")
    return raw


def read_json(path: Location, error: type[CellsimError], most: int = LARGEST) -> Any:
    """The content of a JSON file, see `parse_json`."""
    return parse_json(read_text(path, error, most), Path(os.fspath(path)).name, error)


def parse_json(text: str, name: str, error: type[CellsimError]) -> Any:
    """The content of a JSON text with unique keys, finite numbers, printable text and limited depth.

    name: of the file, for messages.  Raises `error`, a CellsimError.
    """
    name = cut(name)
    try:
        content = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise error(f"{name}: {where}: {fault.msg}; the file is not valid JSON") from None
    except RecursionError:
        raise error(f"{name}: nested too deeply; at most {DEEPEST} levels are read") from None
    except MemoryError:
        raise error(f"{name}: too large for the memory") from None
    except ValueError as fault:
        raise error(f"{name}: {cut(fault, 300)}") from None
    check_content(content, name, error, _SUSPECT.search(text) is not None)
    return content


def check_content(content: Any, name: str, error: type[CellsimError], words: bool = True) -> None:
    """Raise `error` if objects and lists are nested deeper than DEEPEST or, with `words`, text is unprintable.

    Works level by level, so that deep nesting cannot overflow the stack.
    """
    level, depth = [content], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise error(f"{name}: nested too deeply; at most {DEEPEST} levels are read")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
                if words:
                    inner.extend(value)
            elif isinstance(value, list):
                inner.extend(value)
            elif words and isinstance(value, str) and _UNPRINTABLE.search(value):
                raise error(f"{name}: {cut(value, 60)!r} contains a control character or a lone surrogate; remove it")
        level = inner


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        double = next(key for key, _ in pairs if counts[key] > 1)
        raise ValueError(f"key {cut(double, 60)!r} appears twice in one object; remove one")
    return content


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number; give a finite value")


@contextmanager
def replacing(path: Location) -> Iterator[Path]:
    """A temporary file beside `path` to write to, which replaces `path` on success.

    Raises ReportError, before anything is computed or written, if `path` cannot be written.
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


def write_table(table: Any, path: Location) -> None:
    """Write a pandas DataFrame to `.parquet`, else as CSV without its index; `replacing`.  Raises ReportError."""
    path = Path(path)
    with replacing(path) as partial:
        if path.suffix.lower() == ".parquet":
            optional("pyarrow")
            table.to_parquet(partial)
        else:
            table.to_csv(partial, index=False)


def optional(name: str, extra: str = "table") -> Any:
    """An optional package, installed by the given extra of cellsim.  Raises ReportError if it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise ReportError(f"{name} is not installed: pip install 'cellsim[{extra}]'") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
