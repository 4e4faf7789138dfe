"""Exchange with other programs: parameter sets and runs."""

import warnings
from typing import Any

MOVED = ("read_bpx",)  # to parameters.formats after 0.1.0, for one release


def __getattr__(name: str) -> Any:
    if name not in MOVED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ..parameters import formats

    words = f"{__name__}.{name} is cellsim.parameters.formats.{name} now; the old name goes with the next release"
    warnings.warn(words, DeprecationWarning, stacklevel=2)
    return getattr(formats, name)
