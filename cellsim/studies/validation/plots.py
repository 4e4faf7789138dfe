"""Plots of the validation: conductivity of composites, capacity against rate, and impedance."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ...drawing.style import COLOURS, GREY, WIDTH, save, styled
from ...physics.transport import bruggeman, percolation
from .lines import minnmann, spectra
from .lines import percolation as ionic

DASHES = {1.5: "--", 2.8: "-.", 4.5: ":"}  # Bruggeman exponents


@styled
def plot_composites(path: Any = None) -> Figure:
    """Effective over bulk ionic conductivity against the volume fraction of electrolyte, measured and by law."""
    figure = Figure(figsize=(WIDTH, 3.4))
    axes = figure.subplots()
    phi = np.linspace(0.2, 0.7, 501)
    law = np.array([percolation(x, ionic.THRESHOLD, ionic.EXPONENT) for x in phi])
    inside = law > 1e-4
    axes.semilogy(
        phi[inside],
        law[inside],
        color=COLOURS["solid"][0],
        label=f"percolation, {ionic.THRESHOLD:g} and {ionic.EXPONENT:g}",
    )
    for b, dash in DASHES.items():
        axes.semilogy(phi, [bruggeman(x, b) for x in phi], dash, color=GREY, linewidth=1.0, label=f"Bruggeman, {b:g}")
    for x, kappa in ionic.MEASURED.items():
        fill = "white" if x in ionic.ESTIMATED else "black"
        axes.semilogy(x, kappa / ionic.BULK, "o", color="black", markerfacecolor=fill)
    axes.set_ylim(1e-3, 1.0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.set_xlabel("volume fraction of the electrolyte [1]")
    axes.set_ylabel("effective over bulk conductivity [1]")
    axes.legend(loc="lower right")
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_minnmann(path: Any = None) -> Figure:
    """Capacity against rate of five compositions, measured and simulated."""
    figure = Figure(figsize=(WIDTH, 5.2))
    rates = np.geomspace(0.1, 1.0, 9)
    factor = minnmann.fitted_factor()
    panels = figure.subplots(3, 2, sharex=True, sharey=True)
    for axes, (fraction, c) in zip(panels.flat, sorted(minnmann.COMPOSITES.items()), strict=False):
        cell = minnmann.composite(fraction, factor)
        axes.semilogx(rates, [minnmann.capacity(cell, c.mass_share, r) for r in rates], color=COLOURS["solid"][0])
        for rate, q in zip(minnmann.RATES, c.capacities, strict=True):
            fill = "white" if fraction == minnmann.FITTED_TO and rate in minnmann.FITTED else "black"
            axes.plot(rate, q, "o", color="black", markerfacecolor=fill, markersize=4)
        axes.set_title(f"{100.0 * fraction:.1f} % NMC622 by volume", loc="left")
        axes.set_xticks(minnmann.RATES, [minnmann.NAMES[r] for r in minnmann.RATES])
        axes.minorticks_off()
    panels.flat[-1].set_visible(False)
    panels.flat[3].xaxis.set_tick_params(labelbottom=True)
    axes.set_ylim(bottom=0.0)
    figure.supylabel("capacity [mAh per g of NMC622]", fontsize=9.0)
    figure.supxlabel("rate", fontsize=9.0)
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_miss(path: Any = None) -> Figure:
    """Real part of the impedance against the thickness of a cathode, measured and simulated."""
    figure = Figure(figsize=(WIDTH, 3.0))
    axes, um = figure.subplots(), np.geomspace(25.0, 250.0, 15)
    axes.plot(um, [spectra.real_part(x) for x in um], color=COLOURS["solid"][0], label="model, nothing fitted here")
    axes.plot(list(spectra.MISS), list(spectra.MISS.values()), "o", color="black", label="Miss 2022")
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("thickness of the cathode [um]")
    axes.set_ylabel("real part [Ohm cm²]")
    axes.legend()
    if path is not None:
        save(figure, path)
    return figure


PICTURES = {"composites.png": plot_composites, "minnmann.png": plot_minnmann, "miss.png": plot_miss}
