"""Price of a cell or pack with its uncertainty, and what would bring it to a target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ...design.cost import CostModel, bill_of, draws, materials_of, rank_correlations
from ...design.cost import plant_file as plant_files
from ...design.cost import prices as price_files
from ...design.cost.bill import to_rows
from ...design.cost.model import Breakdown
from ...design.cost.production import Production, production
from ...design.cost.sampling import SAMPLES
from ...errors import ParameterError
from ...parameters import Cell, load
from ...protocols import discharge
from ...simulation.run import simulate
from ...support.arguments import file_path, mapping, near, numbers, text, whole
from ...support.files import cut, optional
from ...support.renamed import by_name, by_names
from .conditions import Condition, conditions_for, favourable_set, median_price
from .groups import chance

TARGETS = (75.0, 65.0)  # USD/kWh
C_RATE = 1.0 / 3.0  # of the discharge that gives the energy
SIZE, PRICES = 30.0, "2028"  # GWh a year; scenario
SMALL = 20.0  # Ah below which a cell is no vehicle cell


@by_names
@dataclass(frozen=True)
class CostStudy:
    """Price of one cell at one level.  `str(study)` is a summary.

    draws: values (samples,) of every uncertain input by path.  samples: (samples,) prices [USD/kWh].
    """

    cell: Cell
    model: CostModel
    plant: str
    prices: str
    targets: tuple[float, ...]
    draws: dict[str, np.ndarray]
    samples: np.ndarray

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """10 %, 50 % and 90 % quantiles of the price [USD/kWh]."""
        low, mid, high = (float(x) for x in np.quantile(self.samples, (0.1, 0.5, 0.9)))
        return low, mid, high

    @cached_property
    def breakdown(self) -> Breakdown:
        """The price by line with every input at its median."""
        return self.model.breakdown()

    @cached_property
    def line_quantiles(self) -> dict[str, tuple[float, float, float]]:
        """10 %, 50 % and 90 % quantiles of every line [USD/kWh]; they do not add up to those of the price."""
        lines = self.model.breakdown(self.draws).lines
        found = {}
        for name, values in lines.items():
            low, mid, high = np.quantile(np.broadcast_to(values, self.samples.shape), (0.1, 0.5, 0.9))
            found[name] = float(low), float(mid), float(high)
        return found

    def probability(self, target: float) -> float:
        """Share of the draws whose price is at most `target` [USD/kWh]."""
        return float(np.mean(self.samples <= target))

    @cached_property
    def correlations(self) -> dict[str, float]:
        """Rank correlation of every uncertain input with the price, largest magnitude first."""
        return rank_correlations(self.draws, self.samples)

    @cached_property
    def conditions(self) -> dict[float, tuple[Condition, ...]]:
        """For each target what would reach it, each alone and with the favourable set."""
        return {target: conditions_for(self.cell, self.model, target, self.draws) for target in self.targets}

    @cached_property
    def favourable(self) -> dict[str, float]:
        """The favourable set: path and value, the favourable decile of each."""
        return favourable_set(self.model)

    @property
    def favourable_price(self) -> float:
        """Median price with the favourable set [USD/kWh]."""
        return median_price(self.model, self.draws, self.favourable)

    @cached_property
    def production(self) -> Production:
        """What the plant needs."""
        return production(self.model)

    @property
    def methods(self) -> dict[str, float]:
        """Share of the median price by the method of the number behind it."""
        return _by_method(self.model, self.breakdown)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader must know about this price."""
        found = []
        if self.cell.nominal_capacity < SMALL:
            found.append(
                f"{self.cell.name} has {self.cell.nominal_capacity:.3g} Ah: housing, terminals and handling of so "
                "small a cell weigh heavily in its price per kWh"
            )
        bottom = self.model.plant.values["calibrated from"].value
        if self.model.size < bottom:
            found.append(
                f"below about {bottom:g} GWh a year no scale rule is calibrated: the exponents of BatPaC and the "
                "six-tenths rule both extrapolate"
            )
        return tuple(found)

    def __str__(self) -> str:
        low, mid, high = self.quantiles
        chances = ", ".join(f"of at most {t:g} is {chance(self.probability(t))}" for t in self.targets)
        return (
            f"{self.cell.name}, {self.model.level}: {mid:.0f} USD/kWh ({low:.0f} to {high:.0f}, 10 % to 90 %) at "
            f"{self.model.size:g} GWh a year, plant {self.plant}, prices {self.prices}; the probability {chances}"
        )

    def rows(self) -> list[dict[str, Any]]:
        """The bill and the lines of the price, one row each."""
        spread = self.line_quantiles
        weights: dict[str, float] = {}
        for item in self.model.bill.items:
            weights[item.component] = weights.get(item.component, 0.0) + 1e3 * item.mass / self.model.bill.energy
        return [
            {
                "line": name,
                "kg per kWh": weights.get(name, float("nan")),
                "USD per kWh": float(value),
                "P10": spread[name][0],
                "P50": spread[name][1],
                "P90": spread[name][2],
            }
            for name, value in self.breakdown.lines.items()
        ]

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame."""
        return optional("pandas").DataFrame(self.rows())

    def to_json(self) -> dict[str, Any]:
        """Everything printed, for `json.dumps`."""
        return {
            "cell": self.cell.name,
            "level": self.model.level,
            "plant": self.plant,
            "prices": self.prices,
            "size [GWh/yr]": self.model.size,
            "price [USD/kWh]": dict(zip(("P10", "P50", "P90"), self.quantiles, strict=True)),
            "probability": {f"{t:g}": self.probability(t) for t in self.targets},
            "bill": to_rows(self.model.bill),
            "lines": self.rows(),
            "rank correlations": self.correlations,
            "favourable": self.favourable,
            "favourable price [USD/kWh]": self.favourable_price,
            "conditions": {f"{t:g}": [c.to_json() for c in found] for t, found in self.conditions.items()},
            "methods": self.methods,
            "inputs": {path: value.model_dump() for path, value in self.model.inputs.items()},
        }

    def plot(self, path: str | PathLike[str] | None = None) -> Any:
        """Waterfall and the map of electrolyte and cathode price as a matplotlib Figure; written to `path` if given."""
        from .plots import plot_cost

        return plot_cost(self, path)


def unused_prices(studies: Sequence[CostStudy]) -> list[str]:
    """A sentence for each material that a scenario adds to the packaged ones and that none of the cells contains."""
    bought: dict[str, dict[str, None]] = {}  # materials by scenario
    of = {study.prices: study.model.prices for study in studies}
    for study in studies:
        paths = [path for path in study.model.inputs if path.startswith("price/")]
        bought.setdefault(study.prices, {}).update(dict.fromkeys(path.removeprefix("price/") for path in paths))
    return [
        f"prices {name}: the price of {material!r} is not used, as nothing here contains it; "
        f"{near(material, bought[name])}"
        for name, prices in of.items()
        for material in price_files.unfamiliar(prices)
        if material not in bought[name]
    ]


@dataclass(frozen=True)
class PriceQuantiles:
    """10 %, 50 % and 90 % quantiles of a price [USD/kWh]."""

    p10: float
    p50: float
    p90: float


def energy_of(cell: Cell) -> float:
    """Energy of a C/3 discharge from full at the cell's ambient temperature [Wh].  Raises SolveError."""
    return float(simulate(cell, discharge(C_RATE)).discharge_energy)


def cost_model(
    cell: Cell,
    *,
    plant: str | PathLike[str] | None = None,
    prices: str | PathLike[str] = PRICES,
    size: float = SIZE,
    level: str = "cell",
    scale_rule: str = "batpac",
    choices: dict[str, str] | None = None,
    materials: str | PathLike[str] | None = None,
    energy: float | None = None,
) -> tuple[CostModel, str]:
    """The cost model of a cell and the name of its plant, see `cost`.  Raises ParameterError, SolveError."""
    made_of = materials_of(cell, None if materials is None else file_path("materials", materials, error=ParameterError))
    named = made_of.plant if plant is None else str(file_path("plant", plant, error=ParameterError))
    prices = str(file_path("prices", prices, error=ParameterError))
    asked = mapping(
        "choices", {} if choices is None else choices, "give a mapping of group to variant, such as {'cathode': 'dry'}"
    )
    for group, variant in asked.items():
        text(f"choices: {cut(group, 40)}", variant, "give the name of a variant", ParameterError)
    variants = (made_of.choices if plant is None or named == made_of.plant else {}) | dict(asked)
    whole_plant, scenario = plant_files.load_file(named, variants), price_files.load_file(prices)
    bill = bill_of(cell, energy_of(cell) if energy is None else energy, made_of)
    labels = (Path(named).name, Path(str(prices)).name)
    return CostModel(bill, whole_plant, scenario, size, level, scale_rule, labels), named


@by_name
def cost(
    cell: str | PathLike[str] | Cell,
    *,
    plant: str | PathLike[str] | None = None,
    prices: str | PathLike[str] = PRICES,
    size: float = SIZE,
    level: str = "cell",
    targets: Iterable[float] = TARGETS,
    scale_rule: str = "batpac",
    choices: dict[str, str] | None = None,
    materials: str | PathLike[str] | None = None,
    energy: float | None = None,
    samples: int = SAMPLES,
) -> CostStudy:
    """Price of a cell or pack [USD/kWh] with its uncertainty.

    plant: name or path of a plant file; by default the line for such cells.  prices: name or path of a price scenario.
    size: good output [GWh a year].  level: "cell" or "pack".  targets: prices to judge [USD/kWh].
    scale_rule: "batpac" or "six-tenths", see `cellsim.design.cost.CostModel`.  choices: {group: variant} of the line.
    materials: path of a file that says what the cell is made of.  energy: of the cell [Wh]; simulated unless given.
    Raises ParameterError, SolveError.
    """
    cell = load(cell)
    wanted = numbers("targets", targets, "give prices in USD/kWh", low=0.0, high=1e5, error=ParameterError)
    samples = whole(
        "samples", samples, "give a number of draws from 10 to 1000000", low=10, high=10**6, error=ParameterError
    )
    model, named = cost_model(
        cell,
        plant=plant,
        prices=prices,
        size=size,
        level=level,
        scale_rule=scale_rule,
        choices=choices,
        materials=materials,
        energy=energy,
    )
    drawn = draws(model.inputs, samples)
    total = np.broadcast_to(np.asarray(model.breakdown(drawn).total, float), (samples,))
    return CostStudy(cell, model, Path(named).stem, Path(str(prices)).stem, tuple(wanted.tolist()), drawn, total)


def price_quantiles(cell: str | PathLike[str] | Cell, level: str = "pack", **how: Any) -> PriceQuantiles:
    """Price of a cell or pack as 10 %, 50 % and 90 % quantiles [USD/kWh]; how: arguments of `cost`."""
    return PriceQuantiles(*cost(cell, level=level, **how).quantiles)


def _by_method(model: CostModel, breakdown: Breakdown) -> dict[str, float]:
    """Share of a price by method: of the price of each material, of each step or the factors on it."""
    shares: dict[str, float] = {}

    def add(method: str, amount: float) -> None:
        shares[method] = shares.get(method, 0.0) + amount

    by_component: dict[str, list[str]] = {}
    for item in model.bill.items:
        by_component.setdefault(item.component, []).append(model.inputs[f"price/{model.bought_as(item)}"].method)
    for name, amount in breakdown.materials.items():
        part = model.plant.pack_parts.get(name)
        methods = by_component.get(name, [part.method if part else "assumed"])
        if name == "solvent lost":
            methods = [model.inputs["price/NMP"].method]
        for method in methods:
            add(method, float(amount) / len(methods))
    changed = {s for factor in model.plant.factors.values() for s in factor.steps}
    index = model.inputs["plant/plant cost index"].method
    for k, (need, amount) in enumerate(
        (("labour", breakdown.labour), ("equipment", breakdown.equipment), ("area", breakdown.buildings))
    ):
        whole_part = float(breakdown.yearly(need))
        for name, step in model.plant.steps.items():
            if name in breakdown.steps and whole_part:
                method = "assumed" if name in changed or "all" in changed else step.method
                method = "assumed" if index == "assumed" else method
                add(method, float(amount) * float(breakdown.steps[name][k]) / whole_part)
    total = sum(shares.values())
    return {method: amount / total for method, amount in sorted(shares.items(), key=lambda x: -x[1])}
