"""Curves of one run over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ...drawing.style import (
    BLACK,
    BLUE,
    COLOURS,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    WIDTH,
    Figure,
    clock,
    low,
    save,
    styled,
)
from ...errors import ReportError

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from ..result import Result

NAMES = (("Voltage [V]",), ("Current [A]",))
OTHERS = (VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK)  # of further curves in a panel
HEIGHT = 1.8  # of a panel [inches]
LONGEST = 34  # characters of a label beside a panel
OCV = "Bulk open-circuit voltage [V]"
# what takes voltage: name, sign with which it adds to the open-circuit voltage, words, colour
PARTS = (
    ("Particle concentration overpotential [V]", 1.0, "diffusion in particles", BLUE),
    ("X-averaged reaction overpotential [V]", 1.0, "reaction (films included)", VERMILION),
    ("X-averaged concentration overpotential [V]", 1.0, "concentration in electrolyte", GREEN),
    ("X-averaged electrolyte ohmic losses [V]", 1.0, "ohmic, electrolyte", ORANGE),
    ("X-averaged solid phase ohmic losses [V]", 1.0, "ohmic, electrodes", PURPLE),
    ("Contact overpotential [V]", -1.0, "contacts", SKY),
)
BY_ELECTRODE = (
    ("Negative particle concentration overpotential [V]", -1.0, "diffusion in particles, negative", BLUE),
    ("Positive particle concentration overpotential [V]", 1.0, "diffusion in particles, positive", SKY),
    ("X-averaged negative electrode reaction overpotential [V]", -1.0, "reaction, negative", VERMILION),
    ("X-averaged positive electrode reaction overpotential [V]", 1.0, "reaction, positive", "#f4a582"),
    *PARTS[2:4],
    ("X-averaged negative electrode ohmic losses [V]", -1.0, "ohmic, negative electrode", PURPLE),
    ("X-averaged positive electrode ohmic losses [V]", 1.0, "ohmic, positive electrode", "#e7c6da"),
    PARTS[5],
)


@styled
def plot_result(
    result: Result, path: str | PathLike[str] | None = None, names: Sequence[Sequence[str]] = NAMES
) -> Figure:
    """Variables that are one number per time, panel by panel; every second step is shaded."""
    figure = Figure(figsize=(WIDTH, max(HEIGHT * len(names), 2.2)))
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    unit, scale = clock(result.t[-1] - result.t[0])
    for axes, (name, *more) in zip(panels, names, strict=True):
        axes.plot(result.t / scale, result[name], color=COLOURS["liquid"][0], label=low(name))
        for other, colour in zip(more, cycle(OTHERS)):
            axes.plot(result.t / scale, result[other], color=colour, label=low(other))
        if more:
            axes.set_ylabel(f"[{name.partition('[')[2]}" if "[" in name else "")
            axes.legend()
        elif len(name) <= LONGEST:
            axes.set_ylabel(low(name))
        else:
            axes.set_title(low(name), loc="left")
        for step in result.steps[1::2]:
            axes.axvspan(step.t_start / scale, step.t_end / scale, color="#000000", alpha=0.08, linewidth=0)
    if len(names[0]) > 1 or len(names[0][0]) <= LONGEST:
        panels[0].set_title(f"{result.cell}, {result.model}", loc="left")
    else:
        figure.suptitle(f"{result.cell}, {result.model}", x=0.01, ha="left", fontsize=9.0)
    panels[-1].set_xlabel(f"time [{unit}]")
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_components(result: Result, path: str | PathLike[str] | None = None, by_electrode: bool = False) -> Figure:
    """The voltage, and what lies between it and the open-circuit voltage."""
    parts: Any = BY_ELECTRODE if by_electrode else PARTS
    missing = [name for name in (OCV, *(name for name, *_ in parts)) if name not in result]
    if missing:
        raise ReportError(f"plot_voltage_components: this result has no {missing[0]}; simulate with DFN, SPMe or SPM")
    figure = Figure(figsize=(1.5 * WIDTH, 3.4))
    axes = figure.subplots()
    unit, scale = clock(result.t[-1] - result.t[0])
    t, top, least = result.t / scale, result[OCV], 1e-4
    axes.plot(t, top, color=BLACK, linewidth=1.0, linestyle=":", label="open-circuit voltage")
    lowest, highest = top, top
    for name, sign, words, colour in parts:
        change = sign * result[name]
        if np.max(np.abs(change)) < least:  # such as contacts without a resistance
            continue
        axes.fill_between(t, top, top + change, color=colour, alpha=0.75, linewidth=0, label=words)
        top = top + change
        lowest, highest = np.minimum(lowest, top), np.maximum(highest, top)
    axes.plot(t, result["Voltage [V]"], color=BLACK, label="voltage")
    axes.set_xlim(t[0], t[-1])
    span = max(float(np.max(highest) - np.min(lowest)), 1e-3)
    axes.set_ylim(np.min(lowest) - 0.03 * span, np.max(highest) + 0.03 * span)
    axes.set_xlabel(f"time [{unit}]")
    axes.set_ylabel("voltage [V]")
    axes.set_title(f"{result.cell}, {result.model}", loc="left")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    if path is not None:
        save(figure, path)
    return figure
