"""Curves of several runs in one plot."""

from os import PathLike
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from ...drawing.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, WIDTH, Figure, clock, low, save, styled
from ...errors import ReportError
from ...simulation.result import Result
from ...support.arguments import listed, near, shown, text

TIME, PASSED = "Time [s]", "Capacity [A.h]"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)  # with 4 dashes, 28 different lines
DASHES = ("-", "--", ":", "-.")
FEW = len(COLOURS) * len(DASHES)


@styled
def plot_runs(runs: Any, path: str | PathLike[str] | None = None, *, y: Any, x: Any = TIME) -> Figure:
    """Curves of a `RunComparison`; the arguments are those of `RunComparison.plot`."""
    wanted = "give names of variables over time"
    names = (y,) if isinstance(y, str) else tuple(listed("y", y, wanted, ReportError))
    for name in (*names, x):
        text("x or y", name, wanted, ReportError)
    if not names:
        raise ReportError("y: empty; name at least one variable")
    for name in (*names, *(() if x == PASSED else (x,))):
        _check(runs, name)
    unit, scale = clock(max(r.t[-1] - r.t[0] for r in runs.results)) if x == TIME else ("", 1.0)
    figure = Figure(figsize=(WIDTH, 0.9 + 1.6 * len(names) + 0.17 * len(runs)))
    grid = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for label, result, look in zip(runs.labels, runs.results, looks(len(runs)), strict=True):
        along = _passed(result) if x == PASSED else result[x] / scale
        for axes, name in zip(grid, names, strict=True):
            axes.plot(along, result[name], label=label, **look)
    for axes, name in zip(grid, names, strict=True):
        axes.set_ylabel(low(name))
    grid[-1].set_xlabel(f"time [{unit}]" if x == TIME else "charge throughput [Ah]" if x == PASSED else low(x))
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower left", ncols=1)
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_measured(comparison: Any, path: str | PathLike[str] | None = None) -> Figure:
    """Voltages of a `MeasuredComparison` above, differences from the measured ones [mV] below."""
    record = comparison.measured
    unit, scale = clock(record.t[-1] - record.t[0])
    figure = Figure(figsize=(WIDTH, 4.4 + 0.17 * len(comparison.labels)))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    upper.plot(record.t / scale, record.voltage, ".", color=BLACK, markersize=3, label=record.name)
    runs = zip(
        comparison.labels, comparison.results, comparison.differences, looks(len(comparison.labels)), strict=True
    )
    for label, result, apart, look in runs:
        upper.plot(result.t / scale, result["Voltage [V]"], label=label, **look)
        lower.plot(record.t / scale, 1e3 * apart, **look)
    upper.set_ylabel("voltage [V]")
    lower.set_ylabel("simulated less\nmeasured [mV]")
    lower.set_xlabel(f"time [{unit}]")
    lower.axhline(0.0, color=BLACK, linewidth=0.5)
    figure.legend(*upper.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    if path is not None:
        save(figure, path)
    return figure


def looks(n: int) -> list[dict[str, Any]]:
    """Colour and dash of n lines, distinguishable without colour up to FEW."""
    if n > FEW:
        return [{"color": c} for c in mpl.colormaps["viridis"](np.linspace(0.0, 0.9, n))]
    return [{"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k % len(DASHES)]} for k in range(n)]


def _check(runs: Any, name: str) -> None:
    for label, result in zip(runs.labels, runs.results, strict=True):
        if name not in result.variables:
            raise ReportError(f"{label}: has no variable {shown(name)}; {near(name, result)}")
        if result.variables.dims(name) != (TIME,):
            raise ReportError(f"{shown(name)} depends on position; draw it with Result.plot(states=[...])")


def _passed(result: Result) -> NDArray[np.float64]:
    """Charge throughput since the start of the run, in either direction [Ah]."""
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(result["Discharge capacity [A.h]"])))])
