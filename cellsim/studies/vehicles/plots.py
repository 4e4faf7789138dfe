"""Pictures of vehicles: ranges and pack masses by segment, predicted against measured consumption, pulse power."""

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np

from ...drawing.style import BLACK, COLOURS, DASHES, MARKERS, WIDTH, Figure, save, styled
from ..labels import label
from ..pulse_power import Pulse
from .segments import SegmentFound

HATCH = {"mass": "", "space": "///"}


@styled
def plot_segments(found: Sequence[SegmentFound], path: str | PathLike[str] | None = None) -> Figure:
    """Range in today's pack mass and space, and pack mass for today's range, by segment; the black line is today's."""
    segments = list(dict.fromkeys(r.segment for r in found))
    cells = list(dict.fromkeys(r.cell for r in found))
    kinds = {name: next(r for r in found if r.cell == name) for name in cells}
    figure = Figure(figsize=(1.6 * WIDTH, 1.0 + 0.32 * len(segments) * (len(cells) + 0.7)))
    left, right = figure.subplots(1, 2, sharey=True)
    height = 0.8 / len(cells)
    for k, name in enumerate(cells):
        colour = COLOURS[kinds[name].kind][k % 4]
        rows = [next(r for r in found if r.segment == s and r.cell == name) for s in segments]
        places = np.arange(len(segments)) + (k - 0.5 * (len(cells) - 1)) * height
        bars = left.barh(places, [r.reach for r in rows], 0.9 * height, color=colour, label=label(name))
        for bar, r in zip(bars, rows, strict=True):
            bar.set_hatch(HATCH[r.binds])
        right.barh(places, [r.mass_same or np.nan for r in rows], 0.9 * height, color=colour)
    one = {r.segment: r for r in found}
    for axes, values in ((left, [one[s].today for s in segments]), (right, [one[s].mass_today for s in segments])):
        for y, x in enumerate(values):
            axes.plot([x, x], [y - 0.45, y + 0.45], color=BLACK, lw=2.0, label="today" if y == 0 else None)
    left.set(xlabel="range, WLTC [km]\nin today's pack mass and space (hatched: space binds)")
    right.set(xlabel="pack mass for today's range [kg]")
    left.set_yticks(range(len(segments)), segments)
    left.invert_yaxis()
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return _done(figure, path)


@styled
def plot_pulses(pulses: Sequence[Pulse], path: str | PathLike[str] | None = None) -> Figure:
    """Pulse power per mass and per volume over temperature, one curve a cell, discharge above charge."""
    directions = list(dict.fromkeys(p.direction for p in pulses))
    cells = list(dict.fromkeys(p.cell for p in pulses))
    figure = Figure(figsize=(1.6 * WIDTH, 0.6 + 2.2 * len(directions)))
    grid = figure.subplots(len(directions), 2, sharex=True, squeeze=False)
    count = {"solid": 0, "liquid": 0}
    for name in cells:
        kind = next(p.kind for p in pulses if p.cell == name)
        k, count[kind] = count[kind], count[kind] + 1
        look: dict[str, Any] = {
            "color": COLOURS[kind][k % 4],
            "ls": DASHES[kind][k % len(DASHES[kind])],
            "marker": MARKERS[kind][k % 4],
            "ms": 4.0,
        }
        for row, direction in zip(grid, directions, strict=True):
            here = [p for p in pulses if p.cell == name and p.direction == direction]
            for axes, key in zip(row, ("per_mass", "per_volume"), strict=True):
                axes.semilogy([p.celsius for p in here], [getattr(p, key) for p in here], label=label(name), **look)
    for row, direction in zip(grid, directions, strict=True):
        row[0].set_ylabel(f"{direction} [W/kg]")
        row[1].set_ylabel(f"{direction} [W/L]")
    for axes in grid.flat:
        axes.yaxis.set_major_formatter(lambda x, _: f"{x:g}")
    for axes in grid[-1]:
        axes.set_xlabel("temperature [°C]")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return _done(figure, path)


def _done(figure: Figure, path: str | PathLike[str] | None) -> Figure:
    if path is not None:
        save(figure, path)
    return figure
