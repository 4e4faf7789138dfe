"""Reading files whatever is in them, writing them so that a failure leaves nothing behind, and optional packages.

Every file of a user is read by `read_text` or `read_json`, within `reading`: what goes wrong is one sentence.
"""
import json
import os
import re
import reprlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ..errors import CellsimError, ReportError
from .partial import begin, settle

LARGEST = 10_000_000  # bytes of a text file
DEEPEST = 64  # levels of objects and lists within each other
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, half characters
_SUSPECT = re.compile(r"\\u(?:00[01789]|[dD][89a-fA-F])|\\[bf]|[\x7f-\x9f]")  # of JSON that may stand for one of them
_short = reprlib.Repr()
_short.maxlevel, _short.maxdict, _short.maxlist, _short.maxtuple, _short.maxset = 2, 3, 4, 4, 4
_short.maxstring = _short.maxother = _short.maxlong = 80


def quoted(value, most=40) -> str:
    """A value of a file for a message: cut before it is written out, however large it is."""
    try:
        words = _short.repr(value)
    except Exception:  # of a type that cannot say what it is
        words = f"<{type(value).__name__}>"
    return words if len(words) <= most else words[:most] + "..."


def cut(words, most=160) -> str:
    """Words for a message, printable and at most so many characters."""
    words = str(words)
    words = words if len(words) <= most else f"{words[:most // 2]}...{words[-most // 2:]}"
    return _UNPRINTABLE.sub(lambda m: f"\\x{ord(m.group()):02x}", words)


@contextmanager
def reading(path, error) -> Iterator[None]:
    """Whatever goes wrong with a file while it is read is raised as `error`, in one sentence that names the file."""
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


def read_text(path, error, most=LARGEST, name=None) -> str:
    """The text of a regular file in UTF-8 of at most `most` bytes, with or without a byte order mark.

    No folder, device or pipe is read, so that nothing waits.  name: of the file in messages, its path unless given.
    Raises `error`, a CellsimError.
    """
    with reading(path if name is None else name, error):
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        handle = os.open(path, flags)
        with open(handle, "rb") as file:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                raise OSError(0, "is a folder" if stat.S_ISDIR(mode) else "is a device or a pipe, not a file")
            raw = file.read(most + 1)
        if len(raw) > most:
            raise OSError(0, f"is larger than {1e-6 * most:g} MB")
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def read_json(path, error, most=LARGEST) -> Any:
    """The content of a JSON file, see `parse_json`."""
    return parse_json(read_text(path, error, most), Path(os.fspath(path)).name, error)


def parse_json(text, name, error) -> Any:
    """The content of a JSON text: each key once in an object, finite numbers, text that can be printed, not too deep.

    name: of the file, for messages.  Raises `error`, a CellsimError.
    """
    name = cut(name)
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise error(f"{name}: {where}: {fault.msg}; the file is not valid JSON") from None
    except RecursionError:
        raise error(f"{name}: nested too deeply; at most {DEEPEST} levels are read") from None
    except MemoryError:
        raise error(f"{name}: too large for the memory") from None
    except ValueError as fault:
        raise error(f"{name}: {cut(fault, 300)}") from None
    check_content(found, name, error, _SUSPECT.search(text) is not None)
    return found


def check_content(found, name, error, words=True) -> None:
    """Raise `error` if objects and lists lie deeper than DEEPEST, or, with `words`, text cannot be printed.

    Level by level, so that no depth can hurt.
    """
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise error(f"{name}: nested too deeply; at most {DEEPEST} levels are read")
        inner: list = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
                if words:
                    inner.extend(value)
            elif isinstance(value, list):
                inner.extend(value)
            elif words and isinstance(value, str) and _UNPRINTABLE.search(value):
                raise error(f"{name}: {cut(value, 60)!r} holds a control character or half a character; remove it")
        level = inner


def _unique(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        seen = set()
        double = next(k for k, _ in pairs if k in seen or seen.add(k))
        raise ValueError(f"key {cut(double, 60)!r} appears twice in one object; remove one")
    return found


def _no_constant(word):
    raise ValueError(f"{word} is not a number; give a finite value")


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
