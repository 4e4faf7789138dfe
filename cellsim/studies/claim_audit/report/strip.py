"""The picture of a sentence: a number with its interval on a line, and the claimed value."""

import math
from html import escape

from markupsafe import Markup

from ..sentences.announcement import Scale

WIDTH, HEIGHT, LEFT, RIGHT = 320.0, 52.0, 8.0, 312.0
WIDE = 15.0  # quotient of the ends from which on the line is logarithmic
INK, BAND, GOAL = "#1c1c1c", "#0072b2", "#a32d00"


def strip(scale: Scale, words: str) -> Markup:
    """As inline SVG.  words: of the sentence, for screen readers."""
    values = scale.low, scale.middle, scale.high, scale.goal
    log = min(values) > 0.0 and max(values) / min(values) > WIDE
    of = math.log if log else float
    least, most = (of(f(values)) for f in (min, max)) if log else (min(0.0, *values), max(values))
    room = 0.06 * (most - least or 1.0)
    least, most = (least - room, most + room)

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (of(value) - least) / (most - least)

    low, middle, high, goal = map(x, values)
    end = "end" if goal > 0.5 * WIDTH else "start"
    said = (
        f"{words}: {scale.middle:.3g}, interval {scale.low:.3g} to {scale.high:.3g} {scale.unit}; claimed "
        f"{'at least' if scale.more else 'at most'} {scale.goal:.3g}"
    )
    claimed = f"claimed {'≥' if scale.more else '≤'} {scale.goal:.3g}"
    return Markup(
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(said)}" class="strip">'
        f'<line x1="{LEFT:g}" x2="{RIGHT:g}" y1="26" y2="26" stroke="#888"/>'
        f'<rect x="{low:.1f}" y="21" width="{max(high - low, 1.0):.1f}" height="10" fill="{BAND}" opacity="0.55"/>'
        f'<circle cx="{middle:.1f}" cy="26" r="5" fill="{INK}"/>'
        f'<line x1="{goal:.1f}" x2="{goal:.1f}" y1="13" y2="37" stroke="{GOAL}" stroke-width="2.5"/>'
        f'<text x="{goal + (-4 if end == "end" else 4):.1f}" y="11" text-anchor="{end}" fill="{GOAL}">{claimed}</text>'
        f'<text x="{LEFT:g}" y="47" fill="{INK}">{escape(scale.unit)}{", logarithmic" if log else ""}</text></svg>'
    )
