"""What if a few numbers were different: energy, price and charging time over them, for sliders and a table.

Values lie on grids of what the audit has computed; between the points they are interpolated, and the page says so.
Only the prices are computed here, for cells with the energies of the audit's maps.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from ....design import build
from ....design.cost import bill_of, is_listed, materials_of
from ....errors import CellsimError
from ....physics.constants import ZERO_CELSIUS
from ...cost.conditions import price_paths
from ...labels import label
from ...resizing import ELECTROLYTE, resized
from ..records import UNITS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

Array = NDArray[np.float64]
YIELD, CURRENT = "yield/cells", "critical current"
YIELDS = (0.7, 0.8, 0.9, 0.99)  # share of good cells
FEW = (6, 4)  # areal capacities and electrolyte thicknesses that have a price besides the cell's own
FINE = 200  # positions of a slider
ERRORS = {"energy": 0.01, "price": 0.03, "minutes": 0.15}  # shares by which interpolated values may be off, tested


@dataclass(frozen=True)
class Input:
    """What may be changed: its key, name, unit, where a slider begins and ends, and what it is now."""

    key: str
    name: str
    unit: str
    low: float
    high: float
    now: float

    @property
    def step(self) -> float:
        """Of a slider."""
        return (self.high - self.low) / FINE


@dataclass(frozen=True)
class Surface:
    """Values over a grid, NaN where there is no such cell or charge.

    axes: (key of an `Input`, positions).  logs: keys whose logarithm is interpolated in.  of_logs: whether it is the
    logarithm of the values that is interpolated.
    """

    name: str
    unit: str
    axes: tuple[tuple[str, Array], ...]
    values: Array
    logs: tuple[str, ...] = ()
    of_logs: bool = False

    @cached_property
    def _interpolator(self) -> Any:
        from scipy.interpolate import RegularGridInterpolator

        points = [np.log(x) if key in self.logs else x for key, x in self.axes]
        values = np.log(self.values) if self.of_logs else self.values
        return RegularGridInterpolator(points, values, bounds_error=False, fill_value=math.nan)

    def at(self, **where: float) -> float:
        """The value at positions by key, linear between the points; NaN outside."""
        point = [math.log(where[key]) if key in self.logs else where[key] for key, _ in self.axes]
        found = float(self._interpolator(point)[0])
        return math.exp(found) if self.of_logs else found


@dataclass(frozen=True)
class WhatIf:
    """Surfaces of one cell by name, their inputs, and the claims they are held against.

    goals: for each surface (words, number, whether more is claimed).
    """

    cell: str
    inputs: tuple[Input, ...]
    surfaces: dict[str, Surface]
    goals: dict[str, tuple[tuple[str, float, bool], ...]]

    @property
    def now(self) -> dict[str, float]:
        """The cell as it is."""
        return {i.key: i.now for i in self.inputs}

    def said(self, name: str, where: dict[str, float]) -> str:
        """A value in words."""
        value = self.surfaces[name].at(**where)
        return "not computed" if math.isnan(value) else f"{value:.0f}"

    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: the cell as it is, and each input at both ends of its slider, alone."""
        cases = [("as the cell is", self.now)]
        for i in self.inputs:
            cases += [
                (f"{i.name} {value:.3g} {i.unit}".strip(), {**self.now, i.key: value}) for value in (i.low, i.high)
            ]
        return [(words, [self.said(name, where) for name in self.surfaces]) for words, where in cases]

    def json(self) -> Markup:
        """All of it for the script of the page."""
        surfaces = {
            name: {
                "axes": [[key, [float(f"{x:.6g}") for x in values]] for key, values in s.axes],
                "values": [None if math.isnan(v) else float(f"{v:.5g}") for v in s.values.ravel().tolist()],
                "logs": list(s.logs),
                "ofLogs": s.of_logs,
                "goals": [list(goal) for goal in self.goals[name]],
            }
            for name, s in self.surfaces.items()
        }
        return Markup(json.dumps(surfaces, separators=(",", ":")).replace("<", "\\u003c"))


def what_if(audit: Audit) -> WhatIf | None:
    """Of the first cell; None where the audit has no maps of its energy."""
    cell = audit.cells[0]
    maps = {m.metric: m for m in audit.maps if (m.cell, m.varied) == (cell.name, "electrolyte")}
    if not maps:
        return None
    first, reference = next(iter(maps.values())), audit.reference
    areal, thick = 0.1 * first.areal_capacity, 1e6 * first.thickness
    inputs = [
        Input("areal", "areal capacity", "mAh/cm²", areal[0], areal[-1], 0.1 * cell.areal_capacity),
        Input("thick", "electrolyte thickness", "µm", thick[0], thick[-1], 1e6 * cell.cell.value(ELECTROLYTE)),
    ]
    densities = {metric: m.ratio * audit.figures(m.baseline).metric(metric) for metric, m in maps.items()}
    surfaces = {
        unit: Surface(unit, unit, (("areal", areal), ("thick", thick)), densities[metric])
        for metric, unit in UNITS.items()
        if metric in densities
    }
    factor = audit.claim.factor
    goals: dict[str, tuple[tuple[str, float, bool], ...]] = {
        unit: ((f"{factor:g} times the {label(reference.name)}", factor * reference.metric(metric), True),)
        for metric, unit in UNITS.items()
        if metric in densities
    }
    priced = _price(audit, surfaces.get(UNITS["gravimetric"]))
    if priced is not None:
        surface, more, targets = priced
        surfaces["$/kWh"], goals["$/kWh"] = surface, tuple(("claimed", t, False) for t in targets)
        inputs += more
    charged = _minutes(audit)
    if charged is not None:
        surface, current, wanted = charged
        surfaces["min"], goals["min"] = surface, wanted
        inputs.append(current)
    return WhatIf(cell.name, tuple(_within(i, surfaces.values()) for i in inputs), surfaces, goals)


def _within(given: Input, surfaces: Iterable[Surface]) -> Input:
    """An input whose slider ends where a surface ends that depends on it."""
    ends = [(float(x[0]), float(x[-1])) for s in surfaces for key, x in s.axes if key == given.key]
    return replace(given, low=max(low for low, _ in ends), high=min(high for _, high in ends))


def _price(audit: Audit, energy: Surface | None) -> tuple[Surface, list[Input], Sequence[float]] | None:
    """Median price of the first cell over areal capacity, thickness, price of the electrolyte and yield.

    energy: its Wh/kg over the first two.  Price and yield are medians, which keep their uncertainty: in proportion, and
    in proportion of the odds.
    """
    cell = audit.cells[0].cell
    if audit.cost is None or energy is None or not is_listed(cell):
        return None
    study = next((s for s in audit.cost.studies if s.cell.name == cell.name), None)
    if study is None or YIELD not in study.model.inputs:
        return None
    path = price_paths(study.model)[0]
    price, share = study.model.inputs[path], study.model.inputs[YIELD]
    here = 0.1 * audit.cells[0].areal_capacity, 1e6 * cell.value(ELECTROLYTE)
    some, layers = (
        np.unique([*axis[np.linspace(0, axis.size - 1, few).round().astype(int)], now])
        for (_, axis), few, now in zip(energy.axes, FEW, here, strict=True)
    )
    prices = price.value * np.array([0.1, 0.4, 1.0, 2.0])
    yields = np.array(sorted({*YIELDS, share.value}))
    made_of = materials_of(cell)
    drawn = {key: values[:, None, None] for key, values in study.draws.items()}
    drawn[path] = drawn[path] * (prices[:, None] / price.value) if path in drawn else prices[:, None]
    drawn[YIELD] = _scaled(drawn[YIELD], share.value, yields) if YIELD in drawn else yields
    values = np.full((some.size, layers.size, prices.size, yields.size), np.nan)
    for i, a in enumerate(some):
        for j, t in enumerate(layers):
            try:
                changed = resized(cell, 10.0 * a, 1e-6 * t)
                density = audit.cells[0].metric("gravimetric") if (a, t) == here else energy.at(areal=a, thick=t)
                bill = bill_of(changed, density * build(changed).mass, made_of)
            except CellsimError:
                continue
            model = replace(study.model, bill=bill)
            total = model.breakdown(drawn).total
            values[i, j] = np.median(total, axis=0)
    axes = (("areal", some), ("thick", layers), ("price", prices), ("yield", yields))
    name = path.partition("/")[2]
    inputs = [
        Input("price", f"price of {name}", "$/kg", prices[0], prices[-1], price.value),
        Input("yield", "yield: share of good cells", "", yields[0], yields[-1], share.value),
    ]
    return Surface("price", "$/kWh", axes, values), inputs, study.targets


def _scaled(drawn: Array, median: float, medians: Array) -> Array:
    """Draws of a share with other medians, their odds in proportion."""
    odds = drawn / (1.0 - drawn) * (medians / (1.0 - medians)) / (median / (1.0 - median))
    return odds / (1.0 + odds)


def _minutes(audit: Audit) -> tuple[Surface, Input, tuple[tuple[str, float, bool], ...]] | None:
    """Minutes of a charge of the first cell over areal capacity and critical current."""
    if audit.charges is None or audit.charging_claim is None:
        return None
    name, T = audit.cells[0].name, audit.charging_claim.temperatures[0]
    front = next((f for f in audit.charges.frontiers if (f.cell, f.other, f.temperature) == (name, CURRENT, T)), None)
    if front is None:
        return None
    claim, values = audit.charging_claim, np.where(np.isfinite(front.minutes), front.minutes, np.nan)
    span = f"{100.0 * claim.start:g} to {100.0 * claim.end:g} %"
    axes = (("areal", front.areal), ("current", front.values))
    surface = Surface(f"min from {span} at {T - ZERO_CELSIUS:g} °C", "min", axes, values, ("current",), True)
    current = Input("current", CURRENT, "mA/cm²", front.values[0], front.values[-1], front.here[1])
    sold = [v for v in audit.charging if (v.baseline, v.rule) == (audit.reference.name, "as sold")]
    wanted = dict.fromkeys((v.factor, v.baseline_minutes) for v in sold if v.temperature == T)
    whose = f"of the {label(audit.reference.name)} as sold"
    said = tuple((f"that {whose}" if f == 1.0 else f"{f:.2g} of that {whose}", f * m, False) for f, m in wanted)
    return surface, current, said
