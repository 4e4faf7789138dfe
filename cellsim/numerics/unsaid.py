"""A number that is known to no one, to find out whether a function depends on it."""

from typing import Any


class Depends(Exception):
    """What a function makes depends on a number that it should not depend on."""


class _Unsaid:
    """Any use of it raises Depends; what is made without is made for every number."""

    def _used(self, *_: Any) -> Any:
        raise Depends

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _used
    __pow__ = __rpow__ = __neg__ = __abs__ = __lt__ = __le__ = __gt__ = __ge__ = __ne__ = _used
    __float__ = __int__ = __index__ = __bool__ = __len__ = __iter__ = __array__ = __array_ufunc__ = _used
    __format__ = __str__ = __repr__ = _used
    __eq__ = _used  # type: ignore[assignment]
    _numba_type_ = property(_used)  # kernels are not compiled for it
    __hash__ = object.__hash__  # type: ignore[assignment]  # it may be a key of what is kept


UNSAID = _Unsaid()
