"""Groups of numbers and arrays in kernels, made from what `numerics.fields` declares: all that needs Numba's inside.

Numba's public functions cannot make an array over given memory that is not counted, nor copy a NamedTuple with
other fields.  Each function here has a twin in Python, for kernels that run there.  Nothing made here keeps
memory alive: that is for the owner of the memory, `task.Arguments`.
"""

import ctypes
import math
from typing import Any

import numpy as np
from numba import from_dtype, types
from numba.core import cgutils
from numba.extending import intrinsic

from ..numerics.fields import WORD, addend, declared, packed_dtype, parts, places
from ..support.compile import twin
from ..support.interpreted import with_attributes
from .reference import Reference, member, referred, whole

NUMBER, NUMBERS = types.float64, types.float64[::1]  # Numba's types of a number, and of a state


class _Named:
    """Values of named sizes of a group (a System): of its arrays' shapes, and the integers of its records."""

    def __init__(self, context, builder, kind, value):
        self.context, self.builder, self.kind, self.value = context, builder, kind, value
        self.where, self.known = {}, {}
        for k, d in enumerate(declared(referred(kind).instance_class)):
            names = d.element.names if d.is_record else d.field.shape if d.is_array else ()
            for axis, name in enumerate(names):
                if isinstance(name, str):
                    self.where.setdefault(name, (k, axis, d))

    def __getitem__(self, name):
        if name not in self.known:
            k, axis, d = self.where[name]
            value = member(self.context, self.builder, self.kind, self.value, k)
            if d.is_record:
                self.known[name] = _load(self.context, self.builder, value, d.element.fields[name][1], types.intp)
            else:
                array = make_array(referred(self.kind).types[k])(self.context, self.builder, value)
                self.known[name] = cgutils.unpack_tuple(self.builder, array.shape)[axis]
        return self.known[name]

    def extent(self, n):
        """How many a part of a shape stands for."""
        if isinstance(n, int):
            return self.context.get_constant(types.intp, n)
        if isinstance(n, type):
            return _combined(self, [self.length(d) for d in declared(n)], self.builder.add, 0)
        name, more = addend(n)
        value = self[name]
        return self.builder.add(value, self.context.get_constant(types.intp, more)) if more else value

    def shape(self, d):
        """Of a field."""
        shape = [self.extent(n) for n in d.field.shape]
        if d.field.only_with:
            shape[0] = self.builder.mul(shape[0], self[d.field.only_with])
        return shape

    def length(self, d):
        """Numbers of a field."""
        item = self.context.get_constant(types.intp, d.element.itemsize // WORD)
        return _combined(self, [*self.shape(d), item], self.builder.mul, 1)


def _combined(named, values, combine, neutral):
    if not values:
        return named.context.get_constant(types.intp, neutral)
    total = values[0]
    for value in values[1:]:
        total = combine(total, value)
    return total


def _load(context, builder, record, offset, kind):
    """A number at an offset in bytes of a record, or of anything else."""
    return builder.load(cgutils.get_record_member(builder, record, offset, context.get_data_type(kind)))


def make_array(kind: Any) -> Any:
    """Numba's structure of an array; what makes it is loaded when something is compiled."""
    from numba.np.arrayobj import make_array as made

    return made(kind)


def _array(context, builder, kind, data, shape):
    """An array over what `data` points to."""
    from numba.np.arrayobj import populate_array

    array = make_array(kind)(context, builder)
    item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    strides = [item]
    for size in shape[:0:-1]:
        strides.insert(0, builder.mul(size, strides[0]))
    populate_array(
        array, data=builder.bitcast(data, array.data.type), shape=shape, strides=strides, itemsize=item, meminfo=None
    )
    return array._getvalue()


def group_type(cls, flat=False):
    """Numba's type of a group."""
    return types.BaseTuple.from_types([_type(d, flat) for d in declared(cls)], cls)


def _type(d, flat=False):
    if d.is_group:
        return group_type(d.type)
    if d.is_array or d.is_record:
        element = from_dtype(d.element)
        return element if d.is_record else types.Array(element, 1 if flat else len(d.field.shape), "C")
    return types.int64 if d.type is int else types.float64


def _unpack(context, builder, cls, kind, record, offset=0):
    """A group from the numbers that lie from an offset of a record on, as `packed_dtype` has them."""
    values = []
    for d, each in zip(declared(cls), kind.types, strict=True):
        dtype, start = packed_dtype(cls).fields[d.name]
        start += offset
        if d.is_group:
            values.append(_unpack(context, builder, d.type, each, record, start))
        elif d.is_array:
            shape, known = [], iter(range(start + WORD, start + dtype.itemsize, WORD))
            for n in d.field.shape:
                shape.append(
                    context.get_constant(types.intp, n)
                    if isinstance(n, int)
                    else _load(context, builder, record, next(known), types.intp)
                )
            at = builder.inttoptr(_load(context, builder, record, start, types.intp), cgutils.voidptr_t)
            values.append(_array(context, builder, each, at, shape))
        elif d.is_record:
            at = _load(context, builder, record, start, types.intp)
            values.append(builder.inttoptr(at, context.get_value_type(each)))
        else:
            values.append(_load(context, builder, record, start, each))
    return context.make_tuple(builder, kind, values)


def _lay(context, builder, cls, kind, named, array, flat=False):
    """The fields of a group as parts of an array, one after the other."""
    values, at = [], context.get_constant(types.intp, 0)
    for d, each in zip(declared(cls), kind.types, strict=True):
        data, numbers = builder.gep(array.data, [at], inbounds=True), named.length(d)
        if d.is_record:
            values.append(builder.bitcast(data, context.get_value_type(each)))
        else:
            values.append(_array(context, builder, each, data, [numbers] if flat else named.shape(d)))
        at = builder.add(at, numbers)
    return context.make_tuple(builder, kind, values)


def unpacked_in_python(record: Any, cls: type) -> Any:
    """The group of a class that a record of its `packed_dtype` stands for."""
    return cls(*(_read(record[d.name], d) for d in declared(cls)))


def _read(value, d):
    if d.is_group:
        return unpacked_in_python(value, d.type)
    if d.is_array:
        known = iter(list(value.item())[1:])
        shape = [n if isinstance(n, int) else next(known) for n in d.field.shape]
        return _at(value["at"], shape, d.element)
    if d.is_record:
        return _at(value, (1,), d.element)[0]
    return int(value) if d.type is int else value


def _at(address, shape, dtype):
    size = math.prod(shape) * dtype.itemsize
    raw = (ctypes.c_char * size).from_address(int(address)) if size else b""
    array = np.frombuffer(raw, dtype).reshape(shape)
    return with_attributes(array)


@twin(unpacked_in_python)
@intrinsic
def unpacked(context, record, cls):
    """The group of a class that a record of its `packed_dtype` stands for."""
    kind = group_type(cls.instance_class)

    def generate(context, builder, signature, arguments):
        return _unpack(context, builder, cls.instance_class, kind, arguments[0])

    return kind(record, cls), generate


def laying(cls: type, flat: bool = False) -> Any:
    """A function (system, array) that gives the fields of a class as parts of an array of numbers."""

    @twin(lambda sys, array: parts(cls, sys.sizes, array, flat, with_attributes))
    @intrinsic
    def laid(context, sys, array):
        kind = group_type(cls, flat)

        def generate(context, builder, signature, arguments):
            whole = make_array(array)(context, builder, arguments[1])
            return _lay(context, builder, cls, kind, _Named(context, builder, sys, arguments[0]), whole, flat)

        return kind(sys, array), generate

    return laid


def starting(cls: type, name: str) -> Any:
    """A function (system) that gives where a field begins in such an array."""

    @twin(lambda sys: places(cls, sys.sizes)[name].start)
    @intrinsic
    def start(context, sys):
        def generate(context, builder, signature, arguments):
            named, before = _Named(context, builder, sys, arguments[0]), []
            for d in declared(cls):
                if d.name == name:
                    return _combined(named, before, builder.add, 0)
                before.append(named.length(d))
            raise KeyError(name)

        return types.intp(sys), generate

    return start


def _initialised_in_python(group):
    for d, array in zip(declared(type(group)), group, strict=True):
        if np.any(d.field.initial):
            array[...] = d.field.initial


@twin(_initialised_in_python)
@intrinsic
def initialised(context, group):
    """Give the arrays of a group of zeros their initial values."""

    def generate(context, builder, signature, arguments):
        for k, d in enumerate(declared(referred(group).instance_class)):
            initial = np.broadcast_to(d.field.initial, d.field.shape).ravel() if np.any(d.field.initial) else ()
            array = member(context, builder, group, arguments[0], k)
            data = make_array(referred(group).types[k])(context, builder, array).data
            for i, value in enumerate(initial):
                if value != 0.0:
                    at = builder.gep(data, [context.get_constant(types.intp, i)], inbounds=True)
                    builder.store(context.get_constant(types.float64, value), at)
        return context.get_dummy_value()

    return types.none(group), generate


def replacing(*names: str) -> Any:
    """A function (group, *values) that gives the group with other values of the named fields."""

    @twin(lambda group, *values: group._replace(**dict(zip(names, values, strict=True))))
    @intrinsic
    def replaced(context, group, *values):
        kind = referred(group)
        places = [kind.fields.index(name) for name in names]

        def generate(context, builder, signature, arguments):
            made = whole(builder, group, arguments[0])
            for k, place in enumerate(places):
                value = builder.extract_value(arguments[1], k)
                value = context.cast(builder, value, values[k], kind.types[place])
                made = builder.insert_value(made, value, place)
            if isinstance(group, Reference):
                return cgutils.alloca_once_value(builder, made)
            if context.enable_nrt:  # whoever gets it gives back a reference to each of its arrays
                context.nrt.incref(builder, group, made)
            return made

        return group(group, types.StarArgTuple.from_types(values)), generate

    return replaced
