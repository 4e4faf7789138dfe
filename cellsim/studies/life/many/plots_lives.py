"""Pictures of several lives."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ....drawing.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, WIDTH, Figure, save, styled
from ....physics.constants import ZERO_CELSIUS
from .one_life import CAPACITY, CYCLE, worded

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .lives import Lives

LINES = [(c, dash) for dash in ("-", "--", ":") for c in (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)]


@styled
def plot_lives(lives: Lives, path: str | PathLike[str] | None = None) -> Figure:
    """Relative capacities over the cycles; of a map, cycles at the end as a table of colours for each window."""
    figure = _map(lives) if lives.kind == "map" and _varied(lives) else _curves(lives)
    if path is not None:
        save(figure, path)
    return figure


def _curves(lives: Lives) -> Figure:
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    uncertain = lives.kind == "uncertain" or len(lives) > len(LINES)
    for k, curve in lives.curves.groupby("Life"):
        share = 100.0 * curve[CAPACITY] / curve[CAPACITY].iloc[0]
        if uncertain:
            axes.plot(curve[CYCLE], share, color=GREY, linewidth=0.5)
            continue
        row, (colour, dash) = lives.table.iloc[int(k)], LINES[int(k)]
        name = ", ".join(worded(label, row[label]) for label in lives.labels)
        axes.plot(curve[CYCLE], share, color=colour, linestyle=dash, label=name)
    if lives.kind == "uncertain":
        for share, cycles in lives.quantiles().items():
            if np.isfinite(cycles):
                axes.axvline(cycles, color=BLUE, linestyle=":", linewidth=0.8)
                axes.annotate(f" {100 * share:g} %", (cycles, 1.0), xycoords=("data", "axes fraction"), va="top")
    elif not uncertain:
        axes.legend()
    axes.set_xlabel("cycle")
    axes.set_ylabel("capacity, % of the first cycle's")
    return figure


def _varied(lives: Lives) -> bool:
    return all(lives.table[name].nunique() > 1 for name in ("C-rate", "Ambient temperature [K]"))


def _map(lives: Lives) -> Figure:
    windows = list(lives.table.groupby(["From [% SOC]", "To [% SOC]"], sort=False))
    figure = Figure(figsize=(WIDTH, 1.0 + 2.2 * len(windows)))
    lived = lives.table["Cycles"].astype(float)
    low, high = float(lived.min()), float(lived.max())
    for axes, ((start, end), rows) in zip(np.atleast_1d(figure.subplots(len(windows), 1)), windows, strict=True):
        cycles = rows.pivot(index="Ambient temperature [K]", columns="C-rate", values="Cycles").sort_index()
        lasts = rows.pivot(index="Ambient temperature [K]", columns="C-rate", values="Lasts").sort_index()
        z: Any = cycles.to_numpy(float)
        axes.imshow(z, cmap="cividis", aspect="auto", origin="lower", vmin=low, vmax=high)
        for i, j in np.ndindex(*z.shape):
            if np.isfinite(z[i, j]):
                said = f"{'≥ ' if lasts.to_numpy()[i, j] else ''}{z[i, j]:.0f}"
                light = high > low and z[i, j] > 0.5 * (low + high)
                axes.text(j, i, said, ha="center", va="center", color=BLACK if light else "white")
        axes.set_xticks(range(len(cycles.columns)), [f"{rate:g}C" for rate in cycles.columns])
        axes.set_yticks(range(len(cycles.index)), [f"{T - ZERO_CELSIUS:g} °C" for T in cycles.index])
        axes.set_title(f"cycles, {start:g} to {end:g} % state of charge", loc="left")
    return figure
