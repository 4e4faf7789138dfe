"""Tables and plots of charging-time maps and Pareto fronts."""

import math
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Plain
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from rich.console import Group
from rich.text import Text

from ...drawing.style import COLOURS, GREY, WIDTH, Figure, save, styled
from ...drawing.tables import plain_table
from ...protocols.quantities import CONSTRAINTS
from .axes import AXES, as_shown, celsius

WIDEST = 10  # columns of a table in the terminal; wider maps are split
CONTOURS = 10
ROUND = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)  # contour levels per decade, and for a range of about one decade
FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)


def _minutes(x: float) -> str:
    return "–" if math.isnan(x) else "never" if math.isinf(x) else f"{x:.3g}" if x < 100.0 else f"{x:.0f}"


def _window(study: Any) -> str:
    return f"{100 * study.start:g} to {100 * study.end:g} %"


def map_table(m: Any) -> Group:
    """Charging time [min], rows in descending order of y; split into several tables if it has many columns."""
    (xs, x_unit), (ys, y_unit) = (as_shown(name, v, AXES[name]) for name, v in ((m.x, m.x_values), (m.y, m.y_values)))
    parts = -(-xs.size // WIDEST)
    tables = []
    for part, columns in enumerate(np.array_split(np.arange(xs.size), parts), 1):
        more = f", part {part} of {parts}" if parts > 1 else ""
        table = plain_table(
            f"{m.cell}: minutes of the fastest charge, {_window(m)}{more}", "", *(f"{xs[k]:.4g}" for k in columns)
        )
        for y, row in zip(ys[::-1], m.minutes[::-1], strict=True):
            table.add_row(f"{y:.4g}", *(_minutes(row[k]) for k in columns))
        tables.append(table)
    axes = f"rows: {m.y} [{y_unit}], columns: {m.x} [{x_unit}]"
    return Group(*tables, Text(f"{axes}; {m.limits}", "dim"))


def front_table(front: Any) -> Group:
    """Charging time [min] for each value of the limit."""
    values, unit = as_shown(front.over, front.values, CONSTRAINTS[front.over].unit)
    table = plain_table("", f"{front.over}\n[{unit}]", "min")
    for value, minutes in zip(values, front.minutes, strict=True):
        table.add_row(f"{value:.4g}", _minutes(minutes))
    title = f"{front.cell}: minutes of the fastest charge, {_window(front)} at {celsius(front.start_temperature):g} °C"
    return Group(Text(title, style="bold"), table, Text(front.limits, "dim"))


@styled
def plot_map(m: Any, path: str | PathLike[str] | None = None) -> Plain:
    """Time [min] of the fastest charge within limits against two quantities; written to `path` if given.

    Hatched: the charge is impossible.  Thick line: limit of the region in which the maximum C-rate is never reduced.
    """
    (xs, x_unit), (ys, y_unit) = (as_shown(name, v, AXES[name]) for name, v in ((m.x, m.x_values), (m.y, m.y_values)))
    figure = Figure(figsize=(WIDTH, 3.8))
    axes = figure.subplots()
    z = np.ma.masked_invalid(m.minutes)
    notes = []
    if z.mask.any():
        axes.set_facecolor("#e4e4e4")
        axes.patch.set(hatch="xxx", edgecolor="#808080")
        notes.append("hatched: impossible")
    levels = _levels(z)
    if levels is not None:
        filled = axes.contourf(xs, ys, z, levels, cmap="viridis_r", norm=LogNorm())
        bar = figure.colorbar(filled, ax=axes, label="minutes")
        bar.set_ticks(list(levels), labels=[f"{v:g}" for v in levels])
        bar.ax.minorticks_off()
    if m.safe.min() < 0.999 < m.safe.max():
        axes.contour(xs, ys, m.safe, [0.999], colors="black", linewidths=2.4)
        notes.append("thick line: limit of the region\nwith the maximum C-rate throughout")
    axes.set_xlabel(f"{m.x} [{x_unit}]" + (f"\n{'; '.join(notes)}" if notes else ""))
    axes.set_ylabel(f"{m.y} [{y_unit}]")
    axes.set_title(f"{m.cell}\nfastest safe charge, {_window(m)}", loc="left")
    if path is not None:
        save(figure, path)
    return figure


def _levels(z: Any) -> Any:
    """Contour levels [min] at round numbers; None if all times are equal."""
    if not z.count() or z.max() <= 1.001 * z.min():
        return None
    if z.max() < 6.0 * z.min():
        return MaxNLocator(CONTOURS).tick_values(z.min(), z.max())
    tens = 10.0 ** np.arange(np.floor(np.log10(z.min())), np.log10(z.max()) + 1.0)
    levels = np.outer(tens, FINE if z.max() < 20.0 * z.min() else ROUND).ravel()
    first, last = np.searchsorted(levels, z.min(), "right") - 1, np.searchsorted(levels, z.max())
    return levels[max(first, 0) : last + 1]


@styled
def plot_front(front: Any, path: str | PathLike[str] | None = None) -> Plain:
    """Charging time [min] against one limit; crosses at the top: impossible; written to `path` if given."""
    values, unit = as_shown(front.over, front.values, CONSTRAINTS[front.over].unit)
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    reached = np.isfinite(front.minutes)
    axes.plot(values, np.where(reached, front.minutes, np.nan), color=COLOURS["liquid"][0], marker="o", markersize=4.0)
    never = values[np.isinf(front.minutes)]
    if reached.any():
        low, high = front.minutes[reached].min(), front.minutes[reached].max()
        if high > 5.0 * low:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
        else:
            axes.set_ylim(0.0, 1.1 * high)
    if never.size:
        axes.plot(
            never, np.full(never.size, 0.96), "x", color=GREY, transform=axes.get_xaxis_transform(), label="never"
        )
        axes.legend(loc="best")
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=(1, 2, 5, 10)))
    axes.grid(alpha=0.3)
    side = "at most" if CONSTRAINTS[front.over].side == "below" else "at least"
    axes.set_xlabel(f"{front.over}, {side} [{unit}]")
    axes.set_ylabel("minutes")
    axes.set_title(
        f"{front.cell}\nfastest charge, {_window(front)} at {celsius(front.start_temperature):g} °C", loc="left"
    )
    if path is not None:
        save(figure, path)
    return figure
