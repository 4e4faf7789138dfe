"""Manufacturers' statements about their cells, as records; no calculation uses them.

One YAML file per cell in `claims/`.  Every figure is listed with the conditions that its source states.  Conditions
that are needed to interpret it (`NEEDS`) but not given are listed as not stated.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ...errors import ClaimError
from ...support.arguments import file_path, near, shown
from ...support.files import optional, reading
from ...support.renamed import by_name, old_names
from ...support.yaml_file import content, validated

FOLDER = Path(__file__).with_name("claims")
CELL = ("level", "temperature", "pressure")
# quantity: unit, and the conditions required to compare it with other figures
NEEDS = {
    "gravimetric energy density": ("W.h/kg", (*CELL, "rate", "areal capacity")),
    "volumetric energy density": ("W.h/L", (*CELL, "rate", "areal capacity")),
    "energy density over a baseline": ("1", (*CELL, "rate", "baseline", "metric")),
    "energy": ("W.h", (*CELL, "rate")),
    "capacity": ("A.h", ("level", "temperature", "rate")),
    "areal capacity": ("mA.h/cm2", ("level", "temperature", "rate")),
    "charge time": ("min", (*CELL, "window", "areal capacity", "cycles")),
    "charge time over a baseline": ("1", (*CELL, "window", "baseline")),
    "discharge rate": ("C", (*CELL, "areal capacity")),
    "retention of capacity": ("%", (*CELL, "rate", "cycles", "areal capacity", "depth of discharge")),
    "retention of energy": ("%", (*CELL, "rate", "cycles", "areal capacity", "depth of discharge")),
    "cycle life": ("cycles", (*CELL, "rate", "retention", "areal capacity", "depth of discharge")),
    "operating temperature": ("degC", ("level", "rate", "retention")),
    "range": ("km", ("vehicle", "drive cycle")),
    "range over a baseline": ("1", ("vehicle", "drive cycle", "baseline")),
    "cost": ("$/kW.h", ("level", "year", "chemistry", "plant size", "price date", "currency year", "cost or price")),
    "cost over a baseline": (
        "1",
        ("level", "year", "chemistry", "plant size", "price date", "currency year", "cost or price", "baseline"),
    ),
    "first production": ("year", ()),
    "first operation": ("year", ("level",)),
    "production capacity": ("GW.h/yr", ("level", "year", "yield")),
    "vehicles": ("cars/yr", ("level", "year", "pack energy")),
    "share of demand": ("%", ("year",)),
}
UNITS = {"areal capacity": "mAh/cm²", "window": "%"}  # of numeric conditions
Text = Annotated[str, Field(min_length=2)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Ends = Annotated[tuple[Number, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, alias_generator=lambda name: name.replace("_", " ")
    )


class _Conditions(_Strict):
    """Conditions that the source states with a figure; level: cell, pack or material that it refers to."""

    level: Text | None = None
    temperature: Text | None = None
    pressure: Text | None = None
    rate: Text | None = None
    areal_capacity: float | None = Field(None, gt=0.0, lt=1000.0)
    window: tuple[Number, Number] | None = None
    cycles: int | None = Field(None, gt=0)
    depth_of_discharge: Text | None = None
    retention: Text | None = None
    baseline: Text | None = None
    metric: Text | None = None
    vehicle: Text | None = None
    drive_cycle: Text | None = None
    year: Text | None = None
    chemistry: Text | None = None
    plant_size: Text | None = None
    price_date: Text | None = None
    currency_year: Text | None = None
    cost_or_price: Text | None = None
    yield_: Text | None = Field(None, alias="yield")
    pack_energy: Text | None = None

    @model_validator(mode="after")
    def _rises(self) -> "_Conditions":
        if self.window is not None and not 0.0 <= self.window[0] < self.window[1] <= 100.0:
            raise ValueError("window: give two increasing numbers in per cent")
        return self


class _Source(_Strict):
    citation: Text
    url: str = Field("", pattern=r"^(https?://\S+)?$")
    access: Literal["seen", "second-hand", "memory"]
    note: str = ""
    date: str = Field("", pattern=r"^((19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?)?$")


class _Figure(_Strict):
    quantity: Text
    value: Ends  # a number or [low, high]
    unit: str
    bound: Literal["", "about", "up to", "more than", "at most", "at least"] = ""
    status: Literal["measured", "target", "stated"]
    source: str
    confidence: Literal["high", "medium", "low"]
    conditions: _Conditions
    note: str = ""

    @model_validator(mode="after")
    def _known(self) -> "_Figure":
        if self.quantity not in NEEDS:
            raise ValueError(f"quantity {self.quantity!r} is unknown; choose one of {', '.join(NEEDS)}")
        unit = NEEDS[self.quantity][0]
        if self.unit != unit:
            raise ValueError(f"unit {self.unit!r}: a {self.quantity} is given in {unit!r}")
        if len(self.value) not in (1, 2):
            raise ValueError("value: give a number or [low, high]")
        if self.quantity == "charge time" and min(self.value) <= 0.0:
            raise ValueError("value: a charge time must be above 0")
        return self


class _File(_Strict):
    """Format of a file of claims."""

    maker: Text
    product: Text
    nearest_set: Text | None = None  # packaged parameter set of the most alike design
    note: str = ""
    sources: dict[str, _Source] = Field(min_length=1)
    figures: list[_Figure]

    @model_validator(mode="after")
    def _sourced(self) -> "_File":
        for k, figure in enumerate(self.figures):
            if figure.source not in self.sources:
                raise ValueError(f"figures/{k}/source: {figure.source!r} is not one of sources; add it there")
            if self.sources[figure.source].access == "memory" and figure.confidence != "low":
                raise ValueError(f"figures/{k}/confidence: must be low for a source from memory")
        if not self.figures and not self.note:
            raise ValueError("figures: empty; state in note what was searched for and not found")
        return self


@dataclass(frozen=True)
class StatedFigure:
    """One figure stated by a manufacturer.

    value: a number or (low, high), in `unit`.  bound: qualifier of the source ("up to", "about").
    status: "measured" according to the source, "target" or "stated".  conditions: those that the source states;
    not_stated: further conditions required for comparison.  access: how the source is known, "seen", "second-hand" or
    "memory".  derived: quantities calculated from the figure, as text.
    """

    maker: str
    product: str
    quantity: str
    value: float | tuple[float, float]
    unit: str
    bound: str
    status: str
    conditions: dict[str, Any]
    not_stated: tuple[str, ...]
    derived: tuple[str, ...]
    source: str
    source_note: str
    url: str
    access: str
    confidence: str
    note: str
    date: str = ""  # of the source: year, year-month or year-month-day
    nearest: str = ""  # packaged parameter set of the most alike design

    @property
    def text(self) -> str:
        """The figure with its bound and unit, such as "up to 450 Wh/kg"."""
        low, *high = np.atleast_1d(self.value)
        number = f"{low:.4g}" + "".join(f" to {x:.4g}" for x in high)
        return " ".join(w for w in (self.bound, number, "" if self.unit in ("1", "year") else written(self.unit)) if w)

    @property
    def stated(self) -> tuple[str, ...]:
        """The conditions as text, numbers with their units."""
        return tuple(
            f"{key}: {_words(value)}{' ' + UNITS[key] if key in UNITS else ''}"
            for key, value in self.conditions.items()
        )


def written(unit: str) -> str:
    """A unit as it is written in text: "Wh/kg" for "W.h/kg", "mAh/cm²" for "mA.h/cm2"."""
    return unit.replace("/yr", " a year").replace(".h", "h").replace("cm2", "cm²").replace("degC", "°C")


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return " to ".join(f"{x:g}" for x in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class StatedClaims:
    """All figures in the order of their files; notes: (maker, product, note) of every cell."""

    figures: tuple[StatedFigure, ...]
    notes: tuple[tuple[str, str, str], ...]

    def __iter__(self) -> Iterator[StatedFigure]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def filtered(self, maker: str | None = None, kind: str | None = None, year: int | None = None) -> "StatedClaims":
        """Claims of a maker (a part of its name), of a kind (a quantity or a part of it), stated in a year.

        Raises ClaimError with the known words if there is none.
        """
        keys: tuple[tuple[str, Any, Callable[[StatedFigure], str]], ...] = (
            ("maker", maker, lambda f: f.maker),
            ("kind", kind, lambda f: f.quantity),
            ("year", None if year is None else str(year), lambda f: f.date[:4]),
        )
        found = self.figures
        for name, wanted, of in keys:
            if wanted is not None:
                known = sorted({of(f) for f in found} - {""})
                kept = [f for f in found if str(wanted).lower() in of(f).lower()]
                if not kept:
                    raise ClaimError(f"{name} {shown(wanted)}: no claim; {near(wanted, known)}")
                found = tuple(kept)
        cells = {(f.maker, f.product) for f in found}
        return StatedClaims(found, tuple(note for note in self.notes if note[:2] in cells))

    def to_json(self) -> list[dict[str, Any]]:
        """Records of the cells with all their figures, for `json.dumps`."""
        return [
            {
                "maker": maker,
                "product": product,
                "note": note,
                "figures": [_record(f) for f in self if (f.maker, f.product) == (maker, product)],
            }
            for maker, product, note in self.notes
        ]

    def to_pandas(self) -> Any:
        """A pandas DataFrame with one row per figure; the upper end of a range is in the column "upper"."""
        rows: list[dict[str, Any]] = [{"maker": f.maker, "product": f.product, **_record(f)} for f in self]
        for row in rows:
            ends = row["value"] if isinstance(row["value"], list) else [row["value"], float("nan")]
            row |= {
                "value": ends[0],
                "upper": ends[1],
                "conditions": "; ".join(f"{k}: {_words(v)}" for k, v in row["conditions"].items()),
            }
            row |= {key: "; ".join(row[key]) for key in ("not_stated", "derived")}
        return optional("pandas").DataFrame(rows)

    def __repr__(self) -> str:
        return "\n".join(f"{f.maker}, {f.product}: {f.quantity} {f.text} ({f.status})" for f in self)


def _record(figure: StatedFigure) -> dict[str, Any]:
    def lists(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        return {k: list(v) if isinstance(v, tuple) else v for k, v in items}

    own = lists((k, v) for k, v in vars(figure).items() if k not in ("maker", "product"))
    return own | {"conditions": lists(figure.conditions.items())}


@by_name
def maker_claims(folder: str | PathLike[str] | None = None) -> StatedClaims:
    """Manufacturers' statements about their cells, as records with sources; no calculation uses them.

    folder: of `.yaml` files; by default those of the package.  Raises ClaimError naming file, key and remedy.
    """
    return _packaged() if folder is None else _read(file_path("folder", folder, error=ClaimError))


@lru_cache(maxsize=1)
def _packaged() -> StatedClaims:
    return _read(FOLDER)


def _read(folder: Path) -> StatedClaims:
    with reading(folder, ClaimError):
        paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ClaimError(f"{folder}: contains no .yaml files of claims; see those in {FOLDER.name}/ of the package")
    figures, notes = [], []
    for path in paths:
        file = validated(_File, content(path, "start with maker, product, sources and figures"), path)
        figures += [_figure(file, f) for f in file.figures]
        notes.append((file.maker, file.product, file.note))
    return StatedClaims(tuple(figures), tuple(notes))


def _figure(file: _File, f: _Figure) -> StatedFigure:
    source = file.sources[f.source]
    given = f.conditions.model_dump(by_alias=True, exclude_none=True)
    value = (f.value[0], f.value[1]) if len(f.value) > 1 else f.value[0]
    return StatedFigure(
        file.maker,
        file.product,
        f.quantity,
        value,
        f.unit,
        f.bound,
        f.status,
        given,
        tuple(key for key in NEEDS[f.quantity][1] if key not in given),
        _derived(f),
        source.citation,
        source.note,
        source.url,
        source.access,
        f.confidence,
        f.note,
        source.date,
        file.nearest_set or "",
    )


def _derived(f: _Figure) -> tuple[str, ...]:
    """Mean C-rate of a charge time, and mean current density if the areal capacity is stated, as text."""
    window, areal = f.conditions.window, f.conditions.areal_capacity
    if f.quantity != "charge time" or window is None or len(f.value) > 1:
        return ()
    rate = (window[1] - window[0]) / 100.0 / (f.value[0] / 60.0)
    mean = f"mean rate ({window[1]:g} - {window[0]:g}) % / {f.value[0]:g} min = {rate:.3g}C"
    if areal is None:
        return (mean,)
    return mean, f"mean current density {rate:.3g}C x {areal:g} mAh/cm² = {rate * areal:.3g} mA/cm²"


__getattr__ = old_names(__name__, {"claims": "maker_claims"})
