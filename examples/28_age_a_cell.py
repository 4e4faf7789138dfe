"""How much lithium do a hundred cycles take from a cell, and what takes it?

Model: SPM, isothermal at 25 degC; SEI, SEI on cracks, lithium plating, cracks and loss of active material together;
most cycles are jumped over.
Source: parameter set of O'Kane et al., Phys. Chem. Chem. Phys. 24 (2022) 7909; its rates are chosen, not measured.
Returns the lithium in films, plated and dead lithium after the last cycle [mAh].
"""

from pathlib import Path

import matplotlib.pyplot as plt

import cellsim

PICTURE = Path(__file__).parent / "pictures" / f"{Path(__file__).stem}.png"
CYCLE = (
    "Discharge at 1C until 2.5 V; Rest for 10 min; Charge at C/3 until 4.2 V; Hold at 4.2 V until C/20; Rest for 10 min"
)
TAKEN = {
    "Loss of capacity to SEI [A.h]": "SEI",
    "Loss of capacity to SEI on cracks [A.h]": "SEI on cracks",
    "Loss of capacity to dead lithium [A.h]": "dead lithium",
    "Capacity of plated lithium [A.h]": "plated lithium, which comes back",
}


def main(picture: Path | None = None) -> float:
    """Age the cell; return the lithium that side reactions hold at the end [mAh]."""
    life = cellsim.age("okane2022", CYCLE, 100, model=cellsim.SPM(), until=None)
    table = life.table

    plt.style.use("tableau-colorblind10")
    fig, axes = plt.subplots(2, 1, figsize=(6.4, 5.0), layout="constrained", sharex=True)
    axes[0].plot(table.index, table["Discharge capacity [A.h]"], "o-", ms=3)
    axes[0].set(ylabel="Capacity / Ah", title=f"{life.simulated} of {life.cycles} cycles are simulated")
    axes[1].stackplot(table.index, [1e3 * table[name] for name in TAKEN], labels=TAKEN.values())
    axes[1].set(xlabel="Cycle", ylabel="Lithium / mAh")
    axes[1].legend(loc="upper left")
    if picture is not None:
        fig.savefig(picture, dpi=75)
    plt.close(fig)
    return 1e3 * float(sum(table[name].iloc[-1] for name in TAKEN))


if __name__ == "__main__":
    print(f"{main(PICTURE):.2f} mAh")
