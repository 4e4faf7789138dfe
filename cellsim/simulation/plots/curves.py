"""Curves of one run."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from ...drawing.style import COLOURS, WIDTH, Figure, clock, low, save, styled

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..result import Result


@styled
def plot_result(result: Result, path: str | PathLike[str] | None = None) -> Figure:
    """Voltage [V] and current [A] against time; every second step is shaded."""
    figure = Figure(figsize=(WIDTH, 3.6))
    top, bottom = figure.subplots(2, 1, sharex=True)
    unit, scale = clock(result.t[-1] - result.t[0])
    for axes, name in ((top, "Voltage [V]"), (bottom, "Current [A]")):
        axes.plot(result.t / scale, result[name], color=COLOURS["liquid"][0])
        axes.set_ylabel(low(name))
        for step in result.steps[1::2]:
            axes.axvspan(step.t_start / scale, step.t_end / scale, color="#000000", alpha=0.08, linewidth=0)
    top.set_title(f"{result.cell}, {result.model}", loc="left")
    bottom.set_xlabel(f"time [{unit}]")
    if path is not None:
        save(figure, path)
    return figure
