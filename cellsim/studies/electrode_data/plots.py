"""Pictures of what data say of electrodes."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ...drawing.style import BLACK, BLUE, GREY, ORANGE, WIDTH, Figure, save, styled

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .gitt import FittedDiffusivity
    from .ocp import FittedPotential
    from .windows import FittedWindows


@styled
def plot_potential(found: FittedPotential, path: str | PathLike[str] | None = None) -> Figure:
    """Points and law over the stoichiometry, and what is left."""
    return _beside(found.x, found.voltage, found.residual, ("stoichiometry", "potential [V]", "law", "law"), path)


@styled
def plot_windows(found: FittedWindows, path: str | PathLike[str] | None = None) -> Figure:
    """Measured and fitted voltage over the charge, and what is left."""
    words = "charge [Ah]", "voltage [V]", "difference of the potentials", "fitted"
    return _beside(found.capacity, found.voltage, found.curve.residual, words, path)


def _beside(x: Any, measured: Any, residual: Any, words: tuple[str, str, str, str], path: Any) -> Figure:
    """Measured and fitted voltages [V] over x, and below what is left; words: of both axes, the line, and its name."""
    of_x, of_y, line, fitted = words
    figure = Figure(figsize=(WIDTH, 3.6))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    above.plot(x, measured, ".", color=BLACK, markersize=2, label="measured")
    above.plot(x, measured - residual, color=BLUE, label=line)
    above.set_ylabel(of_y)
    above.legend()
    below.plot(x, 1e3 * residual, color=BLUE)
    below.axhline(0.0, color=GREY, linewidth=0.7)
    below.set_ylabel(f"measured less\n{fitted} [mV]")
    below.set_xlabel(of_x)
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_diffusivity(found: FittedDiffusivity, path: str | PathLike[str] | None = None) -> Figure:
    """Diffusivity over the stoichiometry by the model, with its standard errors, and by Weppner and Huggins."""
    figure = Figure(figsize=(WIDTH, 2.6))
    axes = figure.subplots()
    error = np.minimum(found.standard_errors, 0.9 * found.diffusivity)
    axes.errorbar(found.x, found.diffusivity, error, fmt="o-", color=BLUE, markersize=3, label="model")
    axes.plot(found.x, found.formula, "s", color=ORANGE, markersize=3, label="Weppner-Huggins")
    axes.set_yscale("log")
    axes.set_xlabel("stoichiometry")
    axes.set_ylabel("diffusivity [m²/s]")
    axes.legend()
    if path is not None:
        save(figure, path)
    return figure
