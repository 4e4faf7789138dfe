"""Pictures of sensitivities."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from ....drawing.style import BLUE, GREY, SKY, WIDTH, Figure, save, styled

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .sensitivity import Sensitivity


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
