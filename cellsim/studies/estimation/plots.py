"""Pictures of fits."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from ...drawing.style import BLACK, BLUE, GREY, SKY, WIDTH, Figure, save, styled

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .fitted import Fit
    from .sensitivity import Sensitivity


@styled
def plot_fit(fit: Fit, path: str | PathLike[str] | None = None) -> Figure:
    """A column a run: measured and fitted voltage over time, and below what is left."""
    misfit = fit._misfit
    runs = misfit.runs[:6]
    residuals = misfit.at(fit.x)
    figure = Figure(figsize=(max(WIDTH, 2.2 * len(runs)), 3.6))
    grid = figure.subplots(2, len(runs), sharex="col", sharey="row", squeeze=False, height_ratios=(2, 1))
    for number, (run, (above, below)) in enumerate(zip(runs, grid.T, strict=True)):
        block = next(b for b in misfit.blocks if b.run == number and b.channel == "voltage")
        left = residuals[block.at] / block.factor
        minutes = run.t / 60.0
        above.plot(minutes, run.voltage, ".", color=BLACK, markersize=2, label="measured")
        above.plot(minutes, run.voltage + left, color=BLUE, label="fitted")
        above.set_title(f"{run.name}: {1e3 * np.sqrt(np.mean(left**2)):.3g} mV", loc="left")
        below.plot(minutes, 1e3 * left, color=BLUE)
        below.axhline(0.0, color=GREY, linewidth=0.7)
        below.set_xlabel("time [min]")
    grid[0, 0].set_ylabel("voltage [V]")
    grid[1, 0].set_ylabel("simulated less\nmeasured [mV]")
    grid[0, 0].legend()
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_sensitivity(found: Sensitivity, path: str | PathLike[str] | None = None) -> Figure:
    """A bar a factor, the most influential on top: total and first Sobol index, Morris' mu*, or rank correlation."""
    shown = {
        "sobol": (("ST", SKY), ("S1", BLUE)),
        "morris": (("mu_star", BLUE),),
        "latin hypercube": (("rank correlation", BLUE),),
    }[found.method]
    names = found.factors[:20]
    figure = Figure(figsize=(WIDTH, 0.8 + 0.28 * len(names)))
    axes = figure.subplots()
    at = np.arange(len(names))
    for column, colour in shown:
        wide = found.figures.get(f"{column}_conf")
        error = None if wide is None else wide[: len(names)]
        axes.barh(at, found.figures[column][: len(names)], xerr=error, color=colour, label=column, height=0.7)
    axes.set_yticks(at, names)
    axes.invert_yaxis()
    axes.axvline(0.0, color=GREY, linewidth=0.7)
    words = {"sobol": "share of the variance", "morris": "mean change of the output"}
    axes.set_xlabel(words.get(found.method, shown[0][0]))
    if len(shown) > 1:
        axes.legend()
    if path is not None:
        save(figure, path)
    return figure
