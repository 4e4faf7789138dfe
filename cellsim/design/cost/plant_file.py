"""Plant files in YAML: steps, yields, overheads and bought parts, every number with unit, source, method and date.

A file may extend another one and choose variants of a line (`choices`, see choices.yaml), then change or drop what
differs; `composed` writes out the whole.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...errors import ParameterError
from ...support.arguments import near, shown
from ...support.sourced import Strict
from ...support.yaml_file import validated
from .values import Number, Origin, Source, Text, Value, Yield, content_of, names_in, place_in

FOLDER = Path(__file__).with_name("plants")
CHOICES = Path(__file__).with_name("choices.yaml")
RATES = (
    "energy",
    "packs",
    "modules",
    "cells",
    "positive area",
    "negative area",
    "positive material",
    "negative material",
    "solvent",
)
SCALES = (*RATES, "dry room", "presses")  # dry room: the larger of cells and positive area
OVERHEADS = (
    "variable overhead on labour",
    "administration on labour",
    "profit",
    "launch, labour",
    "launch, materials",
    "working capital",
    "warranty",
    "variable overhead on depreciation",
    "administration on depreciation",
    "research on depreciation",
    "life of equipment",
)
VALUES = (
    "wage",
    "building",
    "plant cost index",
    "six-tenths exponent",
    "calibrated from",
    "price rate per doubling",
    "doublings",
    "solvent per binder",
    "positive solvent per area",
    "negative solvent per area",
    "pack energy",
    "modules per pack",
    "cell volume in pack",
    "hours",
    "formation electricity",
    "formation heat",
    "pack electricity",
    "dry room power",
    "dry room height",
    "compression factor",
    "compression price",
    "press vessel",
    "press filling",
    "press cycle",
    "press hours",
    "press availability",
    "press price",
    "press operators",
    "press area",
)
MAY_BE_ZERO = (
    "wage",
    "building",
    "doublings",
    "price rate per doubling",
    "formation electricity",
    "formation heat",
    "pack electricity",
    "dry room power",
    "compression factor",
    "compression price",
    "press price",
    "press operators",
    "press area",
)
PARTS = ("labour", "equipment", "area")
Part = Literal["labour", "equipment", "area"]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]


class Rule(Strict):
    """A further factor: (quantity / baseline) ** exponent, or `factor` where the quantity is above `above`."""

    by: Literal["cell capacity", "modules per pack", "positive solvent", "negative solvent"]
    of: list[Part] = Field(min_length=1)
    baseline: Positive | None = None
    exponent: Number = 1.0
    above: Positive | None = None
    factor: Positive = 1.0


class Step(Origin):
    """One step of the baseline plant: labour [h/yr], equipment [USD], area [m2] and how they grow with a rate."""

    labour: Amount
    equipment: Amount
    area: Amount
    exponents: tuple[Positive, Positive, Positive]
    scales_with: Text
    electricity: Amount = 0.0  # kWh per kg of cells
    heat: Amount = 0.0  # MJ per kg of cells
    level: Literal["cell", "pack"] = "cell"
    rules: list[Rule] = []

    @model_validator(mode="after")
    def _known(self) -> "Step":
        if self.scales_with not in SCALES:
            raise ValueError(f"scales with {self.scales_with!r}: {near(self.scales_with, SCALES)}")
        return self


class Factor(Value):
    """A factor on parts of some steps."""

    steps: list[Text] = Field(min_length=1)
    of: list[Part] = Field(default=["labour", "equipment", "area"], min_length=1)


class PackPart(Origin):
    """A bought part of the reference pack: mass [kg], price [USD/kg], each [USD] per cell, module or pack."""

    mass: Amount
    price: Amount
    each: Amount
    per: Literal["cells", "modules", "packs"]
    scale: Literal["", "cells", "modules", "packs"] = ""  # rate with which the price falls
    grows_with: Literal["energy", "volume"]


class PlantFile(Strict):
    """A whole plant."""

    title: Text
    note: str = ""
    sources: dict[str, Source] = Field(min_length=1)
    baseline_rates: dict[str, Value]
    values: dict[str, Value]
    overheads: dict[str, Value]
    yields: dict[str, Yield] = Field(min_length=1)
    passes: dict[str, list[Text]]
    steps: dict[str, Step] = Field(min_length=1)
    factors: dict[str, Factor] = {}
    replaces: dict[str, Text] = {}  # material of the cell: what this line buys in its place
    pack_parts: dict[str, PackPart] = {}

    @model_validator(mode="after")
    def _consistent(self) -> "PlantFile":
        for section, known, given in (
            ("baseline rates", RATES, self.baseline_rates),
            ("overheads", OVERHEADS, self.overheads),
            ("values", VALUES, self.values),
        ):
            for name in given:
                if name not in known:
                    raise ValueError(f"{section}/{name}: unknown; {near(name, known)}")
        needed = [*(("baseline rates", n) for n in RATES), *(("overheads", n) for n in OVERHEADS)]
        for section, name in (*needed, *(("values", n) for n in VALUES[:19])):
            if name not in getattr(self, section.replace(" ", "_")):
                raise ValueError(f"{section}/{name}: missing; add it")
        for kind, names in self.passes.items():
            for name in names:
                if name not in self.yields:
                    raise ValueError(f"passes/{kind}: unknown yield {name!r}; {near(name, self.yields)}")
        for name, factor in self.factors.items():
            for step in factor.steps:
                if step not in self.steps and step != "all":
                    raise ValueError(f"factors/{name}: unknown step {step!r}; {near(step, self.steps)}")
        life = {"life of equipment": self.overheads["life of equipment"]}
        for section, given in (("baseline rates", self.baseline_rates), ("values", self.values), ("overheads", life)):
            for name, value in given.items():
                if not value.value > 0.0 and name not in MAY_BE_ZERO:
                    raise ValueError(f"{section}/{name}: is 0; give a number above 0")
        if not self.values["price rate per doubling"].value < 1.0:
            raise ValueError("values/price rate per doubling: give a share below 1")
        if any(step.scales_with == "presses" for step in self.steps.values()):
            for name in VALUES[21:]:
                if name not in self.values:
                    raise ValueError(f"values/{name}: missing, and a step scales with presses; add it")
        everything: list[Origin] = [
            x for part in (self.baseline_rates, self.values, self.overheads, self.yields) for x in part.values()
        ]
        for x in (*everything, *self.steps.values(), *self.factors.values(), *self.pack_parts.values()):
            if x.source not in self.sources:
                raise ValueError(f"source {x.source!r} is not one of sources; add it there")
        return self


def plants() -> list[str]:
    """Names of the packaged plants."""
    return names_in(FOLDER)


def place_of(name: str, beside: Path | None = None) -> Path:
    """Path of a plant by its name or path.  Raises ParameterError with the nearest names."""
    return place_in(FOLDER, "plant", name, beside)


def composed(name: str, choices: dict[str, str] | None = None) -> dict[str, Any]:
    """A plant as one mapping, without `extends`, `choices` and `drop`.  choices: {group: variant}, over the file's.

    Raises ParameterError: unknown plant, group, variant or dropped step.
    """
    chain = _chain(name)
    picked: dict[str, Any] = {}
    for _, given in chain:
        picked |= given.pop("choices", None) or {}
    variants = content_of(CHOICES)
    label, root = chain[0]
    plant = _changed(
        _changed({}, {k: v for k, v in root.items() if k != "drop"}, label), {"drop": root.get("drop")}, label
    )
    label = chain[-1][0]
    for group, variant in (picked | (choices or {})).items():
        plant = _changed(plant, _variant(variants, label, group, variant), label)
    for label, given in chain[1:]:
        _known_yields(plant, given, label)
        plant = _changed(plant, given, label)
    return plant


def _known_yields(plant: dict[str, Any], changes: dict[str, Any], label: str) -> None:
    """Refuse a yield that no material passes: it would change nothing.  Raises ParameterError."""
    passed = [str(n) for names in changes.get("passes", {}).values() if isinstance(names, list) for n in names]
    known = {**plant.get("yields", {}), **dict.fromkeys(passed)}
    for name in changes.get("yields", {}):
        if name not in known:
            raise ParameterError(f"{label}: yields: unknown step {name!r}; {near(name, known)}, or add it to passes")


def _chain(name: str) -> list[tuple[str, dict[str, Any]]]:
    """(name, content) of a plant file and of those that it extends, the last of them first."""
    path, chain = place_of(name), list[tuple[str, dict[str, Any]]]()
    while True:
        given = content_of(path, "print a whole plant with `cellsim plant NAME --yaml`")
        base = given.pop("extends", None)
        _well_formed(path.name, given)
        chain.insert(0, (path.name, given))
        if base is None:
            return chain
        if len(chain) > 5:
            raise ParameterError(f"{path.name}: extends: more than five files deep; extend a packaged plant")
        path = place_of(str(base), path)


def _well_formed(label: str, given: dict[str, Any]) -> None:
    """Refuse sections that are no mappings before files are merged; all else is checked in the whole plant."""
    for key, value in given.items():
        if key == "drop":
            if not isinstance(value, list) or not all(isinstance(step, str) for step in value):
                raise ParameterError(f"{label}: drop: give a list of steps, such as [calendering positive]")
        elif key in ("title", "note"):
            if not isinstance(value, str):
                raise ParameterError(f"{label}: {key}: give text, found {shown(value)}")
        elif not isinstance(value, dict):
            raise ParameterError(f"{label}: {key}: give a mapping of names, as in `cellsim plant sulfide --yaml`")
    for group, variant in given.get("choices", {}).items():
        if not isinstance(variant, str):
            raise ParameterError(f"{label}: choices/{group}: give the name of a variant, such as cathode: dry")
    for name, factor in given.get("factors", {}).items():
        if not isinstance(factor, dict) or not isinstance(factor.get("steps"), list):
            raise ParameterError(f"{label}: factors/{name}: give steps, a list of names, and a value with its origin")


def _variant(variants: dict[str, Any], label: str, group: str, variant: Any) -> dict[str, Any]:
    groups = [name for name in variants if name != "sources"]
    if group not in groups:
        raise ParameterError(f"{label}: choices: unknown group {shown(group)}; {near(group, groups)}")
    if variant not in variants[group]:
        raise ParameterError(
            f"{label}: choices/{group}: unknown variant {shown(variant)}; {near(variant, variants[group])}"
        )
    return {"sources": variants["sources"], **(variants[group][variant] or {})}


def _changed(plant: dict[str, Any], changes: dict[str, Any], label: str) -> dict[str, Any]:
    """A plant with sections of `changes` merged in, entry by entry, and steps of `drop` left out."""
    new = {key: dict(value) if isinstance(value, dict) else value for key, value in plant.items()}
    for step in changes.get("drop", []) or []:
        if step not in new.get("steps", {}):
            raise ParameterError(f"{label}: drop: unknown step {shown(step)}; {near(step, new.get('steps', {}))}")
        del new["steps"][step]
        for factor in list(new.get("factors", {})):
            left = [s for s in new["factors"][factor]["steps"] if s != step]
            if left:
                new["factors"][factor] = new["factors"][factor] | {"steps": left}
            else:
                del new["factors"][factor]
    for key, value in changes.items():
        if key != "drop":
            new[key] = new.get(key, {}) | value if isinstance(value, dict) else value
    return new


def load_file(name: str, choices: dict[str, str] | None = None) -> PlantFile:
    """A checked plant by its name or path.  Raises ParameterError with all faults."""
    plant: PlantFile = validated(PlantFile, composed(name, choices), place_of(name), ParameterError)
    return plant
