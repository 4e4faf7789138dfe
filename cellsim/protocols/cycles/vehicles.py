"""The packaged vehicles, one a segment, and those of a user's file; every number with unit, source and method."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path

from pydantic import BaseModel, Field, model_validator

from ...errors import ProtocolError
from ...support.arguments import file_path, near, number, shown, whole
from ...support.sourced import Source, Sourced, Strict, check_sources, fraction
from ...support.yaml_file import content, validated
from .road_load import Vehicle

HOME = Path(__file__).with_name("vehicles.yaml")
TOWING = " with trailer"  # ends the name of a vehicle that tows
UNITS = {
    "mass without pack": "kg",
    "drag area": "m2",
    "rolling resistance": "1",
    "auxiliary power": "W",
    "usable energy": "kW.h",
    "rated energy": "kW.h",
    "pack mass": "kg",
    "pack space": "L",
    "pack voltage": "V",
    "peak power": "kW",
    "towing mass": "kg",
    "cells": "1",
    "efficiency": "1",
    "recovered": "1",
    "charging efficiency": "1",
    "rotating mass": "1",
    "air density": "kg.m-3",
    "load": "kg",
    "mass": "kg",
}


class Drivetrain(Strict):
    """What is the same for every vehicle of a file."""

    efficiency: Sourced
    recovered: Sourced
    charging_efficiency: Sourced
    rotating_mass: Sourced
    air_density: Sourced
    load: Sourced

    @model_validator(mode="after")
    def _shares(self) -> "Drivetrain":
        fraction(self, "efficiency", "recovered", "charging_efficiency")
        return self


class Trailer(Strict):
    """What a towing vehicle pulls."""

    mass: Sourced
    drag_area: Sourced
    rolling_resistance: Sourced


class SegmentData(Strict):
    """One vehicle of a file."""

    title: str = Field(min_length=2)
    mass_without_pack: Sourced
    drag_area: Sourced
    rolling_resistance: Sourced
    auxiliary_power: Sourced
    usable_energy: Sourced
    rated_energy: Sourced
    pack_mass: Sourced
    pack_space: Sourced
    pack_voltage: Sourced
    peak_power: Sourced
    towing_mass: Sourced
    cells: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "SegmentData":
        positive = (
            "mass_without_pack",
            "rated_energy",
            "pack_mass",
            "pack_space",
            "pack_voltage",
            "peak_power",
            "cells",
        )
        for name in positive:
            if getattr(self, name).value <= 0.0:
                raise ValueError(f"{name.replace('_', ' ')}: give a number above 0")
        if not 0.0 < self.usable_energy.value <= self.rated_energy.value:
            raise ValueError("usable energy: give a number above 0 and at most the rated energy")
        return self


class VehicleFile(Strict):
    """Format of a file of vehicles."""

    sources: dict[str, Source] = Field(min_length=1)
    drivetrain: Drivetrain
    trailer: Trailer
    vehicles: dict[str, SegmentData] = Field(min_length=1)

    @model_validator(mode="after")
    def _sourced(self) -> "VehicleFile":
        parts: dict[str, BaseModel] = {"drivetrain": self.drivetrain, "trailer": self.trailer}
        parts |= {f"vehicles/{name}": entry for name, entry in self.vehicles.items()}
        check_sources(parts, self.sources, UNITS)
        return self


@dataclass(frozen=True)
class Segment:
    """A car of a segment, with what all cars of its file share; see `vehicles.yaml` for units and sources."""

    name: str
    data: SegmentData
    drivetrain: Drivetrain
    trailer: Trailer
    sources: Mapping[str, Source]

    @property
    def charging_efficiency(self) -> float:
        """Energy in the battery over energy from the wall."""
        return self.drivetrain.charging_efficiency.value

    @property
    def assumed(self) -> tuple[str, ...]:
        """Names of its numbers that are assumptions or from memory."""
        fields = type(self.data).model_fields.items()
        found = ((field.alias or name, getattr(self.data, name)) for name, field in fields)
        return tuple(k for k, v in found if isinstance(v, Sourced) and v.method == "assumed")

    def towed(self, mass: float | None = None) -> float:
        """Mass of its trailer [kg], by default that of the file or what it may tow.  Raises ProtocolError."""
        most = self.data.towing_mass.value
        if mass is None:
            mass = min(self.trailer.mass.value, most)
        wanted = f"the {self.name} may tow {most:g} kg; give a mass of at most that, in kg"
        return float(number(f"towing {self.name}:", mass, wanted, low=0.0, high=most))

    def vehicle(
        self, pack_mass: float | None = None, *, trailer_mass: float = 0.0, cells: int | None = None
    ) -> Vehicle:
        """The car with another pack mass [kg], with a trailer [kg], or with another number of cells.

        Raises ProtocolError.
        """
        d, all_ = self.data, self.drivetrain
        pack_mass = d.pack_mass.value if pack_mass is None else pack_mass
        empty = d.mass_without_pack.value + pack_mass
        return Vehicle(
            empty + all_.load.value,
            all_.rotating_mass.value * (empty + all_.load.value),
            d.drag_area.value,
            d.rolling_resistance.value,
            all_.efficiency.value,
            all_.recovered.value,
            d.auxiliary_power.value,
            all_.air_density.value,
            int(d.cells.value) if cells is None else whole("cells", cells, "give a whole number of cells, 1 or more"),
            trailer_mass,
            self.trailer.drag_area.value if trailer_mass > 0.0 else 0.0,
            self.trailer.rolling_resistance.value,
        )


def read_vehicles(path: str | PathLike[str] | None = None) -> dict[str, Segment]:
    """The vehicles of a YAML file by name, by default the packaged ones.  Raises ClaimError with all faults."""
    place = HOME if path is None else file_path("vehicles", path, error=ProtocolError)
    file = validated(VehicleFile, content(place, f"copy {HOME.name} and change it"), place)
    return {
        name: Segment(name, entry, file.drivetrain, file.trailer, file.sources) for name, entry in file.vehicles.items()
    }


@cache
def vehicles() -> dict[str, Segment]:
    """The packaged vehicles by name."""
    return read_vehicles()


def segment(name: str, known: Mapping[str, Segment] | None = None) -> Segment:
    """A vehicle by name, by default a packaged one.  Raises ProtocolError."""
    known = vehicles() if known is None else known
    if not isinstance(name, str) or name not in known:
        raise ProtocolError(f"vehicle {shown(name)}: {near(name, known)}")
    return known[name]


@cache
def names() -> tuple[str, ...]:
    """The names that follow "of" in a protocol: vehicles, and those that may tow with their trailer."""
    towing = (f"{name}{TOWING}" for name, each in vehicles().items() if each.data.towing_mass.value > 0.0)
    return (*vehicles(), *towing)


def named_vehicle(name: str, cells: int | None = None) -> Vehicle:
    """A packaged vehicle by one of `names`, with its own number of cells or another one.  Raises ProtocolError."""
    if name not in names():
        raise ProtocolError(f"vehicle {shown(name)}: {near(name, names())}")
    car = segment(name.removesuffix(TOWING))
    return car.vehicle(trailer_mass=car.towed() if name.endswith(TOWING) else 0.0, cells=cells)
