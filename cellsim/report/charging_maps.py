"""Maps of charging times."""
import numpy as np
from matplotlib.figure import Figure as Plain

from ..studies.charging_maps import AXES
from .plots import WIDTH, Figure, save


def plot_map(m, path=None) -> Plain:
    """Minutes of the fastest safe charge over two quantities; hatched: out of reach; written to `path` if given.

    The thick line, where there is one, bounds the region in which the largest C-rate itself is safe throughout.
    """
    figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
    axes = figure.subplots()
    z = np.ma.masked_invalid(m.minutes)
    if z.mask.any():
        axes.set_facecolor("#e4e4e4")
        axes.patch.set(hatch="xxx", edgecolor="#808080")
    levels = np.geomspace(z.min(), z.max(), 12) if z.count() and z.max() > 1.001 * z.min() else None
    if levels is not None:
        filled = axes.contourf(m.x_values, m.y_values, z, levels, cmap="viridis_r")
        bar = figure.colorbar(filled, ax=axes, label="minutes")
        bar.set_ticks(list(levels[::2]), labels=[f"{v:.3g}" for v in levels[::2]])
    if m.safe.min() < 0.999 < m.safe.max():
        axes.contour(m.x_values, m.y_values, m.safe, [0.999], colors="black", linewidths=2.4)
    axes.set_xlabel(f"{m.x} [{AXES[m.x]}]")
    axes.set_ylabel(f"{m.y} [{AXES[m.y]}]")
    axes.set_title(f"{m.cell}: fastest safe charge", loc="left", wrap=True)
    if path is not None:
        save(figure, path)
    return figure
