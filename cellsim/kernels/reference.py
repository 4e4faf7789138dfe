"""Groups of numbers and arrays that kernels hand on as one address.

A System and its scratch memory are some 200 numbers and pointers, and a NamedTuple is handed over by value: every call
copies all of them, which takes longer than many of the functions called.  A `Reference` is the address of such a group
on the stack of the kernel that Python called.  Its fields are read like those of the group itself, each where it is
used, so that functions do not know which of the two they are given.  It must not be returned, and the group is not
changed as long as there is one.
"""

import zlib
from typing import Any

from numba.core import cgutils, types
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, models, register_model

from ..support.compile import twin


class Reference(types.Type):  # type: ignore[misc]
    """Numba's type of the address of a group."""

    by_reference = True

    def __init__(self, group: Any) -> None:
        self.group = group
        # what it refers to is in the name of each function: in short
        super().__init__(f"Reference({group.instance_class.__name__}_{zlib.crc32(str(group).encode()):x})")

    @property
    def key(self) -> Any:
        """By what two of them are the same."""
        return self.group


@register_model(Reference)
class _Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Reference) -> None:
        super().__init__(manager, kind, manager.lookup(kind.group).get_value_type().as_pointer())


def referred(kind: Any) -> Any:
    """The type of a group, of a Reference or of the group itself."""
    return kind.group if isinstance(kind, Reference) else kind


def member(context: Any, builder: Any, kind: Any, value: Any, k: int) -> Any:
    """Field k of a group or of a Reference; a group within it as a Reference in that case."""
    if not isinstance(kind, Reference):
        return builder.extract_value(value, k)
    at = cgutils.gep_inbounds(builder, value, 0, k)
    return at if isinstance(kind.group.types[k], types.BaseNamedTuple) else _loaded(builder, at)


def _loaded(builder: Any, at: Any) -> Any:
    """What is at an address, one number after the other, of which those that are not used cost nothing."""
    kind = at.type.pointee
    if not hasattr(kind, "elements"):
        return builder.load(at)
    value = kind(None)
    for k in range(len(kind.elements)):
        value = builder.insert_value(value, _loaded(builder, cgutils.gep_inbounds(builder, at, 0, k)), k)
    return value


def whole(builder: Any, kind: Any, value: Any) -> Any:
    """The group, of a Reference or of the group itself."""
    return _loaded(builder, value) if isinstance(kind, Reference) else value


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = Reference

    def generic_resolve(self, value: Reference, attr: str) -> Any:  # type: ignore[override]
        if attr not in value.group.fields:
            return None
        each = value.group.types[value.group.fields.index(attr)]
        return Reference(each) if isinstance(each, types.BaseNamedTuple) else each


@lower_getattr_generic(Reference)
def _field(context: Any, builder: Any, kind: Reference, value: Any, name: str) -> Any:
    k = kind.group.fields.index(name)
    found = member(context, builder, kind, value, k)
    each = kind.group.types[k]
    return found if isinstance(each, types.BaseNamedTuple) else impl_ret_borrowed(context, builder, each, found)


@twin(lambda group: group)
@intrinsic
def by_reference(context, group):
    """The Reference of a group, for the time of the call; of a Reference itself."""

    def generate(context, builder, signature, arguments):
        return arguments[0] if isinstance(group, Reference) else cgutils.alloca_once_value(builder, arguments[0])

    return (group if isinstance(group, Reference) else Reference(group))(group), generate
