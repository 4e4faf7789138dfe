"""Bill of materials of a cell: every mass of its layers and housing, with the material that is bought for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from ...errors import ParameterError
from ...parameters import Cell
from ...support.arguments import near, number
from ...support.sourced import Strict
from ...support.yaml_file import validated
from ..cell import build
from ..pack.compression import compression
from ..stack import pair_layers
from .values import Text, content_of

PACKAGED = Path(__file__).with_name("materials.yaml")
Share = Annotated[float, Field(gt=0.0, le=1.0)]
Mix = str | dict[Text, Share]
HOUSINGS = ("pouch foil", "can", "case")


class Materials(Strict):
    """What the components of a cell are bought as: a material of the price files, or shares by mass of several."""

    plant: Text
    choices: dict[str, str] = {}
    positive_active_material: Mix
    positive_carbon_and_binder: Mix
    electrolyte: Text
    positive_current_collector: Text
    negative_current_collector: Text
    housing: Text
    tabs_and_terminals: Mix
    coating_of_particles: str = "none"
    negative_active_material: Mix | None = None
    negative_carbon_and_binder: Mix | None = None
    separator: Text | None = None
    lithium_excess: Text | None = None
    interlayer: Text | None = None
    insulating_film: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Materials":
        for name in type(self).model_fields:
            mix = getattr(self, name)
            if isinstance(mix, dict) and name != "choices" and abs(sum(mix.values()) - 1.0) > 1e-6:
                raise ValueError(f"{name.replace('_', ' ')}: shares add up to {sum(mix.values()):g}; make them 1")
        return self


@dataclass(frozen=True)
class Item:
    """One bought material of a cell.

    amount: kg, or m2 for a material priced by area, in a good cell.  mass: what it weighs in the cell [kg], 0 for a
    treatment.  kind: how it passes through the plant, a key of `passes`.
    """

    component: str
    material: str
    kind: str
    mass: float
    area: float  # m2 that it covers
    amount_of: str = "mass"  # "mass", or "coated": priced per kg of what is coated
    base: float = 0.0  # kg of what is coated


@dataclass(frozen=True)
class Bill:
    """Materials of one good cell and what the plant must know of it.

    energy [Wh], capacity [Ah], volume [L] of the cell, electrode areas [m2]; negative area 0 for lithium metal.
    binder [kg]: of the positive and negative electrode, dissolved for coating.
    """

    name: str
    items: tuple[Item, ...]
    energy: float
    capacity: float
    volume: float
    stack_volume: float  # L
    positive_area: float
    negative_area: float
    positive_binder: float
    negative_binder: float
    materials: Materials | None = None  # what the cell is made of
    compression: float = 0.0  # mass of end plates and ties over that of the cells, at the operating pressure

    @property
    def mass(self) -> float:
        """Mass of the cell [kg]."""
        return sum(item.mass for item in self.items)

    def mass_of(self, component: str) -> float:
        """Mass of the items of a component [kg]."""
        return sum(item.mass for item in self.items if item.component == component)

    def scaled(self, factor: float) -> "Bill":
        """A larger cell of the same kind: all amounts times `factor`."""
        sizes = ("energy", "capacity", "volume", "stack_volume", "positive_area", "negative_area")
        more = {name: factor * getattr(self, name) for name in (*sizes, "positive_binder", "negative_binder")}
        items = tuple(replace(i, mass=factor * i.mass, area=factor * i.area, base=factor * i.base) for i in self.items)
        return replace(self, items=items, **more)


def materials_of(cell: Cell, path: str | Path | None = None) -> Materials:
    """What a cell is made of, from a file or by the name of the packaged cell it is or varies.

    Raises ParameterError for a cell without an entry.
    """
    if path is not None:
        mapping = content_of(Path(path), f"copy an entry of {PACKAGED.name}")
        found: Materials = validated(Materials, mapping, Path(path), ParameterError)
        return found
    known = content_of(PACKAGED)["cells"]
    name = cell.origin.name
    if name not in known:
        raise ParameterError(
            f"{name}: what it is made of is not stated, so its materials have no price; give --materials FILE, a copy "
            f"of an entry of design/cost/{PACKAGED.name} (entries: {', '.join(known)})"
        )
    packaged: Materials = validated(Materials, known[name], PACKAGED, ParameterError)
    return packaged


def is_listed(cell: Cell) -> bool:
    """Whether what the cell is made of is known by its name, or by that of the packaged cell it varies."""
    return cell.origin.name in content_of(PACKAGED)["cells"]


def bill_of(cell: Cell, energy_wh: float, materials: Materials | None = None) -> Bill:
    """The bill of materials of a cell that delivers `energy_wh` [Wh]; its masses add up to that of `build(cell)`.

    Raises ParameterError for a component whose material is not stated.
    """
    energy = number("bill_of: energy", energy_wh, "give an energy in Wh above 0", above=0.0, error=ParameterError)
    materials = materials_of(cell) if materials is None else materials
    design, area, solid = build(cell), cell.value("cell/electrode area"), cell.kind == "solid"
    items: list[Item] = []
    for layer in pair_layers(cell):
        for component, m in layer.masses:
            if m > 0.0:
                name, kind = _component(layer.name, component, solid)
                items += _items(cell.name, name, kind, area * m, area, materials)
    for name in HOUSINGS:
        if name in design.masses:
            items += _items(cell.name, "housing", "housing", design.masses[name], 0.0, materials)
    items += _items(
        cell.name, "tabs and terminals", "housing", design.masses.get("tabs and terminals", 0.0), 0.0, materials
    )
    active = sum(i.mass for i in items if i.component == "positive active material")
    if materials.coating_of_particles != "none":
        items.append(
            Item(
                "coating of particles",
                materials.coating_of_particles,
                "coating of particles",
                0.0,
                area,
                "coated",
                active,
            )
        )
    return Bill(
        cell.name,
        tuple(items),
        energy,
        cell.nominal_capacity,
        1e3 * design.volume,
        1e3 * design.stack_volume,
        area,
        area if any(i.component == "negative active material" for i in items) else 0.0,
        _binder(items, "positive carbon and binder"),
        _binder(items, "negative carbon and binder"),
        materials,
        compression(cell.value("cell/operating pressure"), design.mass / design.volume).mass_share if solid else 0.0,
    )


def _component(layer: str, component: str, solid: bool) -> tuple[str, str]:
    """Name of a component in the bill, and how it passes through the plant."""
    word = layer.split()[0]
    if component == "current collectors":
        return f"{word} current collector", f"{word} foil"
    if component == "electrolyte":
        if not solid:
            return "electrolyte", "liquid electrolyte"
        return (
            ("electrolyte layer", "electrolyte layer")
            if layer == "separator"
            else (f"{word} electrolyte", "positive electrolyte" if word == "positive" else "negative mix")
        )
    kinds = {"separator": "separator", "lithium excess": "lithium", "interlayer": "host", "insulating film": "housing"}
    return component, kinds.get(component, f"{word} mix")


def _items(name: str, component: str, kind: str, mass: float, area: float, materials: Materials) -> list[Item]:
    """The items of one component, one for each material of a mix."""
    key = "electrolyte" if component.endswith(("electrolyte", "electrolyte layer")) else component
    mix = getattr(materials, key.replace(" ", "_"), None)
    if mix is None:
        known = [field.replace("_", " ") for field in Materials.model_fields]
        raise ParameterError(
            f"{name}: the material of its {key} is not stated; add it to the materials of the cell"
            + ("" if key in known else f" ({near(key, known)})")
        )
    shares: Mapping[str, float] = {mix: 1.0} if isinstance(mix, str) else mix
    return [Item(component, material, kind, share * mass, area) for material, share in shares.items() if mass > 0.0]


def _binder(items: list[Item], component: str) -> float:
    """Mass of binder [kg] of an electrode: what is not carbon."""
    return sum(i.mass for i in items if i.component == component and i.material != "carbon black")


def to_rows(bill: Bill) -> list[dict[str, Any]]:
    """One row per item of a bill, for tables."""
    return [
        {
            "component": i.component,
            "material": i.material,
            "kg per cell": i.mass,
            "kg per kWh": 1e3 * i.mass / bill.energy,
        }
        for i in bill.items
    ]
