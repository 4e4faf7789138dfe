"""How much capacity is left at high rates, and with thicker electrodes?

Model: DFN, isothermal at 25 degC; 40 discharges (8 C-rates, 5 thicknesses of both electrodes) run as one ensemble.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns the capacity at 3C over that at C/5 with the published thicknesses [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
RATES = [0.2, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0]
FACTORS = [0.6, 0.8, 1.0, 1.2, 1.4]  # times the published thickness
KEYS = ("positive electrode/thickness", "negative electrode/thickness", "cell/nominal capacity")


def main(picture: Path | None = None) -> float:
    """Run the ensemble; return the retention at 3C with the published thicknesses."""
    base = cellsim.load("lgm50_chen2020")
    cells = [base.with_({key: factor * base.value(key) for key in KEYS}) for factor in FACTORS]
    runs = [cellsim.Case(cell, [cellsim.discharge(rate)]) for cell in cells for rate in RATES]
    done = cellsim.simulate_many(runs, keep=["Voltage [V]"]).outcomes
    capacity = np.array([o.discharge_capacity for o in done]).reshape(len(FACTORS), len(RATES))
    share = 100.0 * capacity / capacity[:, :1]

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    mesh = ax.pcolormesh(np.arange(len(RATES) + 1), np.arange(len(FACTORS) + 1), share, vmin=0.0, vmax=100.0)
    for row, column in np.ndindex(share.shape):
        ax.text(
            column + 0.5,
            row + 0.5,
            f"{share[row, column]:.0f}",
            ha="center",
            va="center",
            color="w" if share[row, column] < 60.0 else "k",
        )
    ax.set(
        xticks=np.arange(len(RATES)) + 0.5,
        xticklabels=[f"{rate:g}" for rate in RATES],
        yticks=np.arange(len(FACTORS)) + 0.5,
        yticklabels=[f"{factor:g}" for factor in FACTORS],
        xlabel="C-rate",
        ylabel="Thickness of both electrodes (published: 1)",
        title=f"At 3C {share[2, 6]:.0f} % of the capacity are left, {share[0, 6]:.0f} % with thin ones",
    )
    fig.colorbar(mesh, label="Capacity over that at C/5 / %")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(share[2, 6] / 100.0)


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} of the capacity at C/5")
