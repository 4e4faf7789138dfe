"""Which temperature and which largest C-rate does a fast charge need?

Model: DFN with lumped heat; the fastest charge from 10 to 80 % that keeps the plating margin at or above zero, over
surroundings and the largest C-rate.
Source: parameter set of Chen et al., J. Electrochem. Soc. 167 (2020) 080534.
Returns by what factor the charge at 5 degC takes longer than at 35 degC, at most 3C [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def main(picture: Path | None = None) -> float:
    """Compute the map; return the ratio of two of its times."""
    celsius, rates = [5.0, 15.0, 25.0, 35.0], [0.75, 1.0, 1.5, 2.0, 3.0]
    found = cellsim.charge_map(
        "lgm50_chen2020",
        "temperature",
        [273.15 + T for T in celsius],
        "c-rate",
        rates,
        limits="plating margin >= 0 mV, temperature <= 55 degC",
    )
    ratio = float(found.minutes[4, 0] / found.minutes[4, 3])

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    mesh = ax.pcolormesh(np.arange(5), np.arange(6), found.minutes, cmap="cividis_r")
    for row, column in np.ndindex(found.minutes.shape):
        free = found.safe[row, column] > 0.99
        ax.text(
            column + 0.5,
            row + 0.5,
            f"{found.minutes[row, column]:.0f} min" + ("\nno limit met" if free else ""),
            ha="center",
            va="center",
            color="k" if found.minutes[row, column] < 42 else "w",
        )
    ax.set(
        xticks=np.arange(4) + 0.5,
        xticklabels=[f"{T:g}" for T in celsius],
        yticks=np.arange(5) + 0.5,
        yticklabels=[f"{c:g}" for c in found.y_values],
        xlabel="Temperature of the surroundings / °C",
        ylabel="Largest C-rate",
        title=f"10 to 80 % without plating: {ratio:.1f} times longer at 5 than at 35 °C",
    )
    fig.colorbar(mesh, label="Time / min")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return ratio


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} times longer at 5 degC")
