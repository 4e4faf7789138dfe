"""All quantities and options of a parameter file: unit, default, allowed range, meaning, and what needs what."""

from .name import Name
from .quantities import FORMATS, HEAD, METHODS, OPTIONAL_TEXTS, RENAMED, SECTIONS, TEXTS, quantities

__all__ = ["FORMATS", "HEAD", "METHODS", "OPTIONAL_TEXTS", "RENAMED", "SECTIONS", "TEXTS", "Name", "quantities"]
