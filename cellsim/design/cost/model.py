"""Price of a cell or pack from its bill of materials, a plant and a price scenario, by the rules of BatPaC 5.

price = (mM M + mL L + mC C + mB B) / output, all a year: materials M, labour L, equipment C, buildings B, each with the
overhead multiplier of `overheads`.  A step needs labour, equipment and area in proportion to a power of its rate over
that of the baseline plant.  What is sold is a price with a modest profit, not a cost; energy is inside the overheads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...support.arguments import chosen, near, number
from .bill import Bill, Item
from .multipliers import overheads
from .plant_file import PARTS, PlantFile, Rule, Step
from .prices import Price, PriceFile, price_of
from .values import Value

LEVELS, SCALE_RULES = ("cell", "pack"), ("batpac", "six-tenths")
UNIT_PRICE_EXPONENT = 0.85  # BatPaC 5: prices of parts bought by the piece against their rate
SMALLEST, LARGEST = 1e-4, 1000.0  # GWh a year


@dataclass(frozen=True)
class Breakdown:
    """Price [USD/kWh] by line, numbers or arrays (samples,).

    materials: by component with overhead.  steps: (hours a year, equipment [USD], area [m2]) of each step.
    """

    materials: dict[str, Any]
    labour: Any
    equipment: Any
    buildings: Any
    steps: dict[str, tuple[Any, Any, Any]]

    @property
    def material(self) -> Any:
        """All materials with overhead [USD/kWh]."""
        return sum(self.materials.values())

    @property
    def conversion(self) -> Any:
        """Labour, equipment and buildings with overhead [USD/kWh]."""
        return self.labour + self.equipment + self.buildings

    @property
    def total(self) -> Any:
        """The price [USD/kWh]."""
        return self.material + self.conversion

    @property
    def lines(self) -> dict[str, Any]:
        """All lines in the order of a waterfall."""
        return {**self.materials, "labour": self.labour, "equipment": self.equipment, "buildings": self.buildings}

    def yearly(self, part: str) -> Any:
        """Sum over the steps: "labour" [h/yr], "equipment" [USD] or "area" [m2]."""
        return sum(step[PARTS.index(part)] for step in self.steps.values())


@dataclass(frozen=True)
class CostModel:
    """What decides the price of a cell or pack.

    size: good output [GWh a year].  level: "cell" or "pack".  scale_rule: "batpac" (its exponents everywhere) or
    "six-tenths" (labour, equipment and area with the power 0.6 of the size below `calibrated from`).
    """

    bill: Bill
    plant: PlantFile
    prices: PriceFile
    size: float
    level: str = "cell"
    scale_rule: str = "batpac"
    names: tuple[str, str] = field(default=("plant", "prices"))

    def __post_init__(self) -> None:
        chosen("level", self.level, LEVELS, ParameterError)
        chosen("scale rule", self.scale_rule, SCALE_RULES, ParameterError)
        wanted = f"give GWh a year between {SMALLEST:g} and {LARGEST:g}"
        number("size", self.size, wanted, low=SMALLEST, high=LARGEST, error=ParameterError)
        for kind in {item.kind for item in self.bill.items}:
            if kind not in self.plant.passes:
                raise ParameterError(
                    f"{self.names[0]}: passes: the plant has no line for the {kind} of {self.bill.name}; "
                    f"choose another plant or variant ({near(kind, self.plant.passes)})"
                )
        assert self.inputs

    @cached_property
    def inputs(self) -> dict[str, Value]:
        """Everything that can be changed, by path: "price/...", "yield/...", "factor/...", "plant/..."."""
        materials = dict.fromkeys(map(self.bought_as, self.bill.items))
        if self.has_solvent:
            materials["NMP"] = None
        for name in materials:
            price_of(self.prices.prices, name, self.names[1])
        materials |= {
            self.prices.prices[self.bought_as(i)].beyond: None for i in self.bill.items if self.excess(i) > 0.0
        }
        used = {name for kinds in self._kinds for name in self.plant.passes[kinds]}
        used |= {"solvent recovery"} & set(self.plant.yields) if self.has_solvent else set()
        pack_only = ("compression factor", "compression price")
        values = {n: v for n, v in self.plant.values.items() if self.level == "pack" or n not in pack_only}
        return {
            **{f"price/{name}": self.prices.in_dollars(name) for name in materials},
            **{f"yield/{name}": v for name, v in self.plant.yields.items() if name in used},
            **{f"factor/{name}": v for name, v in self.plant.factors.items()},
            **{f"plant/{name}": v for name, v in values.items()},
        }

    def bought_as(self, item: Item) -> str:
        """The material that this line buys for an item."""
        return self.plant.replaces.get(item.material, item.material)

    def excess(self, item: Item) -> float:
        """What an item weighs beyond the areal mass that its price by area contains [kg]."""
        price = self.prices.prices[self.bought_as(item)]
        return max(item.mass - price.areal_mass * item.area, 0.0) if price.beyond and price.unit == "USD/m2" else 0.0

    @property
    def _kinds(self) -> list[str]:
        return list(dict.fromkeys(item.kind for item in self.bill.items))

    @property
    def has_solvent(self) -> bool:
        """Whether the cathode is coated from a solvent that is recovered."""
        return "solvent recovery" in self.plant.steps

    def breakdown(self, changes: Mapping[str, Any] | None = None) -> Breakdown:
        """The price with other values (numbers or arrays) of some inputs, by path, or of "size".

        Raises ParameterError for an unknown path.
        """
        return _Evaluation(self, changes or {}).breakdown()


class _Evaluation:
    """One evaluation of a model; all quantities may be arrays over samples."""

    def __init__(self, model: CostModel, changes: Mapping[str, Any]):
        for path in changes:
            if path not in model.inputs and path != "size":
                raise ParameterError(f"{path}: no input of this price; {near(path, model.inputs)}")
        self.model, self.bill, self.plant, self.changes = model, model.bill, model.plant, changes
        self.size = changes.get("size", model.size)
        self.cells = self.size * 1e9 / self.bill.energy  # good ones a year
        self.rates = self._rates()

    def get(self, path: str) -> Any:
        return self.changes.get(path, self.model.inputs[path].value)

    def passed(self, kind: str) -> Any:
        """Product of the yields that a kind of material passes."""
        product: Any = 1.0
        for name in self.plant.passes[kind]:
            product = product * self.get(f"yield/{name}")
        return product

    def _rates(self) -> dict[str, Any]:
        """Yearly rates over those of the baseline plant."""
        bill, kinds = self.bill, self.model._kinds
        started = self.cells / self.get("yield/cells")
        packs = self.size * 1e6 / self.get("plant/pack energy")
        mixed = self.passed("positive mix")
        absolute = {
            "energy": self.size * 1e6,
            "packs": packs,
            "modules": packs * self.get("plant/modules per pack"),
            "cells": started,
            "positive area": started * bill.positive_area,
            "negative area": started * bill.negative_area,
            "positive material": self.cells * bill.mass_of("positive active material") / mixed,
            "negative material": self.cells * bill.mass_of("negative active material"),
            "solvent": self.cells * bill.positive_binder * self.get("plant/solvent per binder") / mixed,
        }
        rates = {name: rate / self.plant.baseline_rates[name].value for name, rate in absolute.items()}
        rates["dry room"] = np.maximum(rates["cells"], rates["positive area"])
        per_binder, area = self.get("plant/solvent per binder"), bill.negative_area
        self.quantities = {
            "cell capacity": bill.capacity,
            "modules per pack": self.get("plant/modules per pack"),
            "positive solvent": absolute["solvent"]
            / absolute["positive area"]
            / self.get("plant/positive solvent per area"),
            "negative solvent": self.cells
            * bill.negative_binder
            * per_binder
            / self.passed("negative mix")
            / (started * area)
            / self.get("plant/negative solvent per area")
            if area and "negative mix" in kinds
            else 1.0,
        }
        return rates

    def growth(self, rate: Any, exponent: float) -> Any:
        """A rate over the baseline to the power of `exponent`, or by the six-tenths rule below the calibrated size."""
        bottom = self.get("plant/calibrated from")
        if self.model.scale_rule == "batpac":
            return rate**exponent
        small = np.minimum(self.size / bottom, 1.0)
        return (rate / small) ** exponent * small ** self.get("plant/six-tenths exponent")

    def rule(self, rule: Rule) -> Any:
        """The further factor of a rule."""
        quantity = self.quantities[rule.by]
        if rule.by == "positive solvent" and not self.model.has_solvent:
            return 1.0
        if rule.above is not None:
            return np.where(np.asarray(quantity) > rule.above, rule.factor, 1.0)
        return (quantity / (rule.baseline or 1.0)) ** rule.exponent

    def step(self, name: str, step: Step) -> tuple[Any, Any, Any]:
        """Hours a year, equipment [USD] and area [m2] of a step."""
        if step.scales_with == "presses":
            needs = self.presses()
        else:
            rate = self.rates[step.scales_with]
            needs = [getattr(step, part) * self.growth(rate, p) for part, p in zip(PARTS, step.exponents, strict=True)]
        for k, part in enumerate(PARTS):
            for rule in step.rules:
                if part in rule.of:
                    needs[k] = needs[k] * self.rule(rule)
            for key, factor in self.plant.factors.items():
                if part in factor.of and (name in factor.steps or "all" in factor.steps):
                    needs[k] = needs[k] * self.get(f"factor/{key}")
        return needs[0], needs[1], needs[2]

    def press_output(self) -> Any:
        """Output of one press [GWh a year]: vessel x filling x Wh/L over the time of a cycle."""
        load = self.get("plant/press vessel") * 1e3 * self.get("plant/press filling")
        load = load * self.bill.energy / self.bill.stack_volume
        loads = (
            60.0 / self.get("plant/press cycle") * self.get("plant/press hours") * self.get("plant/press availability")
        )
        return 1e-9 * load * loads

    def presses(self) -> list[Any]:
        """Labour, equipment and area of the presses, at least one of them."""
        count = np.maximum(self.size / self.press_output() / self.get("yield/cells"), 1.0)
        needs = ("press price", "press area")
        hours = count * self.get("plant/press operators") * self.get("plant/hours")
        return [hours, *(count * self.get(f"plant/{name}") for name in needs)]

    def breakdown(self) -> Breakdown:
        multiplier = overheads(self.plant)
        pack = self.model.level == "pack"
        steps = {name: self.step(name, step) for name, step in self.plant.steps.items() if step.level == "cell" or pack}
        kwh = self.size * 1e6
        share = self.get("plant/plant cost index") / kwh
        share = share * (1.0 - self.get("plant/price rate per doubling")) ** self.get("plant/doublings")
        hours, equipment, area = (sum(step[k] for step in steps.values()) for k in range(3))
        materials = self.materials() | (self.pack_parts() if pack else {})
        return Breakdown(
            {name: multiplier.materials * cost for name, cost in materials.items()},
            multiplier.labour * hours * self.get("plant/wage") * share,
            multiplier.equipment * equipment * share,
            multiplier.buildings * area * self.get("plant/building") * share,
            steps,
        )

    def materials(self) -> dict[str, Any]:
        """Bought materials of the cells by component, without overhead [USD/kWh]."""
        lines: dict[str, Any] = {}
        for item in self.bill.items:
            lines[item.component] = lines.get(item.component, 0.0) + self.bought(item) / (1e-3 * self.bill.energy)
        if self.model.has_solvent and self.bill.positive_binder:
            used = self.bill.positive_binder * self.get("plant/solvent per binder") / self.passed("positive mix")
            lost = used * (1.0 - self.get("yield/solvent recovery"))
            lines["solvent lost"] = lost * self.get("price/NMP") / (1e-3 * self.bill.energy)
        return lines

    def bought(self, item: Item) -> Any:
        """Cost of an item in one good cell [USD]."""
        name = self.model.bought_as(item)
        price: Price = self.model.inputs[f"price/{name}"]  # type: ignore[assignment]
        amount = item.area if price.unit == "USD/m2" else item.base if item.amount_of == "coated" else item.mass
        cost = amount * self.get(f"price/{name}") + price.each
        if (excess := self.model.excess(item)) > 0.0:
            cost = cost + excess * self.get(f"price/{price.beyond}")
        cost = cost / self.passed(item.kind)
        if price.scale == "cells":
            cost = cost * self.rates["cells"] ** (UNIT_PRICE_EXPONENT - 1.0)
        return cost

    def pack_parts(self) -> dict[str, Any]:
        """Bought parts of the pack by name, without overhead [USD/kWh]."""
        energy, reference = self.get("plant/pack energy"), self.plant.values["pack energy"].value
        count = {"cells": 1e3 * energy / self.bill.energy, "modules": self.get("plant/modules per pack"), "packs": 1.0}
        space = count["cells"] * self.bill.volume / self.get("plant/cell volume in pack")
        size = {"energy": energy / reference, "volume": space}
        lines = {}
        for name, part in self.plant.pack_parts.items():
            cost = size[part.grows_with] * part.mass * part.price + part.each * count[part.per]
            if part.scale:
                cost = cost * self.rates[part.scale] ** (UNIT_PRICE_EXPONENT - 1.0)
            lines[name] = cost / energy
        if "compression factor" in self.plant.values and self.bill.compression:
            mass = self.compression() * self.bill.mass / (1e-3 * self.bill.energy)
            lines["compression hardware"] = mass * self.get("plant/compression price")
        return lines

    def pack_mass(self) -> Any:
        """Mass of a pack [kg]: cells, bought parts and compression hardware."""
        energy, reference = self.get("plant/pack energy"), self.plant.values["pack energy"].value
        cells = 1e3 * energy / self.bill.energy
        space = cells * self.bill.volume / self.get("plant/cell volume in pack")
        size = {"energy": energy / reference, "volume": space}
        parts = sum(size[part.grows_with] * part.mass for part in self.plant.pack_parts.values())
        return cells * self.bill.mass * (1.0 + self.compression()) + parts

    def compression(self) -> Any:
        """Mass of end plates and ties over that of the cells."""
        if "compression factor" not in self.plant.values:
            return 0.0
        return self.get("plant/compression factor") * self.bill.compression


def pack_mass(model: CostModel, changes: Mapping[str, Any] | None = None) -> float:
    """Mass of the pack [kg]: cells, bought parts and compression hardware; changes: as in `CostModel.breakdown`."""
    return float(_Evaluation(model, changes or {}).pack_mass())


def press_output(model: CostModel) -> float | None:
    """Output of one press [GWh a year], or None for a line without."""
    return float(_Evaluation(model, {}).press_output()) if "pressing" in model.plant.steps else None
