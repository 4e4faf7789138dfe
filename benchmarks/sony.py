"""Calibrate the Sony VTC5A on two measured charges, and predict the others.

    python benchmarks/sony.py                      the table of predictions; needs no data
    python benchmarks/sony.py --data FOLDER        the same, and fit afresh: prints the values of the parameter set
    python benchmarks/sony.py --picture FILE.png   ... and draws; with --data the measured curves too

FOLDER holds VTC5A_1C_20degC_charge.csv and VTC5A_3C_20degC_charge.csv (time_s, voltage_V, current_A, T_surface_C), the
charge steps of github.com/TUMFTM/EA_Battery_SPMparameterization, validation/measurement, commit
077d114795804314e9e121da8f4e0c4a8171ad26 (GPL-3.0, hence no copy here; doi 10.1016/j.est.2022.105951).
Only these two charges are ever read.  Any further VTC5A_<rate>C_<T>degC_charge.csv in FOLDER is compared, not fitted.
"""

from pathlib import Path

import numpy as np
import paths  # noqa: F401  makes the checkout importable
import typer

import cellsim
from cellsim import MeasuredRun
from cellsim.studies.validation.lines.sony import AMBIENTS, RATES, predict, table

FIT = ((1, 20), (3, 20))  # C and degC
FREE = {
    "negative electrode/exchange-current density": (0.05, 50.0),
    "positive electrode/exchange-current density": (0.05, 50.0),
    "negative electrode/particle diffusivity": (1e-15, 1e-12),
    "positive electrode/particle diffusivity": (1e-16, 1e-13),
    "positive electrode/bruggeman exponent": (0.8, 3.0),
    "cell/series resistance": (1e-5, 3e-3),
    "cell/heat capacity": (20.0, 90.0),
    "cell/heat transfer coefficient": (3.0, 100.0),
}
POINTS = 120  # of each charge that count in the fit


def read(folder, rate, degrees) -> MeasuredRun:
    """A measured charge; the cell starts at rest at its first measured temperature."""
    path = Path(folder) / f"VTC5A_{rate}C_{degrees}degC_charge.csv"
    t, V, current, T = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    k = np.unique(np.searchsorted(t, np.linspace(t[1], t[-1], POINTS)))
    options = {"soc": 0.0, "temperature": float(T[0] + 273.15)}  # which is what surrounds it
    step = cellsim.Step("current", -float(np.median(current)))
    return MeasuredRun(f"{rate}C at {degrees} degC", t[k], V[k], (step,), options, T[k] + 273.15)


def fit(folder):
    """Calibrate on FIT and say what came out."""
    runs = [read(folder, *case) for case in FIT]
    found = cellsim.fit(cellsim.load("sony_vtc5a"), runs, FREE)
    for path, value in found.values.items():
        print(f"{path}: {value:.4g}{'  AT ITS BOUND' if path in found.at_bounds else ''}")
    for name, (V, T) in found.rms.items():
        print(f"fitted to {name}: rms {1e3 * V:.1f} mV, {T:.2f} K")
    return found


def compare(folder):
    """Charges that were not fitted to, if the folder has some."""
    cell = cellsim.load("sony_vtc5a")
    for path in sorted(Path(folder).glob("VTC5A_*C_*degC_charge.csv")):
        _, rate, degrees, _ = path.stem.split("_")
        case = int(rate.removesuffix("C")), int(degrees.removesuffix("degC"))
        run = read(folder, *case)
        (dV, dT), mine = run.differences(cell), predict(cell, *case)
        print(
            f"{'fitted' if case in FIT else 'predicted'} {run.name}: rms {1e3 * np.sqrt(np.mean(dV**2)):.1f} mV, "
            f"{np.sqrt(np.mean(dT**2)):.2f} K; ends after {run.t[-1]:.0f} s, predicted {mine.seconds:.0f} s"
        )


def draw(file, data):
    """Charge accepted and highest temperature over the rate, an ambient each; measured points open: fitted to."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    rates = np.arange(RATES[0], RATES[-1] + 0.1, 0.5)
    cell = cellsim.load("sony_vtc5a")
    for k, degrees in enumerate(AMBIENTS):
        found = [predict(cell, r, degrees) for r in rates]
        colour = (k / (len(AMBIENTS) - 1), 0.25, 1.0 - k / (len(AMBIENTS) - 1))
        left.plot(rates, [f.charge for f in found], color=colour, label=f"{degrees} degC")
        right.plot(rates, [f.hottest for f in found], color=colour)
    if data is not None:
        for rate, degrees in FIT:
            run = read(data, rate, degrees)
            left.plot(rate, rate * 2.5 * run.t[-1] / 3600.0, "o", color="black", mfc="white")
            right.plot(rate, run.temperature.max() - 273.15, "o", color="black", mfc="white")
    left.set(xlabel="rate [C]", ylabel="charge accepted up to 4.2 V [A.h]", ylim=(0.0, None))
    right.set(xlabel="rate [C]", ylabel="highest temperature [degC]")
    left.legend(frameon=False, fontsize=7)
    figure.savefig(file, dpi=130)


def main(data: str = typer.Option(None), picture: str = typer.Option(None)):
    """Print the predictions; with data, fit and compare as well."""
    if data is not None:
        fit(data)
        compare(data)
    print(table())
    if picture is not None:
        draw(picture, data)


if __name__ == "__main__":
    typer.run(main)
