"""Files of claims about cost, in YAML: targets, cells, prices, plant size, and what is stated of a pilot line."""

from os import PathLike
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...design.cost.values import Source, Text
from ...errors import ClaimError
from ...support.arguments import file_path
from ...support.sourced import Strict
from ...support.yaml_file import content, validated

DEFAULT = Path(__file__).with_name("nissan_cost.yaml")
Positive = Annotated[float, Field(gt=0.0, lt=1e6, allow_inf_nan=False)]


class Target(Strict):
    """A claimed price [USD/kWh] and when."""

    price: Positive
    when: Text


class Stated(Strict):
    """A number that the maker states."""

    value: Positive
    unit: Text
    source: Text
    from_: str = Field("", alias="from")


class FirstOperation(Strict):
    """When a line started, and whether that is what was claimed."""

    value: Text
    claimed: Text
    holds: bool
    source: Text


class PilotLine(Strict):
    """What is stated of a pilot line."""

    first_operation: FirstOperation
    capacity: Stated  # MWh/yr
    workers: Stated  # a shift
    cars: Stated  # a year
    sources: dict[str, Source] = Field(min_length=1)

    @model_validator(mode="after")
    def _sourced(self) -> "PilotLine":
        for name in ("first_operation", "capacity", "workers", "cars"):
            if getattr(self, name).source not in self.sources:
                raise ValueError(f"{name.replace('_', ' ')}/source: is not one of sources; add it there")
        return self


class CostClaim(Strict):
    """A claim about cost."""

    kind: Literal["cost"]
    title: Text
    source: Text
    note: str = ""
    targets: list[Target] = Field(min_length=1)
    levels: list[Literal["cell", "pack"]] = Field(min_length=1)
    cells: list[Text] = Field(min_length=1)
    baseline: Text
    prices: Text
    plant: Text | None = None
    size: Annotated[float, Field(ge=1e-4, le=1000.0, allow_inf_nan=False)]
    pilot_line: PilotLine | None = None


def load_cost_claim(path: str | PathLike[str] | None = None) -> CostClaim:
    """A claim about cost from a YAML file, by default the packaged one.

    Paths of price, plant and parameter files are relative to the claim file.  Raises ClaimError with all faults.
    """
    place = DEFAULT if path is None else file_path("claim", path, error=ClaimError)
    found: CostClaim = validated(CostClaim, content(place, f"copy {DEFAULT.name} and change it"), place)

    def local(name: str) -> str:
        beside = place.parent / name
        return str(beside) if len(name) < 1000 and beside.is_file() else name

    changes = {key: local(getattr(found, key)) for key in ("baseline", "prices", "plant") if getattr(found, key)}
    return found.model_copy(update={**changes, "cells": [local(name) for name in found.cells]})
