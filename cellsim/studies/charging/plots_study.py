"""Tables and plots of charge studies."""

import math
from itertools import product
from os import PathLike
from typing import Any

import numpy as np
from matplotlib.figure import Figure as Plain
from rich.console import Group
from rich.text import Text

from ...drawing.style import COLOURS, DASHES, GREY, WIDTH, Figure, save, styled
from ...drawing.tables import plain_table
from ...errors import ReportError
from ...physics.constants import ZERO_CELSIUS
from .axes import CRITICAL, PLATING, celsius, not_beaten
from .measured_charges import beyond

SERIES = (
    ("C-rate", -1.0, "current\n[C]"),
    ("Voltage [V]", 1.0, "voltage\n[V]"),
    ("Cell temperature [K]", 1.0, "temperature\n[°C]"),
    (PLATING, 1e3, "plating\nmargin [mV]"),
    (CRITICAL, 0.1, "critical current\nmargin [mA/cm²]"),
)
HUES, STROKES = (*COLOURS["liquid"], *COLOURS["solid"]), (*DASHES["solid"], *DASHES["liquid"])
WIDTHS = (1.3, 2.6)
MARKS = "osv^Dx"
NOT_STATED = "not stated"


def _number(x: float, digits: int = 3) -> str:
    return NOT_STATED if math.isnan(x) else "never" if math.isinf(x) else f"{x:.{digits}g}"


def margin_text(least: float, minutes: float) -> str:
    """A minimum margin, and the time below 0."""
    if math.isnan(least):
        return NOT_STATED
    return f"{round(least, 1) + 0.0:.1f}" + (f"\n{minutes:.1f} min < 0" if minutes > 0.05 else "")


def study_table(study: Any) -> Group:
    """One row per charge; margins that a cell does not state are marked."""
    wears = any(math.isfinite(c.lost) for c in study.charges)
    title = f"Charge from {100 * study.start:g} to {100 * study.end:g} %"
    table = plain_table(
        title,
        "cell",
        "protocol",
        "°C",
        "min",
        "peak\n°C",
        "plating\nmargin\nmV",
        "critical\nmargin\nmA/cm²",
        "effi-\nciency",
        "heat\nWh",
        *(["lost\nmAh"] if wears else []),
        named=[],
    )
    notes = []
    for c in study.charges:
        protocol = c.protocol.strip().splitlines()[0][:40]
        table.add_row(
            c.cell,
            protocol,
            f"{celsius(c.start_temperature):g}",
            _number(c.minutes),
            _number(celsius(c.peak_temperature)),
            margin_text(c.plating, c.minutes_plating),
            margin_text(c.critical, c.minutes_critical),
            _number(c.efficiency),
            _number(c.heat),
            *([_number(c.lost)] if wears else []),
        )
        if remark := beyond(c.cell, c.minutes, study.start, study.end):
            notes.append(Text(f"! {remark}", "bold"))
        if not math.isfinite(c.minutes):
            notes.append(Text(f"{c.cell}, {protocol}, {celsius(c.start_temperature):g} °C: {c.ending}"))
    return Group(table, *notes)


def looks(keys: Any) -> list[dict[str, Any]]:
    """Line style of each (cell, protocol, K); all differ up to 80.

    With several cells or protocols and several temperatures, colours stand for the former and dashes for the latter.
    """
    lines = list(dict.fromkeys((cell, protocol) for cell, protocol, _ in keys))
    warmths = list(dict.fromkeys(T for _, _, T in keys))
    if 1 < len(lines) <= len(HUES) and len(warmths) <= len(STROKES):
        return [
            {
                "color": HUES[lines.index((cell, protocol))],
                "linestyle": STROKES[warmths.index(T)],
                "linewidth": WIDTHS[0],
            }
            for cell, protocol, T in keys
        ]
    every = [
        {"color": hue, "linestyle": stroke, "linewidth": width} for width, stroke, hue in product(WIDTHS, STROKES, HUES)
    ]
    return [every[k % len(every)] for k in range(len(keys))]


@styled
def plot_study(study: Any, path: str | PathLike[str] | None = None) -> Plain:
    """Each quantity against state of charge, one line per charge; written to `path` if given."""
    if not study.results:
        raise ReportError("nothing to draw: all charges were read from a file; run the study without path")
    shown = [s for s in SERIES if any(s[0] in r.variables for r in study.results.values())]
    columns = 1 if len(study.results) < 6 else 2
    rows = -(-len(study.results) // columns)
    figure = Figure(figsize=(7.0, 1.7 * len(shown) + 0.5 + 0.17 * rows))
    axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for (key, result), look in zip(study.results.items(), looks(list(study.results)), strict=True):
        cell, protocol, T = key
        label = f"{cell}, {protocol.strip().splitlines()[0][:30]}, {celsius(T):g} °C"
        for ax, (name, factor, _) in zip(axes, shown, strict=True):
            y = np.full(len(result.t), np.nan)
            if name in result.variables:
                y = factor * result[name] - (ZERO_CELSIUS if name.endswith("[K]") else 0.0)
            ax.plot(100.0 * result["State of charge"], y, label=label, **look)
    for ax, (name, _, text) in zip(axes, shown, strict=True):
        ax.set_ylabel(text)
        ax.grid(alpha=0.3)
        if name in (PLATING, CRITICAL):
            ax.axhline(0.0, color="black", linewidth=0.8)
    if len(study.results) < len(study.charges):
        axes[0].set_title(
            f"{len(study.results)} of {len(study.charges)} charges; the others were read from a file or failed",
            loc="left",
        )
    axes[-1].set_xlabel("state of charge [%]")
    axes[-1].set_xlim(100.0 * study.start - 1.0, 100.0 * study.end + 1.0)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, handlelength=3.5)
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_wear(study: Any, path: str | PathLike[str] | None = None) -> Plain:
    """Lithium lost per charge over the time of the charge; a line joins the charges that none beats in both."""
    rows = zip(
        study.table["Charge"],
        study.table["Temperature [K]"],
        study.table["Time of charge [min]"],
        1e3 * study.table["Lithium lost [A.h]"],
        study.table["Best"],
        strict=True,
    )
    figure = _fronts(list(rows), study.cell.name)
    if path is not None:
        save(figure, path)
    return figure


@styled
def plot_lost(study: Any, path: str | PathLike[str] | None = None) -> Plain:
    """The same of the charges of a `ChargeStudy`, of fresh cells."""
    charges = [c for c in study.charges if math.isfinite(c.lost)]
    if not charges:
        raise ReportError(
            "nothing to draw: nothing ages in these cells; give them rates with cell.with_ageing or an overlay"
        )
    best = not_beaten([c.minutes for c in charges], [c.lost for c in charges])
    several = len({c.cell for c in charges}) > 1
    rows = [
        (f"{c.cell}, {c.protocol}" if several else c.protocol, c.start_temperature, c.minutes, c.lost, good)
        for c, good in zip(charges, best, strict=True)
    ]
    figure = _fronts(rows, "" if several else charges[0].cell)
    if path is not None:
        save(figure, path)
    return figure


def _fronts(rows: list[tuple[str, float, float, float, bool]], title: str) -> Plain:
    """Points (name, temperature [K], minutes, mAh, not beaten) of charges that reached their end."""
    rows = [row for row in rows if math.isfinite(row[2]) and math.isfinite(row[3])]
    figure = Figure(figsize=(WIDTH, 3.2))
    axes = figure.subplots()
    for k, T in enumerate(sorted({row[1] for row in rows})):
        colour, mark = HUES[k % len(HUES)], MARKS[k % len(MARKS)]
        here = [row for row in rows if row[1] == T]
        axes.plot([r[2] for r in here], [r[3] for r in here], mark, color=colour, label=f"{celsius(T):g} °C")
        for name, _, at, lost, _ in here:
            axes.annotate(f" {name.strip().splitlines()[0][:24]}", (at, lost), fontsize=6, color=colour)
    best = sorted((row[2], row[3]) for row in rows if row[4])
    axes.plot([x for x, _ in best], [y for _, y in best], color=GREY, linewidth=0.8, zorder=0)
    axes.margins(x=0.15)
    axes.set_xlabel("time of charge [min]")
    axes.set_ylabel("lithium lost per charge [mAh]")
    axes.set_title(title, loc="left")
    if rows:
        axes.legend()
    return figure
