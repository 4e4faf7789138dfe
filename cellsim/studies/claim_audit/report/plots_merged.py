"""Pictures of many cells in one: maps with all baselines, composition, discharge curves, charging times, lives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from ....drawing.style import BLUE, COLOURS, DASHES, GREY, ORANGE, VERMILION, WIDTH, Figure, styled
from ....physics.constants import ZERO_CELSIUS
from ...labels import label
from ..fast_charge.frontier import Frontier
from ..fast_charge.published import limits, shown
from ..fast_charge.ways import WAYS
from ..records import Figures, RatioMap
from ..sentences.life import CYCLES, YEARS, LifeRow
from .words import METRICS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

NEAR, CLOSE = 0.06, 0.02  # shares: of an axis beside the star, and of a thick line's level, where no level is written


@styled
def density_map(maps: Sequence[RatioMap], references: dict[str, float]) -> Figure:
    """Energy density over areal capacity and a thickness; thick lines: the claimed factor over each baseline.

    maps: of one cell, layer and metric.  references: {baseline: its energy density}.
    """
    first = maps[0]
    x, y = 0.1 * first.areal_capacity, 1e6 * first.thickness
    z = np.ma.masked_invalid(first.ratio * references[first.baseline]).T
    figure = Figure(figsize=(WIDTH, 3.5))
    axes = figure.subplots()
    notes = []
    if z.mask.any():
        axes.set_facecolor("#e4e4e4")
        axes.patch.set(hatch="xxx", edgecolor=GREY)
        notes.append("hatched: no such cell")
    if z.count() and z.min() < z.max():
        axes.contourf(x, y, z, 8, cmap=_pale()).set_edgecolor("face")
        here = 0.1 * first.here[0], 1e6 * first.here[1]
        thick = [m.factor * references[m.baseline] for m in maps]
        for text in axes.clabel(axes.contour(x, y, z, 8, colors=GREY, linewidths=0.6), fontsize=7, colors="black"):
            text.set_clip_on(False)
            far = [abs(a - b) / np.ptp(side) for a, b, side in zip(text.get_position(), here, (x, y), strict=True)]
            beside = [
                abs(float(text.get_text()) / level - 1.0) < CLOSE for level in thick
            ]  # would be under a thick line
            text.set_visible(bool(max(far) > NEAR) and not any(beside))
        for k, m in enumerate(maps):
            level = m.factor * references[m.baseline]
            if z.min() < level < z.max():
                style = DASHES["liquid"][k % 4]
                axes.contour(x, y, z, [level], colors="black", linewidths=2.2, linestyles=[style])
                axes.plot([], [], color="black", lw=2.2, ls=style, label=f"{m.factor:g}x {label(m.baseline)}")
            else:
                notes.append(f"{'nowhere' if level >= z.max() else 'everywhere'} {m.factor:g}x {label(m.baseline)}")
    axes.plot(0.1 * first.here[0], 1e6 * first.here[1], "*", color="white", markeredgecolor="black", markersize=13)
    axes.set_xlabel("areal capacity [mAh/cm²]")
    axes.set_ylabel(f"{first.varied} thickness [µm]")
    axes.set_title("\n".join((f"{label(first.cell)}, {METRICS[first.metric]}", "; ".join(notes))).rstrip(), loc="left")
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def _pale() -> Any:
    """Light colours, from orange for low to purple for high."""
    return mpl.colors.ListedColormap(0.35 + 0.65 * mpl.colormaps["PuOr"](np.linspace(0.15, 0.85, 256)))


@styled
def composition(figures: Sequence[Figures]) -> Figure:
    """Mass and volume of every cell by what stores energy and what does not, in shares."""
    figure = Figure(figsize=(WIDTH, 1.2 + 0.62 * len(figures)))
    for axes, which in zip(figure.subplots(2, 1), ("masses", "volumes"), strict=True):
        for row, f in enumerate(figures):
            amounts = getattr(f.design, which)
            total, start = sum(amounts.values()), 0.0
            for name, amount in sorted(amounts.items(), key=lambda item: not _stores(item[0])):
                share = 100.0 * amount / total
                axes.barh(
                    row, share, 0.7, start, color=BLUE if _stores(name) else ORANGE, edgecolor="white", linewidth=0.6
                )
                start += share
        axes.set_yticks(range(len(figures)), [label(f.name) for f in figures])
        axes.set_ylim(len(figures) - 0.4, -0.6)
        axes.set_xlim(0.0, 100.0)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"share of the {'mass' if which == 'masses' else 'volume'} [%]")
        axes.set_ylabel("cell")
    return figure


def _stores(name: str) -> bool:
    """Whether a component stores energy."""
    return name.endswith(("active material", "electrode")) or name == "plated lithium"


@styled
def curves(figures: Sequence[Figures]) -> Figure:
    """Voltage against charge per area of every cell; darker and wider lines for higher rates."""
    rows = (len(figures) + 1) // 2
    figure = Figure(figsize=(1.7 * WIDTH, 0.7 + 1.9 * rows))
    grid = figure.subplots(rows, 2, squeeze=False)
    for axes in grid.flat[len(figures) :]:
        axes.set_visible(False)
    for axes, f in zip(grid.flat, figures, strict=False):
        colours = mpl.colormaps["plasma" if f.cell.kind == "solid" else "viridis"](np.linspace(0.75, 0.0, len(f.rates)))
        area = f.cell.value("cell/electrode area")
        for (rate, result), colour, width in zip(f.rates, colours, np.linspace(1.0, 2.2, len(f.rates)), strict=True):
            charge = 0.1 / area * result["Discharge capacity [A.h]"]
            axes.plot(charge, result["Voltage [V]"], color=colour, ls=DASHES[f.cell.kind][0], lw=width)
            axes.annotate(f"{rate:g} C", (charge[-1], result["Voltage [V]"][-1]), fontsize=7, ha="right")
        axes.set_xlim(left=0.0)
        axes.set_xlabel("delivered charge [mAh/cm²]")
        axes.set_ylabel("voltage [V]")
        axes.set_title(f"{label(f.name)}, {f.temperature - ZERO_CELSIUS:.3g} °C", loc="left")
    return figure


@styled
def frontiers(found: Sequence[Frontier], goals: dict[str, float], start: float, end: float) -> Figure:
    """Minutes of a charge over areal capacity and a second quantity; thick lines: `goals` [min] by name.

    Diamonds: published charges that were shown; ticks at the right: published limits; star: the cell.
    """
    figure = Figure(figsize=(1.7 * WIDTH if len(found) > 1 else WIDTH, 3.7))
    for axes, f in zip(figure.subplots(1, len(found), squeeze=False)[0], found, strict=True):
        _frontier(axes, f, goals)
        axes.set_title(f"{label(f.cell)}: min, {100 * start:g} to {100 * end:g} %", loc="left")
    handles = figure.axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2)
    return figure


def _frontier(axes: Any, f: Frontier, goals: dict[str, float]) -> None:
    z = np.ma.masked_invalid(np.where(np.isfinite(f.minutes), f.minutes, np.nan)).T  # where no charge gets there
    currents = f.other == "critical current"
    thin = axes.contour(f.areal, f.values, z, (5, 10, 20, 50, 100, 200, 500), colors=GREY, linewidths=0.7)
    axes.clabel(thin, fontsize=7, fmt="%g")
    for k, (name, goal) in enumerate(goals.items()):
        style = ("-", "--", ":")[k % 3]
        if z.min() < goal < z.max():
            axes.contour(f.areal, f.values, z, [goal], colors=VERMILION, linewidths=2.2, linestyles=[style])
        axes.plot([], [], color=VERMILION, lw=2.2, ls=style, label=f"{name}, {goal:.0f} min")
    for p in shown():
        y = p.current if currents else p.temperature
        if f.areal[0] <= (p.areal_capacity or 0.0) <= f.areal[-1] * 1.1 and f.values[0] <= y <= f.values[-1]:
            axes.plot(p.areal_capacity, y, "D", color=BLUE, markersize=6, clip_on=False)
            words = f"{p.cell.split(',')[0]} {p.minutes:g} min, {p.temperature:g} °C"
            left = (p.areal_capacity or 0.0) > 0.6 * f.areal[-1]
            axes.annotate(
                words,
                (p.areal_capacity, y),
                (-5 if left else 5, 7),
                textcoords="offset points",
                fontsize=7,
                ha="right" if left else "left",
                va="bottom",
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.5},
            )
    if currents:
        for p in limits():
            axes.plot([0.94, 1.0], [p.current] * 2, color=BLUE, lw=1.6, transform=axes.get_yaxis_transform())
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.plot([], [], "D", color=BLUE, markersize=6, label="published charge")
        axes.plot([], [], color=BLUE, lw=1.6, label="published limit (ticks)")
    axes.plot(*f.here, "*", color="white", markeredgecolor="black", markersize=13, zorder=5)
    axes.set_xlim(f.areal[0], 1.08 * f.areal[-1])
    axes.set_ylim(f.values[0], f.values[-1])
    axes.set_xlabel("areal capacity [mAh/cm²]")
    axes.set_ylabel(f"{f.other} [{WAYS[f.other].unit}]")


@styled
def charging_times(audit: Audit) -> Figure:
    """Minutes of every solid cell over published critical currents, beside the baselines under each rule."""
    T = audit.charging[0].temperature
    rows = [v for v in audit.charging if v.temperature == T]
    cells = {v.cell: v for v in rows}
    theirs = {(v.baseline, v.rule): v.baseline_minutes for v in rows}
    spreads = {s.baseline: s.span for s in (audit.charges.spreads if audit.charges else ())}
    figure = Figure(figsize=(WIDTH, 1.1 + 0.28 * (len(cells) + len(theirs))))
    axes = figure.subplots()
    ticks: list[str] = []
    for name, v in cells.items():
        times = [m for m in (*v.published, v.minutes) if math.isfinite(m)]
        if times:
            axes.plot([min(times), max(times)], [len(ticks)] * 2, color=COLOURS["solid"][0], lw=1.8)
        axes.plot(v.minutes, len(ticks), "o", color=COLOURS["solid"][0])
        ticks.append(label(name))
    for (name, rule), minutes in theirs.items():
        if rule == "safe" and name in spreads:
            axes.plot(spreads[name], [len(ticks)] * 2, color=BLUE, lw=1.8)
        axes.plot(minutes, len(ticks), "s", color=BLUE, markerfacecolor="white")
        ticks.append(f"{label(name)}, {rule}")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks(range(len(ticks)), ticks)
    axes.set_ylim(len(ticks) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#dddddd", linewidth=0.5)
    axes.set_xlabel(f"charging time at {T - ZERO_CELSIUS:g} °C [min]")
    axes.set_ylabel("cell")
    return figure


@styled
def lives(rows: Sequence[LifeRow]) -> Figure:
    """Cycles and years of storage to 80 %, over the constants that were lent; a line ends where it is not known."""
    known = [r for r in rows if r.cycles is not None]
    groups = list(dict.fromkeys((r.cell, r.temperature) for r in known))
    figure = Figure(figsize=(1.7 * WIDTH, 1.0 + 0.26 * max(len(groups), 1)))
    left, right = figure.subplots(1, 2, sharey=True)
    for y, group in enumerate(groups):
        own = [r for r in known if (r.cell, r.temperature) == group]
        for axes, values, most in ((left, [r.cycles for r in own], CYCLES), (right, [r.years for r in own], YEARS)):
            drawn = [min(v, most) for v in values if v is not None]
            axes.plot([min(drawn), max(drawn)], [y, y], color=BLUE, lw=1.8)
            for v in values:
                if v is not None:
                    axes.plot(min(v, most), y, ">" if math.isinf(v) else "o", color=BLUE)
    left.set_yticks(range(len(groups)), [f"{label(name)}, {T - ZERO_CELSIUS:g} °C" for name, T in groups])
    left.invert_yaxis()
    left.set(xlabel="full cycles to 80 % [1]", ylabel="cell", xlim=(0.0, 1.05 * CYCLES))
    right.set(xlabel="years stored to 80 % [a]", xlim=(0.0, 1.05 * YEARS))
    left.tick_params(axis="y", length=0)
    return figure
