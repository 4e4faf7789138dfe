"""The picture of storage: EUR a year over the wear price, and where each cell stands."""

from collections.abc import Sequence
from os import PathLike

from ...drawing.style import BLACK, COLOURS, MARKERS, WIDTH, Figure, save, styled
from ..labels import label
from .study import DutyFound


@styled
def plot_duties(found: Sequence[DutyFound], path: str | PathLike[str] | None = None) -> Figure:
    """One panel a duty: net EUR a year over the wear price; the mark of a cell is at its own wear price."""
    duties = list(dict.fromkeys(r.duty for r in found))
    figure = Figure(figsize=(1.6 * WIDTH, 0.7 + 1.75 * ((len(duties) + 1) // 2)))
    grid = figure.subplots((len(duties) + 1) // 2, min(2, len(duties)), squeeze=False)
    for axes in grid.flat[len(duties) :]:
        axes.set_visible(False)
    for axes, name in zip(grid.flat, duties, strict=False):
        count = {"solid": 0, "liquid": 0}
        for r in (r for r in found if r.duty == name):
            k, count[r.kind] = count[r.kind], count[r.kind] + 1
            colour = COLOURS[r.kind][k % 4]
            axes.plot(*_points(r), color=colour, label=label(r.cell))
            axes.plot(r.wear, r.served.net, MARKERS[r.kind][k % 4], color=colour, ms=6.0)
        axes.axhline(0.0, color=BLACK, lw=0.8)
        axes.set(title=name, xlabel="wear price [EUR/kWh]", ylabel="EUR a year")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    if path is not None:
        save(figure, path)
    return figure


def _points(r: DutyFound) -> tuple[list[float], list[float]]:
    """Wear prices and EUR a year of a curve: its own points, that of the cell, and where it crosses zero."""
    known = {**dict(zip(map(float, r.wears), map(float, r.nets), strict=True)), r.wear: r.served.net}
    if r.stops_at is not None and 0.0 < r.stops_at <= max(known):
        known[r.stops_at] = 0.0
    return sorted(known), [known[wear] for wear in sorted(known)]
