"""What a kilogram and a litre of cells become in a pack: overhead by generation, compression, breathing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path

from pydantic import BaseModel, Field, model_validator

from ...errors import ClaimError, ParameterError
from ...models.electrodes import has_foil
from ...parameters import Cell
from ...support.arguments import file_path, near, shown
from ...support.sourced import Source, Sourced, Strict, check_sources, fraction
from ...support.yaml_file import content, validated
from ..cell import CellDesign, build
from .compression import Compression, compression

HOME = Path(__file__).with_name("pack.yaml")
DEFAULT = "batpac5"


UNITS = {
    "mass share": "1",
    "space share": "1",
    "stack length": "m",
    "cell width": "m",
    "plate strength": "Pa",
    "plate density": "kg.m-3",
    "tie strength": "Pa",
    "tie density": "kg.m-3",
    "included pressure": "Pa",
    "pressure ratio": "1",
    "temperature rise": "K",
    "capacity spread": "1",
    "resistance spread": "1",
}


class _Generation(Strict):
    title: str
    mass_share: Sourced
    space_share: Sourced

    @model_validator(mode="after")
    def _fractions(self) -> "_Generation":
        fraction(self, "mass_share", "space_share")
        return self


class _Compression(Strict):
    stack_length: Sourced
    cell_width: Sourced
    plate_strength: Sourced
    plate_density: Sourced
    tie_strength: Sourced
    tie_density: Sourced
    included_pressure: Sourced


class _Breathing(Strict):
    pressure_ratio: Sourced

    @model_validator(mode="after")
    def _above_one(self) -> "_Breathing":
        if self.pressure_ratio.value <= 1.0:
            raise ValueError("pressure ratio: give a number above 1; at 1 the space would be infinite")
        return self


class _Cooling(Strict):
    temperature_rise: Sourced


class _Cells(Strict):
    capacity_spread: Sourced
    resistance_spread: Sourced


class PackRules(Strict):
    """Format of a file of pack rules; see `pack.yaml` for units and sources."""

    sources: dict[str, Source] = Field(min_length=1)
    generations: dict[str, _Generation] = Field(min_length=1)
    compression: _Compression
    breathing: _Breathing
    cooling: _Cooling
    cells: _Cells

    @model_validator(mode="after")
    def _sourced(self) -> "PackRules":
        parts: dict[str, BaseModel] = {k: getattr(self, k) for k in ("compression", "breathing", "cooling", "cells")}
        parts |= {f"generations/{name}": entry for name, entry in self.generations.items()}
        check_sources(parts, self.sources, UNITS)
        return self

    def generation(self, name: str) -> _Generation:
        """A generation by name.  Raises ParameterError."""
        if not isinstance(name, str) or name not in self.generations:
            raise ParameterError(f"generation of pack {shown(name)}: {near(name, self.generations)}")
        return self.generations[name]

    def hardware(self, pressure: float, cell_density: float) -> Compression:
        """Plates and ties at a pressure [Pa] for cells of a density [kg/m3]."""
        c = self.compression
        return compression(
            pressure,
            cell_density,
            stack_length=c.stack_length.value,
            cell_width=c.cell_width.value,
            plate_strength=c.plate_strength.value,
            plate_density=c.plate_density.value,
            tie_strength=c.tie_strength.value,
            tie_density=c.tie_density.value,
        )


@dataclass(frozen=True)
class Assembly:
    """A pack per kilogram and per litre of its cells.

    masses, volumes: parts over those of the cells, which are 1.  pressure, highest [Pa]: of the operating cell, and
    when it is charged.  breathing: change of thickness from empty to full over that of the charged cell.
    plate [m]: thickness of an end plate.
    """

    generation: str
    masses: Mapping[str, float]
    volumes: Mapping[str, float]
    pressure: float
    highest: float
    breathing: float
    plate: float

    @property
    def mass_ratio(self) -> float:
        """Mass of the pack over that of its cells."""
        return sum(self.masses.values())

    @property
    def volume_ratio(self) -> float:
        """Volume of the pack over that of its cells."""
        return sum(self.volumes.values())


@cache
def _packaged() -> PackRules:
    return read_rules(HOME)


def read_rules(path: str | PathLike[str] | None = None) -> PackRules:
    """The rules of a YAML file, by default the packaged ones.  Raises ClaimError with all faults."""
    if path is None:
        return _packaged()
    place = file_path("pack", path, error=ClaimError)
    rules: PackRules = validated(PackRules, content(place, f"copy {HOME.name} and change it"), place)
    return rules


def breathing(cell: Cell, design: CellDesign | None = None) -> float:
    """Thickness of the plated lithium over the volume of the charged cell; 0 without lithium metal.

    The swelling of graphite, silicon and other hosts is not part of the parameter sets.
    """
    if not has_foil(cell):
        return 0.0
    design = build(cell) if design is None else design
    return design.volumes.get("plated lithium", 0.0) / design.volume


def assembly(
    cell: Cell, rules: PackRules | None = None, generation: str = DEFAULT, design: CellDesign | None = None
) -> Assembly:
    """What the cells of a parameter set need in a pack.

    The shares of the generation are those of liquid cells at `included pressure`; a higher operating pressure adds end
    plates and ties, and lithium metal the space of a gas or spring, whose pressure rises by `pressure ratio` from empty
    to full.  A stack that breathes s then needs s / (ratio - 1) when it is charged, and plates for the highest
    pressure.  Raises ParameterError.
    """
    rules = read_rules() if rules is None else rules
    kind = rules.generation(generation)
    design = build(cell) if design is None else design
    density = design.mass / design.volume
    stroke = breathing(cell, design)
    ratio = rules.breathing.pressure_ratio.value
    pressure = cell.value("cell/operating pressure")
    included = rules.compression.included_pressure.value
    highest = pressure * (ratio if stroke > 0.0 else 1.0)
    needed, held = rules.hardware(max(highest, included), density), rules.hardware(included, density)
    return Assembly(
        generation,
        {
            "cells": 1.0,
            "overhead": 1.0 / kind.mass_share.value - 1.0,
            "compression": needed.mass_share - held.mass_share,
        },
        {
            "cells": 1.0,
            "overhead": 1.0 / kind.space_share.value - 1.0,
            "compression": needed.length_share - held.length_share,
            "breathing": stroke / (ratio - 1.0),
        },
        pressure,
        highest,
        stroke,
        needed.plate,
    )
