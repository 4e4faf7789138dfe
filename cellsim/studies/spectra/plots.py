"""Plots of impedance spectra."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from ...drawing.style import COLOURS, WIDTH, save, styled
from ...physics.constants import ZERO_CELSIUS

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .spectrum import Spectrum

WIDE = 4.0  # ratio of the largest to the smallest modulus above which the axis is logarithmic
# positions of a label: offset from its point [points], horizontal and vertical alignment
PLACES = (
    (5, -3, "left", "top"),
    (-5, 3, "right", "bottom"),
    (5, 3, "left", "bottom"),
    (-5, -3, "right", "top"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
)


def _decades(f: NDArray[np.float64]) -> list[int]:
    """Indices of the frequencies closest to powers of ten, in descending order."""
    powers = np.arange(np.floor(np.log10(f.max()) + 1e-9), np.ceil(np.log10(f.min()) - 1e-9) - 0.5, -1.0)
    return [int(np.argmin(np.abs(np.log10(f) - p))) for p in powers]


def _hertz(f: float) -> str:
    """A frequency with its unit."""
    unit, scale = ("kHz", 1e-3) if f >= 1e3 else ("Hz", 1.0) if f >= 1.0 else ("mHz", 1e3)
    return f"{float(f'{scale * f:.2g}'):g} {unit}"


def _label(axes: Any, x: Any, y: Any, points: Any, texts: Any) -> None:
    """Label points where the text overlaps neither the curve nor another label; omit other labels."""
    axes.figure.draw_without_rendering()  # determines positions
    line = axes.transData.transform(np.column_stack([x, y]))
    along = np.linspace(0, len(x) - 1, 40 * len(x))
    curve = np.column_stack([np.interp(along, np.arange(len(x)), line[:, k]) for k in (0, 1)])
    taken: list = []
    for k, text in zip(points, texts, strict=True):
        for dx, dy, side, height in PLACES:
            label = axes.annotate(
                text, (x[k], y[k]), (dx, dy), textcoords="offset points", fontsize=7, ha=side, va=height
            )
            box = label.get_window_extent()
            inside = ((curve > box.min) & (curve < box.max)).all(axis=1).any()
            frame = axes.get_window_extent()
            out = box.x0 < frame.x0 or box.y0 < frame.y0 or box.x1 > frame.x1 + 40.0
            if not inside and not out and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            label.remove()


@styled
def plot_spectrum(spectrum: Spectrum, path: str | PathLike[str] | None = None) -> Figure:
    """Nyquist plot with one dot per decade, and modulus and phase against frequency."""
    unit, scale = ("mΩ", 1e3) if spectrum.modulus.max() < 1.0 else ("Ω", 1.0)
    Z, f = scale * spectrum.impedance, spectrum.frequencies
    figure = Figure(figsize=(WIDTH, 5.8))
    nyquist, modulus, phase = figure.subplots(3, 1, height_ratios=(1.5, 1.0, 0.8))
    colour = COLOURS["liquid"][0]
    nyquist.plot(Z.real, -Z.imag, color=colour)
    decades = _decades(f)
    nyquist.plot(Z.real[decades], -Z.imag[decades], "o", color=colour, markersize=3.5)
    nyquist.set_aspect("equal", adjustable="box")
    nyquist.set_xlabel(f"real part [{unit}]")
    nyquist.set_ylabel(f"– imaginary part [{unit}]")
    at = "" if spectrum.soc is None else f", {100.0 * spectrum.soc:g} % state of charge"
    figure.suptitle(
        f"{spectrum.cell}, {spectrum.model}{at}, {spectrum.temperature - ZERO_CELSIUS:.3g} °C",
        x=0.02,
        ha="left",
        fontsize=9,
    )
    order = np.argsort(f)
    size = scale * spectrum.modulus[order]
    modulus.semilogx(f[order], size, color=colour)
    if size.max() > WIDE * size.min():
        modulus.set_yscale("log")
        modulus.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        modulus.yaxis.set_minor_formatter(NullFormatter())
    else:
        modulus.yaxis.set_major_locator(MaxNLocator(5, min_n_ticks=3))
    modulus.set_ylabel(f"modulus [{unit}]")
    phase.semilogx(f[order], spectrum.phase[order], color=colour)
    phase.set_ylabel("phase [°]")
    phase.set_xlabel("frequency [Hz]")
    for axes in (modulus, phase):
        axes.grid(color="#dddddd", linewidth=0.5)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    modulus.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    _label(nyquist, Z.real, -Z.imag, decades, [_hertz(f[k]) for k in decades])
    if path is not None:
        save(figure, path)
    return figure
