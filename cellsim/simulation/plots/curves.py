"""Curves of one run."""
from ...drawing.style import COLOURS, WIDTH, Figure, clock, low, save, styled


@styled
def plot_result(result, path=None) -> Figure:
    """Voltage [V] and current [A] over time; every second step is shaded."""
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
