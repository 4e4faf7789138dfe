"""Curves of several runs in one picture."""
import matplotlib as mpl
import numpy as np

from ...drawing.style import WIDTH, Figure, clock, low, save, styled
from ...errors import ReportError
from ...support.arguments import listed, shown, text
from ...support.spelling import near

TIME, PASSED = "Time [s]", "Capacity [A.h]"
# Okabe and Ito's colours; 7 of them and 4 dashes make 28 different lines
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
DASHES = ("-", "--", ":", "-.")
FEW = len(COLOURS) * len(DASHES)


@styled
def plot_runs(runs, path=None, *, y, x=TIME) -> Figure:
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
    grid[-1].set_xlabel(f"time [{unit}]" if x == TIME else "charge passed [A.h]" if x == PASSED else low(x))
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower left", ncols=1)
    if path is not None:
        save(figure, path)
    return figure


def looks(n) -> list[dict]:
    """Colour and dash of each of n lines, told apart without colour while they are few."""
    if n > FEW:
        return [{"color": c} for c in mpl.colormaps["viridis"](np.linspace(0.0, 0.9, n))]
    return [{"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k % len(DASHES)]} for k in range(n)]


def _check(runs, name):
    for label, result in zip(runs.labels, runs.results, strict=True):
        if name not in result.variables:
            raise ReportError(f"{label}: has no variable {shown(name)}; {near(name, result)}")
        if result.variables.dims(name) != (TIME,):
            raise ReportError(f"{shown(name)} is not one number at a time; draw it with Result.plot(states=[...])")


def _passed(result) -> np.ndarray:
    """Charge passed since the start of the run, whichever way [A.h]."""
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(result["Discharge capacity [A.h]"])))])
