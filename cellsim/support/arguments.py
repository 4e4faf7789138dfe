"""Checks of arguments, said in one way: which argument, what was given, what is expected.

Every function of the public interface checks what it is given with these.  A number is any real number of Python
or NumPy, also an array without dimensions; truth values and text are none.
"""
import math
import reprlib
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import CellsimError, ParameterError, ProtocolError, ReportError

LONGEST = 60  # characters of what was given that a message quotes
LONGEST_PATH = 4000
CONTROL = {k: "�" for k in (*range(32), *range(127, 160)) if k not in (9, 10)}  # never sent to a terminal

_short = reprlib.Repr()
_short.maxstring = _short.maxother = LONGEST
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = _short.maxarray = 3
_short.maxlevel = 2


def shown(value) -> str:
    """What was given, in at most LONGEST characters, which are not made of anything longer."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    if isinstance(value, type):
        return f"the class {value.__name__}"[:LONGEST]
    try:
        text = _short.repr(value)
    except Exception:  # of a faulty __repr__, and of integers of thousands of digits
        text = f"a {type(value).__name__}"
    text = text.encode("utf-8", "replace").decode().translate(CONTROL).replace("\n", " ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST - 3]}..."


def _fail(name, value, wanted, error):
    raise error(f"{name} {shown(value)}: {wanted}")


def number(name, value, wanted="give a number", *, low=-math.inf, high=math.inf, above=-math.inf, below=math.inf,
           finite=True, none=False, error: type[CellsimError] = ProtocolError) -> Any:
    """A float within low <= value <= high and above < value < below; None stays None if `none`.

    wanted: what is expected, as the end of the sentence.  Raises `error`.
    """
    if value is None and none:
        return value
    if type(value) is not float:
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if not isinstance(value, Real) or isinstance(value, bool):
            _fail(name, value, wanted, error)
    try:
        found = float(value)
    except (OverflowError, ValueError, TypeError):
        found = math.nan
    inside = low <= found <= high and found > above and (found < below or below == math.inf)
    if not inside or finite and not math.isfinite(found):
        _fail(name, value, wanted, error)
    return found


def whole(name, value, wanted="give a whole number", *, low=1, high=10**9, none=False,
          error: type[CellsimError] = ProtocolError) -> Any:
    """An int within low and high; None stays None if `none`.  Raises `error`."""
    if value is None and none:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= value <= high:
        _fail(name, value, wanted, error)
    return int(value)


def flag(name, value, error: type[CellsimError] = ProtocolError) -> bool:
    """True or False.  Raises `error`."""
    if not isinstance(value, bool | np.bool_):
        _fail(name, value, "give True or False", error)
    return bool(value)


def text(name, value, wanted="give text", error: type[CellsimError] = ProtocolError) -> str:
    """Text.  Raises `error`."""
    if not isinstance(value, str):
        _fail(name, value, wanted, error)
    return value


def chosen(name, value, choices, error: type[CellsimError] = ProtocolError) -> str:
    """One of the words `choices`.  Raises `error`."""
    if not isinstance(value, str) or value not in choices:
        _fail(name, value, f"choose one of {', '.join(choices)}", error)
    return value


def numbers(name, values, wanted="give numbers", *, low=-math.inf, high=math.inf, least=1,
            error: type[CellsimError] = ProtocolError) -> np.ndarray:
    """A new array (n,) of finite numbers, each within low and high, at least so many of them; one number is one.

    Raises `error`, which names the first one at fault.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable | Real):
        _fail(name, values, wanted, error)
    try:
        given = values if isinstance(values, np.ndarray | Real) else list(values)
        found = np.array(given)
        if found.dtype.kind == "b" or found.dtype.kind not in "iuf" and found.size:
            raise TypeError
        found = np.atleast_1d(found).astype(float)
    except (TypeError, ValueError, OverflowError):
        _fail(name, values, wanted, error)
    if found.ndim != 1:
        _fail(name, found, f"{wanted}, in one dimension", error)
    if found.size < least:
        raise error(f"{name}: {found.size} of them; {wanted}, at least {least}")
    bad = np.flatnonzero(~((found >= low) & (found <= high) & np.isfinite(found)))
    if bad.size:
        raise error(f"{name}: number {bad[0] + 1} is {found[bad[0]]:g}; {wanted}")
    return found


def mapping(name, value, wanted, error: type[CellsimError] = ParameterError) -> Mapping:
    """A mapping whose keys are text.  Raises `error`."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        _fail(name, value, wanted, error)
    return value


def listed(name, value, wanted, error: type[CellsimError] = ProtocolError) -> list:
    """A list of what can be gone through, but for text and mappings.  Raises `error`."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        _fail(name, value, wanted, error)
    try:
        return list(value)
    except TypeError:  # an array without dimensions
        return _fail(name, value, wanted, error)


def file_path(name, value, suffixes=(), error: type[CellsimError] = ReportError) -> Path:
    """The path of a file, ending in one of `suffixes` if there are any.  Raises `error`."""
    kinds = " or ".join(filter(None, (", ".join(suffixes[:-1]), *suffixes[-1:])))
    if not isinstance(value, str | PathLike) or isinstance(value, bytes) or not str(value) or "\0" in str(value):
        _fail(name, value, "give the path of a file" + (f" that ends in {kinds}" if kinds else ""), error)
    path = Path(value)
    if len(str(value)) > LONGEST_PATH or any("\ud800" <= letter <= "\udfff" for letter in str(value)):
        _fail(name, value, f"give a path of at most {LONGEST_PATH} characters, each of them whole", error)
    if suffixes and path.suffix not in suffixes:
        raise error(f"{str(value)[-200:].translate(CONTROL)}: save as {kinds}")
    return path
