"""Simulated charges that are faster than any publicly known one of their class, flagged with the reason."""
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FILE = Path(__file__).with_name("measured_charges.yaml")
WINDOW = (0.1, 0.8)  # states of charge that the times belong to
NEAR = 1e-3  # to which a run meets them


class Known(BaseModel):
    """The fastest publicly known charge of a class of cells."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cells: tuple[str, ...] = Field(min_length=1)
    of: str = Field(alias="class")
    minutes: float = Field(gt=0.0)
    method: Literal["measured", "computed"]
    date: str
    source: str
    second_hand: bool
    kinetics: str  # whose a simulation uses


@lru_cache
def known() -> dict[str, Known]:
    """By name of the packaged parameter set."""
    import yaml

    found = TypeAdapter(list[Known]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))
    return {cell: one for one in found for cell in one.cells}


def beyond(cell, minutes, start=WINDOW[0], end=WINDOW[1]) -> str:
    """A sentence if a simulated charge is faster than the fastest known one of its class, else "".

    cell: its name; minutes: from state of charge `start` to `end`, of which only those that span WINDOW are judged.
    """
    one = known().get(cell)
    if one is None or not minutes < one.minutes or start > WINDOW[0] + NEAR or end < WINDOW[1] - NEAR:
        return ""
    hand = "second-hand, " if one.second_hand else ""
    return (f"{cell}: {minutes:.3g} min is faster than any publicly known charge of {one.of} ({one.minutes:g} min, "
            f"{one.method}, {hand}{one.date}): not to be believed as it stands, as its kinetics are those of "
            f"{one.kinetics}. Source: {one.source}")
