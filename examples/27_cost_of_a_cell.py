"""What does one dollar per kilogram of solid electrolyte cost a cell?

Model: bill of materials from the layers, plant and overheads of BatPaC 5 with a line for sulfide electrolytes.
Source: parameter set target_nmc811_lpscl_li (an assumed design), plant "sulfide" and price scenario "2028", in which
nearly everything is assumed; `cellsim cost target_nmc811_lpscl_li` prints every number behind it.
Returns the slope of the price over that of the electrolyte [USD/kWh per USD/kg].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
ENERGY = 330.0  # Wh, about that of a discharge at C/3
PATH = "price/Li6PS5Cl"


def main(picture: Path | None = None) -> float:
    """Draw the price over that of the electrolyte with its uncertainty; return the slope."""
    study = cellsim.cost("target_nmc811_lpscl_li", energy=ENERGY, prices="2028", size=30.0)
    prices = np.linspace(10.0, 150.0, 29)
    others = {path: values[:, None] for path, values in study.draws.items() if path != PATH}
    low, mid, high = np.quantile(study.model.breakdown({**others, PATH: prices}).total, (0.1, 0.5, 0.9), axis=0)

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    ax.fill_between(prices, low, high, alpha=0.3, label="10 to 90 %, everything else uncertain")
    ax.plot(prices, mid, label="median")
    for target in study.targets:
        ax.axhline(target, color="black", linestyle=":", linewidth=1.0)
    ax.set(
        xlabel="Price of Li$_6$PS$_5$Cl / USD/kg",
        ylabel="Price of the cell / USD/kWh",
        ylim=(0.0, None),
        title="The cell over the price of its electrolyte; dotted: claimed prices",
    )
    ax.legend(loc="upper left")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    one, two = (float(study.model.breakdown({PATH: price}).total) for price in (50.0, 51.0))
    return two - one


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} USD/kWh per USD/kg")
