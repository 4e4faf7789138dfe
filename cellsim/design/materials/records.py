"""Material files: parts of parameter files, from which whole cells are made.

A file describes an electrolyte, an electrode material or a housing.  Its sections hold quantities of a parameter
file, written as there; {"of": "name of a parameter set"} takes the record of a packaged set, so that a value stands in
one place.  parameter_sets/materials/README.md describes the format.
"""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from ...errors import ParameterError
from ...parameters import load
from ...parameters.load import home
from ...parameters.reading import read
from ...parameters.sources import source_key
from ...support.arguments import chosen, near, shown
from ...support.files import cut, quoted
from ...support.renamed import by_name
from ...support.sourced import Strict
from ...support.yaml_file import validated
from .conductivities import Conductivity, conductivities
from .mixture import Mix

FOLDERS = {"electrolyte": "electrolytes", "positive": "positive", "negative": "negative", "housing": "housings"}
TEMPLATES = {"sulfide": "li6ps5cl", "oxide": "llzto", "halide": "li3incl6"}  # for what is known of a class only
UNITS = {
    "oxidation potential": "V",
    "reduction potential": "V",
    "lower potential": "V",
    "upper potential": "V",
    "fracture toughness": "Pa.m0.5",
    "Young's modulus": "Pa",
    "capacity ratio": "1",
    "length": "m",
    "width": "m",
    "thickness": "m",
}
# where the sections of a material stand in a parameter file
PLACES = {
    "cell": ("cell",),
    "electrolyte": ("electrolyte",),
    "separator": ("separator",),
    "composite": ("positive electrode", "negative electrode"),
    "lithium": ("negative electrode",),
    "design": ("design",),
}
OF_ANOTHER_CELL = ("measured", "fitted", "stated")  # methods that were used on the cell of a parameter set
Records = dict[str, Any]


class Property(Strict):
    """A number that runs do not use."""

    value: float = Field(allow_inf_nan=False)
    unit: str
    source: str
    method: Literal["measured", "fitted", "literature", "assumed", "stated"]
    note: str = ""


class CriticalCurrent(Property):
    """A critical current density [A/m2] and its conditions."""

    value: float = Field(gt=0.0, allow_inf_nan=False)
    unit: Literal["A.m-2"]
    conditions: str


class Material(Strict):
    """A material: sections of a parameter file, a usual mix, and properties that runs do not use.

    electrolyte, separator: sections of the same name.  composite: transport and contact in any composite with this
    electrolyte.  lithium: the interface of lithium metal with it.  electrode: of an electrode material.
    """

    format: Literal[1]
    name: str = ""
    title: str = Field(min_length=1)
    role: Literal["electrolyte", "positive", "negative", "housing"]
    kind: Literal["solid", "liquid"] | None = None
    material_class: Literal["sulfide", "oxide", "halide", "polymer", "liquid"] | None = Field(None, alias="class")
    composition: str = ""
    sources: dict[str, dict[str, str]]
    cell: Records = {}
    electrolyte: Records = {}
    separator: Records = {}
    composite: Records = {}
    lithium: Records = {}
    electrode: Records = {}
    design: Records = {}
    mix: Mix | None = None
    properties: dict[str, Property] = {}
    critical_currents: tuple[CriticalCurrent, ...] = ()
    remarks: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Material":
        if self.role == "electrolyte" and (self.kind is None or self.material_class is None or self.mix is None):
            raise ValueError('an electrolyte needs "kind", "class" and "mix"')
        if self.role in ("positive", "negative") and "type" not in self.electrode:
            raise ValueError('an electrode material needs a section "electrode" with its "type"')
        for key, record in self.properties.items():
            if key not in UNITS:
                raise ValueError(f"properties/{key}: unknown; known: {', '.join(UNITS)}")
            if record.unit != UNITS[key]:
                raise ValueError(f"properties/{key}/unit: {record.unit!r}, but it is given in {UNITS[key]!r}")
        for record in (*self.properties.values(), *self.critical_currents):
            if record.source not in self.sources:
                raise ValueError(f"source {record.source!r} is not one of sources; add it there")
        return self

    def value(self, key: str) -> float:
        """A property.  Raises ParameterError."""
        if key not in self.properties:
            raise ParameterError(f"{self.name}: properties/{key}: not given; add it with unit, source and method")
        return self.properties[key].value

    def number(self, section: str, key: str) -> float | None:
        """A number of a section, or None if it is a law or not given."""
        value = getattr(self, section).get(key, {}).get("value")
        return float(value) if isinstance(value, int | float) else None


@by_name
def materials(role: str | None = None) -> tuple[str, ...]:
    """Names of the packaged materials.  role: "electrolyte", "positive", "negative" or "housing"; by default all.

    Electrolytes may also be named by a composition of `conductivities()`.
    """
    if role is not None:
        chosen("materials: role", role, tuple(FOLDERS), ParameterError)
    return tuple(path.stem for key, folder in FOLDERS.items() if role in (None, key) for path in _files(folder))


@by_name
def material(name: "str | os.PathLike[str] | Material", role: str | None = None) -> Material:
    """A material by its name, by the path of a .json file, or by a composition of the table of conductivities.

    role: the role that it must have.  Raises ParameterError: unknown name, unreadable file, all faults in the file.
    """
    if role is not None:
        chosen("material: role", role, tuple(FOLDERS), ParameterError)
    found = name if isinstance(name, Material) else _found(name, role)
    if role is not None and found.role != role:
        raise ParameterError(
            f"{found.name}: is a material for {found.role}, not for {role}; {_known(found.name, role)}"
        )
    return found


def _files(folder: str) -> list[Path]:
    return sorted((home() / "materials" / folder).glob("*.json"))


def _known(name: str, role: str | None) -> str:
    return near(name, materials(role))


def _found(name: Any, role: str | None) -> Material:
    if not isinstance(name, str | os.PathLike):
        raise ParameterError(f"a material is a name, the path of a .json file or a Material, not {quoted(name)}")
    path = Path(name)
    if path.suffix.lower() == ".json":
        return _resolved(read(path), path, path.stem)
    for folder in FOLDERS.values():
        if path.stem == str(name) and (file := home() / "materials" / folder / f"{name}.json") in _files(folder):
            return _packaged(file)
    for file in _files(FOLDERS["electrolyte"]):
        if (known := _packaged(file)).composition == str(name):
            return known
    measured = [row for row in conductivities() if row.composition == str(name)]
    if measured and role in (None, "electrolyte"):
        return measured_material(measured)
    compositions = "; electrolytes may also be compositions, see `cellsim materials --measured`"
    raise ParameterError(f"unknown material {cut(str(name))!r}; {_known(str(name), role)}{compositions}")


@lru_cache(maxsize=64)
def _packaged(path: Path) -> Material:
    return _resolved(read(path), path, path.stem)


def _resolved(raw: Any, path: Path, name: str) -> Material:
    """A material of the content of a file, with the records of packaged sets in place of references."""
    if not isinstance(raw, dict):
        raise ParameterError(f"{cut(path.name)}: must contain a JSON object, found {quoted(raw)}")
    raw = {key: value for key, value in raw.items() if key != "$schema"}
    sources = dict(raw["sources"]) if isinstance(raw.get("sources"), dict) else {}
    electrode = f"{raw.get('role')} electrode"
    for section, places in {**PLACES, "electrode": (electrode,)}.items():
        if isinstance(raw.get(section), dict):
            label = f"{cut(path.name)}: {section}"
            raw[section] = {key: _taken(value, key, places, sources, label) for key, value in raw[section].items()}
    filled: Material = validated(Material, {**raw, "sources": sources, "name": name}, path, ParameterError)
    return filled


def _taken(record: Any, key: str, places: tuple[str, ...], sources: dict[str, Any], label: str) -> Any:
    """A record as it stands, or that of a packaged set, whose source is added to `sources`."""
    if not isinstance(record, dict) or set(record) != {"of"}:
        return record
    content = load(record["of"]).to_json()
    taken = next((content[place][key] for place in places if key in content.get(place, {})), None)
    if not isinstance(taken, dict):
        raise ParameterError(f"{label}/{key}: {shown(record['of'])} has no such quantity; give it a value here")
    cited = source_key(sources, taken["source"], content["sources"][taken["source"]])
    method = "literature" if taken["method"] in OF_ANOTHER_CELL else taken["method"]
    note = "; ".join(
        filter(None, (taken.get("note"), f"{taken['method']} in {record['of']}" * (method != taken["method"])))
    )
    return {**taken, "source": cited, "method": method, "note": note}


def measured_material(rows: list[Conductivity]) -> Material:
    """An electrolyte of which conductivities were measured; for the rest stands the packaged material of its class."""
    name, kind = rows[0].composition, rows[0].material_class
    if kind is None:
        known = ", ".join(f"{key} ({stands})" for key, stands in TEMPLATES.items())
        raise ParameterError(
            f"{name}: neither sulfide, oxide nor halide, so that nothing stands for its interfaces; write a material "
            f"file with what is known of it, see parameter_sets/materials/README.md; classes: {known}"
        )
    like = material(TEMPLATES[kind])
    values = sorted(row.conductivity for row in rows)
    middle = values[(len(values) - 1) // 2]
    chosen_row = next(row for row in rows if row.conductivity == middle)
    spread = f"; {len(values)} samples, {values[0]:.3g} to {values[-1]:.3g} S/m" if len(values) > 1 else ""
    sources, doi = dict(like.sources), chosen_row.doi.split("|")[0]
    note = "second-hand: as listed in OBELiX (Therrien et al., arXiv 2502.14234); the paper was not opened"
    key = source_key(sources, "measured", {"citation": f"Paper with doi {doi}", "doi": doi, "note": note})
    kappa = {
        "value": middle,
        "unit": "S.m-1",
        "source": key,
        "method": "literature",
        "note": f"at room temperature, taken as 25 degC{spread}",
    }
    densities = [row.density for row in rows if row.density is not None]
    dense = (
        {
            "value": densities[0],
            "unit": "kg.m-3",
            "source": key,
            "method": "literature",
            "note": "computed: atoms and lattice",
        }
        if densities
        else {**like.design["electrolyte density"], "note": f"that of {like.title}: no lattice is known"}
    )
    return like.model_copy(
        update={
            "name": name,
            "title": f"{name}, {rows[0].family.lower() or kind}",
            "composition": name,
            "sources": sources,
            "electrolyte": {
                **_assumed(like.electrolyte, like.title),
                "material": _kind_of(rows[0].family, kind),
                "conductivity": kappa,
            },
            "lithium": _assumed(like.lithium, like.title),
            "composite": _assumed(like.composite, like.title),
            "design": like.design | {"electrolyte density": dense},
            "properties": {},
            "critical_currents": (),
            "remarks": (
                f"of {name} only conductivity and {'density' if densities else 'composition'} are known here; "
                f"activation energy, interfaces, contact and mix are those of {like.title}",
            ),
        }
    )


def _kind_of(family: str, kind: str) -> str:
    """The text "electrolyte/material" of a measured composition."""
    named = next((known for known in ("argyrodite", "garnet") if family.startswith(known)), None)
    return named or {"sulfide": "thiophosphate"}.get(kind, kind)


def _assumed(section: Mapping[str, Any], title: str) -> Records:
    """Records of one material as assumptions on another one."""
    return {
        key: {**record, "method": "assumed", "note": f"that of {title}"} if isinstance(record, dict) else record
        for key, record in section.items()
    }
