"""Compiled functions as Python functions, with all that they call.

A discharge takes about a second in Python and a millisecond as machine code, which takes a minute or more to make.
Sums are taken in another order there, so that results agree to rounding and not bit for bit.
"""

import builtins
from collections.abc import Callable
from threading import RLock
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

PACKAGE = __name__.split(".")[0] + "."
_twins: dict[Any, Callable[..., Any]] = {}  # of functions that write machine code themselves
_made: dict[Any, Callable[..., Any]] = {}
_making = RLock()  # a function is there before all that it calls is


def twin(function: Any, plain: Callable[..., Any]) -> Any:
    """A function that writes machine code, which is `plain` in Python."""
    _twins[function] = plain
    return function


def interpreted(compiled: Any) -> Callable[..., Any]:
    """What a compiled function does, in Python.  Divisions by zero and overflows give infinity and NaN, as there."""
    with _making:
        plain = _in_python(compiled)

    def call(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return plain(*map(with_attributes, arguments))

    return call


def _in_python(value: Any) -> Any:
    """A function, module or constant of a kernel, such that nothing compiled is called through it."""
    if isinstance(value, Dispatcher):
        return _copied(value.py_func)
    if isinstance(value, ModuleType) and value.__name__.startswith(PACKAGE):
        return _Names(value)
    return _twins.get(value, value) if callable(value) else value


def _copied(function: FunctionType) -> Callable[..., Any]:
    found = _made.get(function)
    if found is None:
        names: dict[str, Any] = {"__builtins__": builtins}
        cells = tuple(CellType() for _ in function.__closure__ or ())
        found = FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
        _made[function] = found  # before what it calls, which may call it
        for cell, old in zip(cells, function.__closure__ or (), strict=True):
            cell.cell_contents = _in_python(old.cell_contents)
        used = _names(function.__code__) & function.__globals__.keys()
        names |= {name: _in_python(function.__globals__[name]) for name in used}
    return found


def _names(code: CodeType) -> set[str]:
    """All names in a function and in the functions within it."""
    return set(code.co_names).union(*(_names(each) for each in code.co_consts if isinstance(each, CodeType)))


class _Names:
    """What a module contains, in Python."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        with _making:
            value = _in_python(getattr(self._module, name))
        setattr(self, name, value)
        return value


def with_attributes(value: Any) -> Any:
    """An argument with the fields of records as attributes, as they are in machine code; in the same memory."""
    if isinstance(value, np.void):
        return np.asarray(value).view(np.recarray)[()]
    if isinstance(value, np.ndarray):
        return value.view(np.recarray) if value.dtype.names else value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(with_attributes, value))
    return value
