"""Inputs of storage duties: the file of a car as storage, prices by the hour, the load of homes."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, model_validator

from ...errors import ClaimError
from ...support.arguments import file_path, near, shown
from ...support.files import cut, read_text
from ...support.sourced import Source, Sourced, Strict, check_sources, dated, fraction
from ...support.yaml_file import content, validated

DATA = Path(__file__).parent / "data"
HOME = Path(__file__).with_name("storage.yaml")
LARGEST = 5_000_000  # bytes of a file of prices
YEAR = 8760  # hours
OTHER_UNIT = re.compile(r"kWh|USD|GBP|CNY|JPY|[$£¥]|cents?\b|\bct\b", re.IGNORECASE)  # in the heading of prices
Array = NDArray[np.float64]


class Charger(Strict):
    power: Sourced
    round_trip: Sourced
    standby: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "Charger":
        fraction(self, "round_trip")
        if self.power.value <= 0.0:
            raise ValueError("power: give a number above 0")
        return self


class Driving(Strict):
    energy: Sourced
    departure: Sourced
    arrival: Sourced
    least_charge: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "Driving":
        if self.least_charge.value >= 1.0:
            raise ValueError("least charge: give a fraction below 1")
        ends = self.departure.value, self.arrival.value
        if not all(h == int(h) and h < 24 for h in ends) or not ends[0] + 1 < ends[1]:
            raise ValueError("departure, arrival: give whole hours, 0 to 23, arrival two hours or more after departure")
        return self


class Home(Strict):
    load: Sourced
    retail_price: Sourced
    peak_price: Sourced


class Reserve(Strict):
    income: Sourced
    deviation: Sourced
    memory: Sourced
    full_at: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "Reserve":
        for name in ("deviation", "memory", "full_at"):
            if getattr(self, name).value <= 0.0:
                raise ValueError(f"{name.replace('_', ' ')}: give a number above 0")
        return self


class Building(Strict):
    cars: Sourced
    peak: Sourced
    hours: Sourced
    days: Sourced
    power: Sourced
    peak_price: Sourced


class Backup(Strict):
    load: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "Backup":
        if self.load.value <= 0.0:
            raise ValueError("load: give a number above 0")
        return self


class Life(Strict):
    price: Sourced
    cycles: Sourced

    @model_validator(mode="after")
    def _possible(self) -> "Life":
        if self.cycles.value <= 0.0:
            raise ValueError("cycles: give a number above 0")
        return self


UNITS = {
    "charger": {"power": "kW", "round trip": "1", "standby": "W"},
    "driving": {"energy": "kW.h", "departure": "h", "arrival": "h", "least charge": "1"},
    "home": {"load": "MW.h", "retail price": "EUR/kW.h", "peak price": "EUR/kW"},
    "reserve": {"income": "EUR/kW", "deviation": "mHz", "memory": "s", "full at": "mHz"},
    "building": {"cars": "1", "peak": "kW", "hours": "h", "days": "1", "power": "kW", "peak price": "EUR/kW"},
    "backup": {"load": "kW.h"},
    "lives": {"price": "EUR/kW.h", "cycles": "1"},
}
DATED = ("EUR/kW.h", "EUR/kW")  # units of prices


class StorageFile(Strict):
    """Format of a file of a car as storage; see `storage.yaml` for units and sources."""

    sources: dict[str, Source] = Field(min_length=1)
    charger: Charger
    driving: Driving
    home: Home
    reserve: Reserve
    building: Building
    backup: Backup
    lives: dict[str, Life] = Field(min_length=1)

    @model_validator(mode="after")
    def _sourced(self) -> "StorageFile":
        parts: dict[str, BaseModel] = {k: getattr(self, k) for k in UNITS if k != "lives"}
        parts |= {f"lives/{name}": entry for name, entry in self.lives.items()}
        for place, part in parts.items():
            check_sources({place: part}, self.sources, UNITS[place.partition("/")[0]])
            for name in type(part).model_fields:
                entry = getattr(part, name)
                if entry.unit not in DATED:
                    continue
                where = f"{place}/{name.replace('_', ' ')}/date"
                if not entry.date:
                    raise ValueError(f"{where}: missing; say of when the price is")
                try:
                    dated(entry.date)
                except ValueError as fault:
                    raise ValueError(f"{where}: {entry.date!r}: {fault}") from None
        return self


@cache
def _packaged() -> StorageFile:
    return read_storage(HOME)


def read_storage(path: str | PathLike[str] | None = None) -> StorageFile:
    """The inputs of a YAML file, by default the packaged ones.  Raises ClaimError with all faults."""
    if path is None:
        return _packaged()
    place = file_path("storage", path, error=ClaimError)
    file: StorageFile = validated(StorageFile, content(place, f"copy {HOME.name} and change it"), place)
    return file


@dataclass(frozen=True)
class Prices:
    """Prices of energy by the hour (hours,) [EUR/kWh], from hour 0 of a day on."""

    name: str
    values: Array

    @property
    def years(self) -> float:
        """Duration in years of 8760 hours."""
        return self.values.size / YEAR


def series() -> tuple[str, ...]:
    """Names of the packaged series of prices."""
    return tuple(sorted(p.stem for p in DATA.glob("*_*.csv") if p.stem != "bdew_h25"))


def read_prices(source: str | PathLike[str]) -> Prices:
    """Prices of a packaged series, by name, or of a CSV file: hour, from 0 in steps of 1, and EUR/MWh.

    Raises ClaimError, for a series that leaves out hours too.
    """
    if isinstance(source, str) and source in series():
        return _kept(source)
    if isinstance(source, str) and not source.endswith(".csv"):
        raise ClaimError(f"prices {shown(source)}: {near(source, series())}, or give a .csv file of hour and EUR/MWh")
    return _parsed(file_path("prices", source, error=ClaimError))


@cache
def _kept(name: str) -> Prices:
    return _parsed(DATA / f"{name}.csv")


def _parsed(path: Path) -> Prices:
    name = cut(path.name)
    rows = [line for line in read_text(path, ClaimError, LARGEST).splitlines() if line and not line.startswith("#")]
    table = [line.split(",") for line in rows]
    if table and not _number(table[0][0]):
        heading = " ".join(table.pop(0))
        if other := OTHER_UNIT.search(heading):
            raise ClaimError(f"{name}: the heading {cut(heading, 60)!r} says {other[0]!r}; give prices in EUR/MWh")
    values = np.empty(len(table))
    for k, row in enumerate(table):
        if len(row) != 2 or not _number(row[0]) or not _number(row[1]):
            raise ClaimError(f"{name}, row {k + 1}: give two finite numbers, hour and EUR/MWh")
        if float(row[0]) != k:
            raise ClaimError(
                f"{name}, row {k + 1}: is hour {row[0]}, expected {k}; the series skips or repeats hours: "
                "fill them, or give a part without gaps"
            )
        values[k] = 1e-3 * float(row[1])
    if values.size < 24:
        raise ClaimError(f"{name}: has {values.size} hours; give at least a day")
    return Prices(path.stem, values)


def _number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


DAYS = {"SA": 52, "FT": 61, "WT": 252}  # Saturdays, Sundays and holidays, working days of a year


@dataclass(frozen=True)
class HomeLoad:
    """Load of a home on typical days (days, 24) [kW] and how often a year each occurs (days,)."""

    days: Array
    weights: Array


@cache
def home_load(yearly: float) -> HomeLoad:
    """The standard profile H25 of homes for an energy a year [MWh]: twelve months, three kinds of day."""
    with (DATA / "bdew_h25.csv").open(encoding="utf-8") as lines:
        table = list(csv.reader(line for line in lines if not line.startswith("#")))
    kinds: Sequence[str] = table[1][1:]
    quarters = np.array([[float(x) for x in row[1:]] for row in table[2:]])  # kWh a quarter of an hour at 1 GWh
    weights = np.array([DAYS[k] / 12.0 for k in kinds])
    hourly = quarters.reshape(24, 4, -1).sum(axis=1).T
    return HomeLoad(hourly * 1e3 * yearly / float(hourly.sum(axis=1) @ weights), weights)
