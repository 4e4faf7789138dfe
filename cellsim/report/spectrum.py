"""Pictures of impedance spectra."""
import numpy as np
from matplotlib.figure import Figure

from .plots import COLOURS, WIDTH, save, styled


@styled
def plot_spectrum(spectrum, path=None) -> Figure:
    """Nyquist plot, one dot a decade, above modulus and phase over the frequency; milliohms where small."""
    unit, scale = ("mΩ", 1e3) if spectrum.modulus.max() < 1.0 else ("Ω", 1.0)
    Z, f = scale * spectrum.impedance, spectrum.frequencies
    figure = Figure(figsize=(WIDTH, 6.4))
    nyquist, modulus, phase = figure.subplots(3, 1, height_ratios=(1.5, 1.0, 0.8))
    colour = COLOURS["liquid"][0]
    nyquist.plot(Z.real, -Z.imag, color=colour)
    for decade in 10.0 ** np.arange(np.ceil(np.log10(f.min()) - 1e-9), np.log10(f.max()) + 1e-9):
        k = np.argmin(np.abs(np.log(f / decade)))
        nyquist.plot(Z.real[k], -Z.imag[k], "o", color=colour, markersize=3.5)
        nyquist.annotate(f"{decade:g} Hz", (Z.real[k], -Z.imag[k]), (3, 3), textcoords="offset points", fontsize=7)
    nyquist.set_aspect("equal", adjustable="datalim")
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
    if path is not None:
        save(figure, path)
    return figure
