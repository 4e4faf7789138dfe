"""Summary of a run for notebooks: HTML without scripts, with all text escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import numpy as np
from numpy.typing import NDArray

from ...drawing.numbers import number
from ...drawing.style import clock
from ...physics.constants import ZERO_CELSIUS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..history.step import StepResult
    from ..result import Result

SIZE = (240.0, 48.0)  # of the voltage curve [pixels]
POINTS = 120
FIRST, LAST = 6, 3  # steps shown of a long protocol


def card(result: Result) -> str:
    """Cell, model, temperature, steps with the reason why they ended, and a small voltage curve."""
    env = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
    steps = list(enumerate(result.steps, 1))
    left_out = max(0, len(steps) - FIRST - LAST)
    voltage = result["Voltage [V]"] if "Voltage [V]" in result.variables else np.zeros(0)  # not kept
    curve = (
        {"points": _points(result.t, voltage), "low": number(voltage.min(), 4), "high": number(voltage.max(), 4)}
        if voltage.size
        else None
    )
    return env.get_template("card.html.j2").render(
        result=result,
        celsius=number(result.temperature - ZERO_CELSIUS),
        first=[_row(*s) for s in steps[:FIRST]],
        last=[_row(*s) for s in steps[max(FIRST, len(steps) - LAST) :]],
        left_out=left_out,
        size=SIZE,
        curve=curve,
        lasted=lasting(result.t[-1] - result.t[0]),
    )


def lasting(seconds: float) -> str:
    """A duration in a suitable unit."""
    unit, scale = clock(seconds)
    return f"{number(seconds / scale)} {unit}"


def _row(k: int, step: StepResult) -> tuple[str, ...]:
    """Number, step, reason of its end, duration, net discharged charge and energy."""
    return (
        str(k),
        step.step,
        step.message,
        lasting(step.t_end - step.t_start),
        f"{step.discharge_capacity - step.charge_capacity:+.4g}",
        f"{step.discharge_energy - step.charge_energy:+.4g}",
    )


def _points(t: NDArray[np.float64], voltage: NDArray[np.float64]) -> str:
    """The voltage as points of a polyline, reduced to the extrema of up to POINTS intervals."""
    width, height = SIZE
    x = (t - t[0]) / max(t[-1] - t[0], 1e-300) * (width - 2.0) + 1.0
    span = np.ptp(voltage)
    y = height - 1.0 - (voltage - voltage.min()) / span * (height - 2.0) if span > 0.0 else np.full(t.size, height / 2)
    parts = np.array_split(np.arange(t.size), min(POINTS, t.size))
    rows = sorted({k for part in parts for k in (part[np.argmin(y[part])], part[np.argmax(y[part])])} | {0, t.size - 1})
    return " ".join(f"{x[k]:.1f},{y[k]:.1f}" for k in rows)
