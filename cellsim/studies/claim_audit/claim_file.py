"""Claim files in YAML: of energy density, with the cells it concerns and the baselines, and of charging time."""

import os
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ...errors import ClaimError
from ...support.arguments import file_path, listed
from ...support.renamed import by_name
from ...support.yaml_file import content, validated
from .records import ChargingClaim, Claim

DEFAULT = Path(__file__).with_name("nissan_energy.yaml")
CHARGING = Path(__file__).with_name("nissan_charging.yaml")
Kelvin = Annotated[float, Field(ge=200.0, le=400.0, allow_inf_nan=False)]


class _Conditions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    c_rate: float = Field(gt=0.0, le=20.0, allow_inf_nan=False)
    temperature: Kelvin | None = None


class _Head(BaseModel):
    """What every claim file states."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=3)
    source: str = Field(min_length=3)
    note: str = ""
    factor: float = Field(gt=0.0, le=100.0, allow_inf_nan=False)


class _File(_Head):
    """Format of a claim file."""

    metrics: list[Literal["gravimetric", "volumetric"]] = Field(min_length=1)
    baselines: list[str] = Field(min_length=1)
    reference: str = ""
    cells: list[str] = Field(min_length=1)
    conditions: _Conditions

    @model_validator(mode="after")
    def _listed(self) -> "_File":
        if self.reference and self.reference not in self.baselines:
            raise ValueError(f"reference: {self.reference!r} is not one of baselines; add it there")
        return self

    @field_validator("metrics", "baselines", "cells")
    @classmethod
    def _different(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("lists an entry twice")
        return names


class _ChargingFile(_Head):
    """Format of a claim file about charging time."""

    start: float = Field(ge=0.0, lt=1.0)
    end: float = Field(gt=0.0, le=1.0)
    limits: str = Field(min_length=3)
    rated: str = Field(min_length=3)
    temperatures: list[Kelvin] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> "_ChargingFile":
        if self.end <= self.start:
            raise ValueError("end: give a state of charge above that of the start")
        return self


@by_name
def load_charging_claim(path: str | PathLike[str] | None = None) -> ChargingClaim:
    """A claim about charging time from a YAML file, by default the packaged one.

    Raises ClaimError with all faults.
    """
    place = CHARGING if path is None else file_path("charging claim", path, error=ClaimError)
    entries = content(place, f"copy {CHARGING.name} (`cellsim claim --charging`) and change it")
    file = validated(_ChargingFile, entries, place)
    return ChargingClaim(**file.model_dump() | {"temperatures": tuple(file.temperatures)})


@by_name
def load_claim(
    path: str | PathLike[str] | None = None,
    *,
    cells: str | Path | Iterable[str | Path] = (),
    baselines: str | Path | Iterable[str | Path] = (),
) -> Claim:
    """A claim from a YAML file, by default the packaged claim about energy density.

    cells, baselines: names or paths of parameter sets that replace those of the file.
    Paths of parameter sets in the file are relative to it.  Raises ClaimError with all faults.
    """
    place = DEFAULT if path is None else file_path("claim", path, error=ClaimError)
    wanted = "give a name or a list of names of parameter sets, or paths of files"
    cells, baselines = (
        [given] if isinstance(given, str | Path) else listed(what, given, wanted, ClaimError)
        for what, given in (("cells", cells), ("baselines", baselines))
    )
    entries = content(place, f"copy {DEFAULT.name} (`cellsim claim`) and change it")
    entries |= {"cells": [str(c) if isinstance(c, Path) else c for c in cells]} if cells else {}
    if baselines:
        entries["baselines"] = [str(c) if isinstance(c, Path) else c for c in baselines]
        if entries.get("reference") not in [name for name in entries["baselines"] if isinstance(name, str)]:
            entries.pop("reference", None)
    file = validated(_File, entries, place)

    def local(name: str) -> str:
        beside = place.parent / name
        return str(beside) if os.path.isfile(beside) else name

    return Claim(
        title=file.title,
        source=file.source,
        factor=file.factor,
        metrics=tuple(file.metrics),
        baselines=tuple(map(local, file.baselines)),
        cells=tuple(map(local, file.cells)),
        c_rate=file.conditions.c_rate,
        temperature=file.conditions.temperature,
        note=file.note,
        reference=file.reference,
    )
