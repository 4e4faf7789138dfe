"""All quantities and options of a parameter file: unit, default, allowed range, meaning, and what needs what."""

from .name import Name
from .phases import OF_PHASE, ORDINALS, PHASES, flattened, nested, parted, phases_of
from .quantities import (
    FORMATS,
    HEAD,
    METHODS,
    MOST_CLASSES,
    OPTIONAL_TEXTS,
    RENAMED,
    SECTIONS,
    SURFACE,
    TEXTS,
    named,
    quantities,
)

__all__ = [
    "FORMATS",
    "HEAD",
    "METHODS",
    "MOST_CLASSES",
    "OF_PHASE",
    "OPTIONAL_TEXTS",
    "ORDINALS",
    "PHASES",
    "RENAMED",
    "SECTIONS",
    "SURFACE",
    "TEXTS",
    "Name",
    "flattened",
    "named",
    "nested",
    "parted",
    "phases_of",
    "quantities",
]
