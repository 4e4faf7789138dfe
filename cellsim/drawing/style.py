"""Plots as matplotlib Figures, readable on narrow screens and without colour."""

import io
from typing import Any

import matplotlib as mpl
import matplotlib.figure
from numpy.typing import NDArray

from ..errors import ReportError
from ..support.arguments import file_path
from ..support.files import replacing

Array = NDArray[Any]

WIDTH = 4.5  # inches
STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "font.size": 9.0,
    "axes.titlesize": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.5,
    "text.parse_math": False,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 200.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "cellsim",
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
}
# colours of Okabe and Ito
BLUE, VERMILION, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
ORANGE, SKY, BLACK = "#e69f00", "#56b4e9", "#000000"
# warm colours and solid lines for solid electrolytes, cold colours and dashed lines for liquid electrolytes
COLOURS = {"solid": (VERMILION, ORANGE, PURPLE, "#8c2d04"), "liquid": (BLUE, SKY, GREEN, "#08306b")}
DASHES = {"solid": ("-",), "liquid": ("--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)))}
MARKERS = {"solid": ("o", "s", "D", "^"), "liquid": ("v", "x", "+", "P")}
GREY = "#666666"
styled = mpl.rc_context(STYLE)


class Figure(matplotlib.figure.Figure):
    """A matplotlib Figure that notebooks display."""

    def _repr_png_(self) -> bytes:
        data = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.savefig(data, format="png", dpi=100)
        return data.getvalue()


def clock(duration: float) -> tuple[str, float]:
    """Unit of a time axis for a duration [s], and the unit in seconds."""
    return ("s", 1.0) if duration <= 300.0 else ("min", 60.0) if duration <= 7200.0 else ("h", 3600.0)


def low(name: str) -> str:
    """Name of a variable as an axis label: in lower case, except for symbols."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


@styled
def save(figure: Any, path: Any) -> None:
    """Write a Figure in the format of the suffix of the path, atomically.  Raises ReportError."""
    path = file_path("path", path)
    kind = path.suffix[1:].lower()
    known = figure.canvas.get_supported_filetypes()
    if kind not in known:
        raise ReportError(f"{path}: save a picture as one of {', '.join('.' + k for k in sorted(known))}")
    with replacing(path) as partial:
        figure.savefig(partial, format=kind)
