"""A matplotlib Figure as inline SVG for an HTML page."""

import io
import re
from html import escape
from typing import Any

import matplotlib as mpl

from .style import STYLE

QUIET = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # matplotlib writes no metadata for None
LONG = re.compile(r"-?\d+\.\d{3,}")


def inline_svg(figure: Any, prefix: str, label: str) -> str:
    """SVG text without a fixed size.

    prefix: of all ids, which must be unique in a page; label: for screen readers.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    text = io.StringIO()
    with mpl.rc_context(STYLE):
        # written by the canvas, which draws once; `savefig` draws everything once more for the layout
        FigureCanvasSVG(figure).print_svg(text, metadata=QUIET)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    head, _, body = svg.partition(">")
    box = next(re.finditer(r'viewBox="[^"]*"', head))[0]
    body = re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{prefix}", body)
    body = re.sub(r'\s(?:d|x|y)="[^"]*"', lambda a: LONG.sub(_short, a[0]), body)
    return f'<svg {box} role="img" aria-label="{escape(label)}">{body}'


def _short(match: re.Match[str]) -> str:
    """A coordinate, rounded to a hundredth of a point."""
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
