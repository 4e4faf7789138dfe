"""Does a cell in the Battery Parameter eXchange format (BPX) give the measured curves?

Model: DFN, isothermal at 25 degC, with every number of the file and none of our own.
Source: About:Energy, NMC111 | graphite pouch of 12.5 Ah, parameters and measured discharges (CC BY-SA 4.0), in
tests/reference/about_energy.
Returns the rms difference from the measured 1C discharge [mV].
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
DATA = Path(__file__).parents[1] / "tests" / "reference" / "about_energy"
RUNS = {"NMC_Co20": "C/20", "NMC_Co2": "C/2", "NMC_1C": "1C"}


def main(picture: Path | None = None) -> float:
    """Simulate the three measured discharges; return the rms difference at 1C [mV]."""
    cell = cellsim.load(DATA / "nmc_pouch_cell_BPX.json")
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    rms = {}
    for k, (file, name) in enumerate(RUNS.items()):
        path = DATA / f"{file}.csv"
        current = json.loads(path.read_text().splitlines()[0].removeprefix("# "))["current_A"]
        t, measured = np.loadtxt(path, delimiter=",", unpack=True, skiprows=2)
        result = cellsim.simulate(cell, cellsim.Step("current", current))
        inside = t <= result.t[-1]
        difference = result.at("Voltage [V]", t[inside]) - measured[inside]
        rms[name] = float(1e3 * np.sqrt(np.trapezoid(difference**2, t[inside]) / np.ptp(t[inside])))
        ax.plot(t * current / 3600.0, measured, f"C{k}o", ms=4, label=f"{name}: {rms[name]:.0f} mV rms")
        ax.plot(result["Discharge capacity [A.h]"], result["Voltage [V]"], "k-", lw=1.0)
    ax.legend(frameon=False, loc="lower left")
    ax.set(
        xlabel="Discharge capacity / Ah",
        ylabel="Voltage / V",
        title=f"BPX file (lines) against measurement (dots): {rms['1C']:.0f} mV rms at 1C",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return rms["1C"]


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} mV")
