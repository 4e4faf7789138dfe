"""How many of the solid electrolytes that were ever measured conduct well enough for a cell of 4 mAh/cm²?

Model: DFN; cells of NMC811, lithium and each electrolyte, made by `cellsim.design_cell`.
Source: measured conductivities and crystal densities of OBELiX (arXiv 2502.14234, CC BY 4.0); mix, interfaces and all
else are those of one packaged sulfide, oxide or halide, so that only conductivity and density tell the cells apart.
Returns the share of the compositions with which the cell delivers 80 % of its capacity at 1C and 25 degC [1].
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
CLASSES = {"sulfide": "o", "oxide": "s", "halide": "^"}


def main(picture: Path | None = None) -> float:
    """Draw delivered charge over conductivity; return the share that delivers 80 %."""
    rows = {row.composition: row for row in cellsim.conductivities() if row.material_class and row.density}
    cells = [cellsim.design_cell(electrolyte=name, areal_capacity=40.0) for name in rows]
    done = cellsim.simulate_many([cellsim.Case(cell, "Discharge at 1C") for cell in cells])
    charge = [outcome.discharge_capacity for outcome in done.outcomes]
    share = np.array(charge) / [cell.nominal_capacity for cell in cells]
    kappa = np.array([cell.value("electrolyte/conductivity") for cell in cells])

    plt.style.use("tableau-colorblind10")
    fig, ax = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    for name, marker in CLASSES.items():
        chosen = np.array([row.material_class == name for row in rows.values()])
        ax.scatter(10.0 * kappa[chosen], share[chosen], s=14, marker=marker, alpha=0.6, label=name)
    ax.axhline(0.8, color="black", linestyle=":", linewidth=1.0)
    ax.set(
        xscale="log",
        xlim=(1e-6, None),
        xlabel="Measured conductivity at room temperature / mS/cm",
        ylabel="Delivered at 1C / capacity",
        title="NMC811 | solid electrolyte | lithium, 4 mAh/cm²: one point a composition",
    )
    ax.legend(loc="upper left")
    if picture is not None:
        fig.savefig(picture, dpi=90)
    plt.close(fig)
    return float(np.mean(share >= 0.8))


if __name__ == "__main__":
    print(f"{100 * main(PICTURE):.1f} % of the compositions")
