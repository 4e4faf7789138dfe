"""Is the temperature of a real cell predicted, without any fit?

Model: DFN with lumped heat, heat capacity and cooling of the set (35 W/m2/K).
Source: Enertech LiCoO2 | graphite pouch, 2.28 Ah; Ai et al., J. Electrochem. Soc. 167 (2020) 013512, parameters and
measured discharges (tests/reference/measured).
Returns the largest temperature rise of the simulated 1C discharge in the measured time [K].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
DATA = Path(__file__).parents[1] / "tests" / "reference" / "measured"
RUNS = {"0p5C": ("C/2", 1.14), "1C": ("1C", 2.28)}  # file: name, A


def main(picture: Path | None = None) -> float:
    """Simulate both measured discharges; return the rise at 1C [K]."""
    plt.style.use("tableau-colorblind10")
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.8), layout="constrained")
    rise = {}
    for k, (file, (name, current)) in enumerate(RUNS.items()):
        t, V, T = np.loadtxt(DATA / f"enertech_{file}_heat.csv", delimiter=",", unpack=True, skiprows=2)
        run = cellsim.simulate(
            "enertech_ai2020", cellsim.Step("current", current), soc=None, heat=True, temperature=298.15
        )
        for ax, measured, simulated in (
            (left, V, run["Voltage [V]"]),
            (right, T - 298.15, run["Cell temperature [K]"] - 298.15),
        ):
            ax.plot(t * current / 3600.0, measured, f"C{k}o", ms=3)
            ax.plot(run["Discharge capacity [A.h]"], simulated, f"C{k}-", label=name)
        part = run.t <= 0.95 * t[-1]
        rise[name] = float(run["Cell temperature [K]"][part].max() - 298.15)
    left.legend(frameon=False, loc="lower left")
    left.set(xlabel="Discharge capacity / Ah", ylabel="Voltage / V", title="Dots: measured, lines: predicted")
    right.set(
        xlabel="Discharge capacity / Ah",
        ylabel="Temperature rise / K",
        title=f"Predicted rise at 1C: {rise['1C']:.1f} K",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return rise["1C"]


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} K")
