"""What does a thicker cathode do for a solid-state cell with a lithium-metal electrode?

Model: DFN with a single-ion conductor (transference number 1); mass and volume add up from the layers.
Source: parameter set target_nmc811_lpscl_li, an assumed design: NMC811, argyrodite, lithium metal.
Returns the energy density of the layers at 8 mAh/cm2 over that at 2 mAh/cm2, at C/3 [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim
from cellsim.design import areal_capacity, energy_density

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def with_areal_capacity(cell, target):
    """The cell with a cathode of another areal capacity [Ah/m2]."""
    factor = target / areal_capacity(cell)
    return cell.with_(
        {
            "positive electrode/thickness": factor * cell.value("positive electrode/thickness"),
            "cell/nominal capacity": factor * cell.nominal_capacity,
        }
    )


def main(picture: Path | None = None) -> float:
    """Vary the areal capacity from 1 to 10 mAh/cm2; return the ratio of the energy densities at 8 and 2."""
    base, loadings = cellsim.load("target_nmc811_lpscl_li"), [1, 2, 3, 4, 5, 6, 8, 10]
    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    gain = 0.0
    for rate, name, style in ((1 / 3, "C/3", "o-"), (1.0, "1C", "s--"), (2.0, "2C", "^:")):
        density = []
        for loading in loadings:
            cell = with_areal_capacity(base, 10.0 * loading)
            energy = cellsim.simulate(cell, cellsim.discharge(rate)).discharge_energy
            density.append(energy_density(cell, energy).stack_gravimetric)
        ax.plot(loadings, density, style)
        ax.annotate(name, (10, density[-1]), (6, -4), textcoords="offset points")
        gain = density[6] / density[1] if name == "C/3" else gain
    ax.set(
        xlabel="Areal capacity / mAh/cm²",
        ylabel="Energy of the layers / Wh/kg",
        xlim=(0, 11),
        ylim=(0, None),
        title=f"From 2 to 8 mAh/cm² the layers gain {100 * (gain - 1):.0f} % at C/3, far less at 2C",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return gain


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} times the energy density")
