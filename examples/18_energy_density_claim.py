"""Does a solid-state cell have twice the energy density of the first Leaf's cell?

Model: DFN discharges at C/3; masses add up from layers, housing and terminals.
Source: parameter sets target_nmc811_lpscl_li (an assumed design) and leaf_2010; `cellsim audit` asks the same with
uncertainties and conditions.
Returns the ratio of the two energy densities by mass [-].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim
from cellsim.design import build, energy_density

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"


def wh_per_kg(name):
    """Energy of a C/3 discharge over the mass of the cell [Wh/kg]."""
    cell = cellsim.load(name)
    return energy_density(cell, cellsim.simulate(cell, cellsim.discharge(1 / 3)).discharge_energy).gravimetric


def main(picture: Path | None = None) -> float:
    """Draw where the mass of the solid cell goes; return the ratio of the energy densities."""
    solid, leaf = wh_per_kg("target_nmc811_lpscl_li"), wh_per_kg("leaf_2010")
    masses = build(cellsim.load("target_nmc811_lpscl_li")).masses
    total = sum(masses.values())

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    begin = 0.0
    for name, mass in masses.items():
        share = 100.0 * mass / total
        ax.barh(name, share, left=begin, color="C0" if "active" in name else "C1")
        ax.text(begin + share + 1.0, name, f"{share:.1f} %", va="center")
        begin += share
    ax.invert_yaxis()
    ax.set(
        xlabel=f"Share of the mass of the solid cell ({1e3 * total:.0f} g) / %",
        xlim=(0, 110),
        title=f"{solid:.0f} Wh/kg against {leaf:.0f} Wh/kg: {solid / leaf:.2f} times the Leaf of 2010",
    )
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(solid / leaf)


if __name__ == "__main__":
    print(f"{main(PICTURE):.3f} times")
