"""Pictures of fitted lives, and of charging time against wear."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ...drawing.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, WIDTH, Figure, save, styled
from ...physics.constants import ZERO_CELSIUS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .fit import AgeingFit
    from .lasting import FastestThatLasts
    from .wear import ChargeWear

HUES, MARKS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY), "osv^Dx"


@styled
def plot_fit(fit: AgeingFit, path: str | PathLike[str] | None = None) -> Figure:
    """Measured capacities, the fitted curve and its 95 % interval over the cycles."""
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    cycles, curve = fit.curve.index.to_numpy(float), fit.curve.iloc[:, 0].to_numpy()
    axes.fill_between(cycles, fit.curve["Low"], fit.curve["High"], color=SKY, alpha=0.4, label="95 % interval")
    axes.plot(cycles, curve, color=BLUE, label="fitted")
    seen = fit.data["cycle"] <= fit.until_cycle
    axes.plot(fit.data["cycle"][seen], fit.data["capacity"][seen], "o", color=BLACK, markersize=3, label="measured")
    if not seen.all():
        axes.plot(
            fit.data["cycle"][~seen],
            fit.data["capacity"][~seen],
            "o",
            color=BLACK,
            markerfacecolor="none",
            markersize=3,
            label="measured, not fitted",
        )
        axes.axvline(fit.until_cycle, color=GREY, linestyle=":", linewidth=0.8)
    axes.set_xlabel("cycle")
    axes.set_ylabel("capacity [Ah]" if fit.unit == "Ah" else "relative capacity")
    axes.set_title(fit.cell.name, loc="left")
    axes.legend()
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_wear(study: ChargeWear, path: str | PathLike[str] | None = None) -> Figure:
    """Lithium lost per charge over the time of the charge; a line joins the charges that none beats in both."""
    table = study.table[np.isfinite(study.table["Time of charge [min]"])]
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for k, (T, rows) in enumerate(table.groupby("Temperature [K]")):
        colour, mark = HUES[k % len(HUES)], MARKS[k % len(MARKS)]
        x, y = rows["Time of charge [min]"], 1e3 * rows["Lithium lost [A.h]"]
        axes.plot(x, y, mark, color=colour, label=f"{float(str(T)) - ZERO_CELSIUS:g} °C")
        for name, at, lost in zip(rows["Charge"], x, y, strict=True):
            axes.annotate(f" {name.strip().splitlines()[0][:24]}", (at, lost), fontsize=6, color=colour)
    best = table[table["Best"]].sort_values("Time of charge [min]")
    axes.plot(best["Time of charge [min]"], 1e3 * best["Lithium lost [A.h]"], color=GREY, linewidth=0.8, zorder=0)
    axes.margins(x=0.15)
    axes.set_xlabel("time of charge [min]")
    axes.set_ylabel("lithium lost per charge [mAh]")
    axes.set_title(study.cell.name, loc="left")
    if len(table):
        axes.legend()
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_lasting(found: FastestThatLasts, path: str | PathLike[str] | None = None) -> Figure:
    """Capacity over the cycles for every rate that was tried."""
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for rate, life in sorted(found.lives.items()):
        known: Any = life.table["Discharge capacity [A.h]"].dropna()
        chosen = rate == found.rate
        axes.plot(
            known.index.to_numpy(float),
            100.0 * known / known.iloc[0],
            color=BLUE if chosen else GREY,
            linewidth=1.6 if chosen else 0.7,
        )
        axes.annotate(f" {rate:.3g}C", (known.index[-1], 100.0 * known.iloc[-1] / known.iloc[0]), fontsize=6)
    axes.margins(x=0.12)
    axes.set_xlabel("cycle")
    axes.set_ylabel("capacity [% of the first]")
    axes.set_title(found.cell.name, loc="left")
    if path is not None:
        save(figure, path)
    return figure
