"""Declarations of what lies in memory: the fields of records, and of groups of numbers and arrays.

A class declares them, one annotation a field, with its unit and what it is::

    class Volume:  # a record
        dx: Annotated[float, Field("m", "thickness")]

    class Work(NamedTuple):  # a group of arrays whose shapes follow from named sizes
        local: Annotated[np.ndarray, Field("", "what each volume reacts like", "volumes", of=LOCAL)]

Everything else is derived: dtypes (`dtype_of`, `record_of`), lengths and places in one array (`length`, `places`),
views of it (`parts`), and tables for the documentation (`table`).  All numbers are of 8 bytes, floats or integers.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from struct import Struct
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np

from ..support.compile import records

WORD = 8  # bytes of a number or an address
Extent = int | str | type


class Field:
    """What a field is.

    unit: "" if it has none; what: in words.
    shape: of an array; each a number, the name of a size, that and a number ("shells+1"), or a class for its `length`.
    of: dtype of the elements of an array, or of the one record that the field is; floats unless given.
    only_with: name of a size, 0 or 1, that says whether there is such a field; always unless given.
    algebraic: of a state, whether it follows from the others instead of having a rate of change.
    initial: what scratch memory begins with, one number or an array of the shape.
    """

    def __init__(
        self,
        unit: str,
        what: str,
        *shape: Extent,
        of: Any = None,
        only_with: str = "",
        algebraic: bool = False,
        initial: Any = 0.0,
    ) -> None:
        self.unit, self.what, self.shape, self.of = unit, what, shape, of
        self.only_with, self.algebraic, self.initial = only_with, algebraic, initial


@dataclass(frozen=True, eq=False)
class Declared:
    """A field of a class: its name, its Python type, and its `Field`."""

    name: str
    type: Any
    field: Field

    @property
    def is_group(self) -> bool:
        """Whether it is a group of fields itself, a NamedTuple."""
        return hasattr(self.type, "_fields")

    @property
    def is_record(self) -> bool:
        """Whether it is one record."""
        return self.type is np.void

    @property
    def is_array(self) -> bool:
        """Whether it is an array."""
        return self.type is np.ndarray

    @property
    def element(self) -> np.dtype:
        """Of what its elements are."""
        return np.dtype(float) if self.field.of is None else self.field.of


@cache
def declared(cls: type) -> tuple[Declared, ...]:
    """The fields of a class, in order.  Raises TypeError for one that is not declared by a `Field`."""
    found = []
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is not Annotated or not isinstance(get_args(hint)[1], Field):
            raise TypeError(f"{cls.__name__}.{name}: declare it as Annotated[type, Field(unit, what)]")
        found.append(Declared(name, *get_args(hint)[:2]))
    return tuple(found)


def dtype_of(cls: type) -> np.dtype:
    """The structured dtype of a record: of integers and floats."""
    return np.dtype([(d.name, "i8" if d.type is int else "f8") for d in declared(cls)])


@cache
def packed_dtype(cls: type) -> np.dtype:
    """The structured dtype that a group is packed into: numbers, and of arrays their address and their shape, as
    far as that is not the same for all."""
    return np.dtype([(d.name, _packed(d)) for d in declared(cls)])


def _packed(d: Declared) -> Any:
    if d.is_group:
        return packed_dtype(d.type)
    if d.is_array:
        return np.dtype(
            [("at", "i8"), *((f"n{k}", "i8") for k, n in enumerate(d.field.shape) if not isinstance(n, int))]
        )
    return "f8" if d.type is float else "i8"  # a record by its address


def begin(dtype: np.dtype, name: str) -> int:
    """Bytes before a field of a structured dtype."""
    return dtype.fields[name][1] if dtype.fields else 0


@cache
def packing(cls: type) -> Struct:
    """How to write numbers into memory that `packed_dtype` describes."""
    return Struct("=" + "".join(_letters(packed_dtype(cls))))


def _letters(dtype: np.dtype) -> Iterator[str]:
    for name in dtype.names or ():
        each = dtype[name]
        yield from _letters(each) if each.names else ("q" if each.kind == "i" else "d")


def packed(
    group: Any, address: Callable[[Any], int], within: Callable[[Any], tuple[Any, ...]] | None = None
) -> tuple[Any, ...]:
    """The numbers of a group in the order of `packed_dtype`.  address: function of an array or a record.

    within: function that packs the groups within it; this one unless given.
    """
    numbers: list[Any] = []
    cls: Any = type(group)
    for (kind, axes), value in zip(_plan(cls), group, strict=True):
        if kind is float:
            numbers.append(value)
        elif kind is tuple:
            numbers += packed(value, address) if within is None else within(value)
        else:
            numbers.append(address(value))
            numbers += [value.shape[k] for k in axes]
    return tuple(numbers)


@cache
def _plan(cls: type) -> list[tuple[type, tuple[int, ...]]]:
    """Of each field whether it is a number, a group (tuple), or an array or record; and its axes of any length."""
    return [
        (
            tuple if d.is_group else np.ndarray if d.is_array or d.is_record else float,
            tuple(k for k, n in enumerate(d.field.shape) if not isinstance(n, int)),
        )
        for d in declared(cls)
    ]


class Place(NamedTuple):
    """Where the numbers of a field are in one array of numbers."""

    start: int
    stop: int
    shape: tuple[int, ...]  # of records, how many there are
    element: np.dtype
    single: bool  # one record instead of an array


def shape_of(d: Declared, sizes: Mapping[Any, int]) -> tuple[int, ...]:
    """The shape of a field for given sizes; one that there is not has none along its first axis."""
    shape = tuple(_extent(n, sizes) for n in d.field.shape)
    return shape if not d.field.only_with else (sizes[d.field.only_with] * shape[0], *shape[1:])


def _extent(n: Extent, sizes: Mapping[Any, int]) -> int:
    if isinstance(n, int) or n in sizes:
        return n if isinstance(n, int) else sizes[n]
    if isinstance(n, type):
        return sum(place.stop - place.start for _, place in _lay(n, sizes))
    name, more = addend(n)
    return sizes[name] + more


def addend(n: str) -> tuple[str, int]:
    """The name of a size and what is added to it, of "shells" or "shells+1"."""
    name, _, more = n.partition("+")
    return name, int(more or 0)


def _lay(cls: type, sizes: Mapping[Any, int]) -> Iterator[tuple[str, Place]]:
    at = 0
    for d in declared(cls):
        shape = shape_of(d, sizes)
        numbers = math.prod(shape) * (d.element.itemsize // WORD)
        yield d.name, Place(at, at + numbers, shape, d.element, d.is_record)
        at += numbers


Sizes = tuple[tuple[str, int], ...]  # names of sizes and their values


@lru_cache(maxsize=256)
def places(cls: Any, sizes: Sizes) -> dict[str, Place]:
    """Where each field of a class is in one array that holds all of them."""
    return dict(_lay(cls, dict(sizes)))


def length(cls: type, sizes: Sizes) -> int:
    """Numbers of all fields of a class."""
    return next(reversed(places(cls, sizes).values())).stop


def parts(cls: type, sizes: Sizes, array: np.ndarray, flat: bool = False, how: Callable[..., Any] = records) -> Any:
    """The fields of a class as views of an array (..., numbers), each (..., *its own shape); flat: (..., length).

    how: what is made of an array of records.
    """
    return cls(*(view(array, place, flat, how) for place in places(cls, sizes).values()))


def view(array: np.ndarray, place: Place, flat: bool = False, how: Callable[..., Any] = records) -> Any:
    """The view of one field."""
    some = array[..., place.start : place.stop]
    if place.element.names:
        some = how(some.view(place.element))
        if place.single:
            return some[0] if some.ndim == 1 else some[..., 0]
        return some if len(place.shape) == 1 else some.reshape(*array.shape[:-1], *place.shape)
    return some if flat or len(place.shape) == 1 else some.reshape(*array.shape[:-1], *place.shape)


def table(cls: type) -> list[tuple[str, str, str, str]]:
    """Name, unit, shape and description of every field of a class, those of records and groups after their own."""
    rows = []
    for d in declared(cls):
        shape = " x ".join(n.__name__ if isinstance(n, type) else str(n) for n in d.field.shape)
        shape += f", only with {d.field.only_with}" if d.field.only_with else ""
        rows.append((d.name, d.field.unit, shape, d.field.what))
        if d.is_group:
            rows += [(f"{d.name}.{name}", unit, shape, what) for name, unit, shape, what in table(d.type)]
    return rows


def markdown(cls: type) -> str:
    """The same as a table in Markdown, under what the class says of itself."""
    said = (cls.__doc__ or cls.__name__).strip().splitlines()[0]
    lines = [f"{cls.__name__}: {said}", "", "| field | unit | shape | meaning |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in table(cls)), ""])
