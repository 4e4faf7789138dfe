"""Numbers that differ from case to case, so that a formula is evaluated for all cases at once.

What comes out for a case is bit for bit what the formula gives for the numbers of that case: operations that are
exactly rounded are those of NumPy, any other is made case by case, and what asks for one number only, such as a
decision that is not the same in all cases, fails.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

Array = NDArray[Any]
EXACT = {np.add, np.subtract, np.multiply, np.true_divide, np.negative, np.positive, np.absolute, np.sqrt}
COMPARED = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}


class Apart(Exception):
    """What a function returns for several cases is not what it returns for one."""


class Varied(NDArrayOperatorsMixin):
    """A number, or an array (n,), of each of some cases.  values: (cases, 1) or (cases, n)."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, values: Array) -> None:
        self.values = values

    @property
    def _numba_type_(self) -> Any:  # kernels are not compiled for it
        raise TypeError("a kernel takes the numbers of one case")

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array of one case."""
        return self.values.shape[1:]

    def __getitem__(self, where: Any) -> "Varied":
        """A part of the array of each case; where: as of an array (n,), with an ellipsis before it."""
        if not (isinstance(where, tuple) and where[0] is Ellipsis and len(where) == 2 and isinstance(where[1], slice)):
            raise TypeError("of each case a slice")
        return Varied(self.values[where])

    def __bool__(self) -> bool:
        """What is so in all cases, or in none."""
        first = bool(self.values.flat[0])
        if self.values.dtype != bool or not (self.values == first).all():
            raise ValueError("not the same in all cases")
        return first

    def __pow__(self, other: Any) -> "Varied":
        return each(pow, self, other)

    def __rpow__(self, other: Any) -> "Varied":
        return each(pow, other, self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> "Varied":
        if method != "__call__" or more:
            raise TypeError(f"{ufunc.__name__}: not for numbers that differ from case to case")
        if ufunc in EXACT or ufunc in COMPARED:
            return Varied(ufunc(*map(plain, inputs)))
        return each(ufunc, *inputs)


def each(function: Callable[..., Any], *arguments: Any) -> Any:
    """function(*arguments) of numbers, one of which is returned; for each case where one of them is `Varied`."""
    if not any(isinstance(one, Varied) for one in arguments):
        return function(*arguments)
    columns = np.broadcast_arrays(*map(plain, arguments))
    if columns[0].ndim != 2 or columns[0].shape[1] != 1:
        raise TypeError("one number of each case")
    found = [function(*numbers) for numbers in zip(*(one[:, 0].tolist() for one in columns), strict=True)]
    if not all(isinstance(one, float) for one in found):
        raise TypeError("a number that is not real")
    return Varied(np.array(found)[:, None])


def at_each(function: Callable[[float], Array], numbers: Varied) -> Varied:
    """function(number), an array (n,), of the number of each case."""
    return Varied(np.stack([function(number) for number in numbers.values[:, 0].tolist()]))


def plain(one: Any) -> Any:
    """Its values (cases, n) of what is `Varied`; anything else as it is."""
    return one.values if isinstance(one, Varied) else one


def joined(*pieces: Any) -> Any:
    """Arrays (n,) one behind the other, of each case where one is `Varied`."""
    wide = cases_of(*pieces)
    if not wide:
        return np.concatenate(pieces)
    of_all = [np.broadcast_to(plain(one), (*wide, np.shape(plain(one))[-1])) for one in pieces]
    return Varied(np.concatenate(of_all, axis=-1))


def cases_of(*numbers: Any) -> tuple[int, ...]:
    """How many cases there are, as the beginning of a shape: () where nothing is `Varied`."""
    return next(((len(one.values),) for one in numbers if isinstance(one, Varied)), ())


def row_of(of_all: Any, first: Any, place: int) -> Any:
    """Of what a function returns for several cases that of one of them, in the form of that of the first."""
    if isinstance(first, tuple | list):
        pairs = zip(of_all, first, strict=True)
        return _like(first, [like if one is like else row_of(one, like, place) for one, like in pairs])
    if isinstance(of_all, Varied):
        own = of_all.values[place]
        return own if isinstance(first, np.ndarray) else type(first)(own.item())
    if isinstance(of_all, np.ndarray) and of_all.ndim == np.ndim(first) + 1:
        return of_all[place]
    if not same(of_all, first):
        raise Apart
    return first


def shared(of_all: Any, first: Any) -> Any:
    """What a function returns for several cases, with the very objects of the first where nothing in them differs."""
    if isinstance(first, tuple | list):
        parts = [shared(one, like) for one, like in zip(of_all, first, strict=True)]
        return first if all(part is like for part, like in zip(parts, first, strict=True)) else _like(first, parts)
    wide = isinstance(of_all, Varied) or (isinstance(of_all, np.ndarray) and of_all.ndim == np.ndim(first) + 1)
    return of_all if wide else first


def _like(first: Any, parts: list[Any]) -> Any:
    """Parts as a list, tuple or named tuple of the kind of another one."""
    return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)


def same(one: Any, other: Any) -> bool:
    """Whether two outcomes are the same, bit for bit."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return bool(one == other)


def beside(each: Sequence[Any]) -> Any:
    """What a function returns for each of several cases as one.  Raises Apart where more than numbers differ."""
    first = each[0]
    if all(same(one, first) for one in each):
        return first
    if isinstance(first, float):
        return Varied(np.array([[float(one)] for one in each]))
    if not isinstance(first, tuple | list) or any(len(one) != len(first) for one in each):
        raise Apart
    return _like(first, [beside(column) for column in zip(*each, strict=True)])
