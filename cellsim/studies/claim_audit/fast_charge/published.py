"""Published current densities through solid separators: limits that were measured, and charges that were shown."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter

from ....models.thermal_laws import critical_current
from ....parameters import Cell
from ....physics.constants import ZERO_CELSIUS
from ....support.sourced import Strict

FILE = Path(__file__).with_name("published.yaml")


class Published(Strict):
    """A current density [mA/cm²] at a temperature [°C]; minutes: from 10 to 80 %, of a charge that was shown."""

    cell: str = Field(min_length=3)
    kind: Literal["limit", "demonstrated"]
    current: float = Field(gt=0.0, lt=1e3)
    temperature: float = Field(ge=-50.0, le=150.0)
    areal_capacity: float | None = Field(None, gt=0.0, lt=100.0)
    minutes: float | None = Field(None, gt=0.0)
    year: int = Field(ge=1990, le=2100)
    source: str = Field(min_length=3)
    access: Literal["seen", "second-hand", "memory"]
    note: str = ""


@lru_cache(maxsize=1)
def published() -> tuple[Published, ...]:
    """All records of the packaged file, in its order."""
    import yaml

    return tuple(TypeAdapter(list[Published]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8"))))


def limits() -> tuple[Published, ...]:
    """The measured limits; those of a charge that was only shown are higher than stated and are left out."""
    return tuple(p for p in published() if p.kind == "limit")


def shown() -> tuple[Published, ...]:
    """The charges that were shown, whose areal capacity is stated."""
    return tuple(p for p in published() if p.kind == "demonstrated" and p.areal_capacity is not None)


def limits_at(cell: Cell, T: float) -> tuple[float, ...]:
    """The measured limits at T [K] in mA/cm², with the activation energy that the cell's own limit has."""
    return tuple(
        p.current * critical_current(cell, T) / critical_current(cell, p.temperature + ZERO_CELSIUS) for p in limits()
    )
