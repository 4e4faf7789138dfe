"""Warnings for simulated charges that are faster than any published charge of the same class of cells."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FILE = Path(__file__).with_name("measured_charges.yaml")
WINDOW = (0.1, 0.8)  # states of charge between which the times are given
NEAR = 1e-3  # tolerance of these states of charge


class Known(BaseModel):
    """The fastest published charge of a class of cells."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cells: tuple[str, ...] = Field(min_length=1)
    of: str = Field(alias="class")
    minutes: float = Field(gt=0.0)
    limit: str = ""  # what limits the car or the charger
    method: Literal["measured", "computed"]
    date: str
    source: str
    second_hand: bool
    kinetics: str  # source of the kinetics in the parameter sets


@lru_cache
def known() -> dict[str, Known]:
    """The fastest published charges by name of the packaged parameter set."""
    import yaml

    entries = TypeAdapter(list[Known]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return {cell: entry for entry in entries for cell in entry.cells}


def beyond(cell: str, minutes: float, start: float = WINDOW[0], end: float = WINDOW[1]) -> str:
    """A sentence if a simulated charge is faster than the fastest published charge of its class, else "".

    cell: name of the parameter set.  minutes: time from state of charge `start` to `end`; "" unless they span WINDOW.
    """
    record = known().get(cell)
    if record is None or not minutes < record.minutes or start > WINDOW[0] + NEAR or end < WINDOW[1] - NEAR:
        return ""
    hand = "second-hand, " if record.second_hand else ""
    return (
        f"{cell}: {minutes:.3g} min is faster than any published charge of {record.of} ({record.minutes:g} min, "
        f"{record.method}, {hand}{record.date}) and not reliable, because the kinetics in the parameter set are "
        f"those of {record.kinetics}. Source: {record.source}"
    )
