"""Pictures of a price: waterfall, map of two prices, plant size, rank correlations."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from ...design.cost.floors import lithium_value
from ...drawing.style import BLUE, GREY, ORANGE, VERMILION, WIDTH, Figure, save, styled
from ..labels import label
from .conditions import carbonate_price, grid, price_paths
from .groups import grouped

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .study import CostStudy
    from .verdict import CostAudit

SIZES = np.geomspace(0.05, 50.0, 31)  # GWh a year
SHOWN = 9  # bars of the rank correlations
LEAST = 0.01  # share of the price below which lines are drawn together


def _lines(study: CostStudy) -> dict[str, float]:
    """The lines of a waterfall; small ones together, in the order in which they come."""
    lines = {name: float(value) for name, value in study.breakdown.lines.items()}
    total = sum(lines.values())
    large = {name: value for name, value in lines.items() if value >= LEAST * total}
    rest = total - sum(large.values())
    return large | ({"everything else": rest} if rest > 0.0 else {})


def _waterfall(axes: Any, study: CostStudy) -> None:
    lines, start = _lines(study), 0.0
    for row, (name, value) in enumerate(lines.items()):
        made = name in ("labour", "equipment", "buildings")
        axes.barh(row, value, 0.7, start, color=ORANGE if made else BLUE, edgecolor="black", linewidth=0.4)
        axes.annotate(
            f"{value:.3g}",
            (start + value, row),
            (3, 0),
            textcoords="offset points",
            ha="left",
            va="center",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
        start += value
    low, mid, high = study.quantiles
    row = len(lines)
    axes.barh(row, start, 0.7, color="#bbbbbb", edgecolor="black", linewidth=0.4)
    axes.plot([low, high], [row, row], color="black", linewidth=1.6)
    axes.plot([mid], [row], "o", color="black", markersize=4)
    for target in study.targets:
        axes.axvline(target, color=VERMILION, linewidth=1.0, linestyle="--", zorder=0)
    axes.set_yticks(range(row + 1), [*lines, "price (10, 50, 90 %)"])
    axes.set_ylim(row + 0.6, -0.6)
    axes.set_xlim(0.0, 1.08 * max(high, start))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("USD/kWh")
    axes.set_title(f"{label(study.cell.name)}, {study.model.level}", loc="left")


def _map(axes: Any, study: CostStudy) -> None:
    x, y = price_paths(study.model)
    names = [path.partition("/")[2] for path in (x, y)]
    inputs = [study.model.inputs[path] for path in (x, y)]
    ends = [(value.high or 2.0 * value.value) for value in inputs]
    xs, ys = (np.linspace(1e-3 * end, end, 31) for end in ends)
    price = grid(study.model, study.draws, x, y, xs, ys)
    levels = sorted({*study.targets, *np.arange(20.0, 1000.0, 20.0)})
    levels = [level for level in levels if price.min() < level < price.max()]
    lines = axes.contour(xs, ys, price, levels=levels, colors=GREY, linewidths=0.6)
    axes.clabel(lines, fmt="%g", fontsize=7)
    for target in study.targets:
        if price.min() < target < price.max():
            axes.contour(xs, ys, price, levels=[target], colors=VERMILION, linewidths=1.8)
    floor = lithium_value(carbonate_price(study.model), names[0])
    if floor:
        axes.axvspan(0.0, min(floor, ends[0]), facecolor="#dddddd", edgecolor=GREY, hatch="//", linewidth=0.0)
    axes.plot(inputs[0].value, inputs[1].value, "*", color="black", markersize=9)
    axes.set_xlim(0.0, ends[0])
    axes.set_ylim(0.0, ends[1])
    axes.set_xlabel(f"{names[0]} [{inputs[0].unit}]")
    axes.set_ylabel(f"{names[1]} [{inputs[1].unit}]")
    axes.set_title("price [USD/kWh]", loc="left")


def _sizes(axes: Any, study: CostStudy, stated: float | None) -> None:
    for rule, dash, words in (("batpac", "-", "exponents of BatPaC"), ("six-tenths", "--", "six-tenths rule")):
        model = replace(study.model, scale_rule=rule)
        some = {path: values[:, None] for path, values in study.draws.items()}
        prices = np.median(np.asarray(model.breakdown({**some, "size": SIZES[None, :]}).total), axis=0)
        axes.plot(SIZES, prices, dash, color=BLUE, label=words)
    bottom = study.model.plant.values["calibrated from"].value
    axes.axvspan(SIZES[0], bottom, color="#eeeeee", zorder=0)
    for target in study.targets:
        axes.axhline(target, color=VERMILION, linewidth=1.0, linestyle=":")
    if stated is not None:
        axes.axvline(stated, color="black", linewidth=1.0)
        at = stated, axes.get_ylim()[1]
        axes.annotate("stated plant", at, (4, 0), textcoords="offset points", fontsize=8, va="top")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(SIZES[0], SIZES[-1])
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("good output [GWh a year]; grey: not calibrated")
    axes.set_ylabel("USD/kWh")
    axes.legend(loc="upper right")


def _tornado(axes: Any, study: CostStudy) -> None:
    shown = list(study.correlations.items())[:SHOWN]
    axes.barh(range(len(shown)), [r for _, r in shown], 0.7, color=BLUE, edgecolor="black", linewidth=0.4)
    axes.set_yticks(range(len(shown)), [path.replace("plant/", "").replace("/", ": ") for path, _ in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(-1.0, 1.0)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("rank correlation with the price")


@styled
def plot_cost(study: CostStudy, path: str | PathLike[str] | None = None) -> Figure:
    """Waterfall, map of two prices, plant size and rank correlations of one price; written to `path` if given."""
    figure = Figure(figsize=(2.2 * WIDTH, 7.4))
    (first, second), (third, fourth) = figure.subplots(2, 2, height_ratios=(1.3, 1.0))
    _waterfall(first, study)
    _map(second, study)
    _sizes(third, study, None)
    _tornado(fourth, study)
    if path is not None:
        save(figure, path)
    return figure


@styled
def waterfall(study: CostStudy) -> Figure:
    """Where a price comes from; blue: materials, orange: labour, equipment and buildings."""
    figure = Figure(figsize=(WIDTH, 1.1 + 0.22 * (len(_lines(study)) + 1)))
    _waterfall(figure.subplots(), study)
    return figure


@styled
def price_map(study: CostStudy) -> Figure:
    """Price over electrolyte and cathode price, with the claimed prices and the band below the value of the lithium."""
    figure = Figure(figsize=(WIDTH, 3.4))
    _map(figure.subplots(), study)
    return figure


@styled
def size_curve(study: CostStudy, stated: float | None = None) -> Figure:
    """Price against the size of the plant under both scale rules; stated: a size to mark [GWh a year]."""
    figure = Figure(figsize=(WIDTH, 3.2))
    _sizes(figure.subplots(), study, stated)
    return figure


@styled
def material_groups(audit: CostAudit) -> Figure:
    """Materials by group of every cell beside the liquid baseline."""
    bars = {label(audit.baseline.cell.name): grouped(audit.baseline.breakdown.materials)}
    for m in audit.materials:
        bars[label(m.cell)] = {group: pair[0] for group, pair in m.groups.items()}
    figure = Figure(figsize=(WIDTH, 1.2 + 0.4 * len(bars)))
    axes = figure.subplots()
    starts = np.zeros(len(bars))
    for (group, colour), hatch in zip(
        zip(next(iter(bars.values())), (BLUE, ORANGE, VERMILION, "#bbbbbb"), strict=True),
        ("", "//", "..", ""),
        strict=True,
    ):
        values = np.array([groups[group] for groups in bars.values()])
        axes.barh(
            range(len(bars)),
            values,
            0.6,
            starts,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            linewidth=0.4,
            label=group,
        )
        starts += values
    axes.set_yticks(range(len(bars)), list(bars))
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("materials with overhead [USD/kWh]")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
