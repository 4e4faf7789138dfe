"""Pictures of fits."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ...drawing.style import BLACK, BLUE, GREY, WIDTH, Array, Figure, save, styled
from .measured_spectrum import MeasuredSpectrum

if TYPE_CHECKING:  # for annotations only: at run time the import would be circular
    from .fitted import Fit


@styled
def plot_fit(fit: Fit, path: str | PathLike[str] | None = None) -> Figure:
    """A column a run: measured and fitted voltage over time, and below what is left."""
    misfit = fit._misfit
    runs = misfit.runs[:6]
    residuals = misfit.at(fit.x)
    figure = Figure(figsize=(max(WIDTH, 2.2 * len(runs)), 3.6))
    grid = figure.subplots(2, len(runs), squeeze=False, height_ratios=(2, 1))
    for number, (run, (above, below)) in enumerate(zip(runs, grid.T, strict=True)):
        block = next(b for b in misfit.blocks if b.run == number)
        left = residuals[block.at] / block.factor
        if isinstance(run, MeasuredSpectrum):
            _spectrum(run, left, above, below)
            continue
        minutes = run.t / 60.0
        above.plot(minutes, run.voltage, ".", color=BLACK, markersize=2, label="measured")
        above.plot(minutes, run.voltage + left, color=BLUE, label="fitted")
        above.set_title(f"{run.name}: {1e3 * np.sqrt(np.mean(left**2)):.3g} mV", loc="left")
        below.plot(minutes, 1e3 * left, color=BLUE)
        below.axhline(0.0, color=GREY, linewidth=0.7)
        below.set_xlabel("time [min]")
        above.set_ylabel("voltage [V]")
        below.set_ylabel("simulated less\nmeasured [mV]")
    grid[0, 0].legend()
    if path is not None:
        save(figure, path)
    return figure


def _spectrum(run: MeasuredSpectrum, left: Array, above: Any, below: Any) -> None:
    """Nyquist plot of a measured and the fitted spectrum, and the difference over the frequency."""
    n, modulus = run.frequencies.size, np.abs(run.impedance)
    fitted = run.impedance + modulus * (left[:n] + 1j * left[n:])
    above.plot(1e3 * run.impedance.real, -1e3 * run.impedance.imag, ".", color=BLACK, markersize=3, label="measured")
    above.plot(1e3 * fitted.real, -1e3 * fitted.imag, color=BLUE, label="fitted")
    above.set_title(f"{run.name}: {100 * np.sqrt(np.mean(left**2)):.3g} %", loc="left")
    above.set_xlabel("Re Z [mOhm]")
    above.set_ylabel("-Im Z [mOhm]")
    below.semilogx(run.frequencies, 100 * np.hypot(left[:n], left[n:]), color=BLUE)
    below.set_xlabel("frequency [Hz]")
    below.set_ylabel("difference [%]")
