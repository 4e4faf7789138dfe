"""Pictures of impedance spectra."""
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from .plots import COLOURS, WIDTH, save, styled

APART = 0.12  # of the width: labels nearer to each other would overlap


def _decades(f):
    """Where the frequencies are nearest to whole powers of ten, the highest first."""
    powers = np.arange(np.floor(np.log10(f.max()) + 1e-9), np.ceil(np.log10(f.min()) - 1e-9) - 0.5, -1.0)
    return [int(np.argmin(np.abs(np.log10(f) - p))) for p in powers]


@styled
def plot_spectrum(spectrum, path=None) -> Figure:
    """Nyquist plot, one dot a decade, above modulus and phase over the frequency; milliohms where small."""
    unit, scale = ("mΩ", 1e3) if spectrum.modulus.max() < 1.0 else ("Ω", 1.0)
    Z, f = scale * spectrum.impedance, spectrum.frequencies
    figure = Figure(figsize=(WIDTH, 5.8))
    nyquist, modulus, phase = figure.subplots(3, 1, height_ratios=(1.5, 1.0, 0.8))
    colour = COLOURS["liquid"][0]
    nyquist.plot(Z.real, -Z.imag, color=colour)
    labelled = complex(np.inf)
    for k in _decades(f):
        nyquist.plot(Z.real[k], -Z.imag[k], "o", color=colour, markersize=3.5)
        if abs(Z[k] - labelled) > APART * np.ptp(Z.real):
            nyquist.annotate(f"{f[k]:.2g} Hz", (Z.real[k], -Z.imag[k]), (4, 3), textcoords="offset points", fontsize=7)
            labelled = Z[k]
    nyquist.set_aspect("equal", adjustable="box")
    nyquist.set_xlabel(f"real part [{unit}]")
    nyquist.set_ylabel(f"– imaginary part [{unit}]")
    at = "" if spectrum.soc is None else f", {100.0 * spectrum.soc:g} % charged"
    nyquist.set_title(f"{spectrum.cell}, {spectrum.model}{at}, {spectrum.temperature - 273.15:.3g} °C", loc="left")
    order = np.argsort(f)
    modulus.loglog(f[order], scale * spectrum.modulus[order], color=colour)
    modulus.set_ylabel(f"modulus [{unit}]")
    phase.semilogx(f[order], spectrum.phase[order], color=colour)
    phase.set_ylabel("phase [°]")
    phase.set_xlabel("frequency [Hz]")
    for axes in (modulus, phase):
        axes.grid(color="#dddddd", linewidth=0.5)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    modulus.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    modulus.yaxis.set_minor_formatter(NullFormatter())
    if path is not None:
        save(figure, path)
    return figure
