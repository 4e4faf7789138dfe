"""The audit in pictures."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.figure
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from ....drawing.style import BLUE, COLOURS, DASHES, GREY, MARKERS, ORANGE, VERMILION, WIDTH, Figure, save, styled
from ....physics.constants import ZERO_CELSIUS
from ...labels import label
from ..records import Comparison, Figures, RatioMap
from .words import METRICS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..audit import Audit

SIGNS = {"gravimetric": ("o", VERMILION, "per mass"), "volumetric": ("s", BLUE, "per volume")}


def looks(figures: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Line colour, dash and marker of each cell by name."""
    out, seen = {}, {"solid": 0, "liquid": 0}
    for f in figures:
        kind = f.cell.kind
        k = seen[kind]
        out[f.name] = {
            "color": COLOURS[kind][k % 4],
            "linestyle": DASHES[kind][k % len(DASHES[kind])],
            "marker": MARKERS[kind][k % 4],
        }
        seen[kind] += 1
    return out


@styled
def plot_audit(audit: Audit, path: str | PathLike[str] | None = None) -> Figure:
    """Ratio of each cell to each baseline in each metric, with intervals and the claimed factor."""
    ticks, bold = [], []
    figure = Figure()
    axes = figure.subplots()
    y = 0.0
    for f in audit.cells:
        own = [c for c in audit.comparisons if c.cell == f.name]
        ticks.append((y, label(f.name)))
        bold.append(len(ticks) - 1)
        for baseline in dict.fromkeys(c.baseline for c in own):
            y += 1
            ticks.append((y, f"vs {label(baseline)}"))
            for c in (c for c in own if c.baseline == baseline):
                _ratio(axes, y, c)
        y += 1.3
    figure.set_size_inches(WIDTH, 1.0 + 0.26 * (y + 1))
    axes.axvline(audit.claim.factor, color="black", linewidth=2.0)
    axes.axvline(1.0, color=GREY, linewidth=0.8, linestyle=":")
    words, aside = f"claimed: {audit.claim.factor:g}", (-5.0, 0.0)
    axes.annotate(words, (audit.claim.factor, -0.9), aside, textcoords="offset points", ha="right", va="center")
    axes.set_yticks([t for t, _ in ticks], [text for _, text in ticks])
    for k in bold:
        axes.get_yticklabels()[k].set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(y - 0.3, -1.4)
    axes.set_xlabel("energy density relative to the baseline [1]")
    axes.set_ylabel("cell and baseline")
    for metric, (marker, colour, words) in SIGNS.items():
        if metric in audit.claim.metrics:
            axes.plot([], [], marker, color=colour, markerfacecolor=_fill(marker, colour), label=words)
    figure.legend(loc="outside lower center", ncols=2)
    if path is not None:
        save(figure, path)
    return figure


def _ratio(axes: Any, y: float, c: Comparison) -> None:
    marker, colour, _ = SIGNS[c.metric]
    y += -0.17 if c.metric == "gravimetric" else 0.17
    low, high = c.interval
    axes.plot([low, high], [y, y], color=colour, linewidth=1.4)
    axes.plot(c.ratio, y, marker, color=colour, markersize=5, markerfacecolor=_fill(marker, colour))


def _fill(marker: str, colour: str) -> str:
    """Dots are filled and squares empty, to be distinguished without colour."""
    return colour if marker == "o" else "white"


@styled
def energy_bars(audit: Audit) -> Figure:
    """Energy density of all cells per mass and per volume, at cell, stack and pack level."""
    figures = (*audit.baselines, *audit.cells)
    figure = Figure(figsize=(WIDTH, 1.3 + 0.56 * len(figures)))
    rows = np.arange(len(figures))
    for k, (axes, (metric, unit)) in enumerate(zip(figure.subplots(2, 1), METRICS.items(), strict=True)):
        for row, f in zip(rows, figures, strict=True):
            value, (low, high) = f.metric(metric), f.interval[k]
            solid = f.cell.kind == "solid"
            axes.barh(
                row,
                value,
                0.62,
                color=COLOURS[f.cell.kind][0],
                alpha=0.75,
                hatch=None if solid else "///",
                edgecolor="white",
            )
            axes.plot([low, high], [row, row], color="black", linewidth=1.2, label="_")
            for level, sign in (("stack", ">"), ("pack", "<")):
                axes.plot(
                    getattr(f.density, f"{level}_{metric}"),
                    row,
                    sign,
                    color="white",
                    markeredgecolor="black",
                    markersize=5,
                    label=level if row == 0 else "_",
                )
        axes.set_yticks(rows, [label(f.name) for f in figures])
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.set_xlim(left=0.0)
        axes.set_xlabel(f"[{unit}]")
        axes.set_ylabel("cell")
        axes.set_title(SIGNS[metric][2], loc="left")
    axes.plot([], [], color="black", linewidth=1.2, label="5 % – 95 %")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


@styled
def ratio_map(m: RatioMap) -> Figure:
    """Ratio against areal capacity and a thickness; thick line: claimed factor; hatched: no cell possible."""
    figure = Figure(figsize=(WIDTH, 3.5))
    axes = figure.subplots()
    x, y, z = 0.1 * m.areal_capacity, 1e6 * m.thickness, np.ma.masked_invalid(m.ratio).T
    notes = []
    if z.mask.any():
        axes.set_facecolor("#e4e4e4")
        axes.patch.set(hatch="xxx", edgecolor=GREY)
        notes.append("hatched: no such cell")
    if z.count():
        levels = np.asarray(MaxNLocator(8).tick_values(float(z.min()), float(z.max())))
        ends = min(levels[0], m.factor - 1e-6), max(levels[-1], m.factor + 1e-6)
        colours = mpl.colors.TwoSlopeNorm(m.factor, *ends)
        axes.contourf(x, y, z, levels, cmap=_pale(), norm=colours).set_edgecolor("face")
        thin = axes.contour(x, y, z, levels[~np.isclose(levels, m.factor)], colors=GREY, linewidths=0.7)
        for text in axes.clabel(thin, fontsize=8, fmt="%g", colors="black"):
            text.set_clip_on(False)  # a clipped label would be misread
        if z.min() < m.factor < z.max():
            bold = axes.contour(x, y, z, [m.factor], colors="black", linewidths=2.6)
            axes.clabel(bold, fontsize=9, fmt=lambda v: f" {v:g}x ")
        else:
            notes.append(f"nowhere {'above' if z.max() <= m.factor else 'below'} {m.factor:g}")
    axes.plot(
        0.1 * m.here[0],
        1e6 * m.here[1],
        "*",
        color="white",
        markeredgecolor="black",
        markersize=13,
        clip_on=False,
        zorder=5,
    )
    axes.set_xlabel("areal capacity [mAh/cm²]")
    axes.set_ylabel(f"{m.varied} thickness [µm]")
    title = "; ".join((f"{label(m.cell)} over {label(m.baseline)}, {METRICS[m.metric]}", *notes))
    axes.set_title(title, loc="left", wrap=True)
    return figure


def _pale() -> Any:
    """Light colours, orange below the claimed factor and purple above."""
    shades = mpl.colormaps["PuOr"](np.linspace(0.12, 0.88, 256))
    return mpl.colors.ListedColormap(0.25 + 0.75 * shades)


@styled
def waterfall(f: Figures) -> Figure:
    """Mass [g] and volume [cm³] of a cell by component."""
    parts = (
        ({k: 1e3 * v for k, v in f.design.masses.items()}, "mass [g]"),
        ({k: 1e6 * v for k, v in f.design.volumes.items()}, "volume [cm³]"),
    )
    heights = [len(amounts) + 1 for amounts, _ in parts]
    figure = Figure(figsize=(WIDTH, 1.0 + 0.22 * sum(heights)))
    for axes, (amounts, words) in zip(figure.subplots(2, 1, height_ratios=heights), parts, strict=True):
        total = sum(amounts.values())
        start = 0.0
        for row, (name, amount) in enumerate(amounts.items()):
            stores = name.endswith(("active material", "electrode")) or name == "plated lithium"
            axes.barh(row, amount, 0.7, start, color=BLUE if stores else ORANGE, edgecolor="black", linewidth=0.4)
            middle, share = start + amount, f"{amount:.3g} ({100 * amount / total:.0f} %)"
            right = middle < 0.62 * total
            axes.text(
                middle + 0.01 * total if right else start - 0.01 * total,
                row,
                share,
                ha="left" if right else "right",
                va="center",
                fontsize=8,
            )
            start += amount
        axes.barh(len(amounts), total, 0.7, color="#bbbbbb", edgecolor="black", linewidth=0.4)
        axes.text(0.5 * total, len(amounts), f"{total:.4g}", ha="center", va="center", fontsize=8)
        axes.set_yticks(range(len(amounts) + 1), [*amounts, "cell"])
        axes.set_ylim(len(amounts) + 0.6, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlim(0.0, total)
        axes.set_xlabel(words)
        axes.set_ylabel("component")
    figure.suptitle(label(f.name), fontsize=9, x=0.02, ha="left")
    return figure


@styled
def discharge_curves(f: Figures) -> Figure:
    """Voltage against delivered charge per electrode area; darker and wider lines for higher rates."""
    figure = Figure(figsize=(WIDTH, 3.1))
    axes = figure.subplots()
    per_area = 0.1 / f.cell.value("cell/electrode area")
    colours = mpl.colormaps["plasma" if f.cell.kind == "solid" else "viridis"]
    shades, widths = colours(np.linspace(0.75, 0.0, len(f.rates))), np.linspace(1.0, 2.2, len(f.rates))
    for (rate, result), colour, width in zip(f.rates, shades, widths, strict=True):
        axes.plot(
            per_area * result["Discharge capacity [A.h]"],
            result["Voltage [V]"],
            color=colour,
            linestyle=DASHES[f.cell.kind][0],
            linewidth=width,
            label=f"{rate:.3g} C",
        )
    low, high = f.window
    axes.set_ylim(low - 0.02 * (high - low), high)
    axes.set_xlim(left=0.0)
    axes.set_xlabel("delivered charge [mAh/cm²]")
    axes.set_ylabel("voltage [V]")
    axes.set_title(f"{label(f.name)}, {f.temperature - ZERO_CELSIUS:.3g} °C", loc="left")
    figure.legend(loc="outside lower center", ncols=5, handlelength=1.3, columnspacing=1.2)
    return figure


@styled
def ragone(figures: Iterable[Figures]) -> Figure:
    """Energy [Wh/kg] against mean power [W/kg] of constant-current discharges with positive energy."""
    figures = tuple(figures)
    figure = Figure(figsize=(WIDTH, 3.6))
    axes = figure.subplots()
    look, shown = looks(figures), 0
    for f in figures:
        points = [(r.discharge_energy / f.design.mass, (r.t[-1] - r.t[0]) / 3600.0) for _, r in f.rates]
        points = [(e / hours, e) for e, hours in points if e > 0.0 and hours > 0.0]
        axes.plot([p for p, _ in points], [e for _, e in points], label=label(f.name), markersize=4, **look[f.name])
        shown += len(points)
    if not shown:
        axes.set(xlim=(1.0, 1e4), ylim=(1.0, 1e3))  # limits of empty logarithmic axes
    axes.set(xscale="log", yscale="log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10, (1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.set_xlabel("mean power [W/kg]")
    axes.set_ylabel("energy [Wh/kg]")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
