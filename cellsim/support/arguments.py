"""Checks of arguments with messages of one form: which argument, what was given, what is expected.

Every public function checks its arguments with these.  Any real number of Python or NumPy is accepted as a number,
a zero-dimensional array too; booleans and text are not.
"""

import difflib
import math
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, wraps
from itertools import islice
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import CellsimError, ParameterError, ProtocolError, ReportError

V = TypeVar("V")
LONGEST = 60  # characters of a given value that a message quotes
LONGEST_PATH = 4000  # characters
CONTROL = {k: "�" for k in (*range(32), *range(127, 160)) if k not in (9, 10)}  # never sent to a terminal

_short = reprlib.Repr()
_short.maxstring = _short.maxother = LONGEST
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = _short.maxarray = 3
_short.maxlevel = 2


def shown(value: object) -> str:
    """A given value in at most LONGEST characters; large objects are never written out in full."""
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
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def by_value(function: Callable[..., V]) -> Any:
    """The function with its latest values kept by what it is given: value and type of each argument.

    Where one cannot be hashed it is called anew; it must depend on its arguments only.  `cache_clear` forgets.
    """
    kept = lru_cache(maxsize=64, typed=True)(function)

    @wraps(function)
    def found(*given: Any) -> V:
        try:
            hash(given)
        except TypeError:
            return function(*given)
        return kept(*given)

    found.__dict__["cache_clear"] = kept.cache_clear
    return found


def near(word: object, words: Iterable[object]) -> str:
    """Remedy for a misspelt word: the words closest to it, or a list of those that are known."""
    known = [str(other)[:80] for other in islice(words, 300)]
    close = difflib.get_close_matches(str(word)[:80], known, n=3, cutoff=0.5)
    if not close and len(str(word)) > 2:
        close = [other for other in known if str(word).lower() in other.lower()][:3]
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    return f"known: {', '.join(known[:60])}{', ...' * (len(known) > 60)}"


def _fail(name: str, value: object, wanted: str, error: type[CellsimError]) -> NoReturn:
    raise error(f"{name} {shown(value)}: {wanted}")


def number(
    name: str,
    value: object,
    wanted: str = "give a number",
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
    finite: bool = True,
    none: bool = False,
    error: type[CellsimError] = ProtocolError,
) -> Any:
    """A float with low <= value <= high and above < value < below; with `none`, None is returned as it is.

    wanted: what is expected, the end of the message.  Raises `error`.
    """
    if value is None and none:
        return value
    if type(value) is not float:
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if not isinstance(value, Real) or isinstance(value, bool):
            _fail(name, value, wanted, error)
    try:
        result = float(value)
    except (OverflowError, ValueError, TypeError):
        result = math.nan
    inside = low <= result <= high and result > above and (result < below or below == math.inf)
    if not inside or finite and not math.isfinite(result):
        _fail(name, value, wanted, error)
    return result


def whole(
    name: str,
    value: object,
    wanted: str = "give a whole number",
    *,
    low: int = 1,
    high: int = 10**9,
    none: bool = False,
    error: type[CellsimError] = ProtocolError,
) -> Any:
    """An int with low <= value <= high; with `none`, None is returned as it is.  Raises `error`."""
    if value is None and none:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
        _fail(name, value, wanted, error)
    return int(value)


def flag(name: str, value: object, error: type[CellsimError] = ProtocolError) -> bool:
    """True or False.  Raises `error`."""
    if not isinstance(value, bool | np.bool_):
        _fail(name, value, "give True or False", error)
    return bool(value)


def text(name: str, value: object, wanted: str = "give text", error: type[CellsimError] = ProtocolError) -> str:
    """Text.  Raises `error`."""
    if not isinstance(value, str):
        _fail(name, value, wanted, error)
    return value


def chosen(name: str, value: object, choices: Collection[str], error: type[CellsimError] = ProtocolError) -> str:
    """A value that is one of the texts `choices`.  Raises `error`."""
    if not isinstance(value, str) or value not in choices:
        _fail(name, value, f"choose one of {', '.join(choices)}", error)
    return value


def numbers(
    name: str,
    values: Any,
    wanted: str = "give numbers",
    *,
    low: float = -math.inf,
    high: float = math.inf,
    least: int = 1,
    error: type[CellsimError] = ProtocolError,
) -> NDArray[np.float64]:
    """A new array (n,) of finite numbers, each between low and high, n at least `least`; a single number gives n = 1.

    Raises `error`, which names the first invalid number.
    """
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable | Real):
        _fail(name, values, wanted, error)
    try:
        given = values if isinstance(values, np.ndarray | Real) else list(values)
        array: NDArray[Any] = np.array(given)
        if array.dtype.kind == "b" or array.dtype.kind not in "iuf" and array.size:
            raise TypeError
        array = np.atleast_1d(array).astype(float)
    except (TypeError, ValueError, OverflowError):
        _fail(name, values, wanted, error)
    if array.ndim != 1:
        _fail(name, array, f"{wanted}, in one dimension", error)
    if array.size < least:
        raise error(f"{name}: {array.size} given; {wanted}, at least {least}")
    bad = np.flatnonzero(~((array >= low) & (array <= high) & np.isfinite(array)))
    if bad.size:
        raise error(f"{name}: number {bad[0] + 1} is {array[bad[0]]:g}; {wanted}")
    return array


def mapping(name: str, value: object, wanted: str, error: type[CellsimError] = ParameterError) -> Mapping[str, Any]:
    """A mapping with text keys.  Raises `error`."""
    if not isinstance(value, (dict, Mapping)):  # noqa: UP038, which takes half the time
        _fail(name, value, wanted, error)
    for key in value:
        if not isinstance(key, str):
            _fail(name, value, wanted, error)
    return value


def listed(name: str, value: object, wanted: str, error: type[CellsimError] = ProtocolError) -> list[Any]:
    """The items of an iterable, as a list; text and mappings are refused.  Raises `error`."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        _fail(name, value, wanted, error)
    try:
        return list(value)
    except TypeError:  # a zero-dimensional array
        _fail(name, value, wanted, error)


def file_path(name: str, value: Any, suffixes: tuple[str, ...] = (), error: type[CellsimError] = ReportError) -> Path:
    """The path of a file, which must end in one of `suffixes` if any are given.  Raises `error`."""
    kinds = " or ".join(filter(None, (", ".join(suffixes[:-1]), *suffixes[-1:])))
    if not isinstance(value, str | PathLike) or isinstance(value, bytes) or not str(value) or "\0" in str(value):
        _fail(name, value, "give the path of a file" + (f" that ends in {kinds}" if kinds else ""), error)
    path = Path(value)
    if len(str(value)) > LONGEST_PATH or any("\ud800" <= letter <= "\udfff" for letter in str(value)):
        _fail(name, value, f"give a path of at most {LONGEST_PATH} characters without lone surrogates", error)
    if suffixes and path.suffix not in suffixes:
        raise error(f"{str(value)[-200:].translate(CONTROL)}: save as {kinds}")
    return path
