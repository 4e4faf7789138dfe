"""What would bring a price to a target: one input at a time, alone or with a favourable set of the others.

"Reaches" means that the median over the draws of all other uncertain inputs does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from ...design import areal_capacity
from ...design.cost import CostModel, bill_of
from ...design.cost.floors import lithium_value
from ...design.cost.values import DECILE
from ...errors import ParameterError
from ...models import capacity_between_cutoffs
from ...parameters import Cell
from ..resizing import resized

Draws = Mapping[str, np.ndarray]
DRAWS = 500  # of the search
MOST = 100.0  # times the present price that is looked at for "at most"
BEST_YIELD, LARGEST_PLANT, THICKEST = 0.999, 50.0, 100.0  # share; GWh a year; Ah/m2
WORST_YIELD, SMALLEST_PLANT, THINNEST = 0.05, 1e-3, 5.0
MOST_DOUBLINGS = 20.0
# the favourable set: these at their favourable decile, where the line has them
FAVOURABLE = (
    "electrolyte",
    "cathode",
    "lithium",
    "yield/cells",
    "yield/coating",
    "yield/electrolyte layer",
    "yield/lithium",
    "plant/plant cost index",
)


@dataclass(frozen=True)
class Condition:
    """The value of one input with which a price meets a target.

    needed: None where no value does.  favourable: whether the other inputs of the favourable set stand at their
    favourable decile.  upper: True for "at most", False for "at least".  low, high: the range of the input, or None.
    contradiction: why the needed value cannot be; empty if it can.
    """

    name: str
    unit: str
    now: float
    needed: float | None
    upper: bool
    favourable: bool
    low: float | None = None
    high: float | None = None
    contradiction: str = ""

    @property
    def text(self) -> str:
        """The condition as words."""
        if self.needed is None:
            return f"no {self.name} reaches it"
        unit = f" {self.unit}" if self.unit not in ("1", "") else ""
        bound = "most" if self.upper else "least"
        words = f"the {self.name} is at {bound} {self.needed:.3g}{unit} (now {self.now:.3g})"
        return words + (f": {self.contradiction}" if self.contradiction else "")

    @property
    def possible(self) -> bool:
        """Whether there is such a value and it is no contradiction."""
        return self.needed is not None and not self.contradiction

    def to_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return dict(vars(self))


@dataclass(frozen=True)
class _Way:
    """One input that may be changed: price(value, changes of others) -> USD/kWh, between worst and best."""

    name: str
    path: str
    unit: str
    now: float
    best: float
    worst: float
    price: Callable[[float, dict[str, float]], float]
    low: float | None = None
    high: float | None = None


def favourable_set(model: CostModel) -> dict[str, float]:
    """The favourable set by path: prices and factors at their 10 % quantile, yields at their 90 % quantile."""
    paths = [path for name in FAVOURABLE for path in _paths(model, name)]
    return {path: _decile(model, path) for path in paths if model.inputs[path].uncertain}


def _decile(model: CostModel, path: str) -> float:
    sign = 1.0 if path.startswith("yield/") else -1.0
    return float(model.inputs[path].at(sign * DECILE))


def _paths(model: CostModel, name: str) -> list[str]:
    """Paths of inputs by one of the names of FAVOURABLE."""
    if "/" in name:
        return [name] if name in model.inputs else []
    components = {
        "electrolyte": ("electrolyte", "electrolyte layer", "positive electrolyte", "negative electrolyte"),
        "cathode": ("positive active material",),
        "lithium": ("lithium excess", "interlayer"),
    }[name]
    return list(dict.fromkeys(f"price/{model.bought_as(i)}" for i in model.bill.items if i.component in components))


def median_price(model: CostModel, drawn: Draws, changes: Mapping[str, Any]) -> float:
    """Median price [USD/kWh] over draws, with some inputs fixed."""
    return float(np.median(model.breakdown({**drawn, **changes}).total))


def conditions_for(cell: Cell, model: CostModel, target: float, drawn: Draws) -> tuple[Condition, ...]:
    """Each way to `target` [USD/kWh], alone and then with the favourable set of the others."""
    some = {path: values[:DRAWS] for path, values in drawn.items()}
    ways, good, carbonate = list(_ways(cell, model, some)), favourable_set(model), carbonate_price(model)
    found = []
    for favourable in (False, True):
        for way in ways:
            others = {path: value for path, value in good.items() if path != way.path} if favourable else {}
            found.append(_solved(way, others, target, favourable, carbonate))
    return tuple(found)


def _solved(way: _Way, others: dict[str, float], target: float, favourable: bool, carbonate: float) -> Condition:
    from scipy.optimize import brentq

    def miss(value: float) -> float:
        return way.price(value, others) - target

    def root(ends: tuple[float, float]) -> float | None:
        low, high = sorted(ends)
        try:
            if miss(low) * miss(high) > 0.0:
                return None
            return float(brentq(miss, low, high, xtol=1e-9 * max(high, 1.0), rtol=1e-6))
        except ParameterError:  # a cell that cannot be made
            return None

    needed = root((way.now, way.best if miss(way.now) > 0.0 else way.worst))
    why = contradiction(way.path, needed, carbonate)
    return Condition(way.name, way.unit, way.now, needed, way.best < way.now, favourable, way.low, way.high, why)


def contradiction(path: str, needed: float | None, carbonate: float) -> str:
    """Why a needed price cannot be: it is below the value of the lithium in the material; empty if it can."""
    floor = lithium_value(carbonate, path.removeprefix("price/"))
    if needed is None or needed >= floor:
        return ""
    return (
        f"a contradiction, as the lithium in it is worth {floor:.1f} USD/kg at {carbonate:.3g} USD/kg of "
        "lithium carbonate"
    )


def carbonate_price(model: CostModel) -> float:
    """Price of lithium carbonate in the scenario [USD/kg], 0 if it has none."""
    known = model.prices.prices
    return model.prices.in_dollars("lithium carbonate").value if "lithium carbonate" in known else 0.0


def electrolyte_for(model: CostModel, drawn: Draws, goal: np.ndarray) -> Condition | None:
    """The price of the electrolyte at which the median of materials less `goal` (samples,) [USD/kWh] is zero."""
    paths = _paths(model, "electrolyte")
    if not paths:
        return None
    path, value = paths[0], model.inputs[paths[0]]
    free, one = (model.breakdown({**drawn, path: price}).material for price in (0.0, 1.0))
    room = float(np.median((goal - free) / (one - free)))  # materials are linear in a price
    needed = room if room > 0.0 else None
    why = contradiction(path, needed, carbonate_price(model))
    name = f"price of {path.partition('/')[2]}"
    return Condition(name, value.unit, value.value, needed, True, False, value.low, value.high, why)


def _ways(cell: Cell, model: CostModel, drawn: Draws) -> Iterator[_Way]:
    for name in ("electrolyte", "cathode", "lithium"):
        for path in _paths(model, name):
            yield _input(model, drawn, path, f"price of {path.partition('/')[2]}")
    yield _input(model, drawn, "yield/cells", "yield of cells")
    now, resize = 0.1 * areal_capacity(cell), cache(partial(_with_areal, cell, model))
    yield _Way(
        "areal capacity",
        "",
        "mAh/cm²",
        now,
        0.1 * THICKEST,
        0.1 * THINNEST,
        lambda value, others: median_price(resize(10.0 * value), drawn, others),
    )
    yield _Way(
        "plant size",
        "",
        "GWh a year",
        model.size,
        max(LARGEST_PLANT, model.size),
        SMALLEST_PLANT,
        lambda value, others: median_price(model, drawn, {**others, "size": value}),
    )
    yield _input(model, drawn, "plant/doublings", "number of doublings of cumulative output")


def _input(model: CostModel, drawn: Draws, path: str, name: str) -> _Way:
    value = model.inputs[path]
    best, worst = 1e-9 * max(value.value, 1.0), MOST * value.value
    if path.startswith("yield/"):
        best, worst = BEST_YIELD, WORST_YIELD
    if path == "plant/doublings":
        best, worst = MOST_DOUBLINGS, 0.0
    return _Way(
        name,
        path,
        value.unit,
        value.value,
        best,
        worst,
        lambda given, others: median_price(model, drawn, {**others, path: given}),
        value.low,
        value.high,
    )


def _with_areal(cell: Cell, model: CostModel, areal: float) -> CostModel:
    """The model of the cell with another areal capacity [Ah/m2]; energy in proportion to the capacity at rest."""
    other = resized(cell, areal)
    energy = model.bill.energy * capacity_between_cutoffs(other) / capacity_between_cutoffs(cell)
    return replace(model, bill=bill_of(other, float(energy), model.bill.materials))


def grid(
    model: CostModel, drawn: Draws, x: str, y: str, xs: np.ndarray, ys: np.ndarray, draws: int = 200
) -> np.ndarray:
    """Median prices (len(ys), len(xs)) [USD/kWh] over two inputs by path."""
    some = {path: values[:draws, None, None] for path, values in drawn.items()}
    total = model.breakdown({**some, x: xs[None, None, :], y: ys[None, :, None]}).total
    return np.asarray(np.median(np.broadcast_to(total, (draws, ys.size, xs.size)), axis=0))


def price_paths(model: CostModel) -> tuple[str, str]:
    """Paths of the prices of electrolyte and cathode."""
    find = {i.component: f"price/{model.bought_as(i)}" for i in reversed(model.bill.items)}
    electrolyte = find.get("electrolyte layer", find.get("electrolyte", find["positive active material"]))
    return electrolyte, find["positive active material"]
