"""Internal states of a run: a plot with a slider over time, or several times drawn over each other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.registry import BackendFilter, backend_registry
from numpy.typing import NDArray

from ...drawing.style import BLUE, GREY, STYLE, Figure, clock, low, save, styled
from ...errors import ReportError
from ...physics.constants import ZERO_CELSIUS
from ...support.arguments import listed, near, numbers, shown, text, whole
from .display import fine, layers

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..result import Result

Array = NDArray[Any]

TIME = "Time [s]"
STATES = (
    "Voltage [V]",
    "Electrolyte concentration [mol.m-3]",
    "Electrolyte potential [V]",
    *(
        f"{side} {what}"
        for what in (
            "electrode potential [V]",
            "particle surface concentration [mol.m-3]",
            "particle concentration [mol.m-3]",
        )
        for side in ("Negative", "Positive")
    ),
)
PANEL = (3.3, 2.1)  # inches
WIDGETS = ("widget", "ipympl", "module://ipympl.backend_nbagg")  # interactive, not built into matplotlib
MOST_TIMES = 100
MICRO = 1e6  # m to um
STILL = 1e-4  # relative variation below which a state is not drawn by default
ENDS = {"particle at the separator": "-", "particle at the collector": "--"}
POINTS = {"linestyle": "", "marker": ".", "markersize": 3.0}  # values of control volumes, beside their curves
INTERPOLATED = "values of the mesh; curves\nbetween and beyond are interpolated"
MARKER = {"marker": "o", "markersize": 5.0, "linestyle": ""}


@dataclass(frozen=True)
class Curve:
    """A line of a panel: x (n,), and y (times, n) at each time."""

    x: np.ndarray
    y: np.ndarray
    look: dict[str, Any]
    label: str = ""


@dataclass(frozen=True)
class Panel:
    """Plot of one variable: curves that change with time, and for a time series the fixed curve `still`."""

    name: str
    xlabel: str
    curves: tuple[Curve, ...]
    still: tuple[np.ndarray, np.ndarray] | None = None
    limits: tuple[float, float] = (0.0, 1.0)
    separator: tuple[float, float] | None = None  # um

    def draw(self, axes: Any) -> None:
        """Draw all parts that do not change with time."""
        axes.set_title(textwrap.fill(low(self.name), 44), loc="left")
        axes.set_xlabel(self.xlabel)
        margin = 0.05 * (self.limits[1] - self.limits[0]) or 0.5 * abs(self.limits[0]) or 1.0
        axes.set_ylim(self.limits[0] - margin, self.limits[1] + margin)
        axes.ticklabel_format(axis="y", useOffset=False)
        if self.still is not None:
            axes.plot(*self.still, color=GREY, linewidth=1.0)
        if self.separator is not None:
            axes.axvspan(*self.separator, color="#000000", alpha=0.08, linewidth=0)


@styled
def plot_states(
    result: Result,
    path: str | PathLike[str] | None = None,
    *,
    states: Any = True,
    times: Any = 5,
    slider: bool | None = None,
) -> Any:
    """Internal states of a `Result`; the arguments are those of `Result.plot`."""
    names = _names(result, states)
    if slider and path is not None:
        raise ReportError(f"{path}: a file cannot contain a slider; omit slider=True")
    if slider and not interactive():
        raise ReportError(
            f"slider: the matplotlib backend {mpl.get_backend()!r} is not interactive; open a window "
            "(`matplotlib.use('QtAgg')`) or, in a notebook, pip install 'cellsim[notebook]' and run "
            "`%matplotlib widget`"
        )
    if path is None and (interactive() if slider is None else slider):
        return _with_slider(result, names)
    figure = _overlaid(result, names, _moments(result, times))
    if path is not None:
        save(figure, path)
    return figure


def interactive() -> bool:
    """Whether the backend of matplotlib is interactive."""
    name = mpl.get_backend().lower()
    return name in WIDGETS or name in {b.lower() for b in backend_registry.list_builtin(BackendFilter.INTERACTIVE)}


def _names(result: Result, states: Any) -> tuple[str, ...]:
    """Variables to draw; by default those of STATES that exist and vary."""
    if states is True:
        names = tuple(
            n for n in STATES if n in result.variables and np.ptp(result[n]) > STILL * np.max(np.abs(result[n]))
        )
        if all(len(result.variables.dims(n)) == 1 for n in names):
            raise ReportError(
                "states: this result has no variables in space; .parquet files and ensembles with `keep` "
                "do not contain them: save as .nc, or omit `keep`"
            )
        return names
    wanted = "give True or names of variables"
    names = (states,) if isinstance(states, str) else tuple(listed("states", states, wanted, ReportError))
    for name in names:
        if text("states", name, wanted, ReportError) not in result.variables:
            raise ReportError(f"states: {shown(name)} is not a variable of {result.model}; {near(name, result)}")
        if result.variables.dims(name)[0] != TIME:
            raise ReportError(f"states: {name!r} does not depend on time; choose another variable")
    if not names:
        raise ReportError("states: empty; name at least one variable, or give True")
    return names


def _moments(result: Result, times: Any) -> Array:
    """Times [s] at which the states are drawn over each other."""
    start, end = float(result.t[0]), float(result.t[-1])
    if isinstance(times, int | np.integer) and not isinstance(times, bool):
        times = whole("times", times, f"draw at least one and at most {MOST_TIMES}", high=MOST_TIMES, error=ReportError)
        return np.linspace(start, end, times) if times > 1 else np.array([end])
    moments = numbers("times", times, "give a number of times, or a list of times [s]", error=ReportError)
    if moments.size == 0 or not np.all((moments >= start) & (moments <= end)):
        raise ReportError(f"times {shown(times)}: give a number of times, or times between {start:g} and {end:g} s")
    return moments


def _panel(result: Result, name: str, moments: Any) -> Panel:
    """Panel of a variable at given times [s], or at all stored times for None."""
    dims = result.variables.dims(name)
    every = result[name]
    limits = (float(np.min(every)), float(np.max(every)))
    at = every if moments is None else result.at(name, moments)
    if every[0].size == 1:  # a time series, or a field on a single volume
        every, at = every.reshape(-1), at.reshape(-1)
        unit, scale = clock(result.t[-1] - result.t[0])
        when = result.t if moments is None else moments
        dots = tuple(Curve(np.array([t / scale]), at[k : k + 1, None], MARKER) for k, t in enumerate(when))
        return Panel(name, f"time [{unit}]", dots, (result.t / scale, every), limits)
    x = MICRO * result[dims[-1]]
    xlabel = f"{dims[-1].removesuffix(' [m]')} [µm]"
    if len(dims) == 2:
        which = [("", "-", at)]
    elif every.shape[1] == 1:
        which = [("", "-", at[:, 0])]
    else:  # of particles, those at both ends of the electrode
        first, last = reversed(ENDS) if dims[1].startswith("x_n") else ENDS
        which = [(first, ENDS[first], at[:, 0]), (last, ENDS[last], at[:, -1])]
    drawn, separator = [], _separator(result, dims[1]) if len(dims) == 2 else None
    for where, dash, values in which:
        smooth = dims[-1][0] in "xr"
        places, curves = fine(result, name, values) if smooth else (x / MICRO, values)
        limits = (min(limits[0], float(curves.min())), max(limits[1], float(curves.max())))
        drawn += [Curve(x, values, POINTS, INTERPOLATED)] * smooth
        drawn.append(Curve(MICRO * places, curves, {"linestyle": dash}, where))
    return Panel(name, xlabel, tuple(drawn), None, limits, separator)


def _separator(result: Result, axis: Any) -> tuple[float, float] | None:
    """Start and end of the separator [um], from the centres of the volumes; None for the axis of one electrode."""
    if axis not in ("x [m]", "x_f [m]"):
        return None
    found = layers(result)
    start, end, _ = found[1] if len(found) == 3 else found[0]
    return MICRO * start, MICRO * end


def _axes(figure: Any, panels: Any) -> Iterator[Any]:
    """Axes of all panels, with all parts drawn that do not change with time."""
    columns = min(3, len(panels))
    grid = figure.subplots(-(-len(panels) // columns), columns, squeeze=False).ravel()
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    for axes, panel in zip(grid, panels, strict=False):
        panel.draw(axes)
        yield axes


def _size(panels: Any) -> tuple[float, float]:
    columns = min(3, len(panels))
    return PANEL[0] * columns, PANEL[1] * -(-len(panels) // columns) + 0.8


def _title(result: Result) -> str:
    return f"{result.cell}, {result.model}, {result.temperature - ZERO_CELSIUS:.3g} °C"


def _overlaid(result: Result, names: Any, moments: Any) -> Figure:
    """The plot without a slider; darker and wider lines for later times."""
    panels = [_panel(result, name, moments) for name in names]
    unit, scale = clock(result.t[-1] - result.t[0])
    figure = Figure(figsize=_size(panels))
    shades = mpl.colormaps["viridis"](np.linspace(0.85, 0.0, len(moments)))
    widths = np.linspace(1.0, 2.0, len(moments))
    for axes, panel in zip(_axes(figure, panels), panels, strict=True):
        for k, (shade, width) in enumerate(zip(shades, widths, strict=True)):
            for c in panel.curves if panel.still is None else panel.curves[k : k + 1]:
                y = c.y[k] if panel.still is None else c.y[0]
                axes.plot(c.x, y, color=shade, linewidth=width, **c.look)
    for t, shade, width in zip(moments, shades, widths, strict=True):
        figure.axes[0].plot([], [], color=shade, linewidth=width, label=f"{t / scale:.3g} {unit}")
    figure.suptitle(_title(result), x=0.01, ha="left", fontsize=STYLE["font.size"])
    _explain(figure.axes[0], panels)
    _legend(figure, (3, 5, 8)[min(len(names), 3) - 1])
    return figure


def _legend(figure: Any, most: int) -> None:
    """Legend below the panels, in at most so many columns and in no more than the figure is wide."""
    shown = figure.axes[0].get_legend_handles_labels()
    for columns in range(most, 0, -1):
        legend = figure.legend(*shown, loc="outside lower center", ncols=columns)
        if columns == 1 or legend.get_window_extent().width <= figure.bbox.width:
            return
        legend.remove()


def _explain(axes: Any, panels: Any) -> Any:
    """Legend entries for the line styles of both ends of an electrode."""
    used = {c.label for p in panels for c in p.curves}
    for where, dash in ENDS.items() if used & set(ENDS) else ():
        axes.plot([], [], color=GREY, linestyle=dash, label=where)
    if INTERPOLATED in used:
        axes.plot([], [], color=GREY, label=INTERPOLATED, **POINTS)


def _with_slider(result: Result, names: Any) -> Any:
    """The plot with a slider over the stored times; `figure.slider` is the widget."""
    import matplotlib.pyplot as plt
    from matplotlib.widgets import Slider

    panels = [_panel(result, name, None) for name in names]
    unit, scale = clock(result.t[-1] - result.t[0])
    figure: Any = plt.figure(figsize=_size(panels))
    above, below = figure.subfigures(2, 1, height_ratios=[1.0, 0.09])
    above.suptitle(_title(result), x=0.01, ha="left", fontsize=STYLE["font.size"])
    moving = []
    for axes, panel in zip(_axes(above, panels), panels, strict=True):
        for c in panel.curves[:1] if panel.still is not None else panel.curves:
            (line,) = axes.plot(c.x, c.y[0], color=BLUE, **c.look)
            moving.append((line, panel, c))
    _explain(above.axes[0], panels)
    above.legend(*above.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    last = np.append(np.flatnonzero(np.diff(result.t) > 0.0), result.t.size - 1)  # the later of equal times
    stops = result.t[last] / scale
    figure.slider = Slider(
        below.add_axes((0.12, 0.3, 0.75, 0.5)),
        f"time [{unit}]",
        stops[0],
        stops[-1],
        valinit=stops[0],
        valstep=stops,
        valfmt="%.4g",
    )

    def show(value: Any) -> Any:
        row = last[np.argmin(np.abs(stops - value))]
        for line, panel, c in moving:
            if panel.still is None:
                line.set_ydata(c.y[row])
            else:
                line.set_data(panel.curves[row].x, panel.curves[row].y[0])
        figure.canvas.draw_idle()

    figure.slider.on_changed(show)
    show(figure.slider.val)
    return figure
