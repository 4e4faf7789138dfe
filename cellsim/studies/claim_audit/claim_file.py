"""Claim files in YAML: a claim about energy density, the cells it concerns and the baselines."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ...errors import ClaimError
from ...support.arguments import file_path, listed
from ...support.yaml_file import content, validated
from .records import Claim

LONGEST = 1000  # characters of a path
DEFAULT = Path(__file__).with_name("nissan_energy.yaml")


class _Conditions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    c_rate: float = Field(gt=0.0, le=20.0, allow_inf_nan=False)
    temperature: float | None = Field(None, ge=200.0, le=400.0, allow_inf_nan=False)


class _File(BaseModel):
    """Format of a claim file."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=3)
    source: str = Field(min_length=3)
    note: str = ""
    factor: float = Field(gt=0.0, le=100.0, allow_inf_nan=False)
    metrics: list[Literal["gravimetric", "volumetric"]] = Field(min_length=1)
    baselines: list[str] = Field(min_length=1)
    cells: list[str] = Field(min_length=1)
    conditions: _Conditions

    @field_validator("metrics", "baselines", "cells")
    @classmethod
    def _different(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("lists an entry twice")
        return names


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
    entries |= {"baselines": [str(c) if isinstance(c, Path) else c for c in baselines]} if baselines else {}
    file = validated(_File, entries, place)

    def local(name: str) -> str:
        beside = place.parent / name
        return str(beside) if len(name) < LONGEST and beside.is_file() else name

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
    )
