"""A matplotlib Figure as a piece of SVG that can stand in one page with others."""
import io
import re
from html import escape

import matplotlib as mpl

from .style import STYLE

QUIET = dict.fromkeys(("Date", "Creator", "Format", "Type"))  # matplotlib writes no metadata for None
LONG = re.compile(r"-?\d+\.\d{3,}")


def inline_svg(figure, prefix, label) -> str:
    """SVG text; ids start with `prefix`, so pictures do not share clip paths; `label` is read aloud.

    The picture has no size of its own and fills the width it is given.
    """
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", metadata=QUIET)
    svg = text.getvalue()
    svg = svg[svg.index("<svg"):]
    head, _, body = svg.partition(">")
    box = next(re.finditer(r'viewBox="[^"]*"', head))[0]
    body = re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{prefix}", body)
    body = re.sub(r'\s(?:d|x|y)="[^"]*"', lambda a: LONG.sub(_short, a[0]), body)
    return f'<svg {box} role="img" aria-label="{escape(label)}">{body}'


def _short(found) -> str:
    """A coordinate to a hundredth of a point."""
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
