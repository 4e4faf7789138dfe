"""Pictures of fitted lives, and of lives with charges at several rates."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from ...drawing.style import BLACK, BLUE, GREY, SKY, WIDTH, Figure, save, styled

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .fit import AgeingFit
    from .lasting import FastestThatLasts


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
