"""Pictures of lives."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from ...drawing.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, WIDTH, Figure, low, save, styled
from .health.row import LOSSES

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .life_table import Life

LINES = (
    (BLUE, "-"),
    (SKY, "--"),
    (VERMILION, "-."),
    (GREEN, ":"),
    (PURPLE, (0, (5, 1, 1, 1))),
)  # in the order of LOSSES


@styled
def plot_life(life: Life, path: str | PathLike[str] | None = None) -> Figure:
    """Capacity, and below it the lithium that each mechanism has taken [Ah], over the cycles or the time."""
    table = life.table
    cycled = "Discharge capacity [A.h]" in table
    x = table.index.to_numpy(float) if cycled else table["Time [h]"].to_numpy() / 8766.0
    figure = Figure(figsize=(WIDTH, 4.6))
    top, bottom = figure.subplots(2, 1, sharex=True)
    _capacity(top, life, x, cycled)
    for name, (colour, dash) in zip(LOSSES, LINES, strict=True):
        if name in table and (table[name].abs() > 0.0).any():
            known = table[name].notna().to_numpy()
            bottom.plot(
                x[known],
                table[name][known],
                color=colour,
                linestyle=dash,
                label=name.removeprefix("Loss of capacity to ").removesuffix(" [A.h]"),
            )
    bottom.set_ylabel("lithium lost [Ah]")
    bottom.set_xlabel(str(table.index.name).split()[0].lower() if cycled else "time [years]")
    if bottom.get_legend_handles_labels()[0]:
        bottom.legend()
    if path is not None:
        save(figure, path)
    return figure


def _capacity(axes: Any, life: Life, x: Any, cycled: bool) -> None:
    table = life.table
    name = life.judged
    known = table[name].notna().to_numpy()
    axes.plot(x[known], table[name][known], "o-", markersize=2.5, color=BLACK, label="each cycle" if cycled else "")
    for key, colour, mark in (("Capacity at C/20 [A.h]", ORANGE, "v"), ("Capacity at 1C [A.h]", GREY, "s")):
        if key in table:
            seen = table[key].notna().to_numpy()
            axes.plot(x[seen], table[key][seen], mark, color=colour, markersize=4, label=low(key.split(" [")[0]))
    axes.set_ylabel("capacity [Ah]")
    axes.set_title(life.cell.name + (f": {life.end}" if life.end else ""), loc="left")
    if cycled and any(key.startswith("Capacity at") for key in table):
        axes.legend()
