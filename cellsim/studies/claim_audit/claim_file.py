"""Claim files: what is claimed and against which baselines, in YAML."""
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
    """The layout of a claim file."""

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
    def _different(cls, names):
        if len(set(names)) < len(names):
            raise ValueError("names one entry twice")
        return names


def load_claim(path=None, *, cells=(), baselines=()) -> Claim:
    """A claim from a YAML file (the packaged energy claim if none is given).

    cells, baselines: names or paths that replace those of the file.
    Paths of parameter sets in the file are relative to it.  Raises ClaimError listing all faults.
    """
    path = DEFAULT if path is None else file_path("claim", path, error=ClaimError)
    wanted = "give a name or a list of names of parameter sets, or paths of files"
    cells, baselines = ([given] if isinstance(given, str | Path) else listed(what, given, wanted, ClaimError)
                        for what, given in (("cells", cells), ("baselines", baselines)))
    found = content(path, f"copy {DEFAULT.name} (`cellsim claim`) and change it")
    found |= {"cells": [str(c) if isinstance(c, Path) else c for c in cells]} if cells else {}
    found |= {"baselines": [str(c) if isinstance(c, Path) else c for c in baselines]} if baselines else {}
    file = validated(_File, found, path)

    def local(name):
        there = path.parent / name
        return str(there) if len(name) < LONGEST and there.is_file() else name

    return Claim(title=file.title, source=file.source, factor=file.factor, metrics=tuple(file.metrics),
                 baselines=tuple(map(local, file.baselines)), cells=tuple(map(local, file.cells)),
                 c_rate=file.conditions.c_rate, temperature=file.conditions.temperature, note=file.note)
