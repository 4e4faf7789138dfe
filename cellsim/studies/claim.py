"""Claim files: what is claimed and against which baselines, in YAML."""
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ..errors import ClaimError
from .records import Claim

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


def _words(error):
    """One fault of a claim file in words."""
    where = "/".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{where}: missing; add it"
    if error["type"] == "too_short" and error["loc"][-1] in ("baselines", "cells", "metrics"):
        return f"{where}: empty; name at least one"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key; known: {', '.join(_File.model_fields)}"
    return f"{where}: {error['msg'].lower()}, found {str(error['input'])[:40]!r}"


def load_claim(path=None, *, cells=(), baselines=()) -> Claim:
    """A claim from a YAML file (the packaged energy claim if none is given).

    cells, baselines: names or paths that replace those of the file.
    Paths of parameter sets in the file are relative to it.  Raises ClaimError listing all faults.
    """
    path = DEFAULT if path is None else Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or "not a text file"
        raise ClaimError(f"{path}: cannot be read ({reason})") from None
    except yaml.YAMLError as fault:
        reason = " ".join(str(fault).split())
        raise ClaimError(f"{path.name}: is not valid YAML ({reason})") from None
    if not isinstance(content, dict):
        raise ClaimError(f"{path.name}: holds no keys; copy {DEFAULT.name} (`cellsim claim`) and change it")
    content |= {"cells": list(cells)} if cells else {}
    content |= {"baselines": list(baselines)} if baselines else {}
    try:
        file = _File.model_validate(content)
    except ValidationError as fault:
        raise ClaimError("\n".join(f"{path.name}: {_words(e)}" for e in fault.errors())) from None
    local = lambda name: str(path.parent / name) if (path.parent / name).is_file() else name  # noqa: E731
    return Claim(title=file.title, source=file.source, factor=file.factor, metrics=tuple(file.metrics),
                 baselines=tuple(map(local, file.baselines)), cells=tuple(map(local, file.cells)),
                 c_rate=file.conditions.c_rate, temperature=file.conditions.temperature, note=file.note)
