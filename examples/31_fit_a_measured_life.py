"""Which law of film growth does a measured life follow, and what does it predict?

Model: SPM, isothermal; the rate of a law of SEI growth is fitted to the first 400 cycles, later ones are predicted.
Source: capacity of an LCO pouch cell of 22 A.h to cycle 700, S. Pistorio et al., Applied Energy 404 (2026) 126744
(BSD-3-Clause); cell: set enertech_ai2020, another LCO pouch cell. Neither law has the knee that the cell has later.
Returns the capacity predicted at cycle 1125 by the law that fits better [%].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
DATA = Path(__file__).parents[1] / "tests" / "reference" / "measured" / "lco_pouch_capacity.csv"
CYCLE = "Charge at C/2 until 4.2 V; Hold at 4.2 V until C/20; Discharge at 1C until 3 V"
LAWS = {
    "reaction limited": ("negative electrode/SEI reaction exchange current density", (1e-12, 1e-3)),
    "solvent-diffusion limited": ("negative electrode/SEI solvent diffusivity", (1e-24, 1e-18)),
}


def main(picture: Path | None = None) -> float:
    """Fit both laws; return what the better one predicts at cycle 1125 [%]."""
    cycle, capacity = np.loadtxt(DATA, delimiter=",", skiprows=2, unpack=True)
    data = {"cycle": cycle - cycle[0] + 1.0, "relative capacity": capacity}
    how = {"protocol": CYCLE, "soc": 0.0, "temperature": 294.6, "source": "Pistorio 2026"}
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    fits = []
    for law, (path, bounds) in LAWS.items():
        cell = cellsim.load("enertech_ai2020").with_ageing(False).with_ageing({"SEI": law})
        fit = cellsim.fit_ageing(cell, data, {path: bounds}, until_cycle=400, predict_to=1125, **how)
        fits.append(fit)
        x, y = fit.curve.index.to_numpy(float), fit.curve["Relative capacity"]
        (line,) = ax.plot(x, 100 * y, label=f"{law}, rms {100 * fit.rms_beyond:.2g} % beyond")
        ax.fill_between(x, 100 * fit.curve["Low"], 100 * fit.curve["High"], color=line.get_color(), alpha=0.2)
    ax.plot(data["cycle"], 100 * capacity, "k.", label="measured")
    ax.axvline(400, color="grey", linestyle=":")
    ax.set(xlabel="Cycle", ylabel="Capacity / %", title="fitted to the left of the line, predicted beyond")
    ax.legend()
    if picture is not None:
        fig.savefig(picture, dpi=75)
    plt.close(fig)
    best = min(fits, key=lambda fit: fit.rms)
    return 100.0 * float(best.curve["Relative capacity"].iloc[-1])


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} %")
