"""Claim files: what is claimed and against which baselines, in YAML."""
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .records import Claim
from .yaml_file import content, validated

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
    path = DEFAULT if path is None else Path(path)
    found = content(path, f"copy {DEFAULT.name} (`cellsim claim`) and change it")
    found |= {"cells": list(cells)} if cells else {}
    found |= {"baselines": list(baselines)} if baselines else {}
    file = validated(_File, found, path)
    local = lambda name: str(path.parent / name) if (path.parent / name).is_file() else name  # noqa: E731
    return Claim(title=file.title, source=file.source, factor=file.factor, metrics=tuple(file.metrics),
                 baselines=tuple(map(local, file.baselines)), cells=tuple(map(local, file.cells)),
                 c_rate=file.conditions.c_rate, temperature=file.conditions.temperature, note=file.note)
