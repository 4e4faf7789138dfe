"""A run as a small card for notebooks: HTML without scripts, in which every word is escaped."""
from pathlib import Path

import jinja2
import numpy as np

from ...drawing.numbers import number
from ...drawing.style import clock

SIZE = (240.0, 48.0)  # of the voltage in miniature, in pixels
POINTS = 120
FIRST, LAST = 6, 3  # steps shown of a long protocol


def card(result) -> str:
    """Cell, model, temperature, the steps with their endings, and the voltage in miniature."""
    env = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                             loader=jinja2.FileSystemLoader(Path(__file__).parent))
    steps = list(enumerate(result.steps, 1))
    left_out = max(0, len(steps) - FIRST - LAST)
    voltage = result["Voltage [V]"] if "Voltage [V]" in result.variables else np.zeros(0)  # left out by `keep`
    curve = {"points": _points(result.t, voltage), "low": number(voltage.min(), 4),
             "high": number(voltage.max(), 4)} if voltage.size else None
    return env.get_template("card.html.j2").render(
        result=result, celsius=number(result.temperature - 273.15), first=[_row(*s) for s in steps[:FIRST]],
        last=[_row(*s) for s in steps[max(FIRST, len(steps) - LAST):]], left_out=left_out, size=SIZE,
        curve=curve, lasted=lasting(result.t[-1] - result.t[0]))


def lasting(seconds) -> str:
    """A duration in the unit that suits it."""
    unit, scale = clock(seconds)
    return f"{number(seconds / scale)} {unit}"


def _row(k, step) -> tuple[str, ...]:
    """Number, step, ending, duration, charge and energy out less those in."""
    return (str(k), step.step, step.message, lasting(step.t_end - step.t_start),
            f"{step.discharge_capacity - step.charge_capacity:+.4g}",
            f"{step.discharge_energy - step.charge_energy:+.4g}")


def _points(t, voltage) -> str:
    """The voltage as points of a polyline, fewer than the rows of a long run, but with all its corners' heights."""
    width, height = SIZE
    x = (t - t[0]) / max(t[-1] - t[0], 1e-300) * (width - 2.0) + 1.0
    span = np.ptp(voltage)
    y = height - 1.0 - (voltage - voltage.min()) / span * (height - 2.0) if span > 0.0 else np.full(t.size, height / 2)
    parts = np.array_split(np.arange(t.size), min(POINTS, t.size))
    rows = sorted({k for part in parts for k in (part[np.argmin(y[part])], part[np.argmax(y[part])])} | {0, t.size - 1})
    return " ".join(f"{x[k]:.1f},{y[k]:.1f}" for k in rows)
