"""Numbers in YAML files: value, unit, source and method of each, and for prices a date."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A part of a file: keys are names with blanks, unknown ones are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, alias_generator=lambda name: name.replace("_", " ")
    )


class Sourced(Strict):
    """A number with its unit, source, method, date (of a price) and note."""

    value: float = Field(allow_inf_nan=False, ge=0.0)
    unit: str
    source: str
    method: Literal["measured", "fitted", "literature", "assumed", "stated"]
    date: str = ""
    note: str = ""


class Source(Strict):
    """Where numbers come from; access: how the source is known."""

    citation: str = Field(min_length=3)
    access: Literal["seen", "second-hand", "memory"]


def dated(date: str) -> str:
    """The date of a price, which must name a year.  Raises ValueError."""
    if not re.search(r"(?<!\d)(19|20)\d\d(?!\d)", date):
        raise ValueError("give a date with its year, such as 2027-03")
    return date


def check_sources(parts: Mapping[str, BaseModel], sources: Mapping[str, Source], units: Mapping[str, str]) -> None:
    """Raise ValueError for a number in one of the parts (by place) without a known source, or in another unit.

    units: by key.
    """
    for place, part in parts.items():
        for name, field in type(part).model_fields.items():
            entry, key = getattr(part, name), field.alias or name
            if not isinstance(entry, Sourced):
                continue
            if entry.source not in sources:
                raise ValueError(f"{place}/{key}/source: {entry.source!r} is not one of sources; add it there")
            if sources[entry.source].access == "memory" and entry.method not in ("assumed", "stated"):
                raise ValueError(f"{place}/{key}/method: {entry.method!r}, but its source is memory; use assumed")
            if entry.unit != units[key]:
                raise ValueError(f"{place}/{key}/unit: {entry.unit!r}, but it is given in {units[key]!r}")


def fraction(part: BaseModel, *names: str) -> None:
    """Raise ValueError for a number of a part that is not above 0 and at most 1."""
    for name in names:
        if not 0.0 < getattr(part, name).value <= 1.0:
            raise ValueError(f"{name.replace('_', ' ')}: give a fraction above 0 and up to 1")
